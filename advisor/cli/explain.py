"""``advisor explain``: one model against the requirements, every cause."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from advisor.cli.diagnostics import ExitCode
from advisor.cli.options import as_of, report_options, write_reports
from advisor.reports.formats import PAGES


@click.command()
@click.argument("offering")
@click.option("-r", "--requirements", "file", type=click.Path(path_type=Path), help="The requirements (advisor.yaml).")
@click.option("--template", metavar="NAME", help="A ready-made file of requirements instead.")
@as_of
@report_options(PAGES)
def explain(
    offering: str,
    file: Path | None,
    template: str | None,
    as_of: date | None,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
) -> int:
    """Say why OFFERING (a candidate, an offering or a model) is in or out, and what would have to change.

    Without a file of requirements, and without advisor.yaml here, it answers for the template proof-of-concept.

    \b
    Examples:
      advisor explain claude-opus-5.5
      advisor explain openai/gpt-6.1-sol~max --template contract-analysis
    """
    from advisor.catalog import load_catalog
    from advisor.cli.inputs import measured, read_or_assume
    from advisor.reports.recommendation.explain import explanation, render, with_least_changes
    from advisor.requirements.check_names import require_known_names
    from advisor.solver import advise

    name, requirements = read_or_assume(file, template)
    catalog = load_catalog(as_of)
    require_known_names(requirements, catalog, name)
    candidates = catalog.find_candidates(offering)
    measurements = measured(catalog.as_of)
    advice = advise(catalog, requirements, measurements=measurements)
    told = explanation(advice, [candidate.id for candidate in candidates])
    told = with_least_changes(told, advice, catalog, requirements, measurements)
    write_reports(forms, outputs, lambda form: render(form, told, name, advice))
    return ExitCode.CLEAN
