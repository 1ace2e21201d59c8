"""From a catalogue and requirements to the answer: screen, price, rank, explain. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.facts import Fact, Measurement
from advisor.licenses.verdict import judge_offering
from advisor.requirements.records import Requirements
from advisor.solver import sentences
from advisor.solver.advice import (
    Advice,
    Conflict,
    Cost,
    Exclusion,
    LicenseAnswer,
    Standing,
    Status,
    WorkloadAdvice,
)
from advisor.solver.conflicts import minimal_conflicts, minimal_masks
from advisor.solver.constraints import Constraint, Measured, Question
from advisor.solver.cost import NOMINAL, cost, volume
from advisor.solver.flips import flips
from advisor.solver.ladder import ladder
from advisor.solver.limits import CostOf, budget, deployment, latency
from advisor.solver.memory import remembered
from advisor.solver.needs import needs
from advisor.solver.quality import best_in, quality
from advisor.solver.rank import Ranking, cases_to_separate, rank, slowness_of
from advisor.solver.relax import relaxations
from advisor.solver.screen import Screen, screen
from advisor.solver.terms import data_terms, license_terms

_STEPPED = ("quality.within_points_of_best", "quality.at_least", "budget_usd_per_month")
"""What the ladder steps over: it shows what these cost."""


def advise(catalog: Catalog, requirements: Requirements, *, measurements: Iterable[Measurement] = ()) -> Advice:
    """Answer the requirements from the catalogue as of its date.

    ``measurements`` are this user's own figures (latency, scores), which stand in for what no datasheet knows.
    Samples of traffic must have been counted before (``requirements.traffic``). Raises UnknownName if a quality floor
    names a model that the catalogue does not have.
    """
    measured = Measured(measurements)
    answers = tuple(
        _Solving(Question(catalog, requirements, workload, measured)).advice() for workload in requirements.workloads
    )
    return Advice(
        catalog.as_of, catalog.version, catalog.sha256, _overall(answer.status for answer in answers), answers
    )


def _overall(statuses: Iterable[Status]) -> Status:
    """The worst of the workloads' statuses."""
    order = (Status.DECIDED, Status.TIED, Status.UNDECIDED, Status.INFEASIBLE)
    return max(statuses, key=order.index)


class _Solving(NamedTuple):
    """One workload being solved."""

    question: Question

    def advice(self) -> WorkloadAdvice:
        question = self.question
        screened = self.screened()
        passing = [index for index, mask in enumerate(screened.failed) if not mask]
        standings = {index: self.standing(screened, index) for index in passing}
        ranking = self.rank(list(standings.values()))
        excluded = tuple(_exclusion(screened, index) for index, mask in enumerate(screened.failed) if mask)
        required = {constraint.id: constraint.required for constraint in screened.constraints}
        months, day = question.requirements.horizon_months, question.catalog.as_of
        status = _status(ranking)
        found_flips = flips(ranking.tied, as_of=day, months=months)
        return WorkloadAdvice(
            workload=question.workload.name,
            dimension=question.workload.dimension,
            status=status,
            recommended=ranking.order[0].id if ranking.order else None,
            tied=tuple(standing.id for standing in ranking.tied),
            standings=ranking.order,
            excluded=excluded,
            conflicts=() if passing else _conflicts(screened),
            relaxations=relaxations(question.requirements, question.workload, screened, self.resolve),
            ladder=ladder(self.rungs(screened, standings), frozenset(s.id for s in ranking.order)),
            frontier=tuple(standing.id for standing in ranking.frontier),
            flips=found_flips,
            why=sentences.why(ranking, status, question, required),
            required=required,
            cases_to_separate=_cases(ranking),
        )

    def constraints(self) -> Iterable[Constraint]:
        yield from license_terms(self.question)
        yield from data_terms(self.question)
        yield from deployment(self.question)
        yield from needs(self.question)
        yield from quality(self.question)
        yield from latency(self.question)
        yield from budget(self.question, self.cost_of() if self.question.workload.traffic else _no_cost)

    def screened(self) -> Screen:
        return screen(self.question.catalog, self.constraints(), self.question.requirements.unknown)

    def cost_of(self) -> CostOf:
        catalog, requirements, workload, _ = self.question
        traffic = volume(workload.traffic) if workload.traffic else NOMINAL
        gpus, months = requirements.deployment.own_gpus, requirements.horizon_months
        known: dict[str, Cost | None] = remembered(catalog, ("cost", traffic, months, gpus), dict)

        def cost_of(candidate: Candidate) -> Cost | None:
            if candidate.id not in known:
                known[candidate.id] = cost(candidate, traffic, start=catalog.as_of, months=months, gpus=gpus)
            return known[candidate.id]

        return cost_of

    def standing(self, screened: Screen, index: int) -> Standing:
        catalog, requirements, workload, _ = self.question
        candidate = screened.candidates[index]
        answer = judge_offering(catalog, candidate.offering, requirements.uses, requirements.organization)
        best = best_in(catalog, workload.dimension)
        estimate = catalog.quality(candidate.config, workload.dimension)
        return Standing(
            candidate,
            estimate if estimate and best and estimate.unit == best.unit else None,
            self.cost_of()(candidate),
            LicenseAnswer(answer.verdict.value, answer.license, answer.license_class, answer.duties, answer.source),
            screened.causes(index, screened.asked[index]),
            screened.causes(index, screened.accepted[index]),
            _facts(screened, index),
        )

    def rank(self, standings: list[Standing]) -> Ranking:
        catalog, requirements, _, measured = self.question

        def band(standing: Standing) -> str | None:
            fact = standing.candidate.offering.fact("speed_band", catalog.as_of)
            return str(fact.value) if fact.is_usable else None

        return rank(standings, requirements.order, slowness_of(measured, band))

    def rungs(self, screened: Screen, standings: dict[int, Standing]) -> list[Standing]:
        """Those that satisfy all but what the ladder steps over."""
        stepped = sum(1 << bit for bit, constraint in enumerate(screened.constraints) if constraint.id in _STEPPED)
        return [
            standings.get(index) or self.standing(screened, index)
            for index, mask in enumerate(screened.failed)
            if not mask & ~stepped
        ]

    def resolve(self, requirements: Requirements) -> tuple[str, ...]:
        """What passes once the requirements are changed, best first."""
        workload = next(w for w in requirements.workloads if w.name == self.question.workload.name)
        other = _Solving(self.question._replace(requirements=requirements, workload=workload))
        screened = other.screened()
        standings = [other.standing(screened, index) for index, mask in enumerate(screened.failed) if not mask]
        return tuple(standing.id for standing in other.rank(standings).order)


def _no_cost(_: Candidate) -> None:
    return None


def _exclusion(screened: Screen, index: int) -> Exclusion:
    mask = screened.failed[index]
    return Exclusion(screened.candidates[index], screened.names(mask), lambda: screened.causes(index, mask))


def _facts(screened: Screen, index: int) -> dict[str, Fact]:
    outcomes = (column[index] for column in screened.columns)
    used = {outcome.fact[0]: outcome.fact[1] for outcome in outcomes if outcome.fact}
    offering = screened.candidates[index].offering
    return (
        used | {"context_window_tokens": offering.facts.timeline("context_window_tokens")[-1]}
        if (offering.facts.timeline("context_window_tokens"))
        else used
    )


def _conflicts(screened: Screen) -> tuple[Conflict, ...]:
    required = {constraint.id: constraint.required for constraint in screened.constraints}
    masks = minimal_conflicts(minimal_masks(screened.failed))
    named = (screened.names(mask) for mask in masks)
    return tuple(Conflict(names, tuple(required[name] for name in names)) for names in named)


def _status(ranking: Ranking) -> Status:
    if not ranking.order:
        return Status.INFEASIBLE
    if ranking.order[0].open_questions:
        return Status.UNDECIDED
    return Status.TIED if len({standing.candidate.config for standing in ranking.tied}) > 1 else Status.DECIDED


def _cases(ranking: Ranking) -> int | None:
    """The fewest cases that tell the winner from its nearest tied rival of another config."""
    if not ranking.tied or ranking.tied[0].quality is None:
        return None
    first = ranking.tied[0]
    others = [s.quality for s in ranking.tied if s.candidate.config != first.candidate.config and s.quality]
    counts = [n for other in others if first.quality and (n := cases_to_separate(first.quality, other))]
    return min(counts, default=None)
