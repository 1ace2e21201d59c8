"""The cost of a candidate with what it thinks before each answer: as expected, with its interval, and as compared.

An offering's prices are worked out once (:mod:`advisor.solver.cost`); its efforts differ in nothing but the hidden
tokens, in which a cost is linear.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.solver.answer_tokens import AnswerTokens
from advisor.solver.attachments import NOTHING, count_attachments
from advisor.solver.cost import CENT, cost, rented
from advisor.solver.month_cost import Cost
from advisor.solver.thinking import TokensOf
from advisor.solver.volume import Volume

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

_BILLION = Decimal(1_000_000_000)
_NO_SPREAD = (1.0, 1.0)
_COUNTED_AS = "openai"
"""The lab whose tokenizer counts samples (:data:`advisor.requirements.traffic.tokenizers.DEFAULT`)."""
_UNBOUNDED = Decimal(10) ** 12
"""What a cost that nothing bounds is compared on: behind all others."""


def cost_function(catalog: Catalog, traffic: Volume, requirements: Requirements, tokens_of: TokensOf) -> CostFunction:
    """Return the cost of any candidate on this traffic over the horizon, with what it thinks.

    Prices are worked out once for each offering and tier; efforts differ in nothing but hidden tokens, in which a cost
    is linear.
    """
    gpus, months = requirements.deployment.own_gpus, requirements.horizon_months
    known: dict[str, Cost | None] = memoize(catalog, ("thought", traffic, months, gpus, tokens_of.key), dict)
    return CostFunction(_lines(catalog, traffic, requirements), tokens_of, traffic.requests, known)


class CostFunction:
    """What any candidate costs, each worked out once.

    Its most expensive month can be bounded without working it all out.
    """

    def __init__(
        self,
        line_of: Callable[[Candidate], CostLine | None],
        tokens_of: TokensOf,
        requests: Decimal,
        known: dict[str, Cost | None],
    ) -> None:
        self._line_of, self._tokens_of, self._requests, self._known = line_of, tokens_of, requests, known

    def __call__(self, candidate: Candidate) -> Cost | None:
        """Return the cost over the horizon; None where it is unknown."""
        if candidate.id not in self._known:
            line = self._line_of(candidate)
            self._known[candidate.id] = line and thought(line, self._tokens_of(candidate), self._requests)
        return self._known[candidate.id]

    def peak_span(self, candidate: Candidate) -> tuple[Decimal, Decimal | None] | None:
        """Return the 95 % interval of the most expensive month; no upper end where nothing bounds it.

        None where it is unknown.

        Own hardware costs the same whatever is thought on it.
        """
        line = self._line_of(candidate)
        if line is None:
            return None
        hidden = self._tokens_of(candidate).hidden
        bounded = line.plain.is_whole and (line.per_billion is None or isfinite(hidden.high))
        low = _mean_and_peak(line, line.low, hidden.low, self._requests)[1]
        return low, _mean_and_peak(line, line.high, hidden.high, self._requests)[1] if bounded else None


class CostLine(NamedTuple):
    """What an offering costs without hidden tokens, and for each billion of them a month."""

    plain: Cost
    per_billion: Cost | None
    """None where hidden tokens cost nothing: on own hardware."""
    low: Cost
    """Where its tokenizer makes the fewest tokens of a sample that another one counted."""
    high: Cost
    """Where it makes the most."""


def _lines(catalog: Catalog, traffic: Volume, requirements: Requirements) -> Callable[[Candidate], CostLine | None]:
    gpus, months = requirements.deployment.own_gpus, requirements.horizon_months
    rent = rented(gpus, catalog)
    known: dict[tuple[str, str], CostLine | None] = memoize(catalog, ("cost", traffic, months, gpus), dict)
    billion = traffic._replace(fresh_input=Decimal(0), cached_input=Decimal(0), output=_BILLION)
    priced = partial(cost, start=catalog.as_of, months=months, gpus=gpus, rent=rent, catalog=catalog)

    def line_of(candidate: Candidate) -> CostLine | None:
        key = (candidate.offering.id, candidate.tier)
        if key not in known:
            own = candidate.offering.channel.kind == SELF_HOSTED
            plain = priced(candidate, traffic) if own else _with_attachments(priced, candidate, traffic, catalog.as_of)
            more = None if own else priced(candidate, billion)
            low = high = plain
            if plain and not own and traffic.spread != _NO_SPREAD and candidate.offering.model.lab != _COUNTED_AS:
                low, high = (
                    _with_attachments(priced, candidate, traffic.times(factor), catalog.as_of)
                    for factor in traffic.spread
                )
            known[key] = CostLine(plain, more, low, high) if plain and low and high and (own or more) else None
        return known[key]

    return line_of


def _with_attachments(
    priced: Callable[[Candidate, Volume], Cost | None], candidate: Candidate, traffic: Volume, day: date
) -> Cost | None:
    """Return the cost with what requests carry besides text: the most tokens that the model's rules make of it."""
    if traffic.attachments == NOTHING:
        return priced(candidate, traffic)
    more = count_attachments(traffic.attachments, candidate.offering.model, day)
    each = more.tokens.high
    found = priced(
        candidate,
        traffic._replace(
            fresh_input=traffic.fresh_input + traffic.requests * Decimal(str(each)),
            prompt_tokens=traffic.prompt_tokens + each,
        ),
    )
    if found is None:
        return None
    missing = tuple(f"{what}: no rule on record that counts them, so the cost is not whole" for what in more.left_out)
    return found._replace(notes=(*found.notes, *more.counted, *missing), left_out=more.left_out)


def thought(line: CostLine, tokens: AnswerTokens, requests: Decimal) -> Cost:
    """Return the cost with hidden tokens: as expected, with its interval and what it is compared on."""
    plain, hidden = line.plain, tokens.hidden
    if line.per_billion is None or hidden.high == 0:
        return _with_spread(line, plain, hidden.high, hidden.high, requests)
    words = thinking_words(tokens)
    expected = _with_hidden(line, hidden.estimate, requests)
    expected = expected._replace(notes=(*plain.notes, words), thinking=words)
    if tokens.is_exact:
        return _with_spread(line, expected, hidden.estimate, hidden.estimate, requests)
    bounded = isfinite(hidden.high)
    low, peak_low = _mean_and_peak(line, line.low, hidden.low, requests)
    found = _with_spread(line, expected, hidden.low, hidden.low, requests)._replace(
        low=low,
        high=None,
        peak_low=peak_low,
        peak_high=None,
        usd_per_month_ranked=_UNBOUNDED,
        is_unbounded=not bounded,
        hidden=hidden,
        peak_without_hidden=line.high.usd_per_month_peak,
        peak_per_hidden_token=line.per_billion.usd_per_month_peak * requests / _BILLION,
    )
    if not bounded:
        return found
    high, peak_high = _mean_and_peak(line, line.high, hidden.high, requests)
    # Measured tokens are ranked as expected, unless the tokenizer's own doubt is in the way.
    is_sure = hidden.is_own and line.high is line.plain
    ranked = _mean_and_peak(line, line.high, hidden.estimate if hidden.is_own else tokens.ranked, requests)[0]
    return found._replace(high=high, peak_high=peak_high, usd_per_month_ranked=None if is_sure else ranked)


def _with_spread(line: CostLine, found: Cost, least: float, most: float, requests: Decimal) -> Cost:
    """Return a cost with the interval that the doubt about its tokenizer makes; the same where there is none."""
    if line.high is line.plain:
        return found
    low, peak_low = _mean_and_peak(line, line.low, least, requests)
    high, peak_high = _mean_and_peak(line, line.high, most, requests)
    note = "its tokenizer may make fewer or more tokens of the sample than the one that counted it"
    return found._replace(
        low=low,
        high=high,
        peak_low=peak_low,
        peak_high=peak_high,
        usd_per_month_ranked=high,
        notes=(*found.notes, note),
    )


def thinking_words(tokens: AnswerTokens) -> str:
    """``thinks 300 to 1,900 tokens an answer (measured)``."""
    hidden = tokens.hidden
    basis = BASIS_WORDS[hidden.basis]
    if tokens.is_exact:
        return f"thinks {hidden.estimate:,.0f} tokens an answer ({basis})"
    if not isfinite(hidden.high):
        return "thinks before it answers, nobody knows how long" if hidden.low else "may think, nobody knows how long"
    return f"thinks {hidden.low:,.0f} to {hidden.high:,.0f} tokens an answer ({basis})"


BASIS_WORDS = {
    "measured": "measured on other questions",
    "other-effort": "estimated from its other efforts",
    "lab": "estimated from its lab's other models",
    "effort": "estimated from its effort alone",
    "stated": "as you state",
    "probe": "as you measured",
}
"""What a figure of tokens rests on, in words."""


def _mean_and_peak(line: CostLine, base: Cost, hidden_per_answer: float, requests: Decimal) -> tuple[Decimal, Decimal]:
    """Return the mean and the most expensive month with so many hidden tokens an answer on top of ``base``."""
    more = line.per_billion
    if more is None or not hidden_per_answer:
        return base.usd_per_month_mean, base.usd_per_month_peak
    billions = requests * Decimal(str(hidden_per_answer)) / _BILLION
    mean = (base.usd_per_month_mean + more.usd_per_month_mean * billions).quantize(CENT)
    return mean, (base.usd_per_month_peak + more.usd_per_month_peak * billions).quantize(CENT)


def _with_hidden(line: CostLine, hidden_per_answer: float, requests: Decimal) -> Cost:
    """Return the plain cost and so many hidden tokens an answer."""
    plain, more = line.plain, line.per_billion
    if more is None or not hidden_per_answer:
        return plain
    billions = requests * Decimal(str(hidden_per_answer)) / _BILLION

    def both(one: Decimal, other: Decimal) -> Decimal:
        return (one + other * billions).quantize(CENT)

    months = zip(plain.usd_by_month, more.usd_by_month, strict=True)
    mean, peak = _mean_and_peak(line, plain, hidden_per_answer, requests)
    return plain._replace(
        usd_per_month_now=both(plain.usd_per_month_now, more.usd_per_month_now),
        usd_horizon=both(plain.usd_horizon, more.usd_horizon),
        usd_per_month_mean=mean,
        usd_per_month_peak=peak,
        usd_by_month=tuple(None if a is None or b is None else both(a, b) for a, b in months),
    )


def no_cost(_: Candidate) -> None:
    """Return no cost and no span: no traffic is stated."""
