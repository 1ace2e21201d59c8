from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.errors import InvalidRequirements, RequirementsError
from advisor.requirements import load_requirements
from advisor.requirements.diagnose import check
from advisor.requirements.file import dump, parse_requirements, read_file, save
from advisor.requirements.schema import Preference, Requirements, Use

ONE_JOB = "workloads: [{name: x}]\n"

names = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["no", "yes", "1e5", "0x1f", "012", "1_000", "null", "~", "- a", "a: b", "#", "*x", "&y", "!z", "%", "2026-11-23"]
)
money = st.decimals(min_value=0, max_value=Decimal("1e15"), allow_nan=False, allow_infinity=False)
shares = st.floats(min_value=0, max_value=1)
figures = st.floats(min_value=0, max_value=10**9, allow_nan=False)
rules = st.fixed_dictionaries({}, optional={"allow": st.lists(names, max_size=2), "deny": st.lists(names, max_size=2)})
traffic = st.fixed_dictionaries(
    {
        "requests_per_month": st.integers(min_value=0, max_value=10**15),
        "input_tokens": figures,
        "output_tokens": figures,
    },
    optional={"cached_input_share": shares, "batch_share": shares, "sample": names},
)
workloads = st.fixed_dictionaries(
    {"name": st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)},
    optional={
        "dimension": names,
        "languages": st.lists(st.sampled_from(["de", "no", "en"])),
        "traffic": traffic,
        "quality": st.fixed_dictionaries({}, optional={"at_least": names})
        | st.fixed_dictionaries({"at_least": st.fixed_dictionaries({"score": shares, "case_set": names})}),
        "budget_usd_per_month": money,
    },
)
documents = st.fixed_dictionaries(
    {"workloads": st.lists(workloads, min_size=1, max_size=3, unique_by=lambda workload: workload["name"])},
    optional={
        "stage": st.just("proof-of-concept"),
        "uses": st.lists(st.sampled_from([use.value for use in Use]), max_size=3),
        "preferences": st.permutations([preference.value for preference in Preference]),
        "organization": st.fixed_dictionaries(
            {}, optional={"country": st.sampled_from(["NO", "DE"]), "yearly_revenue_usd": money}
        ),
        "deployment": st.fixed_dictionaries({}, optional={"labs": rules, "channels": rules, "api": st.just(True)}),
    },
)


def requirements_of(document: dict[str, Any]) -> Requirements:
    return Requirements.model_validate(document)


@given(documents)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_back_equal(document: dict[str, Any]) -> None:
    requirements = requirements_of(document)
    text = dump(requirements)
    again = parse_requirements(text).requirements
    assert again == requirements
    assert dump(again) == text


def test_only_what_was_stated_is_written() -> None:
    assert dump(parse_requirements(ONE_JOB).requirements) == "schema_version: 1\nworkloads:\n- {name: x}\n"


BAD = [
    ("", ":1: expected a block with the keys of requirements", "template"),
    ("- a\n", ":1: expected a block with the keys of requirements", "template"),
    ("workloads: []\n", ":1: workloads: expected at least 1 entry, found an empty list", None),
    ("stage: production\n", ":1: workloads: expected a value, found nothing", "The jobs"),
    ("organisation: {}\n" + ONE_JOB, ":1: organisation: expected one of", "did you mean organization?"),
    (ONE_JOB + "budget_usd_per_month: 5", ":2: budget_usd", "it belongs at workloads.budget_usd_per_month"),
    ("workloads:\n- name: x\n  budget: 5\n", ":3: workloads.0.budget: ", "did you mean budget_usd_per_month?"),
    ("uses: commercial\n" + ONE_JOB, ":1: uses: expected a list", "write [commercial]"),
    ("uses: [comercial]\n" + ONE_JOB, ":1: uses.0: expected 'internal', 'commercial'", None),
    ("horizon_months: '12'\n" + ONE_JOB, ":1: horizon_months: expected a whole number, found '12'", "without quotes"),
    ("horizon_months: 1.5\n" + ONE_JOB, ":1: horizon_months: expected a whole number, found 1.5", None),
    ("horizon_months: true\n" + ONE_JOB, ":1: horizon_months: expected a whole number, found true", None),
    ("horizon_months: 61\n" + ONE_JOB, ":1: horizon_months: expected at most 60, found 61", None),
    ("data:\n" + ONE_JOB, ":1: data: expected a block with the keys training_on_inputs", "remove its name"),
    ("deployment: {api: no}\n" + ONE_JOB, ":1: deployment.api: expected true or false, found 'no'", "write false"),
    ("schema_version: 2\n" + ONE_JOB, ":1: schema_version: expected 1, found 2", None),
    ("organization: {country: Germany}\n" + ONE_JOB, ":1: organization.country: expected two capital letters", None),
    ("workloads: [{name: X}]", ":1: workloads.0.name: expected lower-case letters", None),
    (
        "workloads:\n- name: x\n  traffic: {requests_per_month: -5, input_tokens: 1, output_tokens: 1}",
        ":3: workloads.0.traffic.requests_per_month: expected at least 0, found -5",
        None,
    ),
    (
        "workloads:\n- name: x\n  traffic: {requests_per_month: 5, input_tokens: .inf, output_tokens: 1}",
        ":3: workloads.0.traffic.input_tokens: expected a number, found '.inf'",
        None,
    ),
    (
        "workloads:\n- name: x\n  traffic: {requests_per_month: 5, input_tokens: 1e400, output_tokens: 1}",
        ":3: workloads.0.traffic.input_tokens: expected",
        None,
    ),
    (
        "workloads:\n- name: x\n  traffic: {requests_per_month: 5}",
        ":3: workloads.0.traffic: expected input_tokens",
        None,
    ),
    (
        "workloads: [{name: x, quality: {within_points_of_best: 1, at_least: m}}]",
        ":1: workloads.0.quality: expected either within_points_of_best or at_least, found both",
        None,
    ),
    ("workloads: [{name: x, quality: {at_least: 5}}]", "at_least: expected text, or a block with the keys score", None),
    ("stage: production\n" + ONE_JOB, ":1: preferences: expected an order such as", None),
    ("preferences: [cost, cost]\n" + ONE_JOB, ":1: preferences: expected each at most once", None),
    ("workloads: [{name: x}, {name: x}]", ":1: workloads: expected each name once", None),
    ("deployment: {api: false}\n" + ONE_JOB, ":1: deployment: expected own_gpus with a count above 0", None),
]


@pytest.mark.parametrize(("text", "message", "hint"), BAD)
def test_a_mistake_is_named_with_line_key_and_way_out(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements(text)
    assert message in caught.value.message
    assert len(caught.value.problems) == 1
    if hint:
        assert hint in (caught.value.hint or "")


def test_every_mistake_is_listed_in_the_order_of_the_file() -> None:
    text = "workloads:\n- name: X\n  budget: 5\nstage: prod\nuses: [internal, nonsense]\ndata: {region: [eu]}\n"
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements(text, name="a.yaml")
    places = [line.split(": ")[0:2] for line in caught.value.message.splitlines()]
    assert places == [
        ["a.yaml:2", "workloads.0.name"],
        ["a.yaml:3", "workloads.0.budget"],
        ["a.yaml:4", "stage"],
        ["a.yaml:5", "uses.1"],
        ["a.yaml:6", "data.region"],
    ]


def test_of_very_many_mistakes_the_first_are_told() -> None:
    text = "workloads:\n" + "- {name: x, bad: 1}\n" * 2_000
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements(text, name="a.yaml")
    lines = caught.value.message.splitlines()
    assert len(lines) == 51
    assert lines[0].startswith("a.yaml:2: workloads.0.bad")
    assert lines[-1].startswith("a.yaml: and 1,9")


def test_a_measured_floor_with_mistakes_is_not_called_text() -> None:
    problems = check({"workloads": [{"name": "x", "quality": {"at_least": {"score": 500}}}]}).problems
    assert [problem.key for problem in problems] == [
        "workloads.0.quality.at_least.score",
        "workloads.0.quality.at_least.case_set",
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "a", "allow"]), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from([*Requirements.model_fields, "x"]), json_values),
    st.dictionaries(st.sampled_from(["name", "traffic", "quality", "needs", "latency", "x"]), json_values),
)
def test_any_document_is_requirements_or_a_list_of_problems(document: dict[str, Any], workload: dict[str, Any]) -> None:
    for candidate in (document, {**document, "workloads": [workload]}):
        requirements, problems, _ = check(candidate)
        assert (requirements is None) == bool(problems)
        assert all(problem.expected for problem in problems)


def test_a_file_is_read_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "advisor.yaml"
    path.write_text("stage: proof-of-concept\n" + ONE_JOB)
    file = read_file(path)
    assert file.requirements == load_requirements(path)
    assert file.lines["workloads.0.name"] == 2


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(RequirementsError, match="no such file") as caught:
        load_requirements(tmp_path / "advisor.yaml")
    assert "advisor ask" in (caught.value.hint or "")


def test_saving_and_loading_are_inverse(tmp_path: Path) -> None:
    path = tmp_path / "advisor.yaml"
    requirements = parse_requirements("organization: {country: 'NO'}\n" + ONE_JOB).requirements
    save(path, requirements)
    assert load_requirements(path) == requirements
