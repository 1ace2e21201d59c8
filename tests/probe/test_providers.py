"""Every provider path that can be pointed at loopback, through litellm's own client for it."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from advisor.probe.faults import Fault, Notice
from advisor.probe.worker_protocol import CallAnswer, CallTarget, RequestLimits, Send
from tests.probe.truth import Truth, ask, environment, order

KEY = "A1b2C3d4E5f6G7h8I9j0K1l2"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 - the one of Amazon's own examples

PATHS = {  # litellm needs a package that is not among its own for the one of OpenAI's newer protocol
    **({"openai/responses": "/responses/v1"} if find_spec("mcp") else {}),
    "azure": "/azure",
    "bedrock/converse": "/converse",
    "bedrock/invoke": "/invoke",
    "cohere_chat": "/cohere/v2/chat",
    "gemini": "/gemini/v1beta",
    "hosted_vllm": "/vllm/v1",
    "mistral": "/mistral/v1",
    "ollama": "/ollama",
    "ollama_chat": "/ollama-chat",
    "openrouter": "/openrouter/api/v1",
}
"""litellm's word for each provider, and what comes after the host in its ``api_base``."""

KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_REGION_NAME": "us-east-1",
    **{
        f"{name}_API_KEY": KEY
        for name in ("AZURE", "COHERE", "GEMINI", "HOSTED_VLLM", "MISTRAL", "OPENAI", "OPENROUTER")
    },
}

BY_FAULT = {
    "401": Fault.AUTHENTICATION,
    "429": Fault.RATE_LIMITED,
    "500": Fault.SERVER_ERROR,
    "cut": Fault.CUT,
    "truncated": Fault.TRUNCATED,
    "error": Fault.ERROR_IN_STREAM,
    "empty": Fault.EMPTY,
    "used-up": Fault.USED_UP,
    "malformed": Fault.MALFORMED,
    "200-json": Fault.ERROR_DOCUMENT,
}
"""What the truth server is told to do, and the class that it must get."""

GOOD = "steady-n12-think4"
FILTERS = ("azure", "bedrock/converse", "bedrock/invoke", "gemini", "mistral", "openrouter")
"""Those that say in a word of their own that a filter stopped the answer."""


def _name(provider: str, script: str) -> str:
    # litellm and Amazon know by the maker's name what a model takes.
    return f"{'anthropic.claude-3-' if provider.startswith('bedrock') else ''}{script}"


@pytest.fixture(scope="module")
def answers(truth: Truth, bytecode: Path) -> dict[str, CallAnswer]:
    """All of them at once, through one worker."""
    scripts = [
        GOOD,
        "n8-fault-no-usage",
        "n8-fault-tool",
        "n8-fault-filter",
        *(f"n8-fault-{name}" for name in BY_FAULT),
    ]
    patient = RequestLimits(connect_s=20, first_token_s=30, between_tokens_s=30, total_s=60)
    orders, names = list[Send](), list[str]()
    for provider, path in PATHS.items():
        for script in scripts:
            target = CallTarget(model=f"{provider}/{_name(provider, script)}", api_base=truth.address + path)
            orders.append(order(len(orders) + 1, target, tools=script.endswith("tool"), limits=patient))
            names.append(f"{provider} {script}")
    return dict(zip(names, ask(environment(bytecode, **KEYS), orders), strict=True))


def _sent(truth: Truth, provider: str, script: str) -> list[dict[str, Any]]:
    """What the server got for it."""
    asked = (PATHS[provider] + "/", PATHS[provider])
    found = [entry for entry in truth.log() if entry["model"] == _name(provider, script)]
    return [entry for entry in found if entry["path"].startswith(asked[0]) or entry["path"] == asked[1]]


@pytest.mark.parametrize("provider", PATHS)
def test_times_are_of_the_wire_and_counts_are_the_servers(answers: dict[str, CallAnswer], provider: str) -> None:
    answer = answers[f"{provider} {GOOD}"]
    assert answer.fault is None, answer
    assert answer.clock == "wire"
    assert (answer.tokens.input, answer.tokens.output, answer.tokens.source) == (11, 12, "server")
    timing = answer.timing
    assert timing.ttft_ms is not None
    assert timing.answer_ttft_ms is not None
    assert timing.e2e_ms is not None
    assert timing.ttft_ms <= timing.answer_ttft_ms <= timing.e2e_ms


@pytest.mark.parametrize("provider", PATHS)
def test_what_is_asked_has_the_limit_on_tokens_and_the_own_key(
    truth: Truth, answers: dict[str, CallAnswer], provider: str
) -> None:
    assert answers[f"{provider} {GOOD}"].fault is None
    sent = _sent(truth, provider, GOOD)
    assert sent
    for entry in sent:
        assert "256" in json.dumps(entry["asked"])
        key = "AKIAIOSFODNN7EXAMPLE" if provider.startswith("bedrock") else KEY
        assert (key in entry["head"]) != provider.startswith("ollama")


@pytest.mark.parametrize("provider", PATHS)
@pytest.mark.parametrize("name", BY_FAULT)
def test_each_failure_has_its_class(answers: dict[str, CallAnswer], provider: str, name: str) -> None:
    answer = answers[f"{provider} n8-fault-{name}"]
    assert answer.fault is BY_FAULT[name], answer
    assert answer.retry_after_s == (1.0 if name == "429" else None)


@pytest.mark.parametrize("provider", PATHS)
def test_nothing_is_sent_twice(truth: Truth, answers: dict[str, CallAnswer], provider: str) -> None:
    for name in ("429", "500"):
        assert answers[f"{provider} n8-fault-{name}"].fault is not None
        assert len(_sent(truth, provider, f"n8-fault-{name}")) == 1


@pytest.mark.parametrize("provider", PATHS)
def test_what_the_server_did_not_count_is_not_called_counted(answers: dict[str, CallAnswer], provider: str) -> None:
    answer = answers[f"{provider} n8-fault-no-usage"]
    assert answer.fault is None, answer
    assert Notice.NO_USAGE in answer.notices
    assert answer.tokens.source != "server"


@pytest.mark.parametrize("provider", sorted(PATHS.keys() - {"bedrock/converse", "ollama"}))
def test_a_tool_call_without_text_is_measured_and_said(answers: dict[str, CallAnswer], provider: str) -> None:
    """Of all but those that litellm does not offer a tool by force."""
    answer = answers[f"{provider} n8-fault-tool"]
    assert answer.fault is None, answer
    assert Notice.TOOL_ONLY in answer.notices
    assert answer.timing.ttft_ms is not None


@pytest.mark.parametrize("provider", FILTERS)
def test_a_filtered_answer_is_no_measurement(answers: dict[str, CallAnswer], provider: str) -> None:
    assert answers[f"{provider} n8-fault-filter"].fault is Fault.CONTENT_FILTER


def test_no_answer_shows_a_key_or_what_was_made_of_it(truth: Truth, answers: dict[str, CallAnswer]) -> None:
    text = " ".join(answer.model_dump_json() for answer in answers.values())
    signed = _sent(truth, "bedrock/converse", "n8-fault-401")[0]["head"]
    signature = signed.partition("Signature=")[2].split()[0]
    for secret in (KEY, KEY[4:20], SECRET, "AKIAIOSFODNN7EXAMPLE", signature):
        assert secret not in text


@pytest.mark.skipif(find_spec("mcp") is not None, reason="the package is there")
def test_a_package_that_a_path_needs_is_named(truth: Truth, bytecode: Path) -> None:
    target = CallTarget(model="openai/responses/never-sent", api_base=f"{truth.address}/v1")
    (answer,) = ask(environment(bytecode, **KEYS), [order(1, target)])
    assert answer.fault is Fault.MISSING_PACKAGE
    assert "mcp" in (answer.message or "")
    assert not any(entry["model"] == "never-sent" for entry in truth.log())
