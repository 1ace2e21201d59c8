"""The catalog that the user brought up to date: beside the shipped one, never in its place.

``advisor catalog update`` keeps what it built in ``$XDG_DATA_HOME/advisor/catalog/``, with the one before it for
``--rollback``. It counts as long as the shipped catalog is the one it was built from: a newer release of advisor brings
a newer catalog, curated by people, and then that one is used until the next update.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Any, NamedTuple

from advisor.errors import CatalogError
from advisor.files.atomic import replace_text
from advisor.files.paths import is_there

CURRENT, PREVIOUS = "current", "previous"

_NOTE_COMES_WITHIN_S = 600.0


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
    """Return the catalog that answers rest on: the updated one, if it was built from the shipped one as it is.

    Else that.
    """
    kept = read(CURRENT)
    if kept is None or not is_there(kept.path):
        return shipped
    return kept.path if kept.shipped_sha256 == _digest(shipped) else shipped


def read(name: str) -> Kept | None:
    """Return what is known of the kept catalog of that name; None if there is none or its note cannot be read."""
    try:
        raw: dict[str, Any] = json.loads((folder() / f"{name}.note.json").read_text(encoding="utf-8"))
        sources = {str(key): str(value) for key, value in raw["sources"].items()}
        digests = str(raw["sha256"]), str(raw["shipped_sha256"])
        return Kept(folder() / Path(str(raw.get("file", f"{name}.json"))).name, *digests, str(raw["made_on"]), sources)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def keep(content: bytes, *, shipped: Path, made_on: str, sources: dict[str, str]) -> Kept:
    """Make a catalog the one in use; the one before is kept for a rollback. Raises CatalogError."""
    note: dict[str, Any] = {
        "sha256": sha256(content).hexdigest(),
        "shipped_sha256": _digest(shipped),
        "made_on": made_on,
        "sources": sources,
    }
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    # A process that is killed at any moment leaves the one in use as it was: the note, written last, names its file.
    before = read(CURRENT)
    note["file"] = f"catalog-{str(note['sha256'])[:16]}.json"
    replace_text(place / note["file"], content.decode(), error=CatalogError)
    if before is not None and before.sha256 != note["sha256"]:
        _copy_note(CURRENT, PREVIOUS)
    replace_text(place / f"{CURRENT}.note.json", json.dumps(note, indent=2) + "\n", error=CatalogError)
    kept = read(CURRENT)
    if kept is None:
        raise CatalogError(f"{place}: the updated catalog could not be kept")
    _clear()
    return kept


def roll_back() -> Kept | None:
    """Take the update back: the catalog before it is in use again, or the shipped one (None)."""
    if read(PREVIOUS) is None:
        (folder() / f"{CURRENT}.note.json").unlink(missing_ok=True)
    else:
        (folder() / f"{PREVIOUS}.note.json").replace(folder() / f"{CURRENT}.note.json")
    _clear()
    return read(CURRENT)


def _copy_note(name: str, target: str) -> None:
    text = (folder() / f"{name}.note.json").read_text(encoding="utf-8")
    replace_text(folder() / f"{target}.note.json", text, error=CatalogError)


def _clear() -> None:
    """Remove the catalogs that no note names; a new one may be another process's, whose note comes next."""
    named = {kept.path for name in (CURRENT, PREVIOUS) if (kept := read(name)) is not None}
    for path in folder().glob("*.json"):
        if path.name.endswith(".note.json") or path in named:
            continue
        try:
            if time() - path.stat().st_mtime > _NOTE_COMES_WITHIN_S:
                path.unlink(missing_ok=True)
        except OSError:
            continue  # another process was quicker


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
