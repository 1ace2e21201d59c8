"""An estimate for own accelerators as text or JSON, always with its assumptions and its bound named as a bound."""

from __future__ import annotations

import json

from advisor import __version__
from advisor.catalog import Catalog
from advisor.catalog.hosting import Hosting, Load
from advisor.catalog.records import Gpu, Model
from advisor.reports.table import aligned

REACHED = "measured servers reached 46 to 78 % of the bound (benchmarks/hosting_error.py)"


def render(form: str, catalog: Catalog, asked: tuple[Model, Gpu, int, Load], found: Hosting) -> str:
    """The estimate, as table or json."""
    model, gpu, count, load = asked
    if form == "json":
        document = {
            "schema_version": 1,
            "as_of": catalog.as_of.isoformat(),
            "catalog": {"version": catalog.version, "sha256": catalog.sha256},
            "advisor_version": __version__,
            "model": model.id,
            "gpu": gpu.id,
            "count": count,
            "load": load._asdict(),
            "estimate": {
                "weights_gib": found.weights_gib,
                "cache_gib": found.cache_gib,
                "usable_gib": found.usable_gib,
                "fits": found.fits,
                "most_requests": found.most_requests,
                "output_tokens_per_s_bound": found.output_tokens_per_s,
                "prompt_tokens_per_s_bound": found.prompt_tokens_per_s,
                "ttft_s_bound": found.ttft_s,
                "usd_per_month": None if found.usd_per_month is None else str(found.usd_per_month),
                "precision": found.precision,
            },
            "assumptions": list(found.assumptions),
            "sources": [{"url": source.url, "read_on": source.read_on.isoformat()} for source in found.sources],
        }
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    fits = {True: "yes", False: "no", None: "unknown"}[found.fits]
    rows = [
        ("estimate", "figure"),
        ("weights", f"{found.weights_gib:,.1f} GiB in {found.precision}"),
        ("cache", _or_unknown(found.cache_gib, "{:,.1f} GiB")),
        ("usable memory", f"{found.usable_gib:,.1f} GiB of {count} x {gpu.name}"),
        ("fits", fits),
        ("most requests at a time", _or_unknown(found.most_requests, "{:,}")),
        ("output, at most", _or_unknown(found.output_tokens_per_s, "{:,.0f} tokens/s, all requests together")),
        ("prompt, at most", _or_unknown(found.prompt_tokens_per_s, "{:,.0f} tokens/s")),
        ("first token, at least", _or_unknown(found.ttft_s, "{:.3f} s")),
        ("cost", _or_unknown(found.usd_per_month, "${:,.2f} a month")),
    ]
    sources = [f"  source: {source.url} ({source.read_on})" for source in found.sources]
    said = [f"  assumed: {one}" for one in found.assumptions]
    return (
        "\n".join([f"{model.id} on {count} x {gpu.id}, an estimate: {REACHED}", *aligned(rows), *said, *sources]) + "\n"
    )


def _or_unknown(figure: object, words: str) -> str:
    return "unknown" if figure is None else words.format(figure)
