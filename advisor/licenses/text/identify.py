"""Say of a text which license it is: exactly one, nearly one, several, or none. Near is never equal.

Exact: the normalized words are those of a known text. Near: the share of common five-word runs (Dice's coefficient)
with the closest known text, with the passages that are not in it and the sections of it that are missing. A text that
holds the whole of two known licenses, or whose words are those of two, is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from advisor.licenses.text.equal_forms import equal_forms
from advisor.licenses.text.fingerprints import Fingerprint
from advisor.licenses.text.normalize import (
    SHINGLE_WORDS,
    Word,
    digest,
    located_words,
    shingles,
    without_front_matter,
)

NEAR_FROM = 0.35
"""The least similarity at which a text is called near; below, nothing is said about it."""

LONGEST_POINTER = 60
"""Words up to which a text that holds an address is a pointer to a license, not one."""

POINTER = "a pointer or a remark, not the text of a license"
"""The note on a text that is too short to be a license."""

LONGEST_FREE_LICENSE = 3_000
"""Words up to which the forms of a text are tried; the free licenses that have them are shorter."""

MOST_ALIGNED = 8_000
"""Words up to which a text is laid beside the nearest known one to tell what it lacks."""

MOST_PASSAGES = 12
LONGEST_PASSAGE = 400
_MISSING_FROM = 0.3
_ADDRESS = re.compile(r"https?://|www\.|\b\w+\.(?:com|org|ai|io|cn)/", re.IGNORECASE)


class Match(StrEnum):
    """How well a text is known."""

    EXACT = "exact"
    NEAR = "near"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class Passage(NamedTuple):
    """A part of the text as found that is not in the nearest known text."""

    text: str
    start: int


class Identification(NamedTuple):
    """What a text is."""

    match: Match
    id: str | None = None
    """The license, exact or nearest; None where several or none are meant."""
    version: str | None = None
    similarity: float = 0.0
    """1 for an exact hit; Dice's coefficient of the five-word runs for a near one."""
    differing: tuple[Passage, ...] = ()
    """Passages of the text that are not in the nearest known one."""
    missing: tuple[str, ...] = ()
    """Sections of the nearest known text that are not in this one."""
    candidates: tuple[tuple[str, float], ...] = ()
    """The closest licenses with their similarity, best first; all that are meant where it is ambiguous."""
    note: str | None = None
    holds: tuple[str, ...] = ()
    """The licenses of which the whole text is in it."""
    known: Fingerprint | None = None
    """The known text that it is exactly."""
    around: str = ""
    """What it says besides the one license that it holds and the use policy of that license."""


class _Scored(NamedTuple):
    similarity: float
    contained: float
    fingerprint: Fingerprint


_NOTICES = {
    "7a46cf4a5d56898d746584f4fe57bdf571d600a8f39d21063431d88929f803c7": Identification(
        Match.EXACT,
        "apache-2.0",
        "notice",
        1.0,
        candidates=(("apache-2.0", 1.0),),
        note="the notice by which the license is applied; its text is not here",
    )
}
"""What a license itself tells its users to put in the place of its text, by the digest of the words."""


def identify(text: str, known: Sequence[Fingerprint], *, role: str = "license") -> Identification:
    """Return what the text is, among the known texts of that role."""
    body, note = without_front_matter(text)
    words = located_words(text)
    if len(words) < SHINGLE_WORDS or (len(words) <= LONGEST_POINTER and _ADDRESS.search(body)):
        return Identification(Match.NONE, note=POINTER)
    texts = [one for one in known if one.role == role]
    found = digest(words)
    exact = [one for one in texts if one.digest == found]
    if not exact and len(words) <= LONGEST_FREE_LICENSE:
        forms = {digest(form) for form in equal_forms(text, words)}
        exact = [one for one in texts if one.digest in forms]
        if not exact and role == "license" and not forms.isdisjoint(_NOTICES):
            return _NOTICES[next(iter(forms & _NOTICES.keys()))]
    if exact:
        return _exact(exact, note)
    near = _not_exact(text, words, texts, note)
    if len(near.holds) != 1:
        return near
    own = {run for one in known if one.license == near.holds[0] for run in one.shingles}
    return near._replace(around=" ".join(text[start:end] for start, end in _passages(words, shingles(words), own)))


def uncovered(text: str, known: Sequence[Fingerprint]) -> str:
    """Return what a text says besides passages of known licenses, a passage a line."""
    words = located_words(text)
    runs = shingles(words)
    if not runs:
        return text
    own = {run for run in set(runs) if any(run in _runs_of(one) for one in known)}
    return "\n".join(text[start:end] for start, end in _passages(words, runs, own))


def _exact(exact: Sequence[Fingerprint], note: str | None) -> Identification:
    ids = sorted({one.license for one in exact})
    if len(ids) > 1:
        return Identification(
            Match.AMBIGUOUS, similarity=1.0, candidates=tuple((one, 1.0) for one in ids), note="the same words"
        )
    return Identification(
        Match.EXACT,
        ids[0],
        exact[0].version,
        1.0,
        candidates=((ids[0], 1.0),),
        note=note,
        holds=(ids[0],),
        known=exact[0],
    )


def _not_exact(text: str, words: Sequence[Word], texts: Sequence[Fingerprint], note: str | None) -> Identification:
    runs = shingles(words)
    scored = _scores(set(runs), texts)
    whole = _held_whole(words, runs, scored)
    if len(whole) > 1:
        return Identification(
            Match.AMBIGUOUS,
            similarity=1.0,
            candidates=tuple((one, 1.0) for one in whole),
            note="the text holds the whole of several licenses",
            holds=tuple(whole),
        )
    if not scored or scored[0].similarity < NEAR_FROM:
        ranked = _ranked(scored)[:3]
        return Identification(Match.NONE, similarity=ranked[0][1] if ranked else 0.0, candidates=ranked, note=note)
    best = scored[0].fingerprint
    if whole:
        note = f"the whole of {whole[0]} with more added"
    return Identification(
        Match.NEAR,
        best.license,
        best.version,
        round(scored[0].similarity, 4),
        _differing(text, words, runs, set(best.shingles)),
        _missing(best, set(runs)) or _left_out(text, words, runs, best),
        _ranked(scored)[:3],
        note,
        tuple(whole),
    )


def _scores(runs: set[int], texts: Sequence[Fingerprint]) -> list[_Scored]:
    """Every known text with its similarity and the share of it that is contained, the most similar first."""
    scored = []
    for one in texts:
        own = _runs_of(one)
        if not own:
            continue
        common = len(own & runs)
        scored.append(_Scored(2 * common / (len(own) + len(runs)), common / len(own), one))
    return sorted(scored, key=lambda score: (-score.similarity, score.fingerprint.license))


_RUNS: dict[str, frozenset[int]] = {}
"""The shingles of known texts by digest: made when first compared, as a run over many models compares again."""


def _runs_of(one: Fingerprint) -> frozenset[int]:
    found = _RUNS.get(one.digest)
    if found is None:
        found = _RUNS[one.digest] = frozenset(one.shingles)
    return found


def _ranked(scored: Sequence[_Scored]) -> tuple[tuple[str, float], ...]:
    best: dict[str, float] = {}
    for score in scored:
        best.setdefault(score.fingerprint.license, round(score.similarity, 4))
    return tuple(best.items())


def _held_whole(words: Sequence[Word], runs: Sequence[int], scored: Sequence[_Scored]) -> list[str]:
    """Give the licenses of which the text holds every word in one piece, without those that lie inside another one."""
    spans: dict[str, tuple[int, int]] = {}
    for score in sorted(scored, key=lambda score: -score.fingerprint.words):
        one = score.fingerprint
        if score.contained < 1.0 or one.license in spans:
            continue
        places = (i for i, run in enumerate(runs) if run == one.shingles[0])
        place = next((i for i in places if digest(words[i : i + one.words]) == one.digest), None)
        if place is not None and not any(first <= place and place + one.words <= end for first, end in spans.values()):
            spans[one.license] = (place, place + one.words)
    return sorted(spans)


def _differing(text: str, words: Sequence[Word], runs: Sequence[int], own: set[int]) -> tuple[Passage, ...]:
    """Return the first passages that are not in the known text, shortened for a report."""
    passages = islice(_passages(words, runs, own), MOST_PASSAGES)
    return tuple(Passage(" ".join(text[start:end].split())[:LONGEST_PASSAGE], start) for start, end in passages)


def _passages(words: Sequence[Word], runs: Sequence[int], own: set[int]) -> Iterator[tuple[int, int]]:
    """Run of words that are part of no five-word run of the known text: where each begins and ends."""
    covered = bytearray(len(words))
    for i, run in enumerate(runs):
        if run in own:
            covered[i : i + SHINGLE_WORDS] = b"\1" * SHINGLE_WORDS
    i = 0
    while i < len(words):
        if covered[i]:
            i += 1
            continue
        first = i
        while i < len(words) and not covered[i]:
            i += 1
        # A word to either side, so that a single changed word can be found by eye.
        yield words[max(first - 1, 0)].start, words[min(i, len(words) - 1)].end


def _left_out(text: str, words: Sequence[Word], runs: Sequence[int], known: Fingerprint) -> tuple[str, ...]:
    """Where the words of the known text go on without some of its own: how many, and after which words as found."""
    if len(runs) > MOST_ALIGNED:
        return ()
    gaps = []
    for kind, first, last, start, end in SequenceMatcher(None, known.shingles, runs).get_opcodes():
        # A run is lost for each of its words that changed: what is put in the place of others is among the passages.
        count = (last - first) - (end - start)
        if kind == "equal" or count <= 0:
            continue
        if start == 0:
            where = "at its beginning"
        elif end == len(runs):
            where = "at its end"
        else:
            before = range(max(0, start - 1), start + SHINGLE_WORDS - 1)
            where = f"after {' '.join(text[words[before[0]].start : words[before[-1]].end].split())!r}"
        gaps.append(f"about {count:,} {'word' if count == 1 else 'words'} {where}")
    return tuple(gaps[:MOST_PASSAGES])


def _missing(known: Fingerprint, runs: set[int]) -> tuple[str, ...]:
    """Sections of the known text of which a good part of the runs is nowhere in this one."""
    ends = [index for _, index in known.sections[1:]] + [known.words]
    missing = []
    for (label, first), last in zip(known.sections, ends, strict=False):
        own = known.shingles[first:last]
        if own and sum(run not in runs for run in own) / len(own) > _MISSING_FROM:
            missing.append(label)
    return tuple(dict.fromkeys(missing))
