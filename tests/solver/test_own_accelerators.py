"""Own accelerators in the answer: what fits, what is too slow for sure, what an hour is estimated to cost."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from tests.made_catalogs import SOURCE, Document, catalog, document, model, offering

SEVENTY: dict[str, Any] = {
    "weights": "open",
    "parameters_total": 70_000_000_000,
    "parameters_active": 70_000_000_000,
    "native_precision": "bf16",
    "kv_values_per_token": 163_840,
}


def compiled(**changed: Any) -> Document:
    facts = {name: value for name, value in (SEVENTY | changed).items() if value is not None}
    return document([model("owl")], [offering("owl", "own-gpus", **facts)])


def solved(compiled_document: Document, gpus: dict[str, Any], **workload: Any) -> WorkloadAdvice:
    gpus = {"model": "h100-80gb"} | gpus
    asked = Requirements.model_validate(
        {
            "deployment": {"api": False, "own_gpus": gpus},
            "unknown": dict.fromkeys(("license", "cost", "needs", "deployment", "latency"), "ask"),
            "workloads": [{"name": "job", **workload}],
        }
    )
    return advise(catalog(compiled_document), asked).workloads[0]


def state(answer: WorkloadAdvice, constraint: str) -> tuple[str, str]:
    """The state of the only candidate in a constraint, and what was found."""
    if answer.excluded:
        causes = answer.excluded[0].because
    else:
        causes = answer.standings[0].open_questions + answer.standings[0].accepted_unknowns
    for cause in causes:
        if cause.constraint == constraint:
            return cause.state.value, cause.found
    return "satisfied", ""


@pytest.mark.parametrize(
    ("gpus", "context", "expected"),
    [
        ({"count": 1}, 1000, "violated"),
        ({"count": 2}, 20_000, "unknown"),
        ({"count": 4}, 1000, "satisfied"),
        ({"count": 4, "concurrency": 100}, 8000, "unknown"),
        ({"count": 4, "concurrency": 200}, 100_000, "violated"),
    ],
)
def test_weights_and_the_caches_of_all_requests_must_fit(gpus: dict[str, Any], context: int, expected: str) -> None:
    answer = solved(compiled(context_window_tokens=200_000), gpus, needs={"context_tokens": context})
    found, words = state(answer, "deployment.own_gpus")
    assert found == expected
    assert not words or "estimate" in words


def test_a_refusal_for_memory_says_which_form_would_fit() -> None:
    assert "would fit in fp8" in state(solved(compiled(), {"count": 1}), "deployment.own_gpus")[1]


def test_traffic_that_the_arithmetic_cannot_bear_is_refused() -> None:
    traffic = {"requests_per_month": 10_000_000, "input_tokens": 20_000, "output_tokens": 500}
    found, words = state(solved(compiled(), {"count": 4}, traffic=traffic), "deployment.own_gpus")
    assert found == "violated"
    assert "times the arithmetic" in words


@pytest.mark.parametrize(("least", "expected"), [(10, "unknown"), (60, "unknown"), (120, "violated")])
def test_speed_is_refused_above_the_roof_and_never_granted(least: int, expected: str) -> None:
    answer = solved(compiled(), {"count": 4}, latency={"output_tokens_per_s": least})
    found, words = state(answer, "latency.output_tokens_per_s")
    assert found == expected
    assert "estimate" in words


def test_requests_at_once_share_the_speed() -> None:
    asked = {"latency": {"output_tokens_per_s": 80}}
    traffic = {"requests_per_month": 1, "input_tokens": 8000, "output_tokens": 500}
    alone = solved(compiled(), {"count": 4, "concurrency": 1}, **asked, traffic=traffic)
    crowd = solved(compiled(), {"count": 4, "concurrency": 100}, **asked, traffic=traffic)
    assert state(alone, "latency.output_tokens_per_s")[0] == "unknown"
    assert state(crowd, "latency.output_tokens_per_s")[0] == "violated"


def test_without_active_parameters_the_speed_is_unknown() -> None:
    answer = solved(compiled(parameters_active=None), {"count": 4}, latency={"output_tokens_per_s": 100_000})
    assert state(answer, "latency.output_tokens_per_s") == ("unknown", "not measured")


def test_an_unstated_price_is_estimated_from_rents_and_labeled() -> None:
    traffic = {"requests_per_month": 1000, "input_tokens": 100, "output_tokens": 100}
    bare = compiled(license=None)
    assert solved(bare, {"count": 4}, traffic=traffic).standings[0].cost is None
    rows = [["b", "2", 0, None], ["a", "1", 0, None], ["c", "4", 0, None]]
    bare["gpus"] = [[*bare["gpus"][0], rows]]
    cost = solved(bare, {"count": 4}, traffic=traffic).standings[0].cost
    assert cost is not None
    assert cost.usd_per_month_now == 5840
    assert any(note.startswith("estimate: ") and SOURCE in note for note in cost.notes)
    stated = solved(bare, {"count": 4, "usd_per_gpu_hour": 3}, traffic=traffic).standings[0].cost
    assert stated is not None
    assert stated.usd_per_month_now == 8760
    assert not any(note.startswith("estimate: ") for note in stated.notes)


def test_a_rent_that_was_read_later_is_not_known_yet() -> None:
    late = compiled()
    late["sources"].append(["https://example.org/rents", "2026-12-01"])
    late["gpus"] = [[*late["gpus"][0], [["a", "1", 1, None]]]]
    traffic = {"requests_per_month": 1000, "input_tokens": 100, "output_tokens": 100}
    assert solved(late, {"count": 4}, traffic=traffic).standings[0].cost is None
