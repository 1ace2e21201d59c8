"""A probe in lines: before it, what each candidate may cost; while it runs, what each has shown so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.content import Content

from advisor.probe.faults import RULINGS
from advisor.probe.plan import CandidatePlan
from advisor.probe.records import RequestLine
from advisor.probe.summary import QUANTITIES
from advisor.statistics import least_n, quantile
from advisor.tui.probing import Probing, Prospect, Stage
from advisor.tui.widgets.rows import Cell, Column, Row
from advisor.tui.widgets.spark import sparkline
from advisor.tui.wording import Badge, clean

_SPARK = 12
_MOST_REASONS = 3


class Shown(NamedTuple):
    """The lines of a table with their columns."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def state_of(probing: Probing, prospect: Prospect) -> Badge:
    """How it stands with one candidate."""
    if prospect.planned is None:
        return Badge("✗", "not callable", "bad")
    if probing.checked is None:
        return Badge("…", "key?", "dim")
    if prospect.name in probing.checked.refused:
        return Badge("✗", "no key", "bad")
    return Badge("✓", "ready", "good") if probing.stage is Stage.READY else _progress(probing, prospect.planned)


def _progress(probing: Probing, planned: CandidatePlan) -> Badge:
    own = [line for line in probing.lines if line.candidate == planned.probed.name]
    last = own[-1].answer.fault if own else None
    if last is not None and RULINGS[last].ends_candidate:
        return Badge("✗", "failed", "bad")
    if len(own) >= planned.requests:
        return Badge("✓", "done", "good")
    if probing.stage is Stage.OVER:
        return Badge("■", "stopped", "warn")
    return Badge("●", "probing" if own else "warming", "accent")


def plan_rows(probing: Probing, *, wide: bool) -> Shown:
    """What each candidate may be asked and cost at most."""
    columns = [Column("State", 14), Column("Candidate"), Column("Requests", 8, right=True)]
    if wide:
        columns += [Column("Tokens in", 10, right=True), Column("out", 8, right=True)]
    columns.append(Column("Cost at most", 12, right=True))
    return Shown(tuple(columns), tuple(_plan_row(probing, one, wide=wide) for one in probing.prospects))


def _plan_row(probing: Probing, prospect: Prospect, *, wide: bool) -> Row:
    state, planned = state_of(probing, prospect), prospect.planned
    cells = [Cell(state.text, state.style), Cell(prospect.name, "strong" if planned else "dim")]
    if planned is None:
        return Row(prospect.name, (*cells, *[Cell("-", "dim")] * (4 if wide else 2)))
    cells.append(Cell(f"{planned.requests:,}"))
    if wide:
        cells += [Cell(f"{planned.input_tokens:,}"), Cell(f"{planned.output_tokens:,}")]
    cells.append(Cell("own server" if planned.most_usd is None else f"${planned.most_usd:.4f}", "strong"))
    return Row(prospect.name, tuple(cells))


def run_rows(probing: Probing, *, wide: bool) -> Shown:
    """What each candidate has shown so far: first tokens as a line, their number, median and spread."""
    spark = 3 * _SPARK if wide else _SPARK
    columns = [Column("State", 14), Column("Candidate"), Column("First token", spark), Column("n", 3, right=True)]
    columns += [Column("Median", 8, right=True), Column("Spread, ms", 14, right=True)]
    if wide:
        columns.append(Column("Tokens/s", 8, right=True))
    firsts = {one.name: _firsts(probing.of(one.name)) for one in probing.prospects}
    most = max((value for values in firsts.values() for value in values if value is not None), default=0.0)
    rows = tuple(_run_row(probing, one, sparkline(firsts[one.name], most, spark), wide) for one in probing.prospects)
    return Shown(tuple(columns), rows)


def _run_row(probing: Probing, prospect: Prospect, spark: str, wide: bool) -> Row:
    state, lines = state_of(probing, prospect), probing.of(prospect.name)
    values = _measured(lines, "ttft_ms")
    speeds = _measured(lines, "output_tokens_per_s")
    cells = [Cell(state.text, state.style), Cell(prospect.name), Cell(spark, "accent"), Cell(f"{len(values)}")]
    cells.append(Cell(f"{_median(values):,.0f} ms" if values else "-", "strong"))
    cells.append(Cell(f"{min(values):,.0f} to {max(values):,.0f}" if values else "-"))
    if wide:
        cells.append(Cell(f"{_median(speeds):,.0f}" if speeds else "-"))
    return Row(prospect.name, tuple(cells))


def about(probing: Probing, prospect: Prospect) -> Content:
    """One candidate in words."""
    return Content("\n").join(list(_about(probing, prospect)))


def _about(probing: Probing, prospect: Prospect) -> Iterator[Content]:
    yield Content.styled(prospect.name, "bold")
    if prospect.trouble is not None:
        yield Content.assemble(("✗ cannot be called from here: ", "$text-error"), clean(prospect.trouble.message))
        if prospect.trouble.hint:
            yield Content(f"hint: {clean(prospect.trouble.hint)}")
        return
    yield _key_words(probing, prospect)
    lines = probing.of(prospect.name)
    if values := _measured(lines, "ttft_ms"):
        yield Content(f"first token: {_interval_words(values)}")
    if speeds := _measured(lines, "output_tokens_per_s"):
        yield Content(f"speed: {_median(speeds):,.0f} tokens a second at the median")
    if lines:
        costs = [line.usd for line in probing.lines if line.candidate == prospect.name]
        known = [cost for cost in costs if cost is not None]
        yield Content(f"cost so far: ${sum(known):.5f}" if len(known) == len(costs) else "cost so far: not all known")
    yield from _faults([line for line in probing.lines if line.candidate == prospect.name])


def _key_words(probing: Probing, prospect: Prospect) -> Content:
    if probing.checked is None or probing.plan is None:
        return Content.styled("… looking for its key in the environment", "$foreground 60%")
    if prospect.name in probing.checked.refused:
        missing = probing.checked.refused[prospect.name]
        return Content.assemble(("✗ no key: ", "$text-error"), f"{missing}; nothing is sent to it")
    names = [one.probed.name for one in probing.plan.candidates]
    found = probing.checked.keys.found[names.index(prospect.name)]
    return Content.assemble(("✓ key: ", "$text-success"), ", ".join(found) or "none needed")


def _faults(lines: Sequence[RequestLine]) -> Iterator[Content]:
    said = dict.fromkeys(line.answer.fault for line in lines if line.answer.id and line.answer.fault is not None)
    for fault in list(said)[:_MOST_REASONS]:
        own = [line for line in lines if line.answer.fault is fault]
        words = f" It said: {clean(own[0].answer.message)}" if own[0].answer.message else ""
        yield Content.assemble((f"✗ {len(own)} x {fault.value}: ", "$text-error"), f"{RULINGS[fault].advice}{words}")


def _interval_words(values: Sequence[float]) -> str:
    found = quantile(values, 0.5)
    if found.value is None:
        return f"{_median(values):,.0f} ms at the median of {len(values)}; its interval needs {least_n(0.5)}"
    return f"{found.value:,.0f} ms at the median, surely {found.low:,.0f} to {found.high:,.0f} ({found.confidence:.0%})"


def _firsts(lines: Sequence[RequestLine]) -> list[float | None]:
    first = QUANTITIES["ttft_ms"]
    return [first(line) if line.answer.fault is None else None for line in lines]


def _measured(lines: Sequence[RequestLine], quantity: str) -> list[float]:
    value = QUANTITIES[quantity]
    return [found for line in lines if line.answer.fault is None and (found := value(line)) is not None]


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
