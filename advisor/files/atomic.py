"""Replace a file whole: write beside it, then rename."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from advisor.errors import AdvisorError

_SUFFIX = ".tmp"

_LONGEST_WRITE_S = 86_400.0
"""What is older was left behind, whoever wrote it."""


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


def _replace(target: Path, content: Iterable[bytes], mode: int) -> None:
    import tempfile

    _sweep(target)
    prefix = f"{_prefix(target)}{_host()}-{os.getpid()}-"
    handle, temporary = tempfile.mkstemp(prefix=prefix, suffix=_SUFFIX, dir=target.parent)
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


def _prefix(target: Path) -> str:
    return f".{target.name[:50]}.advisor-"


def _host() -> str:
    """Return a few characters that tell machines apart which share a folder."""
    import platform
    from zlib import crc32

    return f"{crc32(platform.node().encode()):08x}"


def _sweep(target: Path) -> None:
    """Remove what writers of the target left behind that were killed: no process of this machine holds it any more."""
    for left in target.parent.glob(f"{_escaped(_prefix(target))}*{_SUFFIX}"):
        host, _, rest = left.name.removeprefix(_prefix(target)).partition("-")
        process = rest.partition("-")[0]
        try:
            is_old = time.time() - left.stat().st_mtime > _LONGEST_WRITE_S
            if is_old or (host == _host() and process.isdecimal() and not _is_alive(int(process))):
                left.unlink()
        except OSError:
            continue  # another process was quicker


def _escaped(name: str) -> str:
    import glob

    return glob.escape(name)


def _is_alive(process: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


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
