"""The review of a license: each use with its verdict, the findings, the obligations, the lineage.

And what each rests on.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from advisor.catalog.records import Candidate
from advisor.errors import AdvisorError
from advisor.licenses.add_waiver import DEFAULT_FILE, add_waiver
from advisor.licenses.catalog_review import repository_for
from advisor.licenses.policy import NEVER_WAIVED, tied
from advisor.requirements.schema import Organization
from advisor.tui.format import VERDICTS
from advisor.tui.license_review import Asking, Reviewed, Sources, fetched, hub_source, judged, recorded
from advisor.tui.license_review_lines import COLUMNS, Entry, entries, printable
from advisor.tui.screens.dialogs import AskName, problem
from advisor.tui.screens.waiver import WaiverForm
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.widgets.row_list import Cell, ListRow, Rows


class ReviewScreen(Screen[None]):
    """A list and, below, the line under the cursor in full; the network is used only when a key asks for it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back", tooltip="Back"),
        Binding("h", "ask_hub", "Ask the Hub", tooltip="Read the evidence on the Hub, or on the mirror of HF_ENDPOINT"),
        Binding("o", "other", "Other repository", tooltip="Review any repository of the Hub by its name"),
        Binding("w", "waive", "Waiver", tooltip="Write a waiver for the finding under the cursor"),
    ]

    class Found(Message):
        """The evidence on a repository is read and judged, or an error stood in the way."""

        def __init__(self, repository: str, found: Reviewed | AdvisorError) -> None:
            super().__init__()
            self.repository, self.found = repository, found

    def __init__(self, asking: Asking, candidate: Candidate | None, sources: Sources) -> None:
        super().__init__()
        self._asking, self._sources = asking, sources
        self._shown = recorded(asking, candidate.offering) if candidate else None
        weights = repository_for(asking.catalog, candidate.offering) if candidate else None
        self._repository = str(weights) if weights else None
        self._waiting: str | None = None
        self._entries: dict[str, Entry] = {}

    def compose(self) -> ComposeResult:
        """Yield the list above, the words below."""
        yield Rows(id="review")
        with VerticalScroll(id="clause") as pane:
            pane.border_title = "In full"
            yield Static(id="said", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the record; without one, ask which repository is meant."""
        self._paint()
        self.query_one(Rows).focus()
        if self._shown is None:
            self.action_other()

    @property
    def is_busy(self) -> bool:
        """Whether the Hub is being asked."""
        return self._waiting is not None

    def _paint(self) -> None:
        rows = self.query_one(Rows)
        shown = self._shown
        if shown is None:
            rows.border_title = "License review"
            rows.fill([ListRow(None, (Cell("o names a repository of the Hub", "dim"),))], COLUMNS)
            return
        badge = VERDICTS[shown.verdict]
        rows.border_title = Content(f"{printable(shown.title)}: {badge.text}")
        on_hub = f" · on the Hub: {self._repository}" if self._repository and shown.review is None else ""
        busy = f"asking about {self._waiting} …" if self._waiting else f"{shown.basis}{on_hub}"
        rows.border_subtitle = Content(printable(busy))
        lines = entries(shown, self._asking.asked)
        self._entries = {entry.row.key: entry for entry in lines if entry.row.key}
        rows.fill([entry.row for entry in lines], COLUMNS)
        self._explain()

    def _explain(self) -> None:
        entry = self._entries.get(self.query_one(Rows).key or "")
        self.query_one("#said", Static).update(entry.words if entry else Content(""))
        self.query_one("#clause").scroll_home(animate=False)

    def on_rows_moved(self) -> None:
        """Say the next line in full."""
        self._explain()

    def on_rows_pressed(self) -> None:
        """Go to the words, to scroll in them."""
        self.query_one("#clause").focus()

    def action_ask_hub(self) -> None:
        """Read the evidence on the repository in view."""
        if self._repository is None:
            self.notify("No Hub repository is on record for it. o names one.", severity="warning")
        elif self._waiting is None:
            self._waiting = self._repository
            self._paint()
            self.query_one(Rows).border_subtitle = Content(printable(f"asking about {self._waiting} …"))
            self._fetch(self._repository)

    @work(thread=True)
    def _fetch(self, repository: str) -> None:
        try:
            found: Reviewed | AdvisorError = fetched(self._asking, self._sources, repository)
        except AdvisorError as error:
            found = error
        self.post_message(self.Found(repository, found))

    def on_review_screen_found(self, event: Found) -> None:
        """Show what was found."""
        self._waiting = None
        if isinstance(event.found, AdvisorError):
            self._paint()
            self.app.push_screen(problem(event.found, "Not reviewed"))
            return
        self._shown = event.found
        self._paint()
        self.query_one(Rows).action_edge(0)

    @work
    async def action_other(self) -> None:
        """Ask for a repository, then read the evidence on it."""
        text = "Which repository of the Hub? org/name or org/name@revision; its evidence is read at once."
        name = await self.app.push_screen_wait(AskName("Review a repository", text, self._repository or ""))
        if name is not None and self._waiting is None:
            self._repository = name
            self.action_ask_hub()

    @work
    async def action_waive(self) -> None:
        """Ask for the parts of a waiver and write it into the policy."""
        entry = self._entries.get(self.query_one(Rows).key or "")
        finding, shown = (entry.finding if entry else None), self._shown
        if finding is None or shown is None or shown.review is None:
            more = "" if shown and shown.review else " h reads the evidence first."
            self.notify(f"A waiver is for a finding: move to one.{more}", severity="warning")
            return
        if finding.waived_by or finding.rule in NEVER_WAIVED:
            self.notify("A waiver covers it already." if finding.waived_by else "No waiver covers this.")
            return
        waiver = await self.app.push_screen_wait(WaiverForm(finding, self._asking.policy, self._asking.catalog.as_of))
        if waiver is None:
            return
        try:
            add_waiver(self._asking.policy, tied(waiver, shown.review))
        except AdvisorError as error:
            await self.app.push_screen_wait(problem(error, "No waiver was written"))
            return
        self._shown = judged(self._asking, shown.review)
        self._paint()
        self.notify(f"Wrote {waiver.id} into {self._asking.policy}")


def review_screen(session: Session, solved: SolvedAnswers | None, candidate: Candidate | None) -> ReviewScreen:
    """Return the review of a candidate, or of a repository that is then asked for, by what was answered."""
    requirements = solved.requirements if solved else None
    organization = requirements.organization if requirements else Organization()
    uses = tuple(use.value for use in requirements.uses) if requirements else ()
    folder = session.path.parent if session.path else Path()
    return ReviewScreen(Asking(session.catalog, organization, uses, folder / DEFAULT_FILE), candidate, hub_source)
