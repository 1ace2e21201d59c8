"""The traffic of a log as the edit of ``advisor.yaml`` that states it, and a bill beside its estimate."""

from __future__ import annotations

from typing import NamedTuple

from advisor.monitor.traffic import Traffic
from advisor.reports.section import Section


class BillRecord(NamedTuple):
    """What was billed, beside what this program estimates, in USD a month."""

    candidate: str
    """Whose prices were taken."""
    billed_usd_per_month: float
    source: str
    """``log``, or ``--bill``."""
    estimate_as_stated: float | None
    """On the traffic that the requirements state."""
    estimate_as_logged: float | None
    """On the traffic of the log."""
    off_percent_as_stated: float | None
    """How far the estimate lies from the bill, positive where it is too high."""
    off_percent_as_logged: float | None


class TrafficRecord(NamedTuple):
    """The traffic of one workload."""

    workload: str | None
    """None where the requirements have no workload that the calls could belong to."""
    measured: Traffic
    edit: tuple[str, ...]
    """Lines of YAML that state it, each with what is stated now as its comment."""
    bill: BillRecord | None
    notes: tuple[str, ...]


def traffic_sections(found: tuple[TrafficRecord, ...] | None) -> tuple[Section, ...]:
    """Return a section for each workload."""
    return tuple(_section(one) for one in found or ())


def _section(one: TrafficRecord) -> Section:
    name = f" of {one.workload}" if one.workload else ""
    bill = (_bill_words(one.bill),) if one.bill else ()
    return Section(f"Traffic{name}", (*one.edit, *one.notes, *bill))


def _bill_words(one: BillRecord) -> str:
    parts = [f"Billed ${one.billed_usd_per_month:,.2f} a month ({one.source})"]
    for words, value, off in (
        ("stated", one.estimate_as_stated, one.off_percent_as_stated),
        ("logged", one.estimate_as_logged, one.off_percent_as_logged),
    ):
        if value is not None and off is not None:
            parts.append(f"estimated ${value:,.2f} on the traffic as {words} ({off:+.0f} %)")
    return f"{', '.join(parts)}, at the prices of {one.candidate}."
