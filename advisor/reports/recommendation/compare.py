"""Offerings side by side: one row a property, the best of a row marked where better has a meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import STANDARD, Candidate, Estimate, Quality
from advisor.facts import Fact, Measurement, State
from advisor.licenses.verdict import judge_offering
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import catalog_header
from advisor.reports.recommendation.candidate_rows import month_figure
from advisor.reports.section import Page, Part, Section, counted, money
from advisor.requirements.schema import Organization, Requirements
from advisor.solver import advise
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.cost import cost
from advisor.solver.explain.words import horizon_words, quality_words
from advisor.solver.makers import makers_offerings
from advisor.solver.quality import differs
from advisor.solver.standing import Standing
from advisor.solver.volume import NOMINAL
from advisor.solver.workload import WorkloadSolver

FACTS = (
    ("context_window_tokens", "context window"),
    ("max_input_tokens", "maximum input"),
    ("max_output_tokens", "maximum output"),
    ("input_modalities", "takes"),
    ("tools", "tools"),
    ("structured_output", "structured output"),
    ("fine_tuning", "fine-tuning"),
    ("fine_tuning_open_to", "tuning open to"),
    ("fine_tuned_output_usd_per_million_tokens", "tuned output, $/M"),
    ("training_on_inputs", "trains on inputs"),
    ("retention_days", "kept, days"),
    ("processing_regions", "processed in"),
    ("retirement_date", "retires"),
    ("knowledge_cutoff_date", "knowledge until"),
    ("weights", "weights"),
    ("training_data", "trained on"),
    ("gpai_code", "EU code of practice"),
    ("training_summary", "training summary"),
)
"""The facts compared, with their words; more is better for the first three only."""

_MORE_IS_BETTER = {"context_window_tokens", "max_input_tokens", "max_output_tokens"}


class ComparisonRow(NamedTuple):
    """One property: its name, a cell and a value for each candidate, and the indexes of the best."""

    name: str
    cells: tuple[str, ...]
    values: tuple[Any, ...]
    best: frozenset[int] = frozenset()
    is_always_told: bool = False

    @property
    def differs(self) -> bool:
        """Whether they are not all alike in it."""
        return len(set(self.cells)) > 1


class CandidateComparison(NamedTuple):
    """All rows for the candidates, as of the catalog's date."""

    catalog: Catalog
    candidates: tuple[Candidate, ...]
    rows: tuple[ComparisonRow, ...]


def compare_candidates(
    catalog: Catalog,
    candidates: Sequence[Candidate],
    requirements: Requirements | None,
    measurements: Iterable[Measurement] = (),
) -> CandidateComparison:
    """Compare candidates on the traffic of the requirements' workloads, or on nominal traffic without any.

    Samples of traffic must have been counted before, as for ``advise``.
    """
    asked = tuple(workload.dimension for workload in requirements.workloads) if requirements else ()
    rows = [
        *_requirement_rows(catalog, candidates, requirements, measurements),
        *_quality_rows(catalog, candidates, asked),
        _license_row(catalog, candidates, requirements),
        *(_fact_row(name, words, catalog, candidates) for name, words in FACTS),
        _seat_row("maker's seat", [catalog.labs[one.offering.model.lab].country for one in candidates]),
        _seat_row("channel's seat", [one.offering.channel.country for one in candidates]),
    ]
    return CandidateComparison(
        catalog, tuple(candidates), tuple(row for row in rows if any(cell != "-" for cell in row.cells))
    )


def _requirement_rows(
    catalog: Catalog,
    candidates: Sequence[Candidate],
    requirements: Requirements | None,
    measurements: Iterable[Measurement],
) -> Iterator[ComparisonRow]:
    if requirements is None:
        costs = [cost(c, NOMINAL, start=catalog.as_of, months=12, gpus=None) for c in candidates]
        figures = tuple(c.usd_per_month_mean if c else None for c in costs)
        yield _ranked("1M in + 250k out", tuple(money(f) for f in figures), figures, smallest=True)
        return
    taken = tuple(measurements)
    for answer in advise(catalog, requirements, measurements=taken).workloads:
        standings = [answer.standing(candidate.id) for candidate in candidates]
        known = _standings(catalog, requirements, answer.workload, candidates, taken)
        costs = [standing.cost if standing else None for standing in known]
        fails = {out.id: ", ".join(out.constraints) for out in answer.excluded}
        cells = tuple(
            "passes" if standing else fails.get(candidate.id, "-")
            for standing, candidate in zip(standings, candidates, strict=True)
        )
        yield ComparisonRow(f"{answer.workload}: fails", cells, cells, is_always_told=True)
        month = tuple(cost.usd_per_month_mean if cost else None for cost in costs)
        yield _ranked(f"{answer.workload}: a month", tuple(month_figure(cost) for cost in costs), month, smallest=True)
        horizon = tuple(cost.usd_horizon if cost and cost.is_whole and not cost.ends else None for cost in costs)
        words = f"{answer.workload}: {requirements.horizon_months} months"
        told = tuple(horizon_words(cost, money) if cost else "-" for cost in costs)
        yield _ranked(words, told, horizon, smallest=True)
        yield from _time_rows(answer.workload, known)


def _seat_row(words: str, countries: Sequence[str | None]) -> ComparisonRow:
    """Whose law reaches the maker or the operator: the country of its seat."""
    cells = tuple(country or "-" for country in countries)
    return ComparisonRow(words, cells, cells)


def _time_rows(workload: str, known: Sequence[Standing | None]) -> Iterator[ComparisonRow]:
    """How long each thinks before an answer, and how long the whole answer takes."""
    hidden = [one.thinking.hidden if one and one.thinking else None for one in known]
    told = tuple(_tokens_words(one) if one else "-" for one in hidden)
    yield ComparisonRow(f"{workload}: thinks", told, told)
    seconds = [one.latency.answer_s if one and one.latency else None for one in known]
    told = tuple(f"{one.low:,.0f} to {one.high:,.0f} s ({one.basis})" if one else "-" for one in seconds)
    yield ComparisonRow(f"{workload}: an answer", told, told)


def _tokens_words(hidden: Estimate) -> str:
    """``94 to 5,550 tokens (lab)``."""
    if hidden.high == 0:
        return "nothing"
    upper = f"{hidden.high:,.0f}" if isfinite(hidden.high) else "any number of"
    return f"{hidden.low:,.0f} to {upper} tokens ({hidden.basis})"


def _standings(
    catalog: Catalog,
    requirements: Requirements,
    workload: str,
    candidates: Sequence[Candidate],
    measurements: tuple[Measurement, ...],
) -> list[Standing | None]:
    """Return what each offers in a workload, whether or not it passes.

    The figures that the recommendation has of it.
    """
    stated = next(one for one in requirements.workloads if one.name == workload)
    solver = WorkloadSolver(WorkloadQuestion(catalog, requirements, stated, MeasurementIndex(measurements)))
    places = {one.id: place for place, one in enumerate(solver.screen.candidates)}
    return [solver.standing(places[one.id]) if one.id in places else None for one in candidates]


def _quality_rows(catalog: Catalog, candidates: Sequence[Candidate], asked: Sequence[str]) -> Iterator[ComparisonRow]:
    """Yield the dimensions that the workloads ask for first."""
    for dimension in dict.fromkeys((*asked, *catalog.dimensions)):
        found = [catalog.quality(candidate.config, dimension) for candidate in candidates]
        if any(found):
            cells = tuple(quality_words(quality) if quality else "-" for quality in found)
            estimates = tuple(quality.estimate if quality else None for quality in found)
            yield ComparisonRow(dimension, cells, estimates, _best_quality(found))


def _best_quality(found: Sequence[Quality | None]) -> frozenset[int]:
    """Return the best and those that cannot be told from it, where all are on one scale."""
    known = [quality for quality in found if quality]
    if len({quality.unit for quality in known}) != 1 or len(known) < 2:  # noqa: PLR2004 - one has nothing to beat
        return frozenset()
    best = max(known, key=lambda quality: quality.estimate)
    return frozenset(index for index, quality in enumerate(found) if quality and not differs(best, quality))


def _license_row(catalog: Catalog, candidates: Sequence[Candidate], requirements: Requirements | None) -> ComparisonRow:
    uses = requirements.uses if requirements else ()
    organization = requirements.organization if requirements else Organization()
    answers = [judge_offering(catalog, candidate.offering, uses, organization) for candidate in candidates]
    verdicts = [f" ({answer.verdict})" if uses else "" for answer in answers]
    cells = tuple(f"{answer.license or '-'}{verdict}" for answer, verdict in zip(answers, verdicts, strict=True))
    return ComparisonRow("license", cells, tuple(answer.license for answer in answers))


def _fact_row(name: str, words: str, catalog: Catalog, candidates: Sequence[Candidate]) -> ComparisonRow:
    facts = [candidate.offering.fact(name, catalog.as_of) for candidate in candidates]
    cells = tuple(fact_words(fact) for fact in facts)
    if name in _MORE_IS_BETTER:
        return _ranked(words, cells, tuple(fact.value for fact in facts), smallest=False)
    return ComparisonRow(words, cells, tuple(fact.value for fact in facts))


def fact_words(fact: Fact) -> str:
    """Return a fact for a person: its value, or in which way it is not known."""
    if fact.state in (State.NOT_DISCLOSED, State.BY_CONTRACT):
        return fact.state.replace("-", " ")
    value = fact.value
    if value is None:
        return "-"
    disputed = " (disputed)" if fact.state is State.DISPUTED else ""
    if isinstance(value, bool):
        return ("yes" if value else "no") + disputed
    if isinstance(value, tuple):
        return (", ".join(map(str, value)) or "none") + disputed
    return (f"{value:,}" if isinstance(value, int | float) else str(value)) + disputed


def _ranked(name: str, cells: tuple[str, ...], values: tuple[Any, ...], *, smallest: bool) -> ComparisonRow:
    known = [value for value in values if value is not None]
    if len(set(known)) < 2:  # noqa: PLR2004 - equal values have no best
        return ComparisonRow(name, cells, values)
    best = min(known) if smallest else max(known)
    return ComparisonRow(name, cells, values, frozenset(index for index, value in enumerate(values) if value == best))


def plain_candidate(catalog: Catalog, candidates: Sequence[Candidate]) -> Candidate:
    """Give the one that is meant by a model's name.

    Of its maker, in no bound region, at the price and effort of default.
    """
    # The maker's offerings beside each of two: of one alone it would itself be left out.
    own = {beside.id for one in candidates for beside in makers_offerings(catalog, one.offering)}

    def oddness(one: Candidate) -> tuple[bool, bool, bool, bool]:
        default = one.offering.fact("default_effort", catalog.as_of)
        usual = one.config.effort in ((default.value,) if default.is_usable else (None,))
        return one.offering.id not in own, one.offering.region is not None, one.tier != STANDARD, not usual

    return min(candidates, key=oddness)


def render(form: str, comparison: CandidateComparison, *, everything: bool = False) -> str:
    """Return the comparison in one of the formats that every report has.

    For people the rows that differ, or all of them.
    """
    made = Report(
        catalog_header(comparison.catalog), lambda: _record(comparison), lambda: _page(comparison, everything)
    )
    return formats.render(form, made)


def _page(comparison: CandidateComparison, everything: bool) -> Page:
    shown = [row for row in comparison.rows if everything or row.differs or row.is_always_told]
    head = ("", *(candidate.id for candidate in comparison.candidates))
    rows = (head, *((row.name, *_marked(row)) for row in shown))
    alike = len(comparison.rows) - len(shown)
    more = f"; {counted(alike, 'row')} in which all are alike left out (--all)" if alike else ""
    catalog = comparison.catalog
    return Page(
        "Comparison",
        f"as of {catalog.as_of}, catalog {catalog.version}",
        (Part("", sections=(Section("", rows=rows),)),),
        footer=f"* best of its row{more}.",
        sha256=catalog.sha256,
    )


def _marked(row: ComparisonRow) -> tuple[str, ...]:
    return tuple(f"{cell} *" if index in row.best else cell for index, cell in enumerate(row.cells))


class RowRecord(NamedTuple):
    """One property with a value for each candidate; ``best`` the places of the best from 0."""

    name: str
    values: tuple[Any, ...]
    best: tuple[int, ...]
    differs: bool


class ComparisonRecord(NamedTuple):
    """``advisor compare -f json``."""

    candidates: tuple[str, ...]
    rows: tuple[RowRecord, ...]


def _record(comparison: CandidateComparison) -> ComparisonRecord:
    rows = tuple(RowRecord(row.name, row.values, tuple(sorted(row.best)), row.differs) for row in comparison.rows)
    return ComparisonRecord(tuple(candidate.id for candidate in comparison.candidates), rows)
