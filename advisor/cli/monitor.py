"""``advisor monitor``: what users' logs say of the model in use."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from advisor.cli.diagnostics import ExitCode
from advisor.cli.options import report_options
from advisor.reports.formats import PAGES

_AGO = re.compile(r"(\d{1,4})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


class Moment(click.ParamType[datetime]):
    """A day, or how long ago."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment in UTC, or a usage error that shows the forms."""
        if isinstance(value, datetime):
            return value
        if ago := _AGO.fullmatch(value):
            return datetime.now(UTC) - timedelta(hours=int(ago[1]) * _HOURS[ago[2]])
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r}: expected a day such as 2026-11-23, or 24h, 7d, 4w", param, ctx)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


@click.command()
@click.argument("logs", nargs=-1, required=True, metavar="LOGS...")
@click.option("--mapping", type=click.Path(path_type=Path), metavar="YAML", help="Names of a log's own columns.")
@click.option("--since", type=Moment(), metavar="WHEN", help="Tell of calls from this day on, or of the last 24h, 7d.")
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(["model", "prompt", "channel", "language", "segment", "day"]),
    help="Tell rates apart by this too; may be repeated. Fewer than 30 calls are not shown.",
)
@click.option(
    "--cases", multiple=True, metavar="SET", help="The cases that traffic is covered by.  [default: all in evals/]"
)
@click.option(
    "--name-with", metavar="MODEL", help="Let this model name the themes; it is sent their words and examples."
)
@click.option("--api-base", "bases", multiple=True, metavar="URL", help="Where --name-with is called instead.")
@click.option("--api-key-env", "key_variable", metavar="VARIABLE", help="The environment variable of its key.")
@click.option("--max-usd", type=click.FloatRange(0, 100_000), help="What it may cost at most.  [default: 2]")
@click.option("--texts", type=click.IntRange(0), default=60_000, show_default=True, help="Look at so many texts.")
@click.option(
    "--summary",
    is_flag=False,
    flag_value="advisor-monitor.json",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what `advisor check` reads, without any text, to commit it.  [advisor-monitor.json]",
)
@click.option(
    "--draw-labels",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write 60 calls drawn at random, for a person to say which of them refuse. Implies --no-keep.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What a person said of them; corrects the rate of refusals.",
)
@click.option("--traffic", is_flag=True, help="Print the edit of advisor.yaml that states the traffic of the logs.")
@click.option(
    "--bill",
    type=click.FloatRange(0),
    metavar="USD",
    help="What a month cost, to hold the estimate against; the logs' own costs by default. Implies --traffic.",
)
@click.option("--no-keep", is_flag=True, help="Keep nothing, and read the logs from their beginning.")
@click.option("--fresh", is_flag=True, help="Forget what earlier runs kept of these logs.")
@click.option("--keep-pii", is_flag=True, help="Leave mail addresses and the like as they are; keys are always hidden.")
@click.option("--memory-mb", type=click.IntRange(128), default=1_024, show_default=True, help="What it may hold.")
@click.option(
    "--fail-on",
    type=click.Choice(["alarm", "new", "never"]),
    default="alarm",
    show_default=True,
    help="End with 1 at an alarm; new: only at one that was seen in calls that this run read.",
)
@report_options(PAGES)
def monitor(**options: Any) -> int:
    """Read LOGS and tell outcomes, proxies, failure modes, and what changed with a stated number of false alarms.

    LOGS are files, folders, globs or - for the standard input: spans of OpenTelemetry GenAI or OpenInference (OTLP, or
    an object a line), exports of langfuse, logs of litellm, or your own with --mapping; as .jsonl, .json, .csv or
    .parquet, packed as gz or zst too. What was read is kept in .advisor/monitor, of its texts only a sample of
    questions without personal data for the themes, and the next run reads what is new. Nothing is sent anywhere, unless
    a model is to name the themes. Ends with 0 when it is quiet, 1 at an alarm, 3 when there is too little to say.

    \b
    Examples:
      advisor monitor logs/
      advisor monitor 'logs/*.jsonl.gz' --since 7d --by prompt -f json
      advisor monitor logs/ --summary --fail-on new
    """
    from advisor.cli.monitor_run import run

    return run(options) or ExitCode.CLEAN
