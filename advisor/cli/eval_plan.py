"""``advisor eval plan``: how many cases, what they cost, and whom to evaluate next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from advisor.catalog import Catalog, load_catalog
from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.eval_targets import find_candidates, find_set
from advisor.cli.inputs import DEFAULT_FILE, measured, read_requirements
from advisor.cli.options import write_reports
from advisor.decision.value_of_cases import CasesValue, value_of_cases
from advisor.errors import AdvisorError
from advisor.evals.cases import load_cases
from advisor.evals.compare import compare
from advisor.evals.plan import MAX_TOKENS, Settings, make_plan
from advisor.evals.prompts import BARE, load_prompt
from advisor.evals.results import score
from advisor.evals.sample_size import PairSize, pair_sizes
from advisor.evals.session import known_lines
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import catalog_header
from advisor.reports.section import Page, Part, Section
from advisor.solver import advise


class _Size(NamedTuple):
    """What the report holds."""

    case_set: str
    cases: int
    difference: float
    power: float
    pairs: tuple[PairSize, ...]
    next: tuple[CasesValue, ...]


def plan_evaluation(
    case_set: str, names: Sequence[str], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any
) -> int:
    """Report sizes and costs; nothing is sent."""
    catalog = load_catalog()
    cases = load_cases(find_set(case_set))
    prompt = load_prompt(options["prompt"]) if options["prompt"] else BARE
    settings = Settings(max_tokens=options["max_tokens"] or MAX_TOKENS, epochs=options["epochs"])
    known = known_lines(datetime.now(UTC))
    candidates = find_candidates(catalog, names, options)
    made = make_plan(cases, prompt, candidates, settings, known=known.answers, day=catalog.as_of)
    found = compare(score(made, None, known.answers, known.judgments))
    pairs = pair_sizes(found, options["difference"] / 100, options["power"])
    size = _Size(cases.name, len(made.order), options["difference"], options["power"], pairs, _next(catalog))
    report = Report(catalog_header(catalog), lambda: size, lambda: _page(catalog, size))
    write_reports(forms, outputs, lambda form: formats.render(form, report))
    return ExitCode.CLEAN


def _next(catalog: Catalog) -> tuple[CasesValue, ...]:
    """Whose evaluation could better the choice that advisor.yaml asks for; nobody without one."""
    if not DEFAULT_FILE.is_file():
        return ()
    try:
        _, requirements = read_requirements(None, None)
        advice = advise(catalog, requirements, measurements=measured(catalog.as_of))
    except AdvisorError as error:
        say(f"{DEFAULT_FILE} is not read for whom to evaluate next: {error.message}")
        return ()
    found = [one for answer in advice.workloads for one in value_of_cases(answer, requirements)]
    return tuple(found[:5])


def _page(catalog: Catalog, size: _Size) -> Page:
    rows = [("first", "second", "cases", "more than now", "spread", "costs")]
    rows += [
        (one.first, one.second, f"{one.cases:,}", f"{one.more:,}", one.basis, f"${one.usd:,.4f}") for one in size.pairs
    ]
    words = f"To see {size.difference:g} points in {size.power:.0%} of evaluations where they are there."
    sections = [Section("Cases", (words,), tuple(rows))]
    if size.next:
        head = ("candidate", "worth a month", "costs")
        more = [(one.candidate, f"${one.usd_per_month:,.2f}", _usd(one.costs_usd)) for one in size.next]
        sections.append(Section("Whom to evaluate next", (), (head, *more)))
    basis = f"as of {catalog.as_of}, catalog {catalog.version}"
    return Page(f"{size.case_set}: {size.cases} cases", basis, (Part("", sections=tuple(sections)),))


def _usd(value: float | None) -> str:
    return "unknown" if value is None else f"${value:,.2f}"
