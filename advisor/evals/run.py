"""Ask for the answers of a plan: interleaved, within the caps, each on disk before the next one is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count, islice
from typing import Any, NamedTuple

from advisor.errors import ProbeError
from advisor.evals.cases import Case
from advisor.evals.faults import ENDING, PASSING
from advisor.evals.judge_gate import CONSTANT, CONSTANT_CASES
from advisor.evals.plan import Plan, Request, request_usd
from advisor.evals.run_file import (
    AnswerLine,
    EndLine,
    HeadLine,
    JudgmentLine,
    judgment_key,
    output_hash,
)
from advisor.evals.scorers import choose, failed_check
from advisor.evals.scorers.base import JudgedScorer
from advisor.probe.budget import Budget, CapReached
from advisor.probe.candidates import ProbeTarget
from advisor.probe.cost import usd
from advisor.probe.faults import UNBILLED, Fault
from advisor.probe.run_file import RunFile
from advisor.probe.runner import candidate_line
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import CallAnswer, Content, Message, Params, RequestLimits, Send
from advisor.version import __version__

_LONGEST_WAIT_S = 120.0
_AHEAD = 8
"""How many cases one candidate may be ahead of another where the run may stop early."""

_REFUSED_IN_A_ROW = 5
"""So many requests refused as written, and nothing else, are no accident of a case."""

Notify = Callable[[AnswerLine | JudgmentLine], None]
IsDecided = Callable[[Mapping[str, AnswerLine], Mapping[str, JudgmentLine]], bool]


class Judge(NamedTuple):
    """The model that judges, and how it is asked."""

    probed: ProbeTarget
    max_tokens: int = 1_000
    params: Params = Params(temperature=0.0)


class Asked(NamedTuple):
    """What came of asking, retries included."""

    answer: CallAnswer
    attempt: int
    started_at: datetime
    usd: Decimal | None
    steps: int = 1


class Runner:
    """One run. ``notify`` is told of each line; ``is_decided`` says whether nothing is left to find out."""

    def __init__(
        self,
        plan: Plan,
        judge: Judge | None,
        link: WorkerClient | None,
        budget: Budget,
        file: RunFile,
        *,
        judgments: Mapping[str, JudgmentLine],
        notify: Notify,
        is_decided: IsDecided | None = None,
        try_constant: bool = False,
    ) -> None:
        self._plan = plan
        self._settings = plan.settings
        self._judge = judge
        self._judge_params = judge.params if judge else Params()
        self._link = link
        self._budget = budget
        self._file = file
        self._notify = notify
        self._is_decided = is_decided
        self._try_constant = try_constant
        self._numbers = count(1)
        self._slots = asyncio.Semaphore(plan.settings.concurrency)
        self._settled = asyncio.Condition()
        self._in_flight = 0
        self._over: dict[str, CallAnswer] = {}
        self._refused: dict[str, int] = {}
        self._done: dict[str, int] = {one.name: 0 for one in plan.candidates}
        self._progress = asyncio.Condition()
        self._stopped = False
        self.answers = dict(plan.known)
        self.judgments = dict(judgments)

    def skip(self, name: str, words: str) -> None:
        """Leave a candidate out; nothing is sent for it, and each of its cases has this fault."""
        self._over[name] = CallAnswer(id=0, fault=Fault.AUTHENTICATION, message=words)

    async def run(self) -> str:
        """Ask to the end, a decision, a cap or a cancellation; the reason why it ended."""
        reason = "interrupted"
        try:
            reason = await self._streams()
            if self._try_constant and self._judge is not None:
                await self._judge_constant(self._judge)
        except CapReached as cap:
            reason = f"cap on {cap.cap}: {cap.message}"
        finally:
            await self._end()
            self._file.append(
                EndLine(
                    ended_at=datetime.now(UTC),
                    reason=reason,
                    requests=self._budget.sent,
                    spent_usd=self._budget.spent_usd,
                )
            )
        return reason

    async def _end(self) -> None:
        """Put away what a run needed beside its worker."""

    async def _streams(self) -> str:
        """As many streams a candidate as may run at a time; the slots they share go round in turn."""
        queues = {
            one.name: iter([request for request in self._plan.requests if request.candidate.name == one.name])
            for one in self._plan.candidates
        }
        # One of each candidate first: the slots are handed out in the order in which they are asked for.
        tasks = [
            asyncio.create_task(self._stream(name, queue))
            for _ in range(self._settings.concurrency)
            for name, queue in queues.items()
        ]
        try:
            # What is on its way when a cap is reached was reserved: it is waited for.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            self._stopped = True
            async with self._progress:
                self._progress.notify_all()
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result
        return "decided" if "decided" in results else "done"

    async def _stream(self, name: str, queue: Iterator[Request]) -> str:
        for place, request in _numbered(queue, self._done, name):
            if self._stopped:
                break
            await self._keep_pace(name, place)
            await self._settle(request)
            async with self._progress:
                self._progress.notify_all()
            if self._is_decided is not None and self._is_decided(self.answers, self.judgments):
                self._stopped = True
                async with self._progress:
                    self._progress.notify_all()  # those who wait for a pair need not any more
                return "decided"
        return "done"

    async def _keep_pace(self, name: str, place: int) -> None:
        """Where the run may stop early, wait for those who are far behind: a pair needs both."""
        if self._is_decided is None:
            return
        others = [one.name for one in self._plan.candidates if one.name != name]
        ahead = _AHEAD + self._settings.concurrency

        def may_go() -> bool:
            behind = [self._done[other] for other in others if other not in self._over]
            return self._stopped or not behind or place - min(behind) <= ahead

        async with self._progress:
            await self._progress.wait_for(may_go)

    async def _settle(self, request: Request) -> None:
        """Ask for the answer and what the judge says of it, unless they are known."""
        line = self.answers.get(request.key)
        if line is None:
            line = await self._answer(request)
        content = line.answer.content
        if line.answer.fault is not None or content is None or self._judge is None:
            return
        if failed_check((*self._plan.prompt.checks, *request.case.checks), content) is None:
            await self._judgment(self._judge, request.case, content)

    async def _answer(self, request: Request) -> AnswerLine:
        name = request.candidate.name
        over = self._over.get(name)
        if over is not None:
            asked = Asked(over, 0, datetime.now(UTC), None)
        else:
            asked = await self._answer_to(request)
            self._learn(name, asked.answer)
        line = AnswerLine(
            key=request.key,
            candidate=name,
            case=request.case.id,
            epoch=request.epoch,
            attempt=asked.attempt,
            steps=asked.steps,
            started_at=asked.started_at,
            usd=asked.usd,
            answer=asked.answer,
        )
        self._keep(line, self.answers)
        return line

    async def _answer_to(self, request: Request) -> Asked:
        """Return what a candidate says to a case."""
        most = (request.most_usd, self._settings.max_tokens)
        return await self._ask(request.candidate, request.messages, self._plan.prompt.params, most)

    def _learn(self, name: str, answer: CallAnswer) -> None:
        """Whether a candidate will answer nothing at all."""
        refused = self._refused.get(name, 0) + 1 if answer.fault is Fault.BAD_REQUEST else 0
        self._refused[name] = refused
        if answer.fault in ENDING or refused >= _REFUSED_IN_A_ROW:
            self._over[name] = answer

    async def _judgment(self, judge: Judge, case: Case, content: Content) -> None:
        scorer = choose(case, judged=True)
        if not isinstance(scorer, JudgedScorer) or judge.probed.name in self._over:
            return
        output = output_hash(content)
        for number, messages in enumerate(scorer.questions(case, content)):
            key = judgment_key(judge.probed.target, scorer.prompt_version, case, output, number=number)
            if key in self.judgments:
                continue
            day = datetime.now(UTC).date()
            most = request_usd(judge.probed, messages, judge.max_tokens, day, tools=False)
            params = self._judge_params
            asked = await self._ask(judge.probed, messages, params, (most, judge.max_tokens))
            if asked.answer.fault is Fault.UNSUPPORTED and params != Params():
                self._judge_params = Params()  # a model that reasons takes no temperature
                asked = await self._ask(judge.probed, messages, self._judge_params, (most, judge.max_tokens))
            self._learn(judge.probed.name, asked.answer)
            self._keep(
                JudgmentLine(
                    key=key,
                    judge=judge.probed.name,
                    case=case.id,
                    output=output,
                    started_at=asked.started_at,
                    usd=asked.usd,
                    answer=asked.answer,
                ),
                self.judgments,
            )

    async def _judge_constant(self, judge: Judge) -> None:
        """Ask the judge of an answer that says the same to everything."""
        for case in constant_cases(self._plan.order):
            await self._judgment(judge, case, Content(text=CONSTANT))

    def _keep(self, line: Any, kept: dict[str, Any]) -> None:
        self._file.append(line)
        kept[line.key] = line
        self._notify(line)

    async def _ask(
        self, probed: ProbeTarget, messages: tuple[Message, ...], params: Params, most: tuple[Decimal, int]
    ) -> Asked:
        """Ask, and ask again while the fault is one that may pass; the last of what came."""
        spent: Decimal | None = Decimal(0)
        for attempt in count(1):
            started_at = datetime.now(UTC)
            async with self._slots:
                answer, cost = await self._once(probed, messages, params, most)
            spent = None if spent is None or cost is None else spent + cost
            if answer.fault not in PASSING or attempt > self._settings.retries or self._stopped:
                return Asked(answer, attempt, started_at, spent)
            wait = answer.retry_after_s or self._settings.backoff_s * 2 ** (attempt - 1)
            if min(wait, self._budget.seconds_left) > _LONGEST_WAIT_S or wait > self._budget.seconds_left:
                return Asked(answer, attempt, started_at, spent)
            await asyncio.sleep(wait)
        raise AssertionError("count() does not end")

    async def _once(
        self, probed: ProbeTarget, messages: tuple[Message, ...], params: Params, most: tuple[Decimal, int]
    ) -> tuple[CallAnswer, Decimal | None]:
        """One request: reserve, send, settle. Raises CapReached instead of sending what could break a cap."""
        if self._link is None:
            raise ProbeError("the worker process was not started")
        most_usd, max_tokens = most
        number = next(self._numbers)
        await self._reserve(number, most_usd)
        now = datetime.now(UTC)
        answer = CallAnswer(id=number, fault=Fault.INTERRUPTED)
        cost: Decimal | None = None
        try:
            answer = await self._link.send(
                Send(
                    id=number,
                    target=probed.target,
                    messages=messages,
                    max_tokens=max_tokens,
                    params=params,
                    wants_content=True,
                    limits=self._limits(),
                )
            )
        finally:
            cost = usd(probed.prices, probed.tier, now, answer.tokens)
            if answer.fault in UNBILLED:
                cost = Decimal(0)
            elif answer.doubt is not None:
                cost = most_usd
            is_counted = answer.tokens.source == "server" or answer.fault in UNBILLED
            self._budget.settle(number, cost if is_counted else None)
            self._in_flight -= 1
            async with self._settled:
                self._settled.notify_all()
        return answer, cost if cost is not None or not probed.own_server else Decimal(0)

    async def _reserve(self, number: int, most_usd: Decimal) -> None:
        """Set the money aside; what others set aside and do not use may make room."""
        while True:
            try:
                self._budget.reserve(number, most_usd)
            except CapReached as cap:
                if cap.cap != "money" or not self._in_flight:
                    raise
                async with self._settled:
                    await self._settled.wait()
            else:
                self._in_flight += 1
                return

    def _limits(self) -> RequestLimits:
        limits = self._settings.limits
        return limits.model_copy(update={"total_s": max(0.1, min(limits.total_s, self._budget.seconds_left))})


def constant_cases(order: Sequence[Case]) -> tuple[Case, ...]:
    """Return the cases on which a judge is tried with the constant answer."""
    judged = (case for case in order if isinstance(choose(case, judged=True), JudgedScorer))
    return tuple(islice(judged, CONSTANT_CASES))


def _numbered(queue: Iterator[Request], done: dict[str, int], name: str) -> Iterator[tuple[int, Request]]:
    """Yield the requests with the number of those that were taken before; counts one as done when the next is taken."""
    for request in queue:
        yield done[name], request
        done[name] += 1


def head_line(plan: Plan, judge: Judge | None, run_id: str, litellm_version: str, started_at: datetime) -> HeadLine:
    """Return the conditions of a run."""
    prompt, case_set = plan.prompt, plan.case_set
    return HeadLine(
        id=run_id,
        started_at=started_at,
        advisor_version=__version__,
        litellm_version=litellm_version,
        case_set=case_set.name,
        case_set_path=case_set.path,
        case_set_version=case_set.version,
        cases=len(case_set.accepted),
        prompt_path=prompt.path,
        prompt_version=prompt.version,
        prompt_dirty=prompt.dirty,
        params=prompt.params,
        max_tokens=plan.settings.max_tokens,
        epochs=plan.settings.epochs,
        judge=judge.probed.name if judge else None,
        candidates=tuple(candidate_line(one, started_at.date()) for one in plan.candidates),
    )
