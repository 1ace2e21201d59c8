"""Help: the question in view, what it moves, and every key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from advisor.requirements.questionnaire.parse_reply import expected
from advisor.requirements.questionnaire.questions import Question

KeyGroups = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Titles with pairs of keys and what they do."""


class HelpScreen(ModalScreen[None]):
    """Text to read; Esc or F1 goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f1", "dismiss(None)", "Back")]

    def __init__(self, question: Question | None, moves: str, keys: KeyGroups) -> None:
        super().__init__()
        self._question, self._moves, self._key_groups = question, moves, keys

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(classes="dialog -wide") as box:
            box.border_title = "Help"
            box.border_subtitle = "↑↓ scroll · Esc goes back"
            yield Static(Content("\n").join([*self._about(), *self._keys()]))

    def _about(self) -> list[Content]:
        question = self._question
        if question is None:
            return []
        return [
            Content.styled(question.text, "bold"),
            Content(question.help),
            Content(f"I don't know: {question.unknown}."),
            Content(f"An answer is {expected(question)}. It sets {question.key} in advisor.yaml."),
            Content.styled(self._moves, "$text-accent"),
        ]

    def _keys(self) -> list[Content]:
        lines = []
        for title, entries in self._key_groups:
            lines.append(Content.assemble("\n", (title, "bold $text-accent")))
            lines += [Content.assemble((f"  {keys:<12}", "bold"), words) for keys, words in entries]
        return lines
