"""What kept runs say, read quickly: a recommendation must not wait for the records of every request.

Beside the runs lies a file with the measurements of each run by the size and time of its file; a run that is new or has
changed is read in full and remembered. The file may be deleted at any time.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import EvidenceError
from advisor.facts import Basis, Measurement
from advisor.probe.run_file import FOLDER, run_files

STALE_AFTER_DAYS = 30
"""Services change their hardware and load without notice; an older measurement is shown but decides nothing."""

_REMEMBERED = "measured.json"
_FORMAT = 2


class KeptMeasurements(NamedTuple):
    """Measurements that count, subjects whose measurement is too old, and files that could not be read."""

    fresh: tuple[Measurement, ...]
    stale: tuple[str, ...]
    unreadable: tuple[EvidenceError, ...]


def read_measurements(day: date, folder: Path = FOLDER) -> KeptMeasurements:
    """Give what the runs of a folder say on a day.

    Nothing measured after it, nothing older than ``STALE_AFTER_DAYS``.
    """
    every, unreadable = _all(folder)
    oldest = day - timedelta(days=STALE_AFTER_DAYS)
    taken: dict[tuple[str, str], Measurement] = {}
    known = set[str]()
    for one in sorted(every, key=lambda one: one.measured_on):
        if one.measured_on > day:
            continue
        known.add(one.subject)
        if one.measured_on >= oldest:
            taken[one.subject, one.quantity] = _standing(taken.get((one.subject, one.quantity)), one)
    fresh = tuple(taken.values())
    return KeptMeasurements(fresh, tuple(sorted(known - {one.subject for one in fresh})), unreadable)


def _standing(before: Measurement | None, newer: Measurement) -> Measurement:
    """Give the newer one, unless it is too small to bound the figure and does not contradict the one before.

    Which does.
    """
    if before is None or before.low is None or before.high is None:
        return newer
    if newer.low is not None and newer.high is not None:
        return newer
    is_slower = newer.low is not None and newer.low > before.high
    is_faster = newer.high is not None and newer.high < before.low
    return newer if is_slower or is_faster else before


def _all(folder: Path) -> tuple[list[Measurement], tuple[EvidenceError, ...]]:
    before = _remembered(folder / _REMEMBERED)
    now: dict[str, list[list[Any]]] = {}
    found, unreadable = list[Measurement](), list[EvidenceError]()
    for path in run_files(folder):
        try:
            key = _key(path)
            own = [_decoded(row) for row in before[key]] if key in before else _read(path)
        except EvidenceError as error:
            unreadable.append(error)
            continue
        now[key] = [_encoded(one) for one in own]
        found += own
    if now.keys() != before.keys():
        _remember(folder / _REMEMBERED, now)
    return found, tuple(unreadable)


def _key(path: Path) -> str:
    """Return what a run is remembered by. Raises EvidenceError if its file went away meanwhile."""
    try:
        stat = path.stat()
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from None
    return f"{path.name} {stat.st_size} {stat.st_mtime_ns}"


def _read(path: Path) -> list[Measurement]:
    from advisor.probe.measurements import measurements
    from advisor.probe.run_file import read_run

    return list(measurements([read_run(path)]))


def _remembered(path: Path) -> dict[str, list[list[Any]]]:
    """Return what was remembered; nothing if there is no such file or it is not one of ours."""
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != _FORMAT:
            return {}
        runs: dict[str, list[list[Any]]] = content["runs"]
        for rows in runs.values():
            for row in rows:
                _decoded(row)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return runs


def _remember(path: Path, runs: dict[str, list[list[Any]]]) -> None:
    from advisor.files.atomic import replace_text

    try:
        replace_text(path, json.dumps({"format": _FORMAT, "runs": runs}) + "\n", error=EvidenceError)
    except EvidenceError:
        return  # a folder that may only be read costs time, not answers


def _encoded(one: Measurement) -> list[Any]:
    return list(one._replace(measured_on=one.measured_on.isoformat()))  # type: ignore[arg-type]


def _decoded(row: list[Any]) -> Measurement:
    one = Measurement(*row)
    day = date.fromisoformat(one.measured_on)  # type: ignore[arg-type]
    return one._replace(measured_on=day, rests_on=tuple(Basis(*basis) for basis in one.rests_on))
