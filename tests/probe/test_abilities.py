"""Abilities are shown, not guessed; what is shown outranks the catalog."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from advisor.facts import Ternary
from advisor.probe.abilities import AbilityCheck, Outcome, checks, outcome
from advisor.probe.faults import Fault
from advisor.probe.measurements import measurements
from advisor.probe.run_file import AbilityLine, Mode, Run
from advisor.probe.worker_protocol import CallAnswer, Content, Tokens, ToolCall
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.constraints.registry import constraints
from tests.made_catalogs import catalog, document, license_record, model, offering, price
from tests.probe.test_findings import a_run

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def the_check(name: str) -> AbilityCheck:
    return next(one for one in checks(Random(1), efforts=("high",), max_output_tokens=9_000) if one.name == name)


def said(text: str = "", *calls: tuple[str, Any], **more: Any) -> CallAnswer:
    content = Content(
        text=text, tool_calls=tuple(ToolCall(name=name, arguments=json.dumps(given)) for name, given in calls)
    )
    return CallAnswer(id=1, content=content, **more)


def the_tool(check: AbilityCheck) -> tuple[str, str]:
    function = (check.params.tools or ())[0]["function"]
    return function["name"], next(iter(function["parameters"]["properties"]))


def test_a_tool_call_counts_only_by_the_name_and_argument_that_were_offered() -> None:
    check = the_check("tools")
    name, argument = the_tool(check)
    assert outcome(check, said("", (name, {argument: "4711"})))[0] is Outcome.CONFIRMED
    assert outcome(check, said("", ("look_up", {"order": "4711"})))[0] is Outcome.IGNORED
    assert outcome(check, said('{"tool": "look_up"}'))[0] is Outcome.IGNORED


def test_parallel_calls_are_two_in_one_turn() -> None:
    check = the_check("parallel_tools")
    name, argument = the_tool(check)
    both = said("", (name, {argument: "4711"}), (name, {argument: "4712"}))
    assert outcome(check, both)[0] is Outcome.CONFIRMED
    assert outcome(check, said("", (name, {argument: "4711"})))[0] is Outcome.IGNORED


@pytest.mark.parametrize("name", ["json_schema", "json_strict"])
def test_a_guesser_meets_no_schema(name: str) -> None:
    check = the_check(name)
    schema = (check.params.response_format or {})["json_schema"]["schema"]
    values = {"string": "x", "integer": 3, "array": [1]}
    fitting = {key: rule.get("enum", [values[rule["type"]]])[0] for key, rule in schema["properties"].items()}
    assert outcome(check, said(json.dumps(fitting)))[0] is Outcome.CONFIRMED
    assert outcome(check, said(json.dumps(fitting | {"more": 1})))[0] is Outcome.IGNORED
    assert outcome(check, said('{"name": "harbour", "ships": 3}'))[0] is Outcome.IGNORED
    assert outcome(check, said("```json\n{}\n```"))[0] is Outcome.IGNORED


def test_a_picture_is_seen_by_both_its_halves_in_order() -> None:
    check = the_check("image")
    colors = ("red", "green", "blue", "yellow", "black", "white")
    pairs = [f"{left} {right}" for left in colors for right in colors if left != right]
    shown = [pair for pair in pairs if outcome(check, said(pair))[0] is Outcome.CONFIRMED]
    assert len(shown) == 1
    assert outcome(check, said(" ".join(colors)))[0] is Outcome.IGNORED


def test_a_refusal_and_a_failure_are_told_apart() -> None:
    check = the_check("json_strict")
    refused = CallAnswer(id=1, fault=Fault.BAD_REQUEST, message="no response_format")
    assert outcome(check, refused) == (Outcome.REFUSED, "no response_format")
    assert outcome(check, CallAnswer(id=1, fault=Fault.OVERLOADED))[0] is Outcome.OPEN
    cached = CallAnswer(id=1, tokens=Tokens(input=10, output=1, cached=8, source="server"))
    assert outcome(the_check("prompt_cache"), cached)[0] is Outcome.CONFIRMED


def shown(ability: str, result: Outcome) -> Run:
    run = a_run({"host/m": []}, mode=Mode.VERIFY)
    line = AbilityLine(candidate="host/m", ability=ability, outcome=result, started_at=NOON)
    return run._replace(path=Path("a.jsonl"), abilities=(line,))


@pytest.mark.parametrize(
    ("stated", "asked", "results", "state"),
    [
        (True, True, {}, Ternary.SATISFIED),
        (True, "strict", {}, Ternary.UNKNOWN),
        (False, "object", {}, Ternary.UNKNOWN),
        (False, "strict", {}, Ternary.VIOLATED),
        (False, True, {"json_schema": Outcome.CONFIRMED}, Ternary.SATISFIED),
        (True, True, {"json_schema": Outcome.IGNORED, "json_strict": Outcome.REFUSED}, Ternary.VIOLATED),
        (True, "strict", {"json_strict": Outcome.CONFIRMED}, Ternary.SATISFIED),
        (True, "strict", {"json_strict": Outcome.IGNORED}, Ternary.VIOLATED),
        (True, True, {"json_schema": Outcome.OPEN}, Ternary.SATISFIED),
        (None, True, {"json_strict": Outcome.CONFIRMED}, Ternary.SATISFIED),
    ],
)
def test_what_was_shown_outranks_the_catalog(
    stated: bool | None, asked: bool | str, results: dict[str, Outcome], state: Ternary
) -> None:
    known = catalog(
        document(
            [model("m", quality={"writing": (1000.0, 20.0)}, license="free")],
            [offering("m", prices=[price("1", "1")], structured_output=stated)],
            licenses=[license_record("free")],
        )
    )
    needs = {"structured_output": asked}
    traffic = {"requests_per_month": 1000, "input_tokens": 1000, "output_tokens": 1000}
    wanted = Requirements.model_validate(
        {
            "unknown": {"needs": "accept", "license": "accept"},
            "workloads": [{"name": "job", "dimension": "writing", "needs": needs, "traffic": traffic}],
        }
    )
    found = list(measurements([shown(ability, result) for ability, result in results.items()]))
    answer = advise(known, wanted, measurements=found).workloads[0]
    states = {cause.constraint: cause.state for out in answer.excluded for cause in out.because}
    states |= {cause.constraint: cause.state for one in answer.standings for cause in one.accepted_unknowns}
    assert states.get("needs.structured_output", Ternary.SATISFIED) is state


@pytest.mark.parametrize(
    ("needed", "result", "state"),
    [
        (4_000, Outcome.CONFIRMED, Ternary.SATISFIED),
        (4_000, Outcome.REFUSED, Ternary.UNKNOWN),
        (9_000, Outcome.REFUSED, Ternary.VIOLATED),
        (4_000, Outcome.OPEN, Ternary.SATISFIED),
    ],
)
def test_a_stated_maximum_that_was_refused_is_no_bound_up_to_which_answers_fit(
    needed: int, result: Outcome, state: Ternary
) -> None:
    known = catalog(
        document(
            [model("m", license="free")], [offering("m", max_output_tokens=8_000)], licenses=[license_record("free")]
        )
    )
    wanted = Requirements.model_validate({"workloads": [{"name": "job", "needs": {"output_tokens": needed}}]})
    measured = MeasurementIndex(measurements([shown("max_output_tokens", result)]))
    (workload,) = wanted.workloads
    made = constraints(WorkloadQuestion(known, wanted, workload, measured))
    constraint = next(one for one in made if one.id == "needs.output_tokens")
    (candidate,) = known.candidates
    assert constraint.test(candidate).state is state
