"""Build the fingerprints from texts on the builder's disk; only hashes leave it.

``catalog/license_texts.yaml`` names each known text by its sha256; the folders given are searched for files of that
content, whatever they are called.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from advisor.catalog.source.license_texts import TextEntry
from advisor.licenses.text.fingerprints import Fingerprint
from advisor.licenses.text.normalize import SHINGLE_WORDS, Word, digest, shingles, split_words, without_front_matter
from advisor.licenses.text.sections import split_sections

Passages = Mapping[str, Mapping[str, str]]
"""The mark of a clause by license and section."""

LARGEST_BYTES = 1 << 20
"""Files above this are no license texts and are not read."""


def build_fingerprints(
    entries: Iterable[TextEntry], folders: Iterable[Path], passages: Passages
) -> tuple[tuple[Fingerprint, ...], tuple[TextEntry, ...]]:
    """Return the fingerprints of the texts that were found below the folders, and the entries that were not.

    ``passages`` are the marks of clauses by license and section (see :func:`passage_mark`).
    """
    wanted = list(entries)
    texts = _texts(folders, {entry.sha256 for entry in wanted})
    found: dict[tuple[Any, ...], Fingerprint] = {}
    for entry in wanted:
        if entry.sha256 in texts:
            for one in _fingerprints(entry, texts[entry.sha256], passages.get(entry.license, {})):
                found.setdefault((one.license, one.role, one.digest), one)
    ordered = sorted(found.values(), key=lambda one: (one.license, one.role, one.version or "", one.digest))
    return tuple(ordered), tuple(entry for entry in wanted if entry.sha256 not in texts)


def passage_mark(words: str) -> str:
    """Return the mark of a passage that begins with these words.

    The hash of the first five. Raises ValueError on fewer.
    """
    runs = shingles(split_words(words))
    if not runs:
        raise ValueError(f"{words!r}: expected at least {SHINGLE_WORDS} words")
    return _mark(runs[0])


def _mark(run: int) -> str:
    return f"{run:08x}"


def _texts(folders: Iterable[Path], wanted: set[str]) -> Mapping[str, str]:
    texts = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size <= LARGEST_BYTES:
                content = path.read_bytes()
                key = sha256(content).hexdigest()
                if key in wanted:
                    texts[key] = content.decode("utf-8", "replace")
    return texts


def _fingerprints(entry: TextEntry, content: str, passages: Mapping[str, str]) -> Iterator[Fingerprint]:
    """One for the text, and one for each way in which it is usually carried: without its tail, with another title."""
    text = _without_header(content) if entry.has_header else without_front_matter(content)[0]
    words = split_words(text)
    for variant in _variants(entry, words):
        runs = shingles(variant)
        yield Fingerprint(
            entry.license,
            entry.role,
            entry.version,
            digest(variant),
            len(variant),
            tuple(runs),
            _sections(text, variant),
            entry.source,
            tuple(_passages(runs, passages)),
        )


def _variants(entry: TextEntry, words: list[Word]) -> Iterator[list[Word]]:
    bodies = [words]
    for tail in entry.optional_from:
        place = _find(words, [word.text for word in split_words(tail)])
        if place is not None:
            bodies.append(words[:place])
    for body in bodies:
        yield body
        for title in entry.titles:
            own = [word.text for word in split_words(title)]
            has_it = [word.text for word in body[: len(own)]] == own
            yield body[len(own) :] if has_it else [*(Word(text, 0, 0) for text in own), *body]


def _find(words: list[Word], wanted: list[str]) -> int | None:
    texts = [word.text for word in words]
    return next((i for i in range(len(texts)) if texts[i : i + len(wanted)] == wanted), None)


def _passages(runs: Sequence[int], passages: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Where each marked clause begins; a text in which it does not, or begins twice, has no place for it."""
    places: dict[str, list[int]] = {}
    for index, run in enumerate(runs):
        places.setdefault(_mark(run), []).append(index)
    for section, mark in passages.items():
        if len(places.get(mark, ())) == 1:
            yield section, places[mark][0]


def _sections(text: str, words: list[Word]) -> tuple[tuple[str, int], ...]:
    starts = [word.start for word in words]
    marks = [(section.label, bisect_left(starts, section.start)) for section in split_sections(text)]
    return tuple((label, index) for label, index in marks if index < len(words))


def _without_header(content: str) -> str:
    """Return the text after a YAML header that ends with ``---``."""
    _, _, rest = content.partition("\n---\n")
    return rest
