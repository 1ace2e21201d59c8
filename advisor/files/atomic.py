"""Replace a file whole: write beside it, then rename."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.files.leftovers import SUFFIX, mark, sweep


def replace_text(path: str | Path, text: str | Iterable[str], *, error: type[AdvisorError]) -> None:
    """Write a file whole or not at all; what stood there keeps its permissions, and a link stays a link.

    A large text may come in parts, which are never held together.

    A device or a pipe (``/dev/null``, ``/dev/stderr``) is written to and stays what it is. Raises ``error`` if the
    target is a directory, is marked read-only, or cannot be written.
    """
    content = [text.encode("utf-8")] if isinstance(text, str) else (part.encode("utf-8") for part in text)
    try:
        if Path(path).is_dir():
            raise error(f"{path}: expected a file to write, found a directory", hint="name a file inside it")
        if _is_stream(Path(path)):
            with Path(path).open("ab") as stream:
                stream.writelines(content)
            return
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if not mode & 0o222 or (target.exists() and not os.access(target, os.W_OK)):
            raise error(f"{path}: the file is read-only and was left as it is", hint="name another file with -o FILE")
        _replace(target, content, mode)
    except (OSError, ValueError) as cause:
        reason = getattr(cause, "strerror", None) or "the name is not one that a file can have"
        hint = None if Path(path).parent.is_dir() else f"make the folder first: mkdir -p {Path(path).parent}"
        raise error(f"{path}: cannot be written: {reason}; nothing was changed", hint=hint) from None


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a file of bytes whole or not at all. Raises OSError, and then what stood there is as it was."""
    _replace(path, [content], _mode(path))


def _replace(target: Path, content: Iterable[bytes], mode: int) -> None:
    import tempfile

    sweep(target.parent)
    prefix = f".{target.name[:50]}.{mark()}"
    handle, temporary = tempfile.mkstemp(prefix=prefix, suffix=SUFFIX, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _is_stream(path: Path) -> bool:
    """Whether the path leads to what cannot be replaced: a device, a pipe, one of the process's open files."""
    open_files = ("/dev/fd/", "/dev/std", "/proc/")
    return str(path).startswith(open_files) or (path.exists() and not path.is_file())


def _mode(target: Path) -> int:
    """Return the permission bits of the file there, or those that a new file would get."""
    try:
        return target.stat().st_mode & 0o7777
    except OSError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
