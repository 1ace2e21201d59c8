"""What would settle an undecided answer: the one fact that is missing and the command that finds it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from advisor.requirements.enums import Preference
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.kind import OpenQuestion
from advisor.solver.constraints.registry import kind_for
from advisor.solver.rank import Ranking, Slowness
from advisor.solver.standing import Standing

_MEASURED = 3
"""How many candidates are worth measuring first: the one that would lead and its next rivals of other models."""


def nothing_compares(ranking: Ranking, question: WorkloadQuestion, slowness: Slowness) -> Preference | None:
    """Return what the answer depends on and nobody has measured of any that may lead; None if there is no such thing.

    Without a figure of quality in the dimension asked there is no leader by quality, nor one that clears a bar; and
    speed cannot come first where no speed is known.
    """
    least = ranking.order[0].level
    pool = [standing for standing in ranking.order if standing.level == least]
    target = question.workload.quality.at_least
    is_scored = target is not None and not isinstance(target, str)
    if not is_scored and not any(standing.quality for standing in pool):
        return Preference.QUALITY
    is_fast = question.requirements.order[0] is Preference.LATENCY and len(pool) > 1
    if is_fast and not any(isfinite(slowness(standing)) for standing in pool):
        return Preference.LATENCY
    return None


def settle(ranking: Ranking, question: WorkloadQuestion, missing: Preference | None) -> tuple[str, ...]:
    """Sentences with the command that would settle the answer; the first names the one fact."""
    winner = ranking.order[0]
    if winner.is_open:
        return (_for_question(ranking, question, winner),)
    names = " ".join(_to_measure(ranking.order))
    if missing is Preference.QUALITY:
        measure = f"measure {question.workload.dimension} on your own cases: `advisor eval CASES {names}`"
        ask = "quality: {at_least: {score: 80, case_set: CASES}}"
        return (f"To settle it, {measure}, then ask for it with {ask}.",)
    if missing is Preference.LATENCY:
        return (f"To settle it, measure the first token: `advisor probe {names} --requests 100`.",)
    return ()


def _for_question(ranking: Ranking, question: WorkloadQuestion, winner: Standing) -> str:
    """Return the command for the first open question of the one that would lead."""
    cause = winner.open_questions[0]
    names = " ".join(_to_measure([one for one in ranking.order if one.level == winner.level]))
    how = kind_for(cause.constraint).settle(OpenQuestion(question.workload, names))
    if how is not None:
        return f"To settle it ({cause.required}), {how}."
    where = cause.source.url if cause.source else f"`advisor catalog show {winner.candidate.offering.id}`"
    return f"To settle it ({cause.required}), ask {winner.candidate.offering.channel.name}: {where}."


def _to_measure(standings: Sequence[Standing]) -> list[str]:
    """Return the first offering of each model, in order; few."""
    found: dict[str, str] = {}
    for standing in standings:
        found.setdefault(standing.candidate.offering.model.id, standing.id)
        if len(found) == _MEASURED:
            break
    return list(found.values())
