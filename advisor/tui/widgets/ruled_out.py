"""What is ruled out, by cause, each with the smallest change that lets candidates back in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from advisor.solver.answer import Relaxation, WorkloadAdvice
from advisor.tui.format import listed
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows

_MOST = 60
"""Candidates named under an opened cause."""

_MOST_CONFLICTS = 3

_COLUMNS = (
    ListColumn("", 3),
    ListColumn("Required, and the way back in"),
    ListColumn("", 11, right=True),
    ListColumn("", 16, right=True),
)


class Causes(Rows):
    """The lines; a digit takes the way of that number."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(digit), f"take({digit})", f"Take way {digit}", show=False) for digit in range(1, 10)),
        Binding("enter", "press", "Open the cause, take the way", show=False),
    ]

    def action_take(self, number: int) -> None:
        """Take a way by its number."""
        if f"way:{number}" in self.keys:
            self.post_message(self.Pressed(self, f"way:{number}"))


class RuledOut(Vertical):
    """Causes, those that can be mended first; each opens to the candidates that it keeps out."""

    DEFAULT_CSS = "RuledOut { Causes { height: 1fr; } }"

    class Taken(Message):
        """A way back in was chosen."""

        def __init__(self, relaxation: Relaxation) -> None:
            super().__init__()
            self.relaxation = relaxation

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: WorkloadAdvice | None = None
        self._ways: tuple[Relaxation, ...] = ()
        self._open: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """One list."""
        yield Causes(id="causes", press_on_click=True)

    def show(self, session: Session, solved: SolvedAnswers) -> None:
        """Show what is ruled out for the workload in view."""
        self._found = solved.workload(session.workload)
        self._fill()

    def _fill(self) -> None:
        found = self._found
        if found is None or not found.excluded:
            words = "No candidate is ruled out." if found else "There is no answer yet."
            self._causes.fill([ListRow(None, (Cell(words, "dim"),))], (ListColumn(""),))
            return
        counts = found.excluded.counts
        ways = {name: [way for way in found.relaxations if way.constraints == (name,)] for name in counts}
        order = sorted(counts, key=lambda name: (not ways[name], -counts[name][0], name))
        together = [way for way in found.relaxations if way not in (one for listed in ways.values() for one in listed)]
        self._ways = (*(way for name in order for way in ways[name]), *together)
        rows = [row for name in order for row in self._group(found, name, counts[name], ways[name])]
        if together:
            rows += [ListRow(None, (Cell("Several changes at once", "title"),)), *map(self._way, together)]
        self._causes.fill([*_conflicts(found), *rows, *_nearest(found)], _COLUMNS)

    @property
    def _causes(self) -> Causes:
        return self.query_one("#causes", Causes)

    def _group(
        self, found: WorkloadAdvice, name: str, counts: tuple[int, int], ways: Sequence[Relaxation]
    ) -> Iterator[ListRow]:
        """Yield a cause with how many it rules out, with others and alone; the ways back in.

        Its candidates if it is open.
        """
        count, alone = counts
        is_open = name in self._open
        by_it = Cell(f"{alone:,} by it alone" if alone else "", "dim")
        required = Cell(found.required.get(name, name), "strong")
        yield ListRow(f"cause:{name}", (Cell("▼" if is_open else "▶"), required, Cell(f"{count:,} out", "bad"), by_it))
        yield from map(self._way, ways)
        if is_open:
            yield from self._candidates(found, name)

    def _way(self, way: Relaxation) -> ListRow:
        number = self._ways.index(way) + 1
        sign = Cell(f"[{number}]" if number < 10 else "[·]", "accent")  # noqa: PLR2004 - there are nine digits
        gained = Cell(f"adds {len(way.lets_in):,}", "good")
        return ListRow(f"way:{number}", (sign, Cell(way.change, "good"), gained, Cell("")))

    @staticmethod
    def _candidates(found: WorkloadAdvice, name: str) -> Iterator[ListRow]:
        """Yield the candidates behind a cause, those that it keeps out alone first."""
        out = sorted((o for o in found.excluded if name in o.constraints), key=lambda o: (len(o.constraints), o.id))
        for one in out[:_MOST]:
            cause = next(cause for cause in one.because if cause.constraint == name)
            others = [other for other in one.constraints if other != name]
            also = f"; also {listed(others, 2)}" if others else ""
            yield ListRow(f"out:{name}:{one.id}", (Cell(f"    {one.id}: {cause.found}{also}"),))
        if len(out) > _MOST:
            yield ListRow(None, (Cell(f"    and {len(out) - _MOST:,} more", "dim"),))

    def on_rows_pressed(self, event: Rows.Pressed) -> None:
        """Open a cause or take a way; a candidate is the screen's."""
        kind, _, rest = (event.key or "").partition(":")
        if kind == "out":
            return
        event.stop()
        if kind == "cause":
            self._open ^= {rest}
            self._fill()
        elif kind == "way":
            self.post_message(self.Taken(self._ways[int(rest) - 1]))


def _nearest(found: WorkloadAdvice) -> Iterator[ListRow]:
    """Yield the candidates that are out for the least, each with what would let it in."""
    if found.nearest_misses:
        yield ListRow(None, (Cell("Nearest misses", "title"),))
    for miss in found.nearest_misses:
        yield ListRow(f"out:nearest:{miss.candidate}", (Cell(f"    {miss.candidate}: {miss.change}"),))


def _conflicts(found: WorkloadAdvice) -> Iterator[ListRow]:
    """Where nothing passes: the smallest sets of requirements that no candidate satisfies together."""
    if found.standings:
        return
    for conflict in found.conflicts[:_MOST_CONFLICTS]:
        yield ListRow(None, (Cell(f"✗ never together: {' and '.join(conflict.required)}", "bad"),))
    if len(found.conflicts) > _MOST_CONFLICTS:
        yield ListRow(None, (Cell(f"  and {len(found.conflicts) - _MOST_CONFLICTS:,} more such sets", "dim"),))
