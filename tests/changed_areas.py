"""Print the folders of tests that belong to what changed since a commit, for `make test-quick`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALWAYS = ("tests/test_import_circles.py",)


def changed(base: str) -> list[str]:
    """The files that differ from a commit, those not yet added included."""
    differ = ["git", "diff", "--name-only", base]
    new = ["git", "ls-files", "--others", "--exclude-standard"]
    runs = (subprocess.run(args, cwd=ROOT, capture_output=True, text=True, check=True) for args in (differ, new))
    return [line for run in runs for line in run.stdout.splitlines()]


def areas(files: Iterable[str]) -> Iterator[str]:
    """The tests of each changed file: of its folder in the package, or the test file itself."""
    for file in files:
        top, _, rest = file.partition("/")
        folder = rest.partition("/")[0].removesuffix(".py")
        if top == "tests" and file.endswith(".py") and Path(file).name.startswith("test_"):
            yield file
        elif top in ("advisor", "tests") and (ROOT / "tests" / folder).is_dir():
            yield f"tests/{folder}"
        elif top in ("docs", "catalog") and (ROOT / "tests" / top).is_dir():
            yield f"tests/{top}"


if __name__ == "__main__":
    found = [*ALWAYS, *areas(changed(sys.argv[1] if len(sys.argv) > 1 else "HEAD"))]
    sys.stdout.write(" ".join(dict.fromkeys(one for one in found if (ROOT / one).exists())) + "\n")
