"""Whom a name means: a model's id, alias or pointer, an offering, a candidate; with the nearest names where nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from advisor.catalog.names import common_form
from advisor.catalog.records import Candidate, Model, Offering, Pointer
from advisor.errors import UnknownName


class Named(Protocol):
    """What names are looked up in: a catalog."""

    as_of: date
    models: dict[str, Model]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every candidate, sorted by id."""

    @property
    def offerings(self) -> dict[str, Offering]:
        """Every offering on record, by id."""

    @property
    def pointers(self) -> tuple[Pointer, ...]:
        """The names that mean one version or another for a time."""

    @property
    def common_forms(self) -> Mapping[str, str]:
        """Model ids by the common form of their names."""

    @property
    def newest_read(self) -> date:
        """The last day on which anything was read."""


def find_model(catalog: Named, name: str) -> Model:
    """Return the model of that id or alias; a name that points at a version is looked up as of the catalog's day.

    Raises UnknownName with the nearest names.
    """
    if name in catalog.models:
        return catalog.models[name]
    for model in catalog.models.values():
        if name in model.aliases:
            return model
    for pointer in catalog.pointers:
        if _is_meant(catalog, pointer, name):
            return catalog.models[pointer.model]
    if common_form(name) in catalog.common_forms:
        return catalog.models[catalog.common_forms[common_form(name)]]
    raise UnknownName("model", name, _near(name, _model_names(catalog)), known_as_of=catalog.newest_read)


def find_candidates(catalog: Named, name: str) -> tuple[Candidate, ...]:
    """Return the candidates that a person may mean: a candidate's id, an offering's id, or a model's name.

    Raises UnknownName with the nearest names.
    """
    candidates = catalog.candidates
    exact = [one for one in candidates if name in (one.id, one.offering.id)]
    if exact:
        return tuple(exact)
    by_model = [one for one in candidates if name == one.offering.model.id or name in one.offering.model.aliases]
    if by_model:
        return tuple(by_model)
    pointed = {pointer.model for pointer in catalog.pointers if _is_meant(catalog, pointer, name)}
    by_pointer = [one for one in candidates if one.offering.model.id in pointed]
    if by_pointer:
        return tuple(by_pointer)
    common = _named_commonly(catalog, name)
    if common:
        return common
    _require_on_offer(catalog, name)
    known = {one.id for one in candidates} | {one.offering.id for one in candidates} | _model_names(catalog)
    raise UnknownName("offering or model", name, _near(name, known), known_as_of=catalog.newest_read)


def _is_meant(catalog: Named, pointer: Pointer, name: str) -> bool:
    return name in (pointer.name, f"{pointer.channel}/{pointer.name}") and pointer.holds_on(catalog.as_of)


def _named_commonly(catalog: Named, name: str) -> tuple[Candidate, ...]:
    """Return the candidates of a model, or of a channel's model, whose name is written in another way."""
    channel, slash, rest = name.rpartition("/")
    model = catalog.common_forms.get(common_form(rest if slash else name))
    return tuple(
        one for one in catalog.candidates if one.offering.model.id == model and channel in ("", one.offering.channel.id)
    )


def _require_on_offer(catalog: Named, name: str) -> None:
    """Raise UnknownName with the reason if the name is on record but nothing of it can be had on this day."""
    ids = {model.id for model in catalog.models.values() if name in (model.id, *model.aliases)}
    plain = name.partition("~")[0]
    named = [one for one in catalog.offerings.values() if one.model.id in ids or plain == one.id]
    if not named and not ids:
        return
    retired = [fact.value for one in named if (fact := one.fact("retirement_date", catalog.as_of)).is_usable]
    gone = len(retired) == len(named) and retired and max(retired) <= catalog.as_of
    reason = f"retired on {max(retired)}" if gone else "none of its offerings is on record for that day"
    raise UnknownName.not_on_offer(name, f"{catalog.as_of}", reason)


def _model_names(catalog: Named) -> set[str]:
    return {name for model in catalog.models.values() for name in (model.id, *model.aliases)}


def _near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    from difflib import get_close_matches

    lowered = {other.lower(): other for other in known}
    return tuple(lowered[match] for match in get_close_matches(name.lower(), sorted(lowered), n=3, cutoff=0.5))
