"""A probe's results as plain values: the keys that scripts rely on."""

from __future__ import annotations

from math import isfinite
from typing import Any

from advisor.catalog import Catalog
from advisor.probe.faults import RULINGS
from advisor.probe.plan import ProbePlan
from advisor.probe.summary import CandidateSummary, Figure, Pair, Summary, Usage
from advisor.probe.worker_protocol import Keys
from advisor.reports.header import heading_of
from advisor.reports.probe.json_types import (
    FigureDocument,
    PairDocument,
    ProbedDocument,
    ProbeDocument,
    ShareDocument,
    TokensDocument,
)
from advisor.reports.recommendation.json import plain
from advisor.statistics import Interval, least_n


def document(summary: Summary, catalog: Catalog) -> ProbeDocument:
    """The results of a run."""
    head, end = summary.run.head, summary.run.end
    return ProbeDocument(
        **heading_of(catalog),
        run=head.id,
        file=str(summary.run.path),
        started_at=head.started_at.isoformat(),
        ended=end.reason if end else "killed or still running",
        spent_usd=plain(end.spent_usd) if end else None,
        results=[_candidate(summary, candidate) for candidate in summary.candidates],
        comparisons=[_pair(pair) for pair in summary.pairs],
    )


def plan_document(plan: ProbePlan, keys: Keys | None, catalog: Catalog) -> dict[str, Any]:
    """What a probe would do, and what it could cost."""
    caps = plan.settings.caps
    rows = [
        {
            "candidate": one.probed.name,
            "model": one.probed.target.model,
            "api_base": one.probed.target.api_base,
            "counts_for": one.probed.subject,
            "requests": one.requests,
            "input_tokens_at_most": one.input_tokens,
            "output_tokens_at_most": one.output_tokens,
            "usd_at_most": plain(one.most_usd),
            "keys_found": list(keys.found[index]) if keys else None,
            "keys_missing": list(keys.missing[index]) if keys else None,
        }
        for index, one in enumerate(plan.candidates)
    ]
    return {
        **heading_of(catalog),
        "plan": rows,
        "requests_at_most": min(plan.requests, caps.requests),
        "usd_at_most": plain(min(plan.most_usd, caps.usd)),
        "seconds_at_most": caps.seconds,
        "caps": {"usd": plain(caps.usd), "requests": caps.requests, "seconds": caps.seconds},
    }


def _candidate(summary: Summary, found: CandidateSummary) -> ProbedDocument:
    figures = {name: _figure(figure) for name, figure in found.figures.items()}
    return ProbedDocument(
        candidate=found.name,
        counts_for=found.line.subject,
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
        first_byte_ms=figures["first_byte_ms"],
        connect_ms=figures["connect_ms"],
        tls_ms=figures["tls_ms"],
        cached={name: _figure(figure) for name, figure in found.cached.items()},
        cached_share=found.cached_share,
        cost_usd=plain(found.usd),
        tokens=_tokens(found.usage),
        usage_source=_usage_source(found),
        clock=list(found.clocks),
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


def _tokens(usage: Usage) -> TokensDocument:
    return TokensDocument(
        input=usage.input,
        cached=usage.cached,
        reasoning=usage.reasoning,
        output=usage.output,
        sources=list(usage.sources),
    )


def _figure(figure: Figure) -> FigureDocument:
    return FigureDocument(
        p50=_number(figure.p50.value),
        p95=_number(figure.p95.value),
        low=_number(figure.p50.low),
        high=_number(figure.p50.high),
        p95_low=_number(figure.p95.low),
        p95_high=_number(figure.p95.high),
        n=figure.p50.n,
        p50_needs=least_n(0.5),
        p95_needs=least_n(0.95),
        confidence=figure.p50.confidence,
    )


def _share(interval: Interval) -> ShareDocument:
    return ShareDocument(value=interval.value, low=interval.low, high=interval.high, n=interval.n)


def _pair(pair: Pair) -> PairDocument:
    found = pair.comparison
    return PairDocument(
        first=pair.first,
        second=pair.second,
        quantity=pair.quantity,
        verdict=found.verdict.value,
        ratio=_number(found.ratio),
        low=_number(found.low),
        high=_number(found.high),
        pairs=found.looked_at,
        error=found.error,
    )


def _number(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else round(value, 6)
