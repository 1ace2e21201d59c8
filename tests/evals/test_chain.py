"""A chain is a command whose calls all go through the run: counted, capped, and with no key to go elsewhere."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from tests.evals.answer_server import last_text, serving
from tests.evals.conftest import sums, write_cases

APP = """\
import json, os, sys, urllib.request
case = json.load(sys.stdin)
assert "OTHER_API_KEY" not in os.environ
assert "answer" not in case
words = open("prompts/a.md").read()

def call(text):
    body = json.dumps({"model": os.environ["ADVISOR_MODEL"], "messages": [{"role": "user", "content": text}]})
    head = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}
    address = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    with urllib.request.urlopen(urllib.request.Request(address, body.encode(), head)) as reply:
        return json.load(reply)["choices"][0]["message"]["content"]

draft = call(words + case["input"])
if case["id"] == "c3":
    sys.exit("no luck")
print(json.dumps({"answer": call("Check: " + draft)}))
"""


def _answer(body: dict[str, Any]) -> str:
    number = int(re.findall(r"\d+", last_text(body))[-1])
    return str(number if last_text(body).startswith("Check") else 2 * number)


def test_a_command_is_evaluated_as_a_prompt_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OTHER_API_KEY", "A1b2C3d4E5f6G7h8")
    for folder in ("prompts", "evals"):
        Path(folder).mkdir()
    Path("prompts/a.md").write_text("Double it. ")
    Path("app.py").write_text(APP)
    write_cases(Path("evals/support.jsonl"), *sums(5))
    with serving(_answer) as server:
        call = ["eval", "support", "openai/m", "--api-base", server.base, "--run", f"{sys.executable} app.py"]
        assert main([*call, "-f", "json"]) in (0, 3)
        found = json.loads(capsys.readouterr().out)
        result = found["results"][0]
        assert (result["n"], result["score"]["value"], result["steps"]) == (4, 100.0, 9)
        assert result["faults"] == {"unreadable": 1}
        assert result["tokens"]["input"] == 9 * 20
        assert found["prompt"]["version"].endswith(" prompts/a.md")
        assert found["prompt"]["dirty"]
        assert len(server.asked) == 9
        assert main([*call, "-f", "json"]) in (0, 3)
        assert len(server.asked) == 10
        Path("prompts/a.md").write_text("Twice. ")
        assert main([*call, "--prompt", "prompts/a.md"]) == 2
