"""From a catalog and requirements to the answer: screen, price, rank, explain. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Candidate, Offering
from advisor.facts import UNKNOWN, Fact
from advisor.licenses.verdict import LicenseAnswer, judge_offering, license_basis
from advisor.requirements.enums import Stage
from advisor.solver.answer_time import LatencyOf
from advisor.solver.bitsets import indices
from advisor.solver.candidates import distinct_tiers, is_preview
from advisor.solver.cause import Cause
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.registry import constraints
from advisor.solver.cost import CostOf
from advisor.solver.cost_notes import CostNotes
from advisor.solver.makers import End, end_of_offer
from advisor.solver.quality import best_in, estimate
from advisor.solver.rank import Ranking, Rules, Slowness, rank, slowness_function
from advisor.solver.screen import Screen, screen
from advisor.solver.standing import Standing
from advisor.solver.thinking import TokensOf
from advisor.solver.thinking_cost import cost_function
from advisor.solver.volume import NOMINAL, Volume, volume

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements


class _ScreenEvidence(NamedTuple):
    """What the screen has of a candidate that passes."""

    screen: Screen
    place: int
    catalog: Catalog

    def open_questions(self) -> tuple[Cause, ...]:
        return self.screen.causes(self.place, self.screen.asked)

    def accepted_unknowns(self) -> tuple[Cause, ...]:
        return self.screen.causes(self.place, self.screen.accepted)

    def end(self) -> End | None:
        return end_of_offer(self.catalog, self.screen.candidates[self.place].offering)

    def to_do(self) -> tuple[str, ...]:
        outcomes = (column.outcome(self.place) for column in self.screen.columns)
        return tuple(dict.fromkeys(outcome.obligation for outcome in outcomes if outcome.obligation))

    def facts(self) -> dict[str, Fact]:
        """Return what the tests rested on, and the window, which readers look for."""
        screen = self.screen
        outcomes = (column.outcome(self.place) for column in screen.columns)
        used = {outcome.fact[0]: outcome.fact[1] for outcome in outcomes if outcome.fact}
        window = screen.candidates[self.place].offering.facts.at("context_window_tokens", self.catalog.as_of)
        return used | ({} if window is UNKNOWN else {"context_window_tokens": window})


class WorkloadSolver:
    """One workload being solved."""

    def __init__(self, question: WorkloadQuestion) -> None:
        self.question = question
        self.screen = self._screened()
        self._open = self.screen.open
        requirements = question.requirements
        self._accepted = self.screen.accepted_to_look_up()
        self._holds_previews = requirements.stage == Stage.PRODUCTION and not requirements.deployment.previews
        self._best = best_in(question.catalog, question.workload.dimension, question.measured)
        self._license_of = _license_function(question.catalog, question.requirements)
        self._notes = CostNotes(question.workload, question.catalog.as_of, question.measured)

    def ranking(self, only: int | None = None) -> Ranking:
        """Those that pass, best first; ``only`` those in a set of candidates."""
        passing = self.screen.everyone & ~self.screen.out
        return self.rank([self.standing(index) for index in indices(passing if only is None else passing & only)])

    def rank(self, standings: list[Standing], point_usd: Decimal | None = None) -> Ranking:
        """Standings in the order of this workload's preferences; ``point_usd`` in place of the worth of a point."""
        rules = self.rules if point_usd is None else self.rules._replace(point_usd=point_usd)
        return rank(standings, rules, self.slowness())

    @property
    def rules(self) -> Rules:
        """What decides between those that pass."""
        requirements = self.question.requirements
        worth = requirements.quality_point_usd_per_month
        target = self.question.workload.quality.at_least
        is_scored = target is not None and not isinstance(target, str)
        return Rules(requirements.order, requirements.difference_that_matters, worth, needs_quality=not is_scored)

    def slowness(self) -> Slowness:
        catalog, measured = self.question.catalog, self.question.measured

        def band(standing: Standing) -> str | None:
            fact = standing.candidate.offering.fact("speed_band", catalog.as_of)
            return str(fact.value) if fact.is_usable else None

        return slowness_function(measured, band)

    def resolve(self, requirements: Requirements) -> tuple[str, ...]:
        """Return what comes in once the requirements are changed, best first."""
        workload = next(w for w in requirements.workloads if w.name == self.question.workload.name)
        other = WorkloadSolver(self.question._replace(requirements=requirements, workload=workload))
        return tuple(standing.id for standing in other.ranking(self.screen.out).order)

    def cost_at(self, traffic: Volume) -> CostOf:
        return cost_function(self.question.catalog, traffic, self.question.requirements, self.tokens_of)

    def rungs(self, ranking: Ranking) -> list[Standing]:
        """Those that satisfy all but what the ladder steps over."""
        kept = [index for index, constraint in enumerate(self.screen.constraints) if not constraint.kind.is_traded]
        stepped_over = self.screen.out & ~self.screen.out_by(kept)
        return [*ranking.order, *(self.standing(index) for index in indices(stepped_over))]

    def standing(self, index: int, instead: Candidate | None = None) -> Standing:
        """Return what one candidate offers, or another that did as it did in the constraints."""
        catalog, _, workload, measured = self.question
        candidate, best = instead or self.screen.candidates[index], self._best
        found = estimate(catalog, candidate, workload.dimension, measured)
        tokens = self.tokens_of(candidate)
        return Standing(
            candidate,
            found if found and best and found.unit == best.unit else None,
            self._notes.on(self._cost_of(candidate), candidate),
            self._license_of(candidate.offering),
            bool(self._open >> index & 1),
            _ScreenEvidence(self.screen, index, catalog),
            thinking=tokens,
            latency=self._latency_of(candidate, tokens),
            is_held=self._holds_previews and is_preview(candidate, catalog.as_of),
            accepted=sum(accepted >> index & 1 for accepted in self._accepted),
        )

    def _screened(self) -> Screen:
        catalog, requirements, workload, _ = self.question
        traffic = volume(workload.traffic) if workload.traffic else NOMINAL
        self.tokens_of = TokensOf(self.question)
        self._latency_of = LatencyOf(self.question, self.tokens_of.key)
        self._cost_of = cost_function(catalog, traffic, requirements, self.tokens_of)
        candidates = distinct_tiers(catalog, requirements.deployment.price_tiers, traffic.batch_share)
        return screen(catalog, candidates, constraints(self.question), requirements.unknown)


def _license_function(catalog: Catalog, requirements: Requirements) -> Callable[[Offering], LicenseAnswer]:
    """Return the verdict over the uses asked, judged once for each license and terms."""
    uses, organization = requirements.uses, requirements.organization
    known: dict[tuple[object, ...], LicenseAnswer] = memoize(catalog, ("licenses", uses, organization), dict)

    def license_of(offering: Offering) -> LicenseAnswer:
        basis = license_basis(catalog, offering)
        if basis not in known:
            known[basis] = judge_offering(catalog, offering, uses, organization)
        return known[basis]

    return license_of
