"""Which measurement of latency is worth taking next: the one that may change the recommendation, by expected value.

For each candidate whose latency is open the question is answered twice more, as if it had been measured to pass and
to fail. The chance that it passes is the share of measured candidates that do, by Laplace's rule of succession (one
success and one failure are added), so one half while nothing is measured. The value of a measurement is what it would
save a month when it passes and is cheaper, plus, when it fails, the month's cost of a pick that would not have done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.facts import Measurement, Ternary
from advisor.requirements.records import Latency, Requirements
from advisor.solver import advise
from advisor.solver.advice import WorkloadAdvice
from advisor.solver.constraints import SATISFIED, VIOLATED

_MOST_TRIED = 12
"""Candidates for which the question is answered anew, in the order of the ranking; each takes two answers."""

_BOUNDED = ("latency.ttft_ms_p95", "latency.output_tokens_per_s")


class Worth(NamedTuple):
    """What a measurement of one candidate is worth to one workload."""

    candidate: str
    workload: str
    chance: float
    """That the recommendation changes."""
    usd_per_month: Decimal
    """Expected value; zero where it would change the choice but save nothing."""
    because: str


def worth_measuring(
    catalog: Catalog, requirements: Requirements, measurements: Iterable[Measurement]
) -> tuple[Worth, ...]:
    """Candidates whose measurement could change a recommendation, most valuable first; empty if none could.

    Raises what ``advise`` raises.
    """
    taken = tuple(measurements)
    found: list[Worth] = []
    before = advise(catalog, requirements, measurements=taken)
    for index, answer in enumerate(before.workloads):
        wanted = requirements.workloads[index].latency
        for candidate in _open(answer)[:_MOST_TRIED]:
            answers = []
            for passes in (True, False):
                supposed = (*taken, *_supposed(candidate, wanted, catalog, passes=passes))
                answers.append(advise(catalog, requirements, measurements=supposed).workloads[index])
            found.append(_worth(candidate, answer, answers, _chance_to_pass(wanted, taken)))
    changing = [one for one in found if one.chance > 0]
    return tuple(sorted(changing, key=lambda one: (-one.usd_per_month, -one.chance, one.candidate)))


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


def _supposed(candidate: str, wanted: Latency, catalog: Catalog, *, passes: bool) -> Iterable[Measurement]:
    """Measurements that pass or fail every bound beyond doubt."""
    for quantity, bound, good in (
        ("ttft_ms_p95", wanted.ttft_ms_p95, 0.5),
        ("output_tokens_per_s", wanted.output_tokens_per_s, 2.0),
    ):
        if bound is not None:
            value = bound * good if passes else bound / good
            yield Measurement(candidate, quantity, value, value, value, 100, catalog.as_of, "supposed")


def _chance_to_pass(wanted: Latency, taken: Sequence[Measurement]) -> float:
    verdicts = [_verdict(one, wanted) for one in taken]
    passed, failed = verdicts.count(SATISFIED), verdicts.count(VIOLATED)
    return (passed + 1) / (passed + failed + 2)


def _verdict(one: Measurement, wanted: Latency) -> Ternary:
    if one.quantity == "ttft_ms_p95" and wanted.ttft_ms_p95 is not None:
        return SATISFIED if one.value <= wanted.ttft_ms_p95 else VIOLATED
    if one.quantity == "output_tokens_per_s" and wanted.output_tokens_per_s is not None:
        return SATISFIED if one.value >= wanted.output_tokens_per_s else VIOLATED
    return Ternary.UNKNOWN


def _worth(candidate: str, before: WorkloadAdvice, after: Sequence[WorkloadAdvice], passes: float) -> Worth:
    if_good, if_bad = (answer.recommended for answer in after)
    chance, value, because = 0.0, Decimal(0), []
    now = _usd(before, before.recommended)
    if if_good != before.recommended:
        chance += passes
        then = _usd(after[0], if_good)
        saved = max(Decimal(0), now - then) if now is not None and then is not None else Decimal(0)
        value += Decimal(str(passes)) * saved
        because.append(f"if fast enough: {if_good}")
    if if_bad != before.recommended:
        chance += 1 - passes
        value += Decimal(str(1 - passes)) * (now or Decimal(0))
        because.append(f"if too slow: {if_bad or 'nothing is left'}")
    return Worth(candidate, before.workload, chance, value.quantize(Decimal("0.01")), "; ".join(because))


def _usd(answer: WorkloadAdvice, candidate: str | None) -> Decimal | None:
    costs = {one.id: one.cost for one in answer.standings}
    cost = costs.get(candidate) if candidate else None
    return cost.usd_per_month_mean if cost else None
