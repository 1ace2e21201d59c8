"""The recommendation as JSON: the keys that scripts rely on (docs/reference/recommendation.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from advisor.catalog.records import PriceRow, Quality
from advisor.facts import Fact, Source
from advisor.reports import Recommendation
from advisor.reports.header import heading
from advisor.reports.recommendation.json_types import (
    CandidateDocument,
    CauseDocument,
    CostDocument,
    DoubtDocument,
    ExpectedScoreDocument,
    FactDocument,
    FlipDocument,
    HeaderDocument,
    NearMissDocument,
    PriceDocument,
    QualityDocument,
    RecommendationDocument,
    RelaxationDocument,
    SourceDocument,
    StepDocument,
    WorkloadDocument,
)
from advisor.solver.answer import (
    Advice,
    Cause,
    Cost,
    ExpectedScore,
    Flip,
    NearMiss,
    Relaxation,
    Standing,
    Step,
    WorkloadAdvice,
)

if TYPE_CHECKING:
    from advisor.decision.value_of_cases import Doubt


def render(recommendation: Recommendation) -> str:
    """One JSON document, two spaces of indentation."""
    whole = document(recommendation.advice)
    if recommendation.doubt is not None:
        whole["doubt"] = {name: _doubt(doubt) for name, doubt in recommendation.doubt.items()}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _doubt(doubt: Doubt) -> DoubtDocument:
    found = doubt.stability
    return {
        "stability": {
            "draws": found.draws,
            "seed": found.seed,
            "drawn": list(found.drawn),
            "contenders": found.contenders,
            "first": [
                {"candidate": one.candidate, "share": one.share, "low": one.low, "high": one.high}
                for one in found.shares
            ],
        },
        "worth_of_cases": [
            {
                "candidate": one.candidate,
                "usd_per_month": one.usd_per_month,
                "points": one.points,
                "costs_usd": one.costs_usd,
            }
            for one in doubt.cases
        ],
    }


def document(advice: Advice) -> RecommendationDocument:
    """The answer as plain values; the first workload's answer also stands at the top when there is but one."""
    workloads = [_workload(answer) for answer in advice.workloads]
    whole: Mapping[str, object] = {
        **header(advice),
        "status": advice.status.value,
        "notes": list(advice.notes),
        "workloads": workloads,
    }
    alone: Mapping[str, object] = workloads[0] if len(workloads) == 1 else dict[str, object]()
    return cast("RecommendationDocument", {**whole, **{k: v for k, v in alone.items() if k not in whole}})


def header(advice: Advice) -> HeaderDocument:
    """What every JSON report begins with."""
    return heading(advice.as_of, advice.catalog_version, advice.catalog_sha256)


def fact_document(fact: Fact) -> FactDocument:
    """A fact with all that belongs to it."""
    return {
        "value": plain(fact.value),
        "unit": fact.unit,
        "state": fact.state.value,
        "source": fact.source.url if fact.source else None,
        "read_on": fact.source.read_on.isoformat() if fact.source else None,
        "valid_from": fact.valid_from.isoformat() if fact.valid_from else None,
        "valid_to": fact.valid_to.isoformat() if fact.valid_to else None,
        "note": fact.note,
        "claims": [{"value": plain(claim.value), **_source(claim.source)} for claim in fact.claims],
    }


def quality_document(quality: Quality | None, dimension: str) -> QualityDocument:
    """An estimate with its interval; nulls where nothing measured it."""
    if quality is None:
        return {
            "dimension": dimension,
            "estimate": None,
            "low": None,
            "high": None,
            "unit": None,
            "sources": [],
            "as_of": None,
            "note": None,
        }
    return {
        "dimension": quality.dimension,
        "estimate": quality.estimate,
        "low": quality.low,
        "high": quality.high,
        "unit": quality.unit,
        "sources": [_source(source) for source in quality.sources],
        "as_of": quality.as_of.isoformat(),
        "note": quality.note,
    }


def price_document(row: PriceRow) -> PriceDocument:
    """A price row; rates in USD per million tokens, null where unknown."""
    return {
        "tier": row.tier,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "above_prompt_tokens": row.above_prompt_tokens,
        "hours_utc": [list(window) for window in row.hours_utc] if row.hours_utc else None,
        "usd_per_million_tokens": {
            "input": plain(row.input),
            "output": plain(row.output),
            "cached_input": plain(row.cached_input),
            "cache_write": plain(row.cache_write),
        },
        "state": row.state.value,
        **_source(row.source),
        "note": row.note,
    }


def plain(value: Any) -> Any:
    """A value that JSON has: decimals as numbers, dates as ISO text, tuples as lists."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _source(source: Source | None) -> SourceDocument:
    if source is None:
        return {"source": None, "read_on": None}
    return {"source": source.url, "read_on": source.read_on.isoformat()}


def _workload(answer: WorkloadAdvice) -> WorkloadDocument:
    return {
        "workload": answer.workload,
        "dimension": answer.dimension,
        "status": answer.status.value,
        "recommended": answer.recommended,
        "tied": list(answer.tied),
        "why": list(answer.why),
        "expected_score": _expected(answer.expected_score) if answer.expected_score else None,
        "cases_to_separate": answer.cases_to_separate,
        "required": dict(answer.required),
        "candidates": [_standing(standing, answer.dimension) for standing in answer.standings],
        "excluded": [{"id": out.id, "because": [_cause(cause) for cause in out.because]} for out in answer.excluded],
        "conflicts": [
            {"constraints": list(conflict.constraints), "required": list(conflict.required)}
            for conflict in answer.conflicts
        ],
        "relaxations": [_relaxation(relaxation) for relaxation in answer.relaxations],
        "nearest_misses": [_near_miss(miss) for miss in answer.nearest_misses],
        "ladder": [_step(step) for step in answer.ladder],
        "frontier": list(answer.frontier),
        "flips": [_flip(flip) for flip in answer.flips],
    }


def _expected(found: ExpectedScore) -> ExpectedScoreDocument:
    return {
        "case_set": found.case_set,
        "measured": found.measured,
        "on_new_cases": found.on_new_cases,
        "among": found.among,
    }


def _standing(standing: Standing, dimension: str) -> CandidateDocument:
    offering, config = standing.candidate.offering, standing.candidate.config
    return {
        "id": standing.id,
        "model": offering.model.id,
        "lab": offering.model.lab,
        "channel": offering.channel.id,
        "region": offering.region,
        "effort": config.effort,
        "tier": standing.candidate.tier,
        "quality": quality_document(standing.quality, dimension),
        "cost": _cost(standing.cost),
        "license": {
            "verdict": standing.license.verdict,
            "id": standing.license.license,
            "class": standing.license.license_class,
            "duties": list(standing.license.duties),
            **_source(standing.license.source),
        },
        "open_questions": [_cause(cause) for cause in standing.open_questions],
        "accepted_unknowns": [_cause(cause) for cause in standing.accepted_unknowns],
        "facts": {name: fact_document(fact) for name, fact in sorted(standing.facts.items())},
    }


def _cost(cost: Cost | None) -> CostDocument:
    if cost is None:
        return {
            "usd_per_month_now": None,
            "usd_horizon": None,
            "usd_per_month_mean": None,
            "usd_per_month_peak": None,
            "months": [],
            "rows": [],
            "notes": [],
        }
    return {
        "usd_per_month_now": plain(cost.usd_per_month_now),
        "usd_horizon": plain(cost.usd_horizon),
        "usd_per_month_mean": plain(cost.usd_per_month_mean),
        "usd_per_month_peak": plain(cost.usd_per_month_peak),
        "months": [{"month": month.month.isoformat(), "usd": plain(month.usd)} for month in cost.months],
        "rows": [price_document(row) for row in cost.rows],
        "notes": list(cost.notes),
    }


def _cause(cause: Cause) -> CauseDocument:
    return {
        "constraint": cause.constraint,
        "state": cause.state.value,
        "required": cause.required,
        "found": cause.found,
        **_source(cause.source),
    }


def _relaxation(relaxation: Relaxation) -> RelaxationDocument:
    return {
        "constraints": list(relaxation.constraints),
        "change": relaxation.change,
        "edits": {key: plain(value) for key, value in relaxation.edits.items()},
        "lets_in": list(relaxation.lets_in),
        "usd_per_month": plain(relaxation.usd_per_month),
        "counts_as_usd_per_month": plain(relaxation.counts_as_usd),
    }


def _near_miss(miss: NearMiss) -> NearMissDocument:
    return {
        "candidate": miss.candidate,
        "constraints": list(miss.constraints),
        "change": miss.change,
        "edits": {key: plain(value) for key, value in miss.edits.items()},
        "counts_as_usd_per_month": plain(miss.counts_as_usd),
    }


def _step(step: Step) -> StepDocument:
    return {
        "candidate": step.candidate,
        "usd_per_month": plain(step.usd_per_month),
        "saves_usd_per_month": plain(step.saves_usd_per_month),
        "gives_up": {"estimate": step.gives_up, "low": step.gives_up_low, "high": step.gives_up_high},
        "quality": quality_document(step.quality, step.quality.dimension),
        "also": list(step.also),
        "passes": step.passes,
    }


def _flip(flip: Flip) -> FlipDocument:
    return {"kind": flip.kind, "at": flip.at, "to": flip.to, "because": flip.because, "value": flip.value}
