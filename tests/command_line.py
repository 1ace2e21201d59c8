"""The command line as a user calls it, without a process of its own: the exit code and what stands on each stream.

What only a process has (a pipe that breaks, a signal, what is imported) is tested with one.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from advisor.cli import main

ROOT = Path(__file__).parents[1]

PORTFOLIO = """\
stage: proof-of-concept
deployment: {channels: {allow: [gemini, mistral]}}
preferences: [quality, cost]
workloads:
  - name: support-bot
    dimension: instruction-following
    traffic: {requests_per_month: 300000, input_tokens: 1800, output_tokens: 350}
    needs: {tools: true}
  - name: mail-sorting
    traffic: {requests_per_month: 900000, input_tokens: 700, output_tokens: 20}
portfolio: {budget_usd_per_month: 2500, max_vendors: 2}
"""
"""Two workloads that share limits, on so few channels that planning them takes no time."""


class Done(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def advisor(*args: str, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> Done:
    """Run a command in a folder, with this environment or with one given; its streams are pipes, not terminals."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    known = os.environ if environment is None else environment
    with chdir(cwd), patch.dict(os.environ, known, clear=True), redirect_stdout(out), redirect_stderr(err):
        code = main(args)
    return Done(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


@cache
def advisor_once(*args: str) -> Done:
    """A command that only reads, run once a worker."""
    return advisor(*args)
