"""A decision held against what monitoring saw: what users' logs say may leave it undecided, and never overturns it.

Only a run on cases can refute a choice; an alarm says that one is due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from advisor.decision.check import DecisionCheck, Monitored
from advisor.decision.difference import Difference
from advisor.decision.finding import DecisionStatus, Finding
from advisor.decision.lock_schema import LockedMeasurement, LockedWorkload
from advisor.evals.kept_scores import why_stale
from advisor.facts import Basis, Measurement
from advisor.monitor.summary import Summary, SummaryAlarm, SummaryRate
from advisor.probe.served_models import is_same_model

UNCOVERED_PERCENT = 50.0
"""Of the traffic: with more of it far from any case, a score on cases no longer speaks for it."""

_SCORE = "score:"


class _Doubt(NamedTuple):
    words: str
    by: tuple[Difference, ...]


def with_monitoring(
    checked: DecisionCheck,
    summary: Summary,
    file: str,
    *,
    uncovered_percent: float = UNCOVERED_PERCENT,
    fresh: Sequence[Measurement] = (),
) -> DecisionCheck:
    """Return a check in which a workload that stood is undecided where the logs cast a doubt on it.

    ``fresh`` are the measurements that count today.
    """
    found = _Monitoring(checked, summary, uncovered_percent, {(one.subject, one.quantity) for one in fresh})
    return checked._replace(
        findings=tuple(found.doubted(one) for one in checked.findings),
        monitored=Monitored(file, summary.last.date(), summary.calls),
    )


class _Monitoring:
    """What a summary says of each workload of a decision."""

    def __init__(
        self, checked: DecisionCheck, summary: Summary, uncovered_percent: float, fresh: set[tuple[str, str]]
    ) -> None:
        self._summary, self._uncovered, self._fresh = summary, uncovered_percent, fresh
        self._decided, self._as_of = checked.decision.decided_on, checked.as_of
        self._locked = {one.workload: one for one in checked.decision.workloads}

    def doubted(self, finding: Finding) -> Finding:
        locked = self._locked.get(finding.workload)
        if locked is None or finding.outcome is DecisionStatus.OVERTURNED:
            return finding
        doubts = [
            *self._other_model(locked),
            *self._alarms(locked),
            *self._uncovered_traffic(locked),
            *self._stale_evidence(locked),
        ]
        if not doubts:
            return finding
        words = f"Because {'; '.join(one.words for one in doubts)}: whether {locked.chosen} still serves is not known."
        message = words if finding.outcome is DecisionStatus.STANDS else f"{finding.message} {words}"
        by = tuple(dict.fromkeys((*finding.by, *(difference for one in doubts for difference in one.by))))
        return finding._replace(outcome=DecisionStatus.UNDECIDED, message=message, by=by)

    def _since(self, day: date) -> bool:
        """Whether a day lies in the time that this check is about."""
        return self._decided <= day <= self._as_of

    def _other_model(self, locked: LockedWorkload) -> Iterator[_Doubt]:
        """Yield who answered since the decision in the place of the one that was decided on."""
        names, pinned = _names(locked), _served(locked)
        for one in self._summary.served:
            is_ours = is_same_model(one.asked, names) or one.asked in names
            if not (one.is_stated and is_ours and one.last >= self._decided and one.first <= self._as_of):
                continue
            if not is_same_model(one.model, pinned or names):
                was = " ".join(pinned) or locked.api_name or locked.chosen
                by = Difference(locked.chosen, "served_model", was, one.model, None)
                yield _Doubt(f"{one.model} answered {one.calls:,} calls that asked for {one.asked}, not {was}", (by,))

    def _alarms(self, locked: LockedWorkload) -> Iterator[_Doubt]:
        """Yield the alarms since the decision about the model that serves, or about any where there is but one."""
        names = (*_names(locked), *_served(locked))
        for one in self._summary.alarms:
            told = [name for name in (one.asked, one.instead_of) if name] or ([one.model] if one.model else [])
            is_ours = any(is_same_model(name, names) for name in told) if told else len(self._locked) == 1
            if is_ours and self._since(one.since):
                yield _alarm(locked, one)

    def _uncovered_traffic(self, locked: LockedWorkload) -> Iterator[_Doubt]:
        coverage = self._summary.coverage
        if coverage is None or not _scores(locked):
            return
        uncovered = 100 * (1 - coverage.value)
        if uncovered > self._uncovered:
            now = f"{uncovered:.0f} % of {coverage.n:,}"
            by = Difference(locked.chosen, "uncovered_traffic", f"at most {self._uncovered:.0f} %", now, None)
            yield _Doubt(f"no case lies near {now} calls", (by,))

    def _stale_evidence(self, locked: LockedWorkload) -> Iterator[_Doubt]:
        for one in _scores(locked):
            basis = tuple(Basis(**basis.model_dump()) for basis in one.rests_on)
            score = Measurement(
                one.subject, one.quantity, one.value, one.low, one.high, one.n, one.measured_on, "", rests_on=basis
            )
            reason = why_stale(score, self._as_of)
            if reason is not None and (one.subject, one.quantity) not in self._fresh:
                was = f"{one.value:g} of {one.n:,} on {one.measured_on}"
                by = Difference(one.subject, one.quantity, was, f"no longer counts: {reason}", None)
                yield _Doubt(f"the score on {one.quantity.removeprefix(_SCORE)} no longer counts ({reason})", (by,))


def _alarm(locked: LockedWorkload, one: SummaryAlarm) -> _Doubt:
    before, after = _figure(one.before), _figure(one.after)
    if one.instead_of:
        by = Difference(locked.chosen, one.detector, one.instead_of, str(one.model), None)
        return _Doubt(f"since {one.since} {one.model} answers in place of {one.instead_of}", (by,))
    by = Difference(locked.chosen, one.detector, before, after, None)
    return _Doubt(f"since {one.since} {one.detector} is {after}, it was {before}", (by,))


def _figure(one: SummaryRate | None) -> str:
    return f"{one.value:.1%} [{one.low:.1%}, {one.high:.1%}] of {one.n:,}" if one else "not known"


def _names(locked: LockedWorkload) -> tuple[str, ...]:
    """Return what the chosen one is called in logs."""
    found = (
        locked.api_name,
        locked.model,
        *(one.api_name for one in locked.beside),
        *(one.model for one in locked.beside),
    )
    return tuple(dict.fromkeys(name for name in found if name))


def _served(locked: LockedWorkload) -> tuple[str, ...]:
    """Return the models that answered when the chosen one was measured."""
    words = [basis.version.split() for one in _scores(locked) for basis in one.rests_on if basis.kind == "served"]
    return tuple(dict.fromkeys(name for several in words for name in several))


def _scores(locked: LockedWorkload) -> tuple[LockedMeasurement, ...]:
    return tuple(one for one in locked.measurements if one.quantity.startswith(_SCORE))
