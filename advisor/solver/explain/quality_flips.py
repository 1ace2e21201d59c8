"""The estimate below which the answer turns: a rival is surely better then, or the floor is no longer held."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from advisor.requirements.enums import OnUnknown
from advisor.solver.answer import Flip
from advisor.solver.constraints.quality_floor import floor_bound
from advisor.solver.explain.rerank import leader_after
from advisor.solver.quality import best_in
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.solver.workload import WorkloadSolver

_BEYOND = 1e-6
"""How far below a point it is ranked again, in the unit of the estimate."""


class QualityPoint(NamedTuple):
    """An estimate of the winner at which something changes, and what."""

    estimate: float
    because: str


def quality_flips(solving: WorkloadSolver, winner: Standing, pool: Sequence[Standing]) -> Iterator[Flip]:
    """Yield the estimate below which the winner no longer leads, and who of the pool does then.

    Between two points nothing changes, and to fall further never brings the lead back, so that the point is found by
    halving.
    """
    quality = winner.quality
    if quality is None:
        return
    points = sorted(one for one in _points(solving, winner, pool) if one.estimate < quality.estimate)

    def leads(place: int) -> str | None:
        return _leader(solving, winner, pool, points[place].estimate - _BEYOND)

    place = bisect_left(range(len(points)), True, key=lambda index: leads(index) == winner.id) - 1
    if place >= 0:
        to, point = leads(place), points[place]
        words = f"{winner.candidate.config.id} below {point.estimate:.0f} {quality.unit} in {quality.dimension}"
        because = point.because if to else f"{point.because}, and nothing else passes"
        yield Flip("quality", words, to, because, point.estimate)


def _points(solving: WorkloadSolver, winner: Standing, pool: Sequence[Standing]) -> Iterator[QualityPoint]:
    """Where it leaves the tied set or lets another in, is overtaken at no more cost, or loses the floor."""
    yield from _floor(solving, winner)
    if winner.quality is None:
        return
    worth = solving.question.requirements.quality_point_usd_per_month
    for rival in pool:
        if rival.quality is None or rival.candidate.config == winner.candidate.config:
            continue
        # Where the winner's own estimate is, when it is ranked as the rival is.
        level = rival.quality.ranked + winner.quality.estimate - winner.quality.ranked
        if worth is not None:
            if worth and rival.cost and winner.cost:
                dearer = rival.cost.ranked_usd - winner.cost.ranked_usd
                yield QualityPoint(level - float(dearer / worth), f"{rival.id} then has the least cost less worth")
            continue
        margin = solving.rules.margin(rival.quality)
        yield QualityPoint(level + margin, f"{rival.id} is then as good")
        yield QualityPoint(level, f"{rival.id} is then better and costs no more")
        yield QualityPoint(
            level - margin, f"{rival.id} is then better by more than the {margin:g} {rival.quality.unit} that matter"
        )


def _leader(solving: WorkloadSolver, winner: Standing, pool: Sequence[Standing], estimate: float) -> str | None:
    """Who leads when the winner's config has that estimate."""
    by = estimate - (winner.quality.estimate if winner.quality else 0.0)
    moved = [_moved(one, by) for one in pool if one.candidate.config == winner.candidate.config]
    others = [one for one in pool if one.candidate.config != winner.candidate.config]
    return leader_after(solving, [*_passing(solving, moved), *others])


def _moved(standing: Standing, by: float) -> Standing:
    quality = standing.quality
    if quality is None:
        return standing
    moved = quality._replace(estimate=quality.estimate + by, low=quality.low + by, high=quality.high + by)
    return replace(standing, quality=moved)


def _floor(solving: WorkloadSolver, winner: Standing) -> Iterator[QualityPoint]:
    """Yield the estimates at which it may miss the floor on quality, and surely does."""
    bound, quality = floor_bound(solving.screen.constraints), winner.quality
    best = best_in(solving.question.catalog, solving.question.workload.dimension, solving.question.measured)
    named = solving.question.workload.quality.at_least
    is_named = isinstance(named, str) and winner.candidate in solving.question.catalog.find_candidates(named)
    # A floor below the best falls with the best, and one that is a model's with that model.
    if bound is not None and quality is not None and quality != best and not is_named:
        yield QualityPoint(bound + quality.estimate - quality.low, "it then no longer surely holds the floor")
        yield QualityPoint(bound + quality.estimate - quality.high, "it then misses the floor")


def _passing(solving: WorkloadSolver, moved: Sequence[Standing]) -> Iterator[Standing]:
    """Those that pass the floor with their figures, the ones that only may pass it as open where that is asked."""
    bound, rule = floor_bound(solving.screen.constraints), solving.question.requirements.unknown.quality
    for one in moved:
        if bound is None or one.quality is None or one.quality.low >= bound:
            yield one
        elif one.quality.high >= bound and rule is not OnUnknown.EXCLUDE:
            yield one if rule is OnUnknown.ACCEPT else replace(one, is_open=True)
