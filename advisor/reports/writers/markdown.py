"""A report as markdown, for a pull request or a decision record; what a card says cannot become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from advisor.reports.section import Numbering, Page, Part, Section, is_address, printable

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_CODE = re.compile(r"`+")


def render(page: Page) -> str:
    """Return a heading a part, tables in pipes, sources by number at the end."""
    sources = Numbering()
    lines = [f"# {escaped(page.title)}"]
    if page.basis:
        stamp = f" (`{page.sha256[:12]}`)" if page.sha256 else ""
        lines += ["", f"{escaped(page.basis[:1].upper() + page.basis[1:])}{stamp}."]
    lines += [f"\n{escaped(note)}" for note in page.notes]
    for part in page.parts:
        lines += _part(part, sources)
    lines += _cited(sources)
    lines += ["", f"_{escaped(page.footer)}_"] if page.footer else []
    return "\n".join(lines) + "\n"


def _part(part: Part, sources: Numbering) -> Iterator[str]:
    if part.title:
        yield from ("", f"## {escaped(part.title)}")
    if part.answer:
        yield from ("", f"**{escaped(part.answer)}**")
    if part.card:
        yield ""
        yield from table((("", ""), *part.card), sources)
    for section in part.sections:
        yield ""
        yield from _section(section, "###" if part.title else "##", sources)


def _section(section: Section, level: str, sources: Numbering) -> Iterator[str]:
    if section.heading:
        yield from (f"{level} {escaped(section.heading)}", "")
    yield from (f"- {_words(sentence, sources)}" for sentence in section.sentences)
    if section.sentences and section.rows:
        yield ""
    yield from table(section.rows, sources)
    if section.more > 0:
        yield from ("", f"and {section.more:,} more")
    if section.command:
        fence = "`" * max(3, 1 + max(map(len, _CODE.findall(section.command)), default=0))
        yield from ("", f"{fence}sh", printable(section.command), fence)


def table(rows: Sequence[Sequence[str]], sources: Numbering | None = None) -> Iterator[str]:
    """Rows as a table; the first row is the head."""
    known = sources or Numbering()
    for index, row in enumerate(rows):
        yield "| " + " | ".join(_words(cell, known) for cell in row) + " |"
        if index == 0:
            yield "|" + " --- |" * len(row)


def _words(text: str, sources: Numbering) -> str:
    """Return text with a link to each of its sources, by number."""
    cited = "".join(
        f" [\\[{number}\\]]({_address(one.url)})" if is_address(one.url) else f" \\[{number}\\]"
        for number, one in sources.numbers(text)
    )
    return escaped(text) + cited


def _cited(sources: Numbering) -> Iterator[str]:
    listed = sources.listed()
    if listed:
        yield from ("", "## Sources", "")
    for number, one in enumerate(listed, start=1):
        where = _address(one.url) if is_address(one.url) else escaped(one.url)
        yield f"{number}. {where}, read on {one.read_on}"


def _address(url: str) -> str:
    """Return an address between angle brackets, in which nothing can end it early or start a cell."""
    return f"<{quote(printable(url), safe=_SAFE)}>"


_SAFE = "/:?#[]@!$&'()*+,;=%~-._"


def escaped(text: str) -> str:
    """Text on one line in which no character means anything to markdown or to a terminal."""
    return _MARKUP.sub(r"\\\1", printable(text))
