"""The table of what passes: one row a model, and on how many more channels it can be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from advisor.facts import Source
from advisor.reports.section import Cited, Section, counted, money
from advisor.requirements.summary import traffic_words
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.constraints import license  # noqa: A004 - the field's noun
from advisor.solver.cost import RETIRES
from advisor.solver.explain.words import horizon_words, quality_words, span_words, usd_words
from advisor.solver.month_cost import Cost
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.requirements.traffic_schema import Traffic


ASSUMED_TRAFFIC = "1,000 requests of 1,000 tokens in and 250 out"
"""What a cost is for where no traffic is stated."""


class ModelRow(NamedTuple):
    """A model by the best of its candidates, and the others of it that pass."""

    first: Standing
    others: tuple[Standing, ...] = ()

    @property
    def elsewhere(self) -> str:
        """``on 19 more channels, from $180.00``: the other channels at the same effort, else the other efforts."""
        own = self.first.candidate
        alike = [one for one in self.others if one.candidate.config.id == own.config.id]
        channels = {one.candidate.offering.channel.id for one in alike} - {own.offering.channel.id}
        if channels:
            costs = [one.cost.usd_per_month_mean for one in alike if one.cost]
            return f"on {counted(len(channels), 'more channel')}" + (f", from {money(min(costs))}" if costs else "")
        if alike:
            return f"in {counted(len(alike), 'more offering')}"
        efforts = {one.candidate.config.effort for one in self.others}
        return f"at {counted(len(efforts), 'more effort')}" if efforts else ""


def by_model(standings: Sequence[Standing]) -> tuple[ModelRow, ...]:
    """One row a model, in the order of the best of each."""
    grouped: dict[str, list[Standing]] = {}
    for standing in standings:
        grouped.setdefault(standing.candidate.offering.model.id, []).append(standing)
    return tuple(ModelRow(first, tuple(others)) for first, *others in grouped.values())


def candidates_section(
    answer: WorkloadAdvice, months: int, top: int, *, traffic: Traffic | None, every_offering: bool
) -> Section:
    """Return what passes: the best ``top`` models, or every offering of its own."""
    if not answer.standings:
        return Section("What passes")
    rows = tuple(map(ModelRow, answer.standings)) if every_offering else by_model(answer.standings)
    shown = rows if every_offering else rows[:top]
    head = ("", "candidate", "quality", "a month", f"{months} months", "license", "also")
    table: tuple[tuple[str, ...], ...] = (head, *((*_row(row.first, answer), row.elsewhere) for row in shown))
    if not any(row.elsewhere for row in shown):
        table = tuple(row[:-1] for row in table)
    notes = tuple(_notes(answer, [row.first for row in shown], traffic=traffic))
    return Section("What passes", notes, table, len(rows) - len(shown))


def _notes(answer: WorkloadAdvice, shown: Sequence[Standing], *, traffic: Traffic | None) -> Iterator[str]:
    if traffic is None:
        yield f"No traffic is stated: costs are for {ASSUMED_TRAFFIC}."
    else:
        yield f"Costs are for {traffic_words(traffic)}."
    first = answer.standings[0]
    yield from (f"{first.id}: {note}." for note in (first.cost.notes if first.cost else ()))
    yield from (f"{one.id} {note}." for one in shown[1:] for note in _ends(one.cost))
    if answer.cases_to_separate:
        yield f"About {answer.cases_to_separate:,} paired cases would separate the first from its nearest tied rival."


def _ends(cost: Cost | None) -> tuple[str, ...]:
    """Say that the sum over the horizon ends early: without it the figure would look cheap."""
    return tuple(note for note in (cost.notes if cost else ()) if note.startswith(RETIRES))


def _row(standing: Standing, answer: WorkloadAdvice) -> tuple[str, ...]:
    mark = "=" if standing.id in answer.tied else "?" if standing.open_questions else ""
    if standing.id == answer.recommended:
        mark = ">"
    if standing.quality and standing.quality.is_predicted:
        mark += "" if mark == "?" else "?"
    cost, quality = standing.cost, standing.quality
    return (
        mark,
        standing.id,
        Cited(quality_words(quality), quality.sources if quality else ()),
        Cited(month_figure(cost), price_sources(cost)),
        horizon_words(cost, money) if cost else money(None),
        Cited(_license_words(standing, answer), (standing.license.source,)),
    )


def price_sources(cost: Cost | None) -> tuple[Source, ...]:
    """Return where the prices behind a cost were read."""
    return tuple(dict.fromkeys(row.source for row in cost.rows)) if cost else ()


def month_figure(cost: Cost | None) -> str:
    """Return what a candidate costs a month, everywhere the same: the mean of the months in which it can be had.

    With its 95 % interval where nobody measured how long it thinks before this workload's answers.
    """
    if cost is None or cost.low is None:
        return money(cost.usd_per_month_mean if cost else None)
    return f"{money(cost.usd_per_month_mean)} ({span_words(cost, usd_words)})"


def _license_words(standing: Standing, answer: WorkloadAdvice) -> str:
    """Return the license with its verdict, or without one where no use was asked."""
    asked = any(license.KIND.is_of(name) for name in answer.required)
    return f"{standing.license.license or '-'}" + (f" ({standing.license.verdict})" if asked else "")
