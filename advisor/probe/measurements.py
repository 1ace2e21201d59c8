"""What was measured, as facts for the solver: the newest run of each candidate, while it is fresh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from advisor.errors import EvidenceError
from advisor.facts import Measurement
from advisor.probe.records import FOLDER, CandidateLine, Mode, Phase, Run, read_run, run_files
from advisor.probe.summary import P95, QUANTITIES, with_failures
from advisor.statistics import Interval, quantile

STALE_AFTER_DAYS = 30
"""Services change their hardware and load without notice; an older measurement is shown but decides nothing."""


class Measured(NamedTuple):
    """Measurements that count, subjects whose measurement is too old, and files that could not be read."""

    fresh: tuple[Measurement, ...]
    stale: tuple[str, ...]
    unreadable: tuple[EvidenceError, ...]


def read_measurements(day: date, folder: Path = FOLDER) -> Measured:
    """What the runs of a folder say on a day: nothing measured after it, nothing older than ``STALE_AFTER_DAYS``."""
    runs, unreadable = [], []
    for path in run_files(folder):
        try:
            runs.append(read_run(path))
        except EvidenceError as error:
            unreadable.append(error)
    found = [measurement for measurement in measurements(runs) if measurement.measured_on <= day]
    newest = {(one.subject, one.quantity): one for one in sorted(found, key=lambda one: one.measured_on)}
    oldest = day - timedelta(days=STALE_AFTER_DAYS)
    fresh = tuple(one for one in newest.values() if one.measured_on >= oldest)
    stale = {one.subject for one in newest.values()} - {one.subject for one in fresh}
    return Measured(fresh, tuple(sorted(stale)), tuple(unreadable))


def measurements(runs: Iterable[Run]) -> Iterator[Measurement]:
    """Time to first token at the 95th percentile and decoding speed of each candidate of the catalogue in each run.

    A failure of the service counts as a first token that never came. Runs that measured the cache say nothing of the
    user's traffic and are left out.
    """
    for run in runs:
        if run.head.mode is Mode.CACHE:
            continue
        for line in run.head.candidates:
            if line.subject is not None:
                yield from _of_candidate(run, line)


def _of_candidate(run: Run, line: CandidateLine) -> Iterator[Measurement]:
    own = [request for request in run.requests if request.candidate == line.name and request.phase is Phase.MEASURED]
    times = with_failures(own)
    speed = QUANTITIES["output_tokens_per_s"]
    speeds = [found for request in own if request.answer.fault is None and (found := speed(request)) is not None]
    if times:
        yield _measurement(run, line, "ttft_ms_p95", quantile(times, P95), max(times))
    if speeds:
        yield _measurement(run, line, "output_tokens_per_s", quantile(speeds, 0.5), sorted(speeds)[len(speeds) // 2])


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
