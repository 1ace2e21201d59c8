"""The user's own prices on top of the shipped catalog: contract prices and private deployments.

``advisor catalog refresh --from FILE`` checks the sheet and keeps it, compiled, beside the user's other data; from then
on every command reads it, and the catalog's version says so (``2026.11.23+own.1a2b3c4d``). The shipped catalog is
never changed; ``advisor catalog refresh --drop`` forgets the sheet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from advisor.catalog.own_models import completed_offering, with_own_models
from advisor.errors import CatalogError
from advisor.files.paths import data_folder

OWN = "advisor:own-price-sheet"
"""The address of facts whose source is the user's own sheet."""


def overlay_path() -> Path:
    """Where the compiled sheet is kept: ``$XDG_DATA_HOME/advisor/overlay.json``."""
    return data_folder("overlay.json")


def own_models_path() -> Path:
    """Where the models that ``advisor catalog add`` took are kept, compiled."""
    return overlay_path().with_name("own-models.json")


def read_sheet(path: Path) -> dict[str, Any]:
    """Return a kept sheet. Raises CatalogError if it cannot be read."""
    try:
        sheet: dict[str, Any] = json.loads(path.read_bytes())
        parts = (sheet["channels"], sheet["models"], sheet["offerings"], sheet["sources"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CatalogError(f"{path}: the kept models of your own cannot be read: {error!r}", hint=_ADD_AGAIN) from None
    if [type(part) for part in parts] != [list, list, list, dict]:
        raise CatalogError(f"{path}: the kept models of your own cannot be read", hint=_ADD_AGAIN)
    return sheet


_ADD_AGAIN = "delete that file and add them again with `advisor catalog add`"


def apply(document: dict[str, Any], content: bytes) -> dict[str, Any]:
    """Return the shipped document with the compiled sheet on top; the document that is passed in stays as it is.

    An offering of the sheet replaces whole price tiers and facts by name; new offerings and channels are added.
    """
    try:
        sheet = json.loads(content)
        if not isinstance(sheet, dict):
            raise TypeError("it holds no sheet")  # noqa: TRY301 - told as the others below
        return _applied(document, sheet, sha256(content).hexdigest()[:8])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CatalogError(f"{overlay_path()}: the kept price sheet cannot be read: {error!r}", hint=_AGAIN) from None


def _applied(document: dict[str, Any], sheet: dict[str, Any], digest: str) -> dict[str, Any]:
    document = with_own_models(document, sheet.get("models", ()))
    bases = {own["id"]: own["base"] for own in sheet.get("models", ())}
    known = {raw["id"] for raw in document["models"]}
    unknown = sorted({raw["model"] for raw in sheet["offerings"]} - known)
    if unknown:
        message = f"{overlay_path()}: the kept price sheet names {unknown[0]!r}, which the catalog no longer has"
        raise CatalogError(message, hint=_AGAIN)
    channels = {raw["id"]: raw for raw in document["channels"]}
    for raw in sheet["channels"]:
        channels.setdefault(raw["id"], raw)
    offerings = {_key(raw): raw for raw in document["offerings"]}
    for raw in sheet["offerings"]:
        base = bases.get(raw["model"])
        own = completed_offering(raw, base, offerings) if base else raw
        offerings[_key(raw)] = _over(offerings.get(_key(raw)), own)
    return {
        **document,
        "version": f"{document['version']}+own.{digest}",
        "sources": {**document["sources"], **sheet["sources"]},
        "channels": [channels[key] for key in sorted(channels)],
        "offerings": [offerings[key] for key in sorted(offerings)],
    }


_AGAIN = "keep it again with `advisor catalog refresh --from FILE`, or forget it with `advisor catalog refresh --drop`"


def _key(raw: Mapping[str, Any]) -> tuple[str, str, str]:
    return raw["channel"], raw["model"], raw.get("region") or ""


def _over(shipped: dict[str, Any] | None, own: dict[str, Any]) -> dict[str, Any]:
    if shipped is None:
        return own
    tiers = {row[0] for row in own["prices"]}
    kept = [row for row in shipped["prices"] if row[0] not in tiers]
    return {
        **shipped,
        "api_name": own["api_name"] or shipped["api_name"],
        "facts": {**shipped["facts"], **own["facts"]},
        "prices": [*own["prices"], *kept],
    }
