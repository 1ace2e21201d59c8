"""Why the first leads: a reason is given only if another would lead without it.

What decided is found by ranking again with that figure taken from everybody: if the same one leads without any cost on
record, it does not lead because of its cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from advisor.requirements.enums import Preference
from advisor.solver.answer import Conflict, NearMiss, Status
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.explain.words import month_words, quality_words, usd_words
from advisor.solver.month_cost import Cost
from advisor.solver.rank import Ranking, Rules, Slowness, rank
from advisor.solver.standing import Standing


class Answered(NamedTuple):
    """What the sentences of an answer are made from."""

    ranking: Ranking
    status: Status
    question: WorkloadQuestion
    rules: Rules
    decided_by: frozenset[Preference]
    conflicts: Sequence[Conflict] = ()
    nearest: Sequence[NearMiss] = ()
    settle: tuple[str, ...] = ()
    """Sentences: which fact would settle an undecided answer, and the command that finds it."""


def decided_by(pool: Sequence[Standing], rules: Rules, slowness: Slowness) -> frozenset[Preference]:
    """Return what the first place rests on: each without which another of the pool would have it."""
    order = rank(pool, rules, slowness).order
    if not order:
        return frozenset()
    without = {
        Preference.QUALITY: rank([replace(one, quality=None) for one in pool], rules, slowness),
        Preference.COST: rank([replace(one, cost=None) for one in pool], rules, slowness),
        Preference.LATENCY: rank(pool, rules, lambda _: 0.0),
    }
    return frozenset(kind for kind, again in without.items() if again.order[0].id != order[0].id)


def reason(answered: Answered) -> str:
    """Return the sentence that says why the first leads."""
    ranking, rules, question = answered.ranking, answered.rules, answered.question
    winner, dimension = ranking.order[0], question.workload.dimension
    cost = month_words(winner.cost, usd_words) if winner.cost else "its cost is unknown"
    if len({standing.candidate.config.id for standing in ranking.order}) == 1:
        its = quality_words(winner.quality)
        return f"Because no other model passes, {winner.id} leads: {dimension} {its}, {cost}."
    if winner.quality is None:
        by = _deciders(answered) or "the name"
        return f"Because nothing that passes was measured in {dimension}, {winner.id} is first by {by} alone ({cost})."
    figures = f"{dimension} {quality_words(winner.quality)}, {cost}"
    if rules.point_usd is not None:
        return f"Because a point of quality is worth ${rules.point_usd:,} a month, {winner.id} leads: {figures}."
    first = rules.preferences[0]
    if first is not Preference.QUALITY:
        return _not_quality_first(answered, first, figures)
    others = len({s.candidate.config for s in ranking.tied}) - 1
    if not others:
        return f"Because it is the best in {dimension} of what passes, {winner.id} leads: {figures}."
    margin = f"{rules.margin(winner.quality):g} {winner.quality.unit}"
    return (
        f"Because {others + 1} models are within {margin} of the best in {dimension} and, of these, "
        f"{winner.id} {_edge(answered)}, it leads: {figures}."
    )


def _not_quality_first(answered: Answered, first: Preference, figures: str) -> str:
    winner = answered.ranking.order[0]
    if first in answered.decided_by:
        return f"Because {first} comes first, {winner.id} leads what passes: {figures}."
    if answered.decided_by:
        return (
            f"Because {first} does not tell the first apart, {_deciders(answered)} puts {winner.id} first: {figures}."
        )
    return f"Because nothing that passes is better in quality, cost or latency, {winner.id} leads: {figures}."


def _edge(answered: Answered) -> str:
    """Return what a tied winner has before the others, in words; only what decided."""
    order = answered.rules.preferences
    rest = [kind for kind in order[order.index(Preference.QUALITY) + 1 :] if kind in answered.decided_by]
    if rest and rest[0] is Preference.COST:
        costs = [one.cost.ranked for one in answered.ranking.tied if one.cost]
        own = answered.ranking.order[0].cost
        if own is not None and own.ranked == min(costs):
            words = "costs least" if costs.count(own.ranked) == 1 else "costs no more than any other"
            return words + _compared_at(answered.ranking.tied, own)
        return "costs least of those that no candidate beats in quality, cost and speed at once"
    if rest:
        return "answers first"
    if Preference.QUALITY in answered.decided_by:
        return "has the highest estimate"
    return "is no worse and comes from the nearest seller or first by name"


def _compared_at(tied: Sequence[Standing], own: Cost) -> str:
    """Return which figure costs were compared by, where it is not the one that is told; with it where it is its own."""
    if all(one.cost is None or one.cost.usd_per_month_ranked is None for one in tied):
        return ""
    its = "" if own.usd_per_month_ranked is None else f" ({usd_words(own.ranked_usd)} for it)"
    return f" at the upper end of the 80 % interval of a month{its}"


def _deciders(answered: Answered) -> str:
    return " and ".join(kind for kind in answered.rules.preferences if kind in answered.decided_by)


def tie_price(answered: Answered) -> Iterator[str]:
    """Yield what choosing the winner of a tie gives up and saves against the best of those tied."""
    tied = [one for one in answered.ranking.tied if one.quality]
    if len(tied) < 2 or Preference.COST not in answered.decided_by:  # noqa: PLR2004 - one is tied with nobody
        return
    winner = answered.ranking.order[0]
    top = max(one.quality.ranked for one in tied if one.quality)
    best = min((one for one in tied if one.quality and one.quality.ranked == top), key=_usd)
    if winner.quality is None or best.quality is None or winner.cost is None or best.cost is None:
        return
    points, saved = top - winner.quality.ranked, best.cost.ranked_usd - winner.cost.ranked_usd
    if points > 0 and saved > 0:
        yield (
            f"It is expected to give up {points:.0f} {winner.quality.unit} against {best.id}, the best of these, "
            f"and saves {usd_words(saved)} a month."
        )


def _usd(standing: Standing) -> tuple[int, Decimal, str]:
    behind, usd = standing.cost.ranked if standing.cost else (2, Decimal(0))
    return behind, usd, standing.id
