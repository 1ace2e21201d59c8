"""What follows from the team's own accelerators: whether a model fits them, how fast it can be, what they cost.

The physics is in :mod:`advisor.self_hosting.capacity`. An estimate may refuse a candidate when even its best end is not
enough; it never passes one for fast enough, which only a measurement does.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog.cache import memoize
from advisor.catalog.records import Candidate
from advisor.facts import Ternary
from advisor.self_hosting.capacity import (
    READ_SHARE,
    Architecture,
    Load,
    Range,
    Rig,
    architecture,
    busy_share,
    decode_tokens_per_s,
    fits,
    in_flight,
    rig,
    weights_bytes,
)
from advisor.self_hosting.estimate import HOURS_PER_MONTH
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    GroupKey,
    TestResult,
    WorkloadQuestion,
    from_state,
    is_self_hosted,
)
from advisor.solver.constraints.context_and_answer import asked_context
from advisor.solver.constraints.group import DEPLOYMENT
from advisor.solver.constraints.kind import Constraint, ConstraintKind, no_change
from advisor.solver.cost import hours_share
from advisor.solver.thinking import TokensOf

if TYPE_CHECKING:
    from advisor.catalog import Catalog
    from advisor.requirements.schema import OwnGpus, Workload
    from advisor.requirements.traffic_schema import Traffic

_GIB = 2**30

_SERVED = TestResult(SATISFIED, "served for you")


class Hosting(NamedTuple):
    """What self-hosting is asked of: hashable, so that a column of outcomes is worked out once."""

    gpus: OwnGpus | None
    load: Load
    workload: Workload

    def thinking(self, hidden: float) -> Hosting:
        """Return the same with so many tokens thought before each answer."""
        if not hidden:
            return self
        concurrency = self.gpus.concurrency if self.gpus else None
        return self._replace(load=hardware_load(self.workload, concurrency, hidden))


def hosting(question: WorkloadQuestion) -> Hosting:
    """Return the accelerators and the load of a workload."""
    gpus = question.requirements.deployment.own_gpus
    return Hosting(gpus, hardware_load(question.workload, gpus.concurrency if gpus else None), question.workload)


def hardware_load(workload: Workload, concurrency: int | None, hidden: float = 0.0) -> Load:
    """Return the load at the busiest, from the traffic and the longest prompt; a sample must have been counted before.

    ``hidden`` tokens are thought before each answer: they are generated, and stand in the caches, like what is read.
    """
    longest, traffic = float(asked_context(workload) or 0), workload.traffic
    if traffic is None:
        return Load(longest_tokens=longest, concurrency=concurrency)
    prompt, answer = float(traffic.input_tokens or 0), float(traffic.output_tokens or 0) + hidden
    return Load(
        longest,
        prompt + answer / 2,
        prompt * (1 - float(traffic.cached_input_share)),
        answer,
        _requests_per_s(traffic),
        concurrency,
    )


def _requests_per_s(traffic: Traffic) -> Range:
    """Arrivals in the hours in which requests come; those that may wait need not be answered then."""
    seconds = float(HOURS_PER_MONTH) * 3600
    share = float(traffic.batch_share)
    busiest = traffic.requests_per_month / (seconds * hours_share(traffic.peak_hours_utc))
    return Range(busiest * (1 - share), busiest)


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Whether weights and caches fit and the arithmetic keeps up; all others are served for the user."""
    asked, catalog, tokens_of = hosting(question), question.catalog, TokensOf(question)
    gpus = asked.gpus
    words = f"fits on {gpus.count} x {gpus.model}" if gpus else "served for you: no own GPUs stated"
    yield Constraint(
        KIND,
        words,
        ("own", asked, catalog.as_of, question.measured),
        lambda candidate: _fits_thinking(candidate, asked, catalog, tokens_of),
        GroupKey("own", lambda candidate: candidate.id if is_self_hosted(candidate) else None),
    )


def _architecture(candidate: Candidate, catalog: Catalog) -> Architecture | None:
    """Return what is on record of the candidate, read once for all that asks."""
    known: dict[str, Architecture | None] = memoize(catalog, "architectures", dict)
    offering = candidate.offering
    if offering.id not in known:
        known[offering.id] = architecture(offering.fact, catalog.as_of)
    return known[offering.id]


def _fits_thinking(candidate: Candidate, asked: Hosting, catalog: Catalog, tokens_of: TokensOf) -> TestResult:
    """Violated if it does not fit with the least that it may think, satisfied if it does with the most."""
    if not is_self_hosted(candidate):
        return _SERVED
    hidden = tokens_of(candidate).hidden
    least = _fits(candidate, asked.thinking(hidden.low), catalog)
    if least.state is not SATISFIED or hidden.low == hidden.high:
        return least
    most = _fits(candidate, asked.thinking(min(hidden.high, _MOST_HIDDEN)), catalog)
    if most.state is SATISFIED:
        return most
    words = f"fits with {hidden.low:,.0f} hidden tokens an answer, not surely with {hidden.high:,.0f}: {most.words}"
    return most._replace(state=UNKNOWN, found=words, short_by=None)


_MOST_HIDDEN = 1e6
"""Stands for a length that nothing bounds."""


def _fits(candidate: Candidate, asked: Hosting, catalog: Catalog) -> TestResult:
    gpus = asked.gpus
    if not is_self_hosted(candidate):
        return _SERVED
    if gpus is None or not gpus.count:
        return TestResult(VIOLATED, "needs own GPUs")
    if gpus.model not in catalog.gpus:
        return TestResult(UNKNOWN, f"memory of {gpus.model} is not on record")
    size = candidate.offering.fact("parameters_total", catalog.as_of)
    model = _architecture(candidate, catalog)
    if model is None:
        return from_state(size, "parameters_total")
    on = rig(catalog.gpus[gpus.model], gpus.count)
    busy = busy_share(model, on, asked.load)
    if busy is not None and busy > 1:
        words = f"the traffic needs {busy:,.1f} times the arithmetic of these (estimate)"
        return TestResult(VIOLATED, words, size.source, ("parameters_total", size), busy)
    fit = fits(model, on, asked.load)
    short = (fit.need.low - fit.usable) / _GIB if fit.state is VIOLATED else None
    return TestResult(
        fit.state, lambda: _fit_words(model, on, asked.load), size.source, ("parameters_total", size), short
    )


def _fit_words(model: Architecture, on: Rig, load: Load) -> str:
    """``about 140 to 152 GiB of 144 usable (estimate; ...)``; written only when read."""
    fit = fits(model, on, load)
    low, high = (f"{end / _GIB:,.0f}" if isfinite(end) else "" for end in fit.need)
    span = low if not high or low == high else f"{low} to {high}"
    reason = fit.reason
    if fit.state is not SATISFIED:
        smaller = [name for name in ("fp8", "int4") if _fits_at(model, on, load, name)]
        reason += f"; would fit in {smaller[0]}" if smaller else ""
    return f"about {span} GiB of {fit.usable / _GIB:,.0f} usable (estimate, {reason})"


def _fits_at(model: Architecture, on: Rig, load: Load, precision: str) -> bool:
    smaller = model.at(precision)
    return smaller.bytes_each.high < model.bytes_each.low and fits(smaller, on, load).state is Ternary.SATISFIED


def speed_bound(candidate: Candidate, least: float, asked: Hosting, catalog: Catalog) -> TestResult | None:
    """Of a self-hosted candidate that nobody measured: violated if even the roofline is below, else unknown."""
    gpus = asked.gpus
    if not is_self_hosted(candidate) or gpus is None or not gpus.count:
        return None
    gpu, model = catalog.gpus.get(gpus.model), _architecture(candidate, catalog)
    if gpu is None or model is None:
        return None
    on = rig(gpu, gpus.count)
    speed = decode_tokens_per_s(model, on, asked.load, in_flight(model, on, asked.load))
    if speed is None:
        return None
    if speed.high < least:
        return TestResult(VIOLATED, lambda: _at_most(speed, model, on), gpu.source, short_by=least - speed.high)
    words = f"not measured; between {speed.low:,.0f} and {speed.high:,.0f} tokens a second by estimate"
    return TestResult(UNKNOWN, words, gpu.source)


def _at_most(speed: Range, model: Architecture, on: Rig) -> str:
    bandwidth = (on.bandwidth or 0) / 1e9
    weights = READ_SHARE * weights_bytes(model).low * (model.active or 0) / model.parameters / 1e9
    return (
        f"at most {speed.high:,.0f} tokens a second (estimate: {bandwidth:,.0f} GB/s over {weights:,.1f} GB of weights "
        "and the caches, for each token; one token a pass)"
    )


KIND = ConstraintKind(
    "deployment.own_gpus",
    DEPLOYMENT,
    "deployment.own_gpus",
    _make,
    no_change,
    is_of_team=True,
    when_fixed=(
        "Because nobody serves it here, it takes accelerators of your own: state deployment.own_gpus "
        "(`advisor catalog hosting` says how many)."
    ),
)
