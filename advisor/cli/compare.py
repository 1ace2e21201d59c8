"""``advisor compare``: two to four offerings side by side."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from advisor.cli.diagnostics import ExitCode
from advisor.cli.options import as_of, report_options, write_reports
from advisor.errors import UsageError
from advisor.reports.formats import PAGES

FEWEST, MOST = 2, 4


@click.command()
@click.argument("offerings", nargs=-1, required=True)
@click.option("-r", "--requirements", "file", type=click.Path(path_type=Path), help="The requirements (advisor.yaml).")
@click.option("--template", metavar="NAME", help="A ready-made file of requirements instead.")
@as_of
@report_options(PAGES)
@click.option("--all", "everything", is_flag=True, help="Show the rows in which all are alike too.")
def compare(
    offerings: tuple[str, ...],
    file: Path | None,
    template: str | None,
    as_of: date | None,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
    everything: bool,
) -> int:
    """Put two to four OFFERINGS side by side: quality, cost, limits, terms, license, with the best of each row marked.

    A model's name means what its maker offers.

    With requirements the cost is for their traffic and the constraints that fail are named.

    \b
    Examples:
      advisor compare claude-opus-5.5 gpt-6.1-sol
      advisor compare deepseek/deepseek-v4-pro openai/gpt-6-luna --template support-bot -f markdown
    """
    from advisor.catalog import load_catalog
    from advisor.cli.inputs import DEFAULT_FILE, measured, read_requirements
    from advisor.reports.recommendation.compare import compare_candidates, plain_candidate, render
    from advisor.requirements.check_names import require_known_names

    if not FEWEST <= len(offerings) <= MOST:
        raise UsageError(f"expected {FEWEST} to {MOST} offerings, found {len(offerings)}")
    catalog = load_catalog(as_of)
    chosen = [plain_candidate(catalog, catalog.find_candidates(name)) for name in offerings]
    asked = file or template or DEFAULT_FILE.exists()
    requirements = None
    if asked:
        name, requirements = read_requirements(file, template)
        require_known_names(requirements, catalog, name)
    comparison = compare_candidates(catalog, chosen, requirements, measured(catalog.as_of) if requirements else ())
    write_reports(forms, outputs, lambda form: render(form, comparison, everything=everything))
    return ExitCode.CLEAN
