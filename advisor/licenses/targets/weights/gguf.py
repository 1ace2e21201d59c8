"""Headers of GGUF files: the strings under ``general.``, as llama.cpp's specification names them.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 1 to 3, either byte order).
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from advisor.licenses.targets.weights.header import LONGEST_TEXT, BrokenHeaderError, Reader

MOST_BYTES = 256 << 20
"""Bytes of a header: vocabularies of a few hundred thousand words take some ten of them."""
MOST_VALUES = 65_536
MOST_ELEMENTS = 1 << 26
_MAGIC = b"GGUF"
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of each type of number."""
_STRING, _ARRAY = 8, 9
_NUMBERS = {4: "I", 5: "i", 10: "Q", 11: "q"}
_NEWEST = 3


def gguf_values(file: BinaryIO, size: int, values: dict[str, str]) -> None:
    """Put the strings and whole numbers under ``general.`` into ``values``. Raises BrokenHeaderError."""
    reader = Reader(file, size, MOST_BYTES)
    if reader.take(4) != _MAGIC:
        raise BrokenHeaderError("it does not begin as a GGUF file does")
    raw = reader.take(4)
    version = int.from_bytes(raw, "little")
    order = "<" if version <= 0xFFFF else ">"  # noqa: PLR2004 - a small number in the other byte order is a large one
    version = version if order == "<" else int.from_bytes(raw, "big")
    if not 1 <= version <= _NEWEST:
        raise BrokenHeaderError(f"version {version} of GGUF is not known")
    parser = _Parser(reader, order, "I" if version == 1 else "Q")
    parser.length()
    count = parser.length()
    if count > MOST_VALUES:
        raise BrokenHeaderError(f"{count:,} values are more than a header holds")
    for _ in range(count):
        key, kind = parser.text(), parser.number("I")
        value = parser.value(kind)
        if key.startswith("general.") and value is not None:
            values.setdefault(key, value)


class _Parser:
    def __init__(self, reader: Reader, order: str, length: str) -> None:
        self._reader = reader
        self._order = order
        self._length = length

    def number(self, kind: str) -> int:
        return int(struct.unpack(self._order + kind, self._reader.take(struct.calcsize(kind)))[0])

    def length(self) -> int:
        return self.number(self._length)

    def text(self) -> str:
        return self._text(self.length())

    def _text(self, count: int) -> str:
        if count > LONGEST_TEXT:
            self._reader.skip(count)
            return ""
        return self._reader.take(count).decode("utf-8", "replace")

    def value(self, kind: int) -> str | None:
        """Return the value of a kind as text; None for what is no string and no whole number."""
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            return self._array()
        if kind in _NUMBERS:
            return str(self.number(_NUMBERS[kind]))
        if kind not in _SIZES:
            raise BrokenHeaderError(f"type {kind} of a value is not known")
        self._reader.skip(_SIZES[kind])
        return None

    def _array(self) -> str | None:
        kind, count = self.number("I"), self.length()
        if count > MOST_ELEMENTS or kind == _ARRAY:
            raise BrokenHeaderError("an array is larger or deeper than a header's")
        if kind != _STRING:
            self._reader.skip(count * _SIZES.get(kind, self._reader.left + 1))
            return None
        kept: list[str] = []
        for index in range(count):
            size = self.length()
            if index < 64:  # noqa: PLR2004 - tags, languages, data sets; of a vocabulary nothing is kept
                kept.append(self._text(size))
            else:
                self._reader.skip(size)
        return "\n".join(kept)
