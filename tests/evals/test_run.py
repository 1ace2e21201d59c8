"""A run asks each case of each candidate once, keeps what came, and goes on where it stopped."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

from advisor.evals.compare import PairVerdict
from advisor.evals.run import Runner
from advisor.evals.session import Goal
from tests.evals.answer_server import last_text, serving
from tests.evals.conftest import SETTINGS, Bench, probed, sums, write_cases


def _answer(body: dict[str, Any]) -> Any:
    number = int(re.findall(r"\d+", last_text(body))[-1])
    model = body["model"]
    if model == "down" or (model == "shaky" and number == 3):
        return 500
    return f"It is {2 * number}." if model in ("good", "shaky") or number % 2 else "I do not know: 1."


def test_a_better_candidate_is_told_and_nothing_is_asked_twice(bench: Bench) -> None:
    write_cases(bench.path, *sums(30))
    with serving(_answer) as server:
        both = probed("good", server.base), probed("bad", server.base)
        first = bench.evaluate(bench.plan(*both))
        again = bench.evaluate(bench.plan(*both))
    asked = Counter((body["model"], last_text(body)) for body in server.asked)
    assert len(asked) == 60
    assert set(asked.values()) == {1}
    order = [body["model"] for body in server.asked[:20]]
    assert 6 <= order.count("good") <= 14
    for found in (first, again):
        good, bad = found.comparison.results
        assert good.score is not None
        assert bad.score is not None
        assert (good.score.value, bad.score.value, good.n) == (1.0, 0.5, 30)
        assert found.comparison.pairs[0].verdict is PairVerdict.FIRST
        assert found.comparison.is_decided
    assert first.comparison.results == again.comparison.results


def test_a_fault_is_no_zero_and_no_answer_that_is_left_out(bench: Bench) -> None:
    write_cases(bench.path, *sums(12))
    settings = SETTINGS._replace(retries=1)
    with serving(_answer) as server:
        three = [probed(name, server.base) for name in ("good", "shaky", "down")]
        found = bench.evaluate(bench.plan(*three, settings=settings)).comparison
    good, shaky, down = found.results
    assert shaky.score is not None
    assert good.score is not None
    assert (shaky.n, shaky.score.value) == (11, 1.0)
    assert shaky.scores.faults == {"server-error": 1}
    assert shaky.score.low < good.score.low
    assert (down.n, down.score, down.scores.faults) == (0, None, {"server-error": 12})
    pair = found.pairs[0]
    assert pair.open == ("c3",)
    assert pair.difference is not None
    assert pair.difference.n == 11
    assert not found.is_decided
    assert sum(body["model"] == "shaky" for body in server.asked) == 13


def test_the_cap_holds_and_the_same_command_goes_on(bench: Bench) -> None:
    write_cases(bench.path, *sums(20))
    with serving(_answer) as server:
        dear = probed("good", server.base, price=(1_000, 1_000))
        plan = bench.plan(dear)
        most = plan.requests[0].most_usd
        stopped = bench.evaluate(plan, usd=str(2 * most))
        more = bench.evaluate(bench.plan(dear), usd=str(2 * most))
    assert stopped.reason.startswith("cap on money")
    assert 0 < stopped.comparison.results[0].n < 20
    assert more.comparison.results[0].n > stopped.comparison.results[0].n
    asked = Counter(last_text(body) for body in server.asked)
    assert set(asked.values()) == {1}
    spent = stopped.comparison.results[0].scores.usd
    assert spent is not None
    assert spent <= 2 * most


def _answered(lines: bytes) -> Iterator[str]:
    """The cases of whole lines: a torn one may end at an inner bracket, and is none."""
    for line in lines.splitlines():
        with suppress(ValueError):
            found = json.loads(line)
            if found["kind"] == "answer":
                yield found["case"]


def test_a_run_cut_at_ten_moments_asks_again_what_was_not_on_disk_and_nothing_else(bench: Bench) -> None:
    write_cases(bench.path, *sums(12))
    with serving(_answer) as server:
        good = probed("good", server.base)
        bench.evaluate(bench.plan(good))
        (run,) = bench.runs.glob("*.jsonl")
        whole, random = run.read_bytes(), Random(5)
        for cut in sorted(random.sample(range(len(whole) // 4, len(whole)), 10)):
            for later in bench.runs.glob("*.jsonl"):
                later.unlink()
            run.write_bytes(whole[:cut])
            kept = set(_answered(whole[:cut]))
            server.asked.clear()
            found = bench.evaluate(bench.plan(good))
            asked = {last_text(body) for body in server.asked}
            assert asked == {f"What is twice {number}?" for number in range(12) if f"c{number}" not in kept}
            assert len(server.asked) == len(asked), "once each"
            assert found.comparison.results[0].n == 12


def test_it_stops_when_it_is_decided(bench: Bench) -> None:
    write_cases(bench.path, *sums(200))
    with serving(_answer) as server:
        both = probed("good", server.base), probed("bad", server.base)
        found = bench.evaluate(bench.plan(*both), Goal(until_decided=True))
    assert found.reason == "decided"
    assert found.comparison.pairs[0].verdict is PairVerdict.FIRST
    assert len(server.asked) < 160
    assert found.comparison.results[0].scores.faults == {}


def test_epochs_are_averaged_and_rank_no_case_twice(bench: Bench) -> None:
    four, five = {"id": "a", "input": "twice 4?", "answer": 8}, {"id": "b", "input": "twice 5?", "answer": 10}
    write_cases(bench.path, four, five)
    turns = Counter[str]()

    def answer(body: dict[str, Any]) -> str:
        turns[last_text(body)] += 1
        return "8" if turns[last_text(body)] % 2 else "9"

    with serving(answer) as server:
        settings = SETTINGS._replace(epochs=2)
        found = bench.evaluate(bench.plan(probed("m", server.base), settings=settings)).comparison
    scored = found.results[0].scores.scored
    assert {name: one.value for name, one in scored.items()} == {"a": 0.5, "b": 0.0}
    assert found.results[0].n == 2


def test_a_set_that_changes_under_the_run_is_told(bench: Bench) -> None:
    write_cases(bench.path, *sums(4))

    def change(_: Runner) -> None:
        write_cases(bench.path, *sums(5))

    with serving(_answer) as server:
        found = bench.evaluate(bench.plan(probed("good", server.base)), opened=change)
    assert found.changed
    assert found.comparison.results[0].n == 4


def test_one_at_a_time_ends_too_when_it_is_decided(bench: Bench) -> None:
    write_cases(bench.path, *sums(120))
    settings = SETTINGS._replace(concurrency=1)
    with serving(_answer) as server:
        both = probed("good", server.base), probed("bad", server.base)
        found = bench.evaluate(bench.plan(*both, settings=settings), Goal(until_decided=True))
    assert found.reason == "decided"
