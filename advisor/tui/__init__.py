"""The questionnaire with a live answer; Textual is imported when it is run."""

from __future__ import annotations

from pathlib import Path


def run(path: Path | None = None) -> int:
    """Open the questionnaire, on a file if one is given; gives the exit code.

    Raises CatalogError, and what the program crashed of: Textual itself would end as if all were well.
    """
    from advisor.tui.app import AdvisorApp

    app = AdvisorApp(path, starts=True)
    code = app.run()
    if app.fault is not None:
        raise app.fault
    return code or 0
