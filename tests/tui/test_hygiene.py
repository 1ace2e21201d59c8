"""The rest of the program does not pay for the terminal program."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_tui_does_not_import_textual() -> None:
    code = "import advisor.tui, sys; print(sorted(m for m in sys.modules if m in ('textual', 'rich', 'pydantic')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
