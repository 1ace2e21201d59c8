"""The questions with their answers: the six that decide most, then the rest by topic, with what each rules out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from advisor.requirements.questionnaire.parse_reply import DONT_KNOW
from advisor.requirements.questionnaire.questions import Question
from advisor.tui.format import label, reply_words
from advisor.tui.reply_options import UNANSWERED
from advisor.tui.session import Session
from advisor.tui.topics import Page, Topic, page_of
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows

_COLUMNS = (ListColumn("", 1), ListColumn("", 17), ListColumn(""), ListColumn("", 8, right=True))
_TOPIC = "topic:"


class Questions(Rows):
    """One line a question, under the titles of their sections; a topic opens to its questions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace", "screen.clear_reply", "Clear the answer", show=False),
        Binding("question_mark", "screen.dont_know", "I don't know", show=False),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._session: Session | None = None
        self._out: Mapping[str, int] = {}
        self._led: Collection[str] = ()
        self._open: frozenset[str] = frozenset()
        self.page = Page((), ())

    @property
    def topic(self) -> Topic | None:
        """The topic under the cursor, if it is one."""
        name = (self.key or "").removeprefix(_TOPIC)
        return next((one for one in self.page.topics if self.key == f"{_TOPIC}{name}" and one.section.id == name), None)

    @property
    def question(self) -> str | None:
        """The id of the question under the cursor, if it is one."""
        return self.key if self.key and not self.key.startswith(_TOPIC) else None

    def show(self, session: Session, out: Mapping[str, int], led: Collection[str] = ()) -> None:
        """Show the questions of a sitting.

        ``out`` counts by question what its answer rules out, ``led`` names those whose answer changed who is first.
        """
        self._session, self._out, self._led = session, out, led
        self.page = page_of(session)
        self._fill()

    def go_to(self, key: str) -> None:
        """Put the cursor on a question; the topic that it stands behind is opened."""
        section = self.page.topic_of(key)
        if section is not None and section not in self._open:
            self._open |= {section}
            self._fill()
        super().go_to(key)

    def toggle(self) -> None:
        """Open or close the topic under the cursor."""
        if (topic := self.topic) is not None:
            self._open ^= {topic.section.id}
            self._fill()

    def on_click(self, event: events.Click) -> None:
        """Go to the line under the mouse; a topic opens at once."""
        super().on_click(event)
        if self.topic is not None and event.chain == 1:
            self.action_press()

    def _fill(self) -> None:
        if self._session is None:
            return
        self.fill(list(self._lines(self._session)), _COLUMNS)
        shown = self._session.visible()
        answered = sum(question.id in self._session.given(question) for question in shown)
        self.border_title = f"Questions · {answered} of {len(shown)} answered"
        self.border_subtitle = "-n: n ruled out · ▶: it changed the first" if self._out or self._led else ""

    def _lines(self, session: Session) -> Iterator[ListRow]:
        yield ListRow(None, (Cell("What decides most", "title"),))
        yield from (self._line(session, question) for question in self.page.first)
        if self.page.topics:
            yield ListRow(None, (Cell("More, by topic", "title"),))
        for topic in self.page.topics:
            is_open = topic.section.id in self._open
            yield self._topic(session, topic, is_open=is_open)
            if is_open:
                yield from (self._line(session, question, indent=" ") for question in topic.questions)

    def _line(self, session: Session, question: Question, indent: str = "") -> ListRow:
        value = session.given(question).get(question.id, UNANSWERED)
        out, first = self._out.get(question.id, 0), "▶" if question.id in self._led else ""
        name = indent + label(question)
        if value is UNANSWERED:
            return ListRow(question.id, (Cell("·", "dim"), Cell(name, "dim"), Cell(""), Cell("")))
        count = Cell((f"-{out:,}" if out else "") + first, "bad")
        words = reply_words(question, value)
        if value is DONT_KNOW:
            return ListRow(question.id, (Cell("?", "warn"), Cell(name), Cell(words, "dim"), count))
        return ListRow(question.id, (Cell("✓", "good"), Cell(name), Cell(words, "strong"), count))

    def _topic(self, session: Session, topic: Topic, *, is_open: bool) -> ListRow:
        given = [(one, session.given(one)[one.id]) for one in topic.questions if one.id in session.given(one)]
        count = f"  {len(given)} of {len(topic.questions)}" if given else f"  {len(topic.questions)}"
        words = "" if is_open else ", ".join(reply_words(one, value) for one, value in given if value is not DONT_KNOW)
        text = f"{'▾' if is_open else '▹'} {topic.section.title}{count}{f': {words}' if words else ''}"
        return ListRow(f"{_TOPIC}{topic.section.id}", (Cell(text, "" if given else "dim"),))
