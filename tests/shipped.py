"""The shipped catalog read once a day and worker: what it works out for one question it keeps for the next.

Reading it and screening its offerings anew costs a second a call; a test that is not about reading shares it.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.compiled_file import COMPILED
from advisor.catalog.price_overlay import overlay_path, own_models_path
from advisor.catalog.source.dedupe import shared
from advisor.files.paths import is_there

MOST = 3
"""Days that are kept; each holds a few ten megabytes."""


def share_catalogs(patch: Callable[[Any, str, object], None]) -> None:
    """Let every call that would read the same file as of the same day get the same catalog."""
    module: Any = sys.modules[load_catalog.__module__]
    read: Callable[[date, Path, bool], Catalog] = module._load
    kept: OrderedDict[tuple[object, ...], Catalog] = OrderedDict()

    def load(as_of: date, path: Path, overlay: bool) -> Catalog:
        if not path.is_file() or (overlay and (is_there(overlay_path()) or is_there(own_models_path()))):
            return read(as_of, path, overlay)
        state = path.stat()
        key = (as_of, path, state.st_mtime_ns, state.st_size)
        if key not in kept:
            kept[key] = read(as_of, path, overlay)
        kept.move_to_end(key)
        while len(kept) > MOST:
            kept.popitem(last=False)
        return kept[key]

    patch(module, "_load", load)


def thinned(as_of: date, every: int, first: int = 0) -> Catalog:
    """The shipped catalog with one in so many of its offerings: for laws that hold for any catalog.

    ``benchmarks/laws.py`` asks them of the whole one.
    """
    document = _document()
    return Catalog({**document, "offerings": document["offerings"][first::every]}, as_of=as_of, digest="0" * 64)


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = shared(json.loads(COMPILED.read_bytes()))
    return document
