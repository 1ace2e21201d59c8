"""Forty worlds in which one thing is another than when it was decided: what is said, and which fact is named.

In all of them ``rival`` was chosen: it is tied with ``best`` and costs half. A world changes the catalog, the day, the
lock or the requirements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

import pytest

from advisor.catalog import Catalog
from advisor.decision.check import DecisionCheck, check
from advisor.decision.decide import decide
from advisor.decision.finding import DecisionStatus, Finding
from advisor.decision.lock_schema import Decision
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price

DAY = date(2026, 11, 23)
LATER = date(2027, 2, 1)
TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}
STANDS, UNDECIDED, OVERTURNED = DecisionStatus.STANDS, DecisionStatus.UNDECIDED, DecisionStatus.OVERTURNED
BEST, RIVAL = "host/best", "host/rival"

Change = Callable[[Document], None]


class World(NamedTuple):
    """What is changed, and what must come of it."""

    name: str
    outcome: DecisionStatus
    change: Change = lambda _: None
    by: frozenset[str] = frozenset()
    """Exactly the facts that are named as what did it."""
    told: frozenset[str] = frozenset()
    """Facts that are among what changed, whether or not they did it."""
    says: str = ""
    move_to: str | None = None
    day: date = LATER
    stated: Mapping[str, Any] = {}
    workload: Mapping[str, Any] = {}
    more: tuple[Mapping[str, Any], ...] = ()


def asked(workload: Mapping[str, Any], stated: Mapping[str, Any], more: tuple[Mapping[str, Any], ...]) -> Requirements:
    first = {"name": "job", "traffic": TRAFFIC, **workload}
    rest = {"data": {"retention_days": {"at_most": 30}}, "uses": ["commercial"], "horizon_months": 3} | dict(stated)
    return Requirements.model_validate({"workloads": [first, *more], **rest})


def world() -> Document:
    """best 1500 at $3,000 a month and rival 1495 at $1,500, tied; and one that is out by its retention."""
    models = [
        model("best", lab="a", quality={"general": (1500, 8)}, license="open"),
        model("rival", lab="b", quality={"general": (1495, 8)}, license="open"),
        model("rival-mini", lab="b", quality={"general": (1200, 8)}, license="open"),
    ]
    facts: dict[str, Any] = {"retention_days": 30, "max_input_tokens": 200_000, "tools": True}
    offerings = [
        offering("best", prices=[price("2", "10")], **facts),
        offering("rival", prices=[price("1", "5")], **facts),
        offering("rival-mini", prices=[price("1", "5")], **(facts | {"retention_days": 900})),
    ]
    return document(
        models, offerings, licenses=[license_record("open"), license_record("closed", commercial="forbidden")]
    )


def prices(index: int, *rows: list[Any]) -> Change:
    def change(compiled: Document) -> None:
        compiled["offerings"][index]["prices"] = list(rows)

    return change


def fact(index: int, name: str, *rows: list[Any]) -> Change:
    def change(compiled: Document) -> None:
        compiled["offerings"][index]["facts"][name] = list(rows)

    return change


def quality(index: int, estimate: float, half: float = 8) -> Change:
    def change(compiled: Document) -> None:
        compiled["models"][index]["quality"][""][0][1:4] = [estimate, estimate - half, estimate + half]

    return change


def both(*changes: Change) -> Change:
    def change(compiled: Document) -> None:
        for one in changes:
            one(compiled)

    return change


def licensed(name: str) -> Change:
    def change(compiled: Document) -> None:
        compiled["models"][1]["facts"]["license"] = [[name, None, 0, "2020-01-01"]]

    return change


def record(**uses: str) -> Change:
    def change(compiled: Document) -> None:
        compiled["licenses"][0] = license_record("open", **uses)

    return change


def reworded(compiled: Document) -> None:
    compiled["licenses"][0]["name"] = "Open License 2"


def gone(compiled: Document) -> None:
    del compiled["offerings"][1]


def newcomer(estimate: float, rate: str, **facts: Any) -> Change:
    def change(compiled: Document) -> None:
        new = model("new", lab="c", quality={"general": (estimate, 8)}, license="open")
        new["quality"][""][0][6] = "2027-01-05"
        compiled["models"].append(new)
        known = {"retention_days": 0, "max_input_tokens": 200_000, "tools": True} | facts
        known["launch_date"] = "2027-01-05"
        compiled["offerings"].append(offering("new", prices=[price(rate, str(5 * int(rate)))], **known))

    return change


RETIRES = ["2027-01-10", None, 0, "2026-12-01"]
SINCE = "2027-01-15"
WORLDS = [
    World("nothing changed", STANDS, says="passes and leads"),
    World("the same day", STANDS, day=DAY),
    # Prices.
    World(
        "a price that doubles twice",
        OVERTURNED,
        prices(1, price("4", "20")),
        frozenset({"price.input", "price.output"}),
        move_to=BEST,
    ),
    World(
        "only the rate of answers rises",
        OVERTURNED,
        prices(1, price("1", "30")),
        frozenset({"price.output"}),
        move_to=BEST,
    ),
    World(
        "a price from its day",
        OVERTURNED,
        prices(1, price("1", "5", until=SINCE), price("4", "20", since=SINCE)),
        frozenset({"price.input", "price.output"}),
        move_to=BEST,
    ),
    World("a price that falls", STANDS, prices(1, price("0.5", "2")), told=frozenset({"price.input", "price.output"})),
    World("a rival a little cheaper", STANDS, prices(0, price("0.98", "4.9")), says="not better by enough to move"),
    World(
        "a rival much cheaper",
        OVERTURNED,
        prices(0, price("0.5", "2.5", since=SINCE), price("2", "10", until=SINCE)),
        frozenset({"price.input", "price.output"}),
        move_to=BEST,
    ),
    World("a price that is no longer known", OVERTURNED, prices(1), move_to=BEST),
    World("a price of another tier", STANDS, prices(1, price("1", "5"), price("9", "45", tier="priority"))),
    World("a price beyond long prompts", STANDS, prices(1, price("1", "5"), price("9", "45", above=200_000))),
    World(
        "a budget broken by a price",
        OVERTURNED,
        prices(1, price("3", "15")),
        frozenset({"price.input", "price.output"}),
        says="at most $3,500",
        workload={"budget_usd_per_month": 3_500},
        move_to=BEST,
    ),
    # Terms and limits.
    World(
        "it keeps longer",
        OVERTURNED,
        fact(1, "retention_days", [30, None, 0, "2020-01-01", SINCE], [90, None, 0, SINCE]),
        frozenset({"retention_days"}),
        move_to=BEST,
    ),
    World(
        "it keeps shorter",
        STANDS,
        fact(1, "retention_days", [7, None, 0, "2020-01-01"]),
        told=frozenset({"retention_days"}),
    ),
    World(
        "retention is no longer known",
        UNDECIDED,
        fact(1, "retention_days", [None, "unknown", 0, "2020-01-01"]),
        frozenset({"retention_days"}),
        move_to=BEST,
    ),
    World(
        "retention is disputed on the safe side",
        STANDS,
        fact(1, "retention_days", [30, "disputed", 0, "2020-01-01"]),
        told=frozenset({"retention_days"}),
    ),
    World(
        "retention and an unrelated price",
        OVERTURNED,
        both(fact(1, "retention_days", [90, None, 0, "2020-01-01"]), prices(1, price("1.01", "5"))),
        frozenset({"retention_days"}),
        frozenset({"price.input"}),
        move_to=BEST,
    ),
    World(
        "the window shrinks",
        OVERTURNED,
        fact(1, "max_input_tokens", [8_000, None, 0, "2020-01-01"]),
        frozenset({"max_input_tokens"}),
        workload={"needs": {"context_tokens": 100_000}},
        move_to=BEST,
    ),
    World(
        "the window grows",
        STANDS,
        fact(1, "max_input_tokens", [900_000, None, 0, "2020-01-01"]),
        workload={"needs": {"context_tokens": 100_000}},
        told=frozenset({"max_input_tokens"}),
    ),
    World(
        "tools go",
        OVERTURNED,
        fact(1, "tools", [False, None, 0, "2020-01-01"]),
        frozenset({"tools"}),
        workload={"needs": {"tools": True}},
        move_to=BEST,
    ),
    World("a need that nobody asked for goes", STANDS, fact(1, "tools", [False, None, 0, "2020-01-01"])),
    World(
        "languages change, retention_days has no et",
        OVERTURNED,
        both(
            fact(1, "retention_days", [90, None, 0, "2020-01-01"]),
            fact(1, "languages", [["et"], None, 0, "2020-01-01"]),
        ),
        frozenset({"retention_days"}),
        move_to=BEST,
    ),
    # Ends.
    World(
        "it retired",
        OVERTURNED,
        fact(1, "retirement_date", RETIRES),
        says="host/rival retired on 2027-01-10",
        move_to=BEST,
    ),
    World(
        "another whose name begins alike retired",
        OVERTURNED,
        both(gone, lambda c: c["offerings"][1]["facts"].update(retirement_date=[RETIRES])),
        says="no longer has it, host/rival can no longer be had",
        move_to=BEST,
    ),
    World("a longer name retired", STANDS, fact(2, "retirement_date", RETIRES), says="passes and leads"),
    World("it is announced to retire later", STANDS, fact(1, "retirement_date", ["2029-01-10", None, 0, "2026-12-01"])),
    World("it is gone without a word", OVERTURNED, gone, move_to=BEST),
    World("the rival retired", STANDS, fact(0, "retirement_date", RETIRES), says="passes and leads"),
    # Licenses.
    World(
        "another license that forbids",
        OVERTURNED,
        licensed("closed"),
        frozenset({"license", "license.verdict"}),
        move_to=BEST,
    ),
    World(
        "the record now forbids",
        OVERTURNED,
        record(commercial="forbidden"),
        frozenset({"license.verdict", "license.record"}),
    ),
    World(
        "the record now leaves it open",
        UNDECIDED,
        record(commercial="unknown"),
        frozenset({"license.verdict", "license.record"}),
    ),
    World("the record is worded anew", STANDS, reworded, told=frozenset({"license.record"})),
    # Quality.
    World(
        "its estimate falls beyond doubt", OVERTURNED, quality(1, 1300), frozenset({"quality.general"}), move_to=BEST
    ),
    World("its estimate moves inside its interval", STANDS, quality(1, 1490)),
    World("both estimates move inside their intervals", STANDS, both(quality(0, 1507), quality(1, 1488))),
    World("its estimate rises beyond doubt", STANDS, quality(1, 1600), told=frozenset({"quality.general"})),
    World("a newcomer that is better", OVERTURNED, newcomer(1600, "3"), frozenset({"offering"}), move_to="host/new"),
    World("a newcomer that is more expensive and no better", STANDS, newcomer(1495, "3")),
    World("a newcomer with something open", STANDS, newcomer(1600, "3", retention_days=None)),
    # The day and the file.
    World("a lock from the future", UNDECIDED, day=date(2026, 11, 1), says="decided on 2026-11-23, after 2026-11-01"),
    World("facts that are too old for the day", UNDECIDED, day=date(2028, 2, 1), says="a newer catalog tells"),
    World(
        "a workload that the lock lacks",
        UNDECIDED,
        more=({"name": "other", "traffic": TRAFFIC},),
        says="the decision has no workload 'other'",
    ),
    World(
        "an edit that lowers the budget",
        OVERTURNED,
        workload={"budget_usd_per_month": 1_000},
        says="Because advisor.yaml was edited since",
        by=frozenset({"requirements"}),
    ),
    World(
        "an edit that forbids the maker",
        OVERTURNED,
        stated={"deployment": {"labs": {"deny": ["b"]}}},
        says="was edited since",
        by=frozenset({"requirements"}),
        move_to=BEST,
    ),
    World(
        "an edit that changes nothing of it", STANDS, workload={"budget_usd_per_month": 5_000}, says="passes and leads"
    ),
]
EDITED = {one.name for one in WORLDS if one.name.startswith("an edit") or one.more}


def checked(one: World) -> DecisionCheck:
    """The decision of the world as it was, in the world as it is."""
    before = asked({} if one.name in EDITED else one.workload, {} if one.name in EDITED else one.stated, ())
    after = asked(one.workload, one.stated, one.more)
    made, later = decided(before), world()
    one.change(later)
    return check(made, catalog(later, one.day), after, look_ahead=False)


def decided(requirements: Requirements) -> Decision:
    now: Catalog = catalog(world(), DAY)
    made = decide(advise(now, requirements), requirements, now, "advisor.yaml")
    assert made.workloads[0].chosen == RIVAL
    return made


def worst(found: DecisionCheck) -> Finding:
    return next(one for one in found.findings if one.outcome is found.outcome)


@pytest.mark.parametrize("one", WORLDS, ids=lambda one: one.name)
def test_each_world_is_told_as_it_is(one: World) -> None:
    found = checked(one)
    finding = worst(found)
    assert found.outcome is one.outcome, finding.message
    assert one.says in finding.message
    if one.outcome is not STANDS:
        assert finding.move_to == one.move_to
        assert {difference.what for difference in finding.by} == one.by
    assert one.told <= {difference.what for difference in found.changes}


def test_there_are_forty() -> None:
    assert len(WORLDS) >= 40


def test_an_estimate_inside_its_interval_is_no_change_at_all() -> None:
    found = checked(next(one for one in WORLDS if one.name == "its estimate moves inside its interval"))
    assert found.changes == ()


def test_what_is_open_about_the_one_to_move_to_is_said() -> None:
    later = world()
    prices(1, price("4", "20"))(later)
    stated = {"unknown": {"latency": "accept"}}
    workload = {"latency": {"ttft_ms_p95": 500}}
    requirements = asked(workload, stated, ())
    found = check(decided(requirements), catalog(later, LATER), requirements, look_ahead=False)
    (finding,) = found.findings
    assert finding.move_to == BEST
    assert any("accepted though unknown: first token within 500 ms" in words for words in finding.caveats)
