"""``advisor scan``: the models that a repository already uses, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import as_of, report_options, write_reports
from advisor.errors import UsageError
from advisor.reports.formats import FINDINGS
from advisor.scan.use import EndState, ScanResult, UseKind, findings_due

_FAIL_ON = re.compile(r"(?P<what>retired|license|unlisted)(?::(?P<value>\w+))?")
_LICENSES = ("forbidden", "unknown", "conditional")
LATEST_DAYS = 3_650


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    "fail_on",
    multiple=True,
    metavar="WHAT",
    help="End with 1 for retired[:90d], license[:forbidden] or unlisted; may be repeated.",
)
@click.option("--exit-zero", is_flag=True, help="Report only: end with 0 whatever was found.")
@as_of
@report_options(FINDINGS)
def scan(
    paths: Sequence[Path],
    fail_on: Sequence[str],
    exit_zero: bool,
    as_of: date | None,
    forms: Sequence[str],
    outputs: Sequence[str],
) -> int:
    """Find the models that files use, here by default: when each ends, what to move to, its license and its price.

    Reads code, settings, notebooks, deployments and commands; runs nothing and asks no network. License verdicts are
    by the record alone: `advisor check-license --file PATH` reads the evidence on the Hub.

    \b
    Examples:
      advisor scan
      advisor scan src --fail-on retired:90d
      advisor scan . -f sarif -o advisor-scan.sarif -f github
    """
    from advisor.catalog import load_catalog
    from advisor.reports.scan import ScanReport, render, summary
    from advisor.scan.scan import scan as look

    limits = [_limit(text) for text in fail_on]
    catalog = load_catalog(as_of)
    result = look(paths or (Path(),), catalog)
    report = ScanReport(result, catalog)
    write_reports(forms, outputs, lambda form: render(form, report))
    say(summary(result))
    if not result.uses:
        hint("name the folder of a checkout; what was installed and what git ignores is left out")
    return ExitCode.CLEAN if exit_zero else _code(result, limits)


def _limit(text: str) -> tuple[str, str | int]:
    """Return what is asked to fail, with its threshold. Raises UsageError."""
    match = _FAIL_ON.fullmatch(text)
    expected = "expected retired, retired:90d, license, license:unknown or unlisted"
    if match is None:
        raise UsageError(f"--fail-on {text!r}: {expected}")
    what, value = match["what"], match["value"]
    if what == "retired":
        days = re.fullmatch(r"(\d{1,4})d?", value or "0d")
        if days is None or int(days[1]) > LATEST_DAYS:
            raise UsageError(f"--fail-on {text!r}: expected a number of days such as retired:90d")
        return what, int(days[1])
    if what == "license":
        if value is not None and value not in _LICENSES:
            raise UsageError(f"--fail-on {text!r}: expected license:{', license:'.join(_LICENSES)}")
        return what, value or "forbidden"
    if value is not None:
        raise UsageError(f"--fail-on {text!r}: {expected}")
    return what, ""


def _code(result: ScanResult, limits: Sequence[tuple[str, str | int]]) -> ExitCode:
    """1 where a limit is reached; 3 where an end that was asked about is not known."""
    undecided = False
    for what, value in limits:
        if what == "retired" and isinstance(value, int):
            if any(findings_due(result, value)):
                return ExitCode.FINDINGS
            undecided = undecided or any(use.end.state is EndState.UNKNOWN for use in result.uses)
        elif what == "license":
            strict = {"forbidden": 1, "unknown": 2, "conditional": 3}
            bad = {name for name, rank in strict.items() if rank <= strict[str(value)]}
            if any(use.license_verdict in bad for use in result.uses):
                return ExitCode.FINDINGS
        elif any(use.kind is UseKind.UNLISTED for use in result.uses):
            return ExitCode.FINDINGS
    return ExitCode.UNDECIDED if undecided else ExitCode.CLEAN
