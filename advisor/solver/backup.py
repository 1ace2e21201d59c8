"""Who takes over when the recommended one fails: on another channel, and of another lab, with what both would share."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from advisor.solver.answer import WorkloadAdvice
from advisor.solver.standing import Standing

ROUTER = "router"
"""The kind of channel that passes requests on to others."""


class Backup(NamedTuple):
    """One who passes and could take over."""

    id: str
    model: str
    lab: str
    channel: str
    region: str | None
    usd_per_month: Decimal | None
    usd_more: Decimal | None
    """What it costs a month more than the recommended one; negative where it costs less."""
    points_less: float | None
    """The quality given up, in the dimension's unit; None where one of the two is not measured on the same scale."""
    shares: tuple[str, ...]
    """The failures that would hit both."""
    open_questions: tuple[str, ...]
    """What is not known yet of it, and was to be asked."""


class Backups(NamedTuple):
    """A backup on another channel, and one of another lab; None where nobody passes who is that."""

    channel: Backup | None
    lab: Backup | None


def backups(answer: WorkloadAdvice) -> Backups | None:
    """Return the backups of the recommended candidate, those without open questions first; None without an answer.

    On another channel the same model comes first, since it answers alike; of another lab one on another channel.
    """
    first = answer.standing(answer.recommended) if answer.recommended else None
    if first is None:
        return None
    others = sorted((one for one in answer.standings if one.id != first.id), key=lambda one: one.is_open)
    elsewhere = [one for one in others if _channel(one) != _channel(first)]
    same_model = [one for one in elsewhere if one.candidate.config.id == first.candidate.config.id and not one.is_open]
    other_lab = [one for one in elsewhere if _lab(one) != _lab(first)] or [
        one for one in others if _lab(one) != _lab(first)
    ]
    return Backups(_backup(first, [*same_model, *elsewhere]), _backup(first, other_lab))


def _backup(first: Standing, found: list[Standing]) -> Backup | None:
    if not found:
        return None
    other = found[0]
    offering, cost = other.candidate.offering, other.cost
    more = cost.usd_per_month_mean - first.cost.usd_per_month_mean if cost and first.cost else None
    comparable = other.quality and first.quality and other.quality.unit == first.quality.unit
    less = first.quality.estimate - other.quality.estimate if comparable and first.quality and other.quality else None
    return Backup(
        other.id,
        offering.model.id,
        offering.model.lab,
        offering.channel.id,
        offering.region,
        cost.usd_per_month_mean if cost else None,
        more,
        None if less is None else round(less, 1),
        tuple(_shared(first, other)),
        tuple(f"{cause.required} ({cause.found})" for cause in other.open_questions),
    )


def _shared(first: Standing, other: Standing) -> Iterator[str]:
    """Yield the failures that would hit both, widest first."""
    one, two = first.candidate.offering, other.candidate.offering
    if one.channel.id == two.channel.id:
        yield f"an outage of {one.channel.name}"
    if one.model.lab == two.model.lab:
        yield f"a change of what {one.model.lab} allows or asks"
    if one.model.id == two.model.id:
        yield f"the end or a fault of {one.model.id}"
    if one.region is not None and one.region == two.region:
        yield f"an outage of the region {one.region}"
    routers = [channel for channel in (one.channel, two.channel) if channel.kind == ROUTER]
    if routers and one.channel.id != two.channel.id:
        yield f"an outage of whom {routers[0].name} passes the requests on to, if that is the other one"


def _channel(standing: Standing) -> str:
    return standing.candidate.offering.channel.id


def _lab(standing: Standing) -> str:
    return standing.candidate.offering.model.lab
