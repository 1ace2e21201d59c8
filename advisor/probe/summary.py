"""What a run found: per candidate the figures with their intervals, and per pair which is faster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from math import log
from types import MappingProxyType
from typing import NamedTuple

from advisor.probe.faults import RULINGS, Fault, Notice
from advisor.probe.run_file import CandidateLine, Mode, Phase, RequestLine, Run
from advisor.probe.worker_protocol import Timing
from advisor.statistics import CONFIDENCE, Comparison, Interval, compare_pairs, quantile, share

P95 = 0.95

ESTIMATE_SPREAD = 0.25
"""How far the count of our tokenizer may be off a model's own, either way, for text of European languages."""

_NOT_COUNTED = (Fault.CAP, Fault.CAP_MONEY, Fault.INTERRUPTED)
"""Ends of our own making: neither a measurement nor a failure."""


class Figure(NamedTuple):
    """A quantity at the median and at the 95th percentile, over the requests that were measured."""

    p50: Interval
    p95: Interval


class Usage(NamedTuple):
    """Tokens of all requests, where they were counted."""

    input: int
    cached: int
    reasoning: int
    output: int
    sources: tuple[str, ...]
    """Who counted: ``server``, ``estimated``, ``unknown``."""


class Lag(NamedTuple):
    """How much the client's own work may have moved its stamps, at the 95th percentile of the requests."""

    lag_ms: float
    share: float
    """Of the time between first and last token: by so much the time a token may be off."""


class CandidateSummary(NamedTuple):
    """What was found of one candidate."""

    line: CandidateLine
    requests: int
    """Sent to be measured; warm-up aside."""
    measured: int
    faults: Mapping[Fault, int]
    """Warm-up included."""
    failures: Interval
    """The share of measured-or-failed requests that failed."""
    notices: Mapping[Notice, int]
    figures: Mapping[str, Figure]
    cached: Mapping[str, Figure]
    """The same of requests whose prompt the cache could have; empty unless that was measured."""
    cached_share: float | None
    """Of the input tokens of those requests, the share that the server says it had cached."""
    usd: Decimal | None
    """What all requests cost; None if one of them is not known."""
    usage: Usage
    clocks: tuple[str, ...]
    regions: tuple[str, ...]
    served_models: tuple[str, ...]
    messages: Mapping[Fault, str]
    """Of each fault the first message."""
    asked: str | None = None
    """The candidate in whose place this model answered; None for what was asked for itself."""
    others: Mapping[str, int] = MappingProxyType({})
    """Models that answered in this one's place, and how often; their figures stand apart."""
    lag: Lag | None = None
    """How late this machine was; None where it was not measured."""
    doubts: tuple[str, ...] = ()
    """Why counts of the server were not believed."""

    @property
    def name(self) -> str:
        """The candidate."""
        return self.line.name


class Pair(NamedTuple):
    """Two candidates compared; ``comparison.ratio`` is the first one's time over the second's."""

    first: str
    second: str
    quantity: str
    comparison: Comparison


class Summary(NamedTuple):
    """The whole run."""

    run: Run
    candidates: tuple[CandidateSummary, ...]
    pairs: tuple[Pair, ...]


def _speed(line: RequestLine) -> float | None:
    itl = line.answer.timing.itl_ms
    return 1000 / itl if itl else None


def _timing(name: str) -> Callable[[RequestLine], float | None]:
    def value(line: RequestLine) -> float | None:
        found: float | None = getattr(line.answer.timing, name)
        return found

    return value


def _from_intended(name: str) -> Callable[[RequestLine], float | None]:
    """Under load times count from the moment at which the request was to leave, so that a queue cannot hide."""

    def value(line: RequestLine) -> float | None:
        found: float | None = getattr(line.answer.timing, name)
        return None if found is None else found + max(0.0, line.answer.timing.late_ms or 0.0)

    return value


QUANTITIES: Mapping[str, Callable[[RequestLine], float | None]] = {
    "ttft_ms": _from_intended("ttft_ms"),
    "answer_ttft_ms": _from_intended("answer_ttft_ms"),
    "itl_ms": _timing("itl_ms"),
    "output_tokens_per_s": _speed,
    "longest_gap_ms": _timing("longest_gap_ms"),
    "e2e_ms": _from_intended("e2e_ms"),
    "stream_end_ms": _from_intended("stream_end_ms"),
    "first_byte_ms": _from_intended("first_byte_ms"),
    "connect_ms": _timing("connect_ms"),
    "tls_ms": _timing("tls_ms"),
}
"""What is reported of each candidate, in this order."""

COMPARED = "ttft_ms"
"""What pairs are compared on unless asked otherwise."""


def summarize(run: Run, quantity: str = COMPARED) -> Summary:
    """Sum up a run; pairs of those that were measured at all are compared on ``quantity``."""
    candidates = tuple(found for line in run.head.candidates for found in _candidates(run, line))
    names = [found.name for found in candidates if found.measured and found.asked is None]
    lines = {line.name: line for line in run.head.candidates}
    own = [request for request in run.requests if lines[request.candidate].is_own(request.answer)]
    return Summary(run, candidates, compare(names, own, quantity) if run.head.mode is not Mode.LOAD else ())


def compare(names: Sequence[str], lines: Iterable[RequestLine], quantity: str = COMPARED) -> tuple[Pair, ...]:
    """Every pair of candidates over the rounds in which both were measured, the error shared among the pairs."""
    value = QUANTITIES[quantity]
    found: dict[str, dict[int, float]] = {name: {} for name in names}
    for line in lines:
        measured = value(line) if line.phase is Phase.MEASURED and line.answer.fault is None else None
        if measured and line.candidate in found:
            found[line.candidate][line.round] = measured
    pairs = list(combinations(names, 2))
    return tuple(_pair(first, second, quantity, found, len(pairs)) for first, second in pairs)


def is_decided(names: Sequence[str], lines: Iterable[RequestLine]) -> bool:
    """Whether nothing is left to find out by more rounds."""
    return all(pair.comparison.is_decided for pair in compare(names, lines)) if len(names) > 1 else False


def _pair(first: str, second: str, quantity: str, found: Mapping[str, Mapping[int, float]], pairs: int) -> Pair:
    rounds = sorted(found[first].keys() & found[second].keys())
    ratios = [log(found[first][number] / found[second][number]) for number in rounds]
    return Pair(first, second, quantity, compare_pairs(ratios, error=(1 - CONFIDENCE) / pairs))


def _candidates(run: Run, line: CandidateLine) -> Iterator[CandidateSummary]:
    """Yield the candidate by what it answered itself, then each model that answered in its place under its own name."""
    every = [request for request in run.requests if request.candidate == line.name]
    own = [request for request in every if line.is_own(request.answer)]
    others: dict[str, list[RequestLine]] = {}
    for request in every:
        if not line.is_own(request.answer):
            others.setdefault(request.answer.served_model or "", []).append(request)
    counts = {name: len(requests) for name, requests in others.items()}
    yield _candidate(own, line)._replace(others=counts)
    for name, requests in others.items():
        other = line.model_copy(update={"name": f"{name} (in place of {line.name})", "subject": None})
        yield _candidate(requests, other)._replace(asked=line.name)


def _candidate(own: Sequence[RequestLine], line: CandidateLine) -> CandidateSummary:
    sent = [
        request for request in own if request.phase is not Phase.WARM_UP and request.answer.fault is not Fault.CAP_MONEY
    ]
    good = [request for request in sent if request.answer.fault is None]
    failed = [request for request in sent if request.answer.fault not in (None, *_NOT_COUNTED)]
    warm = [request for request in good if request.phase is Phase.CACHED]
    answers = [request.answer for request in own]
    costs = [request.usd for request in own if request.answer.fault is None or request.usd is not None]
    messages: dict[Fault, str] = {}
    for answer in answers:
        if answer.fault is not None:
            messages.setdefault(answer.fault, answer.message or "")
    return CandidateSummary(
        line=line,
        requests=len(sent),
        measured=len(good),
        faults=Counter(answer.fault for answer in answers if answer.fault is not None),
        failures=share(len(failed), len(failed) + len(good)),
        notices=Counter(notice for answer in answers for notice in answer.notices),
        figures=_figures([request for request in good if request.phase is Phase.MEASURED]),
        cached=_figures(warm) if warm else {},
        cached_share=_cached_share(warm),
        usd=_total(costs),
        usage=_usage(own),
        clocks=_distinct(answer.clock for answer in answers),
        regions=_distinct(answer.region for answer in answers),
        served_models=_distinct(answer.served_model for answer in answers),
        messages=messages,
        lag=_lag([request.answer.timing for request in good]),
        doubts=_distinct(answer.doubt for answer in answers),
    )


def _figures(lines: Sequence[RequestLine]) -> dict[str, Figure]:
    figures = {}
    for name, value in QUANTITIES.items():
        values = [found for found in map(value, lines) if found is not None]
        # For a speed the slow end is what matters: the one that 95 % of the requests reach.
        tail = 1 - P95 if name == "output_tokens_per_s" else P95
        figures[name] = Figure(quantile(values, 0.5), quantile(values, tail))
    return figures


def _lag(timings: Sequence[Timing]) -> Lag | None:
    found = sorted(timing.lag_ms for timing in timings if timing.lag_ms is not None)
    shares = sorted(
        timing.lag_ms / (timing.e2e_ms - timing.ttft_ms)
        for timing in timings
        if timing.lag_ms is not None and timing.e2e_ms and timing.ttft_ms and timing.e2e_ms > timing.ttft_ms
    )
    if not found:
        return None
    return Lag(found[int(P95 * (len(found) - 1))], shares[int(P95 * (len(shares) - 1))] if shares else 0.0)


def _cached_share(lines: Sequence[RequestLine]) -> float | None:
    tokens = [line.answer.tokens for line in lines]
    told = [(one.cached, one.input) for one in tokens if one.cached is not None and one.input]
    given = sum(count for _, count in told)
    return sum(cached for cached, _ in told) / given if given else None


def _usage(lines: Sequence[RequestLine]) -> Usage:
    tokens = [line.answer.tokens for line in lines if line.answer.fault is None]
    return Usage(
        sum(one.input or 0 for one in tokens),
        sum(one.cached or 0 for one in tokens),
        sum(one.reasoning or 0 for one in tokens),
        sum(one.output or 0 for one in tokens),
        _distinct(one.source for one in tokens),
    )


def _total(costs: Sequence[Decimal | None]) -> Decimal | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(costs) else None


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def with_failures(lines: Iterable[RequestLine]) -> list[float]:
    """Return times to first token in which a failure of the service counts as an answer that never came."""
    values = []
    for line in lines:
        fault = line.answer.fault
        if line.phase is not Phase.MEASURED:
            continue
        if fault is None and (measured := QUANTITIES["ttft_ms"](line)) is not None:
            values.append(measured)
        elif fault is not None and RULINGS[fault].is_service:
            values.append(float("inf"))
    return values
