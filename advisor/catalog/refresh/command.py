"""Find the source packages, read them, merge them, and write ``catalog/prices/`` anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from importlib import metadata, util
from pathlib import Path
from typing import NamedTuple

from advisor.catalog.refresh.channels import CHANNELS
from advisor.catalog.refresh.model_names import Names
from advisor.catalog.refresh.observation import AliasRow, Merged, Observation
from advisor.catalog.refresh.readings import FILE, dated, load_readings, render_readings
from advisor.catalog.refresh.reconcile import merge
from advisor.catalog.refresh.sources import genai_prices as genai_prices_file
from advisor.catalog.refresh.sources import litellm as litellm_file
from advisor.catalog.refresh.sources import metergraph as metergraph_file
from advisor.catalog.refresh.sources import model_prices as model_prices_file
from advisor.catalog.refresh.write_yaml import write_channel
from advisor.catalog.source.read import read_names
from advisor.catalog.source.schema import ChannelEntry
from advisor.errors import CatalogError, SourceUnavailable
from advisor.files.atomic import replace_text

Reader = Callable[[Path, str, date], Iterator[Observation]]


class Package(NamedTuple):
    """A source package at the version that is pinned, with the day on which its data were current.

    The day is the package's own where it states one; else the day on which the version was published.
    """

    distribution: str
    folder: str
    version: str
    read_on: date
    observations: Reader


PACKAGES: tuple[Package, ...] = (
    Package("litellm", "litellm", "1.110.2", date(2026, 11, 9), litellm_file.observations),
    Package("genai-prices", "genai_prices", "0.2.3", date(2026, 11, 9), genai_prices_file.observations),
    Package("model-prices", "model_prices", "0.0.5", date(2026, 10, 26), model_prices_file.observations),
    Package("metergraph-core", "metergraph_core", "0.7.4", date(2026, 10, 25), metergraph_file.observations),
)
"""What ``pyproject.toml`` pins in the dependency group ``sources``."""


class Refreshed(NamedTuple):
    """What a refresh did."""

    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    offerings: tuple[Merged, ...]


class Gathered(NamedTuple):
    """What the packages together say, before anything is written."""

    offerings: tuple[Merged, ...]
    pointings: tuple[tuple[AliasRow, str], ...]
    channels: dict[str, ChannelEntry]
    readings: str
    """What each package said, to be compared with at the next refresh."""


def gather(root: Path, *, today: date, packages_folder: Path | None = None) -> Gathered:
    """Read and merge the source packages for the models of the catalogue below ``root``, as known on ``today``.

    ``packages_folder`` holds unpacked packages, each in a folder of its distribution's name; without it the installed
    packages are read. Raises SourceUnavailable if one is missing or is not the pinned version, CatalogError if the
    files of labs and channels are wrong.
    """
    labs, channels = read_names(root)
    names = Names(model for lab_file in labs for model in lab_file.models)
    read = (row for package in PACKAGES for row in _observations(package, packages_folder))
    seen = list(dated(read, load_readings(root)))
    metergraph = PACKAGES[-1]
    pointings = list(metergraph_file.pointings(_locate(metergraph, packages_folder), metergraph.read_on))
    merged = merge(seen, names, today, pointings)
    by_target = tuple((one, model) for one in pointings if (model := names.find(one.target)) not in (None, one.name))
    known = {(one.channel, one.name) for one in seen if names.find(one.name) is not None}
    return Gathered(
        tuple(merged),
        by_target,
        {record.channel.id: record.channel for record in channels},
        render_readings(seen, known),
    )


def refresh(root: Path, *, today: date, packages_folder: Path | None = None) -> Refreshed:
    """Rebuild ``root/prices`` from the source packages; nothing is written before everything was read."""
    gathered = gather(root, today=today, packages_folder=packages_folder)
    by_channel: dict[str, list[Merged]] = {}
    for offering in gathered.offerings:
        by_channel.setdefault(offering.channel, []).append(offering)
    folder = root / "prices"
    folder.mkdir(exist_ok=True)
    written = tuple(
        write_channel(
            folder,
            _entry(channel, gathered.channels),
            offerings,
            [row for row in gathered.pointings if row[0].channel == channel],
        )
        for channel, offerings in sorted(by_channel.items())
    )
    replace_text(root / FILE, gathered.readings, error=CatalogError)
    stale = tuple(path for path in sorted(folder.glob("*.yaml")) if path not in written)
    for path in stale:
        path.unlink()
    return Refreshed(written, stale, gathered.offerings)


def _entry(channel: str, curated: dict[str, ChannelEntry]) -> ChannelEntry:
    return curated.get(channel) or CHANNELS[channel]


def _observations(package: Package, folder: Path | None) -> Iterator[Observation]:
    return package.observations(_locate(package, folder), package.version, package.read_on)


def _locate(package: Package, folder: Path | None) -> Path:
    if folder is not None:
        path = folder / package.distribution / package.folder
        if path.is_dir():
            return path
        raise SourceUnavailable(f"{path}: expected the unpacked package {package.distribution}")
    spec = util.find_spec(package.folder)
    if spec is None or not spec.submodule_search_locations:
        raise SourceUnavailable(
            f"the source package {package.distribution} is not installed",
            hint="pip install -r requirements/sources.txt",
        )
    found = metadata.version(package.distribution)
    if found != package.version:
        raise SourceUnavailable(
            f"{package.distribution} {found} is installed; expected {package.version}, whose day of data is known",
            hint="pip install -r requirements/sources.txt",
        )
    return Path(next(iter(spec.submodule_search_locations)))
