"""A team's own measurements: a CSV of what each offering scored and cost on each workload, read without trusting it.

Columns ``workload,offering,vendor,score,cost_usd`` and, where there are any, ``n`` (cases behind the score) and
``weight`` (how much the workload counts). Other columns and empty rows are left alone. ``cost_usd`` is what the
workload costs a month with that offering.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from advisor.errors import EvidenceError
from advisor.files.yaml import read_text

REQUIRED = ("workload", "offering", "vendor", "score", "cost_usd")
OPTIONAL = ("n", "weight")

MAX_BYTES = 64 << 20
MAX_NAME = 200
MOST_USD = Decimal(10) ** 12
MOST_CASES = 10**12
MOST_PLACES = 12
"""Digits after the point; more than any measurement has, and few enough that sums stay exact."""

MAX_DIGITS = 64
"""Longer than any number that a person or a program writes."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_HINT = f"expected a header {','.join(REQUIRED)} and optionally {','.join(OPTIONAL)}"


class Result(NamedTuple):
    """One row: what an offering scored and cost on a workload."""

    workload: str
    offering: str
    vendor: str
    score: Decimal
    """0 to 100."""
    cost_usd: Decimal
    """A month of the workload, in USD."""
    n: int | None
    """Cases behind the score."""
    line: int


class Results(NamedTuple):
    """A whole file; ``weights`` has each workload once, 1 where the file gives none."""

    path: str
    rows: tuple[Result, ...]
    weights: Mapping[str, Decimal]
    weighted: bool = False
    """Whether the file gives any weight."""


def load_results(path: Path) -> Results:
    """Read a CSV of results. Raises EvidenceError with file, line, what is wrong and what was expected."""
    return parse_results(read_text(path, error=EvidenceError, max_bytes=MAX_BYTES), str(path))


def parse_results(text: str, path: str) -> Results:
    """Return the results in a text; ``path`` is what messages call it. Raises EvidenceError."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        written = (cells for cells in reader if any(map(str.strip, cells)))
        head = next(written, None)
        table = _Table(path, _header(head, path, reader.line_num), len(head or ()))
        for cells in written:
            table.add(cells, reader.line_num)
    except csv.Error as error:
        raise EvidenceError(f"{path}:{reader.line_num}: expected CSV: {error}") from None
    return table.results()


def _header(cells: list[str] | None, path: str, line: int) -> dict[str, int]:
    if not cells:
        raise EvidenceError(f"{path}: expected a table, found an empty file", hint=_HINT)
    names = [cell.strip().lower() for cell in cells]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        found = ", ".join(name[:40] for name in names[:10])
        separator = next((mark for mark in ";\t|" if len(names) == 1 and mark in names[0]), None)
        hint = f"separate columns by commas, not by {separator!r}" if separator else _HINT
        raise EvidenceError(f"{path}:{line}: column {', '.join(missing)} is missing; found {found}", hint=hint)
    twice = next((name for name in (*REQUIRED, *OPTIONAL) if names.count(name) > 1), None)
    if twice:
        raise EvidenceError(f"{path}:{line}: column {twice} stands {names.count(twice)} times; expected it once")
    return {name: names.index(name) for name in (*REQUIRED, *OPTIONAL) if name in names}


class _Table:
    """Takes rows one by one and checks each against those before it."""

    def __init__(self, path: str, places: Mapping[str, int], columns: int) -> None:
        self._path, self._places, self._columns = path, places, columns
        self._rows: dict[tuple[str, str], Result] = {}
        self._weights: dict[str, tuple[Decimal, int]] = {}

    def add(self, cells: list[str], line: int) -> None:
        row = _Row(self._path, line, self._places, cells)
        if any(map(str.strip, cells[self._columns :])):
            row.fail(
                f"expected {self._columns} cells as in the header, found {len(cells)}",
                "put text that has a comma in quotes, and write numbers without commas",
            )
        result = Result(
            row.name("workload"),
            row.name("offering"),
            row.name("vendor"),
            row.number("score", most=Decimal(100)),
            row.number("cost_usd", most=MOST_USD),
            row.whole("n"),
            line,
        )
        key = (result.workload, result.offering)
        if key in self._rows:
            first = self._rows[key].line
            row.fail(
                f"offering {result.offering!r} stands a second time for workload {result.workload!r}; "
                f"it stood on line {first}",
                "keep one row for each pair of workload and offering",
            )
        self._rows[key] = result
        self._weigh(row, result.workload, line)

    def _weigh(self, row: _Row, workload: str, line: int) -> None:
        weight = row.optional_number("weight", most=MOST_USD)
        if weight is None:
            return
        known = self._weights.setdefault(workload, (weight, line))
        if known[0] != weight:
            row.fail(
                f"workload {workload!r} has weight {weight} here and {known[0]} on line {known[1]}",
                "give all rows of a workload the same weight",
            )

    def results(self) -> Results:
        if not self._rows:
            raise EvidenceError(f"{self._path}: expected at least one row below the header, found none")
        names = dict.fromkeys(workload for workload, _ in self._rows)
        weights = {name: self._weights[name][0] if name in self._weights else Decimal(1) for name in names}
        if not any(weights.values()):
            raise EvidenceError(f"{self._path}: expected a weight above 0 for at least one workload, found none")
        return Results(self._path, tuple(self._rows.values()), weights, bool(self._weights))


class _Row(NamedTuple):
    path: str
    line: int
    places: Mapping[str, int]
    cells: list[str]

    def fail(self, message: str, hint: str | None = None) -> None:
        raise EvidenceError(f"{self.path}:{self.line}: {message}", hint=hint)

    def cell(self, column: str) -> str:
        place = self.places.get(column)
        if place is None:
            return ""
        if place >= len(self.cells):
            raise EvidenceError(
                f"{self.path}:{self.line}: expected at least {max(self.places.values()) + 1} cells, "
                f"found {len(self.cells)}; {column} is missing"
            )
        return self.cells[place].strip()

    def name(self, column: str) -> str:
        text = self.cell(column)
        if not text or len(text) > MAX_NAME or not text.isprintable():
            self.fail(f"{column}: expected a name of 1 to {MAX_NAME} printable characters, found {_shown(text)}")
        return text

    def number(self, column: str, *, most: Decimal) -> Decimal:
        found = self.optional_number(column, most=most)
        if found is None:
            raise EvidenceError(
                f"{self.path}:{self.line}: {column}: expected a number from 0 to {most:,}, found nothing",
                hint="leave out the rows that were not measured",
            )
        return found

    def optional_number(self, column: str, *, most: Decimal) -> Decimal | None:
        text = self.cell(column)
        if not text:
            return None
        value = _decimal(text)
        if value is None or not value.is_finite() or not 0 <= value <= most:
            self.fail(f"{column}: expected a number from 0 to {most:,}, found {_shown(text)}")
            return None
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > MOST_PLACES:
            value = round(value, MOST_PLACES)
        return abs(value)

    def whole(self, column: str) -> int | None:
        text = self.cell(column)
        if not text:
            return None
        value = _decimal(text)
        if value is None or not value.is_finite() or not 1 <= value <= MOST_CASES or value != value.to_integral_value():
            self.fail(f"{column}: expected a whole number from 1 to {MOST_CASES:,}, found {_shown(text)}")
            return None
        return int(value)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if len(text) <= MAX_DIGITS and _NUMBER.fullmatch(text) else None


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...") if text else "nothing"  # noqa: PLR2004 - one line


def workloads(results: Results) -> Iterator[tuple[str, Iterable[Result]]]:
    """Yield the rows of each workload, in the file's order."""
    by_name: dict[str, list[Result]] = {name: [] for name in results.weights}
    for row in results.rows:
        by_name[row.workload].append(row)
    yield from by_name.items()
