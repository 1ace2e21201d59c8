"""Find the source packages, read them, merge them, and write ``catalog/prices/`` anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from advisor.catalog.refresh.channels import CHANNELS
from advisor.catalog.refresh.model_names import Names
from advisor.catalog.refresh.observation import AliasRow, Merged
from advisor.catalog.refresh.packages import POINTING, Located, locate
from advisor.catalog.refresh.readings import FILE, dated, load_readings, render_readings
from advisor.catalog.refresh.reconcile import merge
from advisor.catalog.refresh.sources import metergraph
from advisor.catalog.refresh.write_yaml import write_channel
from advisor.catalog.source.read import read_names
from advisor.catalog.source.schema import ChannelEntry
from advisor.errors import CatalogError
from advisor.files.atomic import replace_text
from advisor.files.leftovers import temporary_folder

UNEXPECTED = (
    *(LookupError, TypeError, ValueError, ArithmeticError, AttributeError),
    *(SyntaxError, RecursionError, sqlite3.Error),
)
"""What a reader raises when a package's data have another layout than the one it knows."""


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


def gather(root: Path, packages: Sequence[Located], *, today: date) -> Gathered:
    """Merge what the packages say of the models of the catalog below ``root``, as known on ``today``.

    Raises CatalogError if the files of labs and channels are wrong or a package's data are not what they were.
    """
    labs, channels = read_names(root)
    names = Names(model for lab_file in labs for model in lab_file.models)
    try:
        seen = list(dated((row for one in packages for row in one.observations()), load_readings(root)))
        leading = next(one for one in packages if one.package.distribution == POINTING)
        pointings = list(metergraph.pointings(leading.path, leading.read_on))
    except UNEXPECTED as error:
        raise CatalogError(f"a source package's data have another layout than expected: {error!r}") from None
    merged = merge(seen, names, today, pointings)
    by_target = tuple((one, model) for one in pointings if (model := names.find(one.target)) not in (None, one.name))
    known = {(one.channel, one.name) for one in seen if names.find(one.name) is not None}
    return Gathered(
        tuple(merged),
        by_target,
        {record.channel.id: record.channel for record in channels},
        render_readings(seen, known),
    )


def refresh(root: Path, folder: Path, *, today: date, pinned: bool = True) -> Refreshed:
    """Rebuild ``root/prices`` from the wheels or unpacked packages in ``folder``.

    Nothing is written before everything was read. Raises SourceUnavailable if a package is missing or is not the pinned
    version, CatalogError if data are wrong.
    """
    with temporary_folder() as unpacked:
        packages = locate(folder, Path(unpacked), pinned=pinned)
        return write(root, gather(root, packages, today=today))


def write(root: Path, gathered: Gathered) -> Refreshed:
    """Write ``root/prices`` anew from what was gathered."""
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
        path.unlink(missing_ok=True)  # another refresh may have been quicker
    return Refreshed(written, stale, gathered.offerings)


def _entry(channel: str, curated: dict[str, ChannelEntry]) -> ChannelEntry:
    return curated.get(channel) or CHANNELS[channel]
