"""Classify a dump of Hub metadata offline: each row by its declared license and by all it derives from in the dump.

Rows are judged by their declared names alone, so a verdict here is at best as good as the tags: it says which rows
need a review. A combination of license and license_name is judged once; lineage is followed without recursion.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import UsageError
from advisor.licenses.circumstances import Circumstances
from advisor.licenses.naming import Licenses
from advisor.licenses.terms import CLASS_STRICTNESS, STRICTNESS, Verdict, strictest
from advisor.licenses.verdict import judge_use
from advisor.requirements.records import Organization

CLASSES = tuple(sorted(CLASS_STRICTNESS, key=CLASS_STRICTNESS.__getitem__))
_VERDICTS = tuple(Verdict)
_UNKNOWN = (STRICTNESS[Verdict.UNKNOWN], CLASS_STRICTNESS["unknown"])


class Row(NamedTuple):
    """A row's verdict: its own, and with all that it derives from."""

    id: str
    verdict: Verdict
    own_verdict: Verdict
    license_class: str
    own_class: str
    licenses: tuple[str, ...]
    """Ids of the licenses that its own declaration means."""
    is_conflict: bool
    """Its own class is looser than that of something it derives from."""


class _Own(NamedTuple):
    rank: int
    class_rank: int
    ids: tuple[str, ...]


class Classifier:
    """Classifies rows for one organisation and a set of uses."""

    def __init__(self, licenses: Licenses, uses: Sequence[str], organization: Organization) -> None:
        self._licenses = licenses
        self._uses = tuple(uses)
        self._circumstances = Circumstances(organization)
        self._known: dict[tuple[Any, ...], _Own] = {}

    def classify(self, rows: Iterable[dict[str, Any]]) -> Iterator[Row]:
        """Every row with an id, in order, after all have been read; a row that cannot be understood is unknown."""
        own: dict[str, _Own] = {}
        parents: dict[str, tuple[str, ...]] = {}
        for row in rows:
            name = row.get("id") or row.get("repo_id")
            if isinstance(name, str) and name:
                own[name] = self._own(row.get("license"), row.get("license_name"))
                base = row.get("base_model")
                if base:
                    parents[name] = _names(base)
        ranks = _inherited({name: one.rank for name, one in own.items()}, parents, _UNKNOWN[0])
        classes = _inherited({name: one.class_rank for name, one in own.items()}, parents, _UNKNOWN[1])
        return (_row(name, one, ranks[name], classes[name]) for name, one in own.items())

    def _own(self, license_: Any, license_name: Any) -> _Own:
        tags = tuple(license_) if isinstance(license_, list) else (license_,)
        key = (*tags, license_name) if all(isinstance(tag, str | None) for tag in tags) else ()
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._judged(tuple(tag for tag in tags if isinstance(tag, str)), license_name)
        return found

    def _judged(self, tags: tuple[str, ...], license_name: Any) -> _Own:
        meanings = self._licenses.declared(tags, license_name if isinstance(license_name, str) else None)
        terms = [meaning.license for meaning in meanings]
        if not terms or any(one is None or one.family for one in terms):
            return _Own(*_UNKNOWN, tuple(one.id for one in terms if one))
        sure = [one for one in terms if one is not None]
        verdict = strictest(judge_use(one, use, self._circumstances).verdict for one in sure for use in self._uses)
        return _Own(STRICTNESS[verdict], max(one.strictness for one in sure), tuple(one.id for one in sure))


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON-lines or Parquet file; a line that is no object is an empty row. Raises UsageError."""
    if path.suffix == ".parquet":
        yield from _parquet(path)
        return
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    row = json.loads(line)
                except ValueError:
                    row = {}
                yield row if isinstance(row, dict) else {}
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    try:
        from pyarrow import parquet  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        hint = "install pyarrow beside advisor, or export the dump as JSON lines"
        raise UsageError(f"{path}: reading Parquet needs pyarrow", hint=hint) from None
    wanted = {"id", "repo_id", "license", "license_name", "base_model"}
    file = parquet.ParquetFile(path)
    columns = [name for name in file.schema_arrow.names if name in wanted]
    for batch in file.iter_batches(columns=columns):
        yield from batch.to_pylist()


def _names(base: Any) -> tuple[str, ...]:
    entries = base if isinstance(base, list) else [base]
    return tuple(entry for entry in entries if isinstance(entry, str) and entry)


def _row(name: str, one: _Own, rank: int, class_rank: int) -> Row:
    looser = class_rank > one.class_rank and CLASSES[class_rank] != "unknown"
    return Row(
        name, _VERDICTS[rank], _VERDICTS[one.rank], CLASSES[class_rank], CLASSES[one.class_rank], one.ids, looser
    )


def _inherited(own: dict[str, int], parents: dict[str, tuple[str, ...]], missing: int) -> dict[str, int]:
    """The highest rank of each model and all it derives from; ``missing`` for what is not in the dump.

    The highest rank is handed down first, so that each model is visited once, however long the chains and whatever
    cycles there are.
    """
    ranks = dict(own)
    children: dict[str, list[str]] = {}
    for child, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(child)
            ranks.setdefault(parent, missing)
    by_rank: dict[int, list[str]] = {}
    for name, rank in ranks.items():
        by_rank.setdefault(rank, []).append(name)
    settled: dict[str, int] = {}
    for rank in sorted(by_rank, reverse=True):
        waiting = by_rank[rank]
        while waiting:
            name = waiting.pop()
            if name not in settled:
                settled[name] = rank
                waiting += children.get(name, ())
    return settled
