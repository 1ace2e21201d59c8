"""What the user's own measurements say of the bounds on latency: the solver's own test, put to one candidate."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

from textual.content import Content

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.facts import Ternary
from advisor.probe.measurement_cache import STALE_AFTER_DAYS
from advisor.requirements.schema import Requirements, Workload
from advisor.solver.constraints.base import MeasurementIndex as Looked
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.kind import by_probe
from advisor.solver.constraints.registry import KINDS
from advisor.tui.format import Badge
from advisor.tui.probe_session import ProbeMeasurements

STATES = {
    Ternary.SATISFIED: Badge("✓", "satisfied", "good"),
    Ternary.VIOLATED: Badge("✗", "violated", "bad"),
    Ternary.UNKNOWN: Badge("?", "unknown", "warn"),
}

_QUANTITIES = (
    ("ttft_ms_p95", "95th percentile of the first token", "ms"),
    ("output_tokens_per_s", "median speed", "tokens a second"),
)
_COLOURS = {"good": "$text-success", "bad": "$text-error", "warn": "$text-warning"}


class Bound(NamedTuple):
    """A bound on latency and how a candidate did."""

    required: str
    state: Ternary
    found: str


class Bounds(NamedTuple):
    """The bounds of one workload; with none of them there is nothing to say of any candidate."""

    catalog: Catalog
    requirements: Requirements
    workload: Workload

    def of(self, candidate: Candidate, measured: ProbeMeasurements) -> tuple[Bound, ...]:
        """Each bound with its state by what was measured and is not too old."""
        question = WorkloadQuestion(self.catalog, self.requirements, self.workload, Looked(measured.fresh))
        is_stale = not {candidate.id, candidate.offering.id}.isdisjoint(measured.stale)
        found = []
        bounds = (constraint for kind in KINDS if kind.settle is by_probe for constraint in kind.make(question))
        for constraint in bounds:
            outcome = constraint.test(candidate)
            words = outcome.words
            if is_stale and outcome.state is Ternary.UNKNOWN:
                words += f"; an older measurement does not count after {STALE_AFTER_DAYS} days"
            found.append(Bound(constraint.required, outcome.state, words))
        return tuple(found)

    def named(self, name: str, measured: ProbeMeasurements) -> tuple[Bound, ...]:
        """Return the same of a candidate by its id; empty if the catalog lacks it."""
        candidate = next((one for one in self.catalog.candidates if one.id == name), None)
        return self.of(candidate, measured) if candidate is not None else ()


def worst(bounds: tuple[Bound, ...]) -> Badge:
    """All bounds in one word: violated if one is, else unknown if one is."""
    states = [bound.state for bound in bounds]
    return STATES[next((state for state in (Ternary.VIOLATED, Ternary.UNKNOWN) if state in states), Ternary.SATISFIED)]


def bound_lines(bounds: tuple[Bound, ...]) -> Iterator[Content]:
    """Each bound on a line of its own."""
    for bound in bounds:
        badge = STATES[bound.state]
        yield Content.assemble((f"{badge.text}: ", _COLOURS[badge.style]), f"{bound.required} ({bound.found})")


def measured_lines(candidate: Candidate, measured: ProbeMeasurements) -> Iterator[Content]:
    """Yield what was measured and counts, with its interval, day and file."""
    for quantity, words, unit in _QUANTITIES:
        found = Looked(measured.fresh).find(candidate, quantity)
        if found is not None:
            low = "0" if found.low is None else _figure(found.low)
            span = f"{low} {unit} or more" if found.high is None else f"{low} to {_figure(found.high)} {unit}"
            yield Content(f"{words}: {span}, n={found.n}, {found.confidence:.0%} interval")
            yield Content.styled(f"    {found.source}, measured on {found.measured_on}", "$foreground 60%")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if isfinite(value) else "never answered"
