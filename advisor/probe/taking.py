"""Take a probe from a plan: who has no key, the file that the run is kept in, and the run itself."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from advisor.errors import ProbeError
from advisor.probe.budget import Budget
from advisor.probe.faults import Fault
from advisor.probe.kept import FOLDER
from advisor.probe.link import Link
from advisor.probe.plan import Plan
from advisor.probe.protocol import Answer, Keys
from advisor.probe.records import RunFile
from advisor.probe.run import Notify, Runner, head_line


def without_key(plan: Plan, keys: Keys) -> Mapping[str, str]:
    """The candidates that nothing can be sent to, with the variables that are not set."""
    return {
        one.probed.name: f"not set: {', '.join(missing)}"
        for one, missing in zip(plan.candidates, keys.missing, strict=True)
        if missing and one.probed.target.api_base is None
    }


async def take(
    plan: Plan,
    link: Link,
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
        budget = Budget(plan.settings.caps, asyncio.get_running_loop().time)
        runner = Runner(plan, link, budget, file, random=random, notify=notify)
        for name, words in refused.items():
            runner.skip(name, Answer(id=0, fault=Fault.AUTHENTICATION, message=words))
        return await runner.run()
    finally:
        file.close()
