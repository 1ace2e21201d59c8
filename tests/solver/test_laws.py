"""Laws that hold for every catalog and every requirement."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.explain.conflicts import minimal_conflicts, minimal_masks
from advisor.solver.explain.follow import edited
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price

VERDICTS = ("allowed", "conditional", "unknown", "forbidden")
maybe_bool = st.sampled_from([True, False, None])


@st.composite
def catalogs(draw: st.DrawFn) -> Document:
    """Two to six models, some facts missing, prices in whole cents."""
    count = draw(st.integers(2, 6))
    models, offerings = [], []
    for index in range(count):
        quality = {"general": (draw(st.integers(1300, 1500)), draw(st.integers(1, 40)))} if draw(st.booleans()) else {}
        license_id = draw(st.sampled_from([*VERDICTS, None]))
        facts = {"license": license_id} if license_id else {}
        models.append(model(f"m{index}", quality=quality, thinks=None, **facts))
        rates = [price(str(draw(st.integers(1, 900)) / 100), str(draw(st.integers(1, 900)) / 100))]
        offerings.append(
            offering(
                f"m{index}",
                prices=rates if draw(st.booleans()) else [],
                max_input_tokens=draw(st.sampled_from([8_000, 32_000, 200_000, None])),
                tools=draw(maybe_bool),
                training_on_inputs=draw(st.sampled_from(["never", "opt-in", "opt-out", "default", None])),
                retention_days=draw(st.sampled_from([0, 7, 30, 365, None])),
            )
        )
    return document(models, offerings, licenses=[license_record(verdict, every=verdict) for verdict in VERDICTS])


ASKED: dict[str, Any] = {
    "uses": ["commercial"],
    "data": {"training_on_inputs": "forbidden", "retention_days": {"at_most": 30}},
    "needs": {"context_tokens": 16_000},
    "tools": True,
    "budget": 3_000,
    "floor": 60,
}


@st.composite
def asks(draw: st.DrawFn) -> frozenset[str]:
    return frozenset(draw(st.sets(st.sampled_from(sorted(ASKED)))))


def build(asked: frozenset[str]) -> Requirements:
    workload: dict[str, Any] = {
        "name": "job",
        "traffic": {"requests_per_month": 100_000, "input_tokens": 1_000, "output_tokens": 500},
        "needs": (ASKED["needs"] if "needs" in asked else {}) | ({"tools": True} if "tools" in asked else {}),
    }
    if "budget" in asked:
        workload["budget_usd_per_month"] = ASKED["budget"]
    if "floor" in asked:
        workload["quality"] = {"within_points_of_best": ASKED["floor"]}
    whole = {key: ASKED[key] for key in ("uses", "data") if key in asked}
    return Requirements.model_validate({"workloads": [workload], **whole})


def solved(compiled: Document, asked: frozenset[str]) -> WorkloadAdvice:
    return advise(catalog(compiled), build(asked)).workloads[0]


@given(catalogs(), asks(), st.sampled_from(sorted(ASKED)))
def test_asking_for_more_never_adds_a_candidate(compiled: Document, asked: frozenset[str], more: str) -> None:
    before = {standing.id for standing in solved(compiled, asked).standings}
    after = {standing.id for standing in solved(compiled, asked | {more}).standings}
    assert after <= before


@given(catalogs(), asks())
def test_the_winner_is_on_its_own_frontier(compiled: Document, asked: frozenset[str]) -> None:
    answer = solved(compiled, asked)
    assert answer.recommended is None or answer.recommended in answer.frontier


@given(catalogs(), asks(), st.randoms(use_true_random=False))
def test_the_order_of_entries_never_changes_the_answer(
    compiled: Document, asked: frozenset[str], random: Random
) -> None:
    shuffled = {
        **compiled,
        **{key: random.sample(compiled[key], len(compiled[key])) for key in ("models", "offerings")},
    }
    first, second = solved(compiled, asked), solved(shuffled, asked)
    assert [standing.id for standing in first.standings] == [standing.id for standing in second.standings]
    assert (first.recommended, first.tied, first.frontier) == (second.recommended, second.tied, second.frontier)
    assert first.conflicts == second.conflicts
    assert first.relaxations == second.relaxations


@given(catalogs())
def test_unknown_never_satisfies_a_data_or_license_constraint(compiled: Document) -> None:
    for standing in solved(compiled, frozenset({"uses", "data"})).standings:
        offered = standing.candidate.offering
        day = catalog(compiled).as_of
        assert offered.fact("license", day).value in ("allowed", "conditional")
        assert offered.fact("training_on_inputs", day).value in ("never", "opt-in")
        assert offered.fact("retention_days", day).value in (0, 7, 30)


@given(catalogs(), asks())
def test_every_candidate_is_in_or_out_with_a_cause(compiled: Document, asked: frozenset[str]) -> None:
    answer = solved(compiled, asked)
    names = [standing.id for standing in answer.standings] + [out.id for out in answer.excluded]
    assert sorted(names) == sorted(candidate.id for candidate in catalog(compiled).candidates)
    assert all(out.because for out in answer.excluded)


@given(catalogs(), asks())
def test_a_dominated_newcomer_never_changes_the_winner(compiled: Document, asked: frozenset[str]) -> None:
    answer = solved(compiled, asked)
    winner = answer.standings[0] if answer.standings else None
    if winner is None or winner.quality is None or winner.cost is None:
        return
    raw = next(one for one in compiled["offerings"] if one["model"] == winner.candidate.offering.model.id)
    estimate, half = winner.quality.estimate - 1, winner.quality.high - winner.quality.estimate
    twin = model("twin", quality={"general": (estimate, half)}, license="allowed")
    dearer = [[*row[:5], str(float(row[5]) + 1), str(float(row[6]) + 1), *row[7:]] for row in raw["prices"]]
    grown = {
        **compiled,
        "models": [*compiled["models"], twin],
        "offerings": [*compiled["offerings"], {**raw, "model": "twin", "prices": dearer}],
    }
    assert solved(grown, asked).recommended == answer.recommended


@given(catalogs(), asks())
def test_relaxations_do_what_they_say(compiled: Document, asked: frozenset[str]) -> None:
    answer = solved(compiled, asked)
    passing = {standing.id for standing in answer.standings}
    for way in answer.relaxations:
        assert way.lets_in
        assert not passing & set(way.lets_in)
        fails = {out.id: set(out.constraints) for out in answer.excluded}
        assert any(fails[name] == set(way.constraints) for name in way.lets_in)
        groups = {name.partition(".")[0] for name in way.constraints}
        assert all({one.partition(".")[0] for one in fails[name]} <= groups for name in way.lets_in)
        again = advise(catalog(compiled), edited(build(asked), way.edits)).workloads[0]
        assert {standing.id for standing in again.standings} >= set(way.lets_in) | passing


@settings(max_examples=200)
@given(st.lists(st.integers(1, 63), min_size=1, max_size=12))
def test_conflicts_are_all_the_minimal_hitting_sets(masks: list[int]) -> None:
    corrections = minimal_masks(masks)
    universe = [1 << bit for bit in range(6)]
    hitting = [
        sum(chosen)
        for size in range(1, 7)
        for chosen in combinations(universe, size)
        if all(sum(chosen) & mask for mask in masks)
    ]
    minimal = [one for one in hitting if not any(other != one and other & one == other for other in hitting)]
    assert sorted(minimal_conflicts(corrections)) == sorted(minimal)
