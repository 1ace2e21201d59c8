"""The catalog that the user brought up to date: beside the shipped one, never in its place.

``advisor catalog update`` keeps what it built in ``$XDG_DATA_HOME/advisor/catalog/``, with the one before it for
``--rollback``. It counts as long as the shipped catalog is the one it was built from: a newer release of advisor brings
a newer catalog, curated by people, and then that one is used until the next update.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import CatalogError
from advisor.files.atomic import replace_text

CURRENT, PREVIOUS = "current", "previous"


class Kept(NamedTuple):
    """A catalog in the user's data folder: its file, and what it was built from."""

    path: Path
    sha256: str
    shipped_sha256: str
    """Of the shipped catalog at the time."""
    made_on: str
    sources: dict[str, str]
    """What it was built from: package to version, or ``folder``, ``address`` or ``file`` to its name."""


def folder() -> Path:
    """Where updated catalogs are kept."""
    from advisor.files.paths import data_folder

    return data_folder() / "catalog"


def in_use(shipped: Path) -> Path:
    """The catalog that answers rest on: the updated one, if it was built from the shipped one as it is; else that."""
    kept = read(CURRENT)
    if kept is None or not kept.path.is_file():
        return shipped
    return kept.path if kept.shipped_sha256 == _digest(shipped) else shipped


def read(name: str) -> Kept | None:
    """What is known of the kept catalog of that name; None if there is none or its note cannot be read."""
    try:
        raw: dict[str, Any] = json.loads((folder() / f"{name}.note.json").read_text(encoding="utf-8"))
        sources = {str(key): str(value) for key, value in raw["sources"].items()}
        digests = str(raw["sha256"]), str(raw["shipped_sha256"])
        return Kept(folder() / f"{name}.json", *digests, str(raw["made_on"]), sources)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def keep(content: bytes, *, shipped: Path, made_on: str, sources: dict[str, str]) -> Kept:
    """Make a catalog the one in use; the one before is kept for a rollback. Raises CatalogError."""
    note = {
        "sha256": sha256(content).hexdigest(),
        "shipped_sha256": _digest(shipped),
        "made_on": made_on,
        "sources": sources,
    }
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    if read(CURRENT) is not None:
        _move(CURRENT, PREVIOUS)
    replace_text(place / f"{CURRENT}.json", content.decode(), error=CatalogError)
    replace_text(place / f"{CURRENT}.note.json", json.dumps(note, indent=2) + "\n", error=CatalogError)
    kept = read(CURRENT)
    if kept is None:
        raise CatalogError(f"{place}: the updated catalog could not be kept")
    return kept


def roll_back() -> Kept | None:
    """Take the update back: the catalog before it is in use again, or the shipped one (None)."""
    for ending in (".note.json", ".json"):
        (folder() / f"{CURRENT}{ending}").unlink(missing_ok=True)
    if read(PREVIOUS) is None:
        return None
    _move(PREVIOUS, CURRENT)
    return read(CURRENT)


def _move(name: str, target: str) -> None:
    # The note goes last: a catalog without its note is not used.
    for ending in (".json", ".note.json"):
        source = folder() / f"{name}{ending}"
        if source.is_file():
            source.replace(folder() / f"{target}{ending}")


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
