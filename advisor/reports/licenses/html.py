"""License reviews as one HTML file: no script, nothing from elsewhere, every word of a card escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from advisor.reports.licenses import LicenseReport
from advisor.reports.licenses.sections import Section, headline, sections

_STYLE = """
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h2 { border-left: .3rem solid #888; padding-left: .6rem; overflow-wrap: anywhere; }
h2.allowed { border-color: #2a8f4f; } h2.conditional { border-color: #2a6fdb; }
h2.unknown { border-color: #c98a00; } h2.forbidden { border-color: #c0392b; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
footer { margin-top: 3rem; font-size: .8rem; }
"""


def render(checked: LicenseReport) -> str:
    """A whole page."""
    body: list[str] = []
    for review in checked.reviews:
        body.append(f'<h2 class="{review.verdict}">{_safe(headline(review))}</h2>')
        body += [line for section in sections(review) for line in _section(section)]
    body.append(
        f"<footer>As of {checked.as_of}, catalogue {_safe(checked.catalog_version)}, "
        f"sha256 <code>{_safe(checked.catalog_sha256)}</code>; uses: {_safe(', '.join(checked.uses))}.</footer>"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>License review</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _section(section: Section) -> Iterator[str]:
    yield f"<h3>{_safe(section.heading)}</h3>"
    if section.sentences:
        yield "<ul>" + "".join(f"<li>{_safe(sentence)}</li>" for sentence in section.sentences) + "</ul>"
    if section.rows:
        head, *rows = section.rows
        yield '<div class="scroll"><table><tr>' + "".join(f"<th>{_safe(cell)}</th>" for cell in head) + "</tr>"
        for row in rows:
            yield "<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in row) + "</tr>"
        yield "</table></div>"
    if section.more:
        yield f"<p>and {section.more} more</p>"


def _safe(text: str) -> str:
    return escape("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text))
