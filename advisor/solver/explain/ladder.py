"""The ladder: from the best model down, each step cheaper, with what it saves and what it gives up."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

from advisor.solver.answer import Step
from advisor.solver.standing import Standing
from advisor.statistics import Z_95


def ladder(standings: Sequence[Standing], passing: frozenset[str], *, most: int = 8) -> tuple[Step, ...]:
    """Walk down the frontier of quality and cost.

    ``standings`` are the candidates that satisfy everything but the quality floor, the latency and the budget;
    ``passing`` the ids of those that satisfy these as well. At most ``most`` steps, the first and last always among
    them.
    """
    rungs = _thinned(_frontier(standings), most)
    steps: list[Step] = []
    for index, standing in enumerate(rungs):
        above = rungs[index - 1] if index else standing
        if standing.quality is None or above.quality is None or standing.cost is None or above.cost is None:
            continue
        gap = above.quality.estimate - standing.quality.estimate
        spread = Z_95 * hypot(above.quality.standard_error, standing.quality.standard_error) if index else 0.0
        steps.append(
            Step(
                standing.id,
                standing.cost.usd_per_month_mean,
                above.cost.usd_per_month_mean - standing.cost.usd_per_month_mean,
                gap,
                gap - spread,
                gap + spread,
                standing.quality,
                _also(above, standing) if index else (),
                standing.id in passing,
            )
        )
    return tuple(steps)


def _frontier(standings: Sequence[Standing]) -> list[Standing]:
    """Best first, each next one cheaper than all above it, in the mean month and in the one that is compared."""
    known = [s for s in standings if s.quality and s.cost and s.cost.is_whole and not s.cost.is_unbounded]
    ordered = sorted(known, key=lambda s: (-_estimate(s), s.cost.ranked_usd if s.cost else 0, s.id))
    rungs: list[Standing] = []
    for standing in ordered:
        if not rungs or all(below < above for below, above in zip(_months(standing), _months(rungs[-1]), strict=True)):
            rungs.append(standing)
    return rungs


def _thinned(rungs: list[Standing], most: int) -> list[Standing]:
    if len(rungs) <= most:
        return rungs
    return [rungs[round(index * (len(rungs) - 1) / (most - 1))] for index in range(most)]


def _estimate(standing: Standing) -> float:
    return standing.quality.ranked if standing.quality else float("-inf")


def _months(standing: Standing) -> tuple[float, float]:
    """Return the month that is compared (the upper end of an interval) and the mean one that is shown, in USD."""
    cost = standing.cost
    return (float(cost.ranked_usd), float(cost.usd_per_month_mean)) if cost else (float("inf"), float("inf"))


def _also(above: Standing, below: Standing) -> tuple[str, ...]:
    """Return what else changes from one rung to the next, in words."""
    a, b = above.candidate.offering, below.candidate.offering
    changes = []
    if a.model.lab != b.model.lab:
        changes.append(f"lab {a.model.lab} -> {b.model.lab}")
    if a.channel.id != b.channel.id:
        changes.append(f"channel {a.channel.id} -> {b.channel.id}")
    if above.license.license_class != below.license.license_class:
        changes.append(f"license {above.license.license_class} -> {below.license.license_class}")
    windows = [s.facts.get("context_window_tokens") for s in (above, below)]
    if all(window is not None and window.is_usable for window in windows):
        before, after = (window.value for window in windows if window is not None)
        if after != before:
            changes.append(f"window {before:,} -> {after:,} tokens")
    return tuple(changes)
