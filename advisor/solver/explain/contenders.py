"""Who may be first once the measurements are drawn again, and what of each is drawn.

A contender fails nothing but what is measured with an error: a floor on quality, a limit on latency. Contenders that
another one beats by three standard errors in all that counts are left out: each would be first in less than about one
draw in seven hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from math import exp, hypot, inf, isfinite, log
from operator import or_
from typing import NamedTuple

from advisor.facts import Measurement, Ternary
from advisor.requirements.enums import OnUnknown
from advisor.solver.bitsets import indices
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.kind import Constraint
from advisor.solver.rank import Slowness, ranked_cost
from advisor.solver.screen import Screen
from advisor.solver.standing import Standing

APART = 3.0
"""Standard errors beyond which nothing is expected to be drawn."""

PASSES, HELD, OPEN, OUT = 0, 1, 2, 3
"""How a contender stands: it may lead, it is a preview, something is to be asked first, it is out."""

_WHEN_UNKNOWN = {OnUnknown.ACCEPT: PASSES, OnUnknown.ASK: OPEN, OnUnknown.EXCLUDE: OUT}


class Noise(NamedTuple):
    """The error of a figure; equal names are drawn together. On a logarithmic scale it multiplies, else it adds."""

    name: str
    error: float
    multiplies: bool = False


class ThresholdTest(NamedTuple):
    """An interval against a bound, both turned negative for what is "at most"."""

    low: float
    high: float
    bound: float
    noise: Noise
    unknown: int
    """How a contender stands while the bound lies inside the interval."""

    def stands(self, z: float) -> int:
        """How a contender stands when the figure falls ``z`` standard errors from where it was measured."""
        low, high = (moved(end, self.noise, z) for end in (self.low, self.high))
        return PASSES if self.bound <= low else OUT if self.bound > high else self.unknown


@dataclass(frozen=True, slots=True)
class Contender:
    """What the draws need of a candidate."""

    id: str
    config: str
    estimate: float
    """What it is ranked by (``Quality.ranked``); minus infinity if its quality is not measured."""
    error: float
    cost: tuple[int, Decimal]
    """What its cost is ordered by, in USD a month (``rank.ranked_cost``)."""
    slowness: float
    pace: Noise | None
    """The error of the slowness; None if it is not measured."""
    stands: int
    """How it stands before the tests."""
    tests: tuple[ThresholdTest, ...]
    last_resort: tuple[int, int, str]
    """What decides between equals."""
    unit: str | None = None
    """The unit of the estimate."""

    @property
    def best_and_worst(self) -> tuple[int, int]:
        """How it stands at best and at worst, within what is expected to be drawn."""
        ends = [(test.stands(APART), test.stands(-APART)) for test in self.tests]
        best = max((min(end) for end in ends), default=PASSES)
        worst = max((max(end) for end in ends), default=PASSES)
        return max(best, self.stands), max(worst, self.stands)


def moved(figure: float, noise: Noise, z: float) -> float:
    """Return a figure drawn again."""
    return figure * exp(noise.error * z) if noise.multiplies else figure + noise.error * z


def contenders(
    question: WorkloadQuestion, screen: Screen, standing: Callable[[int], Standing], slowness: Slowness
) -> list[Contender]:
    """All that may be first, cheapest first; where money alone decides they are not compared in speed."""
    enter = _ContenderFactory(question, screen, slowness)
    found = [enter.contender(index, standing(index)) for index in indices(screen.everyone & ~enter.out)]
    in_money = question.requirements.quality_point_usd_per_month is not None
    return _front([one for one in found if one.best_and_worst[0] < OUT], in_money=in_money)


class _ContenderFactory:
    """Makes contenders of candidates: what of each is drawn, and what is as it is."""

    def __init__(self, question: WorkloadQuestion, screen: Screen, slowness: Slowness) -> None:
        self._question, self._screen, self._slowness = question, screen, slowness
        self._drawn = [index for index, one in enumerate(screen.constraints) if one.kind.is_drawn]
        fixed = [index for index in range(len(screen.constraints)) if index not in self._drawn]
        self.out = screen.out_by(fixed)
        """The set of those that fail something that is not drawn."""
        self._open = reduce(or_, (screen.asked[index] for index in fixed), 0)

    def contender(self, index: int, standing: Standing) -> Contender:
        """Return the contender of a candidate."""
        stands = OPEN if self._open >> index & 1 else HELD if standing.is_held else PASSES
        tests: list[ThresholdTest] = []
        for number in self._drawn:
            constraint = self._screen.constraints[number]
            unknown = _WHEN_UNKNOWN[getattr(self._question.requirements.unknown, constraint.group)]
            test = self._test(constraint, standing, unknown)
            if test is not None:
                tests.append(test)
            else:
                state = self._screen.columns[number].outcome(index).state
                stands = max(stands, {Ternary.SATISFIED: PASSES, Ternary.VIOLATED: OUT}.get(state, unknown))
        quality, pace = standing.quality, self._question.measured.find(standing.candidate, "ttft_ms_p95")
        return Contender(
            standing.id,
            standing.candidate.config.id,
            quality.ranked if quality else -inf,
            quality.standard_error if quality else 0.0,
            ranked_cost(standing),
            self._slowness(standing),
            _noise_of(pace, multiplies=True) if pace else None,
            stands,
            tuple(tests),
            standing.last_resort,
            quality.unit if quality else None,
        )

    def _test(self, constraint: Constraint, standing: Standing, unknown: int) -> ThresholdTest | None:
        """Return the test of a constraint whose figure has an error; None if this candidate's has none."""
        if constraint.graded is None:
            return self._test_of_own(constraint, standing, unknown)
        if standing.quality is None:
            return None
        low, high = constraint.graded.reach(standing.candidate)
        noise = Noise(standing.candidate.config.id, standing.quality.standard_error)
        return ThresholdTest(float(low), float(high), float(constraint.graded.bound), noise, unknown)

    def _test_of_own(self, constraint: Constraint, standing: Standing, unknown: int) -> ThresholdTest | None:
        """Return the test against the threshold where the figure is the user's own measurement."""
        asked = constraint.kind.own_figure(self._question.workload)
        found = self._question.measured.find(standing.candidate, asked.quantity) if asked else None
        noise = _noise_of(found, multiplies=asked.multiplies) if asked and found else None
        if asked is None or found is None or noise is None or found.low is None or found.high is None:
            return None
        if asked.at_most:
            return ThresholdTest(-found.high, -found.low, -asked.bound, noise, unknown)
        return ThresholdTest(found.low, found.high, asked.bound, noise, unknown)


def _noise_of(found: Measurement, *, multiplies: bool) -> Noise | None:
    """Return the error that an interval stands for: half of it, normal or log-normal.

    None if it is open or not positive.
    """
    from statistics import NormalDist

    low, high = found.low, found.high
    if low is None or high is None or not isfinite(high - low) or (multiplies and low <= 0):
        return None
    z = NormalDist().inv_cdf((1 + found.confidence) / 2)
    reach = log(high / low) if multiplies else high - low
    return Noise(f"{found.subject} {found.quantity}", reach / 2 / z, multiplies)


def _front(found: Sequence[Contender], *, in_money: bool) -> list[Contender]:
    """Those that no other one surely beats, cheapest first."""
    ordered = sorted(
        found, key=lambda one: (one.cost, 0.0 if in_money else one.slowness, -one.estimate, *one.last_resort)
    )
    ends = {one.id: one.best_and_worst for one in ordered}
    front: list[Contender] = []
    for one in ordered:
        best = ends[one.id][0]
        if not any(ends[other.id][1] <= best and _beats(other, one, in_money=in_money) for other in front):
            front.append(one)
    return front


def _beats(other: Contender, one: Contender, *, in_money: bool) -> bool:
    """Whether one that costs no more is as fast, and better beyond doubt or the same config."""
    if not in_money and not _as_fast(other, one):
        return False
    if other.config == one.config or one.estimate == -inf:
        return True
    return other.estimate - one.estimate > APART * hypot(other.error, one.error)


def _as_fast(other: Contender, one: Contender) -> bool:
    errors = [pace.error for pace in (other.pace, one.pace) if pace]
    if not errors or other.pace == one.pace or not (other.slowness and isfinite(one.slowness)):
        return other.slowness <= one.slowness
    return other.slowness < one.slowness and log(one.slowness / other.slowness) > APART * hypot(*errors)


def noises(found: Sequence[Contender]) -> Iterator[Noise]:
    """All that is drawn, the qualities by their config."""
    for one in found:
        yield Noise(one.config, one.error)
        yield from ([one.pace] if one.pace else [])
        yield from (test.noise for test in one.tests)
