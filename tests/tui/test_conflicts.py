"""Where nothing passes, the ruled-out view names the requirements that cannot hold together."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.tui.widgets.ruled_out import Causes
from tests.tui.world import SUPPORT_BOT, WIDE, main, press, running, small_app

FILE = Path("strict.yaml")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    FILE.write_text(SUPPORT_BOT.replace("context_tokens: 32000", "context_tokens: 2000000"))


async def test_conflicts_stand_above_their_causes_and_a_way_dissolves_them() -> None:
    async with running(small_app(FILE), WIDE) as pilot:
        found = main(pilot).solved.workload(0)
        assert not found.standings
        await press(pilot, "f5")
        causes = main(pilot).query_one("#causes", Causes)
        said = [row.cells[0].text for row in causes._rows if row.key is None]
        for conflict in found.conflicts[:3]:
            assert f"✗ never together: {' and '.join(conflict.required)}" in said
        await press(pilot, "1")
        assert main(pilot).solved.workload(0).standings
        assert not any("never together" in row.cells[0].text for row in causes._rows)
