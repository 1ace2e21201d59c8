"""A Hub on loopback, an invented license with its fingerprint, and the shared texts where they are on the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog import load_catalog
from advisor.licenses.aliases import Licenses
from tests.licenses.hub_server import Hub, serve

TEXTS = Path(__file__).parents[2].parent / "shared" / "data" / "licenses"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def licenses() -> Licenses:
    return Licenses(load_catalog().licenses)


@pytest.fixture(scope="session")
def labeled() -> list[dict[str, Any]]:
    """The labeled texts: each row with its content."""
    if not (TEXTS / "texts.jsonl").is_file():
        pytest.skip("the labeled texts are not on this disk")
    rows = [json.loads(line) for line in (TEXTS / "texts.jsonl").read_text(encoding="utf-8").splitlines()]
    return [row | {"content": (TEXTS / row["file"]).read_text(encoding="utf-8", errors="replace")} for row in rows]
