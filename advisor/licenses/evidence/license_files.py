"""Which files of a repository bear on its license, and where a ``license_link`` leads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

Role = Literal["license", "notice", "use-policy"]

MOST_FILES = 12
"""Files read of one repository."""

_LICENSE = re.compile(r"(?:^|[-_ .])(?:licen[cs]e|copying|unlicense|agreement)", re.IGNORECASE)
_NOTICE = re.compile(r"^notice(?:[-_.]|$)", re.IGNORECASE)
_POLICY = re.compile(r"(?:use|usage|acceptable|prohibited)[-_ ]?(?:use)?[-_ ]?polic", re.IGNORECASE)
_TEXT_ENDINGS = ("", "txt", "md", "rst", "mdx", "text", "markdown")
_BLOB = re.compile(r"^/(?P<repository>[^/]+/[^/]+)/(?:blob|raw|resolve)/(?P<revision>[^/]+)/(?P<path>.+)$")


class LinkTarget(NamedTuple):
    """A file inside the Hub."""

    repository: str
    revision: str | None
    """None: the commit at hand."""
    path: str


def license_files(paths: Iterable[str]) -> list[tuple[str, Role]]:
    """The files at the top of a repository, or one folder below, that hold a license, a notice or a use policy."""
    found = []
    for path in paths:
        name = path.rpartition("/")[2]
        role = _role(name)
        if role and path.count("/") <= 1 and _ending(name) in _TEXT_ENDINGS:
            found.append((path, role))
    return sorted(found, key=lambda one: (one[0].count("/"), one[0]))[:MOST_FILES]


def follow(link: str, endpoint: str, paths: Iterable[str]) -> LinkTarget | None:
    """The file of the Hub that a link leads to; None if it leads elsewhere, or to no file of the repository.

    A link without a host is a path of this repository and must be one of its files, so that no path climbs out of it.
    """
    parts = urlsplit(link)
    if not parts.scheme and not parts.netloc:
        path = unquote(parts.path).removeprefix("./")
        return LinkTarget("", None, path) if path in set(paths) else None
    hosts = {urlsplit(endpoint).netloc, "huggingface.co", "hf.co"}
    match = _BLOB.match(unquote(parts.path)) if parts.scheme in ("http", "https") and parts.netloc in hosts else None
    if match is None or ".." in match["path"].split("/"):
        return None
    return LinkTarget(match["repository"], match["revision"], match["path"])


def _role(name: str) -> Role | None:
    if _POLICY.search(name):
        return "use-policy"
    if _NOTICE.search(name):
        return "notice"
    return "license" if _LICENSE.search(name) else None


def _ending(name: str) -> str:
    """``txt`` of LICENSE.txt; a number such as that of LICENSE-2.0 is no ending."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return "" if not ending.isalpha() or _LICENSE.search(ending) else ending
