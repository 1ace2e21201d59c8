"""The cheapest ways out: what must change for candidates to come in, each solved again before it is said.

A candidate comes in when every constraint that it fails is moved as far as it falls short, so the cheapest way out is
the least, over candidates, of the sum of what their failings count as. One way is given for each constraint that alone
keeps candidates out; where none does, one for each minimal correction set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.solver.answer import NearMiss, Relaxation
from advisor.solver.bitsets import indices
from advisor.solver.constraints.kind import FailedConstraint, RequirementChange
from advisor.solver.explain.requirement_changes import change_for, merged
from advisor.solver.screen import Screen

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements, Workload

Resolve = Callable[["Requirements"], tuple[str, ...]]
"""Solves changed requirements again for the same workload and gives the ids of what comes in, best first."""

MOST_SETS = 12
"""Correction sets of several constraints that are tried."""

_LOOKED_AT = 200
"""Candidates of one correction set that are priced."""


class Miss(NamedTuple):
    """A candidate that is out, with what would let it in."""

    candidate: str
    mask: int
    """The constraints that it fails, as bits."""
    change: RequirementChange


def relaxations(priced: RelaxationPricing, resolve: Resolve) -> tuple[Relaxation, ...]:
    """Ways out that were solved again, cheapest first."""
    screen = priced.screen
    misses = [
        miss
        for bit, column in enumerate(screen.columns)
        for group in _apart(screen.alone(bit), column.unknown)
        if (miss := priced.cheapest(group, 1 << bit))
    ]
    found = list(_verified(priced, misses, resolve))
    if not found and screen.out == screen.everyone:
        several = [(mask, group) for mask, group in screen.corrections().items() if mask.bit_count() > 1]
        misses = [miss for mask, group in several if (miss := priced.cheapest(group, mask))]
        found = list(_verified(priced, sorted(misses, key=_by_price)[:MOST_SETS], resolve))
    return tuple(sorted(found, key=lambda way: (way.counts_as_usd, way.constraints)))


def nearest_misses(priced: RelaxationPricing, *, most: int = 5) -> tuple[NearMiss, ...]:
    """The candidates that are out for the least, cheapest to let in first."""
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


def edited(requirements: Requirements, edits: Mapping[str, Any]) -> Requirements:
    """The requirements with values set or taken out by dotted key; ``workloads.NAME.key`` names a workload."""
    changed: Requirements = requirements
    for key, value in edits.items():
        changed = _with(changed, key.split("."), value)
    return changed


def _with(record: Any, path: list[str], value: Any) -> Any:
    """A copy of a record with one value changed; None gives back the default, which is empty for all that can go."""
    name, *rest = path
    current = getattr(record, name)
    if name == "workloads":
        workload, *rest = rest
        changed: Any = tuple(_with(one, rest, value) if one.name == workload else one for one in current)
    elif rest:
        changed = _with(current, rest, value)
    elif value is None:
        changed = False if isinstance(current, bool) else () if isinstance(current, tuple) else None
    else:
        changed = value
    return record.model_copy(update={name: changed})


class RelaxationPricing:
    """Prices what keeps candidates out; what has the same outcomes is priced once."""

    def __init__(self, requirements: Requirements, workload: Workload, screen: Screen) -> None:
        self.requirements, self.screen = requirements, screen
        self._workload = workload
        self._known: dict[tuple[int, ...], RequirementChange | None] = {}

    def cheapest(self, group: int, mask: int) -> Miss | None:
        """The cheapest of a set of candidates that all fail exactly these constraints."""
        return min(self.misses(group, mask), key=_by_price, default=None)

    def misses(self, group: int, mask: int) -> Iterator[Miss]:
        """Those of a set of candidates that all fail exactly these constraints and that an edit lets in."""
        return filter(None, (self.miss(index, mask) for index in indices(group)))

    def miss(self, candidate: int, mask: int) -> Miss | None:
        """What would let one candidate in; None if no edit of the requirements does."""
        bits = tuple(indices(mask))
        key = (mask, *(self.screen.columns[bit].groups.of[candidate] for bit in bits))
        if key not in self._known:
            self._known[key] = self._change(candidate, bits)
        change = self._known[key]
        return Miss(self.screen.candidates[candidate].id, mask, change) if change else None

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


def _verified(priced: RelaxationPricing, misses: Iterable[Miss], resolve: Resolve) -> Iterator[Relaxation]:
    """The ways that do let a candidate in when the changed requirements are solved; equal edits once."""
    seen: list[Mapping[str, Any]] = []
    for miss in misses:
        change = miss.change
        if change.edits in seen:
            continue
        seen.append(change.edits)
        lets_in = resolve(edited(priced.requirements, change.edits))
        if lets_in:
            constraints = priced.screen.names(miss.mask)
            yield Relaxation(
                constraints, change.words, change.edits, lets_in, change.usd_per_month, change.counts_as_usd
            )
