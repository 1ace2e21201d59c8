"""A probe in lines: before it, what each candidate may cost; while it runs, what each has shown so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from textual.content import Content

from advisor.probe.faults import RULINGS
from advisor.probe.plan import CandidatePlan
from advisor.probe.run_file import RequestLine
from advisor.probe.summary import QUANTITIES
from advisor.reports.probe.render import sentence
from advisor.statistics import least_n, quantile
from advisor.tui.format import Badge, clean
from advisor.tui.latency_bounds import Bound, bound_lines, worst
from advisor.tui.probe_session import ProbeStage, Probing, Prospect
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow
from advisor.tui.widgets.spark import sparkline

_SPARK = 12
_MOST_REASONS = 3


class Shown(NamedTuple):
    """The lines of a table with their columns."""

    columns: tuple[ListColumn, ...]
    rows: tuple[ListRow, ...]


def candidate_state(probing: Probing, prospect: Prospect) -> Badge:
    """How it stands with one candidate."""
    if prospect.planned is None:
        return Badge("✗", "not callable", "bad")
    if probing.checked is None:
        return Badge("…", "key?", "dim")
    if prospect.name in probing.checked.refused:
        return Badge("✗", "no key", "bad")
    return Badge("✓", "ready", "good") if probing.stage is ProbeStage.READY else _progress(probing, prospect.planned)


def _progress(probing: Probing, planned: CandidatePlan) -> Badge:
    own = [line for line in probing.lines if line.candidate == planned.probed.name]
    last = own[-1].answer.fault if own else None
    if last is not None and RULINGS[last].ends_candidate:
        return Badge("✗", "failed", "bad")
    is_complete = probing.ended is not None and probing.ended.reason in ("done", "decided")
    if is_complete or len(own) >= planned.requests:
        return Badge("✓", "done", "good")
    if probing.stage is ProbeStage.OVER:
        return Badge("■", "stopped", "warn")
    return Badge("●", "probing" if own else "warming", "accent")


def plan_rows(probing: Probing, *, wide: bool) -> Shown:
    """Return what each candidate may be asked and cost at most."""
    columns = [ListColumn("State", 14), ListColumn("Candidate"), ListColumn("Key", 26)]
    if wide:
        columns += [
            ListColumn("Requests", 8, right=True),
            ListColumn("Tokens in", 10, right=True),
            ListColumn("out", 8, right=True),
        ]
    columns.append(ListColumn("Cost at most", 12, right=True))
    return Shown(tuple(columns), tuple(_plan_row(probing, one, wide=wide) for one in probing.prospects))


def _plan_row(probing: Probing, prospect: Prospect, *, wide: bool) -> ListRow:
    state, planned = candidate_state(probing, prospect), prospect.planned
    cells = [Cell(state.text, state.style), Cell(prospect.name, "strong" if planned else "dim")]
    cells.append(Cell(_key_cell(probing, prospect)))
    if planned is None or not (probing.checked is None or planned in probing.willing):
        return ListRow(prospect.name, (*cells, *[Cell("-", "dim")] * (4 if wide else 1)))
    if wide:
        cells += [Cell(f"{count:,}") for count in (planned.requests, planned.input_tokens, planned.output_tokens)]
    cells.append(Cell("own server" if planned.most_usd is None else f"${planned.most_usd:.4f}", "strong"))
    return ListRow(prospect.name, tuple(cells))


def _key_cell(probing: Probing, prospect: Prospect) -> str:
    """Return the variable that holds the key, or the one that is not set."""
    if probing.checked is None or prospect.planned is None:
        return ""
    return probing.checked.refused.get(prospect.name) or ", ".join(_variables(probing, prospect)) or "none needed"


def run_rows(probing: Probing, bounds: Mapping[str, tuple[Bound, ...]], *, wide: bool) -> Shown:
    """Return what each candidate has shown so far: first tokens as a line, their number, median and spread.

    ``bounds`` are those on latency by candidate, once they can be judged; where room is short they replace the line.
    """
    spark = (2 if bounds else 3) * _SPARK if wide else _SPARK
    columns = [ListColumn("State", 14), ListColumn("Candidate")]
    columns += [ListColumn("First token", spark)] if wide or not bounds else []
    columns += [
        ListColumn("n", 3, right=True),
        ListColumn("Median", 8, right=True),
        ListColumn("Spread, ms", 14, right=True),
    ]
    columns += [ListColumn("Tokens/s", 8, right=True)] if wide else []
    columns += [ListColumn("Bounds", 11)] if bounds else []
    firsts = {one.name: _firsts(probing.of(one.name)) for one in probing.prospects}
    most = max((value for values in firsts.values() for value in values if value is not None), default=0.0)
    lines = {name: sparkline(values, most, spark) for name, values in firsts.items()}
    titles, rows = [column.title for column in columns], []
    for one in probing.prospects:
        cells = _run_cells(probing, one, lines[one.name], bounds.get(one.name, ()))
        rows.append(ListRow(one.name, tuple(cells[title] for title in titles)))
    return Shown(tuple(columns), tuple(rows))


def _run_cells(probing: Probing, prospect: Prospect, spark: str, bounds: tuple[Bound, ...]) -> Mapping[str, Cell]:
    """One candidate's cells by the title of their column."""
    state, lines = candidate_state(probing, prospect), probing.of(prospect.name)
    values, speeds = _measured(lines, "ttft_ms"), _measured(lines, "output_tokens_per_s")
    verdict = worst(bounds) if bounds and lines else None
    return {
        "State": Cell(state.text, state.style),
        "Candidate": Cell(prospect.name),
        "First token": Cell(spark, "accent"),
        "n": Cell(f"{len(values)}"),
        "Median": Cell(f"{_median(values):,.0f} ms" if values else "-", "strong"),
        "Spread, ms": Cell(f"{min(values):,.0f} to {max(values):,.0f}" if values else "-"),
        "Tokens/s": Cell(f"{_median(speeds):,.0f}" if speeds else "-"),
        "Bounds": Cell(verdict.text, verdict.style) if verdict else Cell("-", "dim"),
    }


def about(probing: Probing, prospect: Prospect, bounds: tuple[Bound, ...]) -> Content:
    """One candidate in words, with the bounds on latency that it has to keep."""
    return Content("\n").join(list(_about(probing, prospect, bounds)))


def _about(probing: Probing, prospect: Prospect, bounds: tuple[Bound, ...]) -> Iterator[Content]:
    yield Content.styled(prospect.name, "bold")
    if prospect.trouble is not None:
        yield Content.assemble(("✗ cannot be called from here: ", "$text-error"), clean(prospect.trouble.message))
        if prospect.trouble.hint:
            yield Content(f"hint: {clean(prospect.trouble.hint)}")
        return
    yield _key_words(probing, prospect)
    yield from bound_lines(bounds)
    yield from _compared(probing, prospect)
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


def _compared(probing: Probing, prospect: Prospect) -> Iterator[Content]:
    """Yield the comparisons with each other candidate that was measured, once the probe is over."""
    summary = probing.ended.summary if probing.ended is not None else None
    for pair in summary.pairs if summary is not None else ():
        if prospect.name in (pair.first, pair.second) and pair.comparison.looked_at:
            yield Content(clean(sentence(pair)))


def _key_words(probing: Probing, prospect: Prospect) -> Content:
    if probing.checked is None or probing.plan is None:
        return Content.styled("… looking for its key in the environment", "$foreground 60%")
    if prospect.name in probing.checked.refused:
        missing = probing.checked.refused[prospect.name]
        return Content.assemble(("✗ no key: ", "$text-error"), f"{missing}; nothing is sent to it")
    found = ", ".join(_variables(probing, prospect))
    return Content.assemble(("✓ key: ", "$text-success"), found or "none needed")


def _variables(probing: Probing, prospect: Prospect) -> tuple[str, ...]:
    """Return the variables that hold what a candidate needs."""
    if probing.checked is None or probing.plan is None:
        return ()
    names = [one.probed.name for one in probing.plan.candidates]
    return probing.checked.keys.found[names.index(prospect.name)]


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
