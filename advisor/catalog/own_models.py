"""Models of the user's own: a fine-tune or a private deployment, made from the base model that it stands on.

What it may be used for, what its channel does with data and when its base ends come from the base and the channel; how
good it is comes from the user's own cases alone, so no estimate of the base is carried over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from advisor.errors import CatalogError

ABILITIES = (
    *("context_window_tokens", "max_input_tokens", "max_output_tokens"),
    *("input_modalities", "output_modalities", "tools", "structured_output"),
)
"""What an offering has from any offering of its base; the rest only from the base on the same channel."""

_NOT_OF_A_TUNE = frozenset(
    {
        *("hub_repo", "launch_date", "reported_end_date"),
        *("fine_tuning", "fine_tuning_last_day_date", "fine_tuning_open_to"),
        *("fine_tuned_input_usd_per_million_tokens", "fine_tuned_output_usd_per_million_tokens"),
    }
)


def with_own_models(document: dict[str, Any], models: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the document with the user's models, each ``{id, name, base, aliases}``. Raises CatalogError."""
    known = {raw["id"]: raw for raw in document["models"]}
    for own in models:
        base = known.get(own["base"])
        if base is None:
            raise CatalogError(
                f"your model {own['id']} stands on {own['base']!r}, which the catalog no longer has",
                hint=f"take it out with `advisor catalog add --remove {own['id']}`",
            )
        known[own["id"]] = {
            "id": own["id"],
            "name": own["name"],
            "lab": base["lab"],
            "aliases": own["aliases"],
            "efforts": base["efforts"],
            "quality": {},
            "facts": {name: rows for name, rows in base["facts"].items() if name not in _NOT_OF_A_TUNE},
        }
    return {**document, "models": [known[name] for name in sorted(known)]}


def completed_offering(own: dict[str, Any], base: str, offerings: Mapping[tuple[str, str, str], Any]) -> dict[str, Any]:
    """Give an own offering with the facts of its base.

    On the same channel all of them, elsewhere what a model can do.
    """
    region = own.get("region") or ""
    here = offerings.get((own["channel"], base, region)) or offerings.get((own["channel"], base, ""))
    facts: dict[str, Any] = {}
    if here is not None:
        facts = {name: rows for name, rows in here["facts"].items() if name not in _NOT_OF_A_TUNE}
    others = [raw for (_, model, _), raw in sorted(offerings.items()) if model == base]
    for name in ABILITIES:
        donor = next((raw for raw in others if name in raw["facts"]), None)
        if name not in facts and donor is not None:
            facts[name] = donor["facts"][name]
    return {**own, "facts": {**facts, **own["facts"]}}
