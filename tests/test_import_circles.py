"""No two modules import each other, directly or around a corner, in any form of import."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.Module, known: Mapping[str, Path]) -> Iterator[str]:
    """What a module imports anywhere: at its top, in a function, or for type checkers alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.module in known:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def graph(root: Path, package: str) -> dict[str, set[str]]:
    """Each module of a package with what it imports of the package."""
    modules = {_name(path, root): path for path in (root / package).rglob("*.py")}
    return {
        name: set(_imported(ast.parse(path.read_text(encoding="utf-8")), modules)) - {name}
        for name, path in modules.items()
    }


def test_no_modules_import_each_other() -> None:
    found = graph(ROOT, "advisor")
    assert len(found) > 300
    TopologicalSorter(found).prepare()


@pytest.mark.parametrize(
    "importing",
    [
        "import p.a",
        "def f():\n    from p.a import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import a",
    ],
)
def test_a_circle_in_any_form_is_seen(tmp_path: Path, importing: str) -> None:
    package = tmp_path / "p"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("from p.b import y")
    (package / "b.py").write_text(importing)
    with pytest.raises(CycleError):
        TopologicalSorter(graph(tmp_path, "p")).prepare()
