"""The package works away from its checkout: built, installed into a fresh environment, asked for a recommendation."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from email.parser import Parser
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(out.glob("*.whl"))


def test_the_wheel_carries_the_catalog_and_no_file_of_the_checkout_around_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "advisor/_catalog.json" in names
    assert "advisor/py.typed" in names
    assert "advisor/tui/advisor.tcss" in names
    assert "advisor/reports/writers/page.css" in names
    assert [name for name in names if name.endswith(".data/data/share/man/man1/advisor.1")]
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "catalog/", "docs/"))]


def test_a_fresh_environment_gives_a_recommendation(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    purelib = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.strip()
    # The dependencies are those of the pins, which are installed here; only our own package must come from the wheel.
    own = [path for path in sys.path if path.endswith("site-packages")]
    subprocess.run(
        [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    Path(purelib, "dependencies.pth").write_text("\n".join(own) + "\n")
    done = subprocess.run(
        [python, "-m", "advisor", "recommend", "--template", "support-bot", "--as-of", "2026-11-23", "-f", "json"],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    where = subprocess.run(
        [python, "-c", "import advisor; print(advisor.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert where.startswith(str(home))
    assert json.loads(done.stdout)["workloads"][0]["recommended"]


def test_every_extra_can_be_had_together_and_stands_on_the_page_of_the_installation(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        name = next(one for one in opened.namelist() if one.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(opened.read(name).decode())
    extras = metadata.get_all("Provides-Extra") or []
    page = (ROOT / "docs" / "guides" / "install.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(extras)
    wanted = [Requirement(text) for text in metadata.get_all("Requires-Dist") or []]
    needed = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": "all"})]
    assert len(needed) > len([one for one in wanted if one.marker is None])
    assert [f"{one}" for one in needed if not one.specifier.contains(version(one.name), prereleases=True)] == []
