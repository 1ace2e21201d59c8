"""From a catalog and requirements to the answer. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.freshness import notes as age_notes
from advisor.facts import Measurement
from advisor.requirements.enums import Preference
from advisor.solver.answer import Advice, Conflict, Status, WorkloadAdvice
from advisor.solver.bitsets import indices
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.exclusion import Exclusions
from advisor.solver.explain import sentences
from advisor.solver.explain.conflicts import minimal_conflicts
from advisor.solver.explain.contenders import contenders
from advisor.solver.explain.ladder import ladder
from advisor.solver.explain.price_and_date_flips import flips
from advisor.solver.explain.rank_stability import stability
from advisor.solver.explain.reasons import Answered, decided_by
from advisor.solver.explain.relaxations import RelaxationPricing, nearest_misses, relaxations
from advisor.solver.explain.rerank import decisive_standings
from advisor.solver.explain.settle import nothing_compares, settle
from advisor.solver.explain.too_new import too_new
from advisor.solver.explain.traffic_flips import flip_points
from advisor.solver.quality import expected_score
from advisor.solver.rank import Ranking, cases_to_separate
from advisor.solver.screen import Screen
from advisor.solver.stability import Stability
from advisor.solver.workload import WorkloadSolver

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements


def advise(catalog: Catalog, requirements: Requirements, *, measurements: Iterable[Measurement] = ()) -> Advice:
    """Answer the requirements from the catalog as of its date.

    ``measurements`` are this user's own figures (latency, scores), which stand in for what no datasheet knows.
    Samples of traffic must have been counted before (``requirements.traffic``). Raises UnknownName if a quality floor
    names a model that the catalog does not have.
    """
    measured = MeasurementIndex(measurements)
    answers = tuple(
        _answer(WorkloadSolver(WorkloadQuestion(catalog, requirements, workload, measured)))
        for workload in requirements.workloads
    )
    leaders = [answer.standings[0] for answer in answers if answer.standings]
    asked = frozenset(name for leader in leaders for name in leader.facts)
    offerings = dict.fromkeys(leader.candidate.offering.id for leader in leaders)
    status = _overall(answer.status for answer in answers)
    notes = age_notes(catalog, offerings, asked)
    return Advice(catalog.as_of, catalog.version, catalog.sha256, status, answers, notes)


def _answer(solving: WorkloadSolver) -> WorkloadAdvice:
    """Return the whole answer for one workload."""
    question, screened = solving.question, solving.screen
    ranking = solving.ranking()
    required = {constraint.id: constraint.required for constraint in screened.constraints}
    conflicts = _conflicts(screened) if not ranking.order else ()
    slowness = solving.slowness()
    missing = nothing_compares(ranking, question, slowness) if ranking.order else None
    status = _status(ranking, missing)
    pool = decisive_standings(solving, ranking) if ranking.order else []
    open_to = settle(ranking, question, missing) if status is Status.UNDECIDED else ()
    expected = expected_score(question, ranking.order[0].candidate) if ranking.order else None
    priced = RelaxationPricing(question, screened)
    nearest = cache(partial(nearest_misses, priced))
    return WorkloadAdvice(
        workload=question.workload.name,
        dimension=question.workload.dimension,
        status=status,
        recommended=ranking.order[0].id if ranking.order else None,
        tied=tuple(standing.id for standing in ranking.tied),
        standings=ranking.order,
        excluded=_exclusions(screened),
        conflicts=conflicts,
        find_relaxations=cache(partial(relaxations, priced, solving.resolve)),
        find_nearest_misses=nearest,
        find_stability=cache(lambda: _stability(solving)),
        ladder=ladder(solving.rungs(ranking), frozenset(s.id for s in ranking.order)),
        frontier=tuple(standing.id for standing in ranking.frontier),
        flips=(
            *flips(solving, ranking, pool),
            *flip_points(solving, ranking, pool, solving.cost_at),
        ),
        why=(
            *sentences.why(
                Answered(
                    ranking,
                    status,
                    question,
                    solving.rules,
                    decided_by(pool, solving.rules, slowness),
                    conflicts,
                    () if ranking.order else nearest(),
                    open_to,
                )
            ),
            *(too_new(ranking, question, solving.rules, slowness) if ranking.order else ()),
            *sentences.regression_note(expected),
        ),
        settle=open_to,
        required=required,
        expected_score=expected,
        cases_to_separate=_cases(ranking),
    )


def _stability(solving: WorkloadSolver) -> Stability:
    """How often each would be first if everything uncertain were measured again."""
    found = contenders(solving.question, solving.screen, solving.standing, solving.slowness())
    return stability(found, solving.rules)


def _overall(statuses: Iterable[Status]) -> Status:
    """Return the worst of the workloads' statuses."""
    order = (Status.DECIDED, Status.TIED, Status.UNDECIDED, Status.INFEASIBLE)
    return max(statuses, key=order.index)


def _exclusions(screened: Screen) -> Exclusions:
    out, candidates = screened.out, screened.candidates
    counts = {
        constraint.id: (failed.bit_count(), screened.alone(index).bit_count())
        for index, (constraint, failed) in enumerate(zip(screened.constraints, screened.failed, strict=True))
        if failed
    }
    return Exclusions(
        out.bit_count(),
        lambda: [(index, candidates[index]) for index in indices(out)],
        lambda index: screened.causes(index, screened.failed),
        counts,
    )


def _conflicts(screened: Screen) -> tuple[Conflict, ...]:
    required = {constraint.id: constraint.required for constraint in screened.constraints}
    masks = minimal_conflicts(screened.corrections())
    named = (screened.names(mask) for mask in masks)
    return tuple(Conflict(names, tuple(required[name] for name in names)) for names in named)


def _status(ranking: Ranking, missing: Preference | None) -> Status:
    if not ranking.order:
        return Status.INFEASIBLE
    if ranking.order[0].is_open or missing is not None:
        return Status.UNDECIDED
    return Status.TIED if len({standing.candidate.config for standing in ranking.tied}) > 1 else Status.DECIDED


def _cases(ranking: Ranking) -> int | None:
    """Return the fewest cases that tell the winner from its nearest tied rival of another config."""
    if not ranking.tied or ranking.tied[0].quality is None:
        return None
    first = ranking.tied[0]
    others = [s.quality for s in ranking.tied if s.candidate.config != first.candidate.config and s.quality]
    counts = [n for other in others if first.quality and (n := cases_to_separate(first.quality, other))]
    return min(counts, default=None)
