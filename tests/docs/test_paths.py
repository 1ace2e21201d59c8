"""Pages name files and folders that are there, and never tell a reader to install a stranger's package."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_NAMED = re.compile(r"`((?:advisor|tests|benchmarks|catalog|docs|examples)/[\w./-]*\w/?)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_named_file_or_folder_exists(page: Path) -> None:
    named = _NAMED.findall(page.read_text(encoding="utf-8"))
    generated = {"catalog/models/LAB.yaml"}
    missing = [path for path in named if path not in generated and "XX" not in path and not (ROOT / path).exists()]
    assert [path for path in missing if not re.search(r"[A-Z]{2}", path)] == []


def test_every_folder_of_the_map_exists_and_is_on_it() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = text.partition("```text\n")[2].partition("```")[0]
    named = {
        name
        for line in block.splitlines()
        for name in re.findall(r"([\w-]+)/(?=\s|$)", line.partition("  ")[0] + " " + line.strip().split("     ")[0])
    }
    folders = {path.parent.name for path in (ROOT / "advisor").glob("*/__init__.py")}
    assert folders <= named
    top = {"catalog", "advisor", "tests", "benchmarks", "docs"}
    for name in named - top:
        assert (ROOT / "advisor" / name).is_dir(), name


def test_no_page_installs_another_project_by_our_short_name() -> None:
    """On the package index `advisor` is an unrelated project; ours is `model-advisor`."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    files = [
        ROOT / name for name in tracked if name.endswith((".md", ".yml", ".yaml", ".toml", ".py", ".html"))
    ] or PAGES
    wrong = re.compile(r"(?:pip|pipx|uv|uvx|uv tool)\s+(?:install\s+|add\s+|run\s+)?(?:-\S+\s+)*advisor\b(?!\.)(?!/)")
    found = [
        path for path in files if path.is_file() and wrong.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
