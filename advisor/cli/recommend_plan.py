"""What ``advisor recommend`` does when several workloads are planned together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from advisor.catalog import Catalog
from advisor.cli.diagnostics import ExitCode, hint
from advisor.cli.inputs import read_requirements
from advisor.cli.options import PlanOptions, write_reports
from advisor.cli.suggest_edit import mend
from advisor.errors import UsageError
from advisor.facts import Measurement, today
from advisor.portfolio.build import PortfolioProblem, SharedLimits
from advisor.portfolio.from_catalog import pose_catalog
from advisor.portfolio.pareto_front import front, sensitivity
from advisor.portfolio.problem import Objective, PortfolioPlan
from advisor.portfolio.solve import SearchSettings, plan
from advisor.reports.plan.render import FORMATS, render
from advisor.reports.plan.report import PlanReport
from advisor.reports.recommendation.report import Recommendation

_CODES = {"decided": ExitCode.CLEAN, "infeasible": ExitCode.FINDINGS, "undecided": ExitCode.UNDECIDED}


def plan_table(
    asked: PlanOptions,
    source: tuple[Path | None, str | None],
    as_of: date | None,
    wanted: tuple[tuple[str, ...], tuple[str, ...]],
) -> ExitCode:
    """Plan on the user's own results, alone or under the requirements of a file or template."""
    from advisor.catalog import load_catalog
    from advisor.portfolio.from_scores import pose_requirements, pose_table
    from advisor.requirements.score_table import load_results

    _check_formats(wanted[0])
    if asked.measurements is None:
        raise UsageError("expected --measurements with a CSV file")
    results = load_results(asked.measurements)
    if source == (None, None):
        posed = pose_table(results, limits(asked))
        report = planned(str(asked.measurements), as_of or today(), posed, asked)
        return _write(report, wanted, asked, source)
    name, requirements = read_requirements(*source)
    catalog = load_catalog(as_of)
    posed = pose_requirements(results, limits(asked), requirements, catalog)
    report = planned(f"{name} on {asked.measurements}", catalog.as_of, posed, asked)
    return _write(report._replace(catalog=catalog, requirements=requirements), wanted, asked, source)


def plan_file(
    asked: PlanOptions,
    recommendation: Recommendation,
    catalog: Catalog,
    measurements: tuple[Measurement, ...],
    source: tuple[Path | None, str | None],
    wanted: tuple[tuple[str, ...], tuple[str, ...]],
) -> ExitCode:
    """Return the recommendation of each workload, and the plan of all of them together."""
    _check_formats(wanted[0])
    posed = pose_catalog(catalog, recommendation.requirements, limits(asked), measurements)
    report = planned(recommendation.name, catalog.as_of, posed, asked)
    report = report._replace(catalog=catalog, requirements=recommendation.requirements)
    report = report.beside(recommendation.advice)
    return _write(report, wanted, asked, source, recommendation)


def limits(asked: PlanOptions) -> SharedLimits:
    """Return the limits among the options."""
    objective = Objective(asked.objective) if asked.objective else None
    return SharedLimits(asked.budget_usd, asked.max_vendors, asked.min_score, objective)


def planned(name: str, as_of: date, posed: PortfolioProblem, asked: PlanOptions) -> PlanReport:
    """Return the plan of a posed problem with what was asked for beside it."""
    if posed.unserved:
        return PlanReport(name, as_of, None, posed, PortfolioPlan(status="infeasible", proven=True, gap=0.0))
    found = plan(posed.problem, SearchSettings(gap=asked.gap))
    if not asked.front or not found.choices:
        return PlanReport(name, as_of, None, posed, found)
    return PlanReport(name, as_of, None, posed, found, front(posed.problem), sensitivity(posed.problem, found))


def _write(
    report: PlanReport,
    wanted: tuple[tuple[str, ...], tuple[str, ...]],
    asked: PlanOptions,
    source: tuple[Path | None, str | None],
    recommendation: Recommendation | None = None,
) -> ExitCode:
    """Write the report, below the recommendation of each workload if there is one; say on stderr what to do next."""
    forms, outputs = wanted
    write_reports(forms, outputs, lambda form: render(form, report, recommendation))
    if report.plan.ways_out:
        hint(mend(report.plan.ways_out[0], asked, source, report.requirements))
    return _CODES[report.status]


def _check_formats(forms: tuple[str, ...]) -> None:
    wrong = [form for form in forms if form not in FORMATS]
    if wrong:
        raise UsageError(
            f"a plan of several workloads has no {wrong[0]} report", hint=f"choose among {', '.join(FORMATS)}"
        )
