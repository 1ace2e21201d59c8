"""``advisor probe``: measure latency on your own key, and look at what was measured."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.options import report_options, write_reports
from advisor.errors import UsageError
from advisor.reports.formats import PAGES

FORMATS = (*PAGES, "csv", "otel")

_QUANTITIES = ("ttft_ms", "answer_ttft_ms", "itl_ms", "e2e_ms")


class _Probe(click.Group):
    """A group whose first word may be a candidate: then it probes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Call ``take`` unless another command is named."""
        named = args[0] if args else ""
        if named == "verify":
            return super().parse_args(ctx, ["take", "--verify", *args[1:]])
        known = named in self.commands or named in ctx.help_option_names
        return super().parse_args(ctx, args if known else ["take", *args])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the words that may stand in place of a candidate, for completion."""
        return [*super().list_commands(ctx), "verify"]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of ``take``, which names the other commands."""
        take = self.commands["take"]
        settings: dict[str, Any] = {"terminal_width": ctx.terminal_width, "max_content_width": ctx.max_content_width}
        settings["help_option_names"] = ctx.help_option_names
        with click.Context(take, info_name=ctx.info_name, parent=ctx.parent, **settings) as inner:
            take.format_help(inner, formatter)


class Price(click.ParamType[tuple[Decimal, Decimal]]):
    """INPUT/OUTPUT in USD a million tokens."""

    name = "price"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Decimal, Decimal]:
        """Return the two prices, or a usage error that shows the form."""
        if isinstance(value, tuple):
            return value
        try:
            given, made = (Decimal(part) for part in value.split("/"))
        except (ValueError, ArithmeticError):
            given = made = Decimal(-1)
        if not (0 <= given < 10**6 and 0 <= made < 10**6):
            self.fail(f"{value!r} is not a price; expected INPUT/OUTPUT, such as 0.5/1.5", param, ctx)
        return given, made


@click.group(cls=_Probe)
def probe() -> None:
    """Measure latency on your own key, and look at what was measured."""


@probe.command(hidden=True)
@click.argument("names", nargs=-1, metavar="OFFERING...")
@click.option("--api-base", "bases", multiple=True, metavar="[NAME=]URL", help="Call this address instead.")
@click.option("--api-name", metavar="NAME", help="What the server calls the model, if not as in the catalog.")
@click.option("--api-key-env", "key_variable", metavar="VARIABLE", help="The environment variable with the key.")
@click.option("--requests", "rounds", type=click.IntRange(1, 10_000), help="Of each candidate. [default: 10]")
@click.option("--until-decided", is_flag=True, help="Go on until each pair is told apart, 64 rounds at most.")
@click.option("--rate", type=click.FloatRange(0.01, 1000), help="Load: requests a second, arriving at random.")
@click.option("--streams", type=click.IntRange(1, 256), default=1, show_default=True, help="Rounds at a time.")
@click.option("--cache", is_flag=True, help="Ask each prompt twice, to measure the provider's cache.")
@click.option("--tools", is_flag=True, help="Ask for a tool call instead of text.")
@click.option(
    "--prompt-size",
    type=click.Choice(["short", "medium", "long", "huge"]),
    default="short",
    show_default=True,
    help="Of the built-in prompt: about 60, 1,000, 10,000, 100,000 tokens.",
)
@click.option(
    "--prompt",
    "--prompts",
    "--cases",
    "prompts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Your own: a text, or prompts or cases as .jsonl, .json, .yaml or .csv.",
)
@click.option("--max-tokens", type=click.IntRange(1, 100_000), default=128, show_default=True, help="Of each answer.")
@click.option("--max-usd", type=click.FloatRange(0, 10_000), default=0.5, show_default=True, help="Cap on money.")
@click.option("--max-requests", type=click.IntRange(1), default=1000, show_default=True, help="Cap on requests.")
@click.option("--max-seconds", type=click.FloatRange(1), help="Cap on time. [default: 60 a candidate]")
@click.option("--first-token-timeout", type=click.FloatRange(0.05), default=30.0, show_default=True, help="Seconds.")
@click.option("--token-timeout", type=click.FloatRange(0.05), default=15.0, show_default=True, help="Seconds.")
@click.option("--total-timeout", type=click.FloatRange(0.1), default=120.0, show_default=True, help="Seconds.")
@click.option("--connect-timeout", type=click.FloatRange(0.05), default=10.0, show_default=True, help="Seconds.")
@click.option("--price", type=Price(), metavar="IN/OUT", help="USD a million tokens, where none is on record.")
@click.option("--no-warm-up", is_flag=True, help="Send no request before those that are measured.")
@click.option("--place", metavar="TEXT", help="What to call the place that you probe from.")
@click.option("--by", type=click.Choice(_QUANTITIES), default="ttft_ms", show_default=True, help="Compare by this.")
@click.option("--seed", type=int, help="Of the order of requests.")
@click.option("--verify", is_flag=True, help="Ask for tools, schemas, images, efforts: what works, not how fast.")
@click.option("--dry-run", is_flag=True, help="Show the plan and send nothing.")
@click.option(
    "--next", "ask_next", is_flag=True, help="Say which candidate's measurement could change the advice most."
)
@click.option("-r", "--requirements", type=click.Path(path_type=Path), help="For --next: the requirements.")
@click.option("-y", "--yes", is_flag=True, help="Start without asking.")
@report_options(FORMATS)
def take(names: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> int:
    """Measure the latency of each OFFERING of the catalog, or of any model by its litellm name.

    Shows first what it will send and what that can cost at most. Results are kept in .advisor/probes, where
    `advisor recommend` finds them. Keys are read from the environment as litellm expects them.

    \b
    Look at results:  advisor probe show|compare|history
    What it can do:   advisor probe verify OFFERING... (or --verify)
    \b
    Examples:
      advisor probe openai/gpt-6-luna~low deepseek/deepseek-v4-pro~high --dry-run
      advisor probe openai/gpt-6-luna~low anthropic/claude-haiku-5-5 --until-decided --max-usd 0.20
      advisor probe openai/my-model --api-base http://localhost:8000/v1 --rate 2 --requests 100
    """
    from advisor.cli.probe_run import ask_what_next, take_probe

    is_verify = options.pop("verify")
    if options.pop("ask_next"):
        return ask_what_next(options["requirements"], forms, outputs)
    options.pop("requirements")
    if not names:
        raise UsageError("expected at least one OFFERING", hint="`advisor catalog search` lists them")
    if is_verify:
        from advisor.cli.probe_verify import verify_abilities

        return verify_abilities(names, forms, outputs, **options)
    return take_probe(names, forms, outputs, **options)


@probe.command()
@click.argument("run", required=False)
@click.option("--by", type=click.Choice(_QUANTITIES), default="ttft_ms", show_default=True, help="Compare by this.")
@report_options(FORMATS)
def show(run: str | None, by: str, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Show a run again: the newest, or RUN by its id (or its beginning) or file."""
    from advisor.catalog import load_catalog
    from advisor.probe.run_file import Mode, find_run
    from advisor.probe.summary import summarize
    from advisor.reports.probe.abilities import render_abilities
    from advisor.reports.probe.render import render

    found, catalog = find_run(run), load_catalog()
    if found.head.mode is Mode.VERIFY:
        write_reports(forms, outputs, lambda form: render_abilities(form, found, catalog))
        return ExitCode.CLEAN
    summary = summarize(found, by)
    write_reports(forms, outputs, lambda form: render(form, summary, catalog))
    return ExitCode.CLEAN


@probe.command()
@click.argument("first")
@click.argument("second")
@report_options(("table", "json"))
def compare(first: str, second: str, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Put two runs side by side, candidate by candidate: what changed since.

    Runs at different times differ by the hour too; intervals that overlap are called no change.
    """
    from advisor.catalog import load_catalog
    from advisor.probe.run_file import find_run
    from advisor.probe.summary import summarize
    from advisor.reports.probe.history import render_change

    runs = summarize(find_run(first)), summarize(find_run(second))
    write_reports(forms, outputs, lambda form: render_change(form, load_catalog(), *runs))
    return ExitCode.CLEAN


@probe.command()
@click.argument("candidate", required=False)
@report_options(("table", "json"))
def history(candidate: str | None, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """List the runs in this folder, oldest first; only those of CANDIDATE if one is named."""
    from advisor.catalog import load_catalog
    from advisor.probe.run_file import Mode, read_runs
    from advisor.probe.summary import summarize
    from advisor.reports.probe.history import entries, render_history

    runs, wrong = read_runs()
    for error in wrong:
        say(f"left out: {error.message}")
    catalog = load_catalog()
    timed = [run for run in runs if run.head.mode is not Mode.VERIFY]
    found = entries([summarize(run) for run in timed], candidate, catalog.as_of)
    write_reports(forms, outputs, lambda form: render_history(form, catalog, found, candidate))
    return ExitCode.CLEAN if found else ExitCode.FINDINGS
