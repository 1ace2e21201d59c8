"""From answers to scores: of each candidate and case, the mean over its epochs, or the fault that left it open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from advisor.evals.cases import Case
from advisor.evals.plan import Plan, Request
from advisor.evals.run import Judge
from advisor.evals.run_file import AnswerLine, JudgmentLine, answer_id, judgment_key, output_hash
from advisor.evals.scorers import choose, failed_check
from advisor.evals.scorers.base import JudgedScorer, Score
from advisor.probe.candidates import ProbeTarget
from advisor.probe.faults import Fault
from advisor.probe.worker_protocol import Content

JUDGE_FAULT = "judge-unreadable"
"""The judge answered, but no verdict."""
NO_SCORER = "nothing-to-score-by"
"""The case carries no answer, reference or check, or needs a judge that was not named."""
NOT_ASKED = "not-asked"
"""The run ended before the case was asked."""

_CUT = ("length", "max_tokens", "MAX_TOKENS")


class Usage(NamedTuple):
    """Tokens of all answers, where they were counted."""

    input: int
    cached: int
    reasoning: int
    output: int


class CaseScore(NamedTuple):
    """A case that was scored: the mean over its epochs."""

    case: Case
    value: float
    epochs: int
    is_binary: bool
    """Whether each epoch could only be 0 or 1."""
    because: str
    text: str
    """What the first epoch answered."""
    outputs: tuple[str, ...]
    """The ids of the answers, by which labels know them."""
    values: tuple[float, ...]
    """The score of each answer."""
    is_judged: bool


class CandidateScores(NamedTuple):
    """What came of one candidate."""

    probed: ProbeTarget
    scored: Mapping[str, CaseScore]
    """By the id of the case."""
    open: Mapping[str, str]
    """Cases without a score, and the class of fault that left each open."""
    faults: Mapping[str, int]
    """Answers that were asked for and did not come, by class."""
    messages: Mapping[str, str]
    """Of each class the first message."""
    usd: Decimal | None
    usage: Usage
    served_models: tuple[str, ...]
    cut: int
    """Answers that the limit on tokens cut short."""
    steps: int
    """Calls that were made for all answers."""
    times_ms: tuple[float, ...]
    """End to end, of each answer."""

    @property
    def name(self) -> str:
        """The candidate as it was named."""
        return self.probed.name


class Scores(NamedTuple):
    """What came of a plan."""

    plan: Plan
    judge: Judge | None
    candidates: tuple[CandidateScores, ...]
    judge_usd: Decimal | None
    labels: Mapping[str, float] = {}
    """What people said of answers (0 to 1), by the id of the answer."""


def score(
    plan: Plan,
    judge: Judge | None,
    answers: Mapping[str, AnswerLine],
    judgments: Mapping[str, JudgmentLine],
    labels: Mapping[str, float] | None = None,
) -> Scores:
    """Score every answer of a plan."""
    by_name: dict[str, list[Request]] = {one.name: [] for one in plan.candidates}
    for request in plan.requests:
        by_name[request.candidate.name].append(request)
    candidates = tuple(
        _candidate(one, by_name[one.name], plan, judge, answers=answers, judgments=judgments) for one in plan.candidates
    )
    return Scores(plan, judge, candidates, _total(line.usd for line in judgments.values()), labels or {})


def score_answer(
    case: Case, plan: Plan, judge: Judge | None, content: Content, judgments: Mapping[str, JudgmentLine]
) -> Score | str:
    """Return the score of an answer, or the class of fault that left it open; checks come first."""
    failed = failed_check((*plan.prompt.checks, *case.checks), content)
    scorer = choose(case, judged=judge is not None)
    if failed is not None:
        return failed
    if scorer is None:
        has_checks = bool(plan.prompt.checks or case.checks)
        return Score(1.0, "meets every check", scorer="checks") if has_checks and _needs_no_more(case) else NO_SCORER
    if not isinstance(scorer, JudgedScorer):
        return scorer.score(case, content)
    return _judged(scorer, case, judge, content, judgments)


def _needs_no_more(case: Case) -> bool:
    """Whether checks alone decide a case: it has no previous answer and no feedback that only a judge can weigh."""
    return choose(case, judged=True) is None


def _judged(
    scorer: JudgedScorer,
    case: Case,
    judge: Judge | None,
    content: Content,
    judgments: Mapping[str, JudgmentLine],
) -> Score | str:
    if judge is None:
        return NO_SCORER
    replies, output = list[str](), output_hash(content)
    for number, _ in enumerate(scorer.questions(case, content)):
        key = judgment_key(judge.probed.target, scorer.prompt_version, case, output, number=number)
        line = judgments.get(key)
        if line is None:
            return NOT_ASKED
        if line.answer.fault is not None:
            return f"judge-{line.answer.fault.value}"
        replies.append(line.answer.content.text if line.answer.content else "")
    try:
        return scorer.read(case, tuple(replies))
    except ValueError:
        return JUDGE_FAULT


def _candidate(
    probed: ProbeTarget,
    requests: list[Request],
    plan: Plan,
    judge: Judge | None,
    *,
    answers: Mapping[str, AnswerLine],
    judgments: Mapping[str, JudgmentLine],
) -> CandidateScores:
    scored, left_open = dict[str, list[tuple[Score, AnswerLine]]](), dict[str, str]()
    faults, messages, lines = Counter[str](), dict[str, str](), list[AnswerLine]()
    for request in requests:
        line = answers.get(request.key)
        found = _found(request.case, line, plan, judge, judgments)
        if line is not None:
            lines.append(line)
        if isinstance(found, str):
            left_open.setdefault(request.case.id, found)
            if found != NOT_ASKED:
                faults[found] += 1
            if line is not None and line.answer.message:
                messages.setdefault(found, line.answer.message)
        elif line is not None:
            scored.setdefault(request.case.id, []).append((found, line))
    by_id = {case.id: case for case in plan.order}
    return CandidateScores(
        probed,
        {name: _case_score(by_id[name], several, judge) for name, several in scored.items()},
        {name: fault for name, fault in left_open.items() if name not in scored},
        dict(faults),
        messages,
        _total(line.usd for line in lines),
        _usage(lines),
        tuple(sorted({line.answer.served_model for line in lines if line.answer.served_model})),
        sum(line.answer.finish_reason in _CUT for line in lines),
        sum(line.steps for line in lines),
        tuple(line.answer.timing.e2e_ms for line in lines if line.answer.timing.e2e_ms is not None),
    )


def _found(
    case: Case, line: AnswerLine | None, plan: Plan, judge: Judge | None, judgments: Mapping[str, JudgmentLine]
) -> Score | str:
    if line is None:
        return NOT_ASKED
    if line.answer.fault is not None:
        return line.answer.fault.value
    if line.answer.content is None:
        return Fault.EMPTY.value
    return score_answer(case, plan, judge, line.answer.content, judgments)


def _case_score(case: Case, several: list[tuple[Score, AnswerLine]], judge: Judge | None) -> CaseScore:
    contents = [line.answer.content for _, line in several if line.answer.content]
    calls = [f"{call.name}({call.arguments})" for call in contents[0].tool_calls] if contents else []
    is_judged = judge is not None and isinstance(choose(case, judged=True), JudgedScorer)
    return CaseScore(
        case,
        sum(one.value for one, _ in several) / len(several),
        len(several),
        all(one.is_binary for one, _ in several),
        several[0][0].because,
        "\n".join(part for part in (contents[0].text if contents else "", *calls) if part),
        tuple(answer_id(case.id, output_hash(content)) for content in contents),
        tuple(one.value for one, _ in several),
        is_judged,
    )


def _usage(lines: list[AnswerLine]) -> Usage:
    tokens = [line.answer.tokens for line in lines]
    return Usage(
        sum(one.input or 0 for one in tokens),
        sum(one.cached or 0 for one in tokens),
        sum(one.reasoning or 0 for one in tokens),
        sum(one.output or 0 for one in tokens),
    )


def _total(costs: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum; None if one of them is not known."""
    known = list(costs)
    return None if any(cost is None for cost in known) else sum((cost for cost in known if cost), Decimal(0))
