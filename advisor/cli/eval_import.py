"""``advisor eval import``: other tools' results, compared as our own are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advisor.catalog import Catalog, load_catalog
from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.eval_run import exit_code
from advisor.cli.options import write_reports
from advisor.errors import UnknownName, UsageError
from advisor.evals.compare import compare
from advisor.evals.foreign import from_foreign
from advisor.evals.kept_scores import keep
from advisor.evals.measurements import measurements
from advisor.evals.readers import read_scores
from advisor.evals.run_file import FOLDER, make_folder
from advisor.reports.eval_record import EvaluationReport
from advisor.reports.evals import render

MOST_UNPAIRED = 0.10
"""Where more of the cases are not in every file, what is left is another set than either."""


def import_results(files: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> int:
    """Read, pair, compare, report; the exit code."""
    catalog = load_catalog()
    found = [one for name, path in map(_named, files) for one in read_scores(path, options["form_in"], name)]
    first = _named(files[0])[1]
    name = options["as_set"] or first.stem
    imported = from_foreign(name, str(first), found, lambda candidate: _subject(catalog, candidate))
    if not imported.scores.plan.order:
        hint = "the files must name the same cases by the same ids"
        raise UsageError("expected cases that every candidate has, found none", hint=hint)
    if imported.unpaired:
        shown = ", ".join(imported.unpaired[:10])
        more = f" and {len(imported.unpaired) - 10} more" if len(imported.unpaired) > 10 else ""  # noqa: PLR2004
        say(f"left out, since not every candidate has them ({imported.share_unpaired:.0%}): {shown}{more}")
    comparison = compare(imported.scores, margin=options["difference"] / 100)
    floor = None if options["at_least"] is None else options["at_least"] / 100
    counted = _count(comparison, str(first)) if options["count"] else ()
    why = None if counted else "imported results count with --count, for candidates that the catalog has"
    report = EvaluationReport(
        comparison, catalog, "imported", options["difference"] / 100, floor, counted=counted, not_counted=why
    )
    write_reports(forms, outputs, lambda form: render(form, report))
    if imported.share_unpaired > MOST_UNPAIRED:
        return ExitCode.UNDECIDED
    return exit_code(comparison, floor)


def _named(given: str) -> tuple[str | None, Path]:
    """``NAME=FILE`` or a file alone."""
    name, mark, path = given.partition("=")
    if mark and not Path(given).exists():
        return name, Path(path)
    return None, Path(given)


def _subject(catalog: Catalog, name: str) -> str | None:
    """Return the one candidate of the catalog that a name means; None for any other."""
    try:
        found = catalog.find_candidates(name)
    except UnknownName:
        return None
    exact = [one.id for one in found if one.id == name]
    return exact[0] if exact else found[0].id if len(found) == 1 else None


def _count(comparison: Any, source: str) -> tuple[str, ...]:
    """Keep the scores where ``advisor recommend`` finds them; they rest on no file of ours and age."""
    now = datetime.now(UTC)
    found = tuple(
        one._replace(rests_on=tuple(basis for basis in one.rests_on if basis.kind == "read"))
        for one in measurements(comparison, now.date(), source)
    )
    if found:
        make_folder(FOLDER)
        keep(found, FOLDER / f"{now:%Y%m%dT%H%M%SZ}-imported.jsonl")
    return tuple(one.subject for one in found)
