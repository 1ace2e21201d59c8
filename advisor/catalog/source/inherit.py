"""What an offering has from the maker of its model where the channel itself says nothing.

What a model can do belongs to the model: a channel that lists it without saying whether it calls tools still calls
them. What a maker announces for closed weights reaches everyone who resells them: its retirement is the latest
possible day, and its price rise comes through from its day unless the channel has a price of its own read after it.
A fact that is taken over has the state ``inherited`` and keeps its source; a price that is taken over is disputed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from advisor.catalog.source.merge import Catalog, ModelSheet, OfferingSheet
from advisor.catalog.source.pass_on_prices import end_promotion, from_release, pass_on_rises
from advisor.catalog.source.regional import with_regions
from advisor.catalog.source.schema import FactEntry, Facts, SourceEntry, Timeline
from advisor.catalog.source.self_hosted_offerings import OWN_GPUS
from advisor.facts import State

CAPABILITIES = (
    "context_window_tokens",
    "max_input_tokens",
    "max_output_tokens",
    "input_modalities",
    "output_modalities",
    "tools",
    "structured_output",
)
"""Facts that belong to the model and not to who serves it."""

ENDINGS = ("retirement_date", "retirement_replacement")
"""What a maker announces for all who resell closed weights."""

_WINDOWS = ("context_window_tokens", "max_input_tokens", "max_output_tokens")
_USABLE = (State.KNOWN, State.DISPUTED, State.INHERITED)


class Makers(NamedTuple):
    """Who makes each model, and on which channels the maker itself offers it."""

    channels: dict[str, tuple[str, ...]]
    """Lab to its own channels, the one that announces first in front."""
    models: dict[str, ModelSheet]
    offerings: dict[tuple[str, str], OfferingSheet]
    """The offering without a bound region, by channel and model."""

    def of(self, model: str) -> tuple[OfferingSheet, ...]:
        """Return the maker's own offerings of a model, the leading channel first."""
        sheet = self.models.get(model)
        channels = self.channels.get(sheet.lab, ()) if sheet else ()
        return tuple(found for channel in channels if (found := self.offerings.get((channel, model))))

    def is_resold(self, sheet: OfferingSheet) -> bool:
        """Whether closed weights are served by somebody other than their maker."""
        model = self.models.get(sheet.entry.model)
        if model is None or not any(row.value == "closed" for row in model.facts.get("weights", ())):
            return False
        return sheet.channel not in self.channels.get(model.lab, ())


def makers(catalog: Catalog) -> Makers:
    """Return the makers of a catalog; a lab's own channel is the one of its name where its file names none."""
    return Makers(
        {lab.id: tuple(lab.channels) or (lab.id,) for lab in catalog.labs},
        {model.entry.id: model for model in catalog.models},
        {(sheet.channel, sheet.entry.model): sheet for sheet in catalog.offerings if sheet.entry.region is None},
    )


def with_true_prices(catalog: Catalog) -> Catalog:
    """Give the catalog with no price before its model existed, none known after a promotion, and regional addresses."""
    models = {model.entry.id: model for model in catalog.models}
    ends = {(one.channel, one.entry.model): one for one in catalog.promotions}
    offerings = []
    for written in catalog.offerings:
        sheet = from_release(written, models.get(written.entry.model))
        promotion = ends.get((sheet.channel, sheet.entry.model))
        offerings.append(end_promotion(sheet, promotion.entry.last_day, promotion.source) if promotion else sheet)
    return with_regions(catalog._replace(offerings=tuple(offerings)))


def inherited(sheets: Iterable[OfferingSheet], catalog: Catalog) -> Iterator[OfferingSheet]:
    """Yield the offerings, in their order, with what they have from the makers of their models."""
    known = makers(catalog)
    by_model: dict[str, list[OfferingSheet]] = {}
    for sheet in catalog.offerings:
        by_model.setdefault(sheet.entry.model, []).append(sheet)
    for sheet in sheets:
        if sheet.entry.on_record_from is not None:
            yield sheet  # what was claimed in the past stays as it was claimed
            continue
        leaders = [one for one in known.of(sheet.entry.model) if one.id != sheet.id]
        others = [one for one in by_model.get(sheet.entry.model, ()) if one.id != sheet.id and one not in leaders]
        taken = _capabilities(sheet, leaders, others)
        if known.is_resold(sheet):
            taken = pass_on_rises(_ending(taken, leaders), leaders)
        yield taken


def _capabilities(sheet: OfferingSheet, leaders: list[OfferingSheet], others: list[OfferingSheet]) -> OfferingSheet:
    for name in CAPABILITIES:
        # How long an answer may be is a host's rule; on one's own hardware the window alone bounds it.
        is_hosts_rule = name == "max_output_tokens" and sheet.channel == OWN_GPUS.id
        if is_hosts_rule or _is_usable(sheet.facts.get(name, [])):
            continue
        donor = next((one for one in leaders if _is_usable(one.facts.get(name, []))), None) or _agreed(name, others)
        if donor is not None:
            sheet = _with(sheet, name, donor, f"as {donor.channel} has it")
    return _within_window(sheet)


def _agreed(name: str, others: list[OfferingSheet]) -> OfferingSheet | None:
    """Whose fact stands for all channels; None where they contradict each other.

    The smallest limit; of yes and no what more than one says and at least twice as many as say the other: a no is often
    about the channel and not about the model.
    """
    stated = [one for one in others if _is_usable(one.facts.get(name, []))]
    if not stated:
        return None
    if name in _WINDOWS:
        return min(stated, key=lambda one: (_number(one.facts[name]), one.id))
    if name.endswith("_modalities"):
        return min(stated, key=lambda one: (len(_values(one.facts[name])), one.id))
    sides = {value: [one for one in stated if one.facts[name][-1].value is value] for value in (True, False)}
    most, least = sorted(sides.values(), key=len, reverse=True)
    return most[0] if not least or (len(most) > 1 and len(most) >= 2 * len(least)) else None


def _within_window(sheet: OfferingSheet) -> OfferingSheet:
    """Limits that were taken over and contradict what the channel says itself are dropped; a window is its input."""
    facts = dict(sheet.facts)
    window, largest = facts.get("context_window_tokens", []), facts.get("max_input_tokens", [])
    if _is_usable(window) and _is_usable(largest) and _number(largest) > _number(window):
        loser = "context_window_tokens" if window[-1].state is State.INHERITED else "max_input_tokens"
        if facts[loser][-1].state is State.INHERITED:
            del facts[loser]
    if "context_window_tokens" not in facts and _is_usable(largest):
        facts["context_window_tokens"] = [_taken(row, "at least the maximum input") for row in largest]
    window, answer = facts.get("context_window_tokens", []), facts.get("max_output_tokens", [])
    is_taken = _is_usable(window) and _is_usable(answer) and answer[-1].state is State.INHERITED
    if is_taken and _number(answer) > _number(window):
        del facts["max_output_tokens"]
    return sheet._replace(facts=facts)


def _ending(sheet: OfferingSheet, leaders: list[OfferingSheet]) -> OfferingSheet:
    """Return the maker's latest day, where the channel has none of its own and has not promised a later one."""
    if _is_usable(sheet.facts.get("retirement_date", [])):
        return sheet
    ends = [one for one in leaders if _is_usable(one.facts.get("retirement_date", []))]
    if not ends or ends[0] is not leaders[0]:
        return sheet
    last = max(ends, key=lambda one: _day(one.facts["retirement_date"]))
    promised = sheet.facts.get("retirement_not_before_date", [])
    if _is_usable(promised) and _day(promised) > _day(last.facts["retirement_date"]):
        return sheet
    note = f"the maker's day on {last.channel}, the latest possible for those who resell closed weights"
    for name in ENDINGS:
        if _is_usable(last.facts.get(name, [])) and not _is_usable(sheet.facts.get(name, [])):
            sheet = _with(sheet, name, last, note)
    return sheet


def _with(sheet: OfferingSheet, name: str, donor: OfferingSheet, note: str) -> OfferingSheet:
    rows = [_taken(row, note) for row in donor.facts[name] if row.state in _USABLE]
    used = {name for row in rows for name in (row.source, *(claim.source for claim in row.claims))}
    sources: dict[str, SourceEntry] = {name: donor.sources[name] for name in used}
    facts: Facts = {**sheet.facts, name: rows}
    return sheet._replace(facts=facts, sources={**sources, **sheet.sources})


def _taken(row: FactEntry, note: str) -> FactEntry:
    own = f"{note}; {row.note}" if row.note else note
    return row.model_copy(update={"state": State.INHERITED, "note": own})


def _is_usable(rows: Timeline) -> bool:
    return any(row.value is not None and row.state in _USABLE for row in rows)


def _number(rows: Timeline) -> int:
    values = [row.value for row in rows if isinstance(row.value, int)]
    return min(values) if values else 0


def _values(rows: Timeline) -> list[object]:
    return next((list(row.value) for row in reversed(rows) if isinstance(row.value, list)), [])


def _day(rows: Timeline) -> date:
    return max((row.value for row in rows if isinstance(row.value, date)), default=date.min)
