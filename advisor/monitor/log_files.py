"""The files of logs, a line at a time and from where the last run ended, whatever they are packed in."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from glob import glob
from pathlib import Path
from typing import IO, NamedTuple, cast

from advisor.engine.port import Engine, quoted
from advisor.errors import EngineError, MonitorError

MAX_LINE = 8 << 20
"""Bytes of the longest line that is read."""

PLAIN = (".jsonl", ".ndjson", ".json", ".csv", ".log")
SUFFIXES = (*PLAIN, ".parquet", *(f"{one}{packed}" for one in PLAIN for packed in (".gz", ".zst")))
"""The endings that a folder is searched for."""

STDIN = "-"

_HEAD = 1_024
_LARGEST = 512 << 20
_ROW, _PACKED_ROW = 1_000, 150
"""Bytes of a row, where the file does not tell."""
_LINES = (".jsonl", ".ndjson", ".log", ".json")


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

    A file that was rotated is known by how it begins, and read on under its new name. Raises MonitorError for a name
    that leads to no file.
    """
    paths: dict[str, None] = {}
    for name in names:
        paths.update(dict.fromkeys(_expanded(name)))
    found = []
    for path in paths:
        own = kept.get(path)
        if path == STDIN:
            found.append(LogFile(path))
        elif own is None or not _is_known(path, own):
            found.append(LogFile(path, own if own and _continues(path, own) else _moved(path, kept)))
    return tuple(found)


def expected_rows(files: Sequence[LogFile]) -> int:
    """Return about how many rows there are, by the sizes of the files and the first lines of each; 0 for a stream."""
    total = 0.0
    for file in files:
        if file.path == STDIN:
            continue
        size = Path(file.path).stat().st_size - (file.start.offset if file.start and not file.is_packed else 0)
        if not _has_lines(file.path):
            total += size / (_PACKED_ROW if file.is_packed or file.form == ".parquet" else _ROW)
            continue
        try:
            with closing(_unpacked(file.path)) as stream:
                head = stream.read(1 << 16)
        except (OSError, EOFError, zlib.error):
            continue  # the reading of it says why
        lines = head.count(b"\n") or 1
        total += size / (_PACKED_ROW if file.is_packed else max(len(head), 1) / lines)
    return round(total)


def _moved(path: str, kept: Mapping[str, Position]) -> Position | None:
    """Return how far a file was read under a name that is another file's now, or nobody's."""
    for other, start in kept.items():
        if other != path and _continues(path, start) and not (Path(other).is_file() and _continues(other, start)):
            return start
    return None


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
        length = min(offset, _HEAD) if _has_lines(path) else 0
        return Position(about.st_size, about.st_mtime_ns, offset, lines, _head(path, length))
    except (OSError, EOFError) as cause:
        raise MonitorError(f"{path}: cannot be read: {cause}") from None


def _has_lines(path: str) -> bool:
    """Whether reading can go on from a place in the file."""
    return LogFile(path).form in _LINES and not path.lower().endswith(".zst")


def _head(path: str, length: int) -> str:
    with closing(_unpacked(path)) as file:
        return f"{length}:{hashlib.sha256(file.read(length)).hexdigest()[:16]}"


def _unpacked(path: str) -> IO[bytes]:
    if path.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return Path(path).open("rb")


def _is_known(path: str, start: Position) -> bool:
    about = Path(path).stat()
    return (about.st_size, about.st_mtime_ns) == (start.size, start.changed_ns)


def _continues(path: str, start: Position) -> bool:
    """Whether a file is the one that was read, with more at its end; other kinds are read again, known calls are not.

    Raises MonitorError if it cannot be read.
    """
    length = int(start.head.partition(":")[0])
    if not length or not _has_lines(path):
        return False
    if not path.lower().endswith(".gz") and Path(path).stat().st_size < start.offset:
        return False
    try:
        return _head(path, length) == start.head
    except (OSError, EOFError) as cause:
        raise MonitorError(f"{path}: cannot be read: {cause}") from None


class Lines:
    """The rows of a file with their numbers; ``offset`` and ``number`` tell afterwards how far it came."""

    def __init__(self, file: LogFile, engine: Engine) -> None:
        self._file, self._engine = file, engine
        self.offset = file.start.offset if file.start else 0
        self.number = file.start.lines if file.start else 0
        self.rejected: tuple[tuple[int, str], ...] = ()
        """Rows of a table that have another number of columns, each with its number and why."""

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield numbers from 1 and bytes without the line break; a torn last line of a growing file is left for later.

        Raises MonitorError if the file cannot be read or unpacked.
        """
        path = self._file.path
        try:
            if path != STDIN and (self._file.form in (".csv", ".parquet") or _is_whole(self._file)):
                yield from self._of_engine()
            elif path.lower().endswith(".zst"):
                yield from self._of_zst()
            else:
                with closing(self._opened()) as stream:
                    yield from self._of_stream(stream)
        except (OSError, EOFError, zlib.error) as cause:
            raise MonitorError(f"{path}:{self.number}: cannot be read: {cause}") from None
        except EngineError as cause:
            # What the engine says may quote the log.
            raise MonitorError(
                f"{path}: after row {self.number:,}: cannot be read as {self._file.form}",
                hint="the ending of its name says what is expected in it",
            ) from cause

    def _opened(self) -> IO[bytes]:
        if self._file.path == STDIN:
            return sys.stdin.buffer
        stream = _unpacked(self._file.path)
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
            f"SELECT line FROM read_csv({quoted(self._file.path)}, columns={{'line': 'VARCHAR'}}, delim='\x01', "  # noqa: S608 - quoted
            f"quote='', escape='', header=false, auto_detect=false, strict_mode=false, compression='zstd', "
            f"max_line_size={MAX_LINE}, parallel=false)"
        )
        for (line,) in self._engine.rows(lines):
            self.number += 1
            yield self.number, (line or "").encode()

    def _of_engine(self) -> Iterator[tuple[int, bytes]]:
        """Yield the rows of a table, or the objects of a whole document, as JSON."""
        path = quoted(self._file.path)
        documents = f"read_json_objects({path}, format='auto', maximum_object_size={_most_at_once(self._file)})"
        source = {
            ".csv": "SELECT row FROM table_rows",
            ".parquet": f"SELECT to_json(t) FROM read_parquet({path}) t",  # noqa: S608 - quoted
        }.get(self._file.form, f"SELECT json FROM {documents}")  # noqa: S608 - quoted
        self._engine.run("SET preserve_insertion_order=true")
        if self._file.form == ".csv":
            self._read_csv(path)
        for (row,) in self._engine.rows(source):
            self.number += 1
            yield self.number, str(row).encode()
        self._engine.run("SET preserve_insertion_order=false")

    def _read_csv(self, path: str) -> None:
        """Read a table whole, since only then it is known which of its rows are none."""
        reading = f"read_csv({path}, all_varchar=true, header=true, store_rejects=true)"
        self._engine.run(f"CREATE OR REPLACE TABLE table_rows AS SELECT to_json(t) AS row FROM {reading} t")  # noqa: S608 - quoted
        self._engine.run(
            "CREATE OR REPLACE TABLE rejected AS "
            "SELECT line, min(error_message) AS why FROM reject_errors GROUP BY line"
        )
        found = self._engine.rows("SELECT line, why FROM rejected ORDER BY line")
        self.rejected = tuple((int(line), _reason(str(why))) for line, why in found)
        self._engine.run("DROP TABLE reject_errors")
        self._engine.run("DROP TABLE reject_scans")


def _reason(message: str) -> str:
    """Return the engine's reason for a row of a table without anything that the row says."""
    found = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    return f"expected {found[1]} columns, found {found[2]}" if found else "expected a row like the others"


def _most_at_once(file: LogFile) -> int:
    """Bytes of the largest object in a document: the whole of it, as far as memory goes."""
    return min(_LARGEST, max(Path(file.path).stat().st_size + 1, MAX_LINE if not file.is_packed else _LARGEST // 4))


def _is_whole(file: LogFile) -> bool:
    """Whether a file is one document in JSON, and not an object a line."""
    if file.form != ".json" or file.path.lower().endswith(".zst"):
        return file.form == ".json"
    with closing(_unpacked(file.path)) as stream:
        line = b""
        while not line.strip():
            line = stream.readline(MAX_LINE + 1)
            if not line:
                return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return True
    return False
