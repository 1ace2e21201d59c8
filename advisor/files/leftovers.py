"""Temporary files and folders whose names say who made them, so that what a killed process left is found and removed.

Nothing that is killed can clean up behind itself: whoever comes next does it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

SUFFIX = ".tmp"

_LONGEST_WRITE_S = 86_400.0
"""A file of another machine that is older was left behind; of this one the process tells, whatever the clock does."""

_FILE = re.compile(r"\..+\.(?P<mark>advisor-[0-9a-f]{8}-\d+-)\w+\.tmp")
_FOLDER = re.compile(r"(?P<mark>advisor-[0-9a-f]{8}-\d+-)\w+")

_SWEPT: set[Path] = set()
"""Folders that this process has looked through; once is enough, and some hold a hundred thousand files."""


def mark() -> str:
    """Return how the names of this process's temporary files begin: machine and process."""
    return f"advisor-{_host()}-{os.getpid()}-"


def sweep(folder: Path) -> None:
    """Remove the temporary files that killed writers left in a folder; looks once a process and folder."""
    if folder in _SWEPT:
        return
    _SWEPT.add(folder)
    for left, made_by in _marked(folder, _FILE):
        try:
            is_old = time.time() - left.stat().st_mtime > _LONGEST_WRITE_S
            if _is_dead(made_by) or (is_old and not _is_ours(made_by)):
                left.unlink()
        except OSError:
            continue  # another process was quicker


def temporary_folder() -> TemporaryDirectory[str]:
    """Return a folder that is removed with its content: in the end, or by the next one who asks if this one is killed.

    Use it in a ``with``, or call ``cleanup``.
    """
    from tempfile import TemporaryDirectory, gettempdir

    _sweep_folders(Path(gettempdir()))
    return TemporaryDirectory(prefix=mark())


def _sweep_folders(place: Path) -> None:
    """Remove the folders of this user's processes that are no more."""
    from shutil import rmtree

    for left, made_by in _marked(place, _FOLDER):
        try:
            found = left.lstat()
            is_own = os.name != "posix" or found.st_uid == os.getuid()
        except OSError:
            continue  # another process was quicker
        if is_own and left.is_dir() and not left.is_symlink() and _is_dead(made_by):
            rmtree(left, ignore_errors=True)


def _marked(folder: Path, form: re.Pattern[str]) -> Iterator[tuple[Path, str]]:
    """Yield what in a folder has a name of that form, with its mark."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return
    for name in names:
        if found := form.fullmatch(name):
            yield folder / name, found["mark"]


def _is_dead(made_by: str) -> bool:
    """Whether the process of a mark was one of this machine and is no more."""
    return _is_ours(made_by) and not _is_alive(int(made_by.split("-")[2]))


def _is_ours(made_by: str) -> bool:
    return made_by.split("-")[1] == _host()


def _host() -> str:
    """Return a few characters that tell machines apart which share a folder."""
    import platform
    from zlib import crc32

    return f"{crc32(platform.node().encode()):08x}"


def _is_alive(process: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
