"""The rows of a metadata dump, as JSON lines or as Parquet: what each repository declares, one at a time.

A JSON line that is no object is a row that declares nothing. Parquet says the type of its columns, so a wrong one is
an error of the file; it is read a batch at a time, and only the columns that are needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.errors import UsageError, install_hint

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
    from pyarrow import parquet

LONGEST_LINE = 16 << 20
"""Characters of a JSON line; what goes on after them is read as further lines."""

ROWS_AT_ONCE = 1 << 15
"""Rows of a Parquet file that are held as Python values."""

MOST_VALUES = 1 << 26
"""Values of one column in a row group of a Parquet file: lists of base models included."""

_DECODER = json.JSONDecoder()
_MAGIC = b"PAR1"
_COLUMNS = (("id", "repo_id"), ("license",), ("license_name",), ("base_model",))
_MOST_SHOWN = 12
_LISTS = ("license", "base_model")


class Declared(NamedTuple):
    """What a row says of a repository, as it stands in the dump: any of it may be missing or of another type."""

    id: Any
    """Its name, ``org/name``."""
    license: Any = None
    """A tag or several."""
    license_name: Any = None
    base_model: Any = None
    """A name or several."""


def read_rows(path: Path) -> Iterator[Declared]:
    """Return the rows of a JSON-lines or Parquet file, in order. Raises UsageError for a file that is neither."""
    # What is no regular file, a pipe for instance, can be read only once.
    is_parquet = path.is_file() and _magic(path) == _MAGIC
    if path.suffix == ".parquet" and path.is_file() and not is_parquet:
        raise UsageError(f"{path}: expected a Parquet file, found another kind", hint="name JSON lines .jsonl")
    return _parquet(path) if is_parquet else _json_lines(path)


def _magic(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC))
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path}: cannot be read: {error.strerror or error}")


def _json_lines(path: Path) -> Iterator[Declared]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            for line in iter(partial(file.readline, LONGEST_LINE), ""):
                get = _object(line).get
                yield Declared(get("id") or get("repo_id"), get("license"), get("license_name"), get("base_model"))
    except OSError as error:
        raise _unreadable(path, error) from None


def _object(line: str) -> dict[str, Any]:
    """Give the object of a line; an empty one for anything else.

    The decoder itself is a fifth faster than json.loads.
    """
    try:
        row, end = _DECODER.raw_decode(line)
    except (ValueError, RecursionError):
        row, end = None, 0
    if len(line) > end + 1:
        row = _loaded(line)
    return row if type(row) is dict else {}


def _loaded(line: str) -> Any:
    """Return what stands between spaces in a line."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _parquet(path: Path) -> Iterator[Declared]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        hint = f"{install_hint('parquet')}; or export the dump as JSON lines"
        raise UsageError(f"{path}: reading Parquet needs pyarrow, which is not installed", hint=hint) from None
    try:
        with parquet.ParquetFile(path) as file:
            names = _columns(path, file)
            wanted = [name for name in names if name]
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=wanted, use_threads=False):
                columns = {name: _values(batch.column(name)) for name in wanted}
                nothing = [None] * batch.num_rows
                yield from map(Declared, *(columns[name] if name else nothing for name in names))
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(f"{path}: cannot be read as Parquet: {reason}", hint="is the file complete?") from None


def _columns(path: Path, file: parquet.ParquetFile) -> list[str | None]:
    """Return the column for each field of a row, None where the file has none. Raises UsageError."""
    schema = file.schema_arrow
    found: list[str | None] = []
    for names in _COLUMNS:
        name = next((name for name in names if schema.names.count(name) == 1), None)
        if name is None and names[0] in ("id", "license"):
            found_names = ", ".join(map(repr, schema.names[:_MOST_SHOWN])) or "none"
            message = f"{path}: expected one column {' or '.join(names)}, found {found_names}"
            raise UsageError(message, hint="rename the column of the dump")
        if name is not None:
            _check_type(path, schema.field(name))
        found.append(name)
    largest = max((_most_values(file, name) for name in found if name), default=0)
    if largest > MOST_VALUES:
        message = f"{path}: expected at most {MOST_VALUES:,} values of a column in a row group, found {largest:,}"
        raise UsageError(message, hint="write the dump again with smaller row groups")
    return found


def _check_type(path: Path, field: pa.Field) -> None:
    from pyarrow import types

    def is_text(kind: pa.DataType) -> bool:
        value = kind.value_type if types.is_dictionary(kind) else kind
        return bool(types.is_string(value) or types.is_large_string(value) or types.is_null(value))

    kind = field.type
    is_list = types.is_list(kind) or types.is_large_list(kind)
    if not is_text(kind) and not (is_list and field.name in _LISTS and is_text(kind.value_type)):
        wanted = "text or a list of texts" if field.name in _LISTS else "text"
        raise UsageError(f"{path}: expected {wanted} in the column {field.name}, found {str(kind)[:80]}")


def _most_values(file: parquet.ParquetFile, name: str) -> int:
    groups = (file.metadata.row_group(index) for index in range(file.metadata.num_row_groups))
    chunks = (group.column(index) for group in groups for index in range(group.num_columns))
    return max((chunk.num_values for chunk in chunks if chunk.path_in_schema.split(".")[0] == name), default=0)


def _values(column: pa.Array) -> Sequence[Any]:
    """Python values; what is no UTF-8 is nothing, so that one bad name costs one row and not the batch."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [_value(one) for one in column]


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return None
