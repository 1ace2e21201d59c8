"""The questionnaire with a live answer; Textual is imported when it is run."""

from __future__ import annotations

from pathlib import Path


def run(path: Path | None = None) -> int:
    """Open the questionnaire, on a file if one is given; gives the exit code. Raises CatalogError."""
    from advisor.tui.app import AdvisorApp

    return AdvisorApp(path).run() or 0
