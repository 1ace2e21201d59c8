"""Other tools that time models, each in an environment of its own, read from the files that they write themselves.

They are large (AIPerf 1.2 GB, GuideLLM 1.5 GB), so nothing of them is a requirement here; a peer that is named gets an
environment of its own, once::

    python -m benchmarks.probe_accuracy --peer aiperf --peer guidellm
    python -m benchmarks.probe_accuracy --peer aiperf=FOLDER  # an environment that is there

PyTorch goes first because GuideLLM by itself brings one with 4 GB of CUDA.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.probe.truth import Truth

Seen = list[tuple[str, float, float]]
"""Of each request the server's name for it, time to first token and inter-token latency in milliseconds."""


class Load(NamedTuple):
    """What a client is to send; as many requests more go first, one a stream, that are not counted."""

    model: str
    streams: int
    requests: int


class Peer(NamedTuple):
    """A tool that is installed."""

    name: str
    environment: Path
    version: str

    @classmethod
    def find(cls, stated: str) -> Peer:
        """The tool of ``NAME`` or ``NAME=FOLDER``; without a folder it is installed beside the project's environment.

        Raises ValueError if it is none of ``PEERS``, not there or cannot be installed.
        """
        name, _, folder = stated.partition("=")
        if name not in PEERS:
            raise ValueError(f"expected one of {', '.join(PEERS)}, found {stated!r}")
        python = (Path(folder) if folder else _installed(name)).absolute() / "bin/python"
        if not python.exists():
            raise ValueError(f"expected {name}=FOLDER of a virtual environment, found {stated!r}")
        code = f"from importlib.metadata import version; print(version({name!r}))"
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
        return cls(name, python.parent, done.stdout.strip())

    def measure(self, truth: Truth, load: Load, folder: Path) -> tuple[Seen, float]:
        """What it saw, and the seconds from its call to the arrival of its first request."""
        command, read = PEERS[self.name]
        before = len(truth.log())
        arguments = command(truth.address, load, folder)
        began = time.monotonic_ns()
        subprocess.run(
            [self.environment / self.name, *arguments], env=_environment(), cwd=folder, capture_output=True, check=True
        )
        sent = truth.log()[before:]
        seen = list(read(folder, sent, load))
        if len(seen) < load.requests:
            raise ValueError(f"{self.name}: expected {load.requests} requests in its file, found {len(seen)}")
        return seen, (sent[0]["received_ns"] - began) / 1e9


_STEPS: Mapping[str, tuple[str, ...]] = {
    "aiperf": ("aiperf==0.13.0",),
    "guidellm": ("torch==2.13.0", "guidellm==0.8.1"),
}
"""What is installed of each, one after another."""


def _installed(name: str) -> Path:
    """The environment of a peer, made unless it is there; some minutes."""
    folder = Path(__file__).parents[1] / f".venv-{name}"
    if (folder / "bin" / name).exists():
        return folder
    print(f"installing {', '.join(_STEPS[name])} in {folder.name}", file=sys.stderr)
    venv.create(folder, with_pip=True)
    for step in _STEPS[name]:
        command = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", step]
        if subprocess.run(command, check=False).returncode:
            raise ValueError(f"{step} cannot be installed here")
    return folder


def _aiperf(address: str, load: Load, folder: Path) -> list[str]:
    options: Mapping[str, object] = {
        "--model": load.model,
        "--url": address,
        "--endpoint-type": "chat",
        "--tokenizer": "builtin",
        "--concurrency": load.streams,
        "--request-count": load.requests,
        "--warmup-request-count": load.streams,
        "--synthetic-input-tokens-mean": 20,
        "--output-artifact-dir": folder,
        "--ui": "none",
    }
    flags = ["profile", "--streaming", "--use-server-token-count"]
    return [*flags, *(str(word) for option in options.items() for word in option)]


def _read_aiperf(folder: Path, sent: list[dict[str, Any]], _: Load) -> Iterator[tuple[str, float, float]]:
    """One line a request; the name of the request is the one that AIPerf sent in a header."""
    names = {match.group(1): entry["id"] for entry in sent if (match := _REQUEST_ID.search(entry["head"]))}
    for line in (folder / "profile_export.jsonl").read_text().splitlines():
        record = json.loads(line)
        metrics = record["metrics"]
        if record["metadata"]["benchmark_phase"] == "profiling":
            times = (metrics[name]["value"] for name in ("time_to_first_token", "inter_token_latency"))
            yield names[record["metadata"]["x_request_id"]], *times


_REQUEST_ID = re.compile(r"^x-request-id: *(\S+)", re.IGNORECASE | re.MULTILINE)


def _guidellm(address: str, load: Load, folder: Path) -> list[str]:
    total = load.requests + load.streams
    prompts = folder / "prompts.jsonl"
    prompts.write_text('{"prompt": "Write until you are told to stop."}\n' * total)
    options = {
        "--backend": f"kind=openai_http,target={address},model={load.model},validate_backend=false",
        "--profile": f"kind=concurrent,streams={load.streams}",
        "--constraint": f"kind=max_requests,count={total}",
        "--data": f"kind=json_file,path={prompts}",
        "--output": f"kind=json,path={folder / 'report.json'}",
    }
    return ["run", "--disable-console", *(word for option in options.items() for word in option)]


def _read_guidellm(folder: Path, sent: list[dict[str, Any]], load: Load) -> Iterator[tuple[str, float, float]]:
    """It knows the server's own names; the first of each stream are left out, as its warm-up cannot be counted."""
    (benchmark,) = json.loads((folder / "report.json").read_text())["benchmarks"]
    first = {entry["id"] for entry in sent[: load.streams]}
    for request in benchmark["requests"]["successful"]:
        if request["response_id"] not in first:
            yield request["response_id"], request["time_to_first_token_ms"], request["inter_token_latency_ms"]


def _environment() -> dict[str, str]:
    """Off the network: AIPerf's tokenizer lies in a package that is installed here, and no model is looked up."""
    spec = importlib.util.find_spec("litellm")
    folder = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path()
    tokenizers = folder / "litellm_core_utils/tokenizers"
    return {**os.environ, "TIKTOKEN_CACHE_DIR": str(tokenizers), "HF_HUB_OFFLINE": "1"}


Command = Callable[[str, Load, Path], list[str]]
Read = Callable[[Path, list[dict[str, Any]], Load], Iterator[tuple[str, float, float]]]

PEERS: Mapping[str, tuple[Command, Read]] = {
    "aiperf": (_aiperf, _read_aiperf),
    "guidellm": (_guidellm, _read_guidellm),
}
"""How each is called, and how its file is read."""
