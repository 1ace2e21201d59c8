"""The guide from a bad Friday to a fixed prompt runs as it is written, against a server on loopback."""

from __future__ import annotations

import gzip
import io
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from tests.evals.answer_server import last_text, serving

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/guides/bad-friday.md"
EXAMPLE = ROOT / "examples/monitor"

ANSWERS = {
    "refund|money": "Refunds take five working days.",
    "invoice|pay": "It is in your account under Payments.",
    "return|send|suit": "Returns are free within 30 days of delivery.",
    "log in|login|password|account": "Please do that from the login page.",
    "broken|crack|missing|stopped": "Please send a photo, and we replace it at no cost.",
    "size|large": "The table of sizes stands below the pictures.",
    "": "Delivery takes three days; the tracking stands under Orders.",
}


def _answer(body: dict[str, Any]) -> str:
    """Answer as a model does that knows what its prompt says, and promises what it does not."""
    asked = last_text(body).rpartition("A customer writes:")[2].casefold()
    if "voucher" in asked:
        knows = "one voucher per order" in str(body["messages"]).casefold()
        return "I am sorry: one voucher per order." if knows else "Yes, just enter both voucher codes."
    return next(reply for words, reply in ANSWERS.items() if re.search(words, asked))


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def _plain(words: str) -> str:
    return " ".join(words.split())


def test_the_guide_runs_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("wordllama")
    shutil.copytree(EXAMPLE, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "me")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "me@example.org")
    told, evaluations = "", 0
    with serving(_answer) as server:
        for line in (line for block in _blocks("sh") for line in block.splitlines()):
            words = shlex.split(line)
            if words[0] != "advisor":
                assert subprocess.run(words, check=False, capture_output=True).returncode == 0, line
                continue
            monkeypatch.setattr(sys, "stdin", io.StringIO("y\n" * 12 + "q\n" if "--sample" not in words else "p\n" * 5))
            runs = words[1:3] == ["eval", "support"]
            wanted = (1, 0, 0)[evaluations] if runs else int(words[1] == "monitor")
            evaluations += runs
            code = main([*words[1:], *(["--api-base", server.base] if runs else [])])
            said = capsys.readouterr()
            assert code == wanted, f"{line}: {code}: {said.err}"
            told += said.out
    for shown in _blocks("text"):
        assert _plain(shown) in _plain(told)
    assert "openai/gpt-6-luna~low passes and leads" in told
    assert len(server.asked) == 2 * (30 + 12), "what is known is not asked again"
    cases = [json.loads(line) for line in Path("evals/support.jsonl").read_text(encoding="utf-8").splitlines()]
    added = [one for one in cases if "theme" in one]
    assert {(one["origin"], one["state"]) for one in added} == {("failure", "accepted")}
    assert all(re.fullmatch(r"month\.jsonl\.gz:\d+", one["source"]) for one in added)
    assert "@example.org" not in Path("evals/support.jsonl").read_text(encoding="utf-8")


def test_the_month_is_what_its_script_makes() -> None:
    made = runpy.run_path(str(ROOT / "benchmarks/monitor_month.py"))["text"]()
    assert gzip.decompress((EXAMPLE / "month.jsonl.gz").read_bytes()).decode() == made
