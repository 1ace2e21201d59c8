"""Which measurement of latency is worth taking next: the one that may change the recommendation, by expected value.

For each candidate whose latency is open the question is answered twice more, as if it had been measured to pass and
to fail. The chance that it passes is the share of measured candidates that do, by Laplace's rule of succession (one
success and one failure are added), so one half while nothing is measured. The value of a measurement is what it saves
on average of what is spent until a pick keeps the bounds: a month of each pick that turns out not to, then a month of
one that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.facts import Measurement, Ternary
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.constraints.kind import OwnFigure
from advisor.solver.constraints.registry import KINDS, probed_figures

_MOST_TRIED = 12
"""Candidates for which the question is answered anew, in the order of the ranking; each takes two answers."""

_MOST_MISSES = 4
"""Picks in a row that may turn out too slow; what comes after is rare."""

_BOUNDED = tuple(kind.id for kind in KINDS if kind.is_probed)


class MeasurementValue(NamedTuple):
    """What a measurement of one candidate is worth to one workload."""

    candidate: str
    workload: str
    chance: float
    """That the recommendation changes."""
    usd_per_month: Decimal
    """Expected value (see the module); zero where it would change the choice but save nothing."""
    because: str


def worth_measuring(
    catalog: Catalog, requirements: Requirements, measurements: Iterable[Measurement]
) -> tuple[MeasurementValue, ...]:
    """Candidates whose measurement could change a recommendation, most valuable first; empty if none could.

    Raises what ``advise`` raises.
    """
    taken = tuple(measurements)
    found: list[MeasurementValue] = []
    before = advise(catalog, requirements, measurements=taken)
    for index, answer in enumerate(before.workloads):
        asking = _LatencyQuestion(catalog, requirements, index, taken)
        found += [asking.worth(candidate) for candidate in _open(answer)[:_MOST_TRIED]]
    changing = [one for one in found if one.chance > 0]
    return tuple(sorted(changing, key=lambda one: (-one.usd_per_month, -one.chance, one.candidate)))


class _LatencyQuestion:
    """One workload's question, asked again under what might be learnt: pairs of a candidate and whether it passes."""

    def __init__(
        self, catalog: Catalog, requirements: Requirements, index: int, taken: tuple[Measurement, ...]
    ) -> None:
        self._catalog, self._requirements, self._index, self._taken = catalog, requirements, index, taken
        self._wanted = probed_figures(requirements.workloads[index])
        self._passes = _chance_to_pass(self._wanted, taken)
        self._answers: dict[frozenset[tuple[str, bool]], WorkloadAdvice] = {}

    def answer(self, learnt: frozenset[tuple[str, bool]]) -> WorkloadAdvice:
        """Return the answer if that were known."""
        if learnt not in self._answers:
            supposed = [one for name, ok in sorted(learnt) for one in _supposed(name, self._wanted, self._catalog, ok)]
            advice = advise(self._catalog, self._requirements, measurements=[*self._taken, *supposed])
            self._answers[learnt] = advice.workloads[self._index]
        return self._answers[learnt]

    def spent(self, learnt: frozenset[tuple[str, bool]], misses: int = 0) -> float | None:
        """USD spent on average until a pick keeps the bounds; None if a cost is not known, 0 if nothing passes."""
        answer = self.answer(learnt)
        pick = answer.recommended
        usd = _usd(answer, pick)
        if pick is None or usd is None:
            return 0.0 if pick is None else None
        if pick not in _open(answer) or misses == _MOST_MISSES:
            return usd
        after = self.spent(learnt | {(pick, False)}, misses + 1)
        return None if after is None else usd + (1 - self._passes) * after

    def worth(self, candidate: str) -> MeasurementValue:
        """Return what it is worth to measure a candidate."""
        nothing: frozenset[tuple[str, bool]] = frozenset()
        before, chance, because = self.answer(nothing), 0.0, []
        for passes, weight, words in ((True, self._passes, "fast enough"), (False, 1 - self._passes, "too slow")):
            pick = self.answer(frozenset({(candidate, passes)})).recommended
            if pick != before.recommended:
                chance += weight
                because.append(f"if {words}: {pick or 'nothing is left'}")
        value = self._saved(candidate) if chance else 0.0
        usd = Decimal(str(value)).quantize(Decimal("0.01"))
        return MeasurementValue(candidate, before.workload, chance, usd, "; ".join(because))

    def _saved(self, candidate: str) -> float:
        """Return what knowing the candidate's state beforehand saves on average.

        0 if it saves nothing or nobody can tell.
        """
        without = self.spent(frozenset())
        good, bad = (self.spent(frozenset({(candidate, passes)})) for passes in (True, False))
        if without is None or good is None or bad is None:
            return 0.0
        return max(0.0, without - self._passes * good - (1 - self._passes) * bad)


def _open(answer: WorkloadAdvice) -> list[str]:
    """Candidates that an unknown latency keeps open or out, those that pass otherwise first."""
    standing = [
        one.id
        for one in answer.standings
        if any(cause.constraint in _BOUNDED for cause in (*one.open_questions, *one.accepted_unknowns))
    ]
    out = [
        one.id
        for one in answer.excluded
        if set(one.constraints) <= set(_BOUNDED) and all(cause.state is Ternary.UNKNOWN for cause in one.because)
    ]
    return standing + out


def _supposed(candidate: str, wanted: Sequence[OwnFigure], catalog: Catalog, passes: bool) -> Iterable[Measurement]:
    """Measurements that pass or fail every bound beyond doubt."""
    for one in wanted:
        value = one.bound / _BEYOND_DOUBT if passes is one.at_most else one.bound * _BEYOND_DOUBT
        yield Measurement(candidate, one.quantity, value, value, value, 100, catalog.as_of, "supposed")


_BEYOND_DOUBT = 2.0


def _chance_to_pass(wanted: Sequence[OwnFigure], taken: Sequence[Measurement]) -> float:
    kept = [one.is_kept_by(found.value) for found in taken for one in wanted if one.quantity == found.quantity]
    return (kept.count(True) + 1) / (len(kept) + 2)


def _usd(answer: WorkloadAdvice, candidate: str | None) -> float | None:
    """Return a month's cost on average; None if it is not known."""
    standing = answer.standing(candidate) if candidate else None
    return float(standing.cost.usd_per_month_mean) if standing is not None and standing.cost is not None else None
