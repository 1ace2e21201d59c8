"""Small catalogs made for a test, in the compiled form, so that what a test rests on stands in the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from advisor.catalog import Catalog

AS_OF = date(2026, 11, 23)
READ = "2026-11-01"
SOURCE = "https://example.org/facts"

Document = dict[str, Any]


def fact(value: object, **more: Any) -> list[list[Any]]:
    """A timeline of one known fact that has always held."""
    row = [value, more.get("state"), 0, more.get("valid_from", "2020-01-01"), more.get("valid_to"), more.get("note")]
    return [row]


def price(
    rate_in: str | None,
    rate_out: str | None,
    cached: str | None = None,
    *,
    since: str = "2020-01-01",
    until: str | None = None,
    **more: Any,
) -> list[Any]:
    """A price row in USD per million tokens."""
    return [
        more.get("tier", "standard"),
        since,
        until,
        more.get("above", 0),
        more.get("hours"),
        rate_in,
        rate_out,
        cached,
        None,
        more.get("state"),
        0,
    ]


def offering(
    model: str, channel: str = "host", *, prices: Sequence[list[Any]] = (), region: str | None = None, **facts: Any
) -> Document:
    """An offering with the facts given as plain values."""
    known = {"launch_date": fact("2021-01-01")} | {
        name: fact(value) for name, value in facts.items() if value is not None
    }
    return {
        "model": model,
        "channel": channel,
        "region": region,
        "api_name": None,
        "facts": known,
        "prices": list(prices),
    }


def model(
    name: str,
    *,
    lab: str = "lab",
    efforts: Sequence[str | None] = (None,),
    quality: Mapping[str, Any] | None = None,
    thinks: Mapping[str, tuple[float, float, float]] | None = None,
    **facts: Any,
) -> Document:
    """A model; ``quality`` maps a dimension to (estimate, half the interval), for its first config.

    ``thinks`` maps an effort ("" for none stated) to the hidden tokens an answer and their interval. A model with
    efforts always thinks, and where ``thinks`` is left out nobody knows how long; one without does not.
    """
    facts = {"reasoning": "none" if thinks is None and not any(efforts) else "always", **facts}
    rows = [
        [dimension, estimate, estimate - half, estimate + half, "points", [0], READ]
        for dimension, (estimate, half) in (quality or {}).items()
    ]
    return {
        "id": name,
        "name": name.title(),
        "lab": lab,
        "aliases": [f"{name}-latest"],
        "efforts": list(efforts),
        "facts": {key: fact(value) for key, value in facts.items()},
        "quality": {efforts[0] or "": rows},
        "tokens": {
            effort: {
                task: [one[0] + 400, one[1] + 200, one[2] + 800, *one, "lab", []] for task in ("chat", "code", "agent")
            }
            for effort, one in (thinks or {}).items()
        },
    }


def license_record(name: str, **uses: str) -> Document:
    """A license that says the same to every use but those named."""
    every = uses.pop("every", "allowed")
    named = {use.replace("_", "-"): verdict for use, verdict in uses.items()}
    kinds = (
        "internal commercial serve model-as-a-service redistribute redistribute-modified fine-tune quantize "
        "train-on-outputs publish-outputs research"
    )
    return {
        "id": name,
        "name": name,
        "class": "permissive",
        "evidence": "full-text",
        "sources": {"text": {"url": SOURCE, "read_on": READ}},
        "clauses": [],
        "uses": dict.fromkeys(kinds.split(), every) | named,
    }


def document(
    models: Sequence[Document],
    offerings: Sequence[Document],
    *,
    channels: Mapping[str, Mapping[str, Any]] | None = None,
    licenses: Sequence[Document] = (),
) -> Document:
    """A whole compiled catalog."""
    named = {"host": {}} | {one["channel"]: {} for one in offerings} | dict(channels or {})
    return {
        "format": 1,
        "version": "test",
        "sources": [[SOURCE, READ]],
        "labs": [[lab, lab, None] for lab in sorted({one["lab"] for one in models})],
        "channels": [
            {
                "id": name,
                "name": name.title(),
                "kind": "self-hosted" if name == "own-gpus" else "host",
                "prefix": None,
                "facts": {key: fact(value) for key, value in facts.items()},
            }
            for name, facts in named.items()
        ],
        "models": list(models),
        "offerings": list(offerings),
        "licenses": list(licenses),
        "gpus": [["h100-80gb", "H100", 80.0, 3350.0, 989.0, 0]],
    }


def catalog(document: Document, as_of: date = AS_OF) -> Catalog:
    """The catalog of a document."""
    return Catalog(document, as_of=as_of, digest="0" * 64)
