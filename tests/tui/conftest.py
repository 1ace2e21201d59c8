"""A folder to probe from and a server of known times to probe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probe.truth import Truth, serving
from tests.tui.probes import ANSWERS, KEY


@pytest.fixture(scope="module")
def truth() -> Iterator[Truth]:
    """The server."""
    with serving() as server:
        yield server


@pytest.fixture
def probing_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, truth: Truth) -> None:
    """An empty folder with answers in it, and an environment in which the client library calls the server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{truth.address}/v1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    Path("advisor.yaml").write_text(ANSWERS)
