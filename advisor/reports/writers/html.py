"""The recommendation as one HTML file: no script, nothing from elsewhere, the frontier as inline SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from advisor.reports import Recommendation
from advisor.reports.recommendation.frontier_svg import frontier_svg
from advisor.reports.recommendation.sections import outlines
from advisor.reports.section import Section

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --accent: #2a6fdb; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; } h3 { margin-top: 1.5rem; font-size: 1rem; }
.answer { font-size: 1.25rem; border-left: .3rem solid var(--accent); padding: .3rem .8rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .875rem; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
td.figure { text-align: right; font-variant-numeric: tabular-nums; } footer { margin-top: 3rem; font-size: .8rem; }
svg { max-width: 100%; height: auto; }
"""


def render(recommendation: Recommendation) -> str:
    """A whole page."""
    advice = recommendation.advice
    body = [
        f"<h1>{escape(recommendation.name)}: {advice.status.value}</h1>",
        *answers(recommendation),
        _footer(recommendation),
    ]
    return whole(recommendation.name, body)


def _footer(recommendation: Recommendation) -> str:
    advice = recommendation.advice
    return (
        f"<footer>As of {advice.as_of}, catalogue {escape(advice.catalog_version)}, "
        f"sha256 <code>{advice.catalog_sha256}</code>.</footer>"
    )


def answers(recommendation: Recommendation) -> Iterator[str]:
    """Each workload with its frontier and reasons."""
    yield from (f"<p>{escape(note)}</p>" for note in recommendation.advice.notes)
    for outline in outlines(recommendation):
        yield f'<h2>{escape(outline.title)}</h2><p class="answer">{escape(outline.answer)}</p>'
        yield frontier_svg(outline.workload)
        yield from (part for one in outline.sections for part in section(one))


def whole(name: str, body: Iterable[str]) -> str:
    """A page of its own from the parts of its body."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(f'advisor: {name}')}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def section(said: Section) -> Iterator[str]:
    """One part: its heading, sentences and table."""
    yield f"<h3>{escape(said.heading)}</h3>"
    yield from (f"<p>{escape(sentence)}</p>" for sentence in said.sentences)
    if said.rows:
        yield '<div class="scroll"><table>'
        yield "<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in said.rows[0]) + "</tr>"
        for row in said.rows[1:]:
            yield "<tr>" + "".join(_cell(cell) for cell in row) + "</tr>"
        yield "</table></div>"
    if said.more > 0:
        yield f"<p>and {said.more} more</p>"


def _cell(text: str) -> str:
    kind = ' class="figure"' if text.startswith("$") or text.isdigit() else ""
    return f"<td{kind}>{escape(text)}</td>"
