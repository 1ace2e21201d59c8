"""The compiled catalog as a file: the one that travels in the package, or the one that the user brought up to date."""

from __future__ import annotations

import gc
import json
from datetime import date
from hashlib import sha256
from pathlib import Path

from advisor.catalog.catalog import Catalog
from advisor.catalog.price_overlay import apply, overlay_path, own_models_path
from advisor.catalog.record_decoder import no_collection
from advisor.catalog.source.dedupe import shared
from advisor.catalog.user_catalog import in_use
from advisor.errors import CatalogError
from advisor.facts import today
from advisor.files.paths import is_there

FORMAT = 3
"""The layout of the compiled file that this version reads."""

COMPILED = Path(__file__).parent.parent / "_catalog.json"
"""The compiled catalog that travels inside the package."""


def load_catalog(as_of: date | None = None, *, path: Path | None = None, overlay: bool = True) -> Catalog:
    """Give the compiled catalog as of a day (today by default), with the user's own price sheet on top if one is kept.

    Without a path it is the one that the user brought up to date, else the shipped one; ``overlay=False``: the shipped
    one as it is. Raises CatalogError if the file is missing, is not a compiled catalog, or was compiled for another
    version.
    """
    with no_collection():
        catalog = _load(as_of or today(), path or (in_use(COMPILED) if overlay else COMPILED), overlay)
        gc.freeze()  # what was read stays until the end: no later pass need look at its quarter of a million objects
    return catalog


def _load(as_of: date, path: Path, overlay: bool) -> Catalog:
    try:
        content = path.read_bytes()
        document = json.loads(content)
    except OSError as error:
        raise CatalogError(f"{path}: cannot read the compiled catalog: {error.strerror}", hint=_REBUILD) from None
    except ValueError as error:
        raise CatalogError(f"{path}: the compiled catalog is not JSON: {error}", hint=_REBUILD) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else type(document).__name__
        raise CatalogError(f"{path}: expected a catalog of format {FORMAT}, found {found}", hint=_REBUILD)
    document = shared(document)
    for own in (overlay_path(), own_models_path()) if overlay else ():
        if is_there(own):
            sheet = _sheet(own)
            document, content = apply(document, sheet), content + sheet
    return Catalog(document, as_of=as_of, digest=sha256(content).hexdigest())


def _sheet(own: Path) -> bytes:
    try:
        return own.read_bytes()
    except OSError as error:
        hint = "mend its permissions, or name a folder of your own with XDG_DATA_HOME"
        raise CatalogError(f"{own}: your own prices cannot be read: {error.strerror}", hint=hint) from None


_REBUILD = "build it from catalog/ with `advisor catalog build`"
