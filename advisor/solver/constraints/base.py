"""What constraints are made of: outcomes, what candidates share, bounds, own measurements, tests of a fact."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED, Candidate, Offering
from advisor.errors import UsageError
from advisor.facts import Fact, Measurement, Source, State, Ternary

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements, Workload

SATISFIED, VIOLATED, UNKNOWN = Ternary.SATISFIED, Ternary.VIOLATED, Ternary.UNKNOWN


class TestResult(NamedTuple):
    """How one candidate did in one constraint.

    ``found`` is what the catalog has, in words with its unit, or a function that makes the words; ``short_by`` is
    how far from passing in the constraint's own unit, None where there is no such figure.
    """

    state: Ternary
    found: str | Callable[[], str]
    source: Source | None = None
    fact: tuple[str, Fact] | None = None
    short_by: float | None = None
    obligation: str | None = None
    """What must be done for it to hold, where it does not by itself: a switch, an approval to be asked for."""

    @property
    def words(self) -> str:
        """What was found, as text."""
        return self.found if isinstance(self.found, str) else self.found()


class GroupKey(NamedTuple):
    """What a candidate's outcome depends on, where many candidates share it.

    ``key`` names the division of the candidates: equal keys divide them in the same way for the same catalog.
    """

    key: Hashable
    of: Callable[[Candidate], Hashable]


class KnownBounds(NamedTuple):
    """Up to which bound a candidate surely satisfies a graded constraint, and above which it surely does not."""

    sure: float | Decimal
    most: float | Decimal


NOTHING_KNOWN = KnownBounds(-inf, inf)


class Threshold(NamedTuple):
    """A constraint that holds a figure of each candidate against a bound; what is "at most" has both turned negative.

    It is satisfied where the bound is at most ``sure``, violated where it is above ``most``, unknown between: the same
    as the constraint's test says, without asking each. ``key`` names the figures, which no bound changes.
    """

    key: Hashable
    bound: float | Decimal
    reach: Callable[[Candidate], KnownBounds]


BY_CONFIG = GroupKey("config", lambda candidate: candidate.config.id)
"""Shared by all offerings of a model at an effort."""


def per_offering(of: Callable[[Offering], Hashable]) -> Callable[[Candidate], Hashable]:
    """Return what depends on the offering alone, asked once for the efforts that follow one another."""
    last: Offering | None = None
    key: Hashable = None

    def shared(candidate: Candidate) -> Hashable:
        nonlocal last, key
        if candidate.offering is not last:
            last, key = candidate.offering, of(candidate.offering)
        return key

    return shared


def by_facts(*names: str) -> GroupKey:
    """Shared by offerings of one kind of channel that have these facts from the same timelines."""

    def shared(offering: Offering) -> Hashable:
        owners = (offering.facts, offering.channel.facts, offering.model.facts)
        return (offering.channel.kind, *(facts.identity(name) for name in names for facts in owners))

    return GroupKey(("facts", *names), per_offering(shared))


class MeasurementIndex:
    """What the user measured, looked up by candidate or offering; equal when they hold the same."""

    def __init__(self, measurements: Iterable[Measurement] = ()) -> None:
        """Raise UsageError for what is no measurement."""
        self._all = tuple(measurements)
        for one in self._all:
            _require_figures(one)
        self._newest = {(m.subject, m.quantity): m for m in sorted(self._all, key=lambda m: m.measured_on)}

    def find(self, candidate: Candidate, quantity: str) -> Measurement | None:
        """Return the newest measurement of the candidate, else of its offering."""
        newest = self._newest
        return newest.get((candidate.id, quantity)) or newest.get((candidate.offering.id, quantity))

    def of_quantity(self, quantity: str) -> tuple[Measurement, ...]:
        """Return the newest measurement of that quantity for each subject."""
        return tuple(one for (_, name), one in self._newest.items() if name == quantity)

    def refuses(self, beginning: str) -> bool:
        """Whether an ability whose quantity begins so was refused or ignored somewhere."""
        return any(name.startswith(beginning) and one.value == 0 for (_, name), one in self._newest.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MeasurementIndex) and self._all == other._all

    def __hash__(self) -> int:
        return hash(self._all)


_MOST_FIGURE = 1e15


def _require_figures(one: Measurement) -> None:
    """NaN, a figure beyond all sense or an interval the wrong way round would decide without meaning anything.

    A latency may be infinite: so many requests failed that the quantile is one of the failures.
    """
    figures = [figure for figure in (one.low, one.value, one.high) if figure is not None]
    may_be_infinite = not one.quantity.startswith("score:")
    sane = all(abs(figure) <= _MOST_FIGURE or (may_be_infinite and figure == inf) for figure in figures)
    if not sane or figures != sorted(figures):
        words = f"{one.value:g} [{one.low}, {one.high}]"
        raise UsageError(
            f"{one.subject}: expected {one.quantity} as a number inside its interval, found {words}",
            hint=f"measure it again, or take it out of {one.source}",
        )


class WorkloadQuestion(NamedTuple):
    """What the makers of constraints are given."""

    catalog: Catalog
    requirements: Requirements
    workload: Workload
    measured: MeasurementIndex


OWN_HARDWARE = "runs on your own hardware"
"""What is found of a candidate that nobody else serves."""


def is_self_hosted(candidate: Candidate) -> bool:
    """Whether it runs on the user's own hardware."""
    return candidate.offering.channel.kind == SELF_HOSTED


def from_state(fact: Fact, name: str) -> TestResult:
    """Return the outcome of a fact that has no value to compute with: unknown, and in which way."""
    words = {
        State.NOT_DISCLOSED: "not disclosed",
        State.BY_CONTRACT: "depends on your contract",
    }.get(fact.state, "unknown")
    return TestResult(UNKNOWN, words, fact.source, (name, fact))


def at_least(name: str, fact: Fact, least: float, unit: str) -> TestResult:
    """Whether a number is at least as large as required."""
    if not fact.is_usable:
        return from_state(fact, name)
    short = least - fact.value
    state = SATISFIED if short <= 0 else VIOLATED
    return TestResult(state, lambda: f"{fact.value:,} {unit}", fact.source, (name, fact), short if short > 0 else None)


def yes(name: str, fact: Fact) -> TestResult:
    """Whether a yes/no fact is yes."""
    if not fact.is_usable:
        return from_state(fact, name)
    return TestResult(SATISFIED if fact.value else VIOLATED, "yes" if fact.value else "no", fact.source, (name, fact))


def has_all(name: str, fact: Fact, needed: tuple[str, ...], *, exhaustive: bool) -> TestResult:
    """Whether a set has all that is needed; what an inexhaustive set lacks is unknown, not missing."""
    if not fact.is_usable:
        return from_state(fact, name)
    missing = [item for item in needed if item not in fact.value]
    if not missing:
        return TestResult(SATISFIED, ", ".join(needed), fact.source, (name, fact))
    have = ", ".join(fact.value) or "none"
    if exhaustive:
        return TestResult(VIOLATED, have, fact.source, (name, fact), float(len(missing)))
    return TestResult(UNKNOWN, f"{', '.join(missing)} not on record (on record: {have})", fact.source, (name, fact))
