"""Every block of commands on a page runs as written, or says why it cannot; those that say so are counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.typed import ROOT, Block, blocks, prepare, run

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUN_ELSEWHERE = {
    "docs/guides/eval.md": "runs as written against a server on loopback, in test_eval_guide.py",
    "docs/guides/bad-friday.md": "runs as written against a server on loopback, in test_bad_friday_guide.py",
}
MOST_NOT_RUN = 15
"""How many blocks say why they cannot run. One more has to be a choice."""

CODES = (0, 1, 3)
"""An answer, findings and undecided; wrong usage and a missing file are none."""


def _all() -> Iterator[Block]:
    return (block for page in PAGES for block in blocks(page) if block.page not in RUN_ELSEWHERE)


RUN = {page: [b for b in _all() if b.page == page and not b.why] for page in dict.fromkeys(b.page for b in _all())}


@pytest.mark.parametrize("page", [page for page, found in RUN.items() if found])
def test_the_commands_of_a_page_run_in_their_order(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(tmp_path)
    for command in (command for block in RUN[page] for command in block.commands):
        asks = command.startswith("advisor ask") and "--list" not in command
        if asks:  # which never replaces a file
            (tmp_path / "advisor.yaml").rename(tmp_path / "before.yaml")
        code = run(command, tmp_path, monkeypatch, typed="\n" * 200)
        assert code in CODES, f"{command}: {code}: {capsys.readouterr().err[-2000:]}"
        if asks:
            (tmp_path / "before.yaml").replace(tmp_path / "advisor.yaml")


def test_what_does_not_run_says_why_and_is_counted() -> None:
    marked = [block for block in _all() if block.why]
    assert len(marked) <= MOST_NOT_RUN
    assert all(len(block.why or "") > 10 for block in marked)
    assert sum(len(block.commands) for found in RUN.values() for block in found) >= 30


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_command_hides_in_a_block_of_another_kind(page: Path) -> None:
    others = re.findall(
        r"```(?!console|sh\b|bash)\w*\n(?:\$ )?((?:advisor|make|python -m) [^\n]*)", page.read_text(encoding="utf-8")
    )
    assert others == []
