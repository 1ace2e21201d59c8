"""Options that several commands share, and the one writer of reports."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from advisor.errors import UsageError
from advisor.files.atomic import replace_text

MOST_AMOUNT = Decimal(10) ** 15
"""The largest amount that an option takes."""

YEARS = range(2000, 2101)
"""The years that an answer may be asked for: what the catalog holds lies well inside them."""

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date, or a usage error that shows the form."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; expected YYYY-MM-DD such as 2026-11-23", param, ctx)
        if day.year not in YEARS:
            self.fail(f"{value!r}: expected a day from {YEARS[0]} to {YEARS[-1]}", param, ctx)
        return day


def as_of(command: Command) -> Command:
    """``--as-of``: answer as on another day."""
    return click.option(
        "--as-of",
        type=Day(),
        default=None,
        metavar="DATE",
        help="Answer as of this day (YYYY-MM-DD); today by default.",
    )(command)


def report_options(formats: Iterable[str], default: str = "table") -> Callable[[Command], Command]:
    """``-f`` and ``-o``, which may be given several times in pairs."""

    def add(command: Command) -> Command:
        output = click.option(
            "-o",
            "--output",
            "outputs",
            multiple=True,
            metavar="FILE",
            help="Write the report here instead of to stdout; once for each -f.",
        )
        form = click.option(
            "-f",
            "--format",
            "forms",
            multiple=True,
            type=click.Choice(list(formats)),
            default=(default,),
            show_default=True,
            help="Format; may be repeated together with -o.",
        )
        return form(output(command))

    return add


class Amount(click.ParamType[Decimal]):
    """A finite decimal number of at least 0."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Return the number, or a usage error that shows what was expected."""
        try:
            amount = Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 <= amount <= MOST_AMOUNT:
            self.fail(f"{value!r}: expected a number from 0 to {MOST_AMOUNT:,}", param, ctx)
        return amount


class PlanOptions(NamedTuple):
    """What the options for planning several workloads together were set to."""

    measurements: Path | None = None
    budget_usd: Decimal | None = None
    max_vendors: int | None = None
    min_score: Decimal | None = None
    objective: str | None = None
    gap: float = 0.0
    front: bool = False


def plan_options(command: Command) -> Command:
    """Return the options for planning several workloads together."""
    options = (
        click.option(
            "--measurements",
            type=click.Path(path_type=Path),
            metavar="CSV",
            help="Plan on your own results: workload,offering,vendor,score,cost_usd[,n][,weight].",
        ),
        click.option(
            "--budget-usd", type=Amount(), metavar="USD", help="At most this a month for all workloads together."
        ),
        click.option("--max-vendors", type=click.IntRange(1, 1_000), metavar="N", help="Pay at most N vendors."),
        click.option(
            "--min-score", type=Amount(), metavar="SCORE", help="At least this weighted mean score, at least cost."
        ),
        click.option("--objective", type=click.Choice(["score", "cost"]), help="Maximize score or minimize cost."),
        click.option("--gap", type=click.FloatRange(0, 1), default=0.0, help="Relative gap that is good enough."),
        click.option("--front", is_flag=True, help="Add the best plan at twelve budgets, and what one change does."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def write_reports(forms: Sequence[str], outputs: Sequence[str], render: Callable[[str], str]) -> None:
    """Write each format to its output, the one without an output to stdout.

    All are rendered before the first is written, so that a failing one leaves no half of the work behind.
    """
    if len(outputs) > len(forms) or len(forms) - len(outputs) > 1:
        raise UsageError(
            f"{len(forms)} formats and {len(outputs)} outputs: expected one -o for each -f, the last may go to stdout",
            hint="for instance: -f json -o advice.json -f table",
        )
    texts = [render(form) for form in forms]
    for text, output in zip(texts, [*outputs, "-"], strict=False):
        if output == "-":
            sys.stdout.write(text)
        else:
            replace_text(output, text, error=UsageError)
