"""A score reaches the choice as a measurement, and counts until something that it rests on changes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog import load_catalog
from advisor.cli.inputs import locked_scores
from advisor.decision.decide import decide
from advisor.decision.unread import mark_unread
from advisor.evals.kept_scores import keep, read_measurements
from advisor.evals.measurements import measurements, swapped_models
from advisor.evals.prompts import BARE, load_prompt
from advisor.facts import Measurement
from advisor.requirements.file import parse_requirements
from advisor.solver import advise
from advisor.solver.answer import Status
from tests.evals.answer_server import serving
from tests.evals.conftest import DAY, Bench, probed, sums, write_cases

LUNA = "openai/gpt-6-luna~max"

PROMPT = "---\nsystem: Be brief.\n---\nAnswer in a word: {{input}}\n"

FLOOR = """
workloads:
  - name: support-bot
    dimension: instruction-following
    traffic: {requests_per_month: 300000, input_tokens: 1800, output_tokens: 350}
    quality: {at_least: {score: 80, case_set: support}}
"""


@pytest.fixture
def measured(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Measurement:
    """The score of one candidate with a prompt that is in git."""
    monkeypatch.chdir(bench.folder)
    Path("prompt.md").write_text(PROMPT)
    for command in (["init", "-q"], ["add", "prompt.md"], ["commit", "-qm", "Ask in a word"]):
        author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "a"}
        subprocess.run(["git", *command], check=True, env={**os.environ, **author, "GIT_COMMITTER_EMAIL": "a@b.c"})
    write_cases(Path("support.jsonl"), *sums(40))
    bench.path = Path("support.jsonl")
    prompt = load_prompt(Path("prompt.md"))
    assert not prompt.dirty
    with serving(_right) as server:
        one = probed("gpt-6-luna", server.base)._replace(subject=LUNA)
        found = bench.evaluate(bench.plan(one, prompt=prompt))
    kept = tuple(measurements(found.comparison, DAY, str(found.path)))
    keep(kept, found.path)
    return kept[0]


def _right(body: dict[str, Any]) -> str:
    return str(2 * int(body["messages"][-1]["content"].rpartition(" ")[2].strip("?")))


def test_a_score_is_read_back_and_satisfies_the_floor(bench: Bench, measured: Measurement) -> None:
    counted = read_measurements(DAY, bench.runs)
    assert counted.fresh == (measured,)
    assert measured.quantity == "score:support"
    assert measured.low is not None
    assert measured.low > 90
    requirements = parse_requirements(FLOOR, name="advisor.yaml").requirements
    catalog = load_catalog(DAY)
    before = advise(catalog, requirements).workloads[0]
    after = advise(catalog, requirements, measurements=counted.fresh).workloads[0]
    assert before.status is Status.UNDECIDED
    assert after.recommended == LUNA
    assert after.status is not Status.UNDECIDED
    low = measured._replace(value=60.0, low=50.0, high=70.0)
    assert advise(catalog, requirements, measurements=[low]).workloads[0].recommended != LUNA


def test_an_own_set_ranks_those_that_were_measured_on_it(measured: Measurement) -> None:
    text = FLOOR.replace("instruction-following", '"score:support"').replace("at_least", "within_points_of_best")
    text = text.replace("{score: 80, case_set: support}", "10")
    requirements = parse_requirements(text, name="advisor.yaml").requirements
    other = measured._replace(subject="deepseek/deepseek-v4-pro~high", value=70.0, low=60.0, high=80.0)
    found = advise(load_catalog(DAY), requirements, measurements=[measured, other]).workloads[0]
    assert found.recommended == LUNA
    quality = found.standings[0].quality
    assert quality is not None
    assert (quality.dimension, quality.unit) == ("score:support", "percent")
    assert "deepseek/deepseek-v4-pro~high" not in {one.id for one in found.standings}


CHANGES: dict[str, Callable[[], object]] = {
    "the prompt prompt.md changed": lambda: Path("prompt.md").write_text(PROMPT + "Please."),
    "the prompt prompt.md is not here": lambda: Path("prompt.md").unlink(),
    "cases of support.jsonl changed": lambda: write_cases(Path("support.jsonl"), {**sums(1)[0], "answer": 9}),
}


@pytest.mark.parametrize("reason", list(CHANGES))
def test_it_no_longer_counts_when_what_it_rests_on_changes(bench: Bench, measured: Measurement, reason: str) -> None:
    CHANGES[reason]()
    counted = read_measurements(DAY, bench.runs)
    assert counted.fresh == ()
    assert counted.stale[measured.subject, measured.quantity].startswith(reason)


def test_more_cases_void_nothing_and_age_does(bench: Bench, measured: Measurement) -> None:
    write_cases(Path("support.jsonl"), *sums(50))
    assert read_measurements(DAY, bench.runs).fresh == (measured,)
    late = read_measurements(DAY + timedelta(days=91), bench.runs)
    assert late.stale[measured.subject, measured.quantity] == "measured 91 days ago"
    assert read_measurements(DAY - timedelta(days=1), bench.runs).fresh == ()


def test_another_model_behind_the_name_ends_it(bench: Bench, measured: Measurement) -> None:
    served = [basis._replace(version="gpt-7") if basis.kind == "served" else basis for basis in measured.rests_on]
    newer = measured._replace(quantity="score:other", rests_on=tuple(served))
    keep((newer,), bench.runs / "z.jsonl")
    counted = read_measurements(DAY, bench.runs)
    assert counted.fresh == (newer,)
    assert counted.stale[measured.subject, measured.quantity] == "gpt-7 answers now, gpt-6-luna did then"


def test_a_decision_carries_the_score_to_where_no_run_is(
    measured: Measurement, capsys: pytest.CaptureFixture[str]
) -> None:
    requirements = parse_requirements(FLOOR, name="advisor.yaml").requirements
    catalog = load_catalog(DAY)
    advice = advise(catalog, requirements, measurements=[measured])
    lock = decide(advice, requirements, catalog, "advisor.yaml", measurements=[measured])
    found = locked_scores(lock, DAY, ())
    assert found == (measured._replace(source="advisor.lock"),)
    assert locked_scores(lock, DAY, (measured,)) == ()
    Path("prompt.md").write_text("another")
    assert locked_scores(lock, DAY, ()) == ()
    assert "no longer counts: the prompt prompt.md changed" in capsys.readouterr().err


def test_held_cases_are_what_a_score_rests_on(bench: Bench) -> None:
    cases = sums(30)
    held = [{**case, "split": "held"} for case in cases[20:]]
    write_cases(bench.path, *cases[:20], *held)

    def answer(body: dict[str, Any]) -> str:
        number = int(body["messages"][-1]["content"].rpartition(" ")[2].strip("?"))
        return str(2 * number if number < 20 else 1)

    with serving(answer) as server:
        one = probed("gpt-6-luna", server.base)._replace(subject=LUNA)
        found = bench.evaluate(bench.plan(one, prompt=BARE))
    kept = next(measurements(found.comparison, DAY, "run"))
    assert (kept.value, kept.n) == (0.0, 10)
    result = found.comparison.results[0]
    assert result.score is not None
    assert result.score.value == pytest.approx(2 / 3)
    keep((kept,), found.path)
    write_cases(bench.path, *cases[:20], *held, {"id": "more", "input": "?", "split": "held"})
    reason = read_measurements(DAY, bench.runs).stale[LUNA, "score:support"]
    assert "the held cases of" in reason


def test_a_score_that_nobody_read_decides_nothing(measured: Measurement) -> None:
    requirements = parse_requirements(FLOOR, name="advisor.yaml").requirements
    catalog = load_catalog(DAY)
    advice = advise(catalog, requirements, measurements=[measured])
    lock = decide(advice, requirements, catalog, "advisor.yaml", measurements=[measured])
    unread = mark_unread(lock, requirements)
    assert lock.workloads[0].status != "undecided"
    assert unread.workloads[0].status == "undecided"
    assert "nobody has read" in unread.workloads[0].open_questions[-1]
    basis = tuple(one._replace(version="3") if one.kind == "read" else one for one in measured.rests_on)
    read = measured._replace(rests_on=basis)
    again = decide(advice, requirements, catalog, "advisor.yaml", measurements=[read])
    assert mark_unread(again, requirements) == again


def test_a_model_that_answers_in_anothers_place_is_no_evidence(bench: Bench) -> None:
    write_cases(bench.path, *sums(5))
    with serving(_right) as server:
        server.served_model = "gpt-4o-mini"
        one = probed("gpt-6-luna", server.base)._replace(subject=LUNA)
        found = bench.evaluate(bench.plan(one)).comparison
    assert found.results[0].n == 5
    assert swapped_models(found.results[0].scores) == ("gpt-4o-mini",)
    assert list(measurements(found, DAY, "run")) == []
