"""The license texts of a repository, sorted: which stand for it, which for a part of it, which only lie there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from advisor.licenses.evidence.license_files import is_of_component, stands_aside
from advisor.licenses.evidence.records import Evidence, Text
from advisor.licenses.text.identify import Identification, Match

LONGEST_REMARK = 80
"""Words up to which a text that is no known license may be one that only names it."""

PROMPT = "extra_gated_prompt"
_HTML = re.compile(r"\.html?$", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(r"\A\s*(?:<!doctype\s+html|<html\b)", re.IGNORECASE)


class IdentifiedText(NamedTuple):
    """A text of the repository and what it is."""

    text: Text
    identification: Identification


class Sorted(NamedTuple):
    """The license texts by what they are to the repository."""

    standing: Mapping[str, str]
    """The licenses whose text stands for the whole, with where."""
    components: Mapping[str, str]
    """Those whose text lies in the folder of a part."""
    aside: Sequence[tuple[Text, str]]
    """Exact texts by another name, spare copies, in folders of documents."""
    inexact: Sequence[IdentifiedText]
    """Texts that are no known license."""
    short: Sequence[tuple[Text, str]]
    """Texts that are no license and do not only name what is declared."""
    linked: Sequence[str]
    """The licenses whose text the card links to: it names them as its own."""
    prompt: Sequence[str]
    """The licenses that are put to those who ask for access."""

    @property
    def real(self) -> bool:
        """Whether any text says which license is meant."""
        return bool(self.standing or self.aside or self.inexact)


def sort_texts(  # noqa: C901 - one branch a kind
    found: Sequence[IdentifiedText], evidence: Evidence, stated: set[str], names_only: Callable[[str], bool]
) -> Sorted:
    """Sort the texts of a repository; ``names_only`` says whether one only names what is declared."""
    standing: dict[str, str] = {}
    components: dict[str, str] = {}
    aside: list[tuple[Text, str]] = []
    inexact: list[IdentifiedText] = []
    short: list[tuple[Text, str]] = []
    prompt: list[str] = []
    linked: list[str] = []
    places = {text.place for text in evidence.texts if text.role == "license"}
    for one in found:
        text, said = one
        if text.role != "license":
            continue
        if text.place == PROMPT:
            prompt += said.holds
        elif said.match is Match.EXACT and said.id is not None:
            is_file = text.place != evidence.license_link
            linked += [] if is_file else [said.id]
            if is_file and is_of_component(text.place):
                components.setdefault(said.id, text.place)
            elif is_file and stands_aside(text.place):
                aside.append((text, said.id))
            else:
                standing.setdefault(said.id, text.place)
        elif said.match is not Match.NONE or not _is_short(text):
            inexact.append(one)
        elif not _says_nothing(text, places) and not names_only(plain_text(text)):
            short.append((text, plain_text(text)))
    for name in prompt:
        standing.setdefault(name, PROMPT)
    if not standing and not stated:
        # Nothing else says anything: what lies there is all that there is.
        standing, aside = {name: text.place for text, name in aside}, []
    return Sorted(standing, components, aside, inexact, short, linked, prompt)


def plain_text(text: Text) -> str:
    """Return the words of a text; of a page those that a reader sees."""
    if not _HTML.search(text.place) and not _LOOKS_LIKE_HTML.match(text.content[:400]):
        return text.content
    page = _Page()
    try:
        page.feed(text.content)
        page.close()
    except (ValueError, AssertionError, RecursionError):
        return text.content
    return "".join(page.seen)


def _is_short(text: Text) -> bool:
    return len(re.findall(r"\w+", plain_text(text)[:4_000])) <= LONGEST_REMARK


def _says_nothing(text: Text, places: set[str]) -> bool:
    """Whether a file is empty, or only the path of a license file that was read, as a link in a file system is."""
    content = plain_text(text).strip()
    folder = text.place.rpartition("/")[0]
    parts = [*folder.split("/")] if folder else []
    for part in content.split("/") if "\n" not in content else ():
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return not re.search(r"\w", content) or ("/".join(parts) in places and "/".join(parts) != text.place)


class _Page(HTMLParser):
    """Collects what a reader sees of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's
        if tag in ("script", "style", "head"):
            self._hidden += 1
        if tag in ("p", "br", "div", "li", "h1", "h2", "h3", "h4", "tr", "pre"):
            self.seen.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head"):
            self._hidden = max(0, self._hidden - 1)
        if tag in ("p", "div", "li", "h1", "h2", "h3", "h4", "tr", "pre"):
            self.seen.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)
