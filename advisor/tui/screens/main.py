"""The questions on one side, the answer on the other: every answer is solved at once and painted when it is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widgets import Footer, Static

from advisor.catalog.records import Candidate
from advisor.errors import AdvisorError
from advisor.requirements.questionnaire import answers as replies
from advisor.requirements.questionnaire.parse_reply import DONT_KNOW
from advisor.requirements.questionnaire.questions import Question
from advisor.tui.answer_effects import AnswerEffects
from advisor.tui.format import counted
from advisor.tui.key_help import key_groups
from advisor.tui.reply_options import UNANSWERED, effect
from advisor.tui.screens.candidate import CandidateScreen
from advisor.tui.screens.compare import CompareScreen
from advisor.tui.screens.help import HelpScreen
from advisor.tui.screens.probe_actions import ProbingScreen
from advisor.tui.screens.review import review_screen
from advisor.tui.session import Session
from advisor.tui.solve import ruled_out_by
from advisor.tui.what_if import WhatIf, with_reply
from advisor.tui.widgets.frontier import Plot
from advisor.tui.widgets.questions import Questions
from advisor.tui.widgets.reply import Reply
from advisor.tui.widgets.row_list import Rows
from advisor.tui.widgets.ruled_out import RuledOut
from advisor.tui.widgets.title_bars import Headline, TitleBar
from advisor.tui.widgets.views import Views

_MOST_COMPARED = 4
_LEAST = Size(60, 18)
"""The smallest terminal on which the parts can be read."""


class MainScreen(ProbingScreen):
    """Composes the parts and carries answers between them and the sitting."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", tooltip="The question in view, what it moves, and all keys", priority=True),
        Binding("f2", "other_side", "Sides", tooltip="From the questions to the answer and back", priority=True),
        Binding("f3", "compare", "Compare", tooltip="The marked candidates side by side", priority=True, show=False),
        Binding("f4", "what_if", "What-if", tooltip="Try other answers to the question in view", priority=True),
        Binding("f5", "view('ruled-out')", "Out", tooltip="What is ruled out, and the ways back in", priority=True),
        Binding("f6", "view('frontier')", "Frontier", tooltip="Quality against cost as a picture", priority=True),
        Binding("f7", "view('ladder')", "Ladder", tooltip="Step down from the best", priority=True, show=False),
        Binding("f8", "dont_know", "Don't know", tooltip='Answer "I don\'t know" and go on', priority=True),
        Binding("f9", "template", "Template", tooltip="Start from a template", priority=True, show=False),
        Binding("f10", "view('map')", "Licenses", tooltip="Capability by license tier", priority=True, show=False),
        Binding("ctrl+n", "next_question", "Next", tooltip="The next open question", priority=True, show=False),
        Binding("ctrl+s", "save", "Save", tooltip="Save advisor.yaml", priority=True),
        Binding("ctrl+o", "open", "Open", tooltip="Open a file", priority=True, show=False),
        Binding("ctrl+e", "export", "Export", tooltip="Export the report", priority=True, show=False),
        Binding(
            "ctrl+r", "probe", "Probe", tooltip="Measure the latency of the marked or tied", priority=True, show=False
        ),
        Binding("ctrl+g", "portfolio", "Together", tooltip="Plan all jobs together", priority=True, show=False),
        Binding(
            "ctrl+l",
            "review",
            "License",
            tooltip="Review the license of the candidate under the cursor",
            priority=True,
            show=False,
        ),
        Binding("ctrl+z", "undo", "Undo", tooltip="Take the last answer back", priority=True, show=False),
        Binding("ctrl+y", "redo", "Redo", tooltip="Redo", priority=True, show=False),
        Binding("ctrl+t", "next_job", "Next job", tooltip="The next job of the file", priority=True, show=False),
        Binding("escape", "back", "Back", tooltip="Back to the questions; drops a what-if", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._marked: frozenset[str] = frozenset()
        self._out: Mapping[str, int] = {}
        self._effects = AnswerEffects()

    def compose(self) -> ComposeResult:
        """Bars above, two sides, keys below."""
        yield TitleBar()
        yield Headline()
        with Horizontal(id="sides"):
            with Vertical(id="left"):
                yield Questions(id="questions")
                yield Reply(id="reply")
            yield Views(id="right")
        yield Footer(compact=True)
        yield Static(id="too-small")

    def on_mount(self) -> None:
        """Begin in the questions; the program solves them when all is ready."""
        self.echo()
        if self._questions.page.first:
            self._questions.go_to(self._questions.page.first[0].id)
        self._questions.focus()
        self.call_after_refresh(self.refresh_bindings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Let keys that come while the screen is still being built do nothing."""
        return self.is_mounted

    @property
    def _questions(self) -> Questions:
        return self.query_one(Questions)

    @property
    def _reply(self) -> Reply:
        return self.query_one(Reply)

    @property
    def _question(self) -> Question | None:
        key = self._questions.question
        return self.session.questionnaire.question(key) if key else None

    def echo(self) -> None:
        """Show the answers, and what each was last known to rule out."""
        self._questions.show(self.session, self._out, self._effects.led(self.session))
        self.repaint_title()
        self._show_question()

    def paint(self) -> None:
        """Show the answer."""
        if self.solved is None:
            return
        found = self.solved.workload(self.session.workload)
        self._out = ruled_out_by(self.session.questionnaire, found) if found else {}
        self._effects.solved(self.solved)
        self.echo()
        base = self.trial.base if self.trial and self.session.is_what_if else None
        self.query_one(Headline).show(self.session, self.solved, base, effect(self.solved, self.session.workload))
        self.query_one(Views).show(self.session, self.solved, self._marked)

    def say_busy(self) -> None:
        """Say that an answer is under way."""
        self.query_one(Headline).say_busy()

    def repaint_title(self) -> None:
        """Show the file and the mode."""
        title = self.query_one(TitleBar)
        title.show(self.session, self.solved, narrow=self.has_class("-narrow"), probe=self.probe_words)

    def on_resize(self) -> None:
        """Show as much in the title as fits; a terminal that has room for nothing says so."""
        is_small = self.app.size.width < _LEAST.width or self.app.size.height < _LEAST.height
        if is_small:
            size, least = self.app.size, _LEAST
            words = f"This terminal has {size.width} x {size.height}; it takes {least.width} x {least.height}."
            self.query_one("#too-small", Static).update(words)
        self.set_class(is_small, "-small")
        self.repaint_title()
        if not is_small and self.focused is None:
            self._to_questions()

    def _show_question(self) -> None:
        if (question := self._question) is not None:
            effects = self.trial.effects if self.trial else {}
            did = self._effects.words(self.session, question)
            self._reply.show(self.session, question, what_if=self.trial is not None, effects=effects, did=did)
        elif (topic := self._questions.topic) is not None:
            self._reply.show_topic(topic)

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Show the question under the cursor; a what-if ends with its question."""
        if event.rows is not self._questions:
            return
        if self.trial is not None and event.key != self.trial.question.id:
            self._drop()
        self._show_question()

    def on_rows_pressed(self, event: Rows.Pressed) -> None:
        """Answer a question, or show a candidate in full."""
        if event.rows is self._questions:
            if self._questions.topic is not None:
                self._questions.toggle()
            else:
                self._reply.enter()
        elif event.key:
            self._open_candidate(event.key)

    def on_plot_pressed(self, event: Plot.Pressed) -> None:
        """Show a candidate in full."""
        self._open_candidate(event.key)

    def on_rows_marked(self, event: Rows.Marked) -> None:
        """Mark a candidate for comparison, or take the mark away."""
        if event.rows.id == "table" and event.key and self.solved is not None:
            self._marked ^= {event.key}
            self.query_one(Views).show(self.session, self.solved, self._marked)

    def _open_candidate(self, key: str) -> None:
        found = self.solved.workload(self.session.workload) if self.solved else None
        candidate = self._candidate(key)
        if found is not None and candidate is not None and self.solved is not None:
            lines = self.latency_lines(candidate)
            self.app.push_screen(CandidateScreen(self.session.catalog, self.solved, found, candidate, latency=lines))

    def _candidate(self, key: str) -> Candidate | None:
        """Return the candidate that a line of the answer stands for."""
        found = self.solved.workload(self.session.workload) if self.solved else None
        name = key.split(":", 2)[2] if key.startswith("out:") else key
        entry = (found.standing(name) or found.excluded.find(name)) if found else None
        return entry.candidate if entry is not None else None

    def action_review(self) -> None:
        """Review the license of the candidate under the cursor, the first where none is."""
        focused = self.focused
        keys = [focused.key] if isinstance(focused, Rows) and focused is not self._questions else []
        keys.append(self.query_one("#table", Rows).key)
        candidate = next((found for key in keys if key and (found := self._candidate(key))), None)
        self.app.push_screen(review_screen(self.session, self.solved, candidate))

    def action_review_repository(self) -> None:
        """Review any repository of the Hub."""
        self.app.push_screen(review_screen(self.session, self.solved, None))

    def on_reply_given(self, event: Reply.Given) -> None:
        """Take an answer, or say what is wrong with it."""
        try:
            answers = with_reply(self.session, event.question, event.reply)
            for name, reply in event.also.items():
                answers = replies.answer(self.session.questionnaire, answers, name, reply, self.session.workload)
        except AdvisorError as error:
            self._reply.complain(error.message)
            return
        before = self.solved if self.is_current else None
        self.session.step(answers)
        self._effects.given(self.session, event.question, before)
        self.changed()
        if event.done:
            self.pass_on()

    def on_reply_passed(self) -> None:
        """Go on from an answer of several parts."""
        self.pass_on()

    def on_reply_tried(self, event: Reply.Tried) -> None:
        """Show what an answer would change."""
        try:
            self.session.try_out(with_reply(self.session, event.question, event.reply))
        except AdvisorError as error:
            self._reply.complain(error.message)
            return
        self.repaint_title()
        self.solve_next()

    def on_reply_kept(self) -> None:
        """Let what was tried stand."""
        self.session.keep()
        self._leave_trial()

    def on_ruled_out_taken(self, event: RuledOut.Taken) -> None:
        """Make the change that lets candidates back in."""
        try:
            self.session.step(self.session.with_edits(event.relaxation.edits))
        except AdvisorError as error:
            self.notify(error.message, severity="error")
            return
        self.notify(f"Done: {event.relaxation.change}. Ctrl+Z takes it back.")
        self.changed()

    def action_help(self) -> None:
        """Help on the question in view, and all keys."""
        question, moves = self._question, ""
        found = self.solved.workload(self.session.workload) if self.solved else None
        if question is not None and found is not None:
            count = self._out.get(question.id, 0)
            total = len(found.standings) + len(found.excluded)
            moves = f"As it is answered now, it rules out at least {counted(count, 'candidate')} of {total:,}."
        self.app.push_screen(HelpScreen(question, moves, key_groups(self.BINDINGS)))

    def action_other_side(self) -> None:
        """Go to the other side; on a narrow screen it takes the place of the first."""
        if self.query_one("#right").has_focus_within:
            self._to_questions()
        else:
            self.action_view("answer")

    def action_view(self, name: str) -> None:
        """Bring a view of the answer into sight and into focus."""
        self.add_class("-answers")
        views = self.query_one(Views)
        views.switch(name)
        self.call_after_refresh(views.enter)

    def _to_questions(self) -> None:
        self.remove_class("-answers")
        self.call_after_refresh(self._questions.focus)

    def action_compare(self) -> None:
        """Compare what is marked, else the first few."""
        found = self.solved.workload(self.session.workload) if self.solved else None
        if found is None or len(found.standings) < 2:  # noqa: PLR2004 - one has nothing to stand beside
            self.notify("There are no two candidates that pass.", severity="warning")
            return
        marked = [s.candidate for s in found.standings if s.id in self._marked]
        if len(marked) == 1 or len(marked) > _MOST_COMPARED:
            self.notify(f"Mark two to {_MOST_COMPARED} with Space; {len(marked)} are marked.", severity="warning")
            return
        candidates = marked or [s.candidate for s in found.standings[:3]]
        self.app.push_screen(CompareScreen(self.session.catalog, candidates, self.solved))

    def action_what_if(self) -> None:
        """Try other answers to the question in view; a second time drops them."""
        question = self._question
        if self.trial is not None:
            self._drop()
        elif question is not None and self.solved is not None:
            self._to_left()
            self.trial = WhatIf(self.session, question, effect(self.solved, self.session.workload))
            self.session.try_out(self.session.kept)
            self.paint()
            self._reply.enter()
            self.solve_next()

    def _to_left(self) -> None:
        self.remove_class("-answers")

    def _drop(self) -> None:
        self.session.drop()
        self._leave_trial()

    def _leave_trial(self) -> None:
        self.trial = None
        self.paint()
        self.changed()
        self._questions.focus()

    def action_back(self) -> None:
        """Drop a what-if, else go back to the questions."""
        if self.trial is not None:
            self._drop()
        else:
            self._to_questions()

    def action_leave_reply(self) -> None:
        """Do the same from within the reply."""
        self.action_back()

    def action_dont_know(self) -> None:
        """Answer the question in view with "I don't know" and go on."""
        if (question := self._question) is not None:
            self.on_reply_given(Reply.Given(question.id, DONT_KNOW, done=True))

    def action_clear_reply(self) -> None:
        """Take the answer to the question in view back."""
        if (question := self._question) is not None:
            self.on_reply_given(Reply.Given(question.id, UNANSWERED, done=False))

    def pass_on(self) -> None:
        """Go on: through what decides most; after that the rest is the person's own choice."""
        current, first = self._questions.question, [question.id for question in self._questions.page.first]
        if current not in first:
            self.action_next_question()
        elif not self._go_to_open(_around(first, current)):
            self.notify(
                "What decides most is answered. F2 shows the answer, Ctrl+S saves it; more questions stand below."
            )
            self._questions.focus()

    def action_next_question(self) -> None:
        """Go to the next question without an answer, past the end from the beginning."""
        page = self._questions.page
        names = [one.id for one in (*page.first, *(one for topic in page.topics for one in topic.questions))]
        if not self._go_to_open(_around(names, self._questions.question)):
            self.notify("Every question has an answer.")
            self._questions.focus()

    def _go_to_open(self, names: Iterable[str]) -> bool:
        """Go to the first of these without an answer; whether there is one."""
        for name in names:
            if name not in self.session.given(self.session.questionnaire.question(name)):
                was_typing = self._reply.has_focus_within
                self._questions.go_to(name)
                self._show_question()
                if was_typing:
                    self._reply.enter()
                return True
        return False

    def begin_answering(self) -> None:
        """Put the focus where the first answer is given, so that the arrows choose it."""
        self._questions.focus()
        self._reply.enter()


def _around(names: Sequence[str], current: str | None) -> Sequence[str]:
    """Return the names after the current one, then those before it."""
    start = names.index(current) + 1 if current in names else 0
    return (*names[start:], *names[:start])
