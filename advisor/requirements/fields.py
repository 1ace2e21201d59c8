"""The fields of ``advisor.yaml`` as data: for messages, the published schema and the reference.

Field docstrings are read from the source when asked for; the records themselves do not carry them, because reading
them at import would cost every start some 30 ms.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, get_args, get_type_hints

from pydantic import BaseModel

from advisor.requirements.schema import Requirements


class FieldOf(NamedTuple):
    """One field of one record. ``key`` is dotted, without the index of a workload: ``workloads.traffic.sample``."""

    key: str
    record: type[BaseModel]
    name: str
    annotation: Any
    nested: type[BaseModel] | None

    @property
    def doc(self) -> str:
        """The docstring under the field, on one line."""
        return field_docs(self.record)[self.name]

    @property
    def required(self) -> bool:
        """Whether its block is wrong without it."""
        return self.record.model_fields[self.name].is_required()

    @property
    def default(self) -> Any:
        """What holds when it is left out; None also for a field that is required."""
        return None if self.required else self.record.model_fields[self.name].default

    @property
    def is_leaf(self) -> bool:
        """Whether a plain value may stand here, and not only a block."""
        return self.nested is None or any(part in (str, float) for part in _parts(self.annotation))


def fields(record: type[BaseModel] = Requirements, above: str = "") -> Iterator[FieldOf]:
    """Every field of the file, blocks before what is in them, in the order of the records."""
    for name, annotation in get_type_hints(record, include_extras=True).items():
        if name not in record.model_fields:
            continue
        key = f"{above}.{name}" if above else name
        nested = record_in(annotation)
        yield FieldOf(key, record, name, annotation, nested)
        if nested is not None:
            yield from fields(nested, key)


def record_at(key: str) -> type[BaseModel] | None:
    """Return the record that describes a block, by its dotted key with or without indices.

    None if no block is there.
    """
    record: type[BaseModel] | None = Requirements
    for part in key.split(".") if key else ():
        if part.isdigit():
            continue
        if record is None or part not in record.model_fields:
            return None
        record = record_in(get_type_hints(record, include_extras=True)[part])
    return record


def record_in(annotation: Any) -> type[BaseModel] | None:
    """Return the record inside an annotation (``Record | None``, ``tuple[Record, ...]``), if there is one."""
    return next((part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, BaseModel)), None)


def enum_in(annotation: Any) -> type[Enum] | None:
    """Return the enumeration inside an annotation, if there is one."""
    return next((part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, Enum)), None)


@cache
def field_docs(owner: type) -> dict[str, str]:
    """Return the docstring under each field of a record, or under each member of an enumeration, on one line each."""
    owner_body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    found: dict[str, str] = {}
    name: str | None = None
    for statement in owner_body.body if isinstance(owner_body, ast.ClassDef) else ():
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and name:
            found[name] = " ".join(str(statement.value.value).split())
        name = _assigned(statement)
    return found


def _assigned(statement: ast.stmt) -> str | None:
    """Return the name that a statement of a class's body gives a value or a type."""
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return None


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield the types inside an annotation, unions, tuples and Annotated taken apart."""
    arguments = get_args(annotation)
    if not arguments:
        yield annotation
    for argument in arguments:
        yield from _parts(argument)
