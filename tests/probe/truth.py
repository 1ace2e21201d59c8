"""Start the truth server as a process, ask for its record, and ask a worker for requests to it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import CallAnswer, CallTarget, Message, RequestLimits, Send

SERVER = "tests.probe.truth_server"
ROOT = Path(__file__).parents[2]
HELLO = (Message(role="user", content="hello"),)
SHORT = RequestLimits(connect_s=1.0, first_token_s=1.5, between_tokens_s=0.5, total_s=20.0)


class Truth:
    """A running truth server."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def target(self, model: str, **more: Any) -> CallTarget:
        """A target that speaks the protocol of the model's provider."""
        base = self.address + ("/v1" if model.startswith("openai/") else "")
        return CallTarget(model=model, api_base=base, **more)

    def log(self) -> list[dict[str, Any]]:
        """Every request so far."""
        with urlopen(f"{self.address}/log") as response:  # noqa: S310 - loopback
            found: list[dict[str, Any]] = json.load(response)["requests"]
        return found


@contextmanager
def serving(seed: int = 1) -> Iterator[Truth]:
    """A truth server for as long as the block runs."""
    with subprocess.Popen(
        [sys.executable, "-m", SERVER, str(seed)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield Truth(int(process.stdout.readline()))
        process.stdin.close()


def environment(cache: Path, **more: str) -> dict[str, str]:
    """What a worker inherits: no keys but those given, and one place for bytecode that all tests share."""
    plain = {name: value for name, value in os.environ.items() if "KEY" not in name and "PROXY" not in name.upper()}
    return plain | {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)} | more


def ask(variables: Mapping[str, str], orders: Sequence[Send]) -> list[CallAnswer]:
    """Send the orders at the same time through one worker; the answers in the same order."""

    async def run() -> list[CallAnswer]:
        link = WorkerClient(variables)
        try:
            await link.attach()
            return await asyncio.gather(*(link.send(order) for order in orders))
        finally:
            link.close()

    return asyncio.run(run())


def order(number: int, target: CallTarget, **more: Any) -> Send:
    """A small request."""
    return Send(**{"id": number, "target": target, "messages": HELLO, "max_tokens": 256, "limits": SHORT} | more)
