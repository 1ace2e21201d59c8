"""The views of an answer under one bar: what passes, what is ruled out, the ladder, the frontier, the licenses."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.widgets.answer import Answer
from advisor.tui.widgets.frontier import Frontier, Plot
from advisor.tui.widgets.ladder import Ladder
from advisor.tui.widgets.license_map import LicenseMap
from advisor.tui.widgets.row_list import Rows
from advisor.tui.widgets.ruled_out import RuledOut

NAMES = {"answer": "Answer", "ruled-out": "Ruled out", "ladder": "Ladder", "frontier": "Frontier", "map": "Licenses"}


class Views(Vertical):
    """One view at a time; only the one in sight is painted."""

    DEFAULT_CSS = """
    Views {
        #bar { height: 1; padding: 0 1; }
        ContentSwitcher { height: 1fr; }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._what: tuple[Session, SolvedAnswers, frozenset[str]] | None = None

    def compose(self) -> ComposeResult:
        """Yield the bar and the views."""
        yield Static(id="bar")
        with ContentSwitcher(initial="answer"):
            yield Answer(id="answer")
            yield RuledOut(id="ruled-out")
            yield Ladder(id="ladder")
            yield Frontier(id="frontier")
            yield LicenseMap(id="map")

    @property
    def current(self) -> str:
        """The name of the view in sight."""
        return self.query_one(ContentSwitcher).current or "answer"

    def show(self, session: Session, solved: SolvedAnswers, marked: frozenset[str]) -> None:
        """Show an answer in the view in sight."""
        self._what = (session, solved, marked)
        self._paint()

    def switch(self, name: str) -> None:
        """Bring a view into sight."""
        self.query_one(ContentSwitcher).current = name
        self._paint()

    def enter(self) -> None:
        """Give the focus to the view in sight."""
        view = self.query_one(f"#{self.current}")
        target: Widget = view.query_one(Plot) if self.current == "frontier" else view.query_one(Rows)
        target.focus()

    def _paint(self) -> None:
        if self._what is None:
            return
        session, solved, marked = self._what
        match self.current:
            case "answer":
                self.query_one(Answer).show(session, solved, marked)
            case "ruled-out":
                self.query_one(RuledOut).show(session, solved)
            case "ladder":
                self.query_one(Ladder).show(session, solved)
            case "map":
                self.query_one(LicenseMap).show(session, solved)
            case _:
                self.query_one(Frontier).show(session, solved)
        self.query_one("#bar", Static).update(self._bar(session, solved))

    def _bar(self, session: Session, solved: SolvedAnswers) -> Content:
        found = solved.workload(session.workload)
        counts = {"answer": len(found.standings), "ruled-out": len(found.excluded)} if found else {}
        parts = []
        for name, words in NAMES.items():
            count = f" {counts[name]:,}" if name in counts else ""
            sign, style = ("●", "bold underline $text-accent") if name == self.current else ("○", "$foreground 60%")
            parts.append(f"[{style} @click=screen.view('{name}')]{sign} {words}{count}[/]")
        return Content.from_markup("   ".join(parts))
