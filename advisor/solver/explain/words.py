"""Words that sentences are made of: lists, figures with their intervals, causes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from advisor.catalog.records import Quality
from advisor.solver.answer_latency import AnswerLatency
from advisor.solver.cause import Cause
from advisor.solver.month_cost import Cost
from advisor.solver.thinking_cost import BASIS_WORDS


def joined(parts: Sequence[str], *, most: int = 3, last: str = "and") -> str:
    """Parts as one phrase, ``a, b and c``; beyond ``most`` the rest is counted."""
    shown = list(parts[:most])
    if len(parts) > most:
        shown.append(f"{len(parts) - most} more")
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def quality_words(quality: Quality | None) -> str:
    """Return an estimate with its interval and unit; "not measured" without one."""
    if quality is None:
        return "not measured"
    digits = 0 if quality.unit == "points" else 1
    predicted = " (predicted)" if quality.is_predicted else ""
    return (
        f"{quality.estimate:.{digits}f} [{quality.low:.{digits}f}, {quality.high:.{digits}f}] {quality.unit}{predicted}"
    )


def cause_words(cause: Cause) -> str:
    """One cause: what was required and what was found."""
    return f"{cause.required}: {cause.found}"


def usd_words(usd: Decimal) -> str:
    """Return a sum with the digits that mean something: cents below a hundred dollars, whole dollars above."""
    return f"${usd:,.2f}" if abs(usd) < _WHOLE_FROM else f"${usd:,.0f}"


_WHOLE_FROM = 100


def month_words(cost: Cost, money: Callable[[Decimal], str]) -> str:
    """Return what a candidate costs a month, everywhere the same.

    The mean of the months, with now and the most beside it.
    """
    mean, now, peak = cost.usd_per_month_mean, cost.usd_per_month_now, cost.usd_per_month_peak
    more = [f"{money(now)} now"] if money(now) != money(mean) else []
    more += [span_words(cost, money)] if cost.low is not None else []
    more += [f"{money(peak)} in the most expensive month"] if money(peak) not in (money(mean), money(now)) else []
    return f"{money(mean)} a month" + (f" ({', '.join(more)})" if more else "")


def horizon_words(cost: Cost, money: Callable[[Decimal], str]) -> str:
    """Give the sum over the horizon; of what ends or lacks a price in some months, how far it goes instead of a sum."""
    if cost.ends is not None:
        return f"ends {cost.ends}"
    if cost.left_out:
        return f"{money(cost.usd_horizon)} without {' and '.join(cost.left_out)}"
    return money(cost.usd_horizon) if cost.is_whole else f"{cost.months_priced} months known"


def span_words(cost: Cost, money: Callable[[Decimal], str]) -> str:
    """Return the 95 % interval of the mean month: ``$95 to $541``."""
    low, high = cost.span
    return f"{money(low)} to {'any sum' if cost.is_unbounded else money(high)}"


def latency_words(latency: AnswerLatency | None) -> tuple[str, ...]:
    """Return what is known of the time of an answer, a line each: bounds, intervals, and who says the speed."""
    if latency is None:
        return ()
    lines = []
    first, whole, speed = latency
    if first is not None:
        lines.append(f"first token of the answer after {first.low:,.1f} s or more, {first.basis}")
    if whole is not None:
        lines.append(f"a whole answer in {whole.low:,.1f} to {whole.high:,.1f} s, {BASIS_WORDS[whole.basis]}")
    if speed is not None:
        lines.append(f"{speed.value:,.0f} tokens a second, {speed.basis}")
    return tuple(lines)
