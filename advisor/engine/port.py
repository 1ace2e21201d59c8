"""The port: SQL over files with bounded memory and threads, typed rows out.

A query names its parameters with ``?`` and never holds a value of the user's in its text; :func:`quoted` is for the
places where SQL takes no parameter, such as a list of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Bounds(NamedTuple):
    """What a query may use of the machine."""

    memory_mb: int = 1_024
    """What the engine may hold; more goes to disk."""
    threads: int | None = None
    """None for one per core."""
    spill: str | None = None
    """The folder for what memory does not hold; None for a temporary one, removed at the end."""


class Engine(Protocol):
    """Runs SQL; one engine holds its tables until it is closed."""

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, never all held at once. Raises EngineError with the first line of the cause."""

    def records(self, sql: str, kind: type[Any], parameters: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows as named tuples of ``kind``, whose fields are the query's columns in order."""

    def arrays(self, sql: str, parameters: Sequence[Any] = ()) -> Mapping[str, NDArray[Any]]:
        """Return the columns of a query that has no empty field, whole and by name: for arithmetic over many rows."""

    def columns(self, sql: str, parameters: Sequence[Any] = ()) -> Mapping[str, str]:
        """Return the names and types of a query's columns, without running it."""

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement that returns nothing: a table or a view made, a file written."""

    def load(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make a table of that name with these columns and types, and fill it."""

    def load_arrays(self, table: str, columns: Mapping[str, NDArray[Any]]) -> None:
        """Make a table of that name from arrays of equal length, by column."""

    def close(self) -> None:
        """Let go of tables, memory and temporary files."""


def quoted(value: str) -> str:
    """Return a text as a SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def listed(values: Iterable[str]) -> str:
    """Return texts as a SQL list."""
    return "[" + ", ".join(quoted(value) for value in values) + "]"
