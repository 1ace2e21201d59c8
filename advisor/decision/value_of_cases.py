"""Which candidate is worth evaluating on more cases: the expected gain of a better choice, against what it costs.

The knowledge gradient (Frazier, Powell and Dayanik 2008): measuring candidate i on n cases moves its estimate by a
normal amount of spread s_i; the choice improves on average by s_i f(-|gap_i| / s_i) points, f(z) = phi(z) + z
Phi(z), gap_i the distance to the best of the others in points net of cost. A point counts in money as the
requirements say, else as the geometric middle of the exchange rates that the candidates span.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import erf, exp, hypot, pi, sqrt
from typing import TYPE_CHECKING, NamedTuple

from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.stability import Stability
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

CASES = 200
"""How many cases a measurement has, unless stated otherwise."""

POINT_ERROR_PER_CASE = 400.0
"""The standard error of a rating from one decided comparison near even odds: 400 / ln 10 * 2 is 347 on Arena's scale,
rounded up for ties and draws."""


_APART = 2.0
"""Standard errors by which a cheaper candidate must be better to leave a more expensive one out."""


class CasesValue(NamedTuple):
    """What a measurement of one candidate on more cases is worth."""

    candidate: str
    usd_per_month: float
    """The expected gain of the choice."""
    points: float
    """The same in points of quality."""
    costs_usd: float | None
    """What the cases cost on this candidate at the workload's own length; None without traffic."""


class FrontCandidate(NamedTuple):
    """What weighing a candidate takes."""

    id: str
    config: str
    estimate: float
    error: float
    cost: float


def value_of_cases(answer: WorkloadAdvice, requirements: Requirements, *, cases: int = CASES) -> tuple[CasesValue, ...]:
    """Candidates whose evaluation could better the choice, by what a dollar spent on it brings, most first."""
    front = robust_front(answer.standings)
    if len(front) < 2:  # noqa: PLR2004 - a choice needs two
        return ()
    low, high = worth_range(front, requirements.quality_point_usd_per_month)
    point_usd = sqrt(low * high)
    workload = next(one for one in requirements.workloads if one.name == answer.workload)
    requests = workload.traffic.requests_per_month if workload.traffic else None
    found = [
        CasesValue(one.id, gain * point_usd, gain, one.cost / requests * cases if requests else None)
        for one in front
        if (gain := knowledge_gradient(one, front, point_usd, cases)) > 0
    ]
    return tuple(sorted(found, key=lambda one: (-_by_dollar(one), one.candidate)))


def knowledge_gradient(one: FrontCandidate, front: Sequence[FrontCandidate], point_usd: float, cases: int) -> float:
    """Return the expected gain in points of knowing one candidate better before choosing."""
    others = [other.estimate - other.cost / point_usd for other in front if other.config != one.config]
    if not others or not one.error:
        return 0.0
    measured = POINT_ERROR_PER_CASE / sqrt(cases)
    spread = one.error**2 / sqrt(one.error**2 + measured**2)
    gap = abs(one.estimate - one.cost / point_usd - max(others))
    z = -gap / spread
    return spread * (exp(-z * z / 2) / sqrt(2 * pi) + z * (1 + erf(z / sqrt(2))) / 2)


def _by_dollar(one: CasesValue) -> float:
    return one.usd_per_month / one.costs_usd if one.costs_usd else one.usd_per_month


def robust_front(standings: Sequence[Standing]) -> list[FrontCandidate]:
    """Return the candidates that more cases may bring to the front, sorted by cost."""
    known = sorted(
        (
            FrontCandidate(
                one.id,
                one.candidate.config.id,
                one.quality.estimate,
                one.quality.standard_error,
                float(one.cost.usd_per_month_mean),
            )
            for one in standings
            if one.quality and one.cost and not one.is_open
        ),
        key=lambda one: (one.cost, -one.estimate, one.id),
    )
    front: list[FrontCandidate] = []
    for one in known:
        if not any(_beats(other, one) for other in front):
            front.append(one)
    return front


def _beats(other: FrontCandidate, one: FrontCandidate) -> bool:
    """Whether a candidate that costs no more is better beyond doubt, or is the same config."""
    if other.config == one.config:
        return True
    return other.estimate - one.estimate > _APART * hypot(other.error, one.error)


def worth_range(front: Sequence[FrontCandidate], stated: Decimal | None) -> tuple[float, float]:
    """Return the range of worths of a point, in USD a month."""
    if stated is not None:
        return float(stated), float(stated)
    rates = [
        (dearer.cost - cheaper.cost) / (dearer.estimate - cheaper.estimate)
        for index, cheaper in enumerate(front)
        for dearer in front[index + 1 :]
        if dearer.estimate > cheaper.estimate and dearer.cost > cheaper.cost
    ]
    # Half of the least rate and twice the greatest: the ends at which cost alone and quality alone would decide.
    return (min(rates) / 2, max(rates) * 2) if rates else (1.0, 1.0)


class Doubt(NamedTuple):
    """How stable the answer for one workload is."""

    stability: Stability
    cases: tuple[CasesValue, ...]


def doubts(advice: Advice, requirements: Requirements) -> Mapping[str, Doubt]:
    """Return the doubt about each workload, by name."""
    return {
        answer.workload: Doubt(answer.stability, value_of_cases(answer, requirements)) for answer in advice.workloads
    }
