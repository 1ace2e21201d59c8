"""A report for people before it has a format: pages of parts, parts of sections, and how figures are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from advisor.facts import Source


class Cited(str):
    """A cell or sentence with the sources of what it says, for a format that can name them."""

    __slots__ = ("sources",)

    sources: tuple[Source, ...]

    def __new__(cls, text: str, sources: Iterable[Source | None] = ()) -> Self:
        """Return the text with its sources, each once; None is no source."""
        found = super().__new__(cls, text)
        found.sources = tuple(dict.fromkeys(source for source in sources if source is not None))
        return found


def sources_of(text: str) -> tuple[Source, ...]:
    """Return the sources of a cell or sentence; none where it does not cite any."""
    return text.sources if isinstance(text, Cited) else ()


class Numbering:
    """The sources of a page in the order in which they are cited, from 1."""

    def __init__(self) -> None:
        self._numbers: dict[Source, int] = {}

    def numbers(self, text: str) -> tuple[tuple[int, Source], ...]:
        """Return the number of each source of a cell or sentence."""
        return tuple((self._numbers.setdefault(one, len(self._numbers) + 1), one) for one in sources_of(text))

    def listed(self) -> tuple[Source, ...]:
        """Return every source that was cited, by its number."""
        return tuple(self._numbers)


def is_address(url: str) -> bool:
    """Whether a source's place is an address that a reader can open, and not a file or a name."""
    return url.startswith(("https://", "http://"))


class Section(NamedTuple):
    """A heading, sentences, and a table whose first row is its head; ``more`` counts the rows left out."""

    heading: str
    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: int = 0
    picture: str = ""
    """An SVG with its own words, for a format that can show one; what it shows also stands in a table."""
    command: str = ""
    """What to type, for instance to make the report again."""


class Part(NamedTuple):
    """One subject of a page: a workload, a candidate, a license target."""

    title: str
    answer: str = ""
    """What it comes to, in one line."""
    sections: tuple[Section, ...] = ()
    verdict: str = ""
    """A word that says how good the answer is, where a format can show that: ``allowed``, ``overturned``."""
    card: tuple[tuple[str, str], ...] = ()
    """What a reader in a hurry reads: a name and a value each."""


class Page(NamedTuple):
    """A whole report for people."""

    title: str
    basis: str
    """What it rests on: "as of 2026-11-23, catalog 2026.11.23"."""
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    footer: str = ""
    sha256: str | None = None
    """The catalog's."""
    contents: bool = False
    """Whether the page is long enough for a list of its sections, in a format that can link them."""


def said(*sections: Section) -> tuple[Section, ...]:
    """Return the sections that have anything to say."""
    return tuple(
        section for section in sections if section.sentences or section.rows or section.picture or section.command
    )


def printable(text: str) -> str:
    """Text on one line and without control characters: what a card or a server says may carry terminal escapes."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text.replace("\n", " "))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 model``, ``2 models``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def money(value: object) -> str:
    """Return an amount in USD with its cents; a dash for none."""
    return "-" if value is None else f"${value:,.2f}"
