"""A package index as installers read it (PEP 503 and 691): which wheels there are, how old they are, and one of them.

Nothing is installed. A version younger than a week, whose age the index does not tell, that was taken back by its
publisher, or that is on the deny list is not chosen.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from html import unescape
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urljoin, urlparse
from urllib.request import Request, urlopen

from advisor.catalog.refresh.packages import LARGEST_WHEEL_BYTES, Package, is_denied, ordered, version_of
from advisor.errors import SourceUnavailable

LARGEST_PAGE_BYTES = 30_000_000
TIMEOUT_S = 30
YOUNGEST_DAYS = 7
"""A version must have been out for a week: time in which others notice a package that was taken over."""

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_LINK = re.compile(r"<a\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-z-]+)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)


class Wheel(NamedTuple):
    """A wheel on an index."""

    name: str
    version: str
    address: str
    sha256: str | None
    published_on: date | None
    """None where the index does not tell."""


def choose(wheels: Iterator[Wheel], package: Package, *, today: date, any_age: bool, deny: tuple[str, ...]) -> Wheel:
    """Return the newest wheel that may be read, not older than the pinned one. Raises SourceUnavailable."""
    latest = today - timedelta(days=YOUNGEST_DAYS)
    known = [one for one in wheels if ordered(one.version) >= ordered(package.version)]
    allowed = [one for one in known if not is_denied(package.distribution, one.version, deny)]
    old = [
        one
        for one in allowed
        if any_age or one.version == package.version or (one.published_on is not None and one.published_on <= latest)
    ]
    if not old:
        young = ", ".join(sorted({one.version for one in allowed})) or "none at all"
        raise SourceUnavailable(
            f"{package.distribution}: expected a version from {package.version} on that has been out for "
            f"{YOUNGEST_DAYS} days, found {young}",
            hint="take younger ones too with --any-age, or read a folder of your own with --from FOLDER",
        )
    # Of one version any wheel will do: the data file is the same in each. The shortest name is the most general one.
    return max(old, key=lambda one: (ordered(one.version), -len(one.name)))


def listed(index: str, package: Package) -> Iterator[Wheel]:
    """Every wheel of a package on an index; what its publisher took back is left out. Raises SourceUnavailable."""
    address = f"{index.rstrip('/')}/{package.distribution}/"
    content, kind = _fetched(address, LARGEST_PAGE_BYTES)
    text = content.decode("utf-8", "replace")
    try:
        files = list(_from_json(json.loads(text)) if "json" in kind else _from_html(text))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise SourceUnavailable(f"{address}: expected a package index's page: {error}") from None
    for name, link, digest, day in files:
        found = version_of(Path(name))
        if found and found[0] == package.distribution and not re.search("[a-z]", found[1]):
            yield Wheel(name, found[1], urljoin(address, link), digest, day)


def download(wheel: Wheel, folder: Path) -> Path:
    """Return the wheel in a folder, its hash checked. Raises SourceUnavailable."""
    content, _ = _fetched(urldefrag(wheel.address).url, LARGEST_WHEEL_BYTES)
    if wheel.sha256 is not None and sha256(content).hexdigest() != wheel.sha256:
        raise SourceUnavailable(f"{wheel.name}: the file is not the one that the index states (sha256 differs)")
    path = folder / Path(wheel.name).name
    path.write_bytes(content)
    return path


def configured_index() -> str:
    """Give the index that pip is set up with on this machine. Raises SourceUnavailable where there is no pip to ask."""
    stated = os.environ.get("PIP_INDEX_URL")
    if stated:
        return stated
    asks = (
        ["-m", "pip", "config", "get", "global.index-url"],
        ["-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"],
    )
    for words in asks:
        done = subprocess.run(  # noqa: S603 - the words are ours
            [sys.executable, *words], capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode == 0 and done.stdout.strip().startswith("http"):
            return done.stdout.strip()
    raise SourceUnavailable(
        "no package index is known here: pip is not installed beside advisor",
        hint="name one with --from ADDRESS, or a folder of wheels with --from FOLDER",
    )


def fetch_file(address: str, most_bytes: int) -> bytes:
    """Return the content of an address of the user's own. Raises SourceUnavailable."""
    return _fetched(address, most_bytes)[0]


def _from_json(page: dict[str, Any]) -> Iterator[tuple[str, str, str | None, date | None]]:
    for file in page["files"]:
        if not file.get("yanked"):
            time = file.get("upload-time")
            day = datetime.fromisoformat(time).astimezone(UTC).date() if time else None
            yield str(file["filename"]), str(file["url"]), file.get("hashes", {}).get("sha256"), day


def _from_html(page: str) -> Iterator[tuple[str, str, str | None, date | None]]:
    for attributes in _LINK.findall(page):
        stated = {name.lower(): unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
        link = stated.get("href", "")
        if link and "data-yanked" not in stated and "data-yanked" not in attributes:
            plain, fragment = urldefrag(link)
            digest = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else None
            yield Path(urlparse(plain).path).name, plain, digest, None


def _fetched(address: str, most_bytes: int) -> tuple[bytes, str]:
    if urlparse(address).scheme not in ("http", "https"):
        raise SourceUnavailable(f"{address}: expected an address that begins with https:// or http://")
    request = Request(address, headers={"Accept": _ACCEPT, "User-Agent": "advisor"})  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  # nosec B310
            content: bytes = answer.read(most_bytes + 1)
            kind = str(answer.headers.get("Content-Type", ""))
    except HTTPError as error:
        raise SourceUnavailable(f"{_plain(address)}: answered {error.code} {error.reason}") from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, ssl.SSLError):
            raise SourceUnavailable(f"{_plain(address)}: no secure connection: {reason}", hint=_UNTRUSTED) from None
        raise SourceUnavailable(f"{_plain(address)}: cannot be reached: {reason}", hint=_OFFLINE) from None
    if len(content) > most_bytes:
        raise SourceUnavailable(f"{_plain(address)}: expected at most {most_bytes:,} bytes")
    return content, kind


_UNTRUSTED = "name the authority of its certificate with SSL_CERT_FILE"
_OFFLINE = "without a network, read a folder of wheels with `advisor catalog update --from FOLDER`"


def _plain(address: str) -> str:
    """Return the address without a name and a password in it."""
    return re.sub(r"//[^/@]*@", "//", address)
