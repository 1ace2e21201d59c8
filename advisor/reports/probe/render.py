"""A probe's results for a reader or a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from advisor.catalog import Catalog
from advisor.probe.candidates import shown_address
from advisor.probe.faults import RULINGS
from advisor.probe.plan import ProbePlan
from advisor.probe.run_file import Mode
from advisor.probe.summary import ESTIMATE_SPREAD, CandidateSummary, Lag, Pair, Summary
from advisor.probe.worker_protocol import Keys
from advisor.reports import formats
from advisor.reports.formats import PAGES, Report
from advisor.reports.header import catalog_header
from advisor.reports.probe.csv_and_otel import csv_text, otel_text
from advisor.reports.probe.json import probe_record
from advisor.reports.section import Page, Part, Section
from advisor.reports.writers.text import aligned
from advisor.statistics import ComparisonVerdict, Interval, least_n

FORMATS = (*PAGES, "csv", "otel")
"""The formats of a run's results."""

_HEAD = ("candidate", "n", "failed", "first token p50", "95 % interval", "p95", "tokens/s", "end to end p50", "cost")

_FEW = 3
"""Candidates that are told of one by one."""

_SMALL_LAG = 0.005
"""A share of the time a token that is not worth a word."""

_MOST_PAIRS = 6
"""More pairs than those of four candidates are told as groups."""

_VERDICTS = {
    ComparisonVerdict.FIRST: "{first} is faster than {second}",
    ComparisonVerdict.SECOND: "{second} is faster than {first}",
    ComparisonVerdict.EQUAL: "{first} and {second} are equal within 10 %",
    ComparisonVerdict.OPEN: "{first} and {second} cannot be told apart yet",
}


def render(form: str, summary: Summary, catalog: Catalog) -> str:
    """Return a run's results in one of ``FORMATS``."""
    own = {"csv": lambda: csv_text(summary.run), "otel": lambda: otel_text(summary.run)}
    made = Report(catalog_header(catalog), lambda: probe_record(summary), lambda: _page(summary), own=own)
    return formats.render(form, made)


def render_plan(plan: ProbePlan, keys: Keys | None) -> str:
    """Return what is about to happen: requests, tokens, the most it can cost and take, and which keys are there."""
    rows = [("candidate", "requests", "tokens in at most", "out at most", "cost at most", "key")]
    for index, one in enumerate(plan.candidates):
        base = f" at {shown_address(one.probed.target.api_base)}" if one.probed.target.api_base else ""
        cost = "own server" if one.most_usd is None else f"${one.most_usd:.4f}"
        key = _key_words(keys, index, own_address=bool(base))
        figures = (f"{one.requests:,}", f"{one.input_tokens:,}", f"{one.output_tokens:,}", cost, key)
        rows.append((f"{one.probed.name}{base}", *figures))
    prompt = f"Prompt: {plan.settings.prompts.source}; at most {plan.settings.max_tokens} tokens out."
    return "\n".join([*aligned(rows), limits_words(plan), prompt]) + "\n"


def limits_words(plan: ProbePlan) -> str:
    """Return what the whole may take at most, and whether a cap may end it before its last request."""
    caps = plan.settings.caps
    words = f"At most {min(plan.requests, caps.requests):,} requests, ${min(plan.most_usd, caps.usd):.4f} and "
    words += f"{caps.seconds:g} s; the caps hold before each request."
    tight = [
        name
        for name, is_tight in (("money", plan.most_usd > caps.usd), ("requests", plan.requests > caps.requests))
        if is_tight
    ]
    return words + (f" The cap on {' and '.join(tight)} may end it early." if tight else "")


def _key_words(keys: Keys | None, index: int, *, own_address: bool) -> str:
    if keys is None:
        return "checked next"
    if keys.missing[index]:
        names = ", ".join(keys.missing[index])
        return f"none is sent ({names} is not set)" if own_address else f"not set: {names}"
    return ", ".join(keys.found[index]) or "present"


def _page(summary: Summary) -> Page:
    rows = (_HEAD, *(_row(found) for found in summary.candidates))
    sections = (Section("", rows=rows), *(Section(title, tuple(words)) for title, words in _sections(summary)))
    return Page(f"Probe {summary.run.head.id}", "", (Part("", sections=sections),), footer=_footer(summary))


def _row(found: CandidateSummary) -> tuple[str, ...]:
    ttft, e2e = (found.figures[name] for name in ("ttft_ms", "e2e_ms"))
    failed = f"{sum(found.faults.values())}" + (f" (to {found.failures.high:.0%})" if found.failures.high else "")
    return (
        found.name,
        str(found.measured),
        failed,
        _value(ttft.p50, "ms"),
        "-" if ttft.p50.low is None or ttft.p50.high is None else f"{ttft.p50.low:,.0f} to {ttft.p50.high:,.0f}",
        _value(ttft.p95, "ms", 0.95),
        _speed(found),
        _value(e2e.p50, "ms"),
        "-" if found.usd is None else f"${found.usd:.5f}",
    )


def _value(interval: Interval, unit: str, p: float = 0.5) -> str:
    if interval.value is None:
        return f"needs {least_n(p)}"
    return f"{interval.value:,.0f} {unit}".strip()


def _speed(found: CandidateSummary) -> str:
    """Tokens a second; said to be an estimate, with its spread, where the server did not count."""
    words = _value(found.figures["output_tokens_per_s"].p50, "")
    is_counted = not found.usage.sources or found.usage.sources == ("server",)
    return words if is_counted or words.startswith("needs") else f"~{words} (estimated, ±{ESTIMATE_SPREAD:.0%})"


def _sections(summary: Summary) -> Iterator[tuple[str, Sequence[str]]]:
    if summary.pairs:
        yield "Compared", compared(summary)
    faults = [
        f"{found.name}: {count} x {fault.value}. {RULINGS[fault].advice}{_quote(found.messages.get(fault))}"
        for found in summary.candidates
        for fault, count in found.faults.items()
    ]
    if faults:
        yield "Failed", faults
    notes = list(_notes(summary))
    if notes:
        yield "To know", notes


def compared(summary: Summary) -> list[str]:
    """Return the comparison in words: each pair of a few candidates, groups of many."""
    if len(summary.pairs) <= _MOST_PAIRS:
        return [sentence(pair) for pair in summary.pairs]
    groups = comparison_groups(summary)
    rows = [
        f"{number}. {', '.join(found.name for found in group)}: first token {_span(group)}"
        for number, group in enumerate(groups, 1)
    ]
    decided = sum(pair.comparison.is_decided for pair in summary.pairs)
    if len(groups) == 1:
        words = f"None of the {len(summary.pairs)} pairs can be told apart yet; --until-decided goes on until each is."
        return [*rows, words]
    words = (
        f"Within a group nobody can be told apart; of two groups the first has somebody who is faster. {decided} of "
        f"{len(summary.pairs)} pairs are decided; -f json has each."
    )
    return [*rows, words]


def comparison_groups(summary: Summary) -> list[list[CandidateSummary]]:
    """Return the candidates by speed, a new group where one is surely slower than a member of the group before."""
    apart = {
        frozenset((pair.first, pair.second))
        for pair in summary.pairs
        if pair.comparison.verdict in (ComparisonVerdict.FIRST, ComparisonVerdict.SECOND)
    }
    named = {name for pair in summary.pairs for name in (pair.first, pair.second)}
    found = [one for one in summary.candidates if one.name in named]
    found.sort(key=lambda one: (one.figures["ttft_ms"].p50.value or inf, one.name))
    groups: list[list[CandidateSummary]] = []
    for one in found:
        if groups and not any(frozenset((one.name, other.name)) in apart for other in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _span(group: Sequence[CandidateSummary]) -> str:
    values = [value for one in group if (value := one.figures["ttft_ms"].p50.value) is not None]
    if not values:
        return "too few to say"
    first, last = f"{min(values):,.0f}", f"{max(values):,.0f}"
    return f"{first} ms" if first == last else f"{first} to {last} ms"


def sentence(pair: Pair) -> str:
    """Return a comparison in words, with its interval and the error that it allows."""
    found = pair.comparison
    words = _VERDICTS[found.verdict].format(first=pair.first, second=pair.second)
    if found.ratio is None:
        return f"{words}: fewer than 8 rounds in which both were measured."
    bounds = "" if found.low is None else f" (surely {found.low:.2f} to {found.high:.2f})"
    return (
        f"{words}: ratio of {pair.quantity} {found.ratio:.2f}{bounds} over {found.looked_at} rounds, "
        f"error {found.error:.1%}."
    )


def _quote(message: str | None) -> str:
    return f" It said: {message}" if message else ""


def _lags(summary: Summary) -> Iterator[str]:
    """Yield how late this machine was: candidate by candidate, or in one sentence where there are many."""
    late = [(found.lag, found.name) for found in summary.candidates if found.lag and found.lag.share > _SMALL_LAG]
    if len(late) > _FEW:
        worst = Lag(max(lag.lag_ms for lag, _ in late), max(lag.share for lag, _ in late))
        late = [(worst, f"{len(late)} candidates")]
    for lag, name in late:
        off = f"off by up to {lag.share:.1%}" if lag.share < 1 else "nothing to go by"
        yield (
            f"{name}: this machine was busy, so stamps came up to {lag.lag_ms:.1f} ms late: first tokens may seem that "
            f"much later, and the time a token is {off}."
        )


def _notes(summary: Summary) -> Iterator[str]:
    yield from _lags(summary)
    for found in summary.candidates:
        if found.cached_share is not None or found.cached:
            fresh, warm = found.figures["ttft_ms"].p50, found.cached["ttft_ms"].p50
            told = "did not say" if found.cached_share is None else f"says {found.cached_share:.0%} of the input"
            yield (
                f"{found.name}: first token {_value(fresh, 'ms')} for a new prompt, {_value(warm, 'ms')} when the "
                f"cache may have it; how much was cached the server {told}."
            )
        if "application" in found.clocks:
            yield f"{found.name}: timed above litellm, not on the wire: 7 to 30 ms too long."
        for other, count in found.others.items():
            yield (
                f"{found.name}: {count} x {other} answered, not the model that was asked for; its figures stand under "
                "its own name and count for no recommendation."
            )
        if "estimated" in found.usage.sources:
            yield (
                f"{found.name}: tokens are estimated from the text, so speed and cost may be {ESTIMATE_SPREAD:.0%} "
                "less or more; of money the most that a request can cost is booked."
            )
        yield from (f"{found.name}: its count of tokens is not believed: {doubt}." for doubt in found.doubts[:3])
        for notice, count in found.notices.items():
            yield f"{found.name}: {count} x {notice.value}."
    if summary.run.head.mode is Mode.LOAD:
        yield "Under load times count from the moment at which a request was to leave."


def _footer(summary: Summary) -> str:
    head, end = summary.run.head, summary.run.end
    spent = f", spent ${end.spent_usd:.5f}" if end else ""
    return (
        f"{head.id}: {head.prompt}, at most {head.max_tokens} tokens out, litellm {head.litellm_version}; "
        f"{end.reason if end else 'killed or still running'}{spent}. Intervals hold with 95 %."
    )
