"""The compiled catalog as of a date: load it once, look things up, never change it."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from advisor.catalog.effort_quality import EffortScale
from advisor.catalog.names import by_common_form, common_form
from advisor.catalog.price_overlay import apply, overlay_path, own_models_path
from advisor.catalog.records import (
    STANDARD,
    Candidate,
    Channel,
    Config,
    Estimate,
    Facts,
    Gpu,
    Lab,
    Model,
    Offering,
    Pointer,
    PriceRow,
    Quality,
    RateLimit,
    Rent,
    Thinking,
    candidate_id,
)
from advisor.catalog.source.dedupe import shared
from advisor.catalog.user_catalog import in_use
from advisor.errors import CatalogError, UnknownName
from advisor.facts import Fact, Source, State, today
from advisor.files.paths import is_there

FORMAT = 3
"""The layout of the compiled file that this version reads."""

COMPILED = Path(__file__).parent.parent / "_catalog.json"
"""The compiled catalog that travels inside the package."""


class Catalog:
    """Everything that is known on one day; the same input always gives the same records in the same order."""

    def __init__(self, document: Mapping[str, Any], *, as_of: date, digest: str) -> None:
        self.version: str = document["version"]
        self.sha256 = digest
        self.as_of = as_of
        self._document = document
        self._decoded: dict[int, tuple[Fact, ...]] = {}
        read = document["sources"]
        keyed = read.items() if isinstance(read, Mapping) else enumerate(read)
        self._sources = {key: Source(url, date.fromisoformat(day)) for key, (url, day) in keyed}
        self.labs = {row[0]: Lab(*row) for row in document["labs"]}
        self.channels = {raw["id"]: self._channel(raw) for raw in document["channels"]}
        self.models = {raw["id"]: self._model(raw) for raw in document["models"]}
        self._raw_models = {raw["id"]: raw for raw in document["models"]}
        self._by_tiers: dict[tuple[str, ...], tuple[Candidate, ...]] = {}
        self._quality: dict[tuple[str, str], Quality | None] = {}
        self._thinking: dict[tuple[str, str], Thinking | None] = {}
        self._on_record: dict[str, tuple[str | None, str | None]] = {
            _offering_id(raw): tuple(raw["on_record"]) for raw in document["offerings"] if "on_record" in raw
        }

    def on(self, day: date) -> Catalog:
        """Return the same catalog as of another day."""
        return Catalog(self._document, as_of=day, digest=self.sha256)

    @cached_property
    def offerings(self) -> dict[str, Offering]:
        """Every offering on record, by id, whether or not it can be had on ``as_of``."""
        with _no_collection():
            offerings = [self._offering(raw) for raw in self._document["offerings"]]
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
            with _no_collection():
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
        return {row[0]: self._gpu(row) for row in rows}

    @cached_property
    def pointers(self) -> tuple[Pointer, ...]:
        """The names that mean one version or another for a time, in the order of names and days."""
        rows: list[list[Any]] = self._document.get("pointers", [])
        return tuple(Pointer(row[0], row[1], row[2], _day(row[3]), _day(row[4]), self._sources[row[5]]) for row in rows)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that was read, by address and day."""
        return tuple(self._sources.values())

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
            self._quality[key] = self._decode_quality(row) if row else None
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
            self._thinking[key] = self._decode_thinking(config, task, row) if row else None
        return self._thinking[key]

    def speed(self, model_id: str) -> Estimate | None:
        """Output tokens a second over a whole answer of the model, wherever it is served."""
        row = self._raw_models[model_id].get("speed")
        return Estimate(*row[:4]) if row else None

    def _decode_thinking(self, config: Config, task: str, row: list[Any]) -> Thinking:
        tokens, low, high, hidden, hidden_low, hidden_high, basis, sources = row
        mode = self.mode(config.model)
        if mode == "none":
            hidden = hidden_low = hidden_high = 0
        return Thinking(
            mode,
            config.effort,
            task,
            Estimate(tokens, low, high, basis),
            Estimate(hidden, hidden_low, hidden_high, basis),
            tuple(self._sources[index] for index in sources),
        )

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions in which at least one config is measured, sorted."""
        rows = (row for raw in self._raw_models.values() for group in raw["quality"].values() for row in group)
        return tuple(sorted({row[0] for row in rows}))

    @property
    def newest_read(self) -> date:
        """The last day on which anything in the catalog was read: models launched later are not in it."""
        return max(source.read_on for source in self.sources)

    def find_model(self, name: str) -> Model:
        """Return the model of that id or alias; a name that points at a version is looked up as of the catalog's day.

        Raises UnknownName with the nearest names.
        """
        if name in self.models:
            return self.models[name]
        for model in self.models.values():
            if name in model.aliases:
                return model
        for pointer in self.pointers:
            if self._is_meant(pointer, name):
                return self.models[pointer.model]
        if common_form(name) in self._common:
            return self.models[self._common[common_form(name)]]
        raise UnknownName("model", name, _near(name, self._model_names()), known_as_of=self.newest_read)

    @cached_property
    def _common(self) -> Mapping[str, str]:
        return by_common_form(self.models.values())

    def _is_meant(self, pointer: Pointer, name: str) -> bool:
        return name in (pointer.name, f"{pointer.channel}/{pointer.name}") and pointer.holds_on(self.as_of)

    def find_candidates(self, name: str) -> tuple[Candidate, ...]:
        """Return the candidates that a person may mean: a candidate's id, an offering's id, or a model's name.

        Raises UnknownName with the nearest names.
        """
        exact = [c for c in self.candidates if name in (c.id, c.offering.id)]
        if exact:
            return tuple(exact)
        by_model = [c for c in self.candidates if name == c.offering.model.id or name in c.offering.model.aliases]
        if by_model:
            return tuple(by_model)
        pointed = {pointer.model for pointer in self.pointers if self._is_meant(pointer, name)}
        by_pointer = [c for c in self.candidates if c.offering.model.id in pointed]
        if by_pointer:
            return tuple(by_pointer)
        common = self._named_commonly(name)
        if common:
            return common
        self._require_on_offer(name)
        known = {c.id for c in self.candidates} | {c.offering.id for c in self.candidates} | set(self._model_names())
        raise UnknownName("offering or model", name, _near(name, known), known_as_of=self.newest_read)

    def _named_commonly(self, name: str) -> tuple[Candidate, ...]:
        """Return the candidates of a model, or of a channel's model, whose name is written in another way."""
        channel, slash, rest = name.rpartition("/")
        model = self._common.get(common_form(rest if slash else name))
        return tuple(
            one
            for one in self.candidates
            if one.offering.model.id == model and channel in ("", one.offering.channel.id)
        )

    def _require_on_offer(self, name: str) -> None:
        """Raise UnknownName with the reason if the name is on record but nothing of it can be had on this day."""
        ids = {model.id for model in self.models.values() if name in (model.id, *model.aliases)}
        plain = name.partition("~")[0]
        named = [o for o in self.offerings.values() if o.model.id in ids or plain == o.id]
        if not named and not ids:
            return
        retired = [fact.value for o in named if (fact := o.fact("retirement_date", self.as_of)).is_usable]
        gone = len(retired) == len(named) and retired and max(retired) <= self.as_of
        reason = f"retired on {max(retired)}" if gone else "none of its offerings is on record for that day"
        raise UnknownName.not_on_offer(name, f"{self.as_of}", reason)

    def _model_names(self) -> set[str]:
        return {name for model in self.models.values() for name in (model.id, *model.aliases)}

    def _facts(self, raw: Mapping[str, Any]) -> Facts:
        return Facts(raw["facts"], self._sources, self._decoded)

    def _gpu(self, row: list[Any]) -> Gpu:
        rents = row[6] if len(row) > 6 else ()  # noqa: PLR2004 - catalogs compiled before have no rents
        priced = tuple(Rent(name, Decimal(usd), self._sources[source], note) for name, usd, source, note in rents)
        return Gpu(row[0], row[1], row[2], row[3], row[4], self._sources[row[5]], priced)

    def _channel(self, raw: Mapping[str, Any]) -> Channel:
        return Channel(raw["id"], raw["name"], raw["kind"], raw.get("prefix"), self._facts(raw), raw.get("country"))

    def _model(self, raw: Mapping[str, Any]) -> Model:
        model_id = raw["id"]
        configs = tuple(
            Config(f"{model_id}~{effort}" if effort else model_id, model_id, effort) for effort in raw["efforts"]
        )
        return Model(
            model_id,
            raw["name"],
            raw["lab"],
            tuple(raw["aliases"]),
            configs,
            self._facts(raw),
        )

    def _offering(self, raw: Mapping[str, Any]) -> Offering:
        return Offering(
            id=_offering_id(raw),
            model=self.models[raw["model"]],
            channel=self.channels[raw["channel"]],
            region=raw.get("region"),
            api_name=raw.get("api_name"),
            prices=tuple(self._price(row) for row in raw["prices"]),
            facts=self._facts(raw),
            rate_limits=tuple(self._rate_limit(row) for row in raw.get("rate_limits", ())),
        )

    def _rate_limit(self, row: list[Any]) -> RateLimit:
        tier, requests, tokens, given, made, usd, reached_by, source = row
        return RateLimit(tier, requests, tokens, given, made, _decimal(usd), reached_by, self._sources[source])

    def _price(self, row: list[Any]) -> PriceRow:
        tier, first, last, above, hours, *rates_and_rest = row
        input_, output, cached_input, cache_write = map(_decimal, rates_and_rest[:4])
        state, source, note, claims = rates_and_rest[4:] + [None] * (8 - len(rates_and_rest))
        return PriceRow(
            tier,
            _day(first),
            _day(last),
            above,
            tuple((start, end) for start, end in hours) if hours else None,
            input_,
            output,
            cached_input,
            cache_write,
            State(state) if state else State.KNOWN,
            self._sources[source],
            note,
            tuple(claims or ()),
        )

    def _decode_quality(self, row: list[Any]) -> Quality:
        dimension, estimate, low, high, unit, sources, day, *note = row
        read_from = tuple(self._sources[index] for index in sources)
        return Quality(dimension, estimate, low, high, unit, read_from, date.fromisoformat(day), *note)

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


def load_catalog(as_of: date | None = None, *, path: Path | None = None, overlay: bool = True) -> Catalog:
    """Give the compiled catalog as of a day (today by default), with the user's own price sheet on top if one is kept.

    Without a path it is the one that the user brought up to date, else the shipped one; ``overlay=False``: the shipped
    one as it is. Raises CatalogError if the file is missing, is not a compiled catalog, or was compiled for another
    version.
    """
    with _no_collection():
        catalog = _load(as_of or today(), path or (in_use(COMPILED) if overlay else COMPILED), overlay)
        gc.freeze()  # what was read stays until the end: no later pass need look at its quarter of a million objects
    return catalog


def _load(as_of: date, path: Path, overlay: bool) -> Catalog:
    try:
        content = path.read_bytes()
        document = json.loads(content)
    except OSError as error:
        raise CatalogError(f"{path}: cannot read the compiled catalog: {error.strerror}", hint=_REBUILD) from None
    except ValueError as error:
        raise CatalogError(f"{path}: the compiled catalog is not JSON: {error}", hint=_REBUILD) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else type(document).__name__
        raise CatalogError(f"{path}: expected a catalog of format {FORMAT}, found {found}", hint=_REBUILD)
    document = shared(document)
    for own in (overlay_path(), own_models_path()) if overlay else ():
        if is_there(own):
            sheet = _sheet(own)
            document, content = apply(document, sheet), content + sheet
    return Catalog(document, as_of=as_of, digest=sha256(content).hexdigest())


def _sheet(own: Path) -> bytes:
    try:
        return own.read_bytes()
    except OSError as error:
        hint = "mend its permissions, or name a folder of your own with XDG_DATA_HOME"
        raise CatalogError(f"{own}: your own prices cannot be read: {error.strerror}", hint=hint) from None


_REBUILD = "build it from catalog/ with `advisor catalog build`"


@cache
def _decimal(rate: str | None) -> Decimal | None:
    """Return a rate, made once: a few hundred of them fill some ten thousand cells."""
    return None if rate is None else Decimal(rate)


@cache
def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the collector's passes, which find nothing while thousands of records are being made: a third faster."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _offering_id(raw: Mapping[str, Any]) -> str:
    region = raw.get("region")
    return f"{raw['channel']}/{raw['model']}" + (f"@{region}" if region else "")


def _near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    from difflib import get_close_matches

    lowered = {other.lower(): other for other in known}
    return tuple(lowered[match] for match in get_close_matches(name.lower(), sorted(lowered), n=3, cutoff=0.5))
