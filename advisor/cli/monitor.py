"""``advisor monitor``: what users' logs say of the model in use."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from advisor.cli.diagnostics import ExitCode
from advisor.cli.options import report_options, write_reports
from advisor.errors import MonitorError
from advisor.reports.formats import PAGES


@click.command()
@click.argument("logs", nargs=-1, required=True, metavar="LOGS...")
@click.option("--mapping", type=click.Path(path_type=Path), metavar="YAML", help="Names of a log's own columns.")
@click.option("--memory-mb", type=click.IntRange(128), default=1_024, show_default=True, help="What it may hold.")
@click.option(
    "--fail-on", type=click.Choice(["alarm", "never"]), default="alarm", show_default=True, help="End with 1."
)
@report_options(PAGES)
def monitor(
    logs: tuple[str, ...],
    mapping: Path | None,
    memory_mb: int,
    fail_on: str,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
) -> int:
    """Read LOGS and tell outcomes, proxies, and what changed with a stated number of false alarms.

    LOGS are files, folders, globs or - for the standard input: JSON lines with the names of OpenTelemetry GenAI,
    OpenInference, langfuse or litellm, or your own with --mapping; packed as gz or zst too. Nothing is sent anywhere.
    Ends with 0 when it is quiet, 1 at an alarm, 3 when there is too little to say.

    \b
    Examples:
      advisor monitor logs/
      advisor monitor 'logs/*.jsonl.gz' -f json
    """
    from advisor.engine.duckdb import connect
    from advisor.engine.port import Bounds
    from advisor.monitor.log_files import Lines, find_logs
    from advisor.monitor.mapping import NONE, load_mapping
    from advisor.monitor.observe import LEAST_IN_CELL, alarms, outcomes, proxies
    from advisor.monitor.rows import CallTable
    from advisor.reports.monitor import MonitorRecord, ReadRecord, render

    now = datetime.now(UTC)
    names = load_mapping(mapping) if mapping else NONE
    with connect(Bounds(memory_mb)) as engine:
        table = CallTable(engine, now, names)
        for file in find_logs(logs, {}):
            if file.form not in (".jsonl", ".ndjson", ".log"):
                raise MonitorError(f"{file.path}: expected JSON lines, found {file.form}", hint="one object a line")
            table.add(file.path, Lines(file, engine))
        counted = table.end()
        n, first, last = next(iter(engine.rows('SELECT count(*), min("at"), max("at") FROM calls')))
        first, last = (one and one.replace(tzinfo=UTC) for one in (first, last))
        read = ReadRecord(
            counted.lines,
            counted.skipped,
            counted.other,
            counted.doubles,
            first,
            last,
            counted.dead,
            counted.from_outcomes,
        )
        if n == 0:
            found = counted.dead[0] if counted.dead else "no call of a model"
            raise MonitorError(f"no call could be read: {found}", hint="--mapping FILE names your own columns")
        record = MonitorRecord(read, outcomes(engine), proxies(engine), alarms(engine))
    write_reports(forms, outputs, lambda form: render(form, record, now.date()))
    if record.alarms:
        return ExitCode.FINDINGS if fail_on == "alarm" else ExitCode.CLEAN
    return ExitCode.CLEAN if n >= LEAST_IN_CELL else ExitCode.UNDECIDED
