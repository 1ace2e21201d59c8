"""How often caution costs a right answer: rows that their tag rightly allows and that a review leaves undecided.

Run it from the repository: ``python -m benchmarks.license_false_alarms``. It needs the rows of real repositories in
``../shared/data/hub``. A row is rightly allowed where it declares one permissive license and nothing else, and so do
the bases that it names, as far as the rows know them. Each is reviewed as the Hub would show it, with the catalog's
knowledge. It ends with 1 if more than one in a hundred is left undecided.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advisor.licenses.check import make_reviewer
from advisor.licenses.evidence.derivation import derived_as
from advisor.licenses.evidence.model_card import parse_card
from advisor.licenses.evidence.records import Evidence, FetchOutcome
from advisor.licenses.license import Verdict
from advisor.licenses.settings import CheckSettings

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "hub"
MOST = 0.01
PERMISSIVE = frozenset(("apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause", "cc0-1.0", "cc-by-4.0", "unlicense"))


class Rows:
    """Evidence from rows and saved answers, as the Hub would show them."""

    def __init__(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self._rows = rows

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """What the row of a repository says; a permissive card for a base of which there is none."""
        row = self._rows.get(repository, {"license": "apache-2.0"})
        card = parse_card({key: row.get(key) for key in CARD if row.get(key)}, row.get("tags") or ())
        return Evidence(
            repository=repository,
            requested_revision=revision,
            endpoint="rows",
            read_at=datetime.now(UTC),
            outcome=FetchOutcome.READ,
            licenses=card.licenses,
            license_name=card.license_name,
            license_link=card.license_link,
            parents=card.parents,
            pipeline="text-generation",
            derived_as=derived_as(row.get("files") or (), row.get("tags") or ()),
        )


CARD = ("license", "license_name", "license_link", "base_model", "base_model_relation")


def main() -> int:
    """Print the share and each row that is undecided; 1 if there are too many."""
    if not (SHARED / "rows.jsonl").is_file():
        print(f"no rows below {SHARED}", file=sys.stderr)
        return 2
    rows = dict(_rows())
    reviewer = make_reviewer(CheckSettings(uses=("commercial",), country="DE", monthly_active_users=1_000))[0]
    source, counts = Rows(rows), Counter[str]()
    for name, row in rows.items():
        if not _is_rightly_allowed(row, rows):
            continue
        review = reviewer.review(source, name)
        counts[review.verdict.value] += 1
        if review.verdict is not Verdict.ALLOWED:
            because = next(iter(review.uses[0].read), "") or next((one.message for one in review.findings), "")
            print(f"  {name}: {review.verdict}: {because[:160]}")
    total = counts.total()
    share = counts[Verdict.UNKNOWN.value] / total if total else 0.0
    print(f"{len(rows):,} rows, {total:,} rightly allowed: {dict(counts)}; undecided {share:.1%}, at most {MOST:.0%}")
    return 1 if share > MOST else 0


def _is_rightly_allowed(row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a row and the bases that it names declare one permissive license each, and no name or link beside it."""
    tag = row.get("license")
    if not isinstance(tag, str) or tag.lower() not in PERMISSIVE or row.get("license_name") or row.get("license_link"):
        return False
    named = row.get("base_model") or []
    bases = [named] if isinstance(named, str) else named
    return all(one == row["repo_id"] or _is_rightly_allowed(rows[one], {}) for one in bases if one in rows)


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for line in (SHARED / "rows.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["repo_id"], row
    for path in sorted((SHARED / "api").glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        if path.name.startswith("dataset"):
            continue
        files = [one["rfilename"] for one in answer.get("siblings", ())]
        card = answer.get("cardData") or {}
        yield answer["id"], {**card, "repo_id": answer["id"], "tags": answer.get("tags"), "files": files}


if __name__ == "__main__":
    sys.exit(main())
