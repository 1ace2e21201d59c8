"""Keep secrets out of what is stored, logged or shown: providers' messages may echo the key that was sent."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote

from advisor.errors import AdvisorError

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH", re.IGNORECASE)

_SHAPES = re.compile(
    r"""
    \b(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|key|fw|tgp|r8|csk|ghp|glpat)
        [-_][A-Za-z0-9_*.\-]{4,}   # usual beginnings of keys
    | \bAIza[A-Za-z0-9_*\-]{6,} | \bAKIA[A-Z0-9*]{8,} | \beyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]+)*
    | (?<=bearer\s)[^\s"',}]+ | (?<=basic\s)[^\s"',}]+
    | (?<=[?&]key=)[^\s&"']+ | (?<=api[-_]key[=:])\s*[^\s&"',}]+
    | \b[A-Za-z0-9]{2,12}\*{3,}[A-Za-z0-9]{2,12}\b
    | \b[0-9a-f]{64}\b                # a signature made with a key
    """,
    re.IGNORECASE | re.VERBOSE,
)

_NAMED = re.compile(
    r"""
    (   :// (?=[^\s/@"'<>]+@)          # user and password before the host of an address
    |   (?:\b|_|-|api|access) (?:key|token|secret|signature|sig|passwd|password|credential) ["']? \s* [:=] \s* ["']? )
    [^\s"'&,}<>@]{6,}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""A value behind a name that promises a secret: in a query, a header, JSON, or a page that quotes them."""

_LEAST = 6
"""Shorter values of secret variables are left alone: replacing them would eat ordinary words."""

_SHOWN = 300

HIDDEN = "[hidden]"


class Redactor:
    """Replaces the values of secret variables and whatever has the shape of a key."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._forms: list[str] = []
        for name, value in environment.items():
            if _SECRET_NAME.search(name):
                self.hide(value)

    def hide(self, value: str) -> None:
        """From now on hide this value too, whatever the name of its variable."""
        if len(value) >= _LEAST and value not in self._forms:
            forms = {value, quote(value, safe=""), _base64(value), _base64(f":{value}")}
            self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """The text without secrets, on one line, shortened."""
        text = self.without_secrets(text)
        text = _NAMED.sub(rf"\1{HIDDEN}", _SHAPES.sub(HIDDEN, text))
        text = " ".join(text.split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def without_secrets(self, text: str) -> str:
        """The whole text with the values of secret variables hidden, and nothing else changed."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def message(self, error: BaseException) -> str:
        """What an exception says, without secrets."""
        words = error.message if isinstance(error, AdvisorError) else str(error)
        return self.clean(f"{type(error).__name__}: {words}")


def _base64(value: str) -> str:
    return b64encode(value.encode()).decode().rstrip("=")
