"""The accelerators of this machine, as the makers' own tools list them; without one of them there is nothing to say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from advisor.catalog.records import Gpu

WITHIN_S = 3.0
"""Tools hang where a driver does; nobody waits longer for one."""

_ALIKE = 0.13
"""How far the memory that a tool reports may lie from the nominal one: part of it is reserved."""

RunTool = Callable[[Sequence[str]], str]
"""Runs a tool and gives what it printed; empty where it is absent, fails or takes too long."""


class DetectedGpus(NamedTuple):
    """Accelerators of one kind. ``known`` is the catalog's id for them, None where the catalog has none."""

    name: str
    memory_gib: float
    number: int
    tool: str
    known: str | None = None

    @property
    def words(self) -> str:
        """How many of what, and who says so."""
        return f"{self.number} x {self.name}, {self.memory_gib:.0f} GiB ({self.tool})"


def run_tool(command: Sequence[str]) -> str:
    """Run a tool for at most a few seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - the fixed commands below
            command, capture_output=True, text=True, errors="replace", timeout=WITHIN_S, check=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def detect_gpus(gpus: Iterable[Gpu], run: RunTool = run_tool, platform: str = sys.platform) -> tuple[DetectedGpus, ...]:
    """Return what this machine has; asks nobody but the tools that are installed on it."""
    known = tuple(gpus)
    listed = [("nvidia-smi", one) for one in _nvidia(run)] + [("rocm-smi", one) for one in _amd(run)]
    listed += [("system", one) for one in _apple(run)] if platform == "darwin" else []
    return tuple(
        DetectedGpus(name, memory, count, tool, _match(name, memory, known))
        for (tool, (name, memory)), count in Counter(listed).items()
    )


def _nvidia(run: RunTool) -> Iterable[tuple[str, float]]:
    """Yield name and GiB of each device; the tool prints MiB."""
    for line in run(("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")).splitlines():
        name, _, memory = line.rpartition(",")
        if name.strip() and memory.strip().isdigit():
            yield _clean(name), round(int(memory) / 1024, 1)


def _amd(run: RunTool) -> Iterable[tuple[str, float]]:
    """Yield the same; the tool prints a JSON object of cards, with bytes."""
    try:
        cards = json.loads(run(("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json")) or "{}")
    except ValueError:
        return
    for card in cards.values() if isinstance(cards, dict) else ():
        if not isinstance(card, dict):
            continue
        name = card.get("Card Series") or card.get("Card series") or card.get("Card model")
        memory = str(card.get("VRAM Total Memory (B)", ""))
        if isinstance(name, str) and name.strip() and memory.isdigit():
            yield _clean(name), round(int(memory) / 1024**3, 1)


def _apple(run: RunTool) -> Iterable[tuple[str, float]]:
    """Yield the chip with the memory that it shares with everything else."""
    chip, memory = (run(("sysctl", "-n", name)).strip() for name in ("machdep.cpu.brand_string", "hw.memsize"))
    if chip.startswith("Apple") and memory.isdigit():
        yield _clean(chip), round(int(memory) / 1024**3, 1)


def _match(name: str, memory_gib: float, gpus: Sequence[Gpu]) -> str | None:
    """Return the catalog's id for a device: the model's name must be in its own, and the memory must be alike."""
    tokens = re.split(r"[^a-z0-9]+", name.lower())
    words = {*tokens, *(first + second for first, second in pairwise(tokens))}
    for gpu in gpus:
        model = gpu.id.rpartition("-")[0]
        if model in words and abs(memory_gib - gpu.memory_gib) <= _ALIKE * gpu.memory_gib:
            return gpu.id
    return None


def _clean(text: str) -> str:
    return "".join(char for char in text.strip() if char.isprintable())[:60]
