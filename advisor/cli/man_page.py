"""The manual page, in the man macros of troff: every command as it explains itself with ``--help``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from advisor.version import __version__

EXIT_CODES = {
    "0": "Done, and nothing to say against it.",
    "1": "Findings, nothing passes, or a decision is overturned.",
    "2": "Wrong usage, or a wrong file.",
    "3": "Undecided: something is unknown that may not pass by itself.",
    "4": "A source could not be reached.",
    "70": "A fault of advisor's own.",
    "130": "Interrupted.",
}
FILES = {
    "advisor.yaml": "What your product needs.",
    "advisor.lock": "The decision and all that it rests on.",
    ".advisor/": "What was measured in this folder: probes and evaluations.",
}


def man_page(commands: Sequence[tuple[str, click.Command]], settings: Mapping[str, Any]) -> str:
    """Return the page of the commands, the first of which is the whole program; ``settings`` are of their contexts."""
    (_, whole), *others = commands
    lines = [
        f'.TH ADVISOR 1 "" "advisor {__version__}" "User Commands"',
        ".ad l",
        ".SH NAME",
        r"advisor \- which language model to use, whether you may, and whether it is still the right one",
        ".SH SYNOPSIS",
        ".B advisor",
        r"[\fICOMMAND\fR] [\fIOPTIONS\fR] [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        *_paragraphs(whole.help or ""),
        ".SH COMMANDS",
        *(line for name, command in others for line in _command(name, command, settings)),
        ".SH EXIT STATUS",
        *_defined(EXIT_CODES.items()),
        ".SH FILES",
        *_defined(FILES.items()),
    ]
    return "\n".join(lines) + "\n"


def _command(name: str, command: click.Command, settings: Mapping[str, Any]) -> Iterator[str]:
    yield f".SS {_text(name)}"
    with click.Context(command, info_name=name, **settings) as context:
        pieces = " ".join(command.collect_usage_pieces(context))
        yield from (f".B {_text(name)}", _line(pieces), ".PP")
        yield from _paragraphs(command.help or "")
        records = [one.get_help_record(context) for one in command.get_params(context)]
    yield from _defined((record[0], record[1]) for record in records if record and record[1])


def _paragraphs(help_text: str) -> Iterator[str]:
    """Yield prose filled by the reader of the page, and what click is told not to wrap as it stands."""
    for paragraph in help_text.strip().split("\n\n"):
        as_it_stands = paragraph.lstrip().startswith("\b")
        rows = [row.strip() for row in paragraph.replace("\b", "").strip().splitlines()]
        yield from ((".PP", ".nf", *map(_line, rows), ".fi") if as_it_stands else (".PP", *map(_line, rows)))


def _defined(pairs: Any) -> Iterator[str]:
    for term, words in pairs:
        yield from (".TP", rf"\fB{_text(term)}\fR", _line(words))


def _text(words: str) -> str:
    return words.replace("\\", r"\e").replace("-", r"\-")


def _line(words: str) -> str:
    """Return a line of text: one that begins with a dot or an apostrophe would be a request."""
    text = _text(" ".join(words.split()))
    return rf"\&{text}" if text.startswith((".", "'")) else text
