"""Classify a dump of Hub metadata offline: each row by its declared license and by all it derives from in the dump.

Rows are judged by their declared names alone, so a verdict here is at best as good as the tags: it says which rows
need a review. A combination of license and license_name is judged once; lineage is followed without recursion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.licenses.aliases import Licenses
from advisor.licenses.audit.read_dump import Declared
from advisor.licenses.conditions import Circumstances
from advisor.licenses.license import CLASS_STRICTNESS, STRICTNESS, Verdict, strictest
from advisor.licenses.verdict import judge_use
from advisor.requirements.schema import Organization

CLASSES = tuple(sorted(CLASS_STRICTNESS, key=CLASS_STRICTNESS.__getitem__))
_VERDICTS = tuple(Verdict)
_UNKNOWN = (STRICTNESS[Verdict.UNKNOWN], CLASS_STRICTNESS["unknown"])
_NONE = -1
"""The rank of a class that nobody knows where only known ones are compared."""


class DumpRow(NamedTuple):
    """A row's verdict: its own, and with all that it derives from."""

    id: str
    verdict: Verdict
    own_verdict: Verdict
    license_class: str
    own_class: str
    licenses: tuple[str, ...]
    """Ids of the licenses that its own declaration means."""
    is_conflict: bool
    """Its own class is known, and looser than that of something it derives from."""


class OwnVerdict(NamedTuple):
    """What a row declares comes to, by rank."""

    rank: int
    class_rank: int
    ids: tuple[str, ...]


class Classifier:
    """Classifies rows for one organization and a set of uses."""

    def __init__(self, licenses: Licenses, uses: Sequence[str], organization: Organization) -> None:
        self._licenses = licenses
        self._uses = tuple(uses)
        self._circumstances = Circumstances(organization)
        self._known: dict[tuple[Any, ...], OwnVerdict] = {}

    def classify(self, rows: Iterable[Declared]) -> Iterator[DumpRow]:
        """Every row with an id, in order, after all have been read; a row that cannot be understood is unknown.

        Of rows with the same id the stricter one stands, with what all of them derive from.
        """
        places: dict[str, int] = {}
        own: list[OwnVerdict] = []
        bases: list[tuple[int, Any]] = []
        for name, license_, license_name, base in rows:
            if not isinstance(name, str) or not name:
                continue
            place = places.setdefault(name, len(own))
            if place == len(own):
                own.append(self.own(license_, license_name))
            else:
                own[place] = _stricter(own[place], self.own(license_, license_name))
            if base:
                bases.append((place, base))
        return _rows(places, own, _children(bases, places))

    def own(self, license_: Any, license_name: Any) -> OwnVerdict:
        """Return the verdict of a declaration alone, whatever stands in its fields."""
        tags = tuple(license_) if isinstance(license_, list) else (license_,)
        try:
            found = self._known.get((tags, license_name))
        except TypeError:  # a mapping where a name is expected
            return self._judged(tags, license_name)
        if found is None:
            found = self._known[tags, license_name] = self._judged(tags, license_name)
        return found

    def _judged(self, tags: tuple[Any, ...], license_name: Any) -> OwnVerdict:
        names = tuple(tag for tag in tags if isinstance(tag, str))
        meanings = self._licenses.declared(names, license_name if isinstance(license_name, str) else None)
        terms = [meaning.license for meaning in meanings]
        if not terms or any(one is None or one.family for one in terms):
            return OwnVerdict(*_UNKNOWN, tuple(one.id for one in terms if one))
        sure = [one for one in terms if one is not None]
        verdict = strictest(judge_use(one, use, self._circumstances).verdict for one in sure for use in self._uses)
        return OwnVerdict(STRICTNESS[verdict], max(one.strictness for one in sure), tuple(one.id for one in sure))


def _stricter(first: OwnVerdict, second: OwnVerdict) -> OwnVerdict:
    ids = tuple(dict.fromkeys((*first.ids, *second.ids)))
    return OwnVerdict(max(first.rank, second.rank), max(first.class_rank, second.class_rank), ids)


def _names(base: Any) -> tuple[str, ...]:
    entries = base if isinstance(base, list) else [base]
    return tuple(entry for entry in entries if isinstance(entry, str) and entry)


def _rows(
    places: Mapping[str, int], own: Sequence[OwnVerdict], children: Mapping[int, Sequence[int]]
) -> Iterator[DumpRow]:
    """Return the rows, each with the strictest of its lineage.

    The places after theirs are bases that the dump lacks.
    """
    missing = len(places) - len(own)
    ranks = inherited([one.rank for one in own] + [_UNKNOWN[0]] * missing, children)
    classes = inherited([one.class_rank for one in own] + [_UNKNOWN[1]] * missing, children)
    clear = [one.class_rank if one.class_rank < _UNKNOWN[1] else _NONE for one in own]
    known = inherited(clear + [_NONE] * missing, children)
    return map(_row, places, own, ranks, classes, known)


def _row(name: str, one: OwnVerdict, rank: int, class_rank: int, known: int) -> DumpRow:
    own, looser = CLASSES[one.class_rank], known > one.class_rank
    return DumpRow(name, _VERDICTS[rank], _VERDICTS[one.rank], CLASSES[class_rank], own, one.ids, looser)


def _children(bases: Iterable[tuple[int, Any]], places: dict[str, int]) -> dict[int, list[int]]:
    """Give the places of all that derive from each place.

    A base that is not in the dump gets a place after the rows.
    """
    children: dict[int, list[int]] = {}
    for place, base in bases:
        for parent in _names(base):
            children.setdefault(places.setdefault(parent, len(places)), []).append(place)
    return children


def inherited(ranks: list[int], children: Mapping[int, Sequence[int]]) -> list[int]:
    """Raise each rank to the highest of all that its place derives from.

    The highest rank is handed down first, so that a place is raised once, however long the chains and whatever cycles
    there are.
    """
    by_rank: dict[int, list[int]] = {}
    for parent in children:
        by_rank.setdefault(ranks[parent], []).append(parent)
    for rank in sorted(by_rank, reverse=True):
        waiting = by_rank[rank]
        while waiting:
            for child in children.get(waiting.pop(), ()):
                if ranks[child] < rank:
                    ranks[child] = rank
                    waiting.append(child)
    return ranks
