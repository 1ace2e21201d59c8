"""One truth server and one place for bytecode for all tests of probes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probe.truth import Truth, serving


@pytest.fixture(scope="session")
def truth() -> Iterator[Truth]:
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp().parent / "probe-bytecode"
