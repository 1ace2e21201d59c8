"""Every key with what it does, read from the bindings themselves: for the help screen and the guide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.binding import Binding, BindingType

_NAMES = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "delete": "Del",
    "backspace": "Backspace",
    "question_mark": "?",
}


def key_groups(everywhere: Iterable[BindingType]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Titles with pairs of keys and words; ``everywhere`` are the bindings of the main screen."""
    from advisor.tui.screens.portfolio import PortfolioScreen
    from advisor.tui.screens.probe import ProbeScreen
    from advisor.tui.screens.review import ReviewScreen
    from advisor.tui.widgets.answer import Answer, Table
    from advisor.tui.widgets.frontier import Plot
    from advisor.tui.widgets.questions import Questions
    from advisor.tui.widgets.row_list import Rows
    from advisor.tui.widgets.ruled_out import Causes

    fixed = [("Ctrl+P", "All commands"), ("Tab", "Next part of the screen"), ("Ctrl+Q", "Quit")]
    return [
        ("Everywhere", [*_entries(everywhere), *fixed]),
        ("In any list", list(_entries(Rows.BINDINGS))),
        ("In the questions", list(_entries(Questions.BINDINGS))),
        ("In the answer", [*_entries(Table.BINDINGS), *_entries(Answer.BINDINGS)]),
        ("In what is ruled out", list(_merged(_entries(Causes.BINDINGS)))),
        ("In the frontier", list(_entries(Plot.BINDINGS))),
        ("In the plan of all jobs", list(_entries(PortfolioScreen.BINDINGS))),
        ("In a probe", list(_entries(ProbeScreen.BINDINGS))),
        ("In a license review", list(_entries(ReviewScreen.BINDINGS))),
    ]


def markdown(everywhere: Iterable[BindingType]) -> str:
    """Return the same as tables of the guide."""
    parts = []
    for title, entries in key_groups(everywhere):
        rows = "\n".join(f"| {keys} | {words} |" for keys, words in entries)
        parts.append(f"### {title}\n\n| key | does |\n| --- | --- |\n{rows}\n")
    return "\n".join(parts)


def _entries(bindings: Iterable[BindingType]) -> Iterator[tuple[str, str]]:
    for binding in bindings:
        if isinstance(binding, Binding):
            yield " ".join(key_words(key) for key in binding.key.split(",")), binding.tooltip or binding.description


def _merged(entries: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the nine digits as one entry."""
    digits = False
    for keys, words in entries:
        if keys.isdigit():
            if not digits:
                yield "1 … 9", "Take the way back in of that number"
            digits = True
        else:
            yield keys, words


def key_words(key: str) -> str:
    """Return a key as it is printed on the keyboard."""
    if key.startswith("ctrl+"):
        return f"Ctrl+{key.removeprefix('ctrl+').upper()}"
    return _NAMES.get(key, key.upper() if key[0] == "f" and key[1:].isdigit() else key)
