"""Check the catalog's files and build what is generated from them: the compiled catalog and the JSON schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from advisor.catalog.source import disputes as ledger
from advisor.catalog.source.compile import compile_document
from advisor.catalog.source.dedupe import interned
from advisor.catalog.source.json_schemas import schemas
from advisor.catalog.source.merge import Catalog, join
from advisor.catalog.source.read import Tree, read_tree
from advisor.catalog.source.validate import CatalogProblem, problems
from advisor.errors import CatalogError
from advisor.files.atomic import replace_bytes


def build(root: Path) -> bytes:
    """Return the compiled catalog of the YAML files below ``root`` (the folder ``catalog``); same files, same bytes.

    Raises CatalogError if a file or the catalog as a whole is wrong; ``check`` lists everything that is.
    """
    tree, catalog = _read(root)
    found = problems(tree, catalog)
    if found:
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        raise CatalogError(f"{found[0]}{more}", hint="list everything that is wrong with `advisor catalog check`")
    return one_record_a_line(interned(compile_document(tree, catalog))).encode()


def one_record_a_line(document: dict[str, Any]) -> str:
    """Give a document as JSON in which each member of a table has a line of its own.

    So that git can merge two changes.
    """
    parts = []
    for name, content in sorted(document.items()):
        if isinstance(content, dict):
            lines = [f"{_line(key)}:{_line(value)}" for key, value in sorted(content.items())]
            text = "{\n" + ",\n".join(lines) + "\n}"
        elif isinstance(content, list):
            text = "[\n" + ",\n".join(_line(value) for value in content) + "\n]"
        else:
            text = _line(content)
        parts.append(f"{_line(name)}:{text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check(root: Path) -> list[CatalogProblem]:
    """Everything that is wrong below ``root``: the records, the rules that hold between them, stale schemas.

    Raises CatalogError at a file that cannot be read or that breaks its record.
    """
    tree, catalog = _read(root)
    return [*problems(tree, catalog), *_stale(root, catalog)]


def write_generated(root: Path) -> list[Path]:
    """Write the JSON schemas (``root/schema``) and the ledger of disputes; gives the files that changed."""
    changed = []
    (root / "schema").mkdir(exist_ok=True)
    for path, content in _generated(root, _read(root)[1]).items():
        if not path.is_file() or path.read_bytes() != content:
            replace_bytes(path, content)
            changed.append(path)
    return changed


def _read(root: Path) -> tuple[Tree, Catalog]:
    tree = read_tree(root)
    return tree, join(tree)


def _generated(root: Path, catalog: Catalog) -> dict[Path, bytes]:
    files = {root / "schema" / name: content for name, content in schemas().items()}
    return {**files, root / ledger.FILE: ledger.render(catalog)}


def _stale(root: Path, catalog: Catalog) -> list[CatalogProblem]:
    return [
        CatalogProblem(
            path, "generated", "differs from the files it is made from; `advisor catalog build` writes it anew"
        )
        for path, content in _generated(root, catalog).items()
        if not path.is_file() or path.read_bytes() != content
    ]
