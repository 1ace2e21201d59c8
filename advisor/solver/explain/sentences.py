"""Causes made into sentences: the one place where the solver's prose is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.catalog.records import Quality
from advisor.facts import Ternary
from advisor.requirements.enums import Preference
from advisor.solver.answer import Cause, Conflict, Exclusion, ExpectedScore, NearMiss, Standing, Status
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.quality import differs
from advisor.solver.rank import Ranking

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements
    from advisor.solver.answer import Stability
    from advisor.solver.explain.why_not import WhyNot


def why(
    ranking: Ranking,
    status: Status,
    question: WorkloadQuestion,
    conflicts: Sequence[Conflict],
    nearest: Sequence[NearMiss] = (),
) -> tuple[str, ...]:
    """Why the first of the ranking is the answer, or why nothing is and what comes nearest."""
    if status is Status.INFEASIBLE:
        return (*_no_answer(conflicts), *(f"The nearest is {one.candidate}: {one.change}." for one in nearest[:1]))
    winner = ranking.order[0]
    said = [_quality_sentence(ranking, question)]
    if status is Status.UNDECIDED:
        open_words = joined(tuple(cause_words(cause) for cause in winner.open_questions))
        said.append(f"Not yet known of {winner.id}: {open_words}. Until it is, this answer is provisional.")
    if winner.accepted_unknowns:
        words = joined(tuple(f"{cause.required} ({cause.found})" for cause in winner.accepted_unknowns))
        said.append(f"Accepted though unknown: {words}.")
    return tuple(said)


def regression_note(found: ExpectedScore | None) -> tuple[str, ...]:
    """What to expect of a score that won."""
    if found is None:
        return ()
    chosen = f"it was chosen among {found.among} that were measured, and what is chosen looks better than it is"
    expect = f"expect {found.on_new_cases:.1f} and not {found.measured:.1f} on new cases like those of {found.case_set}"
    return (f"Because {chosen}, {expect}.",)


def _no_answer(conflicts: Sequence[Conflict]) -> tuple[str, ...]:
    """The smallest contradictions; a conflict of one is something that nobody offers."""
    if not conflicts:
        return ("Because the catalogue has no candidate on this day, there is no answer.",)
    nobody = tuple(conflict.required[0] for conflict in conflicts if len(conflict.required) == 1)
    if nobody:
        return (f"Because no candidate offers {joined(nobody, last='or')}, there is no answer.",)
    return (f"Because no candidate offers {joined(conflicts[0].required)} together, there is no answer.",)


def joined(parts: Sequence[str], *, most: int = 3, last: str = "and") -> str:
    """Parts as one phrase, ``a, b and c``; beyond ``most`` the rest is counted."""
    shown = list(parts[:most])
    if len(parts) > most:
        shown.append(f"{len(parts) - most} more")
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def quality_words(quality: Quality | None) -> str:
    """An estimate with its interval and unit; "not measured" without one."""
    if quality is None:
        return "not measured"
    digits = 0 if quality.unit == "points" else 1
    return f"{quality.estimate:.{digits}f} [{quality.low:.{digits}f}, {quality.high:.{digits}f}] {quality.unit}"


def cause_words(cause: Cause) -> str:
    """One cause: what was required and what was found."""
    return f"{cause.required}: {cause.found}"


def _quality_sentence(ranking: Ranking, question: WorkloadQuestion) -> str:
    winner, dimension = ranking.order[0], question.workload.dimension
    rivals = len({s.candidate.config for s in ranking.tied}) - 1
    first = question.requirements.order[0]
    cost = f"${winner.cost.usd_per_month_now:,} a month now" if winner.cost else "its cost is unknown"
    if winner.quality is None:
        return f"Because nothing that passes was measured in {dimension}, {winner.id} leads by {first} ({cost})."
    figures = f"{quality_words(winner.quality)}, {cost}"
    point = question.requirements.quality_point_usd_per_month
    if point is not None:
        return f"Because a point of quality is worth ${point:,} a month, {winner.id} leads: {dimension} {figures}."
    if first != "quality":
        return f"Because {first} comes first, {winner.id} leads what passes: {dimension} {figures}."
    if rivals:
        reason = _decider(winner, ranking, question.requirements.order)
        return (
            f"Because the measurements of {dimension} cannot tell {rivals + 1} models apart and, of these, "
            f"{reason}, it leads: {figures}."
        )
    return f"Because it is the best in {dimension} of what passes, {winner.id} leads: {figures}."


def decides_in_tie(requirements: Requirements) -> Preference | None:
    """The preference that decides between candidates that quality cannot tell apart; None if there is none."""
    if requirements.quality_point_usd_per_month is not None:
        return None
    order = requirements.order
    return next(iter(order[order.index(Preference.QUALITY) + 1 :]), None)


def _decider(winner: Standing, ranking: Ranking, order: Sequence[Preference]) -> str:
    """What decided inside the tied set: the cost where it is the least, else the preferences."""
    tied, front = (_costs(group) for group in (ranking.tied, [s for s in ranking.tied if s in ranking.frontier]))
    own = winner.cost.usd_per_month_mean if winner.cost else None
    if tied and own == min(tied):
        return f"{winner.id} costs least" if tied.count(own) == 1 else f"none costs less than {winner.id}"
    if front and own == min(front):
        return f"{winner.id} costs least of those that no candidate beats in quality, cost and speed at once"
    return f"{', then '.join(order[order.index(Preference.QUALITY) + 1 :]) or 'the estimate'} puts {winner.id} first"


def _costs(standings: Sequence[Standing]) -> list[Decimal]:
    return [standing.cost.usd_per_month_mean for standing in standings if standing.cost]


def why_not_sentences(found: WhyNot) -> tuple[str, ...]:
    """What would have to change for a candidate to lead, one sentence a step."""
    if found.fixed:
        return (f"Because it fails {joined(found.fixed)}, which no edit of the requirements changes, it cannot lead.",)
    passed = f"If you {found.change.words}" if found.change else ""
    if found.leads_after_change:
        return (f"{passed}, it leads." if passed else "It leads.",)
    said = (f"{passed}, it passes.",) if passed else ()
    if found.open_questions:
        return (*said, f"Because {joined(found.open_questions)} must be answered first, it stands behind the others.")
    steps = []
    if found.usd_per_month_below is not None:
        cut = f" ({found.price_cut_percent:.0f} % less)" if found.price_cut_percent is not None else ""
        steps.append(f"cost less than ${found.usd_per_month_below:,} a month{cut}")
    if found.quality_at_least is not None:
        steps.append(f"reach {found.quality_at_least:.0f} {found.unit} (+{found.quality_gain or 0:.0f})")
    if steps:
        return (*said, f"To lead it would have to {' and '.join(steps)}.")
    return (*said, "No price and no estimate alone would make it lead.")


def stability_sentence(found: Stability) -> str:
    """What the shares are shares of."""
    if not found.drawn:
        return "Nothing that decides has an error, so that measuring again would change nothing."
    drawn = joined(found.drawn, most=4)
    return (
        f"How often each of the {found.contenders:,} that could lead does, with {drawn} drawn again from the errors "
        f"({found.draws:,} draws, seed {found.seed})."
    )


def unanswered_sentence(standing: Standing) -> str:
    """A chosen candidate about which something must be answered before it counts."""
    words = joined(tuple(cause_words(cause) for cause in standing.open_questions))
    return f"Because it is not known whether it offers what is required ({words}), {standing.id} is not decided."


def excluded_sentence(out: Exclusion) -> str:
    """A chosen candidate that no longer passes."""
    words = joined(tuple(cause_words(cause) for cause in out.because))
    if all(cause.state is Ternary.UNKNOWN for cause in out.because):
        return f"Because it is no longer known whether it offers what is required ({words}), {out.id} is not decided."
    return f"Because it fails what is required ({words}), {out.id} no longer passes."


def gone_sentence(candidate: str, retired_on: date | None, *, on_offer: bool) -> str:
    """A chosen candidate that can no longer be chosen."""
    if retired_on is not None:
        return f"Because {candidate} retired on {retired_on}, it can no longer be had."
    if on_offer:
        return f"Because the requirements no longer consider its price tier, {candidate} is no candidate."
    return f"Because the catalogue no longer has it, {candidate} can no longer be had."


def overtaken_sentence(chosen: Standing, rival: Standing, rival_cost_then: Decimal | None) -> str:
    """A chosen candidate that passes, and one that leads it now."""
    reasons = []
    if chosen.cost and rival.cost:
        now = f"costs ${rival.cost.usd_per_month_mean:,} a month against ${chosen.cost.usd_per_month_mean:,}"
        was = rival_cost_then is not None and rival_cost_then != rival.cost.usd_per_month_mean
        reasons.append(f"{now} (${rival_cost_then:,} when it was decided)" if was else now)
    if chosen.quality and rival.quality and differs(rival.quality, chosen.quality):
        reasons.append(f"is better in {rival.quality.dimension} by more than chance explains")
    return f"Because {rival.id} {joined(tuple(reasons)) or 'comes first'}, it leads {chosen.id}."
