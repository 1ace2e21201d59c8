"""Where files of the user are: the two that a project commits, and the folders that the system keeps for programs."""

from __future__ import annotations

from pathlib import Path

REQUIREMENTS_FILE = "advisor.yaml"
"""What a project needs, in its own repository."""

DECISION_FILE = "advisor.lock"
"""The model that was chosen and all that the choice rests on, beside the requirements."""


def cache_folder(*parts: str) -> Path:
    """Where to keep what can be made again: below ``$XDG_CACHE_HOME/advisor`` or the system's own place for caches."""
    import platformdirs

    return platformdirs.user_cache_path("advisor", appauthor=False).joinpath(*parts)


def is_there(path: Path) -> bool:
    """Whether a file stands there; no where the folder may not be looked into, as with the HOME of another user.

    A file that is there and may not be read is no such case: whoever opens it learns so.
    """
    try:
        return path.is_file()
    except OSError:
        return False


def data_folder(*parts: str) -> Path:
    """Where to keep what the user gave: below ``$XDG_DATA_HOME/advisor`` or the system's own place for data."""
    import platformdirs

    return platformdirs.user_data_path("advisor", appauthor=False).joinpath(*parts)


def config_folder(*parts: str) -> Path:
    """Where to keep what the user chose: below ``$XDG_CONFIG_HOME/advisor`` or the system's own place for settings."""
    import platformdirs

    return platformdirs.user_config_path("advisor", appauthor=False).joinpath(*parts)
