"""``advisor catalog``: look into the catalog, check it and build it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from advisor.cli.catalog_add import add
from advisor.cli.catalog_calendar import changes, freshness, refresh
from advisor.cli.catalog_hosting import hosting
from advisor.cli.catalog_update import update
from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.options import as_of, report_options, write_reports
from advisor.errors import UsageError
from advisor.files.atomic import replace_text

FORMATS = {"table": "", "json": ""}


@click.group()
def catalog() -> None:
    """Show, search, check, build and renew the catalog, and list what changes in it."""


@catalog.command()
@click.argument("name")
@click.option("--channel", metavar="CHANNEL", help="Only the offerings of this channel.")
@as_of
@report_options(FORMATS)
def show(name: str, channel: str | None, as_of: date | None, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Show every fact of the model, offering, channel, license or lab called NAME, with source and dates."""
    from advisor.catalog import load_catalog
    from advisor.reports.catalog_entry import render

    opened = load_catalog(as_of)
    write_reports(forms, outputs, lambda form: render(form, opened, name, channel))
    return ExitCode.CLEAN


@catalog.command()
@click.argument("text", default="")
@as_of
@report_options(FORMATS)
def search(text: str, as_of: date | None, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """List models, channels, licenses and GPUs whose name holds TEXT (all of them without TEXT)."""
    from advisor.catalog import load_catalog
    from advisor.reports.catalog_entry import found_in, render_found

    opened = load_catalog(as_of)
    found = found_in(opened, text)
    write_reports(forms, outputs, lambda form: render_found(form, opened, found))
    if not found:
        say(f"nothing in the catalog is called anything like {text!r}")
    return ExitCode.CLEAN if found else ExitCode.FINDINGS


@catalog.command()
@click.option("--root", type=click.Path(path_type=Path), default=Path("catalog"), show_default=True)
def check(root: Path) -> int:
    """Run every validator over the YAML files of the catalog in --root."""
    from advisor.catalog.source.build import check as run_checks

    problems = run_checks(root)
    for problem in problems:
        say(str(problem))
    say(f"{len(problems)} problems" if problems else "the catalog is sound")
    return ExitCode.FINDINGS if problems else ExitCode.CLEAN


@catalog.command()
@click.option("--root", type=click.Path(path_type=Path), default=Path("catalog"), show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Where to write it; the package's own by default."
)
def build(root: Path, output: Path | None) -> int:
    """Compile the YAML files of the catalog in --root to the one file that the program reads."""
    from advisor.catalog.compiled_file import COMPILED
    from advisor.catalog.source.build import build as compiled
    from advisor.catalog.source.build import write_generated

    target = output or COMPILED
    text = compiled(root).decode()
    write_generated(root)
    replace_text(target, text, error=UsageError)
    say(f"{target}: {len(text):,} bytes")
    return ExitCode.CLEAN


catalog.add_command(changes)
catalog.add_command(freshness)
catalog.add_command(refresh)
catalog.add_command(update)
catalog.add_command(add)
catalog.add_command(hosting)
