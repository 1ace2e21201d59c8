"""What the figures of a memo rest on: the cost by month, the prices behind it, and every fact with its source."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from advisor.catalog.records import PriceRow
from advisor.facts import Fact, State
from advisor.reports.recommendation.candidate_rows import month_figure, price_sources
from advisor.reports.section import Cited, Section, counted, money
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.backup import backups
from advisor.solver.explain.words import horizon_words
from advisor.solver.standing import Standing

_MOST_BESIDE = 2
"""How many others stand beside the recommended one."""

_STATES = {
    State.UNKNOWN: "not known",
    State.NOT_DISCLOSED: "not disclosed",
    State.BY_CONTRACT: "by contract",
    State.DISPUTED: "disputed",
    State.INHERITED: "not said here, taken from another who serves or makes it",
}


def months_section(answer: WorkloadAdvice, *, in_production: bool) -> Section:
    """Return what the recommended one and its rivals cost month by month; months alike in one row."""
    shown = [one for one in _beside(answer, in_production=in_production) if one.cost]
    if not shown or shown[0].id != answer.recommended:
        return Section("Cost by month")
    costs = [one.cost for one in shown if one.cost]
    by_month = list(zip(costs[0].first_days, *(cost.usd_by_month for cost in costs), strict=True))
    rows = []
    for figures, group in groupby(by_month, key=lambda row: row[1:]):
        days = [row[0] for row in group]
        when = f"month from {days[0]}" if len(days) == 1 else f"{len(days)} months from {days[0]}, each"
        rows.append((when, *(_month(usd) for usd in figures)))
    means = ("mean (95 % interval)", *(Cited(month_figure(cost), price_sources(cost)) for cost in costs))
    sums = (f"all {counted(len(by_month), 'month')}", *(horizon_words(cost, money) for cost in costs))
    head = ("", *(one.id for one in shown))
    return Section("Cost by month", tuple(f"{_capital(note)}." for note in costs[0].notes), (head, *rows, means, sums))


def _beside(answer: WorkloadAdvice, *, in_production: bool) -> list[Standing]:
    first = answer.standing(answer.recommended) if answer.recommended else None
    if first is None:
        return []
    found = backups(answer) if in_production else None
    named = [*(one.id for one in found or () if one), *(name for name in answer.tied if name != first.id)]
    others = [answer.standing(name) for name in dict.fromkeys(named)][:_MOST_BESIDE]
    return [first, *(one for one in others if one)]


def _month(usd: Decimal | None) -> str:
    return "no price on record" if usd is None else money(usd)


def prices_section(answer: WorkloadAdvice) -> Section:
    """Return the price rows that the cost of the recommended one rests on."""
    first = answer.standing(answer.recommended) if answer.recommended else None
    cost = first.cost if first else None
    rows = tuple(_price(row) for row in (cost.rows if cost else ()))
    head = ("from", "until", "tier", "input", "cached input", "cache write", "output", "conditions")
    sentence = "USD for a million tokens, as the channel lists them."
    return Section("Prices that it rests on", (sentence,) if rows else (), (head, *rows) if rows else ())


def _price(row: PriceRow) -> tuple[str, ...]:
    conditions = [f"prompts over {row.above_prompt_tokens:,} tokens"] if row.above_prompt_tokens else []
    conditions += [f"{begin} to {end} UTC" for begin, end in row.hours_utc or ()]
    conditions += [row.note] if row.note else []
    conditions += [_STATES[row.state]] if row.state in _STATES else []
    return (
        Cited(f"{row.valid_from or 'on record'}", (row.source,)),
        f"{row.valid_to or 'open'}",
        row.tier,
        *(_rate(rate) for rate in (row.input, row.cached_input, row.cache_write, row.output)),
        "; ".join(conditions),
    )


def _rate(rate: Decimal | None) -> str:
    return "-" if rate is None else f"${rate.quantize(Decimal('0.0001')).normalize():f}"


def basis_section(answer: WorkloadAdvice) -> Section:
    """Return each fact of the recommended one that a requirement was tested on, with its source."""
    first = answer.standing(answer.recommended) if answer.recommended else None
    facts = first.facts if first else {}
    rows = tuple((name.replace("_", " "), _value(fact), fact.note or "") for name, fact in facts.items())
    head = ("fact", "on record", "note")
    return Section("What is on record of it", (), (head, *rows) if rows else ())


def _value(fact: Fact) -> str:
    sources = (fact.source, *(claim.source for claim in fact.claims))
    if fact.value is None:
        return Cited(_STATES.get(fact.state, fact.state.value), sources)
    words = _plain(fact.value) + (f" {fact.unit}" if fact.unit else "")
    others = [_plain(claim.value) for claim in fact.claims if claim.value != fact.value]
    said = _STATES.get(fact.state, "")
    if said:
        words += f" ({said}{': others say ' + ', '.join(others) if others else ''})"
    return Cited(words, sources)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_plain(part) for part in value)
    return str(value)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
