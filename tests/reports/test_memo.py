"""The memo says what a manager and a lawyer ask, rests each figure on a source, and needs nothing from elsewhere."""

from __future__ import annotations

import re
import shlex
from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.reports.recommendation.report import Recommendation, render
from advisor.requirements.schema import Requirements
from advisor.requirements.summary import sentences
from advisor.solver import advise
from tests.made_catalogs import SOURCE, Document, catalog, document, license_record, model, offering, price

DAY = date(2026, 11, 23)
TRAFFIC = {"requests_per_month": 1_234_000, "input_tokens": 1_000, "output_tokens": 100, "cached_input_share": 0.25}
HEADINGS = (
    "What was asked",
    "Why",
    "Cost by month",
    "Prices that it rests on",
    "Alternatives",
    "Backup",
    "Ruled out: 1 of 3",
    "Out for the least",
    "Obligations",
    "What is on record of it",
    "What would change the answer",
    "What to relax, cheapest first",
    "Make it again",
    "Sources",
)


def world() -> Document:
    """Two that pass, on two channels and of two labs, and one that keeps what is sent for too long."""
    models = [
        model("best", lab="a", quality={"general": (1500, 8)}, license="open"),
        model("rival", lab="b", quality={"general": (1495, 8)}, license="open"),
        model("keeper", lab="b", quality={"general": (1490, 8)}, license="open"),
    ]
    rise = [price("1", "5", until="2027-03-01"), price("9", "9", since="2027-03-01")]
    offerings = [
        offering("best", prices=[price("2", "10")], retention_days=30),
        offering("rival", "other", prices=rise, retention_days=30),
        offering("keeper", prices=[price("1", "5")], retention_days=90),
    ]
    clause = {"kind": "duty", "says": "Name the maker.", "section": "4", "uses": ["commercial"]}
    record = license_record("open", commercial="conditional")
    return document(models, offerings, licenses=[{**record, "clauses": [clause]}])


def asked(*workloads: Mapping[str, Any], **rest: Any) -> Requirements:
    stated: dict[str, Any] = {"stage": "production", "preferences": ["quality", "cost"], "uses": ["commercial"]}
    stated["data"] = {"retention_days": {"at_most": 30}}
    jobs = [{"name": f"job{number}", "traffic": TRAFFIC, **one} for number, one in enumerate(workloads or ({},))]
    return Requirements.model_validate({**stated, "workloads": jobs, **rest})


def memo(form: str, requirements: Requirements, name: str = "advisor.yaml") -> str:
    return render(form, Recommendation(requirements, advise(catalog(world(), DAY), requirements), name))


class Reader(HTMLParser):
    """What a page has: its tags with their attributes, ids, links, and the words of each heading and table cell."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def attributes(self, name: str) -> list[str]:
        return [value for _, found in self.tags if (value := found.get(name))]


@pytest.fixture(scope="module")
def requirements() -> Requirements:
    return asked()


@pytest.fixture(scope="module")
def page(requirements: Requirements) -> str:
    return memo("html", requirements, "/home/somebody/secret project/advisor.yaml")


def test_the_page_has_what_a_manager_and_a_lawyer_ask(page: str, requirements: Requirements) -> None:
    read = Reader(page)
    assert tuple(read.texts["h2"]) == HEADINGS
    card = dict(zip(read.texts["dt"], read.texts["dd"], strict=True))
    assert list(card)[2:] == ["Cost", "Quality", "Speed", "License", "Until", "Backup"]
    assert "conditional for commercial" in card["License"]
    assert card["Until"] == "no end announced as of 2026-11-23"
    assert card["Backup"].startswith("on another channel and of another lab ")
    words = " ".join(page.split())
    assert "1,234,000 requests a month of 1,000 tokens in and 100 out, 25% of the input from a cache" in words
    missing = [one for one in sentences(requirements) if one.removeprefix("Workload job0: ")[1:] not in words]
    assert missing == []
    assert "Name the maker." in words


def test_every_figure_of_the_card_leads_to_its_source(page: str) -> None:
    for name in ("Cost", "Quality", "License"):
        value = page.partition(f"<dt>{name}</dt>")[2].partition("</dd>")[0]
        number = re.search(r'href="#source-(\d+)"', value)
        assert number, name
        assert f'<li id="source-{number[1]}"><a href="{SOURCE}"' in page


def test_the_cost_by_month_shows_the_announced_rise(page: str) -> None:
    table = page.partition('aria-label="Cost by month, table"')[2].partition("</table>")[0]
    assert [row for row in Reader(table).texts["th"] if "from" in row] == [
        "3 months from 2026-11-23, each",
        "month from 2027-02-23",
        "8 months from 2027-03-23, each",
    ]


def test_the_file_is_whole_and_asks_nobody(page: str) -> None:
    read = Reader(page)
    assert {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "object", "form", "base"} == set()
    assert read.attributes("src") == read.attributes("style") == []
    (policy,) = [found["content"] for tag, found in read.tags if tag == "meta" and "http-equiv" in found]
    digest = b64encode(sha256(read.texts["style"][0].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import", read.texts["style"][0])


def test_links_inside_the_page_lead_somewhere(page: str) -> None:
    read = Reader(page)
    ids = read.attributes("id")
    assert len(set(ids)) == len(ids)
    inside = [link[1:] for link in read.attributes("href") if link.startswith("#")]
    assert set(inside) <= set(ids)
    assert all(link.startswith(("#", "https://")) for link in read.attributes("href"))


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_no_folder_of_the_machine_is_told(form: str, requirements: Requirements) -> None:
    text = memo(form, requirements, "/home/somebody/secret project/advisor.yaml")
    assert "somebody" not in text
    assert "secret" not in text
    assert "advisor.yaml" in text


def test_markdown_is_the_same_memo(requirements: Requirements) -> None:
    text = memo("markdown", requirements)
    assert tuple(re.findall(r"^## (.*)", text, re.MULTILINE)) == HEADINGS
    assert f"[\\[1\\]](<{SOURCE}>)" in text
    assert "| Backup | " in text
    assert f"1. <{SOURCE}>, read on " in text


def test_several_workloads_share_what_was_asked_for_all() -> None:
    read = Reader(memo("html", asked({}, {"budget_usd_per_month": 1})))
    assert read.texts["h2"][:3] == ["What was asked for all workloads", "job0", "job1"]
    assert read.texts["h3"].count("What was asked") == 2
    verdicts = [found["class"] for tag, found in read.tags if tag == "div" and "verdict" in (found.get("class") or "")]
    assert verdicts == ["verdict tied", "verdict infeasible"]


def test_where_nothing_passes_the_card_says_the_cheapest_relaxation() -> None:
    read = Reader(memo("html", asked({"budget_usd_per_month": 1})))
    card = dict(zip(read.texts["dt"], read.texts["dd"], strict=True))
    assert card["Cheapest relaxation"].endswith("adds 1, best host/keeper")
    assert "Cost" not in card
    assert "Cost by month" not in read.texts["h2"]


def test_the_command_makes_the_memo_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("advisor.catalog.load_catalog", lambda day: catalog(world(), day))
    (tmp_path / "my needs.yaml").write_text("workloads: [{name: job}]\n", encoding="utf-8")
    outputs = ["-f", "html", "-o", "first.html", "-f", "markdown", "-o", "first.md"]
    assert main(["recommend", "my needs.yaml", "--top", "3", "--as-of", "2026-11-23", *outputs]) == 0
    for name, pattern in (("first.html", r"<code>(advisor recommend .*)</code>"), ("first.md", r"```sh\n(.*)\n```")):
        first = Path(name).read_text(encoding="utf-8")
        found = re.search(pattern, first)
        assert found
        words = shlex.split(unescape(found[1]))
        assert main(words[1:]) == 0
        assert Path(words[-1]).read_text(encoding="utf-8") == first
