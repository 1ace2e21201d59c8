"""Screening: every candidate against every constraint, three-valued, all causes kept.

Each constraint gives two sets of candidates, those that violate it and those of which it is not known. They are kept
per catalog by the constraint's key, so that a changed answer asks only what it changed, and what passes is a few
operations on such sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Candidate
from advisor.facts import Ternary
from advisor.requirements.enums import OnUnknown
from advisor.solver.bitsets import Groups, Order, by_count, indices
from advisor.solver.cause import Cause
from advisor.solver.constraints.base import GroupKey, TestResult, Threshold
from advisor.solver.constraints.kind import Constraint

if TYPE_CHECKING:
    from advisor.requirements.schema import UnknownRules


class ResultColumn(NamedTuple):
    """One constraint's outcomes: as sets of those that violate it or are unknown, and for each candidate."""

    candidates: tuple[Candidate, ...]
    groups: Groups
    test: Callable[[Candidate], TestResult]
    violated: int
    unknown: int
    known: dict[int, TestResult]
    """The outcomes looked at so far, by the number of the group."""

    def outcome(self, candidate: int) -> TestResult:
        """Return the outcome of a candidate, with its words and figures."""
        number = self.groups.of[candidate]
        if number not in self.known:
            self.known[number] = self.test(self.candidates[candidate])
        return self.known[number]


class Screen(NamedTuple):
    """What came of a workload's constraints, as sets of candidates by constraint.

    ``failed`` are those that a constraint excludes; ``asked`` and ``accepted`` those of which it is unknown and is to
    be asked or was accepted.
    """

    candidates: tuple[Candidate, ...]
    constraints: tuple[Constraint, ...]
    columns: tuple[ResultColumn, ...]
    failed: tuple[int, ...]
    asked: tuple[int, ...]
    accepted: tuple[int, ...]

    @property
    def open(self) -> int:
        """The set of those of which something is to be asked."""
        return reduce(or_, self.asked, 0)

    def accepted_to_look_up(self) -> tuple[int, ...]:
        """Return the sets of those of which something was accepted unknown that can be looked up, by constraint."""
        pairs = zip(self.constraints, self.accepted, strict=True)
        return tuple(found for one, found in pairs if found and one.kind.group.can_be_looked_up)

    @property
    def everyone(self) -> int:
        """The set of all candidates."""
        return (1 << len(self.candidates)) - 1

    @property
    def out(self) -> int:
        """The set of those that at least one constraint excludes."""
        return reduce(or_, self.failed, 0)

    def out_by(self, constraints: Iterable[int]) -> int:
        """Return the set of those that at least one of these constraints (by index) excludes."""
        return reduce(or_, (self.failed[index] for index in constraints), 0)

    def alone(self, index: int) -> int:
        """Return the set of those that this constraint excludes and no other."""
        others = self.out_by(other for other in range(len(self.failed)) if other != index)
        return self.failed[index] & ~others

    def mask(self, candidate: int) -> int:
        """Return the constraints that exclude one candidate, as bits over the constraints."""
        return sum(1 << index for index, failed in enumerate(self.failed) if failed >> candidate & 1)

    def nearest(self) -> int:
        """Return the set of those that fail the fewest constraints, of those that fail any."""
        return next((found for found in by_count(self.failed, self.everyone)[1:] if found), 0)

    def of_two(self) -> dict[int, int]:
        """Return the masks of two constraints, each with the set of those that fail just these."""
        levels = by_count(self.failed, self.everyone)
        found: dict[int, int] = {}
        for place in indices(levels[2]) if len(levels) > 2 else ():  # noqa: PLR2004 - a level for each count of failures
            mask = self.mask(place)
            found[mask] = found.get(mask, 0) | 1 << place
        return found

    def corrections(self) -> dict[int, int]:
        """Return the masks that contain no other candidate's, smallest first, each with the set of those that have it.

        Empty if a candidate passes. Those of the fewest failings come first; whoever fails all that such a mask names
        has it or contains it, and is done with.
        """
        levels = by_count(self.failed, self.everyone)
        found: dict[int, int] = {}
        left = self.everyone if not levels[0] else 0
        for level in levels[1:]:
            while here := level & left:
                mask = self.mask((here & -here).bit_length() - 1)
                containing = reduce(and_, (self.failed[index] for index in indices(mask)))
                found[mask] = here & containing
                left &= ~containing
        return dict(sorted(found.items(), key=lambda item: (item[0].bit_count(), item[0])))

    def causes(self, candidate: int, which: tuple[int, ...]) -> tuple[Cause, ...]:
        """Return the causes of one candidate in ``failed``, ``asked`` or ``accepted``."""
        return tuple(
            _cause(self.constraints[index], self.columns[index].outcome(candidate))
            for index, found in enumerate(which)
            if found and found >> candidate & 1
        )

    def names(self, mask: int) -> tuple[str, ...]:
        """Return the ids of the constraints in a mask over the constraints."""
        return tuple(self.constraints[index].id for index in indices(mask))


def screen(
    catalog: Catalog, candidates: tuple[Candidate, ...], constraints: Iterable[Constraint], rules: UnknownRules
) -> Screen:
    """Ask every constraint of every candidate."""
    # Why every constraint is asked even of a candidate that is out: "what rules it out alone", "the fewest to give
    # up" and "who comes back" need all causes, and one that stopped at the first would name an arbitrary one. Whole
    # numbers make that cheap: a set is one bit a candidate, so that 2,500 candidates are one number of 2,500 bits and
    # "and not" is one operation. What is violated and what is unknown stay two sets, because a rule for unknowns is
    # an answer of the user's: changing it moves a set from one list to another and asks no candidate again.
    asked_what = tuple(constraints)
    columns = tuple(_column(catalog, candidates, constraint) for constraint in asked_what)
    failed, asked, accepted = [], [], []
    for constraint, column in zip(asked_what, columns, strict=True):
        rule = getattr(rules, constraint.group)
        failed.append(column.violated | (column.unknown if rule is OnUnknown.EXCLUDE else 0))
        asked.append(column.unknown if rule is OnUnknown.ASK else 0)
        accepted.append(column.unknown if rule is OnUnknown.ACCEPT else 0)
    return Screen(candidates, asked_what, columns, tuple(failed), tuple(asked), tuple(accepted))


def _column(catalog: Catalog, candidates: tuple[Candidate, ...], constraint: Constraint) -> ResultColumn:
    """Return the column of a constraint, worked out once for a catalog, a choice of candidates and a key."""

    def work() -> ResultColumn:
        groups = _groups(catalog, candidates, constraint.shared)
        if constraint.graded is None:
            return _asked(candidates, groups, constraint)
        return _graded(catalog, candidates, groups, constraint, constraint.graded)

    return memoize(catalog, ("column", id(candidates), constraint.key), work)


def _groups(catalog: Catalog, candidates: tuple[Candidate, ...], sharing: GroupKey | None) -> Groups:
    """Return the candidates by what they share; each alone where nothing is shared."""
    if sharing is None:
        return memoize(catalog, ("alone", id(candidates)), lambda: Groups(range(len(candidates))))
    of = sharing.of
    return memoize(catalog, ("groups", id(candidates), sharing.key), lambda: Groups(map(of, candidates)))


def _asked(candidates: tuple[Candidate, ...], groups: Groups, constraint: Constraint) -> ResultColumn:
    """By asking one candidate of each group."""
    outcomes = [constraint.test(candidates[index]) for index in groups.firsts]
    violated = groups.spread([outcome.state is Ternary.VIOLATED for outcome in outcomes])
    unknown = groups.spread([outcome.state is Ternary.UNKNOWN for outcome in outcomes])
    return ResultColumn(candidates, groups, constraint.test, violated, unknown, dict(enumerate(outcomes)))


def _graded(
    catalog: Catalog, candidates: tuple[Candidate, ...], groups: Groups, constraint: Constraint, graded: Threshold
) -> ResultColumn:
    """By looking the bound up among the figures; nobody is asked."""

    def work() -> tuple[Order, Order]:
        reaches = [graded.reach(candidates[index]) for index in groups.firsts]
        sure, most = ([reaches[number][end] for number in groups.of] for end in (0, 1))
        upper = Order(most)
        return upper if sure == most else Order(sure), upper

    sure, most = memoize(catalog, ("order", id(candidates), graded.key), work)
    violated = most.below(graded.bound)
    unknown = 0 if sure is most else sure.below(graded.bound) & ~violated
    return ResultColumn(candidates, groups, constraint.test, violated, unknown, {})


def _cause(constraint: Constraint, outcome: TestResult) -> Cause:
    fact = outcome.fact[0] if outcome.fact else constraint.kind.group.rests_on
    return Cause(
        constraint.id, outcome.state, constraint.required, outcome.words, outcome.source, outcome.short_by, fact
    )
