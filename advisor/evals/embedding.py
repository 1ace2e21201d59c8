"""Texts as vectors, offline: wordllama's weights as its package carries them (of the extra ``loop``)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.errors import EvaluationError, install_hint

Vectors = NDArray[np.float32]
"""A row a text, each of length 1: the product of two rows is their similarity."""

MOST_CHARACTERS = 4_000
"""As much of a text is looked at."""


def is_available() -> bool:
    """Whether the package is installed."""
    from importlib.util import find_spec

    return find_spec("wordllama") is not None


def embed(texts: Sequence[str]) -> Vectors:
    """Return a vector for each text. Raises EvaluationError if the package is not installed."""
    if not texts:
        return np.zeros((0, 256), dtype=np.float32)
    found: Vectors = _model().embed([text[:MOST_CHARACTERS] or " " for text in texts], norm=True)
    return np.nan_to_num(np.asarray(found, dtype=np.float32))


@lru_cache(maxsize=1)
def _model() -> Any:
    try:
        import wordllama  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        raise EvaluationError(
            "comparing texts by meaning needs a package that is not installed",
            hint=install_hint("loop"),
        ) from None
    # Its plain load() looks in another folder than the one it ships, and then asks a host.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
