"""What probes in this folder measured: read once, and again when a probe has added to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from advisor.facts import Measurement

PROBES = Path(".advisor/probes")


class Measured(NamedTuple):
    """Figures that count, and in words what was left out of them."""

    fresh: tuple[Measurement, ...] = ()
    left_out: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    """Candidates whose last measurement is too old to count."""


NOTHING_MEASURED = Measured()


def read_measured(day: date) -> Measured:
    """What probes measured and what still counts on that day; nothing is imported where there is no probe."""
    if not PROBES.is_dir():
        return Measured()
    from advisor.probe.kept import STALE_AFTER_DAYS, read_measurements

    found = read_measurements(day)
    left_out = [f"left out: {error.message}" for error in found.unreadable]
    if found.stale:
        left_out.append(f"measured more than {STALE_AFTER_DAYS} days ago, so not counted: {', '.join(found.stale)}")
    return Measured(found.fresh, tuple(left_out), found.stale)
