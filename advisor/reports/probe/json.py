"""A probe's results and its plan as records, whose fields are the keys of docs/reference/probe.schema.json."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.probe.candidates import shown_address
from advisor.probe.faults import RULINGS
from advisor.probe.plan import ProbePlan
from advisor.probe.summary import CandidateSummary, Figure, Lag, Pair, Summary, Usage
from advisor.probe.worker_protocol import Keys
from advisor.statistics import Interval, least_n


class FigureRecord(NamedTuple):
    """A quantity over the requests that were measured.

    ``low`` and ``high`` bound the median and ``p95_low`` and ``p95_high`` the 95th percentile, each at ``confidence``.
    What ``n`` requests cannot tell is null; ``p50_needs`` and ``p95_needs`` say how many can.
    """

    p50: float | None
    p95: float | None
    low: float | None
    high: float | None
    p95_low: float | None
    p95_high: float | None
    n: int
    p50_needs: int
    p95_needs: int
    confidence: float


class ShareRecord(NamedTuple):
    """A share with its interval; null where nothing was tried."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class ProbedRecord(NamedTuple):
    """What was found of one candidate; times in milliseconds, from the request's first byte out.

    A model that answered in place of the one asked for has a record of its own, whose ``asked`` is the candidate and
    which counts for nobody; ``served_instead`` of the candidate says how often. ``e2e_ms`` ends with the last token,
    ``stream_end_ms`` with the stream. ``doubts`` say why a server's counts were not believed.
    """

    candidate: str
    asked: str | None
    counts_for: str | None
    served_instead: Mapping[str, int]
    requests: int
    measured: int
    errors: Mapping[str, int]
    error_rate: ShareRecord
    advice: Mapping[str, str]
    messages: Mapping[str, str]
    notices: Mapping[str, int]
    ttft_ms: FigureRecord
    answer_ttft_ms: FigureRecord
    itl_ms: FigureRecord
    output_tokens_per_s: FigureRecord
    longest_gap_ms: FigureRecord
    e2e_ms: FigureRecord
    stream_end_ms: FigureRecord
    first_byte_ms: FigureRecord
    connect_ms: FigureRecord
    tls_ms: FigureRecord
    cached: Mapping[str, FigureRecord]
    cached_share: float | None
    cost_usd: Decimal | None
    tokens: Usage
    usage_source: str | None
    doubts: tuple[str, ...]
    client_lag: Lag | None
    clock: tuple[str, ...]
    conditions: Mapping[str, Any]


class PairRecord(NamedTuple):
    """Two candidates compared; ``ratio`` is the first one's quantity over the second's, ``error`` what is allowed."""

    first: str
    second: str
    quantity: str
    verdict: str
    ratio: float | None
    low: float | None
    high: float | None
    pairs: int
    error: float


class ProbeRecord(NamedTuple):
    """A run."""

    run: str
    file: str
    started_at: datetime
    ended: str
    spent_usd: Decimal | None
    results: tuple[ProbedRecord, ...]
    comparisons: tuple[PairRecord, ...]


class PlannedCandidate(NamedTuple):
    """What a probe would do with one candidate and what it could cost; keys are null before they were looked for."""

    candidate: str
    model: str
    api_base: str | None
    counts_for: str | None
    requests: int
    input_tokens_at_most: int
    output_tokens_at_most: int
    usd_at_most: Decimal | None
    keys_found: tuple[str, ...] | None
    keys_missing: tuple[str, ...] | None


class Caps(NamedTuple):
    """What the whole may take at most."""

    usd: Decimal
    requests: int
    seconds: float


class ProbePlanRecord(NamedTuple):
    """``advisor probe --dry-run -f json``."""

    plan: tuple[PlannedCandidate, ...]
    requests_at_most: int
    usd_at_most: Decimal
    seconds_at_most: float
    caps: Caps


def probe_record(summary: Summary) -> ProbeRecord:
    """Return the results of a run."""
    head, end = summary.run.head, summary.run.end
    return ProbeRecord(
        run=head.id,
        file=str(summary.run.path),
        started_at=head.started_at,
        ended=end.reason if end else "killed or still running",
        spent_usd=end.spent_usd if end else None,
        results=tuple(_candidate(summary, candidate) for candidate in summary.candidates),
        comparisons=tuple(_pair(pair) for pair in summary.pairs),
    )


def plan_record(plan: ProbePlan, keys: Keys | None) -> ProbePlanRecord:
    """Return what a probe would do, and what it could cost."""
    caps = plan.settings.caps
    rows = tuple(
        PlannedCandidate(
            candidate=one.probed.name,
            model=one.probed.target.model,
            api_base=shown_address(one.probed.target.api_base),
            counts_for=one.probed.subject,
            requests=one.requests,
            input_tokens_at_most=one.input_tokens,
            output_tokens_at_most=one.output_tokens,
            usd_at_most=one.most_usd,
            keys_found=tuple(keys.found[index]) if keys else None,
            keys_missing=tuple(keys.missing[index]) if keys else None,
        )
        for index, one in enumerate(plan.candidates)
    )
    return ProbePlanRecord(
        rows,
        min(plan.requests, caps.requests),
        min(plan.most_usd, caps.usd),
        caps.seconds,
        Caps(caps.usd, caps.requests, caps.seconds),
    )


def _candidate(summary: Summary, found: CandidateSummary) -> ProbedRecord:
    figures = {name: _figure(figure) for name, figure in found.figures.items()}
    return ProbedRecord(
        candidate=found.name,
        asked=found.asked,
        counts_for=found.line.subject,
        served_instead=dict(found.others),
        requests=found.requests,
        measured=found.measured,
        errors={fault.value: count for fault, count in found.faults.items()},
        error_rate=_share(found.failures),
        advice={fault.value: RULINGS[fault].advice for fault in found.faults},
        messages={fault.value: words for fault, words in found.messages.items()},
        notices={notice.value: count for notice, count in found.notices.items()},
        ttft_ms=figures["ttft_ms"],
        answer_ttft_ms=figures["answer_ttft_ms"],
        itl_ms=figures["itl_ms"],
        output_tokens_per_s=figures["output_tokens_per_s"],
        longest_gap_ms=figures["longest_gap_ms"],
        e2e_ms=figures["e2e_ms"],
        stream_end_ms=figures["stream_end_ms"],
        first_byte_ms=figures["first_byte_ms"],
        connect_ms=figures["connect_ms"],
        tls_ms=figures["tls_ms"],
        cached={name: _figure(figure) for name, figure in found.cached.items()},
        cached_share=found.cached_share,
        cost_usd=found.usd,
        tokens=found.usage,
        usage_source=_usage_source(found),
        doubts=found.doubts,
        client_lag=found.lag,
        clock=found.clocks,
        conditions=_conditions(summary, found),
    )


def _usage_source(found: CandidateSummary) -> str | None:
    """Who counted the tokens: one word if it was always the same one, null if nothing was counted."""
    sources = found.usage.sources
    if len(sources) == 1:
        return sources[0]
    return "mixed" if sources else None


def _conditions(summary: Summary, found: CandidateSummary) -> dict[str, Any]:
    head = summary.run.head.model_dump(mode="json", exclude={"kind", "candidates", "schema_version"})
    own = found.line.model_dump(mode="json", exclude={"name"})
    return head | own | {"regions_seen": list(found.regions), "served_models": list(found.served_models)}


def _figure(figure: Figure) -> FigureRecord:
    return FigureRecord(
        p50=figure.p50.value,
        p95=figure.p95.value,
        low=figure.p50.low,
        high=figure.p50.high,
        p95_low=figure.p95.low,
        p95_high=figure.p95.high,
        n=figure.p50.n,
        p50_needs=least_n(0.5),
        p95_needs=least_n(0.95),
        confidence=figure.p50.confidence,
    )


def _share(interval: Interval) -> ShareRecord:
    return ShareRecord(interval.value, interval.low, interval.high, interval.n)


def _pair(pair: Pair) -> PairRecord:
    found = pair.comparison
    return PairRecord(
        pair.first,
        pair.second,
        pair.quantity,
        found.verdict.value,
        found.ratio,
        found.low,
        found.high,
        found.looked_at,
        found.error,
    )
