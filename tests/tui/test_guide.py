"""The guide's list of keys is that of the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.tui.key_help import markdown
from advisor.tui.screens.main import MainScreen

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "tui.md"
END = "<!-- end of keys -->"


def test_the_keys_in_the_guide_are_fresh(request: pytest.FixtureRequest) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- keys:")
    comment, _, keys = rest.partition("-->\n")
    fresh = f"{head}<!-- keys:{comment}-->\n\n{markdown(MainScreen.BINDINGS)}\n{END}\n"
    if request.config.getoption("update_snapshots"):
        GUIDE.write_text(fresh, encoding="utf-8")
        return
    assert keys.strip().endswith(END)
    assert text == fresh
