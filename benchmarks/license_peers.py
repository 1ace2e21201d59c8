"""What advisor and other license checkers say of the same declarations and the same texts, side by side.

Declarations: every Hub identifier and ``license_name`` that the research table of ``../shared`` lists, with what that
table says of commercial use; the answers are sorted into *fine*, *flagged* and *does not know*. A tool is dangerous
where it calls fine what the table says is barred or bound to conditions. Texts: the labeled ones, by ScanCode.

``python -m benchmarks.license_peers --peers PYTHON --scancode REPORT``: an interpreter (3.12 or later) in which
foretop-lading, hf-preflight and weight-audit are installed, and the JSON report of
``scancode --license --json REPORT ../shared/data/licenses/texts``. Each part is left out without its option.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import yaml

from advisor.catalog import load_catalog
from advisor.licenses.aliases import Licenses
from advisor.licenses.audit.classify_dump import Classifier
from advisor.licenses.audit.read_dump import Declared
from advisor.licenses.text.fingerprints import load_fingerprints
from advisor.requirements.schema import Business, Organization
from benchmarks import license_scancode as scancode
from benchmarks.license_accuracy import labeled

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
WHO = Organization(
    country="DE", monthly_active_users=10**9, yearly_revenue_usd=Decimal(20 * 10**9), business=Business.END_USER_PRODUCT
)
"""For whom advisor answers: a company above every threshold. The other tools do not ask."""

ANSWERS = ("fine", "flagged", "does not know")

ASK = """
import importlib.metadata, json, sys, warnings
from pathlib import Path
import httpx
import lading
from hf_preflight.core import _license_finding
from lading.curate import curate_model
from lading.licences import load_licences
from lading.model_overrides import load_model_overrides
from lading.policy import PRESETS, evaluate
from weight_audit.classify import classify

warnings.simplefilter("ignore")
data = Path(lading.__file__).parent / "data"
known = load_licences(data / "licences.yaml")
overrides = load_model_overrides(data / "model_overrides.yaml")
policy = PRESETS["no-field-of-use-restrictions"]
tiers = {"permissive": "fine", "weak-restriction": "fine", "strong-restriction": "flagged", "unknown": "does not know"}
decisions = {"pass": "fine", "fail": "flagged", "warn": "does not know"}
names = ("foretop-lading", "hf-preflight", "weight-audit")
print(json.dumps({name: importlib.metadata.version(name) for name in names}))
for line in sys.stdin:
    row = json.loads(line)
    answer = {"cardData": row["card"]}
    hub = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, json=answer)))
    decision = evaluate(curate_model(hub, row["id"], overrides, known), policy).decision.value
    tag = row["card"].get("license")
    first = tag[0] if isinstance(tag, list) else tag
    print(json.dumps({
        "foretop-lading": decisions[decision],
        "hf-preflight": "fine" if _license_finding(answer).severity == "clean" else "flagged",
        "weight-audit": tiers[classify(row["id"], first).tier.value],
    }))
"""
"""What is run in the other interpreter: each tool's own way from a card to an answer, without the network."""


class Case(NamedTuple):
    """A declaration, and whether commercial use is free of conditions on field, size and registration."""

    id: str
    license: str | list[str]
    license_name: str | None
    is_free: bool
    base: str | None = None
    """What it derives from, by the name of its license."""

    @property
    def card(self) -> dict[str, object]:
        named = {"license_name": self.license_name} if self.license_name else {}
        return {"license": self.license, **named}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--scancode", type=Path, metavar="REPORT")
    asked = parser.parse_args(arguments)
    if not (SHARED / "licenses").is_dir():
        print(f"no research table below {SHARED}", file=sys.stderr)
        return 2
    licenses = Licenses(load_catalog().licenses)
    for title, cases in (
        ("names", list(_names())),
        ("rows of the Hub", list(_rows())),
        ("models that declare a looser license than their base", list(_conflicts())),
    ):
        _compare(title, cases, licenses, asked.peers)
    if asked.scancode:
        scancode.compare(asked.scancode, labeled(licenses, load_fingerprints()))
    return 0


def _names() -> Iterator[Case]:
    """Each name of the table once, as the Hub would carry it."""
    table = _table()
    tags = {tag: entry for entry in table for tag in entry["hub_ids"] if tag != "other"}
    for tag, entry in tags.items():
        yield Case("someone/model", tag, None, entry["commercial_use"] == "yes")
    names: dict[str, set[bool]] = {}
    for entry in table:
        for name in entry["license_name_aliases"]:
            names.setdefault(name, set()).add(entry["commercial_use"] == "yes")
    for name, free in names.items():
        if name not in tags:
            yield Case("someone/model", "other", name, free == {True})


def _rows() -> Iterator[Case]:
    """The rows whose every tag, or whose name, the table has."""
    table = _table()
    free = {tag: entry["commercial_use"] == "yes" for entry in table for tag in entry["hub_ids"]}
    named = {name: entry["commercial_use"] == "yes" for entry in table for name in entry["license_name_aliases"]}
    for line in (SHARED / "hub" / "rows.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        tags = row["license"] if isinstance(row["license"], list) else [row["license"]]
        if tags == ["other"] and row["license_name"] in named:
            yield Case(row["repo_id"], "other", row["license_name"], named[row["license_name"]])
        elif tags != ["other"] and all(tag in free for tag in tags):
            yield Case(row["repo_id"], row["license"], None, all(free[tag] for tag in tags))


def _conflicts() -> Iterator[Case]:
    """Models whose maintainers confirmed that the base's license binds them too."""
    for line in (SHARED / "hub" / "lineage_conflicts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        tag = next((tag for tag in ("apache-2.0", "mit") if tag in row["declared"].split()), None)
        if row["base_licence"] and tag:
            yield Case(row["repo"].split()[0], tag, None, is_free=False, base=row["base_licence"])


def _table() -> list[dict[str, list[str]]]:
    text = (SHARED / "licenses" / "research_obligations.yaml").read_text(encoding="utf-8")
    entries: list[dict[str, list[str]]] = yaml.safe_load(text)["licences"]
    return entries


def _compare(title: str, cases: Sequence[Case], licenses: Licenses, python: str | None) -> None:
    answers = {"advisor": _ours(cases, licenses)}
    if python:
        answers |= _theirs(cases, python)
    bound = sum(not case.is_free for case in cases)
    print(f"\n{len(cases)} {title}: {bound} barred or bound to conditions, {len(cases) - bound} free")
    print(f"{'':24}{'bound: ' + ', '.join(ANSWERS):42}free: {', '.join(ANSWERS)}")
    for tool, said in answers.items():
        counted = Counter((case.is_free, answer) for case, answer in zip(cases, said, strict=True))
        bound_row, free_row = ("  ".join(f"{counted[free, answer]:4}" for answer in ANSWERS) for free in (False, True))
        print(f"{tool:24}{bound_row:42}{free_row}")
        wrong = {
            case.license_name or str(case.license)
            for case, one in zip(cases, said, strict=True)
            if one == "fine" and not case.is_free
        }
        print(f"{'':24}called fine: {', '.join(sorted(wrong)) or 'none'}")


def _ours(cases: Sequence[Case], licenses: Licenses) -> list[str]:
    classifier = Classifier(licenses, ("commercial",), WHO)
    said: Mapping[str, str] = {"allowed": "fine", "unknown": "does not know"}
    rows = [Declared(str(number), case.license, case.license_name, case.base) for number, case in enumerate(cases)]
    bases = [Declared(case.base, "other", case.base) for case in cases if case.base]
    found = list(classifier.classify([*rows, *bases]))[: len(cases)]
    return [said.get(row.verdict.value, "flagged") for row in found]


def _theirs(cases: Sequence[Case], python: str) -> dict[str, list[str]]:
    sent = "".join(json.dumps({"id": case.id, "card": case.card}) + "\n" for case in cases)
    done = subprocess.run([python, "-c", ASK], input=sent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python}: {done.stderr.strip().splitlines()[-1]}")
    versions, *lines = map(json.loads, done.stdout.splitlines())
    return {f"{tool} {version}": [line[tool] for line in lines] for tool, version in versions.items()}


if __name__ == "__main__":
    sys.exit(main())
