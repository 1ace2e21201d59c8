"""The next request is what litellm would have made: all of it but messages and limit, or it is made anew."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from advisor.probe.wire.stream_content import Protocol
from advisor.probe.worker.exchange import Exchange
from advisor.probe.worker.template import shape, template
from advisor.probe.worker_protocol import CallTarget, Message, Params, RequestLimits, Send


def turn(message: Message) -> dict[str, Any]:
    return {"role": message.role, "content": message.content}


def order(text: str = "one", max_tokens: int = 9, **more: Any) -> Send:
    target = CallTarget(model="openai/m")
    return Send(id=1, target=target, messages=(Message(role="user", content=text),), max_tokens=max_tokens, **more)


def sent(body: dict[str, Any], protocol: Protocol = Protocol.CHAT, **headers: str) -> Exchange:
    request = httpx.Request("POST", "http://h.example/v1/chat/completions", headers=headers, json=body)
    return Exchange(RequestLimits(), protocol=protocol, request=request, requests=1)


BODY = {"model": "m", "messages": [{"role": "user", "content": "one"}], "max_completion_tokens": 9, "stream": True}


def test_messages_and_limit_are_the_next_order_s_and_all_else_stays() -> None:
    found = template(sent(BODY, authorization="Bearer k"), order(), turn)
    assert found is not None
    request = found.request(order("zwölf", 4), turn)
    assert json.loads(request.content) == BODY | {
        "messages": [{"role": "user", "content": "zwölf"}],
        "max_completion_tokens": 4,
    }
    assert request.headers["authorization"] == "Bearer k"
    assert int(request.headers["content-length"]) == len(request.content)


@pytest.mark.parametrize(
    "exchange",
    [
        sent(BODY | {"messages": [{"role": "user", "content": "one, said otherwise"}]}),
        sent(BODY | {"max_completion_tokens": 4_096}),
        sent(BODY, Protocol.MESSAGES),
        sent(BODY, Protocol.CHAT, **{"x-amz-date": "20261129T000000Z"}),
        Exchange(RequestLimits(), protocol=Protocol.CHAT),
    ],
)
def test_what_litellm_changed_or_signed_is_made_anew(exchange: Exchange) -> None:
    assert template(exchange, order(), turn) is None


def test_orders_that_differ_in_more_have_no_template_in_common() -> None:
    assert shape(order("one")) == shape(order("two", 4))
    assert shape(order()) != shape(order(params=Params(temperature=0.0)))
    assert shape(order()) != shape(order(tools=True))
