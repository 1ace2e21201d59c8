"""Properties of ONNX files: ``metadata_props`` and the producer of a ModelProto, walked without a protobuf library.

Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (fields 2, 3, 4, 6 and 14 of ModelProto).
"""

from __future__ import annotations

from typing import BinaryIO

from advisor.licenses.targets.weights.header import LONGEST_TEXT, BrokenHeaderError, Reader

_NAMES = {2: "producer_name", 3: "producer_version", 4: "domain", 6: "doc_string"}
_PROPERTIES = 14
_MOST_FIELDS = 10_000
_VARINT, _EIGHT, _LENGTH, _FOUR = 0, 1, 2, 5
_LONGEST_VARINT = 10


def onnx_values(file: BinaryIO, size: int, values: dict[str, str]) -> None:
    """Put the properties into ``values``; the graph is gone past. Raises BrokenHeaderError."""
    reader = Reader(file, size, size)
    for _ in range(_MOST_FIELDS):
        if not reader.left:
            return
        key = _varint(reader)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            _varint(reader)
        elif kind in (_EIGHT, _FOUR):
            reader.skip(8 if kind == _EIGHT else 4)
        elif kind == _LENGTH:
            _field(reader, number, _varint(reader), values)
        else:
            raise BrokenHeaderError("it is no ONNX file")


def _field(reader: Reader, number: int, length: int, values: dict[str, str]) -> None:
    if (number not in _NAMES and number != _PROPERTIES) or length > LONGEST_TEXT:
        reader.skip(length)
        return
    content = reader.take(length)
    if number in _NAMES:
        values[_NAMES[number]] = content.decode("utf-8", "replace")
        return
    key, value = _entry(content)
    if key:
        values[key] = value


def _entry(content: bytes) -> tuple[str, str]:
    """Return the two strings of a StringStringEntryProto."""
    found = {1: "", 2: ""}
    place = 0
    while place < len(content):
        number = content[place] >> 3
        length, place = _varint_at(content, place + 1)
        if place + length > len(content):
            raise BrokenHeaderError("a property leads out of its field")
        found[number] = content[place : place + length].decode("utf-8", "replace")
        place += length
    return found[1], found[2]


def _varint(reader: Reader) -> int:
    value = 0
    for index in range(_LONGEST_VARINT):
        byte = reader.take(1)[0]
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            return value
    raise BrokenHeaderError("a number is longer than numbers are")


def _varint_at(content: bytes, place: int) -> tuple[int, int]:
    value = 0
    for index in range(_LONGEST_VARINT):
        if place + index >= len(content):
            break
        byte = content[place + index]
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            return value, place + index + 1
    raise BrokenHeaderError("a number is longer than numbers are")
