from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import RequirementsError
from advisor.requirements.file import parse_requirements
from advisor.requirements.traffic import tokenizers as encodings
from advisor.requirements.traffic.count import count_sample, count_traffic, resolve_traffic
from advisor.requirements.traffic.samples import read_exchanges
from advisor.requirements.traffic.spread import LEAST, MOST
from advisor.requirements.traffic.tokenizers import CHECKSUMS, file_name, load_encoding, places


@pytest.fixture(autouse=True)
def _fresh_encodings() -> None:
    load_encoding.cache_clear()


def sample(path: Path, *lines: Any) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_prompts_and_answers_are_counted_with_the_tokenizer(tmp_path: Path) -> None:
    path = sample(
        tmp_path / "s.jsonl",
        {"prompt": "hello world", "answer": "hello"},
        {"prompt": "hello world hello world"},
        {"prompt": "<|endoftext|>", "answer": "one two three"},
    )
    count = count_sample(path)
    special = len(load_encoding().encode_ordinary("<|endoftext|>"))
    assert special > 1
    assert count.prompts.n == 3
    assert count.prompts.mean == pytest.approx((2 + 4 + special) / 3)
    assert count.prompts.longest == max(4, special)
    assert count.answers is not None
    assert (count.answers.n, count.answers.mean, count.answers.p50, count.answers.p95) == (2, 2.0, 1, 3)
    assert count.low <= LEAST < MOST <= count.high
    assert count.context_tokens > count.prompts.longest


def test_a_script_that_tokenizers_differ_in_has_the_wider_spread(tmp_path: Path) -> None:
    english = count_sample(sample(tmp_path / "en.jsonl", {"prompt": "The contract ends on the last day of the month."}))
    greek = count_sample(sample(tmp_path / "el.jsonl", {"prompt": "αυτή λήγει την τελευταία ημέρα του μήνα."}))
    assert greek.high > english.high


def test_chats_are_read_with_their_framing_tools_and_last_answer(tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "look", "arguments": "{}"}}]},
        {"role": "tool", "content": "a cat"},
        {"role": "assistant", "content": "A cat."},
    ]
    path = sample(tmp_path / "s.jsonl", {"messages": messages, "tools": [{"name": "look"}]})
    (exchange,) = read_exchanges(path)
    assert exchange.answer == ("A cat.",)
    assert exchange.framing_tokens == 4 * 4 + 3
    assert exchange.other_parts == 1
    assert exchange.prompt[:2] == ("Be brief.", "What is it?")
    assert any("look" in text for text in exchange.prompt[2:])
    assert count_sample(path).other_parts == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", r":2: expected one JSON object a line"),
        ("[" * 100_000, r":2: expected one JSON object a line"),
        ('{"text": "x"}', r":2: expected .*prompt.*, found the keys text"),
        ('["x"]', r":2: expected .*, found list"),
        ('{"prompt": 5}', r":2: expected"),
        ('{"prompt": "x", "answer": 5}', r":2: answer: expected text, found int"),
        ('{"messages": []}', r":2: messages: expected a list"),
        ('{"messages": ["x"]}', r":2: messages: expected a list"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text('{"prompt": "x"}\n' + line + "\n")
    with pytest.raises(RequirementsError, match=message):
        count_sample(path)


def test_a_sample_that_is_no_text_empty_missing_or_a_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"prompt": "\xff"}\n')
    with pytest.raises(RequirementsError, match="expected UTF-8 text"):
        count_sample(path)
    path.write_text("\n\n")
    with pytest.raises(RequirementsError, match="empty sample"):
        count_sample(path)
    for wrong in (tmp_path, tmp_path / "missing.jsonl"):
        with pytest.raises(RequirementsError, match="cannot read the sample"):
            count_sample(wrong)


def test_text_that_no_encoding_holds_is_counted_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text('{"prompt": "\\ud800 x"}\n')
    assert count_sample(path).prompts.mean > 0


def test_a_sample_that_is_too_large_is_refused_before_it_is_held(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with path.open("wb") as file:
        file.truncate((64 << 20) + 10)
    with pytest.raises(RequirementsError, match="at most 64 MiB") as caught:
        count_sample(path)
    assert "at random" in (caught.value.hint or "")


def requirements(traffic: str) -> Any:
    return parse_requirements(f"workloads: [{{name: a, traffic: {traffic}}}, {{name: b}}]").requirements


def test_what_is_not_stated_is_counted_and_what_is_stated_stands(tmp_path: Path) -> None:
    sample(tmp_path / "s.jsonl", {"prompt": "hello world", "answer": "hello"})
    resolved = resolve_traffic(requirements("{requests_per_month: 5, sample: s.jsonl}"), tmp_path)
    assert resolved.workloads[0].traffic is not None
    assert (resolved.workloads[0].traffic.input_tokens, resolved.workloads[0].traffic.output_tokens) == (2.0, 1.0)
    assert resolved.workloads[1].traffic is None
    stated = requirements("{requests_per_month: 5, input_tokens: 9, sample: s.jsonl}")
    counted = count_traffic(stated, tmp_path)
    assert counted.requirements.workloads[0].traffic is not None
    assert counted.requirements.workloads[0].traffic.input_tokens == 9
    assert counted.samples["a"].prompts.mean == 2


def test_a_sample_without_answers_needs_stated_output_tokens(tmp_path: Path) -> None:
    sample(tmp_path / "s.jsonl", {"prompt": "hello"})
    with pytest.raises(RequirementsError, match=r"workloads\.0\.traffic: expected answers in the sample"):
        resolve_traffic(requirements("{requests_per_month: 5, sample: s.jsonl}"), tmp_path)
    resolved = resolve_traffic(requirements("{requests_per_month: 5, output_tokens: 7, sample: s.jsonl}"), tmp_path)
    assert resolved.workloads[0].traffic is not None
    assert resolved.workloads[0].traffic.output_tokens == 7


def test_requirements_without_samples_stay_as_they_are(tmp_path: Path) -> None:
    plain = requirements("{requests_per_month: 5, input_tokens: 1, output_tokens: 1}")
    assert resolve_traffic(plain, tmp_path) is plain


def test_without_a_tokenizer_the_error_says_where_to_put_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / file_name("o200k_base")
    damaged.write_bytes(b"damaged")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(encodings, "find_spec", lambda _: None)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "none"))
    with pytest.raises(RequirementsError, match="o200k_base is not on this machine") as caught:
        load_encoding()
    assert damaged.name in (caught.value.hint or "")
    assert damaged.read_bytes() == b"damaged"


def test_the_users_cache_is_looked_in_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert places()[0].folder == tmp_path


@pytest.mark.parametrize("name", CHECKSUMS)
def test_counting_needs_no_network_and_no_litellm(name: str) -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise SystemExit('a connection was tried')\n"
        "socket.socket.connect = refuse\n"
        "from advisor.requirements.traffic.tokenizers import load_encoding\n"
        f"assert load_encoding({name!r}).encode_ordinary('hello world')\n"
        "assert 'litellm' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
