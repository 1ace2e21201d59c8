"""Commands as a reader types them: found in help and pages, and run in a folder that has what they name."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from advisor.cli import main
from advisor.requirements.templates import find_template

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
_BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^>]+) -->\n+)?```(?P<kind>console|sh|bash)\n(?P<text>.*?)```", re.DOTALL
)
_SHELL = re.compile(r"[|><;&$`]")


class Block(NamedTuple):
    """The commands of one block of a page; ``why`` says why they cannot run in a test."""

    page: str
    commands: tuple[str, ...]
    why: str | None


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of commands of a page; of a ``console`` the lines after a prompt."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        lines = found["text"].splitlines()
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        commands = prompted if found["kind"] == "console" and prompted else lines
        kept = tuple(line.strip() for line in commands if line.strip() and not line.startswith("#"))
        yield Block(page.relative_to(ROOT).as_posix(), kept, found["why"])


def prepare(folder: Path) -> None:
    """Put into a folder what the commands of the pages name: requirements, results, answers, logs, code, a mapping."""
    bot = find_template("support-bot").path
    (folder / "team").mkdir()
    for name in ("advisor.yaml", "team/advisor.yaml"):
        shutil.copy(bot, folder / name)
    (folder / "results.csv").write_text(
        "workload,offering,vendor,score,cost_usd\nsupport-bot,openai/gpt-6-luna~low,openai,90,100\n", encoding="utf-8"
    )
    (folder / "answers.yaml").write_text(
        "workloads:\n  - {name: bot, requests: 300k, input_tokens: 1800, output_tokens: 350}\n",
        encoding="utf-8",
    )
    (folder / "src").mkdir()
    (folder / "src" / "chat.py").write_text('MODEL = "openai/gpt-6-luna"\n', encoding="utf-8")
    call = {"timestamp": "2026-11-01T10:00:00Z", "model": "gpt-6-luna", "input": "Hello?", "output": "Yes."}
    (folder / "logs").mkdir()
    (folder / "logs" / "november.jsonl").write_text(f"{json.dumps(call)}\n" * 3, encoding="utf-8")
    with gzip.open(folder / "logs" / "october.jsonl.gz", "wt", encoding="utf-8") as packed:
        packed.write(f"{json.dumps(call)}\n" * 3)
    named = {"when": "2026-11-01T10:00:00Z", "engine": "gpt-6-luna", "asked": "Hello?", "said": "Yes.", "took": 1.5}
    (folder / "app.jsonl").write_text(f"{json.dumps(named)}\n" * 3, encoding="utf-8")
    (folder / "names.yaml").write_text(
        "fields: {at: when, model_served: engine, input: asked, output: said, latency_s: took}\n", encoding="utf-8"
    )


def run(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch, typed: str = "") -> int:
    """Run one line in a folder and return what it ended with; ``typed`` answers its questions."""
    monkeypatch.chdir(folder)
    words = shlex.split(command, comments=True)
    if words[0] == "advisor" and not _SHELL.search(command.partition(" #")[0]):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return main(words[1:])
    home = {"HOME": str(folder), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=folder, env={**os.environ, **home}, check=False, timeout=120
    )
    return done.returncode
