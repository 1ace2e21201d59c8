"""Files of many entries that people write or export: JSON lines, a YAML or JSON list, or CSV with a header.

The one reader for sets of prompts and cases: it knows the four shapes of file and on which line an entry stands, and
leaves what an entry means to its caller.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import AdvisorError
from advisor.files.yaml import parse_document, read_text

MAX_BYTES = 8 << 20
"""The largest file that is read: 8 MiB."""

MAX_YAML_BYTES = 1 << 20
"""The same of YAML, which takes a hundred times as long to read."""

SUFFIXES = (".jsonl", ".ndjson", ".json", ".yaml", ".yml", ".csv")
"""The endings of the files that hold entries; case does not count."""

LISTS = ("cases", "prompts", "inputs")
"""Names under which a document that is no list itself may keep its entries."""


class Row(NamedTuple):
    """One entry and the line (from 1) on which it begins."""

    line: int
    content: Mapping[str, Any]


def holds_rows(path: Path) -> bool:
    """Whether a file is one of entries, by its ending."""
    return path.suffix.lower() in SUFFIXES


def read_rows(path: Path, *, error: type[AdvisorError]) -> Iterator[Row]:
    """Yield the entries of a file, in order; a text alone stands for ``{"input": text}``.

    Raises ``error`` with file and line if the file cannot be read, is too large, or an entry is no mapping.
    """
    suffix = path.suffix.lower()
    text = read_text(path, error=error, max_bytes=MAX_YAML_BYTES if suffix in (".yaml", ".yml") else MAX_BYTES)
    if suffix == ".csv":
        yield from _of_csv(text, path, error)
    elif suffix in (".jsonl", ".ndjson"):
        # Not splitlines(): JSON allows U+2028 and its like inside a string.
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield Row(number, _mapping(_json(line, path, number, error), path, number, error))
    elif suffix == ".json":
        yield from _of_list(_json(text, path, 1, error), {}, path, error)
    else:
        document = parse_document(text, path=str(path), error=error)
        yield from _of_list(document.content, document.lines, path, error)


def _of_csv(text: str, path: Path, error: type[AdvisorError]) -> Iterator[Row]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if not any(header) or len(set(header)) < len(header):
            raise error(f"{path}:1: expected a header that names each column once", hint="such as id,input,answer")
        before = reader.line_num
        for values in reader:
            number, before = before + 1, reader.line_num
            if not any(value.strip() for value in values):
                continue
            if len(values) != len(header):
                expected = f"expected {len(header)} columns as in the header, found {len(values)}"
                raise error(f"{path}:{number}: {expected}", hint='put a text with commas between quotes: "a, b"')
            yield Row(number, dict(zip(header, values, strict=True)))
    except csv.Error as cause:
        raise error(f"{path}:{reader.line_num}: expected CSV: {cause}") from None


def _of_list(content: Any, lines: Mapping[str, int], path: Path, error: type[AdvisorError]) -> Iterator[Row]:
    prefix = ""
    if isinstance(content, dict):
        name = next((name for name in LISTS if isinstance(content.get(name), list)), None)
        content, prefix = (content[name], f"{name}.") if name else (None, "")
    if not isinstance(content, list):
        raise error(f"{path}:1: expected a list of entries, or one under {' or '.join(LISTS)}")
    for index, entry in enumerate(content):
        number = lines.get(f"{prefix}{index}", 1)
        yield Row(number, _mapping(entry, path, number, error))


def _mapping(entry: Any, path: Path, number: int, error: type[AdvisorError]) -> Mapping[str, Any]:
    if isinstance(entry, str):
        return {"input": entry}
    if not isinstance(entry, dict):
        raise error(f"{path}:{number}: expected an entry with names, such as input, found {type(entry).__name__}")
    return entry


def _json(text: str, path: Path, number: int, error: type[AdvisorError]) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as cause:
        found = f"{path}:{number + cause.lineno - 1}: expected JSON: {cause.msg} at column {cause.colno}"
        raise error(found, hint="one JSON object a line in a .jsonl file") from None
    except (ValueError, RecursionError):
        raise error(f"{path}:{number}: expected JSON of ordinary depth and size") from None
