"""Where only the window is known, the prompt has what the asked answer leaves of it; at least one token is asked."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.facts import Ternary
from advisor.requirements.file import parse_requirements
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.constraints.context_and_answer import CONTEXT
from tests.made_catalogs import catalog, document, model, offering


@pytest.mark.parametrize(
    ("facts", "asked", "state"),
    [
        ({"context_window_tokens": 40_000}, "", Ternary.SATISFIED),
        ({"context_window_tokens": 40_000}, ", output_tokens: 8_000", Ternary.SATISFIED),
        ({"context_window_tokens": 40_000}, ", output_tokens: 8_001", Ternary.UNKNOWN),
        ({"context_window_tokens": 32_000}, "", Ternary.UNKNOWN),
        ({"context_window_tokens": 31_999}, ", output_tokens: 1", Ternary.VIOLATED),
        ({"context_window_tokens": 40_000, "max_output_tokens": 16_000}, "", Ternary.SATISFIED),
        ({"context_window_tokens": 40_000, "max_output_tokens": 16_000}, ", output_tokens: 4_000", Ternary.SATISFIED),
        ({"context_window_tokens": 40_000, "max_input_tokens": 31_000}, ", output_tokens: 4_000", Ternary.VIOLATED),
    ],
)
def test_the_window_less_the_answer(facts: dict[str, Any], asked: str, state: Ternary) -> None:
    known = catalog(document([model("owl")], [offering("owl", **facts)]))
    text = f"workloads: [{{name: x, needs: {{context_tokens: 32_000{asked}}}}}]"
    requirements = parse_requirements(text).requirements
    question = WorkloadQuestion(known, requirements, requirements.workloads[0], MeasurementIndex())
    (constraint,) = CONTEXT.make(question)
    (candidate,) = known.candidates
    assert constraint.test(candidate).state is state
    assert constraint.graded is not None
    bounds, bound = constraint.graded.reach(candidate), constraint.graded.bound
    by_bounds = (
        Ternary.SATISFIED if bound <= bounds.sure else Ternary.VIOLATED if bound > bounds.most else Ternary.UNKNOWN
    )
    assert by_bounds is state
