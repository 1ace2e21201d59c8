"""``advisor license audit``: a copy of the whole Hub's metadata, judged at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from advisor.cli.check_license import organization_options, usd
from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.options import as_of
from advisor.errors import UsageError
from advisor.facts import today
from advisor.reports.formats import PAGES
from advisor.requirements.enums import Use


@click.command()
@click.argument("dumps", nargs=-1, required=True, metavar="DUMP...", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a row for each repository: .parquet, else JSON lines.",
)
@click.option(
    "-f", "--format", "form", type=click.Choice(("summary", *PAGES)), default="summary", help="Form of the summary."
)
@click.option(
    "--since",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="ROWS",
    help="Compare with what an earlier audit wrote.",
)
@click.option("--use", "uses", multiple=True, type=click.Choice([use.value for use in Use]), help="Once for each.")
@click.option("--memory-mb", type=click.IntRange(256), default=1_024, show_default=True, help="What it may hold.")
@organization_options
@as_of
def audit(
    dumps: Sequence[Path],
    output: Path | None,
    form: str,
    since: Path | None,
    uses: Sequence[str],
    memory_mb: int,
    as_of: date | None,
    yearly_revenue_usd: str | None,
    **options: Any,
) -> int:
    """Judge every repository of metadata dumps by its declaration and by all that it derives from.

    DUMP is JSON lines or Parquet with the columns id, license, license_name and base_model; several are read as one.
    Needs the extra `audit`.

    \b
    Examples:
      advisor license audit hub.parquet -o rows.parquet --use commercial
      advisor license audit hub.jsonl --since last-month.parquet -f json
    """
    from advisor.engine.duckdb import connect
    from advisor.engine.port import Bounds
    from advisor.licenses.audit.audit import Audit, folders
    from advisor.licenses.check import make_classifier
    from advisor.licenses.settings import CheckSettings
    from advisor.reports.licenses.audit import AuditRecord, render

    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise UsageError(f"{output}: cannot write here", hint="name a file in a folder that exists")
    settings = CheckSettings(uses=tuple(uses), as_of=as_of, yearly_revenue_usd=usd(yearly_revenue_usd), **options)
    named = [*dumps, *([output] if output else []), *([since] if since else [])]
    with connect(Bounds(memory_mb=memory_mb), folders=folders(named), extra="audit") as engine:
        found = Audit(engine, make_classifier(settings), say)
        found.read(dumps)
        trend = found.trend(since) if since else None
        if output is not None:
            found.write(output)
            say(f"wrote {output}")
        summary = found.summary()
    record = AuditRecord(tuple(uses), summary, trend)
    sys.stdout.write(render("table" if form == "summary" else form, record, as_of or today()))
    return ExitCode.CLEAN
