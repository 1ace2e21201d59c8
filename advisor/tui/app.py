"""The terminal program: it puts the catalog, the sitting and the screen together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual import work
from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.worker import WorkerFailed

from advisor.catalog import Catalog, load_catalog
from advisor.errors import AdvisorError
from advisor.requirements.questionnaire.questions import Questionnaire, load_questionnaire
from advisor.self_hosting.detect import detect_gpus
from advisor.tui.preferences import Preferences, read_preferences, write_preferences
from advisor.tui.screens.main import MainScreen
from advisor.tui.screens.start import DRAFT, OPEN, TEMPLATE, StartScreen
from advisor.tui.session import Session
from advisor.tui.storage import DEFAULT_FILE
from advisor.tui.widgets.answer import Answer


class AdvisorApp(App[int]):
    """Opens on a file, by default advisor.yaml of the folder it is called in."""

    TITLE = "advisor"
    CSS_PATH = "advisor.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (170, "-huge")]  # noqa: RUF012 - declared so by Textual

    def __init__(
        self,
        path: Path | None = None,
        *,
        catalog: Catalog | None = None,
        questionnaire: Questionnaire | None = None,
        starts: bool = False,
    ) -> None:
        """Open a file later; ``starts`` shows the start screen where there is none."""
        super().__init__()
        self._starts = starts
        self._preferences = Preferences()
        self._path = path
        self.session = Session(catalog or load_catalog(), questionnaire or load_questionnaire())
        self.main = MainScreen(self.session)
        self.fault: Exception | None = None
        """What the program crashed of; whoever ran it has to say so."""

    def get_default_screen(self) -> MainScreen:
        """Return the screen with the questions."""
        return self.main

    def on_mount(self) -> None:
        """Open the file if there is one."""
        if self._path is not None or DEFAULT_FILE.exists():
            self.main.begin_with(self._path or DEFAULT_FILE)

    def on_ready(self) -> None:
        """Solve what was opened, and offer what was not saved."""
        draft = self.main.find_draft()
        if self._starts:
            self._look_for_gpus()
            self._remember()
        if self._starts and not (self._path or DEFAULT_FILE).exists():
            self.push_screen(StartScreen(draft), self._begin)
            return
        self.main.solve_next()
        if draft is not None:
            self.main.offer_draft(draft)

    def _remember(self) -> None:
        """Show what was chosen in an earlier sitting, and note what is chosen now."""
        self._preferences = chosen = read_preferences()
        if chosen.theme in self.available_themes:
            self.theme = chosen.theme
        answer = self.main.query_one(Answer)
        answer.look(answer.view._replace(sort=chosen.sort, by_model=chosen.by_model))
        self.theme_changed_signal.subscribe(
            self, lambda theme: self._prefer(self._preferences._replace(theme=theme.name))
        )

    def on_answer_view_changed(self, event: Answer.ViewChanged) -> None:
        """Note how the table is shown."""
        self._prefer(self._preferences._replace(sort=event.view.sort, by_model=event.view.by_model))

    def _prefer(self, chosen: Preferences) -> None:
        if not self._starts or chosen == self._preferences:
            return
        self._preferences = chosen
        try:
            write_preferences(chosen)
        except AdvisorError as error:
            self.notify(f"Not remembered: {error.message}", severity="warning")

    def _begin(self, way: str | None) -> None:
        """Begin as was chosen on the start screen."""
        draft = self.main.find_draft()
        if way == DRAFT and draft is not None:
            self.main.take_draft(draft)
        elif way == OPEN:
            self.main.action_open()
        elif way is not None and way.startswith(TEMPLATE):
            self.main.start_from(way.removeprefix(TEMPLATE))
        self.main.solve_next()
        self.main.begin_answering()

    @work(thread=True)
    def _look_for_gpus(self) -> None:
        self.session.gpus = detect_gpus(self.session.catalog.gpus.values())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything that has a key, and what needs none, by name."""
        if screen is self.main:
            main = self.main
            yield SystemCommand("Save", "Write advisor.yaml", main.action_save)
            yield SystemCommand("Save as", "Write the answers under another name", main.action_save_as)
            yield SystemCommand("Open", "Read another file", main.action_open)
            yield SystemCommand(
                "Start from a template", "Ready-made answers for a kind of product", main.action_template
            )
            yield SystemCommand("Export the report", "Markdown, HTML, JSON or text", main.action_export)
            yield SystemCommand("Licenses", "Capability by license tier", lambda: main.action_view("map"))
            yield SystemCommand("What if", "Try other answers to the question in view", main.action_what_if)
            yield SystemCommand("Compare", "The marked candidates side by side", main.action_compare)
            yield SystemCommand("Probe", "Measure the latency of the marked or tied", main.action_probe)
            yield SystemCommand("Plan together", "All jobs, under the limits they share", main.action_portfolio)
            yield SystemCommand("Review the license", "Of the candidate under the cursor", main.action_review)
            yield SystemCommand(
                "Review a Hub repository", "Its license, clause by clause", main.action_review_repository
            )
            yield SystemCommand("Undo", "Take the last answer back", main.action_undo)
            yield SystemCommand("Redo", "Redo", main.action_redo)
            yield SystemCommand("Add a job", "One more workload in the same file", main.action_add_job)
            yield SystemCommand("Remove this job", "Take the workload in view out", main.action_remove_job)
            yield SystemCommand("Next job", "Show the next workload", main.action_next_job)
            yield SystemCommand("Help", "The question in view, and all keys", main.action_help)
        yield SystemCommand("Quit", "Leave; asks if answers are not saved", self.action_quit)
        yield SystemCommand("Theme", "Choose other colors", self.action_change_theme)

    async def action_quit(self) -> None:
        """Leave, after asking if answers are not saved."""
        if isinstance(self.screen, StartScreen):
            self.exit(0)
        elif self.screen is self.main:
            self.main.action_leave()
        else:
            await self.screen.dismiss(None)

    def action_help_quit(self) -> None:
        """Ctrl+C outside a field leaves as Ctrl+Q does."""
        self.call_later(self.action_quit)

    def _handle_exception(self, error: Exception) -> None:
        """Keep the first error for the caller; Textual would print it with all variables, keys among them."""
        if self.fault is None:
            self.fault = (
                error.error if isinstance(error, WorkerFailed) and isinstance(error.error, Exception) else error
            )
        super()._handle_exception(error)
        self._exit_renderables.clear()
