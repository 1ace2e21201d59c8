"""Folders that cannot be used and a disk that is full: a sentence and exit 2, never a fault of the program's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders that nobody may look into, whoever runs the tests: their names are longer than names can be."""
    folder = tmp_path / ("x" * 300)
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def test_answers_do_not_need_the_folders_of_the_user(elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_bytes((ROOT / "examples/support-bot.yaml").read_bytes())
    assert main(["license", "show", "mit"]) == 0
    assert main(["decide"]) in (0, 3)


def test_what_needs_them_says_so(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "refresh", "--drop"]) == 2
    said = capsys.readouterr().err
    assert "File name too long" in said
    assert "XDG_DATA_HOME" in said


@pytest.mark.skipif(os.name != "posix", reason="limits of the shell")
def test_a_full_disk_leaves_the_decision_that_stands(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_bytes((ROOT / "examples/support-bot.yaml").read_bytes())
    (tmp_path / "advisor.lock").write_text("# the one before\n")
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 1; {sys.executable} -m advisor decide"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "advisor.lock: cannot be written" in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "advisor.lock").read_text() == "# the one before\n"
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"advisor.yaml", "advisor.lock"}
