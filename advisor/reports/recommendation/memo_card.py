"""The verdict card of a memo: model, cost, quality, speed, license, until when, backup, in one glance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from advisor.catalog.records import STANDARD
from advisor.reports.recommendation.candidate_rows import ASSUMED_TRAFFIC, month_figure, price_sources
from advisor.reports.section import Cited
from advisor.requirements.enums import Stage
from advisor.solver.answer import Status, WorkloadAdvice
from advisor.solver.answer_time import PROBE
from advisor.solver.backup import Backup, backups
from advisor.solver.explain.words import horizon_words, joined, latency_words, quality_words, usd_words
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

_SAID = {
    Status.DECIDED: "Decided: one model is the answer.",
    Status.TIED: "A tie in quality: the preferences chose among those that cannot be told apart.",
    Status.UNDECIDED: "Undecided: the answer depends on something that is not known yet.",
    Status.INFEASIBLE: "Nothing satisfies every requirement; there is no fallback.",
}


def card(answer: WorkloadAdvice, requirements: Requirements, day: date) -> Iterator[tuple[str, str]]:
    """Yield the rows of the card, a name and a value each."""
    yield "Status", _SAID[answer.status]
    first = answer.standing(answer.recommended) if answer.recommended else None
    if first is None:
        yield from _way_out(answer)
        return
    yield "Name in advisor", first.id
    yield "Cost", _cost(first, requirements, answer)
    yield "Quality", _quality(first, answer)
    yield "Speed", _speed(first)
    yield "License", _license(first, requirements)
    yield "Until", _until(first, day)
    if requirements.stage is Stage.PRODUCTION:
        yield "Backup", _backup(answer)
    open_to = [f"{cause.required} ({cause.found})" for cause in first.open_questions]
    if open_to:
        yield "Not known yet", "; ".join(open_to)


def in_words(standing: Standing) -> str:
    """Return a candidate as a person says it: ``GLM-5.3-Flash at effort low, from Mistral API in eu``."""
    offering, effort = standing.candidate.offering, standing.candidate.config.effort
    words = offering.model.name + (f" at effort {effort}" if effort else "") + f", from {offering.channel.name}"
    words += f" in {offering.region}" if offering.region else ""
    return words + (f", tier {standing.candidate.tier}" if standing.candidate.tier != STANDARD else "")


def _way_out(answer: WorkloadAdvice) -> Iterator[tuple[str, str]]:
    for way in answer.relaxations[:1]:
        yield "Cheapest relaxation", f"{way.change}: adds {len(way.lets_in)}, best {way.lets_in[0]}"
    for conflict in answer.conflicts[:1]:
        yield "Conflict", f"no candidate satisfies {joined(conflict.required, most=9)}"


def _cost(first: Standing, requirements: Requirements, answer: WorkloadAdvice) -> str:
    if first.cost is None:
        return "not known"
    months = requirements.horizon_months
    workload = next(one for one in requirements.workloads if one.name == answer.workload)
    ends = first.cost.ends is not None or not first.cost.is_whole
    whole = horizon_words(first.cost, usd_words)
    words = f"{month_figure(first.cost)} a month; " + (whole if ends else f"{whole} over {months} months")
    words = words if workload.traffic else f"no traffic is stated; {words}, for {ASSUMED_TRAFFIC}"
    return Cited(words, price_sources(first.cost))


def _quality(first: Standing, answer: WorkloadAdvice) -> str:
    found = first.quality
    if found is None:
        return f"not measured in {answer.dimension}"
    note = f": {found.note}" if found.is_predicted and found.note else ""
    words = f"{quality_words(found)} in {found.dimension}, 95 % interval{note}"
    return Cited(words, found.sources)


def _speed(first: Standing) -> str:
    found = first.latency
    words = "; ".join(latency_words(found))
    own = found is not None and found.output_tokens_per_s is not None and found.output_tokens_per_s.basis == PROBE
    if own:
        return words
    return f"{words + '; ' if words else ''}not measured for you: `advisor probe {first.id}` does"


def _license(first: Standing, requirements: Requirements) -> str:
    terms = first.license
    if not requirements.uses:
        return Cited(f"{terms.license or 'not on record'}; no use was named, so none was tested", (terms.source,))
    uses = joined([use.value for use in requirements.uses], most=9)
    return Cited(f"{terms.license or 'not on record'}: {terms.verdict} for {uses}", (terms.source,))


def _until(first: Standing, day: date) -> str:
    end = first.end
    if end is None:
        return f"no end announced as of {day}"
    words = f"{end.day}, announced" + (f" by its maker ({end.maker})" if end.maker else "")
    return Cited(words, (end.source,)) if end.source else words


def _backup(answer: WorkloadAdvice) -> str:
    found = backups(answer)
    if found is None or not any(found):
        return "nobody else passes"
    if found.channel and found.lab and found.channel.id == found.lab.id:
        return f"on another channel and of another lab {_named(found.lab)}"
    return f"on another channel {_named(found.channel)}; of another lab {_named(found.lab)}"


def _named(one: Backup | None) -> str:
    if one is None:
        return "nobody passes"
    cost = f" at {usd_words(one.usd_per_month)} a month" if one.usd_per_month is not None else ""
    return f"{one.id}{cost}" + (", of which something is not known yet" if one.open_questions else "")
