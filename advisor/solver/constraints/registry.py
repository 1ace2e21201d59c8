"""All constraints, each one record."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from advisor.solver.constraints import (
    budget,
    certifications,
    channels_and_labs,
    context_and_answer,
    decoding_speed,
    effort,
    fine_tuning,
    first_token,
    general_floor,
    gpai_code,
    hosted_api,
    in_service,
    knowledge_cutoff,
    languages,
    license,  # noqa: A004 - the field's noun
    modalities,
    not_trained_on,
    open_weights,
    own_hardware,
    quality_floor,
    rate_limits,
    regions,
    release,
    retention_days,
    retirement,
    speed_band,
    structured_output,
    tools,
    training_on_inputs,
)
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.kind import Constraint, ConstraintKind, OwnFigure

if TYPE_CHECKING:
    from advisor.requirements.schema import Workload

KINDS: tuple[ConstraintKind, ...] = (
    license.KIND,
    training_on_inputs.KIND,
    retention_days.KIND,
    regions.KIND,
    certifications.KIND,
    hosted_api.KIND,
    channels_and_labs.CHANNELS,
    channels_and_labs.LABS,
    open_weights.KIND,
    gpai_code.KIND,
    not_trained_on.KIND,
    in_service.KIND,
    own_hardware.KIND,
    context_and_answer.CONTEXT,
    context_and_answer.ANSWER,
    tools.KIND,
    structured_output.KIND,
    modalities.KIND,
    fine_tuning.KIND,
    effort.KIND,
    retirement.KIND,
    knowledge_cutoff.KIND,
    release.PREVIEW,
    release.NOT_OLDER_THAN,
    rate_limits.KIND,
    quality_floor.WITHIN_POINTS,
    quality_floor.AT_LEAST,
    general_floor.KIND,
    languages.KIND,
    first_token.KIND,
    decoding_speed.KIND,
    speed_band.KIND,
    budget.KIND,
)
"""In the order in which they are asked and told."""


def constraints(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield all that a workload asks of a candidate."""
    for kind in KINDS:
        yield from kind.make(question)


def probed_figures(workload: Workload) -> tuple[OwnFigure, ...]:
    """Return the measurements of a probe that a workload's bounds are held against."""
    figures = (kind.own_figure(workload) for kind in KINDS if kind.is_probed)
    return tuple(figure for figure in figures if figure is not None)


@cache
def kind_for(constraint: str) -> ConstraintKind:
    """Return the record of a constraint by its id. Raises LookupError if it is none's."""
    found = next((kind for kind in KINDS if kind.is_of(constraint)), None)
    if found is None:
        raise LookupError(f"no constraint is called {constraint}")
    return found
