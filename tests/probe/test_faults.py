"""Every class of failure, provoked for real and seen through the real client."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.probe.faults import RULINGS, Fault, Notice
from advisor.probe.worker_protocol import CallAnswer, CallTarget, RequestLimits, Send
from tests.probe.truth import Truth, ask, environment, order

KEY = "sk-proj-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"

BY_MODEL = {
    "400": Fault.BAD_REQUEST,
    "400-context": Fault.CONTEXT_OVERFLOW,
    "400-filter": Fault.CONTENT_FILTER,
    "401": Fault.AUTHENTICATION,
    "402": Fault.QUOTA,
    "403": Fault.FORBIDDEN,
    "404": Fault.NOT_FOUND,
    "408": Fault.REQUEST_TIMEOUT,
    "413": Fault.TOO_LARGE,
    "418": Fault.OTHER_STATUS,
    "422": Fault.UNPROCESSABLE,
    "429": Fault.RATE_LIMITED,
    "429-bare": Fault.RATE_LIMITED_NO_WAIT,
    "429-quota": Fault.QUOTA,
    "500": Fault.SERVER_ERROR,
    "502": Fault.SERVER_ERROR,
    "503": Fault.OVERLOADED,
    "529": Fault.OVERLOADED,
    "hang": Fault.FIRST_BYTE_TIMEOUT,
    "silent": Fault.FIRST_TOKEN_TIMEOUT,
    "mute": Fault.TOKEN_TIMEOUT,
    "pings": Fault.STALL,
    "reset": Fault.CONNECTION_RESET,
    "cut": Fault.CUT,
    "truncated": Fault.TRUNCATED,
    "error": Fault.ERROR_IN_STREAM,
    "200-json": Fault.ERROR_DOCUMENT,
    "empty": Fault.EMPTY,
    "used-up": Fault.USED_UP,
    "malformed": Fault.MALFORMED,
    "filter": Fault.CONTENT_FILTER,
    "slow": Fault.TOTAL_TIMEOUT,
}
"""What the truth server is told to do, and the class that it must get."""

PROVIDERS = ("openai", "anthropic")


@pytest.fixture(scope="module")
def full_backlog() -> Iterator[int]:
    """A port on which nothing is accepted any more."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for one in waiting:
            one.close()


@pytest.fixture(scope="module")
def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def answers(truth: Truth, bytecode: Path, full_backlog: int, closed_port: int) -> dict[str, CallAnswer]:
    """All of them at once, through one worker: none may disturb another."""
    places = {
        "refused": f"http://127.0.0.1:{closed_port}/v1",
        "dns": "http://no-such-host.invalid/v1",
        "tls": truth.address.replace("http://", "https://") + "/v1",
        "connect-timeout": f"http://127.0.0.1:{full_backlog}/v1",
    }
    targets = {
        f"{provider} {name}": truth.target(f"{provider}/steady-n8-fault-{name}")
        for name in BY_MODEL
        for provider in PROVIDERS
    }
    targets |= {name: CallTarget(model="openai/steady", api_base=base) for name, base in places.items()}
    targets |= {f"{provider} good": truth.target(f"{provider}/steady-n8-ping2") for provider in PROVIDERS}
    targets |= {f"{provider} no-usage": truth.target(f"{provider}/steady-n8-fault-no-usage") for provider in PROVIDERS}
    targets |= {f"{provider} tool": truth.target(f"{provider}/steady-n8-fault-tool") for provider in PROVIDERS}
    targets |= {f"{provider} thinks": truth.target(f"{provider}/steady-n8-think8") for provider in PROVIDERS}
    orders = [_order(number, name, target) for number, (name, target) in enumerate(targets.items(), 1)]
    variables = environment(bytecode, OPENAI_API_KEY=KEY, ANTHROPIC_API_KEY=KEY)
    return dict(zip(targets, ask(variables, orders), strict=True))


def _order(number: int, name: str, target: CallTarget) -> Send:
    total = 1.0 if name.endswith("slow") else 20.0
    # The whole flock starts at once on a machine that may be busy: waits are long where no wait is wanted.
    waits = name.rsplit(maxsplit=1)[-1] in ("hang", "silent", "mute", "pings", "connect-timeout")
    limits = RequestLimits(
        connect_s=1.5 if waits else 20,
        first_token_s=2 if waits else 20,
        between_tokens_s=1 if waits else 20,
        total_s=total,
    )
    return order(number, target, limits=limits, tools=name.endswith("tool"))


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", BY_MODEL)
def test_each_failure_has_its_class(answers: dict[str, CallAnswer], provider: str, name: str) -> None:
    answer = answers[f"{provider} {name}"]
    wanted = BY_MODEL[name]
    if name == "reset" and answer.reused_connection:
        wanted = Fault.STALE_CONNECTION  # from this end the two look the same
    if name == "error" and provider == "anthropic":
        wanted = Fault.ERROR_EVENT  # whose errors are events of that name
    assert answer.fault is wanted, answer


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("refused", Fault.REFUSED),
        ("dns", Fault.DNS),
        ("tls", Fault.TLS),
        ("connect-timeout", Fault.CONNECT_TIMEOUT),
    ],
)
def test_no_connection_has_its_class(answers: dict[str, CallAnswer], name: str, fault: Fault) -> None:
    assert answers[name].fault is fault, answers[name]


def test_a_stated_wait_is_read(answers: dict[str, CallAnswer]) -> None:
    assert answers["openai 429"].retry_after_s == 1.0
    assert answers["openai 429-bare"].retry_after_s is None


def test_each_request_goes_over_the_wire_once(truth: Truth, answers: dict[str, CallAnswer]) -> None:
    retried = ("steady-n8-fault-429", "steady-n8-fault-50")
    sent = [entry["model"] for entry in truth.log() if entry["model"].startswith(retried)]
    assert len(set(sent)) == 6
    assert all(sent.count(model) == len(PROVIDERS) for model in set(sent))


def test_no_answer_shows_a_key(answers: dict[str, CallAnswer]) -> None:
    text = " ".join(answer.model_dump_json() for answer in answers.values())
    assert KEY not in text
    assert KEY[8:24] not in text
    assert "[hidden]" in (answers["openai 401"].message or "")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_others_are_measured_all_the_same(answers: dict[str, CallAnswer], provider: str) -> None:
    answer = answers[f"{provider} good"]
    assert answer.fault is None
    assert answer.clock == "wire"
    assert Notice.PINGS in answer.notices
    assert (answer.tokens.input, answer.tokens.output, answer.tokens.source) == (11, 8, "server")
    assert answer.region == "loop-1"


def test_a_stream_that_says_its_end_is_over_though_its_body_is_not(truth: Truth, bytecode: Path) -> None:
    targets = [truth.target(f"{provider}/steady-n8-fault-endless") for provider in PROVIDERS]
    for answer in ask(environment(bytecode, ANTHROPIC_API_KEY=KEY), [order(1, targets[0]), order(2, targets[1])]):
        assert answer.fault is None, answer
        assert answer.tokens.output == 8


def test_what_the_server_did_not_count_is_not_called_counted(answers: dict[str, CallAnswer]) -> None:
    answer = answers["openai no-usage"]
    assert answer.fault is None
    assert Notice.NO_USAGE in answer.notices
    assert answer.tokens.source != "server"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_tool_call_without_text_is_measured_and_said(answers: dict[str, CallAnswer], provider: str) -> None:
    answer = answers[f"{provider} tool"]
    assert answer.fault is None
    assert Notice.TOOL_ONLY in answer.notices
    assert answer.timing.ttft_ms is not None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_reasoning_is_kept_apart_from_the_answer(answers: dict[str, CallAnswer], provider: str) -> None:
    answer = answers[f"{provider} thinks"]
    assert Notice.REASONING_ONLY in answer.notices
    assert answer.timing.ttft_ms is not None
    assert answer.timing.answer_ttft_ms is None


def test_a_kept_connection_that_the_server_closed_is_told_apart(truth: Truth, bytecode: Path) -> None:
    """The server closes after each stream without saying so; whoever sends at once meets the closed connection."""
    import asyncio

    from advisor.probe.worker_client import WorkerClient

    async def run() -> list[CallAnswer]:
        link = WorkerClient(environment(bytecode))
        try:
            await link.attach()
            target = truth.target("openai/steady-ttft1-itl1-n2-fault-stale")
            return [await link.send(order(number, target)) for number in range(1, 41)]
        finally:
            link.close()

    found = [answer.fault for answer in asyncio.run(run())]
    assert set(found) <= {None, Fault.STALE_CONNECTION}
    # Once it happened each further request opens a connection of its own.
    assert found.count(Fault.STALE_CONNECTION) <= 1


def _until_asked(truth: Truth, model: str) -> None:
    while not any(entry["model"] == model for entry in truth.log()):
        time.sleep(0.02)


def test_a_worker_that_dies_is_a_class_too(truth: Truth, bytecode: Path) -> None:
    import asyncio
    import os
    import signal

    from advisor.probe.worker_client import WorkerClient

    async def run() -> list[CallAnswer]:
        link = WorkerClient(environment(bytecode))
        try:
            await link.attach()
            waiting = asyncio.ensure_future(link.send(order(1, truth.target("openai/steady-ttft5000"))))
            await asyncio.to_thread(_until_asked, truth, "steady-ttft5000")
            os.kill(link.pid, signal.SIGKILL)
            return [await waiting, await link.send(order(2, truth.target("openai/steady")))]
        finally:
            link.close()

    assert [answer.fault for answer in asyncio.run(run())] == [Fault.WORKER_ENDED] * 2


def test_every_class_says_what_to_do() -> None:
    assert set(RULINGS) == set(Fault)
    for ruling in RULINGS.values():
        assert ruling.advice.endswith(".")
        assert len(ruling.advice) > 20
