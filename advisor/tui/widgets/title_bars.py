"""The two bars at the top: what is open and as of when; and the answer in a few words, always in sight."""

from __future__ import annotations

from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from advisor.solver.answer import WorkloadAdvice
from advisor.solver.explain.words import horizon_words
from advisor.tui.format import (
    STATUSES,
    channel_words,
    counted,
    license_badge,
    listed,
    model_words,
    money,
    signed,
)
from advisor.tui.reply_options import Effect
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers


class TitleBar(Horizontal):
    """The file, whether it is saved, the mode, the day and the catalog."""

    DEFAULT_CSS = """
    TitleBar {
        height: 1; background: $panel;
        #file { width: auto; padding: 0 1; }
        #mode { width: 1fr; content-align-horizontal: center; }
        #facts { width: auto; padding: 0 1; color: $text-muted; }
    }
    """

    def compose(self) -> ComposeResult:
        """Three parts."""
        yield Static(id="file")
        yield Static(id="mode")
        yield Static(id="facts")

    def show(self, session: Session, solved: SolvedAnswers | None, *, narrow: bool, probe: str = "") -> None:
        """Show what is open."""
        name = str(session.path.name) if session.path else "untitled"
        state = ("● unsaved", "$text-warning") if session.is_unsaved else ("", "")
        self.query_one("#file", Static).update(
            Content.assemble(("advisor", "bold $text-accent"), "  ", (name, "bold"), " ", state)
        )
        badge = Content.styled(" WHAT-IF ", "bold reverse $text-warning") if session.is_what_if else Content("")
        if probe:
            badge = Content.assemble(badge, (probe, "bold reverse $text-accent"))
        self.query_one("#mode", Static).update(badge)
        catalog = session.catalog
        facts = [f"as of {catalog.as_of}", f"catalog {catalog.version}"]
        if solved is not None and solved.advice is not None and not narrow:
            found = solved.workload(session.workload)
            total = len(found.standings) + len(found.excluded) if found else 0
            facts.append(f"{total:,} candidates")
        self.query_one("#facts", Static).update(Content(" · ".join(facts)))


class Headline(Widget):
    """The answer of the workload in view: who leads, what it costs, under which license, and what else passes."""

    DEFAULT_CSS = """
    Headline { height: 2; padding: 0 1; background: $surface; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._who = Content.styled("solving …", "$foreground 60%")
        self._figures = self._rest = self._busy = Content("")

    def render(self) -> RenderResult:
        """As many lines as there is room for, cut at the edge; the first two share one where it is wide enough."""
        parts = [self._who, self._figures, self._rest]
        if self.size.height < len(parts):
            joint = " · " if self._figures.plain else ""
            parts = [Content.assemble(self._who, joint, self._figures), self._rest]
        parts[0] = Content.assemble(parts[0], self._busy)
        return Content("\n").join(line.truncate(self.size.width, ellipsis=True) for line in parts)

    @property
    def text(self) -> str:
        """What it says."""
        return "\n".join(part.plain for part in (self._who, self._figures, self._rest))

    def show(self, session: Session, solved: SolvedAnswers, before: Effect | None, now: Effect) -> None:
        """Show an answer; ``before`` is what it is compared with while something is tried out."""
        found = solved.workload(session.workload)
        self._busy = self._figures = self._rest = Content("")
        if found is None:
            self._who = _no_answer(solved)
        else:
            self._who, self._figures = _leader(solved, found)
            self._rest = _second(session, solved, found)
        if before is not None:
            self._rest = _difference(before, now)
        self.refresh()

    def say_busy(self) -> None:
        """Say that an answer is under way."""
        self._busy = Content.styled("  solving …", "$foreground 60%")
        self.refresh()


def _no_answer(solved: SolvedAnswers) -> Content:
    if solved.error is not None:
        hint = f" ({solved.error.hint})" if solved.error.hint else ""
        return Content.assemble(("✗ no answer: ", "bold $text-error"), solved.error.message + hint)
    points = "; ".join(str(point) for point in solved.open_points)
    return Content.assemble(("? no answer yet: ", "bold $text-warning"), points)


def _leader(solved: SolvedAnswers, found: WorkloadAdvice) -> tuple[Content, Content]:
    """Who leads, and its cost and license."""
    badge = STATUSES[found.status]
    status = (f"{badge.text}  ", f"bold {_COLOURS[badge.style]}")
    if not found.standings:
        out = f"{counted(len(found.excluded), 'candidate')} ruled out"
        ways = counted(len(found.relaxations), "single change") if found.relaxations else "no single change"
        return Content.assemble(status, out), Content(f"{ways} would let some back in (F5)")
    first = found.standings[0]
    horizon = solved.requirements.horizon_months if solved.requirements else 0
    cost = f"{money(first.cost.usd_per_month_mean)}/month" if first.cost else "cost unknown"
    whole = bool(first.cost and first.cost.ends is None and first.cost.is_whole)
    sum_words = horizon_words(first.cost, money) if first.cost else ""
    total = f", {sum_words}" + (f" in {horizon} months" if whole else "") if first.cost else ""
    asked = bool(solved.requirements and solved.requirements.uses)
    verdict = license_badge(first.license, asked=asked)
    class_ = f" ({first.license.license_class})" if asked else ""
    who = Content.assemble(status, (model_words(first.candidate), "bold"), f" on {channel_words(first.candidate)}")
    figures = Content.assemble(
        (cost, "bold"), f"{total} · ", (f"{verdict.text}{class_}", _COLOURS[verdict.style] or "$foreground")
    )
    return who, figures


def _second(session: Session, solved: SolvedAnswers, found: WorkloadAdvice) -> Content:
    parts = [f"{len(found.standings):,} pass", f"{len(found.excluded):,} ruled out"]
    if len(found.tied) > 1:
        parts.append(f"{len(found.tied):,} tied")
    if len(session.answers.workloads) > 1:
        parts.insert(0, f"job {session.workload + 1} of {len(session.answers.workloads)}: {found.workload}")
    if solved.assumed:
        parts.append(f"assumed: {listed([name.replace('_', ' ') for name in solved.assumed])}")
    elif solved.open_points:
        parts.append(f"not used yet: {listed([point.key for point in solved.open_points], 1)}")
    elif found.standings and not any(w.traffic for w in (solved.requirements.workloads if solved.requirements else ())):
        parts.append("cost for 1,000 small requests: state your traffic")
    return Content.styled(" · ".join(parts), "$foreground 60%")


def _difference(before: Effect, now: Effect) -> Content:
    cost = f"{money(before.usd_per_month)} → {money(now.usd_per_month)} a month"
    leader = "same first" if before.recommended == now.recommended else f"was {before.recommended or 'nothing'}"
    figures = f"pass {before.passing:,} → {now.passing:,} ({signed(now.passing - before.passing)}) · {cost} · {leader}"
    return Content.assemble(
        ("WHAT-IF ", "bold $text-warning"), figures, ("  Enter keeps · Esc drops", "$foreground 60%")
    )


_COLOURS = {
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "$text-error",
    "dim": "$foreground 60%",
    "accent": "$text-accent",
    "": "",
}
