"""One candidate in full: where it stands and why, what it costs month by month, and every fact with its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate, PriceRow
from advisor.facts import Fact
from advisor.reports.recommendation.compare import FACTS, fact_words
from advisor.reports.recommendation.explain import explanation, with_least_changes
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.explain.words import horizon_words, latency_words, month_words
from advisor.solver.stability import Stability
from advisor.solver.standing import Standing
from advisor.tui.candidate_lines import heading, place_lines, stability_lines
from advisor.tui.format import VERDICTS, money
from advisor.tui.solve import SolvedAnswers

_BAR = 24


class CandidateScreen(Screen[None]):
    """Text to read, with headings; Esc goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back"),
        Binding("up,down", "none", "Scroll", key_display="↑↓"),
    ]

    class Drawn(Message):
        """The shares of the draws are there."""

        def __init__(self, found: Stability) -> None:
            super().__init__()
            self.found = found

    def __init__(
        self,
        catalog: Catalog,
        solved: SolvedAnswers,
        found: WorkloadAdvice,
        candidate: Candidate,
        *,
        latency: Sequence[Content] = (),
    ) -> None:
        """``latency`` is what the user's own measurements say, in lines."""
        super().__init__()
        self._catalog, self._solved, self._found = catalog, solved, found
        self._candidate, self._latency = candidate, latency

    def compose(self) -> ComposeResult:
        """One text that scrolls; how stable the answer is stands in it once it is drawn."""
        with VerticalScroll(id="page") as page:
            page.border_title = self._candidate.id
            page.border_subtitle = f"as of {self._catalog.as_of}"
            yield Static(Content("\n").join(self._standing_lines()))
            yield Static(Content("\n").join([heading("Stability"), Content("  drawing …")]), id="stability")
            yield Static(Content("\n").join(self._fact_lines()))
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Draw beside the screen: where much passes it takes a third of a second."""
        self._draw()

    @work(thread=True)
    def _draw(self) -> None:
        self.post_message(self.Drawn(self._found.stability))

    def on_candidate_screen_drawn(self, event: Drawn) -> None:
        """Show the shares."""
        lines = list(stability_lines(event.found, self._found, self._candidate.id))
        self.query_one("#stability", Static).update(Content("\n").join(lines))

    def _standing_lines(self) -> Iterator[Content]:
        advice, requirements = self._solved.advice, self._solved.counted
        if advice is None or requirements is None:
            return
        told = [one for one in explanation(advice, [self._candidate.id]) if one.workload == self._found.workload]
        measurements = self._solved.measured.fresh if self._solved.measured else ()
        for one in with_least_changes(told, advice, self._catalog, requirements, measurements):
            yield from place_lines(one, self._found)

    def _fact_lines(self) -> Iterator[Content]:
        standing = self._found.standing(self._candidate.id)
        if self._latency:
            yield heading("Latency by your own probes")
            yield from (Content.assemble("  ", line) for line in self._latency)
        if standing is not None:
            yield from _license(standing)
            yield from _cost(standing)
        yield from _prices(self._candidate)
        yield from _facts(self._candidate, self._catalog.as_of)


def _license(standing: Standing) -> Iterator[Content]:
    answer = standing.license
    yield heading("License")
    yield Content(f"  {answer.license or 'unknown'} ({answer.license_class}): {VERDICTS[answer.verdict].text}")
    yield from (Content(f"  obligation: {duty}") for duty in standing.obligations)
    if answer.source:
        yield Content.styled(f"      {answer.source.url}, read {answer.source.read_on}", "$foreground 60%")


def _cost(standing: Standing) -> Iterator[Content]:
    cost = standing.cost
    yield heading("Cost of your traffic")
    if cost is None:
        yield Content("  unknown")
        return
    yield Content(f"  {month_words(cost, money)}, {horizon_words(cost, money)} over the horizon")
    top = max((month.usd for month in cost.months if month.usd is not None), default=Decimal(0))
    for month in cost.months:
        if month.usd is None:
            yield Content(f"  {month.month:%Y-%m} no price on record")
            continue
        bar = "━" * round(float(month.usd / top) * _BAR) if top else ""
        yield Content.assemble(f"  {month.month:%Y-%m} ", (bar.ljust(_BAR), "$text-primary"), f" ${month.usd:,.2f}")
    yield from (Content(f"  note: {note}") for note in cost.notes)
    yield from (Content(f"  {words}") for words in latency_words(standing.latency))


def _prices(candidate: Candidate) -> Iterator[Content]:
    rows = [row for row in candidate.offering.prices if row.tier == candidate.tier]
    if not rows:
        return
    yield heading("Prices, USD per million tokens")
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


def _facts(candidate: Candidate, day: date) -> Iterator[Content]:
    yield heading("Facts")
    for name, words in FACTS:
        fact: Fact = candidate.offering.fact(name, day)
        yield Content(f"  {words:<18} {fact_words(fact)}")
        if fact.source:
            yield Content.styled(f"      {fact.source.url}, read {fact.source.read_on}", "$foreground 60%")
