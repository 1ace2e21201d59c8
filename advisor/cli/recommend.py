"""``advisor recommend``: from requirements to an answer with its reasons."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import PlanOptions, as_of, plan_options, report_options, write_reports
from advisor.reports.formats import PAGES
from advisor.solver.answer import Advice, Status


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--template", metavar="NAME", help="Start from a ready-made file instead, for instance support-bot.")
@as_of
@report_options((*PAGES, "litellm"))
@plan_options
@click.option(
    "--top",
    type=click.IntRange(1, 10_000),
    default=12,
    show_default=True,
    metavar="N",
    help="List at most N candidates of each workload.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Tell all: a row an offering; every fact and exclusion in JSON."
)
@click.option("--doubt", is_flag=True, help="Add how stable the answer is, and whose evaluation would settle it.")
@click.option("--exit-zero", is_flag=True, help="End with 0 whatever the answer is.")
def recommend(
    file: Path | None,
    template: str | None,
    as_of: date | None,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
    doubt: bool,
    top: int,
    everything: bool,
    exit_zero: bool,
    **planning: Any,
) -> int:
    """Recommend a model for the requirements in FILE (advisor.yaml by default).

    Ends with 0 when there is an answer, 1 when nothing passes, 3 when the answer depends on something unknown.

    \b
    Examples:
      advisor recommend
      advisor recommend --template support-bot
      advisor recommend advisor.yaml -f json -o advice.json -f markdown -o advice.md
      advisor recommend --measurements results.csv --budget-usd 2000 --max-vendors 2
    """
    asked = PlanOptions(**planning)
    if asked.measurements is not None:
        from advisor.cli.recommend_plan import plan_table

        code = plan_table(asked, (file, template), as_of, (forms, outputs))
        return ExitCode.CLEAN if exit_zero else code
    from advisor.catalog import load_catalog
    from advisor.cli.inputs import measured, read_requirements
    from advisor.reports.recommendation.report import Recommendation, render
    from advisor.requirements.check_names import require_known_names
    from advisor.solver import advise

    name, requirements = read_requirements(file, template)
    catalog = load_catalog(as_of)
    require_known_names(requirements, catalog, name)
    measurements = measured(catalog.as_of)
    advice = advise(catalog, requirements, measurements=measurements)
    recommendation = Recommendation(requirements, advice, name, top=top, everything=everything)
    if doubt:
        from advisor.decision.value_of_cases import doubts

        recommendation = recommendation._replace(doubt=doubts(advice, requirements))
    if requirements.portfolio is not None or asked != PlanOptions():
        from advisor.cli.recommend_plan import plan_file

        code = plan_file(asked, recommendation, catalog, measurements, (file, template), (forms, outputs))
        return ExitCode.CLEAN if exit_zero else max(code, exit_code(advice))
    write_reports(forms, outputs, lambda form: render(form, recommendation))
    if "-" in outputs or len(outputs) < len(forms):
        _advise_further(advice, forms)
    return ExitCode.CLEAN if exit_zero else exit_code(advice)


def exit_code(advice: Advice) -> ExitCode:
    """0 with an answer, 1 without one, 3 when it depends on something unknown."""
    return {Status.INFEASIBLE: ExitCode.FINDINGS, Status.UNDECIDED: ExitCode.UNDECIDED}.get(
        advice.status, ExitCode.CLEAN
    )


def _advise_further(advice: Advice, forms: tuple[str, ...]) -> None:
    """Write a hint on stderr: what a person would do next."""
    if "table" not in forms:
        return
    for answer in advice.workloads:
        if answer.status is Status.INFEASIBLE and answer.relaxations:
            way = answer.relaxations[0]
            hint(f"{way.change}: adds {len(way.lets_in)}, best {way.lets_in[0]}")
        elif answer.status is Status.INFEASIBLE:
            say("no single change adds a candidate; see the conflicts")
        elif answer.recommended:
            hint(f"`advisor explain {answer.recommended}` says more; `advisor compare` puts rivals side by side")
