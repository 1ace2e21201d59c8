"""A report as one HTML file: no script, nothing from elsewhere, every word escaped, pictures as inline SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from advisor.reports.section import Page, Part, Section, printable

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --accent: #2a6fdb; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; overflow-wrap: anywhere; }
h3 { margin-top: 1.5rem; font-size: 1rem; }
.answer { font-size: 1.25rem; border-left: .3rem solid var(--accent); padding: .3rem .8rem; overflow-wrap: anywhere; }
h2[class] { border-left: .3rem solid #888; padding-left: .6rem; }
h2.allowed, h2.stands { border-color: #2a8f4f; } h2.conditional { border-color: #2a6fdb; }
h2.unknown, h2.undecided { border-color: #c98a00; } h2.forbidden, h2.overturned { border-color: #c0392b; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
td.figure { text-align: right; font-variant-numeric: tabular-nums; } footer { margin-top: 3rem; font-size: .8rem; }
svg { max-width: 100%; height: auto; }
"""


def render(page: Page) -> str:
    """Return a whole page."""
    body = [f"<h1>{_safe(page.title)}</h1>", *(f"<p>{_safe(note)}</p>" for note in page.notes)]
    body += [line for part in page.parts for line in _part(part)]
    body += list(_footer(page))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_safe(f'advisor: {page.title}')}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _footer(page: Page) -> Iterator[str]:
    basis = page.basis[:1].upper() + page.basis[1:]
    stamp = f", sha256 <code>{_safe(page.sha256)}</code>" if page.sha256 else ""
    words = f"{_safe(basis)}{stamp}." if basis else ""
    if words or page.footer:
        yield f"<footer>{' '.join(part for part in (words, _safe(page.footer)) if part)}</footer>"


def _part(part: Part) -> Iterator[str]:
    if part.title:
        mark = f' class="{_safe(part.verdict)}"' if part.verdict else ""
        yield f"<h2{mark}>{_safe(part.title)}</h2>"
    if part.answer:
        yield f'<p class="answer">{_safe(part.answer)}</p>'
    if part.picture:
        yield part.picture
    for section in part.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    if section.heading:
        yield f"<h3>{_safe(section.heading)}</h3>"
    if len(section.sentences) > 1:
        yield "<ul>" + "".join(f"<li>{_safe(sentence)}</li>" for sentence in section.sentences) + "</ul>"
    else:
        yield from (f"<p>{_safe(sentence)}</p>" for sentence in section.sentences)
    if section.rows:
        head, *rows = section.rows
        yield '<div class="scroll"><table><tr>' + "".join(f"<th>{_safe(cell)}</th>" for cell in head) + "</tr>"
        yield from ("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
        yield "</table></div>"
    if section.more > 0:
        yield f"<p>and {section.more:,} more</p>"


def _cell(text: str) -> str:
    kind = ' class="figure"' if text.startswith("$") or text.isdigit() else ""
    return f"<td{kind}>{_safe(text)}</td>"


def _safe(text: str) -> str:
    return escape(printable(text))
