"""Ask a model to show its abilities, within the caps; each result is on disk before the next request is sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random

from advisor.errors import ProbeError
from advisor.probe.abilities import AbilityCheck, Outcome, checks, outcome, plain
from advisor.probe.budget import Budget, CapReached
from advisor.probe.candidates import ProbeTarget
from advisor.probe.cost import most_input_tokens, most_usd, usd
from advisor.probe.faults import UNBILLED, Fault
from advisor.probe.plan import ProbePlan
from advisor.probe.run_file import FOLDER, AbilityLine, EndLine, Mode, RunFile
from advisor.probe.runner import candidate_line, head_line
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import CallAnswer, Send

_PICTURE_TOKENS = 2_000
"""What a small picture counts for at most."""

Notify = Callable[[AbilityLine], None]


class Verifier:
    """One run of checks over the candidates of a plan."""

    def __init__(
        self, plan: ProbePlan, link: WorkerClient, budget: Budget, file: RunFile, *, random: Random, notify: Notify
    ) -> None:
        self._plan = plan
        self._link = link
        self._budget = budget
        self._file = file
        self._random = random
        self._notify = notify
        self._numbers = count(1)

    async def run(self, refused: Mapping[str, str], limits: Mapping[str, tuple[tuple[str, ...], int | None]]) -> str:
        """Check all; why it ended. ``limits``: of each candidate the efforts and the stated maximum output."""
        reason = "interrupted"
        try:
            for one in self._plan.candidates:
                if one.probed.name not in refused:
                    await self._candidate(one.probed, *limits[one.probed.name])
                self._budget.leave(one.probed.name)
            reason = "done"
        finally:
            self._file.append(
                EndLine(
                    ended_at=datetime.now(UTC),
                    reason=reason,
                    requests=self._budget.sent,
                    spent_usd=self._budget.spent_usd,
                    first_request_after_s=None,
                    worker_memory_mb=self._link.ready.memory_mb if self._link.ready else None,
                )
            )
        return reason

    async def _candidate(self, probed: ProbeTarget, efforts: tuple[str, ...], longest: int | None) -> None:
        base = plain(self._random)
        found = await self._checked(probed, base)
        if found[0] is not Outcome.CONFIRMED:
            words = f"a plain request fails too: {found[1]}"
            self._keep(probed, base, datetime.now(UTC), (Outcome.OPEN, words))
            return
        for check in checks(self._random, efforts=efforts, max_output_tokens=longest):
            started = datetime.now(UTC)
            self._keep(probed, check, started, await self._checked(probed, check))

    async def _checked(self, probed: ProbeTarget, check: AbilityCheck) -> tuple[Outcome, str | None]:
        try:
            answer = await self._ask(probed, check)
            if answer.fault is None and not candidate_line(probed, datetime.now(UTC).date()).is_own(answer):
                return Outcome.OPEN, f"another model answered: {answer.served_model}"
            return outcome(check, answer)
        except CapReached as cap:
            return Outcome.OPEN, cap.message

    async def _ask(self, probed: ProbeTarget, check: AbilityCheck) -> CallAnswer:
        """Return the last of the answers that the check asks for. Raises CapReached instead of breaking a cap."""
        answer = CallAnswer(id=0, fault=Fault.INTERRUPTED)
        for _ in range(check.times):
            answer = await self._once(probed, check)
            if answer.fault is not None:
                break
        return answer

    async def _once(self, probed: ProbeTarget, check: AbilityCheck) -> CallAnswer:
        now, number = datetime.now(UTC), next(self._numbers)
        given = _most_given(check)
        self._budget.reserve(number, _most_usd(probed, check, now.date()), probed.name)
        target = probed.target.model_copy(update={"effort": check.effort}) if check.effort else probed.target
        answer = CallAnswer(id=number, fault=Fault.INTERRUPTED)
        try:
            answer = await self._link.send(
                Send(
                    id=number,
                    target=target,
                    messages=check.messages,
                    max_tokens=check.max_tokens,
                    params=check.params,
                    wants_content=True,
                    is_forced=True,
                    limits=self._plan.settings.limits,
                    most_input_tokens=given,
                )
            )
        finally:
            cost = Decimal(0) if answer.fault in UNBILLED else usd(probed.prices, probed.tier, now, answer.tokens)
            is_counted = answer.tokens.source == "server" or answer.fault in UNBILLED
            self._budget.settle(number, cost if is_counted and answer.doubt is None else None)
        return answer

    def _keep(self, probed: ProbeTarget, check: AbilityCheck, at: datetime, found: tuple[Outcome, str | None]) -> None:
        line = AbilityLine(
            candidate=probed.name,
            ability=check.name,
            outcome=found[0],
            words=found[1],
            tokens=check.max_tokens if check.name == "max_output_tokens" else None,
            started_at=at,
        )
        self._file.append(line)
        self._notify(line)


def _most_given(check: AbilityCheck) -> int:
    """Return the most tokens that the prompt of a check can hold."""
    given = most_input_tokens(check.messages, tools=bool(check.params.tools or check.params.response_format))
    return given + _PICTURE_TOKENS * sum(len(message.images) for message in check.messages)


def _most_usd(probed: ProbeTarget, check: AbilityCheck, day: date) -> Decimal:
    return most_usd(probed.prices, probed.tier, day, _most_given(check), check.max_tokens) or Decimal(0)


def _share_usd(probed: ProbeTarget, efforts: tuple[str, ...], day: date) -> Decimal:
    """Return what is kept for a candidate: all checks but that of the longest answer, which takes what is left."""
    random = Random(0)  # noqa: S311 - only counted
    asked = [plain(random), *checks(random, efforts=efforts, max_output_tokens=None)]
    return sum((check.times * _most_usd(probed, check, day) for check in asked), Decimal(0))


async def verify(
    plan: ProbePlan,
    link: WorkerClient,
    refused: Mapping[str, str],
    limits: Mapping[str, tuple[tuple[str, ...], int | None]],
    *,
    catalog_version: str,
    random: Random,
    clock: Callable[[], float],
    notify: Notify,
    opened: Callable[[Path], None],
) -> str:
    """Check the abilities of the candidates that are not ``refused``; why it ended."""
    if link.ready is None:
        raise ProbeError("the worker process was not attached")
    started_at = datetime.now(UTC)
    run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    file = RunFile(FOLDER / f"{run_id}.jsonl")
    try:
        opened(file.path)
        head = head_line(plan, run_id, link.ready.litellm, catalog_version, started_at)
        file.append(head.model_copy(update={"mode": Mode.VERIFY, "prompt": "abilities"}))
        day = started_at.date()
        shares = {one.probed.name: _share_usd(one.probed, limits[one.probed.name][0], day) for one in plan.candidates}
        budget = Budget(plan.settings.caps, clock, shares)
        return await Verifier(plan, link, budget, file, random=random, notify=notify).run(refused, limits)
    finally:
        file.close()
