"""The accelerators of a machine, from what the makers' tools print."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import pytest

from advisor.catalog import load_catalog
from advisor.self_hosting import detect
from advisor.self_hosting.detect import detect_gpus, run_tool

GPUS = tuple(load_catalog().gpus.values())
NVIDIA = "NVIDIA H100 80GB HBM3, 81559\nNVIDIA H100 80GB HBM3, 81559\nNVIDIA A100-SXM4-40GB, 40960\n"
AMD = {f"card{n}": {"Card Series": "AMD Instinct MI300X OAM", "VRAM Total Memory (B)": "206141652992"} for n in (0, 1)}


def tools(**printed: str) -> detect.RunTool:
    def run(command: Sequence[str]) -> str:
        return printed.get(command[-1] if command[0] == "sysctl" else command[0].replace("-", "_"), "")

    return run


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("NVIDIA H100 80GB HBM3, 81559", "h100-80gb"),
        ("NVIDIA A100-SXM4-80GB, 81920", "a100-80gb"),
        ("NVIDIA GeForce RTX 4090, 24564", "rtx4090-24gb"),
        ("NVIDIA L40S, 46068", "l40s-48gb"),
        ("NVIDIA L4, 23034", "l4-24gb"),
        ("NVIDIA B200, 183359", "b200-192gb"),
        ("NVIDIA H200, 143771", "h200-141gb"),
        ("Tesla T4, 15360", None),
        ("NVIDIA H100 NVL, 95830", None),
    ],
)
def test_a_device_is_known_by_its_name_and_its_memory(line: str, known: str | None) -> None:
    (found,) = detect_gpus(GPUS, tools(nvidia_smi=line), "linux")
    assert found.known == known


def test_each_kind_is_counted_and_says_who_listed_it() -> None:
    found = detect_gpus(GPUS, tools(nvidia_smi=NVIDIA, rocm_smi=json.dumps(AMD)), "linux")
    assert [(one.known, one.number, one.tool) for one in found] == [
        ("h100-80gb", 2, "nvidia-smi"),
        ("a100-40gb", 1, "nvidia-smi"),
        ("mi300x-192gb", 2, "rocm-smi"),
    ]


def test_an_apple_chip_is_named_but_is_no_record_of_the_catalog() -> None:
    run = tools(**{"machdep.cpu.brand_string": "Apple M4 Max\n", "hw.memsize": "137438953472\n"})
    (found,) = detect_gpus(GPUS, run, "darwin")
    assert (found.words, found.known) == ("1 x Apple M4 Max, 128 GiB (system)", None)
    assert detect_gpus(GPUS, run, "linux") == ()


@pytest.mark.parametrize("printed", ["", "No devices were found", "[]", '{"card0": 3}', "name, [N/A]", "\x00,,,"])
def test_what_no_tool_says_is_nothing(printed: str) -> None:
    assert detect_gpus(GPUS, tools(nvidia_smi=printed, rocm_smi=printed), "linux") == ()


def test_a_tool_that_is_absent_fails_or_hangs_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "WITHIN_S", 0.2)
    assert run_tool(["there-is-no-such-tool"]) == ""
    assert run_tool([sys.executable, "-c", "print('half'); raise SystemExit(3)"]) == ""
    assert run_tool([sys.executable, "-c", "import time; time.sleep(60)"]) == ""
