"""The questions with their answers, and how many candidates each answer rules out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from advisor.requirements.questionnaire.parse_reply import DONT_KNOW
from advisor.requirements.questionnaire.questions import Question
from advisor.tui.format import label, reply_words
from advisor.tui.reply_options import UNANSWERED
from advisor.tui.session import Session
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows

_COLUMNS = (ListColumn("", 1), ListColumn("", 17), ListColumn(""), ListColumn("", 6, right=True))


class Questions(Rows):
    """One line a question, under the titles of their sections."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace", "screen.clear_reply", "Clear the answer", show=False),
        Binding("question_mark", "screen.dont_know", "I don't know", show=False),
    ]

    def show(self, session: Session, out: Mapping[str, int]) -> None:
        """Show the questions of a sitting; ``out`` counts by question what its answer rules out."""
        rows: list[ListRow] = []
        section = None
        shown = session.visible()
        for question in shown:
            if question.section != section:
                section = question.section
                rows.append(ListRow(None, (Cell(session.questionnaire.title(section), "title"),)))
            value = session.given(question).get(question.id, UNANSWERED)
            rows.append(ListRow(question.id, _cells(question, value, out.get(question.id, 0))))
        self.fill(rows, _COLUMNS)
        answered = sum(question.id in session.given(question) for question in shown)
        self.border_title = f"Questions · {answered} of {len(shown)} answered"
        self.border_subtitle = "-n: n candidates ruled out" if out else ""


def _cells(question: Question, value: object, out: int) -> tuple[Cell, ...]:
    if value is UNANSWERED:
        return Cell("·", "dim"), Cell(label(question), "dim"), Cell(""), Cell("")
    count = Cell(f"-{out:,}" if out else "", "bad")
    words = reply_words(question, value)
    if value is DONT_KNOW:
        return Cell("?", "warn"), Cell(label(question)), Cell(words, "dim"), count
    return Cell("✓", "good"), Cell(label(question)), Cell(words, "strong"), count
