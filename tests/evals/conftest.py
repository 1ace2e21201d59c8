"""Sets of cases, candidates on loopback and a worker process for the tests of evaluations."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from advisor.catalog.records import PriceRow
from advisor.evals.cases import load_cases
from advisor.evals.plan import Plan, Settings, make_plan
from advisor.evals.prompts import BARE, Prompt
from advisor.evals.run import Judge, Runner
from advisor.evals.run_file import AnswerLine
from advisor.evals.session import Evaluation, Goal, evaluate, known_lines
from advisor.facts import Source, State
from advisor.probe.budget import Caps
from advisor.probe.candidates import ProbeTarget
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import CallTarget

DAY = date(2026, 11, 29)

SETTINGS = Settings(max_tokens=100, backoff_s=0.01)
GOAL = Goal()

Result = TypeVar("Result")


def probed(name: str, base: str, price: tuple[int, int] | None = None) -> ProbeTarget:
    """A candidate at a loopback server, which asks for money where a price is stated."""
    rows: tuple[PriceRow, ...] = ()
    if price is not None:
        given, made = (Decimal(one) for one in price)
        source = Source("stated", DAY)
        rows = (PriceRow("standard", None, None, 0, None, given, made, None, None, State.KNOWN, source),)
    target = CallTarget(model=f"openai/{name}", api_base=base, key_variable="")
    return ProbeTarget(name, target, None, rows, "standard", price is None)


def write_cases(path: Path, *cases: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(case) + "\n" for case in cases))
    return path


def sums(count: int) -> list[dict[str, Any]]:
    """Cases that ask for twice a number."""
    return [{"id": f"c{number}", "input": f"What is twice {number}?", "answer": 2 * number} for number in range(count)]


class Worker:
    """One worker process for all tests, attached to an event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.link = WorkerClient(os.environ)
        self.do(self.link.attach())

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of a coroutine in the loop that the worker is attached to."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=120)

    def close(self) -> None:
        self.do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self.link.close()
        await asyncio.sleep(0.01)  # the pipes tell the loop that they are closed


class Bench:
    """A folder with a set of cases and its runs."""

    def __init__(self, folder: Path, worker: Worker) -> None:
        self.folder = folder
        self.path = folder / "support.jsonl"
        self.lines: list[Any] = []
        self._worker = worker

    @property
    def runs(self) -> Path:
        return self.folder / ".advisor/evals"

    def plan(
        self, *candidates: ProbeTarget, prompt: Prompt = BARE, settings: Settings = SETTINGS, is_fresh: bool = False
    ) -> Plan:
        known = {} if is_fresh else known_lines(datetime.now(UTC), self.runs).answers
        return make_plan(load_cases(self.path), prompt, candidates, settings, known=known, day=DAY)

    def evaluate(
        self,
        plan: Plan,
        goal: Goal = GOAL,
        *,
        usd: str = "1",
        judge: Judge | None = None,
        opened: Callable[[Runner], None] = lambda _: None,
        labels: Mapping[str, float] | None = None,
    ) -> Evaluation:
        return self._worker.do(
            evaluate(
                plan,
                judge,
                self._worker.link,
                Caps(Decimal(usd), 10_000, 600.0),
                goal,
                judgments=known_lines(datetime.now(UTC), self.runs).judgments,
                refused={},
                labels=labels,
                notify=self.lines.append,
                opened=opened,
                folder=self.runs,
            )
        )

    @property
    def answers(self) -> list[AnswerLine]:
        return [line for line in self.lines if isinstance(line, AnswerLine)]


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    found = Worker()
    yield found
    found.close()


@pytest.fixture
def bench(tmp_path: Path, worker: Worker) -> Bench:
    return Bench(tmp_path, worker)
