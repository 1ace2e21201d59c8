"""Screening: every candidate against every constraint, three-valued, all causes kept.

Each constraint gives two sets of candidates, those that violate it and those of which it is not known, as the bits of
whole numbers (bit ``i`` is candidate ``i``). They are kept per catalogue by the constraint's key, so that a changed
answer asks only what it changed, and what passes is a few operations on such sets.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.memory import remembered
from advisor.catalog.records import Candidate
from advisor.facts import Ternary
from advisor.requirements.vocabulary import OnUnknown
from advisor.solver.advice import Cause
from advisor.solver.constraints import Constraint, Outcome

if TYPE_CHECKING:
    from advisor.requirements.records import UnknownRules


class Column(NamedTuple):
    """One constraint's outcomes: for each candidate, and as sets of those that violate it or are unknown."""

    outcomes: tuple[Outcome, ...]
    violated: int
    unknown: int


class Screen(NamedTuple):
    """What came of a workload's constraints, as sets of candidates by constraint.

    ``failed`` are those that a constraint excludes; ``asked`` and ``accepted`` those of which it is unknown and is to
    be asked or was accepted.
    """

    candidates: tuple[Candidate, ...]
    constraints: tuple[Constraint, ...]
    columns: tuple[Column, ...]
    failed: tuple[int, ...]
    asked: tuple[int, ...]
    accepted: tuple[int, ...]

    @property
    def everyone(self) -> int:
        """The set of all candidates."""
        return (1 << len(self.candidates)) - 1

    @property
    def out(self) -> int:
        """The set of those that at least one constraint excludes."""
        return reduce(or_, self.failed, 0)

    def out_by(self, constraints: Iterable[int]) -> int:
        """The set of those that at least one of these constraints (by index) excludes."""
        return reduce(or_, (self.failed[index] for index in constraints), 0)

    def alone(self, index: int) -> int:
        """The set of those that this constraint excludes and no other."""
        others = self.out_by(other for other in range(len(self.failed)) if other != index)
        return self.failed[index] & ~others

    def mask(self, candidate: int) -> int:
        """The constraints that exclude one candidate, as bits over the constraints."""
        return sum(1 << index for index, failed in enumerate(self.failed) if failed >> candidate & 1)

    def masks(self) -> list[int]:
        """That for every candidate, in one pass."""
        masks = [0] * len(self.candidates)
        for index, failed in enumerate(self.failed):
            flag = 1 << index
            for candidate in members(failed):
                masks[candidate] |= flag
        return masks

    def causes(self, candidate: int, which: tuple[int, ...]) -> tuple[Cause, ...]:
        """The causes of one candidate in ``failed``, ``asked`` or ``accepted``."""
        return tuple(
            _cause(self.constraints[index], self.columns[index].outcomes[candidate])
            for index, found in enumerate(which)
            if found and found >> candidate & 1
        )

    def names(self, mask: int) -> tuple[str, ...]:
        """The ids of the constraints in a mask over the constraints."""
        return tuple(self.constraints[index].id for index in members(mask))


def screen(
    catalog: Catalog, candidates: tuple[Candidate, ...], constraints: Iterable[Constraint], rules: UnknownRules
) -> Screen:
    """Ask every constraint of every candidate."""
    asked_what = tuple(constraints)
    columns = tuple(_column(catalog, candidates, constraint) for constraint in asked_what)
    failed, asked, accepted = [], [], []
    for constraint, column in zip(asked_what, columns, strict=True):
        rule = getattr(rules, constraint.group)
        failed.append(column.violated | (column.unknown if rule is OnUnknown.EXCLUDE else 0))
        asked.append(column.unknown if rule is OnUnknown.ASK else 0)
        accepted.append(column.unknown if rule is OnUnknown.ACCEPT else 0)
    return Screen(candidates, asked_what, columns, tuple(failed), tuple(asked), tuple(accepted))


def members(found: int) -> Iterator[int]:
    """The indexes in a set, ascending."""
    # A big number's binary text is scanned in C; peeling bits off it one by one is quadratic.
    bits = bin(found)[:1:-1]
    index = bits.find("1")
    while index >= 0:
        yield index
        index = bits.find("1", index + 1)


def as_set(states: Iterable[Ternary], wanted: Ternary) -> int:
    """The set of the indexes at which a state is the one wanted."""
    return int("".join(["1" if state is wanted else "0" for state in states])[::-1] or "0", 2)


def _column(catalog: Catalog, candidates: tuple[Candidate, ...], constraint: Constraint) -> Column:
    """The column of a constraint, worked out once for a catalogue, a choice of candidates and a key."""

    def work() -> Column:
        outcomes = tuple(_outcomes(constraint, candidates))
        states = [outcome.state for outcome in outcomes]
        return Column(outcomes, as_set(states, Ternary.VIOLATED), as_set(states, Ternary.UNKNOWN))

    return remembered(catalog, ("column", id(candidates), constraint.key), work)


def _outcomes(constraint: Constraint, candidates: tuple[Candidate, ...]) -> Iterator[Outcome]:
    """The outcome of each candidate, asked once of those that share it."""
    if constraint.shared is None:
        yield from map(constraint.test, candidates)
        return
    known: dict[Hashable, Outcome] = {}
    for candidate in candidates:
        shared = constraint.shared(candidate)
        outcome = known.get(shared)
        if outcome is None:
            outcome = known[shared] = constraint.test(candidate)
        yield outcome


def _cause(constraint: Constraint, outcome: Outcome) -> Cause:
    return Cause(constraint.id, outcome.state, constraint.required, outcome.words, outcome.source, outcome.short_by)
