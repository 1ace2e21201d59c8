"""What monitoring saw leaves a decision undecided, with the figures before and after, and never overturns it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from advisor.decision.check import DecisionCheck, check
from advisor.decision.check_monitor import with_monitoring
from advisor.decision.finding import DecisionStatus
from advisor.decision.lock_schema import Decision, LockedBasis, LockedMeasurement
from advisor.monitor.summary import Served, Summary, SummaryAlarm, SummaryRate, SummaryTraffic
from tests.decision.test_check import DAY, LATER, decided, requirements, two_models
from tests.made_catalogs import catalog

BEFORE, AFTER = SummaryRate(value=0.9, low=0.88, high=0.92, n=1_500), SummaryRate(value=0.7, low=0.6, high=0.8, n=120)


def summary(**more: Any) -> Summary:
    first, last = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 1, 20, tzinfo=UTC)
    own = {"made_on": last.date(), "first": first, "last": last, "calls": 5_000}
    return Summary(**{**own, "traffic": SummaryTraffic(days=30, calls=5_000), **more})


def decision(**measured: Any) -> Decision:
    found = decided(two_models())
    (job,) = found.workloads
    score = LockedMeasurement(
        subject=job.chosen, quantity="score:faq", value=80, low=70, high=90, n=60, measured_on=DAY,
        rests_on=(LockedBasis(kind="served", name="rival", version="rival-2026-11-01"),),
    )  # fmt: skip
    scored = (score.model_copy(update=measured),) if measured else ()
    return found.model_copy(
        update={"workloads": (job.model_copy(update={"measurements": scored, "api_name": "rival"}),)}
    )


def seen(found: Decision, day: date = LATER, **more: Any) -> DecisionCheck:
    stands = check(found, catalog(two_models(), day), requirements(), look_ahead=False)
    assert stands.outcome is DecisionStatus.STANDS
    assert stands.monitored is None
    return with_monitoring(stands, summary(**more), "advisor-monitor.json")


def alarm(**more: Any) -> SummaryAlarm:
    own = {"detector": "outcome:resolved", "since": date(2026, 12, 4), "model": "rival", "prompt": "support@v1"}
    return SummaryAlarm(**{**own, "before": BEFORE, "after": AFTER, **more})


def test_quiet_logs_leave_it_standing_and_are_named() -> None:
    found = seen(decision())
    assert found.outcome is DecisionStatus.STANDS
    assert found.monitored is not None
    assert (found.monitored.last, found.monitored.calls) == (date(2027, 1, 20), 5_000)


def test_an_alarm_since_the_decision_leaves_it_undecided_with_both_figures() -> None:
    found = seen(decision(), alarms=(alarm(),))
    assert found.outcome is DecisionStatus.UNDECIDED
    (finding,) = found.findings
    assert "outcome:resolved is 70.0% [60.0%, 80.0%] of 120, it was 90.0%" in finding.message
    (by,) = finding.by
    assert (by.what, by.was[:5], by.now[:5]) == ("outcome:resolved", "90.0%", "70.0%")


@pytest.mark.parametrize(
    "more", [{"since": date(2026, 11, 2)}, {"since": date(2027, 3, 1)}, {"model": "somebody-else"}]
)
def test_an_alarm_before_the_decision_after_the_day_asked_or_of_another_model_is_none(more: dict[str, Any]) -> None:
    assert seen(decision(), alarms=(alarm(**more),)).outcome is DecisionStatus.STANDS


def _served(model: str, last: date = date(2027, 1, 20)) -> Served:
    return Served(asked="rival", model=model, is_stated=True, calls=9, first=date(2026, 11, 1), last=last)


def test_another_model_than_was_measured_leaves_it_undecided() -> None:
    measured = decision(measured_on=DAY)
    found = seen(measured, day=date(2027, 1, 30), served=(_served("rival-2026-12-31"),))
    assert found.outcome is DecisionStatus.UNDECIDED
    assert [(one.what, one.was, one.now) for one in found.findings[0].by] == [
        ("served_model", "rival-2026-11-01", "rival-2026-12-31")
    ]
    for same in (_served("rival-2026-11-01"), _served("rival-2026-12-31", last=date(2026, 11, 20))):
        assert seen(measured, day=date(2027, 1, 30), served=(same,)).outcome is DecisionStatus.STANDS
    assert seen(decision(), served=(_served("another"),)).outcome is DecisionStatus.UNDECIDED
    assert seen(decision(), served=(_served("rival-2026-12-31"),)).outcome is DecisionStatus.STANDS


@pytest.mark.parametrize(("covered", "outcome"), [(0.7, DecisionStatus.STANDS), (0.4, DecisionStatus.UNDECIDED)])
def test_traffic_that_no_case_covers_counts_where_a_score_decided(covered: float, outcome: DecisionStatus) -> None:
    coverage = SummaryRate(value=covered, low=covered, high=covered, n=900)
    assert seen(decision(measured_on=DAY), day=date(2027, 1, 30), coverage=coverage).outcome is outcome
    assert seen(decision(), coverage=coverage).outcome is DecisionStatus.STANDS


def test_a_score_that_is_too_old_leaves_it_undecided() -> None:
    found = seen(decision(measured_on=date(2026, 10, 1)), day=date(2027, 1, 30))
    assert found.outcome is DecisionStatus.UNDECIDED
    assert "measured 121 days ago" in found.findings[0].message
