"""The words that tell a group of texts from the others.

Of each word the logarithm of the odds that a text has it, in the group and outside, is compared, both drawn towards
what holds for all (log odds with an informative prior, Monroe, Colaresi and Quinn, Polit. Anal. 16, 2008). A word
counts once a text, and the less the more of the groups have it, as words have that join others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from advisor.evals.embedding import MOST_CHARACTERS

_TAKEN_OUT = re.compile(r"\[(?:email|card|iban|phone|hidden)\]")
_PIECES = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
"""Scripts that set no spaces between words; pairs of their characters stand for words."""

_LEAST_LETTERS = 3
_LEAST_TEXTS = 3
"""A word of fewer texts names no theme, and may be a name."""
_MOST_COMMON = 0.5
"""A word that more of all texts have says little of any."""
_PRIOR = 50.0
_SHARED_BEGINNING = 5

Counts = NDArray[np.float64]


class Vocabulary:
    """Which words each of many texts has."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._numbers: dict[str, int] = {}
        rows, words = list[int](), list[int]()
        for place, text in enumerate(texts):
            own = {self._numbers.setdefault(word, len(self._numbers)) for word in _words(text[:MOST_CHARACTERS])}
            rows += [place] * len(own)
            words += own
        self._rows = np.array(rows, dtype=np.int64)
        self._words = np.array(words, dtype=np.int64)
        self._names = tuple(self._numbers)
        self._all = self._counts(np.ones(len(texts), dtype=np.bool_))
        self._rarity: Counts = np.ones(len(self._names))

    def group(self, groups: Sequence[NDArray[np.bool_]]) -> None:
        """Take these as the groups that words may tell apart."""
        having = sum((self._counts(one) > 0 for one in groups), np.zeros(len(self._names)))
        self._rarity = np.log((len(groups) + 1) / (having + 0.5))

    def telling(self, inside: NDArray[np.bool_], most: int = 5) -> tuple[str, ...]:
        """Return the words that tell the texts of ``inside`` from the others, most telling first."""
        own, n = self._counts(inside), int(inside.sum())
        weight = _evidence(own, self._all - own, n, len(inside) - n, self._all) * self._rarity
        weight[(own < min(_LEAST_TEXTS, n)) | (self._all > max(_MOST_COMMON * len(inside), n))] = 0
        found = list[str]()
        for number in np.argsort(-weight, kind="stable")[: 10 * most]:
            word = self._names[number]
            if len(found) == most or weight[number] <= 0:
                break
            if not _repeats(word, found):
                found.append(word)
        return tuple(found)

    def _counts(self, inside: NDArray[np.bool_]) -> Counts:
        picked = self._words[inside[self._rows]]
        return np.bincount(picked, minlength=len(self._numbers)).astype(np.float64)


def _evidence(own: Counts, others: Counts, n: int, rest: int, every: Counts) -> Counts:
    prior = _PRIOR * (every + 0.1) / (n + rest + 0.2)

    def log_odds(hits: Counts, of: int) -> Counts:
        odds: Counts = np.log((hits + prior) / (of + _PRIOR - hits - prior))
        return odds

    spread = np.sqrt(1 / (own + prior) + 1 / (others + prior))
    made: Counts = (log_odds(own, n) - log_odds(others, rest)) / spread
    return made


def _repeats(word: str, found: Sequence[str]) -> bool:
    """Whether a word is another form of one that is there."""
    return any(word[:_SHARED_BEGINNING] == other[:_SHARED_BEGINNING] or word in other for other in found)


def _words(text: str) -> set[str]:
    return {word for piece in _PIECES.findall(_TAKEN_OUT.sub(" ", text)) for word in _of_piece(piece.casefold())}


def _of_piece(piece: str) -> Iterator[str]:
    if _UNSPACED.search(piece):
        yield from (piece[at : at + 2] for at in range(len(piece) - 1))
    elif len(piece) >= _LEAST_LETTERS:
        yield piece
