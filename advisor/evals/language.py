"""In which language a text is, told offline by py3langid (of the extra ``loop``)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from advisor.errors import EvaluationError, install_hint

LEAST_CHARACTERS = 40
"""Shorter texts do not show their language reliably."""

_LEAST_PROBABILITY = 0.6


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language; None if it is too short or too mixed to tell.

    Raises EvaluationError if the package is not installed.
    """
    identifier = _identifier()
    plain = " ".join(text.split())
    if len(plain) < LEAST_CHARACTERS:
        return None
    code, probability = identifier.classify(plain[:5_000])
    return str(code) if probability >= _LEAST_PROBABILITY else None


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        raise EvaluationError(
            "language: telling languages apart needs a package that is not installed",
            hint=install_hint("loop"),
        ) from None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
