"""From a catalogue and requirements to the answer: screen, price, rank, explain. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.freshness import notes as age_notes
from advisor.catalog.memory import remembered
from advisor.catalog.records import Candidate, Offering
from advisor.facts import UNKNOWN, Fact, Measurement
from advisor.licenses.verdict import judge_offering, license_basis
from advisor.solver import sentences
from advisor.solver.advice import (
    Advice,
    Cause,
    Conflict,
    Cost,
    Exclusions,
    LicenseAnswer,
    Standing,
    Status,
    WorkloadAdvice,
)
from advisor.solver.conflicts import minimal_conflicts
from advisor.solver.constraints import Constraint, Measured, Question
from advisor.solver.cost import NOMINAL, Volume, cost, thinks, volume
from advisor.solver.flip_points import flip_points
from advisor.solver.flips import flips
from advisor.solver.hosting import rented
from advisor.solver.ladder import ladder
from advisor.solver.limits import CostOf, budget, deployment, latency
from advisor.solver.needs import needs
from advisor.solver.quality import best_in, expected_score, quality
from advisor.solver.rank import Ranking, Slowness, cases_to_separate, rank, slowness_of
from advisor.solver.ranked_again import deciding
from advisor.solver.relax import Priced, nearest_misses, relaxations
from advisor.solver.screen import Screen, screen
from advisor.solver.sets import members
from advisor.solver.terms import data_terms, license_terms

if TYPE_CHECKING:
    from advisor.requirements.records import Requirements, Workload
    from advisor.solver.stability import Stability

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
        Solving(Question(catalog, requirements, workload, measured)).advice() for workload in requirements.workloads
    )
    leaders = (answer.standings[0] for answer in answers if answer.standings)
    offerings = dict.fromkeys(leader.candidate.offering.id for leader in leaders)
    status = _overall(answer.status for answer in answers)
    return Advice(catalog.as_of, catalog.version, catalog.sha256, status, answers, age_notes(catalog, offerings))


def _overall(statuses: Iterable[Status]) -> Status:
    """The worst of the workloads' statuses."""
    order = (Status.DECIDED, Status.TIED, Status.UNDECIDED, Status.INFEASIBLE)
    return max(statuses, key=order.index)


class _Behind(NamedTuple):
    """What the screen has of a candidate that passes."""

    screen: Screen
    place: int
    day: date

    def open_questions(self) -> tuple[Cause, ...]:
        return self.screen.causes(self.place, self.screen.asked)

    def accepted_unknowns(self) -> tuple[Cause, ...]:
        return self.screen.causes(self.place, self.screen.accepted)

    def facts(self) -> dict[str, Fact]:
        """What the tests rested on, and the window, which readers look for."""
        screen = self.screen
        outcomes = (column.outcome(self.place) for column in screen.columns)
        used = {outcome.fact[0]: outcome.fact[1] for outcome in outcomes if outcome.fact}
        window = screen.candidates[self.place].offering.facts.at("context_window_tokens", self.day)
        return used | ({} if window is UNKNOWN else {"context_window_tokens": window})


class Solving:
    """One workload being solved."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.screen = self._screened()
        self._open = self.screen.open
        self._best = best_in(question.catalog, question.workload.dimension)
        self._license_of = _license_function(question.catalog, question.requirements)

    def advice(self) -> WorkloadAdvice:
        """The whole answer."""
        question, screened = self.question, self.screen
        ranking = self.ranking()
        required = {constraint.id: constraint.required for constraint in screened.constraints}
        conflicts = _conflicts(screened) if not ranking.order else ()
        status = _status(ranking)
        pool = deciding(self, ranking) if ranking.order else []
        expected = expected_score(question, ranking.order[0].candidate) if ranking.order else None
        priced = Priced(question.requirements, question.workload, screened)
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
            find_relaxations=cache(partial(relaxations, priced, self.resolve)),
            find_nearest_misses=nearest,
            find_stability=cache(self.stability),
            ladder=ladder(self.rungs(ranking), frozenset(s.id for s in ranking.order)),
            frontier=tuple(standing.id for standing in ranking.frontier),
            flips=(
                *flips(self, ranking, pool),
                *flip_points(self, ranking, pool, self._cost_at),
            ),
            why=(
                *sentences.why(ranking, status, question, conflicts, () if ranking.order else nearest()),
                *sentences.expectation(expected),
            ),
            required=required,
            expected_score=expected,
            cases_to_separate=_cases(ranking),
        )

    def ranking(self, only: int | None = None) -> Ranking:
        """Those that pass, best first; ``only`` those in a set of candidates."""
        passing = self.screen.everyone & ~self.screen.out
        return self.rank([self.standing(index) for index in members(passing if only is None else passing & only)])

    def rank(self, standings: list[Standing], point_usd: Decimal | None = None) -> Ranking:
        """Standings in the order of this workload's preferences; ``point_usd`` in place of the worth of a point."""
        requirements = self.question.requirements
        worth = requirements.quality_point_usd_per_month if point_usd is None else point_usd
        return rank(standings, requirements.order, self._slowness(), worth)

    def _slowness(self) -> Slowness:
        catalog, measured = self.question.catalog, self.question.measured

        def band(standing: Standing) -> str | None:
            fact = standing.candidate.offering.fact("speed_band", catalog.as_of)
            return str(fact.value) if fact.is_usable else None

        return slowness_of(measured, band)

    def stability(self) -> Stability:
        """How often each would be first if everything uncertain were measured again."""
        from advisor.solver.contenders import contenders
        from advisor.solver.stability import Rules, stability

        requirements = self.question.requirements
        found = contenders(self.question, self.screen, self.standing, self._slowness())
        return stability(found, Rules(requirements.order, requirements.quality_point_usd_per_month))

    def resolve(self, requirements: Requirements) -> tuple[str, ...]:
        """What comes in once the requirements are changed, best first."""
        workload = next(w for w in requirements.workloads if w.name == self.question.workload.name)
        other = Solving(self.question._replace(requirements=requirements, workload=workload))
        return tuple(standing.id for standing in other.ranking(self.screen.out).order)

    def _cost_at(self, traffic: Volume) -> CostOf:
        return cost_function(self.question.catalog, traffic, self.question.requirements)

    def rungs(self, ranking: Ranking) -> list[Standing]:
        """Those that satisfy all but what the ladder steps over."""
        kept = [index for index, constraint in enumerate(self.screen.constraints) if constraint.id not in _STEPPED]
        stepped_over = self.screen.out & ~self.screen.out_by(kept)
        return [*ranking.order, *(self.standing(index) for index in members(stepped_over))]

    def standing(self, index: int) -> Standing:
        """What one candidate offers."""
        catalog, _, workload, _ = self.question
        candidate, best = self.screen.candidates[index], self._best
        estimate = catalog.quality(candidate.config, workload.dimension)
        return Standing(
            candidate,
            estimate if estimate and best and estimate.unit == best.unit else None,
            _with_reasoning(self._cost_of(candidate), candidate, workload),
            self._license_of(candidate.offering),
            bool(self._open >> index & 1),
            _Behind(self.screen, index, catalog.as_of),
        )

    def _screened(self) -> Screen:
        catalog, requirements, workload, _ = self.question
        traffic = volume(workload.traffic) if workload.traffic else NOMINAL
        self._cost_of = cost_function(catalog, traffic, requirements)
        candidates = catalog.candidates_at(requirements.deployment.price_tiers)
        return screen(catalog, candidates, self._constraints(), requirements.unknown)

    def _constraints(self) -> Iterable[Constraint]:
        yield from license_terms(self.question)
        yield from data_terms(self.question)
        yield from deployment(self.question)
        yield from needs(self.question)
        yield from quality(self.question)
        yield from latency(self.question)
        yield from budget(self.question, self._cost_of if self.question.workload.traffic else _no_cost)


def cost_function(catalog: Catalog, traffic: Volume, requirements: Requirements) -> CostOf:
    """The cost of any candidate on this traffic over the horizon, each worked out once for a catalogue."""
    gpus, months = requirements.deployment.own_gpus, requirements.horizon_months
    rent = rented(gpus, catalog)
    known: dict[tuple[str, str, bool], Cost | None] = remembered(catalog, ("cost", traffic, months, gpus), dict)

    def cost_of(candidate: Candidate) -> Cost | None:
        key = (candidate.offering.id, candidate.tier, thinks(candidate))
        if key not in known:
            known[key] = cost(candidate, traffic, start=catalog.as_of, months=months, gpus=gpus, rent=rent)
        return known[key]

    return cost_of


def _no_cost(_: Candidate) -> None:
    return None


def _with_reasoning(found: Cost | None, candidate: Candidate, workload: Workload) -> Cost | None:
    """The cost with a word on hidden reasoning, which is billed as output and whose length is on no record."""
    if found is None or not thinks(candidate):
        return found
    stated = workload.traffic.reasoning_tokens if workload.traffic else None
    effort = candidate.config.effort
    words = f"hidden reasoning at effort {effort} is billed as output on top of this; its length is not on record"
    if stated is not None:
        words = f"{stated:,g} tokens of hidden reasoning an answer are counted, as you state"
    return found._replace(notes=(*found.notes, words))


def _license_function(catalog: Catalog, requirements: Requirements) -> Callable[[Offering], LicenseAnswer]:
    """The verdict over the uses asked, judged once for each license and terms."""
    uses, organization = requirements.uses, requirements.organization
    known: dict[tuple[object, ...], LicenseAnswer] = remembered(catalog, ("licenses", uses, organization), dict)

    def license_of(offering: Offering) -> LicenseAnswer:
        basis = license_basis(catalog, offering)
        if basis not in known:
            found = judge_offering(catalog, offering, uses, organization)
            known[basis] = LicenseAnswer(
                found.verdict.value, found.license, found.license_class, found.duties, found.source
            )
        return known[basis]

    return license_of


def _exclusions(screened: Screen) -> Exclusions:
    out, candidates = screened.out, screened.candidates
    counts = {
        constraint.id: (failed.bit_count(), screened.alone(index).bit_count())
        for index, (constraint, failed) in enumerate(zip(screened.constraints, screened.failed, strict=True))
        if failed
    }
    return Exclusions(
        out.bit_count(),
        lambda: [(index, candidates[index]) for index in members(out)],
        lambda index: screened.causes(index, screened.failed),
        counts,
    )


def _conflicts(screened: Screen) -> tuple[Conflict, ...]:
    required = {constraint.id: constraint.required for constraint in screened.constraints}
    masks = minimal_conflicts(screened.corrections())
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
