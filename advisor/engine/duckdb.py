"""The adapter of DuckDB; nothing else here imports it, and nothing of it is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from advisor.engine.port import Bounds, listed
from advisor.errors import EngineError, install_hint
from advisor.files.leftovers import temporary_folder

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

_BATCH = 4_096
"""Rows that are held at once on their way out."""

MISSING = "DuckDB is not installed"


def connect(bounds: Bounds = Bounds(), *, folders: Iterable[Path] = (), extra: str = "loop") -> DuckEngine:  # noqa: B008 - a frozen value
    """Return an engine in memory that reads files and reaches nothing else.

    ``folders`` are all that it may read or write, where they are given. Raises EngineError that names the extra to
    install if DuckDB is missing.
    """
    try:
        import duckdb
    except ImportError:
        raise EngineError(MISSING, hint=install_hint(extra)) from None
    return DuckEngine(duckdb, bounds, tuple(folders))


class DuckEngine:
    """One database in memory; close it, or use it in a ``with``."""

    def __init__(self, module: Any, bounds: Bounds, folders: tuple[Path, ...]) -> None:
        self._error: type[Exception] = module.Error
        self._own_spill = None if bounds.spill else temporary_folder()
        spill = bounds.spill or (self._own_spill.name if self._own_spill else "")
        settings: dict[str, Any] = {
            "memory_limit": f"{bounds.memory_mb}MB",
            "temp_directory": spill,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "false",
        }
        if bounds.threads is not None:
            settings["threads"] = bounds.threads
        with self._named_errors():
            self._connection: duckdb.DuckDBPyConnection = module.connect(":memory:", config=settings)
            self._connection.execute("SET TimeZone='UTC'")
            if folders:
                allowed = listed([f"{folder}/" for folder in folders] + [f"{spill}/"])
                self._connection.execute(f"SET allowed_directories={allowed}")
                self._connection.execute("SET enable_external_access=false")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """See :meth:`advisor.engine.port.Engine.rows`."""
        with self._named_errors(), closing(self._connection.cursor()) as cursor:
            cursor.execute(sql, list(parameters))
            while batch := cursor.fetchmany(_BATCH):
                yield from batch

    def records(self, sql: str, kind: type[Any], parameters: Sequence[Any] = ()) -> Iterator[Any]:
        """See :meth:`advisor.engine.port.Engine.records`."""
        for row in self.rows(sql, parameters):
            yield kind(*row)

    def arrays(self, sql: str, parameters: Sequence[Any] = ()) -> Mapping[str, NDArray[Any]]:
        """See :meth:`advisor.engine.port.Engine.arrays`."""
        with self._named_errors(), closing(self._connection.cursor()) as cursor:
            found: dict[str, NDArray[Any]] = cursor.execute(sql, list(parameters)).fetchnumpy()
        return found

    def columns(self, sql: str, parameters: Sequence[Any] = ()) -> Mapping[str, str]:
        """See :meth:`advisor.engine.port.Engine.columns`."""
        return {str(row[0]): str(row[1]) for row in self.rows(f"DESCRIBE {sql}", parameters)}

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """See :meth:`advisor.engine.port.Engine.run`."""
        with self._named_errors():
            self._connection.execute(sql, list(parameters))

    def load(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """See :meth:`advisor.engine.port.Engine.load`."""
        import numpy as np

        shape = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self.run(f'CREATE TABLE "{table}" ({shape})')
        held: list[Sequence[Any]] = []
        for row in rows:
            held.append(row)
            if len(held) == _LOADED:
                self._append(table, columns, held, np)
                held = []
        if held:
            self._append(table, columns, held, np)

    def _append(self, table: str, columns: Mapping[str, str], held: Sequence[Sequence[Any]], np: Any) -> None:
        arrays = {}
        for name, values in zip(columns, zip(*held, strict=True), strict=True):
            arrays[name] = np.empty(len(values), dtype=object)
            arrays[name][:] = values
        with self._named_errors():
            self._connection.register("_loaded", arrays)
            self._connection.execute(f'INSERT INTO "{table}" SELECT * FROM _loaded')  # noqa: S608 - a name of ours
            self._connection.unregister("_loaded")

    def load_arrays(self, table: str, columns: Mapping[str, NDArray[Any]]) -> None:
        """See :meth:`advisor.engine.port.Engine.load_arrays`."""
        with self._named_errors():
            self._connection.register("_loaded", dict(columns))
            self._connection.execute(f'CREATE TABLE "{table}" AS SELECT * FROM _loaded')  # noqa: S608 - a name of ours
            self._connection.unregister("_loaded")

    def close(self) -> None:
        """See :meth:`advisor.engine.port.Engine.close`."""
        self._connection.close()
        if self._own_spill is not None:
            self._own_spill.cleanup()

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except self._error as cause:
            first = str(cause).partition("\n")[0]
            raise EngineError(f"the data engine refused: {first[:300]}") from cause


_LOADED = 20_000
"""Rows that are held at once on their way in."""
