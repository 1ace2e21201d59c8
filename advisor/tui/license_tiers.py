"""Capability by license tier: every model under the class of its license, best first. Knows no screen."""

from __future__ import annotations

from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Quality
from advisor.facts import State
from advisor.solver.bitsets import indices
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.standing import Standing
from advisor.solver.workload import WorkloadSolver
from advisor.tui.solve import SolvedAnswers

TIERS = {
    "permissive": "use, change and pass on, with a notice",
    "copyleft": "changes that are passed on stay under the same license",
    "restricted": "open weights with conditions: users, revenue, fields of use",
    "non-commercial": "research and trying out, no commercial use",
    "proprietary": "over an API or by contract, by its maker's terms",
    "unknown": "no license on record",
}
"""The classes of licenses, the freest first, with what they come to; the license itself decides."""


class TierModel(NamedTuple):
    """A model by the best of its efforts in the dimension, among those that pass if any does."""

    model: str
    candidate: str
    license: str | None
    quality: Quality
    is_open: bool
    passes: bool


class LicenseTier(NamedTuple):
    """A class of licenses with its models, best first."""

    license_class: str
    models: tuple[TierModel, ...]

    @property
    def words(self) -> str:
        """What the class comes to."""
        return TIERS.get(self.license_class, self.license_class)


def license_tiers(catalog: Catalog, solved: SolvedAnswers, workload: int) -> tuple[LicenseTier, ...]:
    """Return the tiers that have a model whose quality in the workload's dimension is known."""
    requirements = solved.counted
    if requirements is None or solved.workload(workload) is None:
        return ()
    measured = MeasurementIndex(solved.measured.fresh if solved.measured else ())
    solving = WorkloadSolver(WorkloadQuestion(catalog, requirements, requirements.workloads[workload], measured))
    passing = solving.screen.everyone & ~solving.screen.out
    best: dict[str, tuple[tuple[bool, float], int, Standing]] = {}
    seen: set[tuple[str, str | None, bool]] = set()
    for index in (*indices(passing), *indices(solving.screen.out)):
        candidate = solving.screen.candidates[index]
        passes = bool(passing >> index & 1)
        key = (candidate.offering.model.id, candidate.config.effort, passes)
        if key in seen:
            continue
        seen.add(key)
        standing = solving.standing(index)
        if standing.quality is None:
            continue
        rank = (passes, standing.quality.estimate)
        if key[0] not in best or rank > best[key[0]][0]:
            best[key[0]] = (rank, index, standing)
    tiers: dict[str, list[TierModel]] = {name: [] for name in TIERS}
    for (passes, _), _, standing in best.values():
        weights = standing.candidate.offering.fact("weights", catalog.as_of)
        is_open = weights.state is State.KNOWN and weights.value == "open"
        if standing.quality is not None:
            tiers.setdefault(standing.license.license_class, []).append(
                TierModel(
                    standing.candidate.offering.model.id,
                    standing.id,
                    standing.license.license,
                    standing.quality,
                    is_open,
                    passes,
                )
            )
    return tuple(
        LicenseTier(name, tuple(sorted(models, key=lambda one: (-one.quality.estimate, one.model))))
        for name, models in tiers.items()
        if models
    )
