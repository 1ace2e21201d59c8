"""One evaluation from its plan to what it proves: the file that it is kept in, the run, the comparison."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from advisor.errors import EvaluationError, ProbeError
from advisor.evals.cases import load_cases
from advisor.evals.chain_run import Chain, ChainRunner
from advisor.evals.compare import MARGIN, Comparison, compare, floor_state
from advisor.evals.judge_gate import LEAST_LABELS
from advisor.evals.plan import Plan
from advisor.evals.results import Scores, score
from advisor.evals.run import Judge, Notify, Runner, head_line
from advisor.evals.run_file import FOLDER, AnswerLine, JudgmentLine, make_folder, read_lines
from advisor.facts import Ternary
from advisor.probe.budget import Budget, Caps
from advisor.probe.run_file import RunFile
from advisor.probe.worker_client import WorkerClient

STALE_AFTER_DAYS = 90
"""Services change their models without notice; an older answer is asked for again."""

_LEAST = 10
"""So many cases are asked before it may stop early."""
_HOPELESS = 4
"""With so many times the cases that are left still missing, the rest would not decide it."""


class Known(NamedTuple):
    """What earlier runs have."""

    answers: Mapping[str, AnswerLine]
    judgments: Mapping[str, JudgmentLine]


class Evaluation(NamedTuple):
    """What a run found."""

    comparison: Comparison
    reason: str
    """Why it ended."""
    path: Path
    changed: bool
    """Whether the file of the cases changed under the run."""


class Goal(NamedTuple):
    """What is to be found out."""

    margin: float = MARGIN
    """A difference below it does not matter."""
    floor: float | None = None
    """What a candidate must reach, 0 to 1."""
    until_decided: bool = False


def known_lines(now: datetime, folder: Path = FOLDER) -> Known:
    """Return the answers and judgments that are kept and not too old, the newest of each; faults are asked again."""
    answers, judgments = dict[str, AnswerLine](), dict[str, JudgmentLine]()
    oldest = now - timedelta(days=STALE_AFTER_DAYS)
    for line in read_lines(folder):
        if line.answer.fault is not None or line.started_at < oldest:
            continue
        if isinstance(line, AnswerLine):
            answers[line.key] = line
        else:
            judgments[line.key] = line
    return Known(answers, judgments)


async def evaluate(
    plan: Plan,
    judge: Judge | None,
    link: WorkerClient | None,
    caps: Caps,
    goal: Goal,
    *,
    judgments: Mapping[str, JudgmentLine],
    refused: Mapping[str, str],
    labels: Mapping[str, float] | None = None,
    notify: Notify,
    opened: Callable[[Runner], None],
    folder: Path = FOLDER,
    chain: Chain | None = None,
) -> Evaluation:
    """Run a plan to the end, a decision or a cap. Nothing is sent to those who are ``refused``.

    ``link`` may be None where no answer is missing.

    ``opened`` is told of the runner before the first request, so that what it has can be shown if it is interrupted.
    Raises ProbeError if the worker is not attached, EvaluationError if the results cannot be kept.
    """
    if link is not None and link.ready is None:
        raise ProbeError("the worker process was not attached")
    make_folder(folder)
    started_at = datetime.now(UTC)
    run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    file = RunFile(folder / f"{run_id}.jsonl")
    try:
        file.append(head_line(plan, judge, run_id, _litellm_version(link), started_at))
        make: type[Runner] | partial[ChainRunner] = Runner if chain is None else partial(ChainRunner, chain=chain)
        runner = make(
            plan,
            judge,
            link,
            Budget(caps, asyncio.get_running_loop().time),
            file,
            judgments=judgments,
            notify=notify,
            is_decided=_stopping(plan, judge, goal) if goal.until_decided else None,
            try_constant=len(labels or {}) >= LEAST_LABELS,
        )
        opened(runner)
        for name, words in refused.items():
            runner.skip(name, words)
        reason = await runner.run()
    finally:
        file.close()
    if isinstance(runner, ChainRunner):
        plan = plan._replace(prompt=runner.prompt_read(plan.prompt))
    return Evaluation(conclude(runner, plan, judge, goal, labels), reason, file.path, _has_changed(plan))


def _litellm_version(link: WorkerClient | None) -> str:
    return link.ready.litellm if link is not None and link.ready is not None else "none"


def conclude(
    runner: Runner, plan: Plan, judge: Judge | None, goal: Goal, labels: Mapping[str, float] | None = None
) -> Comparison:
    """Return what the answers so far prove."""
    found = score(plan, judge, runner.answers, runner.judgments, labels)
    return compare(found, margin=goal.margin, sequential=goal.until_decided)


def is_settled(comparison: Comparison, floor: float | None) -> bool:
    """Whether the pairs with the best are decided, and every candidate lies surely above or below the floor."""
    if floor is not None and any(floor_state(one, floor) is Ternary.UNKNOWN for one in comparison.results):
        return False
    return comparison.is_decided


def _stopping(
    plan: Plan, judge: Judge | None, goal: Goal
) -> Callable[[Mapping[str, AnswerLine], Mapping[str, JudgmentLine]], bool]:
    """Look now and then whether the question is settled, or cannot be by the cases that are left."""
    every = max(1, len(plan.requests) // 100)
    looked_at = 0

    def is_over(answers: Mapping[str, AnswerLine], judgments: Mapping[str, JudgmentLine]) -> bool:
        nonlocal looked_at
        if len(answers) - looked_at < every or len(answers) < _LEAST * len(plan.candidates):
            return False
        looked_at = len(answers)
        scores = score(plan, judge, answers, judgments)
        found = compare(scores, margin=goal.margin, sequential=True)
        return is_settled(found, goal.floor) or _is_hopeless(found, scores)

    return is_over


def _is_hopeless(found: Comparison, scores: Scores) -> bool:
    """Whether the pairs that are open need far more cases than are left."""
    missing = [pair.more_cases for pair in found.pairs if pair.more_cases is not None]
    done = min((len(one.scored) for one in scores.candidates), default=0)
    left = len(scores.plan.order) - done
    return bool(missing) and done >= _LEAST * 3 and min(missing) > _HOPELESS * max(left, 1)


def _has_changed(plan: Plan) -> bool:
    """Whether the file has other cases now than those that were asked."""
    try:
        return load_cases(Path(plan.case_set.path), skip_bad=True).version != plan.case_set.version
    except EvaluationError:
        return True
