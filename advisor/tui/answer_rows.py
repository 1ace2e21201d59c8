"""The lines of the answer's table: a candidate's figures with their intervals, as words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.solver.answer import WorkloadAdvice
from advisor.solver.answer_tokens import AnswerTokens
from advisor.solver.explain.words import horizon_words
from advisor.solver.month_cost import Cost
from advisor.solver.standing import Standing
from advisor.tui.format import MARKED, channel_words, license_badge, model_words, money, place_sign
from advisor.tui.table_view import ModelGroup, TableView, by_model, shown
from advisor.tui.widgets.fit import TableColumn, TableRow
from advisor.tui.widgets.row_list import Cell

MOST_ROWS = 200
"""More than anybody reads; the report as JSON has all."""


def columns(months: int, *, asked: bool) -> tuple[TableColumn, ...]:
    """Return the columns, the least important with the highest order."""
    return (
        TableColumn("sign", ""),
        TableColumn("model", "Model", least=32),
        TableColumn("channel", "Channel", least=16),
        TableColumn("quality", "Qual.", right=True),
        TableColumn("quality 95", "95 %", right=True, order=2),
        TableColumn("cost", "$/month", right=True),
        TableColumn("cost 95", "95 %", right=True, order=3),
        TableColumn("horizon", f"{months} months", right=True, order=1),
        TableColumn("time", "Answer", right=True, order=4),
        TableColumn("thinks", "Thinks, tokens", right=True, order=5),
        TableColumn("license", "Verdict" if asked else "License"),
    )


def answer_rows(
    found: WorkloadAdvice, view: TableView, marked: frozenset[str], day: date, *, asked: bool
) -> list[TableRow]:
    """Return the lines of a view, at most so many as anybody reads."""
    standings = shown(found, view, day)
    if not view.by_model:
        rows = [_row(found, one, marked, asked=asked) for one in standings[:MOST_ROWS]]
        return rows + _rest(len(standings) - len(rows))
    groups = list(by_model(standings))
    rows, models = list[TableRow](), 0
    for models, group in enumerate(groups, start=1):  # noqa: B007 - how many were reached is said below
        rows += _group(found, group, view, marked, asked=asked)
        if len(rows) >= MOST_ROWS:
            break
    return rows[:MOST_ROWS] + _rest(len(groups) - models)


def _rest(count: int) -> list[TableRow]:
    if count <= 0:
        return []
    return [TableRow(None, {"model": Cell(f"and {count:,} more", "dim"), "channel": Cell("/ finds them", "dim")})]


def _group(
    found: WorkloadAdvice, group: ModelGroup, view: TableView, marked: frozenset[str], *, asked: bool
) -> Iterator[TableRow]:
    """Yield a model by its first line, and its other lines where it is open."""
    is_open = group.first.candidate.offering.model.id in view.opened
    row = _row(found, group.first, marked, asked=asked)
    if group.others:
        model, channel = row.cells["model"], row.cells["channel"]
        more = f" +{len(group.others)}"
        row = row._replace(
            cells={
                **row.cells,
                "model": model._replace(text=f"{'▾' if is_open else '▹'} {model.text}"),
                "channel": channel if is_open else channel._replace(text=channel.text + more),
            }
        )
    else:
        row = row._replace(
            cells={**row.cells, "model": row.cells["model"]._replace(text=f"  {row.cells['model'].text}")}
        )
    yield row
    for one in group.others if is_open else ():
        inner = _row(found, one, marked, asked=asked)
        effort = one.candidate.config.effort
        yield inner._replace(cells={**inner.cells, "model": Cell(f"  └ {f'~{effort}' if effort else ''}", "dim")})


def _row(found: WorkloadAdvice, standing: Standing, marked: frozenset[str], *, asked: bool) -> TableRow:
    place = place_sign(found, standing)
    badge = license_badge(standing.license, asked=asked)
    cost, quality = standing.cost, standing.quality
    first = "strong" if standing.id == found.recommended else ""
    return TableRow(
        standing.id,
        {
            "sign": Cell(place.sign + (MARKED if standing.id in marked else " "), place.style),
            "model": Cell(model_words(standing.candidate), first),
            "channel": Cell(channel_words(standing.candidate), "dim"),
            "quality": Cell(f"{quality.estimate:.0f}" if quality else "-", first),
            "quality 95": Cell(f"{quality.low:.0f} to {quality.high:.0f}" if quality else "-", "dim"),
            "cost": Cell(money(cost.usd_per_month_mean) if cost else "unknown", first),
            "cost 95": Cell(_span(cost), "dim"),
            "horizon": Cell(horizon_words(cost, money) if cost else "unknown"),
            "time": Cell(_time(standing)),
            "thinks": Cell(_thinks(standing.thinking), "dim"),
            "license": Cell(badge.text if asked else badge.word, badge.style),
        },
    )


def _span(cost: Cost | None) -> str:
    if cost is None:
        return "-"
    low, high = cost.span
    return "exact" if low == high else f"{money(low)} to {'any' if cost.is_unbounded else money(high)}"


def _time(standing: Standing) -> str:
    """Return the seconds of a whole answer, else the least before its first token, else the speed."""
    latency = standing.latency
    if latency is None:
        return "-"
    if latency.answer_s is not None:
        return f"{latency.answer_s.low:,.0f} to {latency.answer_s.high:,.0f} s"
    if latency.first_answer_token_s is not None:
        return f"from {latency.first_answer_token_s.low:,.1f} s"
    speed = latency.output_tokens_per_s
    return f"{speed.value:,.0f} tok/s" if speed is not None else "-"


def _thinks(thinking: AnswerTokens | None) -> str:
    if thinking is None or thinking.mode == "unknown":
        return "unknown"
    if thinking.hidden.high == 0:
        return "no"
    if thinking.is_exact:
        return f"{thinking.hidden.estimate:,.0f}"
    return f"{thinking.hidden.low:,.0f} to {thinking.hidden.high:,.0f}"
