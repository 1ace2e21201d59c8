"""A report as one HTML file: no script, nothing from elsewhere, every word escaped, pictures as inline SVG."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from pathlib import Path

from advisor.facts import Source
from advisor.reports.section import Numbering, Page, Part, Section, is_address, printable

_SOURCES = "Sources"
_CODE = re.compile(r"`([^`<>]+)`")
_MARK = 2
"""How long a cell is that only marks its row."""

_FEW = 5
"""Up to so many sections a page is taken in without a list of them."""


def render(page: Page) -> str:
    """Return a whole page."""
    return _Writer(page).render()


class _Writer:
    """One page, with the numbers of its sources and the anchors of its headings as they come up."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sources = Numbering()
        self._anchors: list[tuple[str, str]] = []

    def render(self) -> str:
        """Return the document: the head forbids whatever is not in the file."""
        page, style = self._page, _style()
        digest = b64encode(sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        body = [line for part in page.parts for line in self._part(part)]
        body += self._cited()
        head = (
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{_safe(f'advisor: {page.title}')}</title><style>{style}</style>",
        )
        lines = (
            f'<!doctype html>\n<html lang="en"><head>{"".join(head)}</head>\n<body>',
            *self._top(),
            "<main>",
            *body,
            "</main>",
            *_footer(page),
            "</body></html>",
        )
        return "\n".join(lines) + "\n"

    def _top(self) -> Iterator[str]:
        page = self._page
        basis = f'<p class="basis">{_safe(_sentence(page.basis))}</p>' if page.basis else ""
        notes = "".join(f"<p>{_safe(note)}</p>" for note in page.notes)
        yield f"<header><h1>{_safe(page.title)}</h1>{basis}{notes}</header>"
        if page.contents and len(self._anchors) > _FEW:
            links = "".join(f'<li><a href="#{anchor}">{_safe(words)}</a></li>' for anchor, words in self._anchors)
            yield f'<nav aria-label="On this page"><ul>{links}</ul></nav>'

    def _heading(self, level: int, words: str, kind: str = "") -> str:
        anchor = f"s{len(self._anchors) + 1}"
        self._anchors.append((anchor, words))
        mark = f' class="{_safe(kind)}"' if kind else ""
        return f'<h{level} id="{anchor}"{mark}>{_safe(words)}</h{level}>'

    def _part(self, part: Part) -> Iterator[str]:
        if part.title:
            yield self._heading(2, part.title, "" if part.card else part.verdict)
        if part.card:
            rows = "".join(f"<dt>{_safe(name)}</dt><dd>{self._words(value)}</dd>" for name, value in part.card)
            answer = f'<p class="answer">{self._words(part.answer)}</p>' if part.answer else ""
            yield f'<div class="verdict {_safe(part.verdict)}">{answer}<dl>{rows}</dl></div>'
        elif part.answer:
            yield f'<p class="answer bare">{self._words(part.answer)}</p>'
        for section in part.sections:
            yield from self._section(section, 3 if part.title else 2, part.title)

    def _section(self, section: Section, level: int, within: str) -> Iterator[str]:
        if section.heading:
            yield self._heading(level, section.heading)
        if len(section.sentences) > 1:
            yield "<ul>" + "".join(f"<li>{self._words(sentence)}</li>" for sentence in section.sentences) + "</ul>"
        else:
            yield from (f"<p>{self._words(sentence)}</p>" for sentence in section.sentences)
        label = _safe(": ".join(part for part in (within, section.heading) if part) or self._page.title)
        if section.picture:
            yield f'<div class="scroll" role="group" tabindex="0" aria-label="{label}, picture">{section.picture}</div>'
        if section.rows:
            yield f'<div class="scroll" role="group" tabindex="0" aria-label="{label}, table">'
            yield from self._table(section.rows)
            yield "</div>"
        if section.more > 0:
            yield f'<p class="more">and {section.more:,} more</p>'
        if section.command:
            yield f'<pre tabindex="0"><code>{_safe(section.command)}</code></pre>'

    def _table(self, rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
        head, *body = rows
        columns = range(len(head))
        figures = [bool(body) and all(_is_figure(row[column]) for row in body) for column in columns]
        names = "".join(
            f'<th scope="col"{_kind(figures[column])}>{_safe(head[column])}</th>' if head[column] else "<td></td>"
            for column in columns
        )
        # Marks such as ``>?`` name no row.
        words = (column for column in columns if not figures[column] and any(len(row[column]) > _MARK for row in body))
        named = next(words, 0)
        yield f"<table><thead><tr>{names}</tr></thead><tbody>"
        for row in body:
            cells = (
                f'<th scope="row">{self._words(row[column])}</th>'
                if column == named and row[column]
                else f"<td{_kind(figures[column])}>{self._words(row[column])}</td>"
                for column in columns
            )
            yield f"<tr>{''.join(cells)}</tr>"
        yield "</tbody></table>"

    def _words(self, text: str) -> str:
        """Return text with the numbers of its sources, which lead to the list of them."""
        cited = ", ".join(
            f'<a href="#source-{number}" aria-label="source {number}">{number}</a>'
            for number, _ in self._sources.numbers(text)
        )
        return _CODE.sub(r"<code>\1</code>", _safe(text)) + (f'<span class="cite">[{cited}]</span>' if cited else "")

    def _cited(self) -> Iterator[str]:
        listed = self._sources.listed()
        if listed:
            yield self._heading(2, _SOURCES)
            yield '<ol class="sources">'
            yield from (f'<li id="source-{number}">{_place(one)}</li>' for number, one in enumerate(listed, start=1))
            yield "</ol>"


def _style() -> str:
    return Path(__file__).with_name("page.css").read_text(encoding="utf-8")


def _place(source: Source) -> str:
    url = _safe(source.url)
    where = f'<a href="{url}" rel="noreferrer noopener">{url}</a>' if is_address(source.url) else url
    return f"{where}, read on {source.read_on}"


def _footer(page: Page) -> Iterable[str]:
    stamp = f"Catalog's sha256 <code>{_safe(page.sha256)}</code>." if page.sha256 else ""
    if stamp or page.footer:
        yield f"<footer>{' '.join(part for part in (stamp, _safe(page.footer)) if part)}</footer>"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _kind(is_figure: bool) -> str:
    return ' class="figure"' if is_figure else ""


def _is_figure(text: str) -> bool:
    return not text or text == "-" or text.startswith("$") or text.replace(",", "").replace(".", "").isdigit()


def _safe(text: str) -> str:
    return escape(printable(text))
