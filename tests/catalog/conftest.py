"""The small catalog, on disk in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalog_files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "catalog")
