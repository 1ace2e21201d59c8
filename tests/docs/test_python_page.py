"""The page of the public interface lists all of it, and its program runs as written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import advisor

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "python.md").read_text(encoding="utf-8")


def test_every_public_name_is_listed() -> None:
    listed = set(re.findall(r"`(\w+)", PAGE))
    assert {name for name in advisor.__all__ if name != "__version__"} - {"Advice", "Catalog", "Requirements"} <= listed
    assert all(getattr(advisor, name) is not None for name in advisor.__all__)


def test_the_program_runs_as_written(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("triage ")
    assert "# " in done.stdout


def test_probe_is_the_same_whichever_is_imported_first() -> None:
    for first in ("import advisor.probe.budget", "pass"):
        code = (
            f"{first}\nfrom advisor import probe\nimport advisor.probe.plan\nimport advisor\n"
            "assert advisor.probe is probe\nassert callable(probe)"
        )
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
