"""Repositories of the Hub that files and folders name: lists, bills of materials, source code, a cache of the Hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from advisor.errors import UsageError
from advisor.files.yaml import read_text
from advisor.licenses.targets.cyclonedx import models_of
from advisor.licenses.targets.source_code import mentions
from advisor.licenses.targets.target import REPOSITORY, Place, Target, read_list

MOST_FILES = 20_000
"""Files of a folder that are looked at."""

LARGEST_BYTES = 8 << 20
"""Files above this are left out of a folder; named by themselves they are an error."""

_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", "site-packages"}
_ENDINGS = {
    ".py", ".js", ".mjs", ".ts", ".tsx", ".ipynb", ".yaml", ".yml", ".toml", ".json", ".sh", ".bash", ".env", ".cfg",
    ".ini", ".dockerfile", ".tf",
}  # fmt: skip
_NAMES = (".env", "dockerfile", "containerfile", "makefile", "modelfile")


def targets_in(name: str) -> Iterator[Target]:
    """The repositories that a file or the files of a folder name; a folder may be a cache of the Hub.

    Raises UsageError.
    """
    path = Path(name)
    if path.is_dir() and next(path.glob("models--*"), None) is not None:
        yield from hub_cache(path)
        return
    if path.is_dir():
        for file in _files(path):
            yield from mentions(_text(file), str(file))
        return
    text = read_text(path, error=UsageError, max_bytes=64 << 20)
    if path.suffix in (".txt", ".lst", ".list", ""):
        if path.name.lower().startswith(_NAMES):
            yield from mentions(text, name)
        else:
            yield from read_list(text, name)
    elif path.suffix == ".json" and '"bomFormat"' in text:
        yield from (target._replace(place=target.place or Place(name)) for target in models_of(text, name))
    else:
        yield from mentions(text, name)


def hub_cache(folder: Path) -> Iterator[Target]:
    """The models of a local Hub cache, each at the commit its main branch had."""
    for repository in sorted(folder.glob("models--*")):
        head = repository / "refs" / "main"
        revision = head.read_text(encoding="ascii", errors="ignore").strip() if head.is_file() else ""
        name = "/".join(repository.name.split("--")[1:3])
        if REPOSITORY.fullmatch(name):
            yield Target(name, revision if re.fullmatch(r"[0-9a-f]{40}", revision) else None)


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for path in sorted(folder.rglob("*")):
        if _SKIPPED & set(path.relative_to(folder).parts) or path.is_symlink() or not path.is_file():
            continue
        named = path.suffix.lower() in _ENDINGS or path.name.lower().startswith(_NAMES)
        if named and path.stat().st_size <= LARGEST_BYTES:
            count += 1
            if count > MOST_FILES:
                raise UsageError(f"{folder}: more than {MOST_FILES:,} files", hint="name a folder inside it")
            yield path


def _text(file: Path) -> str:
    """A file of a folder, whatever its bytes are; one that cannot be read is told and not left out."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}", hint="leave it out, or name files") from None
