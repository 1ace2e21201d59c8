"""Causes made into sentences: the one place where the solver's prose is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.facts import Ternary
from advisor.requirements.enums import Preference
from advisor.solver.answer import Conflict, ExpectedScore, Status
from advisor.solver.constraints.registry import kind_for
from advisor.solver.exclusion import Exclusion
from advisor.solver.explain.reasons import Answered, reason, tie_price
from advisor.solver.explain.words import cause_words, joined
from advisor.solver.quality import differs
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements
    from advisor.solver.explain.why_not import WhyNot
    from advisor.solver.stability import Stability


def why(answered: Answered) -> tuple[str, ...]:
    """Why the first of the ranking is the answer, or why nothing is and what comes nearest."""
    ranking = answered.ranking
    if answered.status is Status.INFEASIBLE:
        nearest = (f"The nearest is {one.candidate}: {one.change}." for one in answered.nearest[:1])
        return (*_no_answer(answered.conflicts), *nearest)
    winner = ranking.order[0]
    said = [reason(answered), *tie_price(answered)]
    if winner.is_open:
        open_words = joined(tuple(cause_words(cause) for cause in winner.open_questions))
        said.append(f"Not yet known of {winner.id}: {open_words}. Until it is, this answer is provisional.")
    if winner.is_held:
        said.append(f"Only previews pass, and {winner.id} is one: its maker may change it or end it at short notice.")
    if winner.accepted_unknowns:
        words = joined(tuple(f"{cause.required} ({cause.found})" for cause in winner.accepted_unknowns))
        said.append(f"Accepted though unknown: {words}.")
    return (*said, *answered.settle)


def regression_note(found: ExpectedScore | None) -> tuple[str, ...]:
    """Return what to expect of a score that won."""
    if found is None:
        return ()
    chosen = f"it was chosen among {found.among} that were measured, and what is chosen looks better than it is"
    expect = f"expect {found.on_new_cases:.1f} and not {found.measured:.1f} on new cases like those of {found.case_set}"
    return (f"Because {chosen}, {expect}.",)


def _no_answer(conflicts: Sequence[Conflict]) -> tuple[str, ...]:
    """Return the smallest contradictions; a conflict of one is something that nobody offers."""
    if not conflicts:
        return ("Because the catalog has no candidate on this day, there is no answer.",)
    nobody = tuple(conflict.required[0] for conflict in conflicts if len(conflict.required) == 1)
    if nobody:
        return (f"Because no candidate offers {joined(nobody, last='or')}, there is no answer.",)
    return (f"Because no candidate offers {joined(conflicts[0].required)} together, there is no answer.",)


def decides_in_tie(requirements: Requirements) -> Preference | None:
    """Return the preference that decides between candidates that quality cannot tell apart; None if there is none."""
    if requirements.quality_point_usd_per_month is not None:
        return None
    order = requirements.order
    return next(iter(order[order.index(Preference.QUALITY) + 1 :]), None)


def why_not_sentences(found: WhyNot) -> tuple[str, ...]:
    """Return what would have to change for a candidate to lead, one sentence a step."""
    if len(found.fixed) == 1 and (sentence := kind_for(found.fixed[0]).when_fixed):
        return (sentence,)
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
    """Return what the shares are shares of."""
    if not found.drawn:
        return "Nothing that decides has an error, so that measuring again would change nothing."
    drawn = joined(found.drawn, most=4)
    return (
        f"How often each of the {found.contenders:,} that could lead does, with {drawn} drawn again from the errors "
        f"({found.draws:,} draws, seed {found.seed})."
    )


def unanswered_sentence(standing: Standing) -> str:
    """Say of a chosen candidate that something must be answered before it counts."""
    words = joined(tuple(cause_words(cause) for cause in standing.open_questions))
    return f"Because it is not known whether it offers what is required ({words}), {standing.id} is not decided."


def excluded_sentence(out: Exclusion) -> str:
    """Say of a chosen candidate that it no longer passes."""
    words = joined(tuple(cause_words(cause) for cause in out.because))
    if all(cause.state is Ternary.UNKNOWN for cause in out.because):
        return f"Because it is no longer known whether it offers what is required ({words}), {out.id} is not decided."
    return f"Because it fails what is required ({words}), {out.id} no longer passes."


def gone_sentence(candidate: str, retired_on: date | None, *, on_offer: bool) -> str:
    """Say of a chosen candidate that it can no longer be chosen."""
    if retired_on is not None:
        return f"Because {candidate} retired on {retired_on}, it can no longer be had."
    if on_offer:
        return f"Because the requirements no longer consider its price tier, {candidate} is no candidate."
    return f"Because the catalog no longer has it, {candidate} can no longer be had."


def overtaken_sentence(chosen: Standing, rival: Standing, rival_cost_then: Decimal | None) -> str:
    """Return a chosen candidate that passes, and one that leads it now."""
    reasons = []
    if chosen.cost and rival.cost:
        now = f"costs ${rival.cost.usd_per_month_mean:,} a month against ${chosen.cost.usd_per_month_mean:,}"
        was = rival_cost_then is not None and rival_cost_then != rival.cost.usd_per_month_mean
        reasons.append(f"{now} (${rival_cost_then:,} when it was decided)" if was else now)
    if chosen.quality and rival.quality and differs(rival.quality, chosen.quality):
        reasons.append(f"is better in {rival.quality.dimension} by more than chance explains")
    return f"Because {rival.id} {joined(tuple(reasons)) or 'comes first'}, it leads {chosen.id}."
