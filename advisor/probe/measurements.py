"""What a run measured, as facts for the solver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.facts import Measurement
from advisor.probe.abilities import Outcome
from advisor.probe.run_file import CandidateLine, Mode, Phase, Run
from advisor.probe.summary import ESTIMATE_SPREAD, P95, QUANTITIES, with_failures
from advisor.statistics import Interval, quantile


def measurements(runs: Iterable[Run]) -> Iterator[Measurement]:
    """Time to first token at the 95th percentile and decoding speed of each candidate of the catalog in each run.

    An answer of another model than the one asked for counts for none. A failure of the service counts as a first token
    that never came. Runs that measured the cache say nothing of the user's traffic and are left out.
    """
    for run in runs:
        if run.head.mode is Mode.CACHE:
            continue
        yield from _abilities(run)
        for line in run.head.candidates:
            if line.subject is not None:
                yield from _of_candidate(run, line)


def _abilities(run: Run) -> Iterator[Measurement]:
    """Abilities as figures: 1 where it was shown, 0 where it was refused or ignored, nothing where it stayed open.

    They are the offering's, whatever the effort.
    """
    subjects = {line.name: line.subject for line in run.head.candidates}
    for line in run.abilities:
        subject = subjects[line.candidate]
        if subject is None or line.outcome is Outcome.OPEN:
            continue
        value = 1.0 if line.outcome is Outcome.CONFIRMED else 0.0
        yield Measurement(
            subject=subject.partition("~")[0],
            quantity=f"ability:{line.ability}",
            value=value,
            low=value,
            high=value,
            n=1,
            measured_on=line.started_at.date(),
            source=f"{run.path} ({line.outcome.value}{f': {line.words}' if line.words else ''})",
        )


def _of_candidate(run: Run, line: CandidateLine) -> Iterator[Measurement]:
    own = [request for request in run.requests if request.candidate == line.name and request.phase is Phase.MEASURED]
    own = [request for request in own if line.is_own(request.answer)]
    times = with_failures(own)
    speed = QUANTITIES["output_tokens_per_s"]
    speeds = [found for request in own if request.answer.fault is None and (found := speed(request)) is not None]
    if times:
        yield _measurement(run, line, "ttft_ms_p95", quantile(times, P95), max(times))
    if speeds:
        middle = quantile(speeds, 0.5)
        if any(request.answer.tokens.source == "estimated" for request in own if request.answer.fault is None):
            middle = _widened(middle)
        yield _measurement(run, line, "output_tokens_per_s", middle, sorted(speeds)[len(speeds) // 2])


def _widened(found: Interval) -> Interval:
    """Widen an interval so that it holds although the tokens were estimated."""
    low = None if found.low is None else found.low * (1 - ESTIMATE_SPREAD)
    return found._replace(low=low, high=None if found.high is None else found.high * (1 + ESTIMATE_SPREAD))


def _measurement(run: Run, line: CandidateLine, quantity: str, found: Interval, plain: float) -> Measurement:
    """``plain`` stands in for the value while the sample is too small for one; the bounds say how little is known."""
    return Measurement(
        subject=line.subject or line.name,
        quantity=quantity,
        value=plain if found.value is None else found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        measured_on=run.head.started_at.date(),
        source=f"{run.path} ({run.head.prompt}, {run.head.max_tokens} tokens out)",
        confidence=found.confidence,
    )
