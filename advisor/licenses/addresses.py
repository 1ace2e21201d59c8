"""The license that an address stands for: deeds, registers of licenses, and the pages of licensors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from advisor.licenses.license import License

# Such as `https://example.com/a` and `example.ai/terms`, not `example.ai`.
ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>()\[\]{}\"'`|\\^]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|ai|io|cn|dev)/[^\s<>()\[\]\"'`]*"
)
"""An address in a text."""

_TAIL = ".,;:!?\u3002\uff0c"


class _Page(NamedTuple):
    host: str
    path: str
    """A pattern of the path, without the slashes at its ends."""
    names: Callable[[re.Match[str]], str]
    """The id, SPDX id or tag that it stands for."""


def _itself(match: re.Match[str]) -> str:
    return match[1]


def _deed(match: re.Match[str]) -> str:
    return f"cc-{match[1]}-{match[2]}"


def _llama(match: re.Match[str]) -> str:
    return f"llama{match[1].replace('_', '.')}"


def _gnu(match: re.Match[str]) -> str:
    # An address without a version is that of the newest.
    newest = {"gpl": "3.0", "lgpl": "3.0", "agpl": "3.0", "fdl": "1.3"}
    name = match[1].lower()
    return f"{'gfdl' if name == 'fdl' else name}-{match[2] or newest[name]}"


def _always(name: str) -> Callable[[re.Match[str]], str]:
    return lambda _: name


_FILE = r"(?:\.(?:html?|txt|md|php|json|en|en\.html))*"
_PAGES = (
    _Page("creativecommons.org", r"licenses/([a-z-]+)/(\d\.\d)(?:/.*)?", _deed),
    _Page("creativecommons.org", r"publicdomain/zero/1\.0(?:/.*)?", _always("cc0-1.0")),
    _Page("apache.org", rf"licenses/license-2\.0{_FILE}", _always("apache-2.0")),
    _Page("opensource.org", rf"licenses?/([a-z0-9.+-]+?){_FILE}", _itself),
    _Page("spdx.org", rf"licenses/([a-z0-9.+-]+?){_FILE}", _itself),
    _Page("choosealicense.com", r"licenses/([a-z0-9.+-]+)", _itself),
    _Page("gnu.org", rf"licenses/(?:old-licenses/)?([al]?gpl|fdl)(?:-(\d\.\d))?{_FILE}", _gnu),
    _Page(
        "huggingface.co",
        rf"datasets/choosealicense/licenses/(?:blob|resolve|raw)/main/markdown/([a-z0-9.+-]+?){_FILE}",
        _itself,
    ),
    _Page("mit-license.org", r"", _always("mit")),
    _Page("unlicense.org", r"", _always("unlicense")),
    _Page("mozilla.org", rf"(?:en-us/)?mpl/2\.0{_FILE}", _always("mpl-2.0")),
    _Page("llama.com", rf"llama-?(\d(?:[_.]\d)?)/license{_FILE}", _llama),
    _Page("llama.meta.com", rf"llama-?(\d(?:[_.]\d)?)/license{_FILE}", _llama),
    _Page("ai.meta.com", r"llama/license", _always("llama2")),
    _Page("github.com", rf"meta-llama/llama-models/blob/[^/]+/models/llama(\d(?:_\d)?)/license{_FILE}", _llama),
    _Page("ai.google.dev", r"gemma/terms", _always("gemma")),
    _Page("mistral.ai", rf"licenses/mrl-0\.1{_FILE}", _always("mistral-research-license")),
    _Page("mistral.ai", rf"licenses/mnpl-0\.1{_FILE}", _always("mistral-non-production-license")),
    _Page("stability.ai", r"(?:community-)?license(?:-agreement)?", _always("stability-ai-community")),
    _Page(
        "developers.google.com", r"health-ai-developer-foundations/terms", _always("health-ai-developer-foundations")
    ),
)


class Addresses:
    """Which license an address stands for, among those of a catalog."""

    def __init__(self, licenses: Iterable[License]) -> None:
        self._ids: dict[str, str] = {}
        self._sources: dict[str, set[str]] = {}
        for terms in licenses:
            for name in (terms.id, *terms.hub_ids, *((terms.spdx,) if terms.spdx else ())):
                self._ids.setdefault(name.lower(), terms.id)
            if terms.sources and not terms.family:
                self._sources.setdefault(_plain(terms.sources[0].url), set()).add(terms.id)

    def license(self, address: str) -> str | None:
        """Return the id of the license that an address stands for; None where that is not known."""
        plain = _plain(address)
        host, _, path = plain.partition("/")
        for page in _PAGES:
            match = re.fullmatch(page.path, path) if host == page.host else None
            name = self._ids.get(_spdx(page.names(match), self._ids)) if match else None
            if name is not None:
                return name
        recorded = self._sources.get(plain, set())
        return next(iter(recorded)) if len(recorded) == 1 else None


def _spdx(name: str, known: Iterable[str]) -> str:
    """Return a name as registers write it: in some addresses a dash stands for the point of a version."""
    name = name.lower()
    tries = (name, f"{name}-only", re.sub(r"(?<=\d)-(?=\d)", ".", name), re.sub(r"-php$", "", name))
    return next((one for one in tries if one in known), name)


def _plain(address: str) -> str:
    """Host and path in small letters, without what makes no difference to the page."""
    text = address.strip().rstrip(_TAIL)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return f"{host}/{unquote(parts.path).strip('/')}".lower()
