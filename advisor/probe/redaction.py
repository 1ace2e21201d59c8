"""Keep secrets out of what is stored, logged or shown: providers' messages may echo the key that was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping

from advisor.errors import AdvisorError
from advisor.probe.secret_forms import Secrets, is_random

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASS|PWD|CRED|AUTH|JWT|COOKIE|BEARER", re.IGNORECASE)

# Such as `sk-abcd1234`, `Bearer abc123` and `AIzaSyA1b2c3`, not `the sky is blue`.
_SHAPES = re.compile(
    r"""
    \b(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|key|fw|tgp|r8|csk|ghp|glpat)
        [-_][A-Za-z0-9_*.\-]{4,}   # usual beginnings of keys
    | \bAIza[A-Za-z0-9_*\-]{6,} | \bAKIA[A-Z0-9*]{8,} | \beyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]+)*
    | (?<=bearer\s)[^\s"',}]+ | (?<=basic\s)[^\s"',}]+
    | (?<=[?&]key=)[^\s&"']+ | (?<=api[-_]key[=:])\s*[^\s&"',}]+
    | \b[A-Za-z0-9]{2,12}\*{3,}[A-Za-z0-9]{2,12}\b
    | \b[0-9a-f]{64}\b                # a signature made with a key
    | \b(?:gh[ousr]|github_pat|shpat|whsec|glsa|dop_v1|npm)_[A-Za-z0-9_]{16,} | \bxox[abeprs]-[A-Za-z0-9-]{10,}
    | \bASIA[A-Z0-9]{12,} | \bya29\.[A-Za-z0-9_\-]{10,} | \bSG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----(?:.|\n)*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    """,
    re.IGNORECASE | re.VERBOSE,
)

# Such as `https://ann:secret1@host` and `api_key=abcdef123`, not `the key is short`.
_NAMED = re.compile(
    r"""
    (   :// (?=[^\s/@"'<>]+@)          # user and password before the host of an address
    |   (?:\b|_|-|api|access) (?:key|token|secret|signature|sig|passwd|password|credential) ["']? \s* [:=] \s* ["']? )
    [^\s"'&,}<>@]{6,}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""A value behind a name that promises a secret: in a query, a header, JSON, or a page that quotes them."""

_WORD = r"(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15}|[0-9]{1,4})"
_WORDS = re.compile(rf"{_WORD}(?:[-_]+{_WORD})*[-_.:;!?)]*")
"""Words and short numbers, joined or alone, as in ``key-value``: the shape of a key, and none."""

# Such as `sk-abc123DEF456`, not `sk-learn`.
_MAKERS = re.compile(r"(?:sk|gsk|xai|pplx|hf|nvapi|csk|ghp|glpat|tgp)[-_].*[A-Za-z0-9]{9}", re.IGNORECASE)
"""A beginning that only keys have, before a part that is longer than words such as ``sk-learn``."""

_LEAST = 6
"""Shorter values of secret variables are left alone: replacing them would eat ordinary words."""

_SHOWN = 300

_NAME = 160
"""Longest name of a model, region or reason that is kept."""

_READ = 8_192
"""How much of a message is looked at; no more than `_SHOWN` of it is kept."""

_MOST = 64
"""How many values are hidden at a time: those that were sent last."""

HIDDEN = "[hidden]"


class Redactor:
    """Replaces the values of secret variables, in whatever form they come back, and whatever has the shape of a key."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._values: dict[str, None] = {}
        self._secrets: Secrets | None = None
        for name, value in environment.items():
            if _SECRET_NAME.search(name):
                self.hide(value)

    def hide(self, value: str) -> None:
        """From now on hide this value too, whatever the name of its variable."""
        if len(value) < _LEAST or value in self._values:
            return
        if len(self._values) >= _MOST:
            self._values.pop(next(iter(self._values)))
        self._values[value] = None
        self._secrets = None

    def clean(self, text: str) -> str:
        """Return the text without secrets, on one line, without characters that steer a terminal, shortened."""
        text = self.without_secrets(text[:_READ])
        text = _NAMED.sub(rf"\1{HIDDEN}", _SHAPES.sub(HIDDEN, text))
        return _shortened(text, _SHOWN)

    def name(self, value: object) -> str | None:
        """Give a name that a server gave (of a model, a region, a reason).

        As `clean` has it but with its own shape left.
        """
        if value is None or isinstance(value, (bool, list, dict)):
            return None
        return _shortened(self.without_secrets(str(value)[:_READ]), _NAME) or None

    def knows(self, text: str) -> bool:
        """Whether a text holds a secret, or something with the shape of one."""
        found = _SHAPES.search(text)
        return self.without_secrets(text) != text or (found is not None and is_random(found.group()))

    def without_secrets(self, text: str) -> str:
        """Return the whole text with the values of secret variables hidden, and nothing else changed."""
        if not self._values or not text:
            return text
        if self._secrets is None:
            self._secrets = Secrets(self._values)
        for first, last in reversed(self._secrets.spans(text)):
            text = text[:first] + HIDDEN + text[last:]
        return text

    def without_keys(self, text: str) -> str:
        """Return the whole text with known secrets and whatever has the shape of a key hidden, and no word of it.

        For texts that are kept to be read or asked again; ``clean`` hides more and shortens.
        """
        return _NAMED.sub(_without_value, _SHAPES.sub(_without_shape, self.without_secrets(text)))

    def message(self, error: BaseException) -> str:
        """Return what an exception says, without secrets."""
        words = error.message if isinstance(error, AdvisorError) else str(error)
        return self.clean(f"{type(error).__name__}: {words}")


def _without_shape(found: re.Match[str]) -> str:
    """Hide what has the shape of a key and is no words; in a header of authorization, whatever stands there."""
    is_header = "authorization" in found.string[max(0, found.start() - 24) : found.start()].casefold()
    is_key = is_header or _MAKERS.match(found[0]) or not _WORDS.fullmatch(found[0])
    return HIDDEN + found[0][len(found[0].rstrip(".")) :] if is_key else found[0]


def _without_value(found: re.Match[str]) -> str:
    """Hide what stands behind a name that promises a secret; of one that means other things too, what is no word."""
    name, value = found[1], found[0][len(found[1]) :]
    is_secret = re.search(r"""passw|secret|://|=|["']""", name, re.IGNORECASE) or not _WORDS.fullmatch(value)
    return f"{name}{HIDDEN}" if is_secret else found[0]


def _shortened(text: str, most: int) -> str:
    """On one line, printable, at most that long."""
    plain = "".join(one if one.isprintable() else " " for one in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
