"""The catalog as of a date: look things up, never change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from advisor.catalog.effort_quality import EffortScale
from advisor.catalog.name_lookup import find_candidates, find_model
from advisor.catalog.names import by_common_form
from advisor.catalog.record_decoder import RecordDecoder, no_collection, offering_id
from advisor.catalog.records import (
    STANDARD,
    Candidate,
    Config,
    Estimate,
    Gpu,
    Lab,
    Model,
    Offering,
    Pointer,
    Quality,
    Thinking,
    candidate_id,
)
from advisor.facts import Source


class Catalog:
    """Everything that is known on one day; the same input always gives the same records in the same order."""

    def __init__(self, document: Mapping[str, Any], *, as_of: date, digest: str) -> None:
        self.version: str = document["version"]
        self.sha256 = digest
        self.as_of = as_of
        self._document = document
        self._decode = RecordDecoder(document["sources"])
        self.labs = {row[0]: Lab(*row) for row in document["labs"]}
        self.channels = {raw["id"]: self._decode.channel(raw) for raw in document["channels"]}
        self.models = {raw["id"]: self._decode.model(raw) for raw in document["models"]}
        self._raw_models = {raw["id"]: raw for raw in document["models"]}
        self._by_tiers: dict[tuple[str, ...], tuple[Candidate, ...]] = {}
        self._quality: dict[tuple[str, str], Quality | None] = {}
        self._thinking: dict[tuple[str, str], Thinking | None] = {}
        self._on_record: dict[str, tuple[str | None, str | None]] = {
            offering_id(raw): tuple(raw["on_record"]) for raw in document["offerings"] if "on_record" in raw
        }

    def on(self, day: date) -> Catalog:
        """Return the same catalog as of another day."""
        return Catalog(self._document, as_of=day, digest=self.sha256)

    @cached_property
    def offerings(self) -> dict[str, Offering]:
        """Every offering on record, by id, whether or not it can be had on ``as_of``."""
        with no_collection():
            offerings = [self._decode.offering(raw, self.models, self.channels) for raw in self._document["offerings"]]
        return {offering.id: offering for offering in offerings}

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every offering that can be had on ``as_of``, at each effort and the standard price tier, sorted by id."""
        return self.candidates_at((STANDARD,))

    def candidates_at(self, tiers: tuple[str, ...]) -> tuple[Candidate, ...]:
        """Return the candidates at these price tiers, where an offering has them, sorted by id.

        The same tuple each time.
        """
        if tiers not in self._by_tiers:
            with no_collection():
                found = [c for offering in self.offerings.values() for c in self._candidates(offering, tiers)]
            self._by_tiers[tiers] = tuple(sorted(found, key=lambda candidate: candidate.id))
        return self._by_tiers[tiers]

    @cached_property
    def licenses(self) -> dict[str, Mapping[str, Any]]:
        """The license records as compiled, by id; ``advisor.licenses`` gives them their meaning."""
        return {raw["id"]: raw for raw in self._document["licenses"]}

    @cached_property
    def gpus(self) -> dict[str, Gpu]:
        """The accelerators on record, by id."""
        rows: list[Any] = self._document["gpus"]
        return {row[0]: self._decode.gpu(row) for row in rows}

    @cached_property
    def pointers(self) -> tuple[Pointer, ...]:
        """The names that mean one version or another for a time, in the order of names and days."""
        return tuple(map(self._decode.pointer, self._document.get("pointers", [])))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that was read, by address and day."""
        return tuple(self._decode.sources.values())

    def quality(self, config: Config, dimension: str) -> Quality | None:
        """Return the newest estimate known on ``as_of`` of that config in that dimension.

        Where nothing measured that effort it follows from the next higher one that something did; else None.
        """
        key = (config.id, dimension)
        if key not in self._quality:
            measured = self._measured(config.model, dimension)
            effort = config.effort or ""
            row = measured.get(effort)
            if row is None and measured and effort:
                row = self._efforts.below(self._by_level(config.model, measured), dimension, effort, self.as_of)
            self._quality[key] = self._decode.quality(row) if row else None
        return self._quality[key]

    def _measured(self, model_id: str, dimension: str) -> dict[str, list[Any]]:
        """Return the newest row of each effort in a dimension that is known on ``as_of``."""
        found: dict[str, list[Any]] = {}
        for effort, rows in self._raw_models[model_id]["quality"].items():
            known = [row for row in rows if row[0] == dimension and date.fromisoformat(row[6]) <= self.as_of]
            if known:
                found[effort] = max(known, key=lambda row: row[6])
        return found

    def _by_level(self, model_id: str, measured: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Put what was measured at no stated effort where the maker's default lies; left out where nobody says."""
        default = self.models[model_id].facts.at("default_effort", self.as_of)
        named = {effort: row for effort, row in measured.items() if effort}
        if "" in measured and default.is_usable:
            named.setdefault(str(default.value), measured[""])
        return named

    @cached_property
    def _efforts(self) -> EffortScale:
        return EffortScale(*self._document.get("efforts", ({}, {})))

    def mode(self, model_id: str) -> str:
        """Return ``always``, ``optional``, ``none``, or ``unknown`` where nobody says whether the model thinks."""
        fact = self.models[model_id].facts.at("reasoning", self.as_of)
        return str(fact.value) if fact.is_usable else "unknown"

    def thinking(self, config: Config, task: str) -> Thinking | None:
        """Tokens of one answer of a kind of task (``chat``, ``code``, ``agent``); None where nothing is estimated."""
        key = (config.id, task)
        if key not in self._thinking:
            effort = config.effort or ""
            own = self._raw_models[config.model].get("tokens", {}).get(effort, {}).get(task)
            row = own or self._document.get("tokens", {}).get(effort, {}).get(task)
            self._thinking[key] = self._decode.thinking(config, task, self.mode(config.model), row) if row else None
        return self._thinking[key]

    def speed(self, model_id: str) -> Estimate | None:
        """Output tokens a second over a whole answer of the model, wherever it is served."""
        row = self._raw_models[model_id].get("speed")
        return Estimate(*row[:4]) if row else None

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions in which at least one config is measured, sorted."""
        rows = (row for raw in self._raw_models.values() for group in raw["quality"].values() for row in group)
        return tuple(sorted({row[0] for row in rows}))

    @property
    def newest_read(self) -> date:
        """The last day on which anything in the catalog was read: models launched later are not in it."""
        return max(source.read_on for source in self.sources)

    @cached_property
    def common_forms(self) -> Mapping[str, str]:
        """Model ids by the common form of their names (:mod:`advisor.catalog.names`)."""
        return by_common_form(self.models.values())

    def find_model(self, name: str) -> Model:
        """Return the model of that id or alias; a name that points at a version is looked up as of the catalog's day.

        Raises UnknownName with the nearest names.
        """
        return find_model(self, name)

    def find_candidates(self, name: str) -> tuple[Candidate, ...]:
        """Return the candidates that a person may mean: a candidate's id, an offering's id, or a model's name.

        Raises UnknownName with the nearest names.
        """
        return find_candidates(self, name)

    def _candidates(self, offering: Offering, tiers: tuple[str, ...]) -> Iterable[Candidate]:
        if not self._is_available(offering):
            return
        priced = {row.tier for row in offering.prices if row.holds_on(self.as_of)} | {STANDARD}
        for tier in (tier for tier in tiers if tier in priced):
            for config in self._configs(offering):
                yield Candidate(candidate_id(offering.id, tier, config.effort), offering, config, tier)

    def _configs(self, offering: Offering) -> Iterable[Config]:
        """Return the configs that the offering accepts: all of its model's unless it says which."""
        accepted = offering.facts.at("efforts", self.as_of)
        if not accepted.is_usable:
            return offering.model.configs
        return (one for one in offering.model.configs if one.effort is None or one.effort in accepted.value)

    def _is_on_record(self, offering_id: str) -> bool:
        """Offerings of the past are seen only on the days for which they are recorded."""
        first, last = self._on_record.get(offering_id, (None, None))
        day = self.as_of.isoformat()
        return (first is None or first <= day) and (last is None or day < last)

    def _is_available(self, offering: Offering) -> bool:
        """Tell whether it is launched and not retired; without a launch date, from the day its facts were read."""
        if not self._is_on_record(offering.id):
            return False
        launches = [fact.value for fact in offering.facts.timeline("launch_date") if fact.is_usable]
        if launches:
            launched = min(launches) <= self.as_of
        else:
            launched = any(row.holds_on(self.as_of) for row in offering.prices) or any(
                fact.holds_on(self.as_of) for name in offering.facts.names() for fact in offering.facts.timeline(name)
            )
        if not launched:
            return False
        retired = offering.fact("retirement_date", self.as_of)
        return not (retired.is_usable and retired.value <= self.as_of)
