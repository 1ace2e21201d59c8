"""The list of commands is short, by what they are for, and whole."""

from __future__ import annotations

import pytest

from advisor.cli import COMMANDS, GROUPS, main

MOST = 18


def test_every_command_stands_in_one_group(capsys: pytest.CaptureFixture[str]) -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted(COMMANDS)
    assert len(named) <= MOST
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert [title for title in GROUPS if f"{title}:" not in shown] == []
