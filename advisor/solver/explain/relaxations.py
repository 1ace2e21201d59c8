"""The cheapest relaxations: what must change for candidates to come in, each solved again before it is said.

A candidate comes in when every constraint that it fails is moved as far as it falls short, so the cheapest relaxation
is the least, over candidates, of the sum of what their failings count as. One way is given for each constraint that
alone keeps candidates out; where none does, one for each minimal correction set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.solver.answer import NearMiss, Relaxation
from advisor.solver.bitsets import indices
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.kind import FailedConstraint, RequirementChange
from advisor.solver.explain.follow import edited, follow
from advisor.solver.explain.requirement_changes import change_for, merged
from advisor.solver.screen import Screen

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

Resolve = Callable[["Requirements"], tuple[str, ...]]
"""Solves changed requirements again for the same workload and gives the ids of what comes in, best first."""

MOST_SETS = 12
"""Correction sets of several constraints that are tried."""

_TRIED = 40
"""Different changes of one set that are followed before it is given up."""

_LOOKED_AT = 200
"""Candidates of one correction set that are priced."""


class Miss(NamedTuple):
    """A candidate that is out, with what would let it in."""

    candidate: str
    place: int
    mask: int
    """The constraints that it fails, as bits."""
    change: RequirementChange


def relaxations(priced: RelaxationPricing, resolve: Resolve) -> tuple[Relaxation, ...]:
    """Relaxations that were solved again, cheapest first: for every constraint, and every two where nothing passes.

    Of each set the cheapest that proves to let somebody in. Larger sets are tried only where no smaller one helps, and
    of those the smallest that are necessary.
    """
    screen = priced.screen
    sets = [
        (1 << bit, group)
        for bit, column in enumerate(screen.columns)
        for group in _apart(screen.alone(bit), column.unknown)
    ]
    if screen.out == screen.everyone:
        sets += screen.of_two().items()
    found = list(_verified(priced, sets, resolve))
    if not found and screen.out == screen.everyone:
        larger = [(mask, group) for mask, group in screen.corrections().items() if mask.bit_count() > 2]  # noqa: PLR2004
        found = list(_verified(priced, larger[:MOST_SETS], resolve))
    return tuple(sorted(found, key=lambda way: (way.counts_as_usd, way.constraints)))


def nearest_misses(priced: RelaxationPricing, *, most: int = 5) -> tuple[NearMiss, ...]:
    """Return the candidates that are out for the least, cheapest to add first."""
    screen = priced.screen
    misses = [
        miss
        for bit in range(len(screen.constraints))
        for miss in nsmallest(most, priced.misses(screen.alone(bit), 1 << bit), key=_by_price)
    ]
    if not misses:
        nearest = islice(indices(screen.nearest()), _LOOKED_AT)
        misses = [miss for index in nearest if (miss := priced.miss(index, screen.mask(index)))]
    return tuple(
        NearMiss(
            miss.candidate, screen.names(miss.mask), miss.change.words, miss.change.edits, miss.change.counts_as_usd
        )
        for miss in sorted(misses, key=_by_price)[:most]
    )


class RelaxationPricing:
    """Prices what keeps candidates out; what has the same outcomes is priced once."""

    def __init__(self, question: WorkloadQuestion, screen: Screen) -> None:
        self.requirements, self.screen = question.requirements, screen
        self._question, self._workload = question, question.workload
        self._known: dict[tuple[int, ...], RequirementChange | None] = {}

    def ways(self, group: int, mask: int) -> Iterator[RequirementChange]:
        """Yield changes that add one of a set of candidates that all fail exactly these constraints, cheapest first.

        Each is followed to its end; what is equal to one that failed is not tried again.
        """
        tried: list[Mapping[str, Any]] = []
        for miss in sorted(self.misses(group, mask), key=_by_price):
            if miss.change.edits in tried:
                continue
            if len(tried) == _TRIED:
                return
            tried.append(miss.change.edits)
            found = follow(self._question, self.screen.candidates[miss.place]).change
            if found is not None:
                yield found

    def misses(self, group: int, mask: int) -> Iterator[Miss]:
        """Those of a set of candidates that all fail exactly these constraints and that an edit adds."""
        return filter(None, (self.miss(index, mask) for index in indices(group)))

    def miss(self, candidate: int, mask: int) -> Miss | None:
        """Return what would let one candidate in; None if no edit of the requirements does."""
        bits = tuple(indices(mask))
        key = (mask, *(self.screen.columns[bit].groups.of[candidate] for bit in bits))
        if key not in self._known:
            self._known[key] = self._change(candidate, bits)
        change = self._known[key]
        return Miss(self.screen.candidates[candidate].id, candidate, mask, change) if change else None

    def _change(self, candidate: int, bits: tuple[int, ...]) -> RequirementChange | None:
        screen, changes = self.screen, []
        for bit in bits:
            outcome = screen.columns[bit].outcome(candidate)
            change = change_for(FailedConstraint(self.requirements, self._workload, screen.constraints[bit], outcome))
            if change is None:
                return None
            changes.append(change)
        return merged(tuple(changes))


def _apart(group: int, unknown: int) -> tuple[int, int]:
    """Those that violate a constraint and those of which it is unknown: different changes let them in."""
    return group & ~unknown, group & unknown


def _by_price(miss: Miss) -> tuple[Decimal, str]:
    return miss.change.counts_as_usd, miss.candidate


def _verified(priced: RelaxationPricing, sets: Iterable[tuple[int, int]], resolve: Resolve) -> Iterator[Relaxation]:
    """Of each set of constraints and those that fail just these, the cheapest way that lets one in."""
    seen: list[Mapping[str, Any]] = []
    for mask, group in sets:
        way = next(priced.ways(group, mask), None)
        if way is None or way.edits in seen:
            continue
        seen.append(way.edits)
        lets_in = resolve(edited(priced.requirements, way.edits))
        if lets_in:
            names = priced.screen.names(mask)
            yield Relaxation(names, way.words, way.edits, lets_in, way.usd_per_month, way.counts_as_usd)
