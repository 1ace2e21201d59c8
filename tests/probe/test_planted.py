"""Streams with something planted in them: what is reported is what the server did."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from advisor.probe.faults import Fault, Notice
from advisor.probe.wire.stream_content import Piece, TokenKind
from advisor.probe.wire.timing import per_token_ms
from advisor.probe.worker_protocol import CallAnswer, RequestLimits, Tokens
from tests.probe.truth import Truth, ask, environment, order
from tests.probe.truth_speakers import Script

PROVIDERS = ("openai", "anthropic")
PATIENT = RequestLimits(connect_s=20, first_token_s=30, between_tokens_s=30, total_s=60)

MODELS = (
    "plain-n20-itl5",
    "chunks-n21-itl5-chunk3",
    "chunked-end-n20-itl5-chunk6",
    "pause-n20-itl5-pause2000",
    "bursts-n20-itl5-burst4",
    "at-once-n20-itl5-burst40",
    "split-n20-itl5-split1",
    "packed-n20-itl5-gzip1",
    "early-n4-itl5-ttft400",
    "thinks-n20-itl5-think10",
)


class Seen(NamedTuple):
    """What was reported beside what the server did, in milliseconds."""

    answer: CallAnswer
    tokens_ms: list[float]
    """From the arrival of the request to each token."""


@pytest.fixture(scope="module")
def seen(truth: Truth, bytecode: Path) -> dict[str, Seen]:
    """All of them, one after another so that they do not wait for each other."""
    found: dict[str, Seen] = {}
    for provider in PROVIDERS:
        orders = [
            order(number, truth.target(f"{provider}/{model}"), limits=PATIENT, send_in_s=0.2 + 0.3 * number)
            for number, model in enumerate(MODELS, 1)
        ]
        for model, answer in zip(MODELS, ask(environment(bytecode, ANTHROPIC_API_KEY="k" * 9), orders), strict=True):
            found[f"{provider} {model}"] = Seen(answer, _tokens_ms(truth.log(), answer))
    return found


def _tokens_ms(log: list[dict[str, Any]], answer: CallAnswer) -> list[float]:
    entry = next(entry for entry in log if entry["id"] == answer.response_id)
    return [(at_ns - entry["received_ns"]) / 1e6 for at_ns in entry["tokens_ns"]]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("model", MODELS)
def test_all_is_counted_and_nothing_comes_before_the_server_sent_it(
    seen: dict[str, Seen], provider: str, model: str
) -> None:
    answer, tokens_ms = seen[f"{provider} {model}"]
    timing = answer.timing
    assert answer.fault is None, answer
    assert (answer.tokens.output, answer.tokens.source) == (Script.of(model).n, "server")
    assert timing.ttft_ms is not None
    assert timing.e2e_ms is not None
    assert timing.first_byte_ms is not None
    assert timing.ttft_ms >= tokens_ms[0]
    assert timing.e2e_ms >= tokens_ms[-1]
    assert timing.first_byte_ms <= timing.ttft_ms <= timing.e2e_ms


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_pause_in_the_middle_is_the_longest_gap(seen: dict[str, Seen], provider: str) -> None:
    answer, tokens_ms = seen[f"{provider} pause-n20-itl5-pause2000"]
    assert max(b - a for a, b in pairwise(tokens_ms)) > 1000
    assert answer.timing.longest_gap_ms is not None
    assert answer.timing.longest_gap_ms > 1000


@pytest.mark.parametrize("provider", PROVIDERS)
def test_headers_that_come_early_are_no_token(seen: dict[str, Seen], provider: str) -> None:
    timing = seen[f"{provider} early-n4-itl5-ttft400"].answer.timing
    assert timing.first_byte_ms is not None
    assert timing.first_byte_ms < 400 <= (timing.ttft_ms or 0)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_all_comes_at_once_has_no_time_a_token(seen: dict[str, Seen], provider: str) -> None:
    timing = seen[f"{provider} at-once-n20-itl5-burst40"].answer.timing
    assert timing.itl_ms is None
    assert timing.longest_gap_ms is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_reasoning_that_was_counted_apart_is_known(seen: dict[str, Seen], provider: str) -> None:
    answer = seen[f"{provider} thinks-n20-itl5-think10"].answer
    assert answer.tokens.reasoning == 10
    assert Notice.UNCOUNTED_REASONING not in answer.notices


def test_a_packed_error_is_read(truth: Truth, bytecode: Path) -> None:
    target = truth.target("openai/n8-gzip1-fault-error")
    (answer,) = ask(environment(bytecode), [order(1, target, limits=PATIENT)])
    assert answer.fault is Fault.ERROR_IN_STREAM
    assert answer.message == "the engine crashed"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_beginning_without_a_token_does_not_end_the_wait_for_the_first(
    truth: Truth, bytecode: Path, provider: str
) -> None:
    """Services that think first say early that an answer has begun."""
    limits = RequestLimits(connect_s=20, first_token_s=20, between_tokens_s=0.3, total_s=60)
    target = truth.target(f"{provider}/n1-ttft900")
    (answer,) = ask(environment(bytecode, ANTHROPIC_API_KEY="k" * 9), [order(1, target, limits=limits)])
    assert answer.fault is None, answer
    assert (answer.timing.ttft_ms or 0) >= 900


def pieces(*moments_ms: float, characters: int = 4, kind: TokenKind = TokenKind.ANSWER) -> list[Piece]:
    return [Piece(round(moment * 1e6), kind, characters) for moment in moments_ms]


@pytest.mark.parametrize(
    ("came", "tokens", "itl_ms"),
    [
        (pieces(50, 60, 70, 80), Tokens(output=4), 10),
        (pieces(50, 50, 50, 60, 70), Tokens(output=5), 10),  # three came together; two times follow
        (pieces(50, 80, 110), Tokens(output=9), 10),  # three tokens in each piece
        (pieces(50, 50, 50), Tokens(output=3), None),
        (pieces(50), Tokens(output=7), None),
        (pieces(50, 60), Tokens(), None),
        ([*pieces(10, 20, kind=TokenKind.REASONING), *pieces(50, 60, 70)], Tokens(output=103, reasoning=100), 10),
        (pieces(10, 20, kind=TokenKind.REASONING), Tokens(output=50, reasoning=50), None),
    ],
)
def test_the_time_a_token(came: list[Piece], tokens: Tokens, itl_ms: float | None) -> None:
    assert per_token_ms(came, tokens) == itl_ms
