"""What a person chose for the screen, remembered between sittings: the theme and how the table is shown."""

from __future__ import annotations

import json
from typing import NamedTuple

from advisor.errors import UsageError
from advisor.files.atomic import replace_text
from advisor.files.paths import config_folder
from advisor.tui.table_view import SORTS

FILE = "tui.json"


class Preferences(NamedTuple):
    """The choices; ``theme`` is empty where none was made."""

    theme: str = ""
    sort: str = "rank"
    by_model: bool = True


def read_preferences() -> Preferences:
    """Return what was chosen; the usual in place of what is missing or means nothing."""
    usual = Preferences()
    try:
        content = json.loads((config_folder() / FILE).read_bytes())
        theme, sort, by_model = (content.get(name, value) for name, value in usual._asdict().items())
    except (OSError, ValueError, AttributeError):
        return usual
    return Preferences(
        theme if isinstance(theme, str) else usual.theme,
        sort if sort in SORTS else usual.sort,
        by_model if isinstance(by_model, bool) else usual.by_model,
    )


def write_preferences(chosen: Preferences) -> None:
    """Write the choices whole or not at all. Raises UsageError where that is impossible."""
    try:
        config_folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{config_folder()}: cannot be made: {error.strerror}") from None
    replace_text(config_folder() / FILE, json.dumps(chosen._asdict(), indent=2) + "\n", error=UsageError)
