"""What the ``portfolio`` block of ``advisor.yaml`` says, as limits and as ways of the workloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from math import hypot

from advisor.portfolio.problem import ONE, ZERO, CommitmentTier, Objective, PlanWorkload, Problem, ServingOption, Share
from advisor.portfolio.score_uncertainty import way_error
from advisor.requirements.enums import Preference
from advisor.requirements.portfolio_schema import Cascade, PlannedWorkload, Portfolio
from advisor.requirements.schema import Requirements, Workload

MINUTES_PER_MONTH = Decimal(365 * 24 * 60) / 12
MOST_SPLIT = 40
"""Offerings of one workload between which splits are tried; the best and cheapest of them."""

_STEPS = tuple(Decimal(step) / 10 for step in range(1, 10))


def stated_limits(requirements: Requirements) -> Problem:
    """Return the shared limits of a file, with no workloads yet."""
    first = Objective.COST if requirements.order[0] is Preference.COST else Objective.SCORE
    block = requirements.portfolio
    if block is None:
        return Problem((), first)
    counts = (
        ("vendor", block.max_vendors),
        ("lab", block.max_labs),
        ("license", block.max_licenses),
        ("region", block.max_regions),
    )
    return Problem(
        (),
        Objective(block.objective) if block.objective else first,
        block.budget_usd_per_month,
        block.min_score,
        tuple((kind, most) for kind, most in counts if most is not None),
        tuple(_commitments(block)),
        tuple((limit.offering, limit.requests_per_minute) for limit in block.rate_limits),
    )


def _commitments(block: Portfolio) -> Iterator[tuple[str, tuple[CommitmentTier, ...]]]:
    channels = dict.fromkeys(commitment.channel for commitment in block.commitments)
    for channel in channels:
        yield (
            channel,
            tuple(
                CommitmentTier(commitment.usd_per_month, commitment.discount)
                for commitment in block.commitments
                if commitment.channel == channel
            ),
        )


def stated_task(
    requirements: Requirements, workload: Workload, ways: Sequence[ServingOption], weight: Decimal | None
) -> PlanWorkload:
    """Return a workload with its ways, and with the splits and cascades that the file asks for."""
    block = requirements.portfolio or Portfolio()
    planned = next((one for one in block.workloads if one.name == workload.name), None)
    if planned is None:
        return PlanWorkload(workload.name, tuple(ways), weight or ONE, None, _busy_rate(workload, block))
    mixed = (*ways, *_cascades(planned, ways), *(_splits(ways) if planned.split else ()))
    return PlanWorkload(
        workload.name,
        mixed,
        planned.weight if weight is None else weight,
        planned.fallback_share,
        _busy_rate(workload, block),
    )


def _busy_rate(workload: Workload, block: Portfolio) -> Decimal:
    """Return requests a minute in the hours in which they come, times the stated peak factor."""
    if workload.traffic is None:
        return ZERO
    hours = [window.split("-") for window in workload.traffic.peak_hours_utc]
    minutes = sum((_minutes(start, end) for start, end in hours), 0) or 1440
    return workload.traffic.requests_per_month / (MINUTES_PER_MONTH * minutes / 1440) * block.peak_factor


def _minutes(start: str, end: str) -> int:
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
    return (last - first) % 1440 or 1440


def _cascades(planned: PlannedWorkload, ways: Sequence[ServingOption]) -> Iterator[ServingOption]:
    """Yield the measured cascades of which both steps are there."""
    known: Mapping[str, ServingOption] = {way.id: way for way in ways}
    for cascade in planned.cascades:
        if cascade.first in known and cascade.then in known and cascade.first != cascade.then:
            yield cascade_way(cascade, known[cascade.first], known[cascade.then])


def cascade_way(cascade: Cascade, first: ServingOption, then: ServingOption) -> ServingOption:
    """Return a cascade as a way: all requests pay the first step, the escalated ones the second as well."""
    escalated = Decimal(str(cascade.escalated_share))
    second = Share(then.parts[0].offering, then.parts[0].vendor, escalated, then.cost_usd * escalated)
    labels = tuple(dict.fromkeys((*first.labels, *then.labels)))
    return ServingOption(_cascade_id(cascade), cascade.score, (first.parts[0], second), labels, cascade.n)


def parse_cascade(requirements: Requirements, workload: str, way: str) -> Cascade | None:
    """Return the cascade of a workload that a way's id names."""
    block = requirements.portfolio or Portfolio()
    stated = (one for planned in block.workloads if planned.name == workload for one in planned.cascades)
    return next((one for one in stated if _cascade_id(one) == way), None)


def _cascade_id(cascade: Cascade) -> str:
    return f"{cascade.first} then {cascade.then}"


def _splits(ways: Sequence[ServingOption]) -> Iterator[ServingOption]:
    """Every pair of ways worth mixing at every tenth; its score is the mean by requests."""
    for one, other in combinations(_worth_mixing(ways), 2):
        for share in _STEPS:
            yield split_way(one, other, share)


def split_way(one: ServingOption, other: ServingOption, share: Decimal) -> ServingOption:
    """``share`` of the requests to the first and the rest to the second."""
    rest = ONE - share
    parts = (
        one.parts[0]._replace(share=share, cost_usd=one.cost_usd * share),
        other.parts[0]._replace(share=rest, cost_usd=other.cost_usd * rest),
    )
    labels = tuple(dict.fromkeys((*one.labels, *other.labels)))
    name = f"{share:.0%} {one.id} + {rest:.0%} {other.id}"
    errors = [(float(part), way_error(way)) for part, way in ((share, one), (rest, other))]
    known = hypot(*(part * error for part, error in errors if error is not None))
    error = known if all(error is not None for _, error in errors) else None
    return ServingOption(name, one.score * share + other.score * rest, parts, labels, standard_error=error)


def _worth_mixing(ways: Sequence[ServingOption]) -> list[ServingOption]:
    """Return the steps of the staircase: a mix of others costs as much as a better mix of these."""
    kept: list[ServingOption] = []
    for way in sorted(ways, key=lambda way: (-way.score, way.cost_usd, way.id)):
        if not kept or way.cost_usd < kept[-1].cost_usd:
            kept.append(way)
    return kept[:MOST_SPLIT]
