"""What the header of a weights file says: only headers are read, every length is checked against the file's size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

LONGEST_TEXT = 1 << 20
"""Bytes of one value that are kept."""


class Header(NamedTuple):
    """The strings of a header by their names, and what was wrong with it."""

    format: str
    """gguf, safetensors or onnx."""
    values: Mapping[str, str]
    odd: str | None = None
    """Why it could not be read to its end; what was read before counts."""


class BrokenHeaderError(Exception):
    """A header that is no such header, or that leads out of its file."""


class Reader:
    """Reads a file forward; every length is checked before anything is taken."""

    def __init__(self, file: BinaryIO, size: int, most: int) -> None:
        self._file = file
        self._left = min(size, most)
        self._whole = size <= most

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        self._require(count)
        content = self._file.read(count)
        if len(content) != count:
            raise BrokenHeaderError("the file ends inside its header")
        return content

    def skip(self, count: int) -> None:
        """Go past bytes."""
        self._require(count)
        self._file.seek(count, 1)

    def _require(self, count: int) -> None:
        if count < 0 or count > self._left:
            where = "the file" if self._whole else "what is read of a header"
            raise BrokenHeaderError(f"a length of {count:,} bytes leads out of {where}")
        self._left -= count

    @property
    def left(self) -> int:
        """Bytes that may still be read."""
        return self._left
