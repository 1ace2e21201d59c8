"""Find a secret in a text in whatever form it comes back: encoded, escaped, spaced, reversed, cut in two.

A text is read as it stands, with its escapes resolved, and without its tags; of each only the letters and digits are
looked at, in lower case and without accents, so that spaces, line ends, quotes and dashes in between hide nothing. What
is looked for are runs of eight characters of the key (twelve of its base64, sixteen of its hexadecimal digits), which
is why heads, tails and halves are found too. Secrets that are words rather than random characters are only hidden
whole: parts of them are words.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import entities
from itertools import pairwise
from math import log2
from typing import NamedTuple
from urllib.parse import quote

_RUN, _RUN_BASE64, _RUN_HEX = 8, 12, 16

_RANDOM_LENGTH = 12
_RANDOM_BITS = 2.4
"""Bits a character: ordinary passphrases of one word repeated have less, keys have three and more."""

_RANDOM_CHANGES = 0.25
"""Changes between small and great letters, of all places: words have less, keys without digits have more."""

_GAP = 4
"""What stands between two found parts of a secret, if it is no more than this, is hidden with them."""

# Such as `%2B`, `\u002b`, `&amp;` and `&#43;`, not `+`.
_ESCAPE = re.compile(
    r"\\*(?:%(?:25)*|\\x|=)(?P<hex>[0-9a-f]{2})|\\+u\{?0*(?P<unicode>[0-9a-f]{2,4})\}?|&(?:amp;)*#x0*(?P<entity_hex>[0-9a-f]{2,4});?"
    r"|&(?:amp;)*#0*(?P<entity>[0-9]{2,5});?|&(?P<name>[a-z]{2,8});|\\+(?P<octal>[01][0-7]{2})|\\+(?P<plain>[nrt/\"'\\])",
    re.IGNORECASE,
)

_NUMBERS = re.compile(r"(?:\b\d{2,3}\b[\s,;]+){7,}\b\d{2,3}\b")
_HEX_NUMBERS = re.compile(r"(?:\b(?:0x|U\+)0*[0-9a-f]{2,4}\b[\s,;]*){8,}", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,200}>")

Span = tuple[int, int]


class _View(NamedTuple):
    """Letters and digits in lower case, and where each stands in the text."""

    characters: str
    spans: tuple[Span, ...]


class Secrets:
    """Values to hide, searched for together."""

    def __init__(self, values: Iterable[str]) -> None:
        self._whole: set[str] = set()
        self._runs: dict[int, set[str]] = {}
        self._plain_runs: set[str] = set()
        for value in values:
            self._whole |= {value, quote(value, safe=""), _base64(value), _base64(f":{value}")}
            if is_random(value):
                self._add_parts(value)

    def spans(self, text: str) -> list[Span]:
        """Where a secret or a part of one stands; those that nearly touch are one."""
        found = [(one.start(), one.end()) for form in self._whole for one in re.finditer(re.escape(form), text)]
        for all_characters, view in _views(text) if self._runs else ():
            found += _found(all_characters, _RUN, self._plain_runs)
            for length, runs in self._runs.items():
                found += _found(view, length, runs)
        return _merged(found)

    def _add_parts(self, value: str) -> None:
        bare, lower = _bare(value), value.lower()
        self._runs.setdefault(_RUN, set()).update(run for one in (bare, bare[::-1]) for run in _runs(one, _RUN))
        if bare != lower:
            self._plain_runs |= {run for one in (lower, lower[::-1]) for run in _runs(one, _RUN)}
        codes = {run for one in _encodings(value) for run in _runs(_bare(one), _RUN_BASE64)}
        self._runs.setdefault(_RUN_BASE64, set()).update(codes)
        hexes = (value.encode().hex(), value[::-1].encode().hex(), value.encode().hex()[::-1])
        self._runs.setdefault(_RUN_HEX, set()).update(run for one in hexes for run in _runs(one, _RUN_HEX))


def _found(view: _View, length: int, runs: set[str]) -> list[Span]:
    if not runs:
        return []
    characters, spans = view
    places = (at for at in range(len(characters) - length + 1) if characters[at : at + length] in runs)
    return [(spans[at][0], spans[at + length - 1][1]) for at in places]


def is_random(value: str) -> bool:
    """Whether a value looks drawn at random, so that parts of it are no words of a language."""
    bare = _bare(value)
    changes = sum(first.isupper() != second.isupper() for first, second in pairwise(re.findall("[A-Za-z]", value)))
    has_digits = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    if len(bare) < _RANDOM_LENGTH or not (has_digits or changes >= _RANDOM_CHANGES * len(bare)):
        return False
    if value.startswith(("/", "http://", "https://")) or " " in value.strip():
        return False
    return -sum(share * log2(share) for share in (bare.count(one) / len(bare) for one in set(bare))) >= _RANDOM_BITS


def _views(text: str) -> Iterator[tuple[_View, _View]]:
    """All characters, and the letters and digits alone: as it stands, without tags, and with its escapes resolved."""
    plain = [(character, (at, at + 1)) for at, character in enumerate(text)]
    yield _pair(plain)
    if tags := list(_TAG.finditer(text)):
        inside = {at for tag in tags for at in range(*tag.span())}
        yield _pair(one for at, one in enumerate(plain) if at not in inside)
    if any(form.search(text) for form in (_ESCAPE, _NUMBERS, _HEX_NUMBERS)):
        resolved = list(_resolved(text))
        yield _pair(resolved)
        if _ESCAPE.search("".join(one for one, _ in resolved)):
            yield _pair(_resolved_again(resolved))


def _pair(characters: Iterable[tuple[str, Span]]) -> tuple[_View, _View]:
    every = [(part.lower(), span) for one, span in characters for part in _plain(one)]
    kept = [(one, span) for one, span in every if one.isalnum()]
    return _view(every), _view(kept)


def _plain(character: str) -> str:
    """Return what a character looks like in plain letters: of full width, with accents."""
    if character.isascii():
        return character
    return "".join(part for part in unicodedata.normalize("NFKD", character) if part.isascii())


def _view(characters: list[tuple[str, Span]]) -> _View:
    return _View("".join(one for one, _ in characters), tuple(span for _, span in characters))


def _merged(spans: list[Span]) -> list[Span]:
    """Spans without overlaps, in order."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + _GAP:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def _resolved(text: str) -> Iterator[tuple[str, Span]]:
    """Characters with escapes resolved, each with where it stands in the text."""
    at = 0
    every = [*_NUMBERS.finditer(text), *_HEX_NUMBERS.finditer(text), *_ESCAPE.finditer(text)]
    for found in sorted(every, key=lambda one: one.start()):
        if found.start() < at:
            continue
        yield from ((text[place], (place, place + 1)) for place in range(at, found.start()))
        if found.re is not _ESCAPE:
            base, code = (10, r"\d+") if found.re is _NUMBERS else (16, r"(?<=[xX+])[0-9a-fA-F]+")
            codes = re.finditer(code, found.group())
            yield from ((chr(int(code.group(), base)), found.span()) for code in codes)
        else:
            yield _character(found), found.span()
        at = found.end()
    yield from ((text[place], (place, place + 1)) for place in range(at, len(text)))


def _resolved_again(resolved: list[tuple[str, Span]]) -> Iterator[tuple[str, Span]]:
    """Escapes that came out of escapes."""
    text = "".join(one for one, _ in resolved)
    for character, (first, last) in _resolved(text):
        yield character, (resolved[first][1][0], resolved[last - 1][1][1])


def _character(found: re.Match[str]) -> str:
    for group, base in (("hex", 16), ("unicode", 16), ("entity_hex", 16), ("entity", 10), ("octal", 8)):
        if digits := found.group(group):
            return chr(min(int(digits, base), 0x10FFFF))
    return entities.html5.get(f"{found.group('name')};", " ")[:1] if found.group("name") else " "


def _encodings(value: str) -> Iterator[str]:
    """Base64 of the value at each of the three places where it can begin, without the characters at its edges."""
    for before in range(3):
        for one in (value, value[::-1]):
            code = b64encode(b"\0" * before + one.encode()).decode().rstrip("=")
            inner = code[2 * (before > 0) + (before > 1) : -1]
            yield from (inner, inner[::-1])


def _runs(text: str, length: int) -> Iterator[str]:
    yield from (text[at : at + length] for at in range(len(text) - length + 1))


def _bare(text: str) -> str:
    return "".join(one for one in text.lower() if one.isascii() and one.isalnum())


def _base64(value: str) -> str:
    return b64encode(value.encode()).decode().rstrip("=")
