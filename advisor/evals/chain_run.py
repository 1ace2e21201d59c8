"""A run in which a command answers each case, and its calls are made and recorded here."""

from __future__ import annotations

import asyncio
import os
import secrets
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from advisor.evals.chain import (
    chain_environment,
    prompts_version,
    read_prompts,
    run_command,
    surroundings_hash,
)
from advisor.evals.chain_proxy import ChainProxy, ChatRequest
from advisor.evals.plan import Request, request_usd
from advisor.evals.prompts import Prompt
from advisor.evals.run import Asked, Runner
from advisor.files.leftovers import temporary_folder
from advisor.probe.faults import Fault
from advisor.probe.worker_protocol import CallAnswer, Content, Timing, Tokens


class Chain(NamedTuple):
    """A command that answers cases."""

    words: tuple[str, ...]
    command: str
    """As it was named."""


def chain_prompt(chain: Chain, folder: Path) -> Prompt:
    """Return what stands for the prompt while a chain runs: its command, and the hash of all code around it."""
    return Prompt(chain.command, surroundings_hash(folder), dirty=False, text="(chain)", is_chain=True)


class _Visit:
    """The calls that a command makes for one case."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.answers: list[CallAnswer] = []
        self.usd: Decimal | None = Decimal(0)


class ChainRunner(Runner):
    """Runs the command once a case; each of its calls is reserved, sent and settled as any other."""

    def __init__(self, *arguments: Any, chain: Chain, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._chain = chain
        self._folder = temporary_folder()
        self._proxy: ChainProxy | None = None
        self._address = ""
        self._visits: dict[str, _Visit] = {}
        self._commands = asyncio.Semaphore(self._settings.concurrency)
        self._starting = asyncio.Lock()
        self._read: frozenset[str] = frozenset()

    def prompt_read(self, prompt: Prompt) -> Prompt:
        """Return the prompt with the version of what the commands read."""
        version, dirty = prompts_version(self._read)
        names = " ".join([version, *sorted(self._read)])
        return prompt._replace(version=names if self._read else version, dirty=dirty)

    async def _end(self) -> None:
        self._read = read_prompts(Path(self._folder.name))
        if self._proxy is not None:
            await self._proxy.close()
        self._folder.cleanup()

    async def _answer_to(self, request: Request) -> Asked:
        started_at, loop = datetime.now(UTC), asyncio.get_running_loop()
        async with self._commands:
            await self._start()
            token, visit = f"advisor-{secrets.token_hex(12)}", _Visit(request)
            self._visits[token] = visit
            self._open(token)
            began = loop.time()
            own = {
                "ADVISOR_MODEL": request.candidate.name,
                "OPENAI_API_KEY": token,
                "OPENAI_BASE_URL": self._address,
                "OPENAI_API_BASE": self._address,
            }
            environment = chain_environment(os.environ, own, Path(self._folder.name))
            limit_s = max(1.0, min(self._settings.limits.total_s * 5, self._budget.seconds_left))
            found = await run_command(self._chain.words, request.case, environment, limit_s)
            self._visits.pop(token, None)
            if self._proxy is not None:
                self._proxy.tokens.discard(token)
        answer = _whole(visit, found.text, found.wrong, 1000 * (loop.time() - began))
        return Asked(answer, 1, started_at, visit.usd, len(visit.answers))

    def _open(self, token: str) -> None:
        if self._proxy is not None:
            self._proxy.tokens.add(token)

    async def _start(self) -> None:
        async with self._starting:
            if self._proxy is None:
                self._proxy = ChainProxy(self._call)
                self._address = await self._proxy.start()

    async def _call(self, token: str, request: ChatRequest) -> CallAnswer:
        visit = self._visits.get(token)
        if visit is None:
            return CallAnswer(id=0, fault=Fault.INTERRUPTED, message="the case is over")
        probed = visit.request.candidate
        if request.model not in (probed.name, probed.name.rpartition("/")[2], probed.target.model):
            words = f"expected the model in ADVISOR_MODEL ({probed.name}), found {request.model}"
            return CallAnswer(id=0, fault=Fault.NOT_FOUND, status=404, message=words)
        most = request.max_tokens or self._settings.max_tokens
        day = datetime.now(UTC).date()
        usd = request_usd(probed, request.messages, most, day, tools=bool(request.params.tools))
        try:
            asked = await self._ask(probed, request.messages, request.params, (usd, most))
        except Exception as error:  # noqa: BLE001 - a cap that is reached is told to the chain as any refusal
            return CallAnswer(id=0, fault=Fault.CAP, status=429, message=str(error)[:200])
        visit.answers.append(asked.answer)
        visit.usd = None if visit.usd is None or asked.usd is None else visit.usd + asked.usd
        return asked.answer


def _whole(visit: _Visit, text: str, wrong: str | None, took_ms: float) -> CallAnswer:
    """Return what the command answered, with the tokens of all its calls."""
    calls = visit.answers
    failed = next((call for call in calls if call.fault is not None), None)
    fault = None if wrong is None else failed.fault if failed is not None else Fault.UNREADABLE
    served = sorted({call.served_model for call in calls if call.served_model})
    tokens = Tokens(
        input=sum(call.tokens.input or 0 for call in calls),
        cached=sum(call.tokens.cached or 0 for call in calls),
        reasoning=sum(call.tokens.reasoning or 0 for call in calls),
        output=sum(call.tokens.output or 0 for call in calls),
        source=calls[-1].tokens.source if calls else "unknown",
    )
    return CallAnswer(
        id=0,
        fault=fault,
        message=None if wrong is None else f"{wrong} ({len(calls)} calls)",
        timing=Timing(e2e_ms=round(took_ms, 3)),
        tokens=tokens,
        finish_reason="stop" if fault is None else None,
        served_model=" ".join(served) or None,
        content=Content(text=text) if fault is None else None,
    )
