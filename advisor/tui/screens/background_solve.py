"""Solving beside the screen: the newest answers first, alternatives of a what-if last, one at a time."""

from __future__ import annotations

from time import monotonic

from textual import work
from textual.message import Message

from advisor.requirements.questionnaire.answers import Answers, add_workload, remove_workload
from advisor.tui.screens.file_actions import FilingScreen
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.what_if import WhatIf

_BUSY_AFTER_S = 0.15
"""After this long a person wonders whether anything happens."""

_QUICK_S = 0.03
"""When the last answer took less, the next is solved on the spot: a thread would take longer to come round."""


class LiveScreen(FilingScreen):
    """A screen that solves what changes; unless the solver is quick it runs in a thread, which only sends messages."""

    class Found(Message):
        """Answers are solved; ``key`` names the alternative of a what-if, None the answers in view."""

        def __init__(self, key: str | None, solved: SolvedAnswers, trial: WhatIf | None) -> None:
            super().__init__()
            self.key, self.solved, self.trial = key, solved, trial

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.trial: WhatIf | None = None
        self._busy = False
        self._last_s = float("inf")

    def echo(self) -> None:
        """Show the answers themselves, before they are solved."""

    def paint(self) -> None:
        """Show what ``solved`` holds."""

    def say_busy(self) -> None:
        """Say that an answer is under way."""

    def changed(self) -> None:
        """Echo the answers at once, then solve them; a what-if that is over leaves no trace."""
        if not self.session.is_what_if:
            self.trial = None
            self.keep_draft()
        self.echo()
        self.solve_next()

    @property
    def is_busy(self) -> bool:
        """Whether something is being solved, or is still to be."""
        return self._busy or not self.is_current or bool(self.trial and self.trial.next())

    @property
    def is_current(self) -> bool:
        """Whether what is painted belongs to the answers in view."""
        found = self.solved
        return found is not None and found.answers == self.session.answers and found.measured is self.session.measured

    def solve_next(self) -> None:
        """Solve the answers in view if they are not, else the next alternative of a what-if."""
        if self._busy:
            return
        if not self.is_current:
            known = self.trial.find(self.session.answers) if self.trial else None
            if known is None:
                self._start(None, self.session.answers)
                return
            self._take(known)
        alternative = self.trial.next() if self.trial else None
        if alternative is not None:
            self._start(*alternative)

    def _start(self, key: str | None, answers: Answers) -> None:
        self._busy = True
        if key is None and self._last_s < _QUICK_S:
            self.on_live_screen_found(self._found(None, answers, self.trial))
            return
        if key is None:
            self.set_timer(_BUSY_AFTER_S, self._wonder)
        self._solve(key, answers, self.trial)

    def _wonder(self) -> None:
        if self._busy and not self.is_current:
            self.say_busy()

    @work(thread=True)
    def _solve(self, key: str | None, answers: Answers, trial: WhatIf | None) -> None:
        self.post_message(self._found(key, answers, trial))

    def _found(self, key: str | None, answers: Answers, trial: WhatIf | None) -> Found:
        began = monotonic()
        solved = self.session.solve(answers)
        self._last_s = monotonic() - began
        return self.Found(key, solved, trial)

    def on_live_screen_found(self, event: Found) -> None:
        """Paint what was found; answers that were overtaken by others are painted too, and soon painted over."""
        self._busy = False
        if event.key is None:
            self._take(event.solved)
        elif event.trial is not None and event.trial is self.trial:
            event.trial.record(event.key, event.solved)
            self.echo()
        self.solve_next()

    def _take(self, solved: SolvedAnswers) -> None:
        self.solved = solved
        self.paint()

    def action_undo(self) -> None:
        """Take the last step back."""
        if not self.session.can_undo:
            self.notify("There is nothing to undo.")
        self.session.undo()
        self.changed()

    def action_redo(self) -> None:
        """Take it again."""
        self.session.redo()
        self.changed()

    def action_next_job(self) -> None:
        """Show the next workload of the file."""
        self.session.workload = (self.session.workload + 1) % len(self.session.answers.workloads)
        self.paint()

    def action_add_job(self) -> None:
        """Add a workload and show it."""
        self.session.step(add_workload(self.session.kept))
        self.session.workload = len(self.session.kept.workloads) - 1
        self.changed()

    def action_remove_job(self) -> None:
        """Remove the workload in view; undo brings it back."""
        self.session.step(remove_workload(self.session.kept, self.session.workload))
        self.changed()
