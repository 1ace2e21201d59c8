"""Words of a log that are shown and kept: without keys and personal data, and still told apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from advisor.evals.pii import without_pii
from advisor.probe.redaction import Redactor


def cleaner(environment: Mapping[str, str], *, keep_pii: bool = False) -> Callable[[str], str]:
    """Return what hides keys, and unless they are to be kept mail addresses and the like, in a word of a log.

    What was hidden is followed by a short hash, so that two prompts or models stay two.
    """
    redactor = Redactor(environment)

    def clean(word: str) -> str:
        plain = " ".join("".join(one if one.isprintable() else " " for one in word).split())
        hidden = redactor.without_keys(plain)
        hidden = hidden if keep_pii else without_pii(hidden)
        return hidden if hidden == plain else f"{hidden}~{hashlib.sha256(word.encode()).hexdigest()[:4]}"

    return clean
