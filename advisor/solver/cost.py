"""What a workload's own traffic costs with a candidate, month by month over the horizon, at the prices of each day.

A month is the span from a day to the same day of the next month, beginning with ``as_of``; where prices change in the
middle of one, each part counts by its days. Where a rate is disputed the more expensive one is used, and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import SELF_HOSTED, Candidate, PriceRow
from advisor.facts import State
from advisor.self_hosting.estimate import HOURS_PER_MONTH, middle, rent_words
from advisor.solver.calendar import add_months
from advisor.solver.candidates import BATCH
from advisor.solver.makers import announced_rises, end_of_offer
from advisor.solver.month_cost import Cost
from advisor.solver.volume import Volume

if TYPE_CHECKING:
    from advisor.requirements.schema import OwnGpus

_MILLION = Decimal(1_000_000)
CENT = Decimal("0.01")

RETIRES = "retires"
"""Begins the note that a sum ends before the horizon does."""


Spans = list[tuple[date, date, Decimal | None]]
"""Stretches of equal prices: the first day, the day after the last, a whole month at them (None: no price)."""


def cost(
    candidate: Candidate,
    traffic: Volume,
    *,
    start: date,
    months: int,
    gpus: OwnGpus | None,
    rent: tuple[Decimal, str] | None = None,
    catalog: Catalog | None = None,
) -> Cost | None:
    """Return the cost over the horizon without hidden tokens; None if no rate that the traffic needs is known today.

    Months later in the horizon for which none is known are named and make the cost not whole. ``rent`` is what an own
    accelerator is estimated to cost an hour, with its label, for teams that did not say. With the catalog, what the
    maker of closed weights announces counts for those who resell them.
    """
    if candidate.offering.channel.kind == SELF_HOSTED:
        return _own_cost(gpus, rent, start, months)
    edges = _month_edges(start, months)
    end = min(edges[-1], _end(candidate, start, catalog) or edges[-1])
    rows = announced([row for row in candidate.offering.prices if row.tier in (candidate.tier, BATCH)], start)
    if catalog is not None:
        rows = passed_on(rows, announced_rises(catalog, candidate.offering))
    rows = with_cache_writes(rows, traffic, catalog, candidate)
    used: list[PriceRow] = []
    spans = [
        (first, last, _month_at(rows, traffic, first, candidate.tier, used)) for first, last in _spans(start, end, rows)
    ]
    if not spans or spans[0][2] is None:
        return None
    return _summed(spans, edges, used, _notes(used, spans, edges, cached=bool(traffic.cached_input)))


def with_cache_writes(
    rows: list[PriceRow], traffic: Volume, catalog: Catalog | None, candidate: Candidate
) -> list[PriceRow]:
    """Rows without a price for cache writes take that of the model elsewhere: what one seller forgets is not free."""
    if catalog is None or not traffic.cached_input or all(row.cache_write is not None for row in rows):
        return rows
    ratio = _write_ratio(catalog, candidate.offering.model.id)
    if ratio is None:
        return rows
    return [
        row if row.cache_write is not None or row.input is None else row._replace(cache_write=row.input * ratio)
        for row in rows
    ]


def _write_ratio(catalog: Catalog, model: str) -> Decimal | None:
    """Return the most that a cache write costs against input on any channel of a model; None if none is on record."""

    def work() -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for offering in catalog.offerings.values():
            for row in offering.prices:
                if row.cache_write is not None and row.input:
                    name = offering.model.id
                    found[name] = max(found.get(name, Decimal(0)), row.cache_write / row.input)
        return found

    return memoize(catalog, "cache write ratios", work).get(model)


def _end(candidate: Candidate, start: date, catalog: Catalog | None) -> date | None:
    """Return the first day on which it can no longer be had; None if none is announced."""
    if catalog is not None:
        found = end_of_offer(catalog, candidate.offering)
        return found.day if found else None
    retirement = candidate.offering.fact("retirement_date", start)
    return retirement.value if retirement.is_usable else None


PASSED_ON = "passed on"
"""Begins the note of a row that a reseller's maker announced."""


def passed_on(rows: list[PriceRow], rises: Iterable[tuple[date, PriceRow, PriceRow]]) -> list[PriceRow]:
    """Return a reseller's rows with the rises that the maker announced.

    Each rate is as many times more expensive from that day.
    """
    for day, before, later in rises:
        pairs = zip(before.rates, later.rates, strict=True)
        factors = [max(Decimal(1), new / old) if old and new is not None else Decimal(1) for old, new in pairs]
        then: list[PriceRow] = []
        for row in rows:
            runs_on = (row.valid_from or row.source.read_on) < day and (row.valid_to is None or row.valid_to > day)
            if not runs_on:
                then.append(row)
                continue
            input_, output, cached, write = (
                rate * factor if rate is not None else None for rate, factor in zip(row.rates, factors, strict=True)
            )
            note = f"{PASSED_ON}: its maker's price from {day}"
            then += [
                row._replace(valid_to=day),
                row._replace(
                    valid_from=day, input=input_, output=output, cached_input=cached, cache_write=write, note=note
                ),
            ]
        rows = then
    return rows


def announced(rows: list[PriceRow], day: date) -> list[PriceRow]:
    """Return the rows as they were known on a day: a later change that was read of only after it is none yet.

    What held until such a change goes on, and so does a price of which it was read only later that it ended.
    """
    unknown = [row for row in rows if row.valid_from and row.valid_from > day and row.source.read_on > day]
    ends = {(row.tier, row.valid_from) for row in unknown}

    def goes_on(row: PriceRow) -> bool:
        is_later = row.valid_to is not None and row.valid_to > day
        return is_later and (row.source.read_on > day or (row.tier, row.valid_to) in ends)

    return [row._replace(valid_to=None) if goes_on(row) else row for row in rows if row not in unknown]


def _summed(spans: Spans, edges: tuple[date, ...], used: list[PriceRow], notes: Iterator[str]) -> Cost:
    """Return the months from the spans of equal prices: each span counts in a month by its days."""
    months, month = len(edges) - 1, spans[0][2]
    if len(spans) == 1 and spans[0][1] == edges[-1] and month is not None:
        mean = now = month.quantize(CENT)
        return Cost(
            now, (month * months).quantize(CENT), mean, now, edges[:-1], (now,) * months, tuple(used), tuple(notes)
        )
    amounts = [_month_sum(spans, first, last) for first, last in pairwise(edges)]
    total = sum((usd for usd in amounts if usd is not None), Decimal(0))
    known = [(first, last, usd) for first, last, usd in spans if usd is not None]
    days = sum((last - first).days for first, last, _ in known)
    mean = sum((usd * (last - first).days for first, last, usd in known), Decimal(0)) / days
    return Cost(
        usd_per_month_now=(month or Decimal(0)).quantize(CENT),
        usd_horizon=total.quantize(CENT),
        usd_per_month_mean=mean.quantize(CENT),
        usd_per_month_peak=max(_whole_months(amounts, edges, spans[-1][1])).quantize(CENT),
        first_days=edges[:-1],
        usd_by_month=tuple(None if usd is None else usd.quantize(CENT) for usd in amounts),
        rows=tuple(used),
        notes=tuple(notes),
        ends=spans[-1][1] if spans[-1][1] < edges[-1] else None,
    )


def _whole_months(amounts: list[Decimal | None], edges: tuple[date, ...], end: date) -> Iterator[Decimal]:
    """Yield the months that have a price, each as dear as its days on offer are.

    One that ends soon costs no less a month.
    """
    for usd, (first, last) in zip(amounts, pairwise(edges), strict=True):
        if usd is not None and first < end:
            yield usd * (last - first).days / (min(last, end) - first).days


def _month_sum(spans: Spans, first: date, last: date) -> Decimal | None:
    """Return the days of a month at their prices; None if one has no price, 0 for those after the end."""
    usd = Decimal(0)
    for span_first, span_last, month in spans:
        days = (min(last, span_last) - max(first, span_first)).days
        if days > 0:
            if month is None:
                return None
            usd += month * days
    return usd / (last - first).days


@lru_cache(maxsize=64)
def _month_edges(start: date, months: int) -> tuple[date, ...]:
    return tuple(add_months(start, index) for index in range(months + 1))


def _own_cost(gpus: OwnGpus | None, rent: tuple[Decimal, str] | None, start: date, months: int) -> Cost | None:
    """Own hardware costs what it costs whether used or not; unknown if neither stated nor on record."""
    if gpus is None or (gpus.usd_per_gpu_hour is None and rent is None):
        return None
    rate, label = rent or (Decimal(0), "")
    if gpus.usd_per_gpu_hour is not None:
        rate, label = gpus.usd_per_gpu_hour, ""
    usd = (rate * gpus.count * HOURS_PER_MONTH).quantize(CENT)
    note = f"{gpus.count} x {gpus.model} at ${rate} an hour, all {HOURS_PER_MONTH} hours of a month"
    notes = (note, label) if label else (note,)
    return Cost(usd, usd * months, usd, usd, _month_edges(start, months)[:-1], (usd,) * months, (), notes)


def _spans(first: date, last: date, rows: Iterable[PriceRow]) -> Iterator[tuple[date, date]]:
    """Yield the stretches of [first, last) in which no price row begins or ends."""
    changes = {day for row in rows for day in (row.valid_from, row.valid_to) if day and first < day < last}
    edges = [first, *sorted(changes), last]
    yield from ((start, end) for start, end in pairwise(edges) if start < end)


def _month_at(rows: list[PriceRow], traffic: Volume, day: date, tier: str, used: list[PriceRow]) -> Decimal | None:
    """Return a whole month of the traffic at the prices of one day."""
    standard = _tier_month(rows, traffic, day, tier, used)
    if not traffic.batch_share or standard is None:
        return standard
    batch = _tier_month(rows, traffic, day, BATCH, used)
    if batch is None:
        return standard
    return standard * (1 - traffic.batch_share) + batch * traffic.batch_share


def _tier_month(rows: list[PriceRow], traffic: Volume, day: date, tier: str, used: list[PriceRow]) -> Decimal | None:
    """Return a month at one tier; prompts that grow beyond the length of a row pay its rates from there."""
    edges = {row.above_prompt_tokens for row in rows if row.above_prompt_tokens} if traffic.task else ()
    parts = [_length_month(rows, part, day, tier, used) for part in traffic.by_length(edges)]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def _length_month(rows: list[PriceRow], traffic: Volume, day: date, tier: str, used: list[PriceRow]) -> Decimal | None:
    """Return a month of prompts of one length, rows for certain hours weighted by the hours of the traffic."""
    at_length = [r for r in rows if r.above_prompt_tokens < traffic.prompt_tokens or not r.above_prompt_tokens]
    fitting = [row for row in at_length if row.tier == tier and row.holds_on(day)]
    if not fitting:
        return None
    length = max(row.above_prompt_tokens for row in fitting)
    shares = _time_shares([row for row in fitting if row.above_prompt_tokens == length], traffic)
    total = Decimal(0)
    for row, share in shares:
        amount = _row_month(row, traffic)
        if amount is None:
            return None
        if not any(row is one for one in used):
            used.append(row)
        total += amount * share
    return total


def _row_month(row: PriceRow, traffic: Volume) -> Decimal | None:
    """Tokens times rates; a cached rate that is unknown counts as the full input rate, the safe side.

    What a prompt has that no cache holds yet is written to it at its own rate. Where that makes caching more expensive
    than none, none is used.
    """
    needed = (row.input if traffic.fresh_input or traffic.cached_input else Decimal(0), row.output)
    if needed[0] is None or needed[1] is None:
        return None
    plain = (traffic.fresh_input + traffic.cached_input) * needed[0]
    if traffic.cached_input and row.cached_input is not None:
        write = max(needed[0], row.cache_write or Decimal(0))
        plain = min(plain, traffic.fresh_input * write + traffic.cached_input * row.cached_input)
    return (plain + traffic.output * needed[1]) / _MILLION


def _time_shares(rows: list[PriceRow], traffic: Volume) -> list[tuple[PriceRow, Decimal]]:
    """Return which share of the traffic each row prices: by the hours of working days, and by the weekend."""
    shares = _hour_shares(rows, traffic.peak_hours_utc)
    free = [row for row in rows if row.on_weekends]
    if not free or not traffic.weekend_share:
        return shares
    weekend = max(free, key=_dearness)
    rest = 1 - traffic.weekend_share
    return [*((row, share * rest) for row, share in shares if rest), (weekend, traffic.weekend_share)]


def _hour_shares(rows: list[PriceRow], peak: tuple[str, ...]) -> list[tuple[PriceRow, Decimal]]:
    """Which share of the traffic each row prices; rows without hours take what the others leave."""
    timed = [row for row in rows if row.hours_utc]
    always = [row for row in rows if not row.hours_utc]
    if not timed:
        return [(max(always, key=_dearness), Decimal(1))]
    wanted = _minutes(tuple(window.split("-")) for window in peak) or set(range(1440))
    shares, left = [], set(wanted)
    for row in timed:
        covered = left & _minutes(row.hours_utc or ())
        left -= covered
        shares.append((row, Decimal(len(covered)) / len(wanted)))
    if left:
        rest = max(always or timed, key=_dearness)
        shares.append((rest, Decimal(len(left)) / len(wanted)))
    return [(row, share) for row, share in shares if share]


def _dearness(row: PriceRow) -> tuple[Decimal, Decimal]:
    return (row.output or Decimal(0), row.input or Decimal(0))


def hours_share(windows: tuple[str, ...]) -> float:
    """Return the part of a day inside windows of "HH:MM-HH:MM"; the whole day if there are none."""
    return (len(_minutes(tuple(window.split("-")) for window in windows)) or 1440) / 1440


def _minutes(windows: Iterable[tuple[str, ...]]) -> set[int]:
    """Return the minutes of a day inside windows of "HH:MM" pairs; a window may pass midnight."""
    minutes: set[int] = set()
    for start, end in windows:
        first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
        minutes |= set(range(first, last)) if first < last else set(range(first, 1440)) | set(range(last))
    return minutes


def _notes(rows: Sequence[PriceRow], spans: Spans, edges: tuple[date, ...], *, cached: bool) -> Iterator[str]:
    end, horizon = spans[-1][1], edges[-1]
    if any(row.state is State.DISPUTED for row in rows):
        yield "sources differ on a price; the more expensive one is used"
    written = [row for row in rows if cached and row.cached_input is not None and row.input and row.cache_write]
    dear = [row for row in written if row.cache_write and row.input and row.cache_write > row.input]
    if dear:
        row = dear[0]
        rate = (row.cache_write or Decimal(0)) / (row.input or Decimal(1))
        yield f"fresh tokens of a prompt are written to the cache at {rate:.3g} times the price of input"
    if cached and any(row.cached_input is None for row in rows):
        yield "no price for cached input on record; cached tokens are priced as fresh ones"
    yield from dict.fromkeys(row.note for row in rows if row.note and row.note.startswith(PASSED_ON))
    gaps = [first for first, _, usd in spans if usd is None]
    if gaps:
        yield f"no price on record from {min(gaps)}; the months from then on are not counted"
    if end < horizon:
        yield f"{RETIRES} {end}, after {(end - edges[0]).days} days; a month is the mean of those until then"


CostOf = Callable[[Candidate], Cost | None]


def rented(gpus: OwnGpus | None, catalog: Catalog) -> tuple[Decimal, str] | None:
    """Return the rental price on record that stands in for what the team did not say, with its label.

    None without one.
    """
    gpu = catalog.gpus.get(gpus.model) if gpus else None
    rents = gpu.rents_on(catalog.as_of) if gpu else ()
    return (middle(rents).usd_per_gpu_hour, rent_words(rents)) if rents else None
