"""The text of a PDF by way of pypdf, in a process of its own that is bounded in time, memory and pages.

A page whose words are a picture, a picture beside the words and an attachment may speak about rights unseen, so a
document that holds one is not read at all. pypdf is the extra ``pdf``; without it a PDF is a doubt.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from advisor.errors import install_hint

LONGEST_S = 10.0
"""How long reading one document may take."""

_WORKER = Path(__file__).with_name("pdf_worker.py")
_LONGEST_REASON = 200


def read_pdf(content: bytes, seconds: float = LONGEST_S) -> tuple[str | None, str]:
    """Return the whole text of a PDF, or None and the reason why it was not read."""
    if find_spec("pypdf") is None:
        return None, f"read it, or let advisor read it after {install_hint('pdf')}"
    # By its path, and without its folder among those that modules are looked for in.
    command = [sys.executable, "-P", str(_WORKER)]
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours
            command, input=content, capture_output=True, timeout=max(0.1, min(seconds, LONGEST_S)), check=False
        )
    except subprocess.TimeoutExpired:
        return None, f"not read within {min(seconds, LONGEST_S):.0f} seconds"
    except OSError as error:
        return None, f"the process that reads it did not start: {error.strerror}"
    try:
        answer = json.loads(done.stdout)
        text, reason = answer["text"], str(answer["reason"])
    except (ValueError, KeyError, TypeError):
        return None, "the process that reads it ended early"
    if not isinstance(text, str):
        return None, " ".join(reason.split())[:_LONGEST_REASON]
    return text, ""
