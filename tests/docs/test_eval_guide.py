"""The guide of evaluations runs as it is written, against a server on loopback."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.requirements.file import parse_requirements
from tests.evals.answer_server import last_text, serving

GUIDE = Path(__file__).parents[2] / "docs/guides/eval.md"

REPLIES = {"19.90": "59.70", "8.50": "It is 29.", "damage": "C", "password": "No.", "sizes": "S, M, XL"}


def _answer(body: dict[str, Any]) -> str:
    said = last_text(body)
    if "step by step" in str(body["messages"]) and "cancel" in said:
        return "4711"
    return next((reply for words, reply in REPLIES.items() if words in said), '{"order": 4711, "city": "Bonn"}')


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_guide_runs_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("wordllama")
    monkeypatch.chdir(tmp_path)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "me")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "me@example.org")
    subprocess.run(["git", "init", "-q"], check=True)
    questions = ("Where is my parcel?", "How do I pay by invoice?", "Can I change the color?")
    Path("logs.jsonl").write_text("".join(json.dumps({"input": one}) + "\n" for one in questions))
    with serving(_answer) as server:
        for line in (line for block in _blocks("sh") for line in block.splitlines()):
            words = shlex.split(line)
            if words[0] != "advisor":
                assert subprocess.run(words, check=False, capture_output=True).returncode == 0, line
                continue
            monkeypatch.setattr(sys, "stdin", io.StringIO("p\nq\n"))
            called = words[1:3] in (["eval", "try"], ["eval", "support"], ["eval", "plan"])
            code = main([*words[1:], *(["--api-base", server.base] if called else [])])
            assert code in (0, 1, 3), f"{line}: {code}: {capsys.readouterr().err}"
    told = capsys.readouterr()
    assert "Compute step by step" in told.out
    assert Path("evals/support.labels.jsonl").exists()

    assert len(server.asked) == 2 + 2 * 10 + 10


def test_the_requirements_of_the_guide_are_right() -> None:
    for block in _blocks("yaml"):
        found = parse_requirements(block, name="advisor.yaml").requirements
        floor = found.workloads[0].quality.at_least
        assert not isinstance(floor, str)
        assert floor is not None
        assert floor.case_set == "support"
