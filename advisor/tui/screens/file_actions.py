"""Opening, saving and reporting: each asks before anything could get lost."""

from __future__ import annotations

from pathlib import Path

from textual import work
from textual.screen import Screen

from advisor.errors import AdvisorError, UsageError
from advisor.requirements.questionnaire.answers import from_requirements
from advisor.requirements.templates import find_template, load_template, templates
from advisor.tui.draft import AnswersDraft, answer_count, draft_path, read_draft, remove_draft, write_draft
from advisor.tui.screens.dialogs import Ask, AskName, Pick, problem
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.storage import DEFAULT_FILE, Stamp, doubts, export, file_named, format_for_suffix, open_file, save_file


class FilingScreen(Screen[None]):
    """A screen whose sitting has a file."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.stamp = Stamp()
        self.solved: SolvedAnswers | None = None
        self._is_drafting = True

    def changed(self) -> None:
        """Show other answers; called when they stand."""

    def repaint_title(self) -> None:
        """Show another file, or what it has; called when that changes."""

    async def ask(self, title: str, lines: list[str], buttons: list[tuple[str, str]]) -> str | None:
        """Ask with buttons and wait."""
        return await self.app.push_screen_wait(Ask(title, lines, buttons))

    async def tell(self, error: AdvisorError, title: str) -> None:
        """Show an error and wait until it was read."""
        await self.app.push_screen_wait(problem(error, title))

    def begin_with(self, path: Path) -> None:
        """Open a file if it is there; a file that cannot be read is left alone and shown as what it is."""
        if not path.exists():
            self.session.path = path
            return
        try:
            open_file(self.session, self.stamp, path)
        except AdvisorError as error:
            self.app.push_screen(problem(error, f"{path} was not opened; it stays as it is"))

    @property
    def _draft(self) -> Path:
        return draft_path(self.session.path or DEFAULT_FILE)

    def keep_draft(self) -> None:
        """Keep what no file has yet; said once where that is impossible."""
        if not self._is_drafting:
            return
        if not self.session.is_unsaved:
            remove_draft(self._draft)
            return
        try:
            write_draft(self._draft, self.session.path or DEFAULT_FILE, self.session.kept)
        except AdvisorError as error:
            self._is_drafting = False
            self.notify(f"No draft is kept: {error.message}", severity="warning")

    def find_draft(self) -> AnswersDraft | None:
        """Return what was answered for this file and never saved."""
        found = read_draft(self._draft, self.session.questionnaire)
        return found if found is not None and found.answers != self.session.kept else None

    def take_draft(self, draft: AnswersDraft) -> None:
        """Go on with a draft; undo takes it back."""
        self.session.step(draft.answers)
        self.changed()

    def drop_draft(self) -> None:
        """Remove the draft of this file."""
        remove_draft(self._draft)

    def offer_draft(self, draft: AnswersDraft) -> None:
        """Ask whether to go on with a draft of the file that is open."""
        self.run_worker(self._offer(draft))

    async def _offer(self, draft: AnswersDraft) -> None:
        lines = [f"There is a draft of {self.session.path or DEFAULT_FILE}: {draft.words}."]
        choice = await self.ask("Go on?", lines, [("discard", "Discard it"), ("take", "Go on with the draft")])
        if choice == "discard":
            self.drop_draft()
        else:
            self.take_draft(draft)

    @work
    async def action_open(self) -> None:
        """Open another file."""
        if not await self._may_leave("Open another file"):
            return
        name = await self.app.push_screen_wait(AskName("Open", "Which file?", str(self.session.path or DEFAULT_FILE)))
        if name is None:
            return
        try:
            open_file(self.session, self.stamp, file_named(name))
        except AdvisorError as error:
            await self.tell(error, "Not opened")
            return
        self.changed()

    @work
    async def action_template(self) -> None:
        """Start from a template; undo takes it back."""
        choices = [(one.name, one.name, one.title) for one in templates()]
        name = await self.app.push_screen_wait(Pick("Start from a template", choices))
        if name is None:
            return
        if (count := answer_count(self.session.kept)) and not await self._may_replace(name, count):
            return
        self.start_from(name)

    async def _may_replace(self, name: str, count: int) -> bool:
        answers = f"{count} answers" if count > 1 else "answer"
        lines = [f"Your {answers} will be replaced by those of {name}. Ctrl+Z would bring them back."]
        return await self.ask("Replace your answers?", lines, [("replace", "Replace"), ("back", "Back")]) == "replace"

    def start_from(self, name: str) -> None:
        """Put the answers of a template in place of what stands; undo takes it back."""
        found = from_requirements(self.session.questionnaire, load_template(find_template(name).name))
        self.session.step(found)
        self.changed()
        self.notify(f"Started from {name}. Ctrl+Z takes it back.")

    @work
    async def action_save(self) -> None:
        """Save what stands."""
        await self.save()

    @work
    async def action_save_as(self) -> None:
        """Save under another name."""
        await self.save(ask_name=True)

    async def save(self, *, ask_name: bool = False) -> bool:
        """Save, and say whether it was done."""
        if self.session.is_what_if:
            self.session.drop()
            self.changed()
        path = self.session.path
        if path is None or ask_name:
            asked = AskName("Save", "Under which name?", str(path or DEFAULT_FILE))
            name = await self.app.push_screen_wait(asked)
            if name is None:
                return False
            path = file_named(name)
        solved = self.session.solve(self.session.kept)
        lines = list(doubts(self.session, self.stamp, solved, path))
        buttons = [("save", "Save"), ("back", "Back")]
        if lines and solved.requirements and await self.ask("Save all the same?", lines, buttons) != "save":
            return False
        draft = self._draft
        try:
            save_file(self.session, self.stamp, solved, path)
        except AdvisorError as error:
            await self.tell(error, "Not saved")
            return False
        remove_draft(draft)
        self.repaint_title()
        self.notify(f"Saved {path}")
        return True

    @work
    async def action_export(self) -> None:
        """Write the report; the file's ending says in which format."""
        if self.solved is None or self.solved.advice is None:
            self.notify("There is no answer to report yet.", severity="warning")
            return
        text = "Into which file? .md, .html, .json and .txt say the format."
        name = await self.app.push_screen_wait(AskName("Export the report", text, "advice.md"))
        if name is None:
            return
        path = file_named(name)
        form = format_for_suffix(path)
        try:
            if form is None:
                raise UsageError(f"{path}: expected a name that ends in .md, .html, .json or .txt")
            lines = [f"{path} exists and will be replaced"]
            if (
                path.is_file()
                and await self.ask("Replace it?", lines, [("replace", "Replace"), ("back", "Back")]) != "replace"
            ):
                return
            export(self.solved, str(self.session.path or DEFAULT_FILE), form, path)
        except AdvisorError as error:
            await self.tell(error, "Not written")
            return
        self.notify(f"Wrote {path}")

    @work
    async def action_leave(self) -> None:
        """Quit, after asking if answers are not saved."""
        if await self._may_leave("Quit"):
            self.app.exit(0)

    async def _may_leave(self, title: str) -> bool:
        """Whether the answers may be left behind."""
        if not self.session.is_unsaved:
            return True
        lines = ["You have unsaved changes."]
        choice = await self.ask(title, lines, [("save", "Save"), ("discard", "Discard"), ("back", "Back")])
        if choice == "save":
            return await self.save()
        if choice == "discard":
            self.drop_draft()
        return choice == "discard"
