"""One model of the user's own, from the command line to a line of the sheet that is kept in the data folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from advisor.catalog.catalog import Catalog
from advisor.catalog.price_overlay import OWN, read_sheet
from advisor.catalog.source.compile import compile_offerings
from advisor.catalog.source.merge import with_own_names
from advisor.catalog.source.price_sheet import OwnOfferingEntry
from advisor.catalog.source.schema import FactEntry, PriceEntry, SourceEntry
from advisor.catalog.source.validate import FACT_TYPES, offering_problems
from advisor.errors import CatalogError, UnknownName, UsageError

RATES = ("input", "output", "cached_input", "cache_write")
_WORDS = {"true": True, "yes": True, "false": False, "no": False}


class OwnModel(NamedTuple):
    """A fine-tune or a private deployment: its id as the channel has it, and where it is served."""

    id: str
    base: str
    channel: str
    region: str | None = None
    name: str | None = None
    api_name: str | None = None
    rates: Mapping[str, str] = {}
    """USD per million tokens by name (input, output, cached_input, cache_write), as text."""
    facts: Mapping[str, str] = {}
    """Facts that differ from the base's, by name, as text."""


def added(sheet: dict[str, Any], own: OwnModel, catalog: Catalog, *, today: date) -> dict[str, Any]:
    """Return the kept sheet with one more model; one of the same id and place is replaced.

    Raises UnknownName for a base or channel that the catalog does not have, CatalogError for what breaks a rule.
    """
    base = catalog.find_model(own.base).id
    if own.id in catalog.models and own.id not in {one["id"] for one in sheet["models"]}:
        raise UsageError(
            f"{own.id} is a model of the catalog", hint="keep your price of it with `catalog refresh --from`"
        )
    if own.channel not in catalog.channels:
        known = sorted(catalog.channels)
        raise UnknownName("channel", own.channel, tuple(name for name in known if name[:3] == own.channel[:3])[:3])
    compiled = _compiled(own._replace(rates=own.rates or _tuned_rates(own, base, catalog)), catalog, today)
    place = (own.channel, own.id, own.region)
    models = [one for one in sheet["models"] if one["id"] != own.id]
    kept = [raw for raw in sheet["offerings"] if (raw["channel"], raw["model"], raw["region"]) != place]
    model = {"id": own.id, "name": own.name or own.id, "base": base, "aliases": []}
    return {
        "channels": [],
        "models": sorted([*models, model], key=lambda one: str(one["id"])),
        "offerings": [*kept, *compiled["offerings"]],
        "sources": {**sheet["sources"], **compiled["sources"]},
    }


def _tuned_rates(own: OwnModel, base: str, catalog: Catalog) -> dict[str, str]:
    """Return what the channel asks for tuned models of that base, where it is on record."""
    offering = catalog.offerings.get(f"{own.channel}/{base}")
    if offering is None or not own.id.startswith("ft:"):
        return {}
    facts = {side: offering.fact(f"fine_tuned_{side}_usd_per_million_tokens", catalog.as_of) for side in RATES[:2]}
    return {side: str(fact.value) for side, fact in facts.items() if fact.is_usable}


def removed(sheet: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the kept sheet without the model of that id. Raises UsageError if there is none."""
    if name not in {one["id"] for one in sheet["models"]}:
        have = ", ".join(str(one["id"]) for one in sheet["models"]) or "none"
        raise UsageError(f"there is no model {name!r} of your own", hint=f"kept are: {have}")
    models = [one for one in sheet["models"] if one["id"] != name]
    return {**sheet, "models": models, "offerings": [raw for raw in sheet["offerings"] if raw["model"] != name]}


def kept_sheet(path: Path) -> dict[str, Any]:
    """Return the sheet of own models as it is kept; empty if there is none. Raises CatalogError."""
    empty: dict[str, Any] = {"channels": [], "models": [], "offerings": [], "sources": {}}
    return read_sheet(path) if path.is_file() else empty


def rendered(sheet: dict[str, Any]) -> str:
    """Return the sheet's content, the same for the same models."""
    return json.dumps(sheet, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def _compiled(own: OwnModel, catalog: Catalog, today: date) -> dict[str, Any]:
    try:
        entry = OwnOfferingEntry(
            model=own.id,
            region=own.region,
            api_name=own.api_name or own.id,
            facts={"served_model": [FactEntry(value=own.id, source="own")], **_facts(own.facts)},
            prices=[PriceEntry.model_validate({**own.rates, "source": "own"})] if own.rates else [],
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    source = {"own": SourceEntry(url=OWN, read_on=today)}
    sheet = with_own_names(Path("own-models"), own.channel, entry, source)
    problems = list(offering_problems(sheet, {*catalog.models, own.id}))
    if problems:
        raise CatalogError(f"{problems[0].place}: {problems[0].message}")
    return compile_offerings([sheet])


def _facts(stated: Mapping[str, str]) -> dict[str, list[FactEntry]]:
    return {name: [FactEntry(value=_value(name, text), source="own")] for name, text in stated.items()}


def _value(name: str, text: str) -> Any:
    expected = date if name.endswith("_date") else FACT_TYPES.get(name, str)
    try:
        if expected is date:
            return date.fromisoformat(text)
        if expected is list:
            return [part.strip() for part in text.split(",") if part.strip()]
        if expected is bool:
            return _WORDS[text.lower()]
        return text if expected is str else int(text.replace("_", ""))
    except (ValueError, KeyError):
        label = getattr(expected, "__name__", "a number")
        raise UsageError(f"--fact {name}={text}: expected {label}") from None
