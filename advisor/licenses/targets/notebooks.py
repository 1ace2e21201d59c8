"""Models that notebooks name: the code of their cells, with the line of the file on which each line of code stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any, NamedTuple

from advisor.licenses.targets.mention import Found, Mention, Unresolved
from advisor.licenses.targets.plain_text import examples
from advisor.licenses.targets.python_code import python_mentions
from advisor.licenses.targets.python_values import Imported
from advisor.licenses.targets.shell_code import Shell


class _Code(NamedTuple):
    """Code of a kind, with the line of the file for each of its lines."""

    text: str
    lines: tuple[int, ...]

    def line(self, number: int) -> int:
        return self.lines[min(max(number, 1), len(self.lines)) - 1] if self.lines else 1


def notebook(text: str, imported: Imported) -> Found:
    """Return what the cells of a notebook name; one that is no notebook is read as running text."""
    try:
        document: Any = json.loads(text)
        cells = [_lines(cell) for cell in document["cells"] if cell.get("cell_type") == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Found(tuple(examples(text)))
    python, shell = _split(cells, text)
    found = python_mentions(python.text, imported) or Found(tuple(examples(python.text)))
    reader = Shell()
    commands = tuple(reader.script(shell.text))
    return Found(
        (*(_moved(one, python) for one in found.mentions), *(_moved(one, shell) for one in commands)),
        tuple(one._replace(line=python.line(one.line)) for one in found.unresolved)
        + tuple(Unresolved(one.expression, shell.line(one.line), one.why) for one in reader.unresolved),
    )


def _moved(mention: Mention, code: _Code) -> Mention:
    return mention._replace(line=code.line(mention.line))


def _lines(cell: Any) -> list[str]:
    source = cell["source"]
    joined = source if isinstance(source, str) else "".join(source)
    return str(joined).splitlines()


def _split(cells: list[list[str]], text: str) -> tuple[_Code, _Code]:
    """Return the Python code of all cells and, line for line, the commands among it."""
    starts = [0, *(one.end() for one in re.finditer("\n", text))]
    python: list[str] = []
    shell: list[str] = []
    numbers: list[int] = []
    place = 0
    for cell in cells:
        is_command = bool(cell) and cell[0].lstrip().startswith(("%%bash", "%%sh", "%%script", "%%writefile", "%%html"))
        continued = False
        for line in cell:
            found = text.find(json.dumps(line, ensure_ascii=False)[1:-1], place) if line.strip() else -1
            if found < 0 and line.strip():
                found = text.find(json.dumps(line)[1:-1], place)
            if found >= 0:
                place = found + len(line)
            numbers.append(bisect_right(starts, max(place - 1, 0)))
            plain = line.lstrip()
            magic = continued or (not is_command and plain.startswith(("!", "%")))
            continued = magic and plain.endswith("\\")
            python.append("" if magic or is_command else line)
            shell.append(plain.lstrip("!%") if magic or is_command else "")
    return _Code("\n".join(python), tuple(numbers)), _Code("\n".join(shell), tuple(numbers))
