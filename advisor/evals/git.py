"""What git knows of a file: the hash of its content, whether that is committed, and who came before."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

_TIMEOUT_S = 10


class Version(NamedTuple):
    """A version of a file by its content."""

    blob: str
    """As git names the content: SHA-1 of its length and bytes."""
    dirty: bool
    """Not what the last commit has, or outside git."""


class Commit(NamedTuple):
    """One commit that changed a file."""

    id: str
    at: datetime
    author: str
    subject: str
    blob: str
    path: str
    """Where the file stood then, from the top of the repository."""


def blob_hash(content: bytes) -> str:
    """Return the name that git gives to a content."""
    return hashlib.sha1(b"blob %d\x00" % len(content) + content, usedforsecurity=False).hexdigest()


def version(path: Path, content: bytes) -> Version:
    """Return the version of a file with that content, which may be newer than what is on disk."""
    own = blob_hash(content)
    committed = _git(path, "rev-parse", f"HEAD:./{path.name}")
    return Version(own, dirty=committed is None or committed.strip() != own)


def author(folder: Path) -> str | None:
    """Return the name in git's settings of whoever works here."""
    found = _git(folder / "_", "config", "user.name")
    return found.strip() or None if found else None


def history(path: Path) -> tuple[Commit, ...]:
    """Return the commits that changed a file, newest first, also under an earlier name; none outside git."""
    form = "%x1e%H%x1f%aI%x1f%an%x1f%s"
    told = _git(path, "log", "--follow", f"--format={form}", "--raw", "--no-abbrev", "--", path.name) or ""
    commits = []
    for entry in told.split("\x1e")[1:]:
        head, _, raw = entry.partition("\n")
        identifier, at, name, subject = head.split("\x1f")
        row = next((line for line in raw.splitlines() if line.startswith(":")), None)
        if row is None:
            continue
        fields, *names = row.split("\t")
        blob = fields.split()[3]
        if set(blob) != {"0"}:
            commits.append(Commit(identifier, datetime.fromisoformat(at), name, subject, blob, names[-1]))
    return tuple(commits)


def content_of(path: Path, revision: str) -> bytes | None:
    """Return the content of a file in a revision, or the content that a hash of git's names.

    None if git has neither.
    """
    for name in (f"{revision}:./{path.name}", revision):
        kind = _git(path, "cat-file", "-t", name)
        if kind is not None and kind.strip() == "blob":
            return _run(path, "cat-file", "blob", name)
    return None


def _git(path: Path, *arguments: str) -> str | None:
    told = _run(path, *arguments)
    return None if told is None else told.decode(errors="replace")


def _run(path: Path, *arguments: str) -> bytes | None:
    """Return what git says, in the folder of a file; None if there is no git, no repository or no such thing."""
    folder = path.parent
    # Nothing that a repository configures may start a program here.
    settings = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false")
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *settings, *arguments],  # noqa: S607 - the user's own git, wherever it is
            cwd=folder,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
