"""Read the user's own price sheet, YAML or CSV, and compile it for :mod:`advisor.catalog.price_overlay`.

YAML has the shape of ``catalog/prices/<channel>.yaml``; under ``models`` it may describe models of your own by the base
that they stand on. CSV has one price row a line, with the columns channel, model,
region, tier, input, output, cached_input, cache_write, valid_from, valid_to, note (all but channel, model and one rate
may be left out); rates are USD per million tokens.
"""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from advisor.catalog.catalog import Catalog
from advisor.catalog.price_overlay import OWN
from advisor.catalog.source.compile import compile_offerings
from advisor.catalog.source.file_schema import PriceFile
from advisor.catalog.source.merge import OfferingSheet, with_own_names
from advisor.catalog.source.read import read_record
from advisor.catalog.source.schema import Authored, OfferingEntry, PriceEntry, SourceEntry
from advisor.catalog.source.validate import offering_problems
from advisor.errors import CatalogError


class OwnModelEntry(Authored):
    """A model of your own: a fine-tune or a private deployment of a model that the catalog has."""

    id: str = Field(min_length=1, max_length=200)
    """The id as its channel has it, ``ft:`` ids included."""
    base: str
    """The id or name of the model that it stands on: license, life and abilities come from it."""
    name: str | None = None
    """What people call it; the id, if left out."""


class OwnOfferingEntry(OfferingEntry):
    """An offering in a sheet of your own; its model may be one of yours."""

    model: str


class OwnSheet(PriceFile):
    """A price sheet of your own."""

    models: list[OwnModelEntry] = Field(default_factory=list)
    """Models of your own."""
    offerings: list[OwnOfferingEntry] = Field(default_factory=list)  # type: ignore[assignment]
    """Prices and facts of what the channel offers you."""


COLUMNS = ("channel", "model", "region", "tier", "input", "output", "cached_input", "cache_write")
MORE_COLUMNS = ("valid_from", "valid_to", "note")
LARGEST_BYTES = 5_000_000


def compile_sheet(path: Path, catalog: Catalog, *, today: date) -> bytes:
    """Return the sheet, checked against the catalog's models and rules, as a compiled overlay.

    Raises CatalogError with file, line or row, what is wrong and what was expected.
    """
    if path.is_file() and path.stat().st_size > LARGEST_BYTES:
        raise CatalogError(f"{path}: expected a price sheet of at most {LARGEST_BYTES:,} bytes")
    is_csv = path.suffix.lower() == ".csv"
    channels, sheets = _from_csv(path, catalog, today) if is_csv else _from_yaml(path)
    models = [] if is_csv else _own_models(path, catalog)
    known = {*catalog.models, *(own["id"] for own in models)}
    problems = [problem for sheet in sheets for problem in offering_problems(sheet, known)]
    if problems:
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        raise CatalogError(f"{problems[0]}{more}", hint=_HINT)
    compiled = {"channels": channels, "models": models, **compile_offerings(sheets)}
    return (json.dumps(compiled, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


_HINT = "model ids are listed by `advisor catalog search TEXT`; describe one of your own under `models` with its base"


def _own_models(path: Path, catalog: Catalog) -> list[dict[str, Any]]:
    entries = read_record(path, OwnSheet).models
    taken = [entry.id for entry in entries if entry.id in catalog.models]
    if taken:
        raise CatalogError(f"{path}: models: {taken[0]} is a model of the catalog; give yours an id of its own")
    return [
        {"id": one.id, "name": one.name or one.id, "base": catalog.find_model(one.base).id, "aliases": []}
        for one in entries
    ]


def _from_yaml(path: Path) -> tuple[list[dict[str, Any]], list[OfferingSheet]]:
    record = read_record(path, OwnSheet)
    channel = record.channel
    raw: dict[str, Any] = {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "prefix": channel.litellm_prefix,
        "facts": {},
    }
    return [raw], [with_own_names(path, channel.id, entry, record.sources) for entry in record.offerings]


def _from_csv(path: Path, catalog: Catalog, today: date) -> tuple[list[dict[str, Any]], list[OfferingSheet]]:
    groups: dict[tuple[str, str, str | None], list[PriceEntry]] = {}
    for line, row in _rows(path):
        channel = row.get("channel", "")
        if channel not in catalog.channels:
            raise CatalogError(f"{path}:{line}: channel: no channel named {channel!r}; describe a new one in YAML")
        key = (channel, row.get("model", ""), row.get("region") or None)
        groups.setdefault(key, []).append(_price(path, line, row))
    sources = {"own": SourceEntry(url=OWN, read_on=today)}
    sheets = []
    for (channel, model, region), prices in groups.items():
        try:
            entry = OfferingEntry(model=model, region=region, prices=prices)
        except ValidationError as error:
            raise CatalogError(f"{path}: {model!r}: {error.errors()[0]['msg']}") from None
        sheets.append(with_own_names(path, channel, entry, sources))
    return [], sheets


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            unknown = set(reader.fieldnames or ()) - {*COLUMNS, *MORE_COLUMNS}
            if unknown or not {"channel", "model"} <= set(reader.fieldnames or ()):
                expected = ", ".join((*COLUMNS, *MORE_COLUMNS))
                raise CatalogError(f"{path}:1: columns: expected some of {expected}, found {reader.fieldnames}")
            return [(reader.line_num, {k: v for k, v in row.items() if k and v}) for row in reader]
    except OSError as error:
        raise CatalogError(f"{path}: cannot read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(f"{path}: expected CSV text in UTF-8: {error}") from None


def _price(path: Path, line: int, row: dict[str, str]) -> PriceEntry:
    cells = {name: row[name] for name in (*COLUMNS[3:], *MORE_COLUMNS) if name in row}
    try:
        return PriceEntry.model_validate({**cells, "source": "own"})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "row"
        raise CatalogError(f"{path}:{line}: {place}: {first['msg']}") from None
