"""Every format of a review holds to its published model, whatever a card says."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from advisor.licenses.aliases import Licenses
from advisor.licenses.check import text_evidence
from advisor.licenses.evidence.lineage import walk
from advisor.licenses.evidence.records import Evidence, Parent
from advisor.licenses.review import Reviewer
from advisor.licenses.text.fingerprints import load_fingerprints
from advisor.reports.licenses import FORMATS
from advisor.reports.licenses.report import LicenseReport, render
from advisor.requirements.schema import Organization

EVIL = "<script>alert(1)</script> \x1b[2J [x](javascript:y) | `z`"


class Tags(HTMLParser):
    """The tags that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


class Cards:
    """Evidence from a table of cards."""

    def __init__(self, cards: dict[str, dict[str, Any]]) -> None:
        self._cards = cards

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        assert revision is None
        card = dict(self._cards[repository])
        parents = tuple(Parent(id=name) for name in card.pop("parents", ()))
        read_at = datetime(2026, 11, 23, 12, tzinfo=UTC)
        base = {"repository": repository, "endpoint": "https://hub.example", "commit": "a" * 40, "read_at": read_at}
        return Evidence(**base, parents=parents, **card)


@pytest.fixture
def checked(licenses: Licenses) -> LicenseReport:
    cards = Cards(
        {
            "owls/owl": {"licenses": ("mit",), "parents": ["owls/egg", "owls/odd"]},
            "owls/egg": {"licenses": ("llama3.1",), "parents": ["owls/owl"]},
            "owls/odd": {"licenses": (EVIL,), "license_name": EVIL},
            "owls/two": {"licenses": ("apache-2.0", "openrail++")},
        }
    )
    uses = ("commercial", "redistribute")
    reviewer = Reviewer(licenses, (), uses, Organization(country="DE"))
    reviews = tuple(reviewer.judge(name, walk(cards, cards.evidence(name))) for name in ("owls/owl", "owls/two"))
    return LicenseReport(reviews, uses, Organization(country="DE"), date(2026, 11, 23), "2026.11.23", "0" * 64)


def test_sarif_is_what_its_schema_says(checked: LicenseReport) -> None:
    from pydantic_sarif.model import (  # type: ignore[import-untyped]
        StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif,
    )

    document = json.loads(render("sarif", checked))
    Sarif.model_validate(document)
    results = document["runs"][0]["results"]
    assert {"looser-than-base", "name-unknown"} <= {result["ruleId"] for result in results}
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)


def test_cyclonedx_is_what_its_schema_says(checked: LicenseReport) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = render("cyclonedx", checked)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = {one["name"]: one for one in json.loads(text)["components"]}
    # Its tag is MIT, and a base of it is in doubt: nothing is concluded.
    assert [one["license"]["name"] for one in components["owl"]["licenses"]] == ["NOASSERTION"]
    assert components["two"]["licenses"][0]["license"]["id"] == "Apache-2.0"
    assert components["two"]["licenses"][1]["license"]["name"].startswith("LicenseRef-advisor-openrail")
    assert [one["name"] for one in components["owl"]["pedigree"]["ancestors"]] == ["owls/egg", "owls/odd"]


def test_spdx_is_what_its_model_says(checked: LicenseReport) -> None:
    import spdx_python_model
    from spdx_python_model import v3_0_1

    loaded = spdx_python_model.load_data(json.loads(render("spdx", checked)))
    objects = loaded[1] if isinstance(loaded, tuple) else loaded
    packages = list(objects.foreach_type(v3_0_1.ai_AIPackage))
    relations = list(objects.foreach_type(v3_0_1.Relationship))
    assert {package.name for package in packages} == {"owls/owl", "owls/egg", "owls/odd", "owls/two"}
    for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
        ends = [one for one in relations if one.relationshipType.endswith(kind)]
        assert len(ends) == len(packages)


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_the_same_each_time(form: str, checked: LicenseReport) -> None:
    assert render(form, checked) == render(form, checked)


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
def test_what_a_card_says_stays_text(form: str, checked: LicenseReport) -> None:
    text = render(form, checked)
    assert "\x1b" not in text
    assert "alert(1)" in text or form == "markdown"
    if form == "html":
        tags = Tags()
        tags.feed(text)
        assert "script" not in tags.seen
    if form == "markdown":
        unescaped = re.sub(r"\\.", "", text)
        assert "](" not in unescaped
        assert "<" not in unescaped


def test_one_text_and_five_uses_take_at_most_six_thousand_bytes(
    licenses: Licenses, labeled: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses = ("internal", "commercial", "serve", "redistribute", "fine-tune")
    reviewer = Reviewer(licenses, load_fingerprints(), uses, Organization())
    monkeypatch.chdir(tmp_path)
    path = Path("LICENSE")
    sizes = {}
    for row in labeled:
        if row.get("role") == "use-policy" or row["file"].split("/")[-1] in LONGEST:
            path.write_text(row["content"], encoding="utf-8")
            review = reviewer.judge("LICENSE", walk(Cards({}), text_evidence(path)))
            report = LicenseReport((review,), uses, Organization(), date(2026, 11, 23), "1", "0" * 64)
            sizes[row["file"]] = len(render("json", report).encode())
    assert len(sizes) >= len(LONGEST)
    assert {name: size for name, size in sizes.items() if size > 6_000} == {}


LONGEST = frozenset(("hunyuan-video.txt", "hunyuan-large.txt", "hunyuan3d-2.txt", "llama4.LICENSE.txt"))
"""The texts whose records have the most clauses."""


def test_json_is_what_its_published_schema_says(checked: LicenseReport) -> None:
    import jsonschema

    path = Path(__file__).parents[2] / "docs" / "reference" / "check-license.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    document = json.loads(render("json", checked))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert set(document["results"][0]) == set(schema["$defs"]["ResultRecord"]["properties"])
