"""License texts as they are met and as they are tampered with: what keeps every word, and what changes the substance.

Each alteration takes a text and gives another, or None where the text offers no place for it.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Mapping

from advisor.licenses.text.sections import split_sections

Alteration = Callable[[str], str | None]

RIDER = "Additional restriction: the Work may be used for non-commercial purposes only."
CLAUSE = "Fees. You shall pay the Licensor ten percent of all revenue that You obtain with the Work."
_TYPESET = str.maketrans({"'": "\u2019", "-": "\u2010", ";": " ;", "*": "\u2022"})
_GLOSSARY = {
    "the": "die", "and": "und", "or": "oder", "of": "von", "to": "zu", "in": "in", "a": "eine", "any": "jede",
    "you": "Sie", "your": "Ihre", "is": "ist", "not": "nicht", "for": "f\u00fcr", "with": "mit", "this": "diese",
    "license": "Lizenz", "use": "nutzen", "may": "d\u00fcrfen", "must": "m\u00fcssen", "shall": "sollen", "by": "durch",
}  # fmt: skip


def rewrapped(text: str) -> str:
    """Every paragraph in narrow lines."""
    return "\n\n".join(
        textwrap.fill(part, 47, break_on_hyphens=False, break_long_words=False) for part in re.split(r"\n\s*\n", text)
    )


def typeset(text: str) -> str:
    """The punctuation that scanners and word processors put in the place of the plain one."""
    return re.sub(r'"([^"\n]*)"', "\u201e\\1\u201c", text).translate(_TYPESET).replace(".\n", " .\n")


def as_html(text: str) -> str:
    """A page that holds nothing but the text."""
    parts = (f'<p class="c-{i}">{html.escape(part)}</p>' for i, part in enumerate(re.split(r"\n\s*\n", text)))
    return "<!DOCTYPE html>\n<html>\n<body>\n<div>\n" + "\n".join(parts) + "\n</div>\n</body>\n</html>\n"


def quoted(text: str) -> str:
    """A markdown quotation, with Windows line ends."""
    return "\r\n".join(f"> {line}" for line in text.splitlines())


def on_a_site(text: str) -> str:
    """A page with what stands around a text on a site."""
    return f"<nav>Home Models Pricing Sign in</nav>\n{as_html(text)}\n<footer>Terms of use and contact</footer>"


def in_a_readme(text: str) -> str:
    """A model card that ends with the text."""
    intro = "This model writes poems about owls. It was trained on forty thousand poems and speaks three languages."
    return f"# Owl Poems 7B\n\n{intro}\n\n## How to use it\n\nLoad it and ask for a poem.\n\n## License\n\n{text}"


def translated(text: str) -> str | None:
    """Word for word into German, as far as a short list of words goes."""
    changed = re.sub(r"[A-Za-z]+", lambda match: _GLOSSARY.get(match[0].lower(), match[0]), text)
    return changed if changed != text else None


def hyphenated(text: str) -> str | None:
    """A long word broken at the end of a line, as in a scanned column."""
    return _once(r"\b([a-z]{4})([a-z]{4,})\b", r"\1-\n\2", text)


def negated(text: str) -> str | None:
    """The first permission turned round."""
    return _once(r"\b(may|can)\b(?!\s+not)", r"\1 not", text) or _once(r"\bgrants?\b", r"refuses", text)


def without_not(text: str) -> str | None:
    """A prohibition turned round."""
    return _once(r"\b(may|shall|must|will) not\b", r"\1", text)


def and_for_or(text: str) -> str | None:
    """One small word in the middle."""
    middle = len(text) // 2
    changed = _once(r"\band\b", "or", text[middle:])
    return text[:middle] + changed if changed else None


def larger_figure(text: str) -> str | None:
    """The first figure of a threshold, a term or a sum."""
    return _once(r"\b(\d+)( million| billion|,000| days| months)", r"\g<1>0\2", text)


def other_currency(text: str) -> str | None:
    """Dollars become yen."""
    return _once(r"\$", "\u00a5", text)


def without_a_clause(text: str) -> str | None:
    """A numbered section in the middle left out."""
    sections = [one for one in split_sections(text) if 60 < one.end - one.start < len(text) / 2]
    if not sections:
        return None
    one = sections[len(sections) // 2]
    return text[: one.start] + text[one.end :]


def with_a_clause(text: str) -> str | None:
    """A clause more between two paragraphs."""
    parts = re.split(r"\n\s*\n", text)
    return "\n\n".join([*parts[: len(parts) // 2], CLAUSE, *parts[len(parts) // 2 :]])


def _once(pattern: str, by: str, text: str) -> str | None:
    changed, count = re.subn(pattern, by, text, count=1)
    return changed if count else None


SAME_WORDS: Mapping[str, Alteration] = {
    "re-wrapped": rewrapped,
    "in capitals": str.upper,
    "typeset or scanned punctuation": typeset,
    "as HTML": as_html,
    "as a markdown quotation": quoted,
    "after a model card's front matter": lambda text: f"---\nlicense: other\ntags: [owls]\n---\n{text}",
}
"""Nothing that matters changes: the text is still exact."""

MORE_WORDS: Mapping[str, Alteration] = {
    "on a site's page": on_a_site,
    "in a README": in_a_readme,
    "hyphenated line ends": hyphenated,
}
"""Harmless, but no program can know: never exact."""

CHANGED: Mapping[str, Alteration] = {
    "a permission negated": negated,
    "a prohibition without its not": without_not,
    "one and become or": and_for_or,
    "a larger figure": larger_figure,
    "another currency": other_currency,
    "a clause removed": without_a_clause,
    "a clause added": with_a_clause,
    "a rider after it": lambda text: f"{text}\n\n{RIDER}\n",
    "a rider before it": lambda text: f"{RIDER}\n\n{text}",
    "a rider in a copyright line": lambda text: f"Copyright (c) 2026 The Owls, for evaluation by students\n\n{text}",
    "a rider in angle brackets": lambda text: f"{text}\n\n<for non-commercial purposes>\n",
    "a rider in an HTML comment": lambda text: f"{text}\n\n<!-- {RIDER} -->\n",
    "a rider in the front matter": lambda text: f"---\nlicense: other\nnotice: {RIDER}\n---\n{text}",
    "translated word for word": translated,
}
"""The substance changes: never exact, and nothing is allowed because of it."""
