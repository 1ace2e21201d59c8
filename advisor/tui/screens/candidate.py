"""One candidate in full: where it stands and why, what it costs month by month, and every fact with its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from advisor.catalog.records import Candidate, PriceRow
from advisor.facts import Fact
from advisor.reports.comparison import FACTS, fact_words
from advisor.reports.explanation import Explanation, explanation
from advisor.solver.advice import Advice, Cause, Standing, WorkloadAdvice
from advisor.solver.sentences import cause_words, quality_words
from advisor.tui.wording import VERDICTS

_BAR = 24


class CandidateScreen(Screen[None]):
    """Text to read, with headings; Esc goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back"),
        Binding("up,down", "none", "Scroll", key_display="↑↓"),
    ]

    def __init__(
        self, advice: Advice, found: WorkloadAdvice, candidate: Candidate, latency: Sequence[Content] = ()
    ) -> None:
        """``latency`` is what the user's own measurements say, in lines."""
        super().__init__()
        self._advice, self._found, self._candidate, self._latency = advice, found, candidate, latency

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(id="page") as page:
            page.border_title = self._candidate.id
            page.border_subtitle = f"as of {self._advice.as_of}"
            yield Static(Content("\n").join(self._lines()))
        yield Footer(compact=True, show_command_palette=False)

    def _lines(self) -> Iterator[Content]:
        told = explanation(self._advice, [self._candidate.id])
        one = next(told for told in told if told.workload == self._found.workload)
        standing = self._found.standing(self._candidate.id)
        yield from _place(one, self._found, standing)
        if self._latency:
            yield _heading("Latency by your own probes")
            yield from (Content.assemble("  ", line) for line in self._latency)
        if standing is not None:
            yield from _license(standing)
            yield from _cost(standing)
        yield from _prices(self._candidate)
        yield from _facts(self._candidate, self._advice)


def _heading(words: str) -> Content:
    return Content.assemble("\n", (words, "bold $text-accent"))


def _place(one: Explanation, found: WorkloadAdvice, standing: Standing | None) -> Iterator[Content]:
    if standing is not None:
        yield Content.assemble(
            ("✓ passes", "bold $text-success"), f", place {one.place} of {len(found.standings):,} for {found.workload}"
        )
        yield Content(f"{found.dimension}: {quality_words(standing.quality)}")
    else:
        yield Content.assemble(("✗ is ruled out", "bold $text-error"), f" for {found.workload}")
    for cause in one.because:
        yield from _cause(cause)
    if one.would_change:
        yield _heading(
            "To change that" if standing is None else "Against the first" if one.place != 1 else "Overturned"
        )
        yield from (Content(f"  {change}") for change in one.would_change)


def _cause(cause: Cause) -> Iterator[Content]:
    sign, style = ("?", "$text-warning") if cause.state.value == "unknown" else ("✗", "$text-error")
    yield Content.assemble((f"  {sign} {cause.state.value}: ", style), cause_words(cause))
    if cause.source:
        yield Content.styled(f"      {cause.source.url}, read {cause.source.read_on}", "$foreground 60%")


def _license(standing: Standing) -> Iterator[Content]:
    answer = standing.license
    yield _heading("License")
    yield Content(f"  {answer.license or 'unknown'} ({answer.license_class}): {VERDICTS[answer.verdict].text}")
    yield from (Content(f"  duty: {duty}") for duty in answer.duties)
    if answer.source:
        yield Content.styled(f"      {answer.source.url}, read {answer.source.read_on}", "$foreground 60%")


def _cost(standing: Standing) -> Iterator[Content]:
    cost = standing.cost
    yield _heading("Cost of your traffic")
    if cost is None:
        yield Content("  unknown")
        return
    yield Content(f"  ${cost.usd_per_month_now:,.2f} a month now, ${cost.usd_horizon:,.2f} over the horizon")
    top = max((month.usd for month in cost.months), default=0)
    for month in cost.months:
        bar = "━" * round(float(month.usd / top) * _BAR) if top else ""
        yield Content.assemble(f"  {month.month:%Y-%m} ", (bar.ljust(_BAR), "$text-primary"), f" ${month.usd:,.2f}")
    yield from (Content(f"  note: {note}") for note in cost.notes)


def _prices(candidate: Candidate) -> Iterator[Content]:
    rows = [row for row in candidate.offering.prices if row.tier == candidate.tier]
    if not rows:
        return
    yield _heading("Prices, USD per million tokens")
    for row in rows:
        yield from _price(row)


def _price(row: PriceRow) -> Iterator[Content]:
    rates = [("in", row.input), ("out", row.output), ("cached", row.cached_input), ("cache write", row.cache_write)]
    words = [f"{name} {rate}" for name, rate in rates if rate is not None]
    when = f"from {row.valid_from}" if row.valid_from else "now"
    until = f" until {row.valid_to}" if row.valid_to else ""
    above = f", prompts above {row.above_prompt_tokens:,} tokens" if row.above_prompt_tokens else ""
    yield Content(f"  {when}{until}{above}: {', '.join(words) or row.state.value}")
    yield Content.styled(f"      {row.source.url}, read {row.source.read_on}", "$foreground 60%")


def _facts(candidate: Candidate, advice: Advice) -> Iterator[Content]:
    yield _heading("Facts")
    for name, words in FACTS:
        fact: Fact = candidate.offering.fact(name, advice.as_of)
        yield Content(f"  {words:<18} {fact_words(fact)}")
        if fact.source:
            yield Content.styled(f"      {fact.source.url}, read {fact.source.read_on}", "$foreground 60%")
