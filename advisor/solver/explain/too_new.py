"""Too new to judge: who passes, came out lately, was measured by nobody yet, and would lead if it were good enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from advisor.catalog.records import Quality
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.explain.words import usd_words
from advisor.solver.rank import Ranking, Rules, Slowness, rank, ranked_cost
from advisor.solver.standing import Standing

NEW_DAYS = 120
"""How long after its release a model that nobody measured is new; after that it is unknown for other reasons."""

_BEYOND = 1.0
"""How far beyond what matters it is better, in the unit of the estimate."""

_NAMED = 3


def too_new(ranking: Ranking, question: WorkloadQuestion, rules: Rules, slowness: Slowness) -> Iterator[str]:
    """Yield a sentence for each of the cheapest few; each is ranked with the quality that is said before it is said."""
    best = max((one.quality for one in ranking.tied if one.quality), key=lambda quality: quality.ranked, default=None)
    if best is None or not rules.needs_quality:
        return
    least = ranking.order[0].level
    named: set[str] = set()
    waiting = (one for one in ranking.order if one.level == least and one.quality is None and _is_new(one, question))
    for one in sorted(waiting, key=lambda standing: (ranked_cost(standing), standing.id)):
        model = one.candidate.offering.model.id
        if model in named or one.cost is None:
            continue
        named.add(model)
        needed = next(
            (at for at in _levels(best, rules) if _leads(_judged(one, best, at), ranking, rules, slowness)), None
        )
        if needed is not None:
            yield (
                f"Too new to judge: {one.id} ({usd_words(one.cost.usd_per_month_mean)} a month), which nobody measured "
                f"in {best.dimension}, would lead with {needed:.0f} {best.unit} or more."
            )
        if len(named) == _NAMED:
            return


def _levels(best: Quality, rules: Rules) -> tuple[float, float]:
    """As good as the best, or better than it by more than what matters."""
    margin = rules.margin(best)
    return best.ranked - margin, best.ranked + margin + _BEYOND


def _judged(one: Standing, best: Quality, at: float) -> Standing:
    """Return the same, measured at that estimate."""
    return replace(one, quality=best._replace(estimate=at, low=at, high=at, note=None))


def _leads(judged: Standing, ranking: Ranking, rules: Rules, slowness: Slowness) -> bool:
    pool = {other.id: other for other in (*ranking.tied, *ranking.frontier)}
    return rank([judged, *pool.values()], rules, slowness).order[0].id == judged.id


def _is_new(standing: Standing, question: WorkloadQuestion) -> bool:
    """Released lately; where no day is on record, what its own maker offers and nobody measured may be."""
    released = standing.candidate.offering.fact("released_date", question.catalog.as_of)
    if not released.is_usable:
        return standing.candidate.offering.channel.kind == "lab"
    return bool(0 <= (question.catalog.as_of - released.value).days <= NEW_DAYS)
