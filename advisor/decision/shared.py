"""Whether choices that share limits still keep them together: added up again, without an engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.decision.records import Decision
from advisor.facts import Measurement
from advisor.solver.portfolio.certificate import broken
from advisor.solver.portfolio.from_catalog import pose_catalog
from advisor.solver.portfolio.limits import words
from advisor.solver.portfolio.posing import Limits
from advisor.solver.portfolio.records import Choice

if TYPE_CHECKING:
    from advisor.requirements.records import Requirements


def shared_limits_broken(
    decision: Decision, catalog: Catalog, requirements: Requirements, measurements: Iterable[Measurement]
) -> tuple[str, ...]:
    """The shared limits, in words, that the choices break together; none while one of them does not pass by itself.

    Fallbacks and splits are not in the lock, so they are not counted.
    """
    chosen = {locked.workload: locked.chosen for locked in decision.workloads}
    problem = pose_catalog(catalog, requirements, Limits(), measurements).problem
    tasks = tuple(task._replace(fallback_share=None) for task in problem.tasks if task.name in chosen)
    ways = [next((way for way in task.ways if way.id == chosen[task.name]), None) for task in tasks]
    choices = [Choice(task.name, way) for task, way in zip(tasks, ways, strict=True) if way is not None]
    if len(choices) < len(tasks):
        return ()
    alone = replace(problem, tasks=tasks)
    return tuple(words(alone, name) for name in broken(alone, choices))
