"""Kill -9 at a random moment, with two processes on the same files: nothing finished is lost, nothing torn or left."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random

import pytest

from tests.files.killed import Job, jobs, kill

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

_RANDOM = Random(20261129)


@pytest.fixture(scope="module")
def making() -> Iterator[Mapping[str, Callable[[Path], Job]]]:
    with jobs() as made:
        yield made


@pytest.mark.parametrize("name", ["probe", "bulk", "save", "decide", "refresh"])
def test_two_that_are_killed_lose_tear_and_leave_nothing(
    name: str, making: Mapping[str, Callable[[Path], Job]], tmp_path: Path
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    found = kill(making[name](folder), folder, _RANDOM, longest_s=0.15)
    assert found.died >= (1 if name == "bulk" else 2)
