"""One question in full: what it asks, what it changes, and the ways to answer it."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from advisor.requirements.questionnaire.parse_reply import DONT_KNOW
from advisor.requirements.questionnaire.questions import Question
from advisor.tui.format import label
from advisor.tui.reply_options import (
    UNANSWERED,
    Option,
    alternatives,
    listed_choices,
    options,
    ready_made,
    takes_text,
)
from advisor.tui.session import Session
from advisor.tui.topics import Topic
from advisor.tui.widgets.row_list import GAP, POINTER, Cell, ListColumn, ListRow, Rows

_ON = "on"
"""The key of the line that ends an answer of several parts."""

_PLAIN = (ListColumn("", 3), ListColumn(""))
_WITH_EFFECT = (ListColumn("", 3), ListColumn(""), ListColumn("changes", 15, right=True))


class Reply(Vertical):
    """The question with a field to type in, choices, or both; in what-if, choices with what they would change."""

    DEFAULT_CSS = """
    Reply {
        #text { text-style: bold; }
        #help { color: $text-muted; }
        #did { color: $text-accent; display: none; }
        #did.shown { display: block; }
        #problem { color: $text-error; display: none; }
        #problem.shown { display: block; }
        Input { display: none; }
        Input.shown { display: block; }
        Rows { height: 1fr; margin-top: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.leave_reply", "Back", show=False),
        Binding("down", "to_options", "Choices", show=False),
        Binding("right", "pass", "Go on", show=False),
    ]

    class Given(Message):
        """An answer; ``done`` says that the person is through with the question, ``also`` answers others with it."""

        def __init__(self, question: str, reply: Any, *, done: bool, also: Mapping[str, Any] | None = None) -> None:
            super().__init__()
            self.question, self.reply, self.done, self.also = question, reply, done, also or {}

    class Tried(Message):
        """An answer to look at without giving it."""

        def __init__(self, question: str, reply: Any) -> None:
            super().__init__()
            self.question, self.reply = question, reply

    class Passed(Message):
        """The person is through with the question."""

    class Kept(Message):
        """What was tried shall stand."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._question: Question | None = None
        self._options: Mapping[str, Option] = {}
        self._shown: tuple[Any, ...] | None = None
        self._what_if = False
        self._effects: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        """From the question to the answers."""
        yield Static(id="text", markup=False)
        yield Static(id="help", markup=False)
        yield Static(id="did", markup=False)
        yield Input(compact=True, id="field")
        yield Static(id="problem", markup=False)
        yield Rows(id="options", press_on_click=True)

    @property
    def _rows(self) -> Rows:
        return self.query_one("#options", Rows)

    @property
    def _field(self) -> Input:
        return self.query_one("#field", Input)

    def show(
        self, session: Session, question: Question, *, what_if: bool, effects: Mapping[str, str], did: str = ""
    ) -> None:
        """Show a question; ``effects`` says by option what it would change, while something is tried out.

        ``did`` says what the answer that stands has changed.
        """
        self._question, self._what_if = question, what_if
        given = session.kept.to(question, session.workload) if what_if else session.given(question)
        state = (question.id, session.workload, given.get(question.id, UNANSWERED), what_if)
        is_new = self._shown is None or state[:2] != self._shown[:2] or what_if != self._shown[-1]
        if state != self._shown:
            # Where the person is not choosing, the cursor follows the answer: a template or undo has changed it.
            is_new = is_new or not self.has_focus_within
            self._shown = state
            self._reset(session, question, given, what_if=what_if)
        self.set_class(bool(did) and not what_if, "-did")
        self.query_one("#did", Static).set_class(bool(did) and not what_if, "shown")
        self.query_one("#did", Static).update(Content(f"It did: {did}." if did else ""))
        find = alternatives if what_if else options
        found = find(question, given, session.catalog)
        if not what_if:
            found = (*ready_made(question, {**session.answers.whole, **given}, session.gpus), *found)
        self._options = {option.key: option for option in found}
        self._effects = effects
        self._rows.press_on_click = not what_if
        with self._rows.prevent(Rows.Moved):
            self._fill()
            if is_new:
                self._to_current()

    def show_topic(self, topic: Topic) -> None:
        """Show what is asked under a topic."""
        self._question, self._shown, self._options = None, None, {}
        self.border_title, self.border_subtitle = topic.section.title, "Enter opens and closes it"
        self.query_one("#text", Static).update(Content(f"{len(topic.questions)} more questions."))
        self.query_one("#help", Static).update(Content(" ".join(question.text for question in topic.questions)))
        self.set_class(False, "-did")
        self.query_one("#did", Static).set_class(False, "shown")
        self.complain(None)
        self._field.set_class(False, "shown")
        self._rows.fill([], _PLAIN)

    def on_resize(self) -> None:
        """Break the choices anew."""
        with self._rows.prevent(Rows.Moved):
            self._fill()

    def _fill(self) -> None:
        """Put the choices into lines: one that is longer than the list goes on below, so that none is cut."""
        if self._question is None:
            return
        columns = _WITH_EFFECT if self._what_if else _PLAIN
        taken = len(POINTER) + sum(column.width + GAP for column in columns) + 1
        room = max(12, self._rows.size.width - taken) if self._rows.size.width else 0
        rows: list[ListRow] = []
        for option in self._options.values():
            effect = self._effects.get(option.key, "…") if self._what_if else None
            rows += _lines(option, effect, room)
        if _is_several(self._question) and not self._what_if:
            rows.append(ListRow(_ON, (Cell("→", "accent"), Cell("go on to the next question"))))
        self._rows.fill(rows, columns)

    def _reset(self, session: Session, question: Question, given: Mapping[str, Any], *, what_if: bool) -> None:
        """Fill the parts that a person may have changed since."""
        value = given.get(question.id, UNANSWERED)
        self.border_title = f"What if · {label(question)}" if what_if else label(question).capitalize()
        ways = "Enter puts in and takes out · → goes on" if _is_several(question) and not what_if else ""
        self.border_subtitle = ways or question.key
        self.query_one("#text", Static).update(Content(question.text))
        help_ = "Move to try an answer: Enter keeps it, Esc drops it." if what_if else question.help
        more = "" if what_if else f" Don't know: {question.unknown}."
        self.query_one("#help", Static).update(Content(f"{help_}{more}"))
        self.complain(None)
        self._field.set_class(takes_text(question), "shown")
        names = [choice.value for choice in listed_choices(question, session.catalog)]
        with self._field.prevent(Input.Changed):
            self._field.value = _typed(value)
            self._field.placeholder = question.unit or ("names, with commas" if question.kind == "names" else "")
            self._field.suggester = SuggestFromList(names) if names and question.kind != "names" else None

    def complain(self, message: str | None) -> None:
        """Say what is wrong with what was typed; None takes it back."""
        problem = self.query_one("#problem", Static)
        problem.set_class(message is not None, "shown")
        problem.update(Content(f"✗ {message}" if message else ""))

    def enter(self) -> None:
        """Put the focus where the answer is most likely given."""
        question = self._question
        typed = question is not None and takes_text(question) and (question.kind == "number" or len(self._options) <= 1)
        (self._field if typed and not self._what_if else self._rows).focus()

    def action_to_options(self) -> None:
        """Go from the field to the choices."""
        self._rows.focus()

    def action_pass(self) -> None:
        """Go on from an answer of several parts."""
        if self._question is not None and _is_several(self._question) and not self._what_if:
            self.post_message(self.Passed())

    def _to_current(self) -> None:
        """Put the cursor on what is chosen, else on the first line."""
        current = next((key for key, option in self._options.items() if option.sign not in ("( )", "[ ]")), None)
        if current is not None:
            self._rows.go_to(current)
        else:
            self._rows.action_edge(0)

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Try what the cursor came to."""
        event.stop()
        option = self._options.get(event.key or "") if self._what_if and self._rows.has_focus else None
        if option is not None and self._question is not None:
            self.post_message(self.Tried(self._question.id, option.reply))

    def on_rows_pressed(self, event: Rows.Pressed) -> None:
        """Answer with the line, or keep what is tried."""
        event.stop()
        if self._what_if:
            self.post_message(self.Kept())
        else:
            self._give(event.key, done=True)

    def on_rows_marked(self, event: Rows.Marked) -> None:
        """Answer with the line and stay."""
        event.stop()
        if not self._what_if:
            self._give(event.key, done=False)

    def _give(self, key: str | None, *, done: bool) -> None:
        option = self._options.get(key or "")
        if key == _ON:
            self.post_message(self.Passed())
        if option is None or self._question is None:
            return
        stays = _is_several(self._question) and option.reply is not DONT_KNOW
        self.post_message(self.Given(self._question.id, option.reply, done=done and not stays, also=option.also))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with what was typed; an empty field is no answer."""
        event.stop()
        if self._question is None:
            return
        if self._what_if:
            self.post_message(self.Kept())
            return
        self.post_message(self.Given(self._question.id, event.value.strip() or UNANSWERED, done=True))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Try what is typed while in what-if."""
        event.stop()
        self.complain(None)
        if self._what_if and self._question is not None and event.value.strip():
            self.post_message(self.Tried(self._question.id, event.value.strip()))


def _is_several(question: Question) -> bool:
    """Whether an answer has several parts, so that none of them ends it."""
    return question.kind in ("choices", "names", "order")


def _lines(option: Option, effect: str | None, room: int) -> list[ListRow]:
    """Return the lines of a choice; the cursor stops at the first."""
    chosen = option.sign not in ("( )", "[ ]")
    style = "strong" if chosen else ""
    first, *rest = wrap(option.label, room) if room else [option.label]
    cells = (Cell(option.sign, "accent" if chosen else ""), Cell(first, style))
    rows = [ListRow(option.key, cells if effect is None else (*cells, Cell(effect, "dim")))]
    return rows + [ListRow(None, (Cell(""), Cell(line, style))) for line in rest]


def _typed(value: Any) -> str:
    """Return an answer as a person would type it."""
    if value is UNANSWERED or value is DONT_KNOW:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
