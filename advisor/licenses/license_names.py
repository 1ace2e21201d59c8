"""Names of licenses as people write them: the parts that tell one from another, and where a text names one.

``Apache License, Version 2.0``, ``apache-2.0`` and ``apache2`` have the same parts, and so have ``Llama 3.1 Community
License`` and the agreement's whole title. What differs in any other part is another name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from advisor.licenses.license import License

Parts = tuple[str, ...]

_PART = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
_NUMBERED = re.compile(r"(?<=[a-z])v(?=\d)|\bv(?=\d)", re.IGNORECASE)
_PLUS = re.compile(r"\+")
_SAYS_NOTHING = frozenset(
    [
        "license",
        "licence",
        "licenses",
        "licences",
        "lizenz",
        "licencia",
        "licenza",
        "licença",
        "version",
        "v",
        "ver",
        "the",
        "agreement",
        "terms",
        "of",
        "use",
    ]
)
_SPDX_ENDS = (("or", "later"), ("only",))
_ENTITLES = re.compile(r"\W{0,3}(?:licen[cs]e|terms|agreement|community|lizenz|许可)", re.IGNORECASE)
_NO_NAMES = frozenset((("other",), ("unknown",), ("another",), ("cc",), ("gpl",), ("lgpl",), ("bsd",), ("openrail",)))
"""Tags that name no one text, and words that are too common to be taken for a license where they stand in a text."""

LONGEST_NAME = 14
"""Parts of the longest name of a license."""


class Named(NamedTuple):
    """A license that a text names, and where."""

    ids: tuple[str, ...]
    start: int
    end: int


class _Found(NamedTuple):
    part: str
    start: int
    end: int


def name_parts(name: str) -> Parts:
    """Give the parts of a name that tell it from others.

    Words and numbers, without ``license``, ``version`` or ``.0``.
    """
    found = tuple(one.part for one in _parts(name))
    for end in _SPDX_ENDS:
        if len(found) > len(end) and found[-len(end) :] == end:
            return found[: -len(end)]
    return found


def _parts(text: str) -> Iterator[_Found]:
    # One sign for another, so that places stay: what folds into several is left as it is.
    plain = "".join(_folded(sign) for sign in text)
    for match in _PART.finditer(_NUMBERED.sub(" ", _PLUS.sub("p", plain))):
        part = match.group().lower()
        if part not in _SAYS_NOTHING:
            yield _Found(_number(part) if part[0].isdigit() else part, *match.span())


def _folded(sign: str) -> str:
    folded = unicodedata.normalize("NFKC", sign)
    return folded if len(folded) == 1 else sign


def _number(part: str) -> str:
    while part.endswith(".0"):
        part = part[:-2]
    return part


class LicenseNames:
    """The names under which licenses are known, and the licenses that a text names by them."""

    def __init__(self, licenses: Iterable[License]) -> None:
        self._ids: dict[Parts, dict[str, None]] = {}
        self._words: dict[str, set[str]] = {}
        self._capitals: dict[str, str] = {}
        for terms in licenses:
            spdx = (terms.spdx,) if terms.spdx else ()
            for name in (terms.id, terms.name, *terms.hub_ids, *terms.license_names, *spdx):
                parts = name_parts(name)
                if parts:
                    self._ids.setdefault(parts, {})[terms.id] = None
                    self._words.setdefault(terms.id, set()).update(parts)
            for name in spdx:
                self._capitals.setdefault(name.lower(), name)

    @property
    def ids(self) -> Mapping[Parts, Iterable[str]]:
        """The ids of licenses by the parts of their names."""
        return self._ids

    def words(self, license_id: str) -> frozenset[str]:
        """Every part of the names of a license."""
        return frozenset(self._words.get(license_id, ()))

    def named(self, text: str) -> tuple[Named, ...]:
        """Return the licenses that a text names, the longest name at each place."""
        parts = list(_parts(text))
        found, index = [], 0
        while index < len(parts):
            taken = next((n for n in range(LONGEST_NAME, 0, -1) if self._is_name(text, parts[index : index + n], n)), 0)
            if taken:
                run = parts[index : index + taken]
                ids = tuple(self._ids[tuple(one.part for one in run)])
                found.append(Named(ids, run[0].start, run[-1].end))
            index += taken or 1
        return tuple(found)

    def _is_name(self, text: str, run: list[_Found], size: int) -> bool:
        key = tuple(one.part for one in run)
        if len(run) < size or key not in self._ids or key in _NO_NAMES:
            return False
        if len(run) > 1:
            return run[-1].end - run[0].start <= LONGEST_NAME * size
        written = text[run[0].start : run[0].end]
        return written == self._capitals.get(key[0]) or _ENTITLES.match(text, run[0].end) is not None
