"""``advisor probe --next``: which measurement is worth taking."""

from __future__ import annotations

from pathlib import Path

from advisor.catalog import Catalog, load_catalog
from advisor.cli.diagnostics import ExitCode, hint
from advisor.cli.inputs import read_requirements
from advisor.cli.options import write_reports
from advisor.decision.next_measurement import MeasurementValue, worth_measuring
from advisor.errors import UsageError
from advisor.facts import today
from advisor.probe.measurement_cache import read_measurements
from advisor.reports import json_writer
from advisor.reports.header import catalog_header
from advisor.reports.writers.text import aligned


def ask_next(file: Path | None, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Report the candidates whose measurement could change the advice, most valuable first."""
    if unknown := set(forms) - {"table", "json"}:
        raise UsageError(f"--next: expected the format table or json, found {', '.join(sorted(unknown))}")
    _, requirements = read_requirements(file, None)
    catalog = load_catalog()
    found = worth_measuring(catalog, requirements, read_measurements(today()).fresh)
    write_reports(forms, outputs, lambda form: _text(form, catalog, found))
    if found:
        hint(f"`advisor probe {found[0].candidate} --dry-run` shows what measuring it takes")
    return ExitCode.CLEAN


def _text(form: str, catalog: Catalog, found: tuple[MeasurementValue, ...]) -> str:
    if form == "json":
        return json_writer.render(catalog_header(catalog), {"next": found})
    return _table(found)


def _table(found: tuple[MeasurementValue, ...]) -> str:
    if not found:
        return "no measurement of latency could change the recommendation\n"
    rows = [("candidate", "workload", "chance to change it", "worth a month", "why")]
    rows += [
        (one.candidate, one.workload, f"{one.chance:.0%}", f"${one.usd_per_month:,.2f}", one.because) for one in found
    ]
    return "\n".join(aligned(rows)) + "\n"
