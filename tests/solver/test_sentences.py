"""The solver's sentences, word for word: read aloud, each makes sense without the code."""

from __future__ import annotations

import pytest

from tests.solver.situations import SITUATIONS

SAID = {
    "tied, the cheapest leads": (
        "Because 2 models are within 20 points of the best in general and, of these, host/rival costs least, "
        "it leads: general 1495 [1487, 1503] points, $1,500 a month. It is expected to give up 5 points "
        "against host/best, the best of these, and saves $1,500 a month."
    ),
    "best of what passes": (
        "Because no other model passes, host/best leads: general 1500 [1492, 1508] points, $3,000 a month."
    ),
    "cost comes first": (
        "Because cost comes first, host/small leads what passes: general 1400 [1392, 1408] points, $150 a month."
    ),
    "an open question": (
        "Because 2 models are within 20 points of the best in general and, of these, host/rival costs least, "
        "it leads: general 1495 [1487, 1503] points, $1,500 a month. It is expected to give up 5 points "
        "against host/best, the best of these, and saves $1,500 a month. Not yet known of host/rival: serves "
        "de: neither listed nor measured. Until it is, this answer is provisional. To settle it (serves de), "
        "measure it on your own cases: `advisor eval CASES host/rival host/best host/small`."
    ),
    "accepted though unknown": (
        "Because 2 models are within 20 points of the best in general and, of these, host/rival costs least, "
        "it leads: general 1495 [1487, 1503] points, $1,500 a month. It is expected to give up 5 points "
        "against host/best, the best of these, and saves $1,500 a month. Accepted though unknown: no "
        "retirement announced before 2027-11-23 (none announced as of 2026-11-23)."
    ),
    "weighed in money": (
        "Because a point of quality is worth $5 a month, host/small leads: general 1400 [1392, 1408] points, "
        "$150 a month."
    ),
    "chosen by own scores": (
        "Because it was chosen among 3 that were measured, and what is chosen looks better than it is, expect 83.9 "
        "and not 84.0 on new cases like those of tickets."
    ),
    "one constraint that nothing meets": (
        "Because no candidate offers at most $100 a month, there is no answer. The nearest is host/small: "
        "raise the budget by $50 to $150 a month."
    ),
    "two that contradict each other": (
        "Because no candidate offers tool calls and at most $2,000 a month together, there is no answer. "
        "The nearest is host/rival: accept abilities that are not known."
    ),
    "raise the budget": ("raise the budget by $50 to $150 a month"),
    "fewer tokens": ("accept prompts of 8,000 tokens"),
    "longer retention": ("let it be kept 30 days"),
    "accept the unknown": ("accept licenses that do not say whether the use is allowed"),
    "two changes at once": ("let it be kept 90 days and raise the budget by $10 to $150 a month"),
    "price flip": (
        "host/rival costs more than $3,000.00 a month (+100 %): host/best leads, because host/best then costs"
        " less and is as good"
    ),
    "traffic flip": (
        "more than 2,333,333 requests a month: host/small leads, because host/rival then costs more than the $3,500 a "
        "month of the budget"
    ),
    "quality flip": (
        "rival below 1480 points in general: host/best leads, because host/best is then better by more than "
        "the 20 points that matter"
    ),
    "worth of a point": (
        "a point worth more than $300.00 a month: host/best leads, because its quality is then worth its price"
    ),
    "why not the more expensive one": ("To lead it would have to cost less than $1,500.00 a month (50 % less)."),
    "why not the worse one": ("To lead it would have to reach 1480 points (+80)."),
    "why not what is out": (
        "If you accept prompts of 8,000 tokens, it passes. To lead it would have to reach 1480 points (+80)."
    ),
    "why not what would lead once in": ("If you accept prompts of 8,000 tokens, it leads."),
    "a plan within a budget": (
        "Because no other plan scores higher with at most $1,000 a month for all workloads, this is the "
        "answer: it scores 88.00 points on the weighted mean for $600.00 a month."
    ),
    "the cheapest plan for a score": (
        "Because no other plan costs less with a weighted mean score of at least 85, this is the answer: "
        "it scores 88.00 points on the weighted mean for $600.00 a month."
    ),
    "no plan for one limit": (
        "Because at most $50 a month for all workloads cannot be kept, there is no plan. The cheapest relaxation: "
        "raise the budget by $30 to $80 a month; the plan then scores 75.00 for $80.00 a month."
    ),
    "no plan for two limits": (
        "Because at most $500 a month for all workloads and a weighted mean score of at least 88 cannot be "
        "kept together, there is no plan. The cheapest relaxation: raise the budget by $100 to $600 a month; "
        "the plan then scores 88.00 for $600.00 a month."
    ),
    "a plan with a gap": (
        "Because the search stopped at its limit, a plan that scores higher by up to 0.32 % may exist"
    ),
    "nothing left for a workload": ("Because 2 of 2 lack 'tool calls', nothing is left for chat."),
    "the decision stands": ("host/rival passes and leads"),
    "terms changed": (
        "Because it fails what is required (kept at most 30 days: kept 90 days), host/rival no longer passes."
    ),
    "terms no longer known": (
        "Because it is no longer known whether it offers what is required (kept at most 30 days: unknown), "
        "host/rival is not decided."
    ),
    "retired": ("Because host/rival retired on 2027-01-10, it can no longer be had."),
    "no longer listed": ("Because the catalog no longer has it, host/rival can no longer be had."),
    "a cheaper rival": (
        "Because host/best costs $750.00 a month against $1,500.00 ($3,000.00 when it was decided), it "
        "leads host/rival."
    ),
    "a better rival": (
        "Because host/best costs $3,000.00 a month against $1,500.00 and is better in general by more than "
        "chance explains, it leads host/rival."
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_situation_is_said_in_these_words(name: str) -> None:
    assert SITUATIONS[name]() == SAID[name]


def test_every_situation_is_said_and_no_other() -> None:
    assert list(SAID) == list(SITUATIONS)
    assert len(SAID) >= 25


@pytest.mark.parametrize("name", SITUATIONS)
def test_no_sentence_has_a_hole_or_a_raw_value(name: str) -> None:
    text = SITUATIONS[name]()
    for raw in ("None", "nan", "Decimal", "()", "{", "  ", " ,", "..", "True", "False"):
        assert raw not in text
