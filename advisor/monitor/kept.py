"""What monitoring keeps between runs: calls without their texts, and how far each file was read.

Both stand under ``.advisor/monitor`` in a folder for the logs that were named. The calls are written first and the
cursor then names them, so that a run that is killed leaves what was.
"""

# ruff: noqa: S608 - every value in a query here is a column of ours or quoted

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from advisor.engine.port import Engine, quoted
from advisor.errors import MonitorError
from advisor.files.atomic import replace_text
from advisor.files.paths import is_there
from advisor.files.yaml import read_text
from advisor.monitor.log_files import Position
from advisor.monitor.mapping import LogMapping
from advisor.monitor.summary import FOLDER
from advisor.probe.worker_protocol import Line

KEPT_DAYS = 400
"""Calls that are older than the newest by more are let go."""

_CURSOR = "cursor.json"


class _Place(Line):
    size: int
    changed_ns: int
    offset: int
    lines: int
    head: str


class _Cursor(Line):
    schema_version: int = 1
    calls: str
    halvings: int
    files: Mapping[str, _Place]


class Kept(NamedTuple):
    """What an earlier run left."""

    files: Mapping[str, Position]
    calls: Path | None
    halvings: int
    """Of the sample of texts."""


NOTHING = Kept({}, None, 0)


def folder_for(names: Sequence[str], mapping: LogMapping, parent: Path = FOLDER) -> Path:
    """Return where the state of these logs, read by these names, is kept."""
    said = json.dumps([sorted(names), sorted(mapping.fields.items()), sorted(mapping.outcomes.items())])
    return parent / hashlib.sha256(said.encode()).hexdigest()[:12]


def load(folder: Path) -> Kept:
    """Return what is kept in a folder; nothing if there is none. Raises MonitorError if it cannot be used."""
    path = folder / _CURSOR
    if not path.is_file():
        return NOTHING
    try:
        cursor = _Cursor.model_validate_json(read_text(path, error=MonitorError))
    except ValidationError as cause:
        raise MonitorError(
            f"{path}: expected what monitoring keeps, found {cause.errors()[0]['msg'][:100]}",
            hint="--fresh reads the logs from their beginning",
        ) from None
    calls = folder / Path(cursor.calls).name
    if not is_there(calls):
        raise MonitorError(f"{calls}: the calls of earlier runs are missing", hint="--fresh reads the logs again")
    files = {name: Position(**place.model_dump()) for name, place in cursor.files.items()}
    return Kept(files, calls, cursor.halvings)


def restore(engine: Engine, kept: Kept) -> int:
    """Put the calls of earlier runs into ``calls``; return how many."""
    if kept.calls is None:
        return 0
    source = f"read_parquet({quoted(str(kept.calls))})"
    known = engine.columns("SELECT * FROM calls")
    found = engine.columns(f"SELECT * FROM {source}")
    for name in found:
        if name.startswith("outcome:") and name not in known:
            engine.run(f'ALTER TABLE calls ADD COLUMN "{name}" DOUBLE')
    names = ", ".join(f'"{name}"' for name in found if name in known or name.startswith("outcome:"))
    engine.run(f"INSERT INTO calls BY NAME SELECT {names} FROM {source}")
    return int(next(iter(engine.rows("SELECT count(*) FROM calls")))[0])


def save(engine: Engine, folder: Path, files: Mapping[str, Position], halvings: int, derived: Sequence[str]) -> None:
    """Keep the calls and how far the files were read; ``derived`` outcomes are made anew each time.

    Raises MonitorError if it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise MonitorError(f"{folder}: cannot be made: {cause.strerror}", hint="--no-keep keeps nothing") from None
    places = {name: _Place(**one._asdict()) for name, one in files.items()}
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:12]
    calls = folder / f"calls-{digest}.parquet"
    temporary = folder / f".{calls.name}.new"
    left_out = ", ".join(f'"outcome:{name}"' for name in derived)
    columns = f"* EXCLUDE (file, line{', ' + left_out if left_out else ''}), -1 AS file, 0 AS line"
    newest = f'"at" >= (SELECT max("at") FROM calls) - to_days({KEPT_DAYS})'
    engine.run(
        f"COPY (SELECT {columns} FROM calls WHERE {newest}) TO {quoted(str(temporary))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    try:
        temporary.replace(calls)
        cursor = _Cursor(calls=calls.name, halvings=halvings, files=places)
        replace_text(folder / _CURSOR, cursor.model_dump_json(indent=1) + "\n", error=MonitorError)
    except OSError as cause:
        raise MonitorError(f"{calls}: cannot be written: {cause.strerror}", hint="--no-keep keeps nothing") from None
    for old in folder.glob("calls-*.parquet"):
        if old != calls:
            with suppress(OSError):
                old.unlink()
