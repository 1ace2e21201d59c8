"""Offerings that nobody writes: open weights on the user's own accelerators, made when the catalog is compiled."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.catalog.records import SELF_HOSTED
from advisor.catalog.source.merge import Catalog, OfferingSheet
from advisor.catalog.source.schema import ChannelEntry, FactEntry, Facts, OfferingEntry

OWN_GPUS = ChannelEntry(id="own-gpus", name="Your own GPUs", kind=SELF_HOSTED, litellm_prefix=None)
"""The channel on which every open-weight model with known parameters is offered."""


def own_gpu_offerings(catalog: Catalog) -> Iterable[OfferingSheet]:
    """Yield an offering per open-weight model with known parameters; its launch is the release of the weights."""
    taken = {sheet.entry.model for sheet in catalog.offerings if sheet.channel == OWN_GPUS.id}
    largest = _largest_windows(catalog)
    for model in catalog.models:
        facts = model.facts
        is_open = any(row.value == "open" for row in facts.get("weights", ()))
        has_size = any(row.value is not None for row in facts.get("parameters_total", ()))
        if not (is_open and has_size) or model.entry.id in taken:
            continue
        own: Facts = {"launch_date": facts["released_date"]} if "released_date" in facts else {}
        if not own:
            own = {"weights": facts["weights"]}
        sources = model.sources
        if "context_window_tokens" not in facts and model.entry.id in largest:
            window, sheet = largest[model.entry.id]
            note = "the largest window that a host serves; the weights allow at least this"
            own = {**own, "context_window_tokens": [window.model_copy(update={"note": note})]}
            sources = {**sheet.sources, **sources}
        entry = OfferingEntry(model=model.entry.id, facts=own)
        yield OfferingSheet(OWN_GPUS.id, entry, own, sources, model.path)


def _largest_windows(catalog: Catalog) -> dict[str, tuple[FactEntry, OfferingSheet]]:
    largest: dict[str, tuple[FactEntry, OfferingSheet]] = {}
    for sheet in catalog.offerings:
        for row in sheet.facts.get("context_window_tokens", ()):
            best = largest.get(sheet.entry.model)
            if isinstance(row.value, int) and (best is None or row.value > best[0].value):  # type: ignore[operator]
                largest[sheet.entry.model] = (row, sheet)
    return largest
