"""``advisor check``: solve the committed decision again, for a person, a pull request or a nightly build."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

from advisor.catalog import Catalog
from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import Day, as_of, report_options, write_reports
from advisor.errors import UsageError
from advisor.files.paths import DECISION_FILE
from advisor.reports.formats import FINDINGS


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--lock", type=click.Path(path_type=Path), default=Path(DECISION_FILE), show_default=True, help="The decision."
)
@as_of
@click.option(
    "--catalog",
    "pinned",
    metavar="SHA256",
    help="Only answer from the catalog with this hash (or its first 8 to 63 characters); else end with 3.",
)
@click.option("--since", type=Day(), metavar="DATE", help="Tell changes since this day; since the decision by default.")
@click.option(
    "--worth-moving",
    type=click.FloatRange(0, 100),
    default=5.0,
    show_default=True,
    metavar="PERCENT",
    help="A rival as good overturns the decision if it is cheaper by more than this.",
)
@click.option(
    "--uncovered",
    type=click.FloatRange(0, 100),
    default=50.0,
    show_default=True,
    metavar="PERCENT",
    help="Undecided if no case lies near more of the traffic than this, where a score on cases decided.",
)
@report_options(FINDINGS)
@click.option("--exit-zero", is_flag=True, help="End with 0 whatever comes out.")
def check(
    file: Path | None,
    lock: Path,
    as_of: date | None,
    pinned: str | None,
    since: date | None,
    worth_moving: float,
    uncovered: float,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
    exit_zero: bool,
) -> int:
    """Say whether the decision in advisor.lock stands, by which fact it is overturned, and what to move to.

    Workloads that share limits are planned again together. FILE are the requirements; by default those that the lock
    names. What `advisor monitor` saw, kept here or in advisor-monitor.json, may leave it undecided: another model that
    answers, an alarm since the decision, traffic that no case covers, evidence that no longer counts. Ends with 0 when
    it stands, 1 when it is overturned, 3 when something unknown leaves it undecided.

    \b
    Examples:
      advisor check
      advisor check --as-of 2027-03-01
      advisor check -f github -f sarif -o advisor.sarif
    """
    from advisor.catalog import load_catalog
    from advisor.cli.inputs import locked_scores, measured, read_requirements, read_results, requirements_path_for_lock
    from advisor.decision.check import check as solve_again
    from advisor.decision.finding import DecisionStatus
    from advisor.decision.lock_file import load
    from advisor.monitor.summary import newest
    from advisor.reports.decision_check import CheckReport, render

    decision, document = load(lock)
    path, template = (file, None) if file else requirements_path_for_lock(lock, decision.requirements.file)
    _, requirements = read_requirements(path, template)
    catalog = load_catalog(as_of)
    if pinned is not None and not _is_pinned(pinned, catalog):
        return ExitCode.UNDECIDED
    here = measured(catalog.as_of)
    table = decision.plan.results if decision.plan else None
    checked = solve_again(
        decision,
        catalog,
        requirements,
        measurements=(*here, *locked_scores(decision, catalog.as_of, here)),
        results=read_results(lock.parent / table.file, lock.parent) if table else None,
        since=since,
        worth_moving_percent=worth_moving,
    )
    seen = newest(lock.parent)
    if seen is not None:
        from advisor.decision.check_monitor import with_monitoring

        checked = with_monitoring(checked, seen[1], str(seen[0]), uncovered_percent=uncovered, fresh=here)
    report = CheckReport(str(lock), document, checked)
    write_reports(forms, outputs, lambda form: render(form, report))
    if checked.requirements_changed:
        hint("the requirements changed since; `advisor decide` writes the decision again")
    code = {DecisionStatus.OVERTURNED: ExitCode.FINDINGS, DecisionStatus.UNDECIDED: ExitCode.UNDECIDED}.get(
        checked.outcome
    )
    return ExitCode.CLEAN if exit_zero or code is None else code


def _is_pinned(pinned: str, catalog: Catalog) -> bool:
    """Whether the catalog in use is the one that was asked for; says so if not. Raises UsageError."""
    wanted = pinned.lower()
    if not re.fullmatch(r"[0-9a-f]{8,64}", wanted):
        raise UsageError(
            f"--catalog {pinned}: expected the hash of a catalog, 8 to 64 of its hexadecimal digits",
            hint="every JSON report states it as catalog.sha256",
        )
    if catalog.sha256.startswith(wanted):
        return True
    say(f"the catalog in use is {catalog.version} ({catalog.sha256[:12]}), not {pinned}: nothing was decided")
    hint("`advisor catalog update`, or `advisor catalog update --rollback`, changes which one is in use")
    return False
