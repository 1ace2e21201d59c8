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


def test_a_file_in_place_of_a_command_is_opened_and_says_what_prints_it_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bot.yaml"]) == 2
    said = capsys.readouterr().err
    assert "bot.yaml: opening it takes a terminal" in said
    assert "`advisor recommend bot.yaml`" in said
