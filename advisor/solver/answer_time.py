"""How long an answer of a workload takes: bounds and calibrated estimates, never a promise.

Public figures of speed do not carry over from one host to another, so no speed of a single host is estimated
(docs/concepts/thinking.md). What holds is a lower bound on the first token of the answer, after what is thought before
it, and a wide interval of the seconds for the whole answer, in which hosts differ less than models and efforts do.
"""

from __future__ import annotations

from math import exp, hypot, isfinite, log

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import SELF_HOSTED, STANDARD, Candidate, Estimate
from advisor.solver.answer_latency import AnswerLatency, FirstToken, OutputSpeed
from advisor.solver.answer_tokens import AnswerTokens
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion

LEAST_WAIT_S = 0.2
"""No hosted model begins to answer sooner."""

FASTEST_TOKENS_PER_S = 3_000.0
"""The highest speed that any maker claims (Cerebras, gpt-oss-120b); it stands for hosts and tiers made for speed."""

FAST_CHANNELS = frozenset({"cerebras", "groq", "sambanova"})

_SOME_ANSWERS = 4.0
"""Single answers may be thought over far less than the mean one: a quarter of the least mean."""

_HOSTS = 1.5
"""How much faster than the upper end of what was measured a host may be; an estimate's interval has that in it."""

GUARANTEED, CLAIMED, PROBE = "guaranteed", "claimed", "probe"


def answer_latency(question: WorkloadQuestion, candidate: Candidate, tokens: AnswerTokens) -> AnswerLatency:
    """Return what is known of the time of one candidate's answer."""
    catalog, measured = question.catalog, question.measured
    return AnswerLatency(
        first_answer_token(catalog, candidate, tokens),
        _answer_s(catalog, candidate, tokens, measured),
        output_speed(catalog, candidate, measured),
    )


def first_answer_token(catalog: Catalog, candidate: Candidate, tokens: AnswerTokens) -> FirstToken | None:
    """Return a lower bound on the first token of an answer in seconds.

    None on own hardware, which probes alone time.
    """
    if candidate.offering.channel.kind == SELF_HOSTED:
        return None
    weights = candidate.offering.fact("weights", catalog.as_of)
    is_streamed = weights.is_usable and weights.value == "open"
    basis = "after its thinking, which is streamed before it" if is_streamed else "after its hidden thinking"
    if tokens.hidden.high == 0:
        basis = "no thinking before it"
    return FirstToken(round(_thought_s(catalog, candidate, tokens.hidden.low / _SOME_ANSWERS), 2), basis)


def first_answer_token_p95_s(catalog: Catalog, candidate: Candidate, tokens: AnswerTokens) -> FirstToken | None:
    """Return a lower bound on its 95th percentile, which is not below the mean of what is thought."""
    found = first_answer_token(catalog, candidate, tokens)
    return found and found._replace(low=round(_thought_s(catalog, candidate, tokens.hidden.low), 2))


def _thought_s(catalog: Catalog, candidate: Candidate, hidden: float) -> float:
    return LEAST_WAIT_S + hidden / _fastest(catalog, candidate)


def _fastest(catalog: Catalog, candidate: Candidate) -> float:
    """Return the most tokens a second that the offering may have."""
    made_for_speed = candidate.offering.channel.id in FAST_CHANNELS or candidate.tier != STANDARD
    speed = None if made_for_speed else catalog.speed(candidate.config.model)
    if speed is None:
        return FASTEST_TOKENS_PER_S
    return speed.high * (_HOSTS if speed.basis == "measured" else 1.0)


def _answer_s(
    catalog: Catalog, candidate: Candidate, tokens: AnswerTokens, measured: MeasurementIndex
) -> Estimate | None:
    """Seconds for the whole answer: from own measurements, else tokens over speed with the errors of both."""
    own = _measured_s(candidate, tokens, measured)
    if own is not None:
        return own
    speed = catalog.speed(candidate.config.model)
    whole = tokens.whole
    if speed is None or candidate.offering.channel.kind == SELF_HOSTED or not isfinite(whole.high) or not whole.low:
        return None
    middle = LEAST_WAIT_S + whole.estimate / speed.estimate
    up = hypot(log(whole.high / whole.estimate), log(speed.estimate / speed.low))
    down = hypot(log(whole.estimate / whole.low), log(speed.high / speed.estimate))
    fast = candidate.offering.channel.id in FAST_CHANNELS or candidate.tier != STANDARD
    low = LEAST_WAIT_S + (whole.low / FASTEST_TOKENS_PER_S if fast else (middle - LEAST_WAIT_S) * exp(-down))
    high = LEAST_WAIT_S + (middle - LEAST_WAIT_S) * exp(up)
    basis = whole.basis if whole.basis not in ("measured", "stated", "probe") else speed.basis
    return Estimate(_seconds(middle), _seconds(low), _seconds(high), basis)


def _measured_s(candidate: Candidate, tokens: AnswerTokens, measured: MeasurementIndex) -> Estimate | None:
    """From the first token and the speed of this user's probe; None unless both were measured."""
    first, speed = (measured.find(candidate, name) for name in ("ttft_ms_p95", "output_tokens_per_s"))
    if first is None or speed is None or not speed.value or not isfinite(first.value):
        return None
    slow, quick = speed.low or speed.value, speed.high or speed.value
    low, high = first.low or first.value, first.high or first.value
    visible = tokens.visible
    return Estimate(
        _seconds(first.value / 1000 + visible / speed.value),
        _seconds(low / 1000 + visible / quick),
        _seconds(high / 1000 + visible / slow),
        PROBE,
    )


def output_speed(catalog: Catalog, candidate: Candidate, measured: MeasurementIndex) -> OutputSpeed | None:
    """Tokens a second: this user's probe, else what its maker guarantees at this tier, else what it claims."""
    own = measured.find(candidate, "output_tokens_per_s")
    if own is not None:
        return OutputSpeed(own.value, PROBE)
    guaranteed = candidate.offering.fact("guaranteed_output_tokens_per_s", catalog.as_of)
    if candidate.tier == "priority" and guaranteed.is_usable:
        return OutputSpeed(float(guaranteed.value), GUARANTEED)
    claimed = candidate.offering.fact("claimed_output_tokens_per_s", catalog.as_of)
    return OutputSpeed(float(claimed.value), CLAIMED) if claimed.is_usable else None


def _seconds(value: float) -> float:
    return round(value, 2)


class LatencyOf:
    """The time of any candidate's answer, each worked out once for a catalog and equal tokens."""

    def __init__(self, question: WorkloadQuestion, key: object) -> None:
        self._question = question
        self._known: dict[str, AnswerLatency] = memoize(question.catalog, ("latency", key), dict)

    def __call__(self, candidate: Candidate, tokens: AnswerTokens) -> AnswerLatency:
        """Return what is known of the time of the candidate's answer."""
        found = self._known.get(candidate.id)
        if found is None:
            found = self._known[candidate.id] = answer_latency(self._question, candidate, tokens)
        return found
