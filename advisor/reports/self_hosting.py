"""An estimate for own accelerators as text or JSON, always with its assumptions and its bounds named as bounds."""

from __future__ import annotations

from math import isfinite
from typing import Any

from advisor.catalog import Catalog
from advisor.catalog.records import Gpu, Model
from advisor.facts import Ternary
from advisor.reports import json_writer
from advisor.reports.header import catalog_header
from advisor.reports.writers.text import aligned
from advisor.self_hosting.capacity import Load, Range
from advisor.self_hosting.estimate import HostingEstimate

FITS = {Ternary.SATISFIED: "yes", Ternary.VIOLATED: "no", Ternary.UNKNOWN: "unknown"}

METHOD = "an estimate; formulas and their error against measurements are in docs/concepts/hosting.md"


def render(form: str, catalog: Catalog, asked: tuple[Model, Gpu, int, Load], found: HostingEstimate) -> str:
    """Return the estimate, as table or json."""
    if form == "json":
        return json_writer.render(catalog_header(catalog), _document(asked, found))
    model, gpu, count, _ = asked
    sources = [f"  source: {source.url} ({source.read_on})" for source in found.sources]
    said = [f"  assumed: {one}" for one in found.assumptions]
    table = aligned(_rows(gpu, count, found))
    return "\n".join([f"{model.id} on {count} x {gpu.id}, {METHOD}", *table, *said, *sources]) + "\n"


def _rows(gpu: Gpu, count: int, found: HostingEstimate) -> list[tuple[str, str]]:
    cost = "unknown" if found.usd_per_month is None else f"${found.usd_per_month:,.2f} a month"
    requests = "unknown" if found.most_requests is None else f"{found.most_requests:,}"
    first = "unknown" if found.ttft_s is None else f"{found.ttft_s:.3f} s"
    return [
        ("estimate", "figure"),
        ("weights", f"{_span(found.weights_gib)} GiB in {found.precision}"),
        ("cache", f"{_span(found.cache_gib)} GiB" if found.cache_gib else "unknown"),
        ("usable memory", f"{found.usable_gib:,.1f} GiB of {count} x {gpu.name}"),
        ("fits", f"{FITS[found.fits]} ({found.reason})"),
        *((f"fits in {name}", FITS[state]) for name, state in found.fits_in),
        ("requests that surely fit", requests),
        ("output of one request", _speed(found.output_tokens_per_s)),
        ("prompts, all together", _speed(found.prompt_tokens_per_s)),
        ("first token, at least", first),
        ("cost", cost),
    ]


def _document(asked: tuple[Model, Gpu, int, Load], found: HostingEstimate) -> dict[str, Any]:
    model, gpu, count, load = asked
    return {
        "model": model.id,
        "gpu": gpu.id,
        "count": count,
        "load": {
            "prompt_tokens": load.fresh_tokens,
            "answer_tokens": load.answer_tokens,
            "requests": load.concurrency,
        },
        "estimate": {
            "precision": found.precision,
            "weights_gib": _ends(found.weights_gib),
            "cache_gib": _ends(found.cache_gib),
            "usable_gib": found.usable_gib,
            "fits": found.fits.value,
            "because": found.reason,
            "fits_in": {name: state.value for name, state in found.fits_in},
            "most_requests": found.most_requests,
            "output_tokens_per_s_of_one_request": _ends(found.output_tokens_per_s),
            "prompt_tokens_per_s_of_all": _ends(found.prompt_tokens_per_s),
            "ttft_s_at_least": found.ttft_s,
            "usd_per_month": found.usd_per_month,
        },
        "assumptions": list(found.assumptions),
        "sources": list(found.sources),
    }


def _ends(span: Range | None) -> dict[str, float | None] | None:
    return None if span is None else {"low": span.low, "high": span.high if isfinite(span.high) else None}


def _span(span: Range) -> str:
    low, high = f"{span.low:,.1f}", f"{span.high:,.1f}"
    return low if low == high else f"{low} to {high}"


def _speed(span: Range | None) -> str:
    return "unknown" if span is None else f"{span.low:,.0f} to at most {span.high:,.0f} tokens/s"
