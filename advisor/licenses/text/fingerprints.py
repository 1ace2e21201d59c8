"""The fingerprints that travel inside the package: for each known text its digest and the hashes of its shingles."""

from __future__ import annotations

import json
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable
from pathlib import Path
from sys import byteorder
from typing import Any, NamedTuple

from advisor.errors import CatalogError

FORMAT = 1
"""The layout of the file that this version reads."""

PACKAGED = Path(__file__).parent.parent / "_fingerprints.json"
"""The fingerprints that travel inside the package."""


class Fingerprint(NamedTuple):
    """What is kept of a known text."""

    license: str
    """The id of the license whose text, or whose use policy, it is."""
    role: str
    """license or use-policy."""
    version: str | None
    digest: str
    """The sha256 of the normalized words."""
    words: int
    """How many words it has."""
    shingles: tuple[int, ...]
    """The hash of each run of five words, in order."""
    sections: tuple[tuple[str, int], ...]
    """The label of each numbered section and the index of its first word."""
    source: str
    """Where the text was read."""
    passages: tuple[tuple[str, int], ...] = ()
    """Clauses without a number of their own: the section as the record names it, the index of its first word."""


def load_fingerprints(path: Path = PACKAGED) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of a file. Raises CatalogError if it is missing or no such file."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise CatalogError(f"{path}: cannot read the fingerprints: {error.strerror}", hint=_REBUILD) from None
    except ValueError as error:
        raise CatalogError(f"{path}: the fingerprints are not JSON: {error}", hint=_REBUILD) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise CatalogError(f"{path}: expected fingerprints of format {FORMAT}", hint=_REBUILD)
    return tuple(_decoded(raw) for raw in document["texts"])


def dump_fingerprints(prints: Iterable[Fingerprint]) -> str:
    """Return the file's content, one text a line; the same fingerprints give the same bytes."""
    rows = [json.dumps(_encoded(one), sort_keys=True, separators=(",", ":")) for one in prints]
    return f'{{"format":{FORMAT},"texts":[\n' + ",\n".join(rows) + "\n]}\n"


_REBUILD = "build them from texts on your disk with `advisor license fingerprint FOLDER...`"


def _decoded(raw: dict[str, Any]) -> Fingerprint:
    hashes = array("I", b64decode(raw["shingles"]))
    if byteorder == "big":
        hashes.byteswap()
    sections, passages = (
        tuple((label, index) for label, index in raw.get(marks, ())) for marks in ("sections", "passages")
    )
    return Fingerprint(
        raw["license"],
        raw["role"],
        raw.get("version"),
        raw["digest"],
        raw["words"],
        tuple(hashes),
        sections,
        raw["source"],
        passages,
    )


def _encoded(one: Fingerprint) -> dict[str, Any]:
    hashes = array("I", one.shingles)
    if byteorder == "big":
        hashes.byteswap()
    return {
        **one._asdict(),
        "shingles": b64encode(hashes.tobytes()).decode(),
        "sections": [list(section) for section in one.sections],
        "passages": [list(passage) for passage in one.passages],
    }
