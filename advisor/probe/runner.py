"""Run a plan: interleave the candidates, keep the caps, write down each result before the next request."""

from __future__ import annotations

import asyncio
import platform
import secrets
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from advisor.errors import ProbeError
from advisor.probe.budget import Budget, CapReached
from advisor.probe.candidates import ProbeTarget, shown_address
from advisor.probe.cost import most_input_tokens, usd
from advisor.probe.faults import RULINGS, UNBILLED, Fault
from advisor.probe.plan import NONCE_LENGTH, QUICK_ROUNDS, ProbePlan, ProbeSettings, request_usd
from advisor.probe.run_file import FOLDER, CandidateLine, EndLine, Mode, Phase, RequestLine, RunFile, RunLine
from advisor.probe.summary import is_decided
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import CallAnswer, Keys, Message, RequestLimits, Send
from advisor.version import __version__

_HOPS = 3
"""How many redirects a request may follow, where the cap on requests leaves room for them."""

_AHEAD_S = 0.5
"""How long before the intended moment a request under load is given to the worker, which needs time to make it."""

Notify = Callable[[RequestLine], None]


class _State:
    """A candidate while it is probed."""

    def __init__(self, probed: ProbeTarget) -> None:
        self.probed = probed
        self.is_over = False
        self.attempts = 0
        self.rests_until = 0.0

    def note(self, answer: CallAnswer, now: float) -> None:
        """Learn from an answer whether and when to go on."""
        if answer.fault is None:
            return
        self.is_over = self.is_over or RULINGS[answer.fault].ends_candidate
        if answer.retry_after_s is not None:
            self.rests_until = max(self.rests_until, now + answer.retry_after_s)


class Runner:
    """One run. ``random`` orders the rounds and draws arrivals; ``notify`` is told of each result."""

    def __init__(
        self, plan: ProbePlan, link: WorkerClient, budget: Budget, file: RunFile, *, random: Random, notify: Notify
    ) -> None:
        self._plan = plan
        self._settings = plan.settings
        self._link = link
        self._budget = budget
        self._file = file
        self._random = random
        self._notify = notify
        self._numbers = count(1)
        self._states = [_State(candidate.probed) for candidate in plan.candidates]
        self._lines: list[RequestLine] = []
        self._began = asyncio.get_running_loop().time()
        self._first_after_s: float | None = None
        self._without_money: CapReached | None = None

    def skip(self, name: str, answer: CallAnswer) -> None:
        """Leave a candidate out and write down why; nothing is sent for it."""
        state = next(state for state in self._states if state.probed.name == name)
        state.is_over = True
        self._budget.leave(name)
        self._book(state, 0, Phase.WARM_UP, datetime.now(UTC), answer=answer, cost=None)

    async def run(self) -> str:
        """Probe to the end, a cap or a cancellation; the reason why it ended. What was measured is in the file."""
        reason = "interrupted"
        try:
            reason = await self._phases()
            if self._without_money is not None:
                reason = f"cap on {self._without_money.cap}: {self._without_money.message}"
        except CapReached as cap:
            reason = f"cap on {cap.cap}: {cap.message}"
        except ProbeError as error:
            reason = f"failed: {error.message}"
            raise
        finally:
            self._file.append(self._end(reason))
        return reason

    async def _phases(self) -> str:
        if self._settings.warm_up:
            for state in self._states:
                if not state.is_over:
                    await self._request(state, 0, Phase.WARM_UP, self._nonce())
        if self._settings.mode is Mode.LOAD:
            await self._load()
            return "done"
        rounds = count()
        streams = [asyncio.create_task(self._stream(rounds)) for _ in range(self._settings.streams)]
        try:
            # What is on its way when a cap is reached was reserved: it is waited for.
            await asyncio.wait(streams)
        finally:
            for stream in streams:
                stream.cancel()
            results = await asyncio.gather(*streams, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return "decided" if "decided" in results else "done"

    async def _stream(self, rounds: Iterator[int]) -> str:
        """Run rounds one after another, each candidate once a round in random order."""
        while await self._somebody_can_go():
            number = next(rounds)
            for state in self._random.sample(self._states, len(self._states)):
                if self._can_go(state):
                    state.attempts += 1
                    await self._measure(state, number)
            if self._settings.mode is Mode.UNTIL_DECIDED and self._is_alone(number):
                return "done"
            if self._settings.mode is Mode.UNTIL_DECIDED and is_decided(self._names(), self._lines):
                return "decided"
        return "done"

    def _is_alone(self, number: int) -> bool:
        """Whether nobody is left to compare with, and the one who is has been measured as in a quick probe."""
        return len(self._names()) < 2 and number + 1 >= QUICK_ROUNDS  # noqa: PLR2004 - a pair

    async def _measure(self, state: _State, number: int) -> None:
        nonce = self._nonce()
        await self._request(state, number, Phase.MEASURED, nonce)
        if self._settings.mode is Mode.CACHE and not state.is_over:
            await self._request(state, number, Phase.CACHED, nonce)

    def _can_go(self, state: _State) -> bool:
        return (
            not state.is_over
            and state.attempts < self._settings.rounds
            and state.rests_until <= asyncio.get_running_loop().time()
        )

    async def _somebody_can_go(self) -> bool:
        """Whether a candidate is left; waits for those that were asked to wait, if the cap on time allows."""
        now = asyncio.get_running_loop().time()
        left = [state for state in self._states if not state.is_over and state.attempts < self._settings.rounds]
        if not left:
            return False
        wait = min(state.rests_until for state in left) - now
        if wait > self._budget.seconds_left:
            raise CapReached(
                "time", f"a wait of {wait:.0f} s was asked for, longer than is left", "raise --max-seconds"
            )
        if wait > 0:
            await asyncio.sleep(wait)
        return True

    async def _load(self) -> None:
        """Arrivals that do not wait for answers (Poisson): a server that stalls cannot slow down those who ask.

        Raises CapReached in the end if there was one that could not be sent.
        """
        rate = self._settings.rate_per_s or 1.0
        loop = asyncio.get_running_loop()
        start, arrivals = loop.time() + _AHEAD_S, list[tuple[float, _State, int]]()
        for state in self._states:
            moment = start
            for number in range(self._settings.rounds):
                moment += self._random.expovariate(rate)
                arrivals.append((moment, state, number))
        tasks: list[asyncio.Task[CapReached | None]] = []
        try:
            async with asyncio.TaskGroup() as group:
                for moment, state, number in sorted(arrivals, key=lambda arrival: arrival[0]):
                    await asyncio.sleep(max(0.0, moment - _AHEAD_S - loop.time()))
                    if not state.is_over:
                        request = self._request(state, number, Phase.MEASURED, self._nonce(), moment - loop.time())
                        tasks.append(group.create_task(_capped(request)))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        if cap := next((cap for task in tasks if (cap := task.result())), None):
            raise cap

    async def _request(
        self, state: _State, number: int, phase: Phase, nonce: str, send_in_s: float | None = None
    ) -> None:
        """Reserve, send, settle, write down. Raises CapReached instead of sending what could break a cap."""
        now, loop = datetime.now(UTC), asyncio.get_running_loop()
        most = request_usd(state.probed, self._settings, number, now.date())
        order, name = next(self._numbers), state.probed.name
        try:
            hops = self._budget.reserve(order, most or Decimal(0), name, _HOPS)
        except CapReached as cap:
            if cap.cap != "money" or len(self._states) == 1:
                raise
            self._end_without_money(state, cap)
            return
        limits = self._limits()
        if self._first_after_s is None:
            self._first_after_s = loop.time() - self._began
        answer = CallAnswer(id=order, fault=Fault.INTERRUPTED)
        try:
            answer = await self._link.send(
                Send(
                    id=order,
                    target=state.probed.target,
                    messages=self._messages(number, nonce),
                    max_tokens=self._settings.max_tokens,
                    tools=self._settings.tools,
                    limits=limits,
                    send_in_s=send_in_s,
                    most_input_tokens=most_input_tokens(self._messages(number, nonce), tools=self._settings.tools),
                    most_hops=hops,
                )
            )
        finally:
            if answer.fault is Fault.TOTAL_TIMEOUT and limits.total_s < self._settings.limits.total_s:
                answer = answer.model_copy(update={"fault": Fault.CAP})
            cost = usd(state.probed.prices, state.probed.tier, now, answer.tokens)
            if answer.fault in UNBILLED:
                cost = Decimal(0)
            elif answer.doubt is not None or (cost is not None and most is not None and cost > most):
                cost = most
            is_counted = answer.tokens.source == "server" or answer.fault in UNBILLED
            self._budget.settle(order, cost if is_counted else None, answer.requests - 1)
            self._book(state, number, phase, now, answer=answer, cost=cost)
        state.note(answer, loop.time())
        if state.is_over:
            self._budget.leave(name)

    def _end_without_money(self, state: _State, cap: CapReached) -> None:
        """End a candidate that has had its share; the others go on with theirs."""
        state.is_over = True
        self._budget.leave(state.probed.name)
        self._without_money = self._without_money or cap
        answer = CallAnswer(id=0, fault=Fault.CAP_MONEY, message=cap.message, requests=0)
        self._book(state, state.attempts, Phase.MEASURED, datetime.now(UTC), answer=answer, cost=Decimal(0))

    def _book(
        self, state: _State, number: int, phase: Phase, at: datetime, *, answer: CallAnswer, cost: Decimal | None
    ) -> None:
        line = RequestLine(
            candidate=state.probed.name, round=number, phase=phase, started_at=at, usd=cost, answer=answer
        )
        self._file.append(line)
        self._lines.append(line)
        self._notify(line)

    def _limits(self) -> RequestLimits:
        """Return the limits on waiting, no longer than the cap on time leaves."""
        limits = self._settings.limits
        return limits.model_copy(update={"total_s": max(0.1, min(limits.total_s, self._budget.seconds_left))})

    def _messages(self, number: int, nonce: str) -> tuple[Message, ...]:
        return self._settings.prompts.pick(number, nonce)

    def _nonce(self) -> str:
        return f"{self._random.getrandbits(4 * NONCE_LENGTH):0{NONCE_LENGTH}x}"

    def _names(self) -> tuple[str, ...]:
        """Return the candidates that can still be compared."""
        return tuple(state.probed.name for state in self._states if not state.is_over)

    def _end(self, reason: str) -> EndLine:
        return EndLine(
            ended_at=datetime.now(UTC),
            reason=reason,
            requests=self._budget.sent,
            spent_usd=self._budget.spent_usd,
            first_request_after_s=self._first_after_s,
            worker_memory_mb=self._link.ready.memory_mb if self._link.ready else None,
        )


async def _capped(request: Coroutine[Any, Any, None]) -> CapReached | None:
    """Return a request under load; a cap that is reached stops this one alone: a later one may find money left."""
    try:
        await request
    except CapReached as cap:
        return cap
    return None


def head_line(
    plan: ProbePlan, run_id: str, litellm_version: str, catalog_version: str, started_at: datetime
) -> RunLine:
    """Return the conditions of a run."""
    settings = plan.settings
    return RunLine(
        id=run_id,
        started_at=started_at,
        advisor_version=__version__,
        litellm_version=litellm_version,
        python_version=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        place=settings.place,
        catalog_version=catalog_version,
        mode=settings.mode,
        rounds=settings.rounds,
        streams=settings.streams,
        rate_per_s=settings.rate_per_s,
        tools=settings.tools,
        prompt=settings.prompts.source,
        prompt_bytes=_prompt_bytes(settings),
        max_tokens=settings.max_tokens,
        limits=settings.limits,
        candidates=tuple(candidate_line(candidate.probed, started_at.date()) for candidate in plan.candidates),
    )


def _prompt_bytes(settings: ProbeSettings) -> int:
    """Return the mean size of a prompt."""
    sizes = [sum(len(message.content.encode()) for message in messages) for messages in settings.prompts.all]
    return round(sum(sizes) / len(sizes))


def candidate_line(probed: ProbeTarget, day: date) -> CandidateLine:
    """Return a candidate as the run's first line has it."""
    rows = [row for row in probed.prices if row.tier == probed.tier and row.holds_on(day)]
    return CandidateLine(
        name=probed.name,
        model=probed.target.model,
        subject=probed.subject,
        api_base=shown_address(probed.target.api_base),
        effort=probed.target.effort,
        service_tier=probed.target.service_tier,
        tier=probed.tier,
        known_as=probed.known_as,
        price_sources=tuple(sorted({f"{row.source.url} ({row.source.read_on})" for row in rows})),
    )


def without_key(plan: ProbePlan, keys: Keys) -> Mapping[str, str]:
    """Return the candidates that nothing can be sent to, with the variables that are not set."""
    return {
        one.probed.name: f"not set: {', '.join(missing)}"
        for one, missing in zip(plan.candidates, keys.missing, strict=True)
        if missing and one.probed.target.api_base is None
    }


async def take(
    plan: ProbePlan,
    link: WorkerClient,
    refused: Mapping[str, str],
    *,
    catalog_version: str,
    random: Random,
    notify: Notify,
    opened: Callable[[Path], None],
) -> str:
    """Probe to the end, a cap or a cancellation; the reason why it ended.

    Nothing is sent to those who are ``refused``. ``opened`` is told of the run's file before the first request. Raises
    ProbeError if the worker is not attached or the file cannot be written.
    """
    if link.ready is None:
        raise ProbeError("the worker process was not attached")
    started_at = datetime.now(UTC)
    run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    file = RunFile(FOLDER / f"{run_id}.jsonl")
    try:
        opened(file.path)
        file.append(head_line(plan, run_id, link.ready.litellm, catalog_version, started_at))
        needs = {one.probed.name: one.most_usd or Decimal(0) for one in plan.candidates}
        budget = Budget(plan.settings.caps, asyncio.get_running_loop().time, needs)
        runner = Runner(plan, link, budget, file, random=random, notify=notify)
        for name, words in refused.items():
            runner.skip(name, CallAnswer(id=0, fault=Fault.AUTHENTICATION, message=words))
        return await runner.run()
    finally:
        file.close()
