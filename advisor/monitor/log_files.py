"""The files of logs, a line at a time and from where the last run ended, whatever they are packed in."""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from glob import glob
from pathlib import Path
from typing import IO, NamedTuple, cast

from advisor.engine.port import Engine, quoted
from advisor.errors import MonitorError

MAX_LINE = 8 << 20
"""Bytes of the longest line that is read."""

PLAIN = (".jsonl", ".ndjson", ".json", ".csv", ".log")
SUFFIXES = (*PLAIN, ".parquet", *(f"{one}{packed}" for one in PLAIN for packed in (".gz", ".zst")))
"""The endings that a folder is searched for."""

STDIN = "-"

_HEAD = 1_024


class Position(NamedTuple):
    """How far a file was read, and how it is known again: a file that begins otherwise is another one."""

    size: int
    changed_ns: int
    offset: int
    lines: int
    head: str


class LogFile(NamedTuple):
    """A file to read, and from where."""

    path: str
    start: Position | None = None

    @property
    def form(self) -> str:
        """The ending without what it is packed in: ``.jsonl``, ``.csv``, ``.parquet``; ``.jsonl`` for a stream."""
        name = self.path.lower().removesuffix(".gz").removesuffix(".zst")
        return next((one for one in (*PLAIN, ".parquet") if name.endswith(one)), ".jsonl")

    @property
    def is_packed(self) -> bool:
        """Whether it can only be read from its beginning."""
        return self.path.lower().endswith((".gz", ".zst"))


def find_logs(names: Sequence[str], kept: Mapping[str, Position]) -> tuple[LogFile, ...]:
    """Return the files that are new or have grown, of files, folders, globs and ``-``.

    Raises MonitorError for a name that leads to no file.
    """
    paths: dict[str, None] = {}
    for name in names:
        paths.update(dict.fromkeys(_expanded(name)))
    found = []
    for path in paths:
        start = kept.get(path)
        if path == STDIN or start is None:
            found.append(LogFile(path))
        elif not _is_known(path, start):
            found.append(LogFile(path, start if _is_longer(path, start) else None))
    return tuple(found)


def _expanded(name: str) -> Iterator[str]:
    if name == STDIN:
        yield name
        return
    path = Path(name)
    if path.is_dir():
        inside = sorted(str(one) for one in path.rglob("*") if one.is_file() and one.name.lower().endswith(SUFFIXES))
        if not inside:
            raise MonitorError(f"{name}: expected logs in the folder, found none", hint=f"as {', '.join(SUFFIXES[:6])}")
        yield from inside
    elif path.is_file():
        yield name
    else:
        matched = sorted(one for one in glob(name, recursive=True) if Path(one).is_file())  # noqa: PTH207 - a whole path
        if not matched:
            raise MonitorError(f"{name}: there is no such file, folder or glob")
        yield from matched


def position(path: str, offset: int, lines: int) -> Position:
    """Return where the reading of a file ended. Raises MonitorError if it cannot be read."""
    try:
        about = Path(path).stat()
        return Position(about.st_size, about.st_mtime_ns, offset, lines, _head(path, min(offset, _HEAD)))
    except OSError as cause:
        raise MonitorError(f"{path}: cannot be read: {cause.strerror}") from None


def _head(path: str, length: int) -> str:
    with Path(path).open("rb") as file:
        return f"{length}:{hashlib.sha256(file.read(length)).hexdigest()[:16]}"


def _is_known(path: str, start: Position) -> bool:
    about = Path(path).stat()
    return (about.st_size, about.st_mtime_ns) == (start.size, start.changed_ns)


def _is_longer(path: str, start: Position) -> bool:
    """Whether a file is the one that was read, with more at its end; a packed one is read again, known ids are not."""
    length = int(start.head.partition(":")[0])
    file = LogFile(path)
    grows = file.form in (".jsonl", ".ndjson", ".log") and not file.is_packed
    return grows and Path(path).stat().st_size >= start.offset and _head(path, length) == start.head


class Lines:
    """The lines of a file with their numbers; ``offset`` and ``number`` tell afterwards how far it came."""

    def __init__(self, file: LogFile, engine: Engine) -> None:
        self._file, self._engine = file, engine
        self.offset = file.start.offset if file.start else 0
        self.number = file.start.lines if file.start else 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield numbers from 1 and bytes without the line break; a torn last line of a growing file is left for later.

        Raises MonitorError if the file cannot be read or unpacked.
        """
        try:
            if self._file.path.lower().endswith(".zst"):
                yield from self._of_zst()
                return
            with closing(self._opened()) as stream:
                yield from self._of_stream(stream)
        except (OSError, EOFError) as cause:
            raise MonitorError(f"{self._file.path}:{self.number}: cannot be read: {cause}") from None

    def _opened(self) -> IO[bytes]:
        if self._file.path == STDIN:
            return sys.stdin.buffer
        if self._file.path.lower().endswith(".gz"):
            return cast("IO[bytes]", gzip.open(self._file.path, "rb"))
        stream = Path(self._file.path).open("rb")  # noqa: SIM115 - closed by the caller
        stream.seek(self.offset)
        return stream

    def _of_stream(self, stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
        grows = self._file.path != STDIN and not self._file.is_packed
        while line := stream.readline(MAX_LINE + 1):
            whole = line.endswith(b"\n")
            if not whole and len(line) <= MAX_LINE and grows and not line.rstrip().endswith((b"}", b"]", b'"')):
                return
            self.number += 1
            self.offset += len(line)
            yield self.number, line
            while not whole and len(line) > MAX_LINE:
                line = stream.readline(MAX_LINE + 1)
                self.offset += len(line)
                whole = line.endswith(b"\n") or not line

    def _of_zst(self) -> Iterator[tuple[int, bytes]]:
        lines = (
            f"SELECT line FROM read_csv({quoted(self._file.path)}, columns={{'line': 'VARCHAR'}}, delim='\\x01', "  # noqa: S608 - quoted
            f"quote='', escape='', header=false, auto_detect=false, strict_mode=false, compression='zstd', "
            f"max_line_size={MAX_LINE}, parallel=false)"
        )
        for (line,) in self._engine.rows(lines):
            self.number += 1
            yield self.number, (line or "").encode()
