"""Whoever asks for the answer itself gets it whole, with its tool calls and what was stated of how to answer."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import CallAnswer, CallTarget, Message, Params, Send
from tests.evals.answer_server import AnswerServer, serving

KEY = "A1b2C3d4E5f6G7h8I9j0K1l2"

TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}

CALL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "look_up", "arguments": '{"order": 4711}'}}


def _reply(body: dict[str, Any]) -> Any:
    if body.get("tools"):
        return {"tool_calls": [CALL]}
    return f"  Forty-two.\n\nYour key is {KEY}.  "


def _ask(server: AnswerServer, *wanted: dict[str, Any]) -> list[CallAnswer]:
    async def ask() -> list[CallAnswer]:
        link = WorkerClient({**os.environ, "OPENAI_API_KEY": KEY})
        target = CallTarget(model="openai/small", api_base=server.base)
        messages = (Message(role="user", content="?"),)
        try:
            await link.attach()
            return [
                await link.send(Send(id=number, target=target, messages=messages, max_tokens=9, **more))
                for number, more in enumerate(wanted, 1)
            ]
        finally:
            link.close()

    return asyncio.run(ask())


def test_text_and_tool_calls_come_back_without_the_key() -> None:
    with serving(_reply) as server:
        plain, told, called = _ask(
            server,
            {},
            {"wants_content": True, "params": Params(temperature=0.5, seed=7)},
            {"wants_content": True, "params": Params(tools=(TOOL,), tool_choice="auto")},
        )
    assert plain.content is None
    assert told.content is not None
    assert told.content.text == "  Forty-two.\n\nYour key is [hidden].  "
    assert called.content is not None
    assert called.content.tool_calls[0].name == "look_up"
    assert called.content.tool_calls[0].arguments == '{"order": 4711}'
    assert server.asked[1]["temperature"] == 0.5
    assert server.asked[1]["seed"] == 7
    assert "temperature" not in server.asked[0]
    assert server.asked[2]["tool_choice"] == "auto"
