"""The strings that an expression of Python code may come to, by what the same file and those that it imports assign.

Nothing is run. An expression comes to all strings that any assignment, default, caller or branch gives it; what it
depends on beyond that is said in words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from advisor.licenses.targets.python_scopes import Binding, Module, Scope

MOST_DEPTH = 14
"""Steps from a name to its value."""

MOST_VALUES = 400
"""Values of one expression."""

_LOCAL_WORDS = ("tmp", "temp", "dir", "dirname", "folder", "output", "save", "saved", "cache", "ckpt_path")
_LOCAL_CALLS = ("join", "mkdtemp", "TemporaryDirectory", "Path", "getcwd", "abspath", "expanduser", "resolve", "mktemp")
_SAME = ("strip", "lower", "rstrip", "lstrip", "str", "cast", "format", "removeprefix", "removesuffix", "Path_str")
_WRAPPERS = ("field", "Field", "Option", "Argument", "option", "ClassVar", "SecretStr", "Input", "Secret", "Annotated")


class Value(NamedTuple):
    """A string with the line on which it stands."""

    text: str
    line: int
    environment: str | None = None
    """The environment variable whose default it is."""


class Values(NamedTuple):
    """What an expression comes to."""

    known: tuple[Value, ...] = ()
    open: str | None = None
    """What it depends on that the files do not say."""
    is_local: bool = False
    """Whether it is a path on the machine."""


NOTHING = Values()

Imported = Callable[[str, int, str], "tuple[Module, ast.expr] | None"]
"""From the module, its level and a name to the file that defines the name, with its value there."""


class Evaluator:
    """Evaluates expressions of one file."""

    def __init__(self, module: Module, imported: Imported = lambda *_: None) -> None:
        self._module = module
        self._imported = imported
        self._busy: set[tuple[int, int]] = set()
        self._done: dict[tuple[int, int], Values] = {}

    def values(self, node: ast.expr | None, scope: Scope, depth: int = 0) -> Values:
        """All that an expression may come to."""
        if node is None:
            return NOTHING
        key = (id(node), id(scope))
        if key in self._done:
            return self._done[key]
        if depth > MOST_DEPTH or key in self._busy:
            return NOTHING
        self._busy.add(key)
        try:
            found = self._done[key] = self._by_kind(node, scope, depth + 1)
            return found
        finally:
            self._busy.discard(key)

    def _by_kind(self, node: ast.expr, scope: Scope, depth: int) -> Values:  # noqa: C901, PLR0911, PLR0912 - one case a kind
        match node:
            case ast.Constant(value=str(text)):
                return Values((Value(text, node.lineno),))
            case ast.Constant():
                return NOTHING
            case ast.JoinedStr():
                return self._joined([self._part(part, scope, depth) for part in node.values], node)
            case ast.BinOp(op=ast.Add()):
                return self._joined([self.values(one, scope, depth) for one in (node.left, node.right)], node)
            case ast.BinOp(op=ast.Div()):
                return Values(is_local=True)
            case ast.Name():
                return self._name(node, scope, depth)
            case ast.Attribute():
                return self._attribute(node, scope, depth)
            case ast.Subscript():
                return self._subscript(node, scope, depth)
            case ast.Call():
                return self._call(node, scope, depth)
            case ast.IfExp():
                return merged(self.values(one, scope, depth) for one in (node.body, node.orelse))
            case ast.BoolOp():
                return merged(self.values(one, scope, depth) for one in node.values)
            case ast.NamedExpr() | ast.Await() | ast.Starred():
                return self.values(node.value, scope, depth)
            case ast.List() | ast.Tuple() | ast.Set():
                return merged(self.values(one, scope, depth) for one in node.elts[:MOST_VALUES])
            case ast.Dict():
                return merged(self.values(one, scope, depth) for one in node.values[:MOST_VALUES])
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self.values(node.elt, scope, depth)
        return Values(open=_short(node))

    def _part(self, node: ast.expr, scope: Scope, depth: int) -> Values:
        return self.values(node.value if isinstance(node, ast.FormattedValue) else node, scope, depth)

    def _joined(self, parts: list[Values], node: ast.expr) -> Values:
        """Strings put together; where a part is open the whole is."""
        texts = [""]
        for part in parts:
            if not part.known:
                is_local = part.is_local or any(text.startswith(("./", "../", "/", "~")) for text in texts)
                return Values(open=None if is_local else _short(node), is_local=is_local)
            texts = [
                text + one.text for text in texts[:20] for one in part.known[:20] if not _is_tagged(text, one.text)
            ]
            if not texts:
                return NOTHING
        return Values(tuple(Value(text, node.lineno) for text in texts))

    def _name(self, node: ast.Name, scope: Scope, depth: int) -> Values:
        bindings, home = scope.find(node.id)
        if bindings:
            return merged(self._binding(binding, home, depth) for binding in bindings)
        if node.id in self._module.imports:
            source, level, name = self._module.imports[node.id]
            return self._from_import(source, level, name, _short(node))
        return Values(open=None if _is_local_name(node.id) else node.id, is_local=_is_local_name(node.id))

    def _from_import(self, source: str, level: int, name: str, said: str) -> Values:
        found = self._imported(source, level, name) if name else None
        if found is None:
            return Values(open=f"{said}, from {'.' * level}{source}")
        module, value = found
        inside = Evaluator(module).values(value, module.scope)
        return inside._replace(known=tuple(one._replace(line=0) for one in inside.known))

    def _binding(self, binding: Binding, scope: Scope, depth: int) -> Values:
        if binding.parameter is not None:
            return self._parameter(binding, scope, depth)
        if binding.item is not None and binding.value is not None:
            return self._item(binding.value, binding.item, binding.scope or scope, depth)
        found = self.values(binding.value, binding.scope or scope, depth)
        if binding.is_opened and (found.known or found.open or found.is_local):
            return Values(is_local=True)
        return found

    def _item(self, node: ast.expr, index: int, scope: Scope, depth: int) -> Values:
        """Return the values at one place of each element of what is looped over or taken apart."""
        elements: list[ast.expr] = []
        for one in self._expand(node, scope):
            match one:
                case ast.List() | ast.Tuple() | ast.Set():
                    elements += one.elts
                case ast.Dict():
                    elements += [key for key in one.keys if key is not None]
                case ast.Call(func=ast.Attribute(value=inner, attr="items")):
                    for table in self._expand(inner, scope):
                        if isinstance(table, ast.Dict):
                            elements += table.values if index == 1 else [key for key in table.keys if key is not None]
                case (
                    ast.Call(func=ast.Attribute(attr="values" | "keys"))
                    | ast.Call(func=ast.Name(id="sorted" | "list" | "set" | "enumerate" | "zip" | "tuple"))
                ):
                    return self.values(one, scope, depth)
        if not elements:
            return self.values(node, scope, depth)
        elements = [_row(one) for one in elements[:MOST_VALUES]]
        picked = [one.elts[index] if isinstance(one, ast.Tuple | ast.List) and 0 <= index < len(one.elts) else one
                  for one in elements[:MOST_VALUES]]  # fmt: skip
        return merged(self.values(one, scope, depth) for one in picked)

    def _expand(self, node: ast.expr, scope: Scope) -> list[ast.expr]:
        """Return the literals that a name stands for, one step."""
        if isinstance(node, ast.Name):
            bindings, _ = scope.find(node.id)
            return [one.value for one in bindings if one.value is not None and one.item is None] or [node]
        if isinstance(node, ast.Attribute):
            return self._module.attributes.get(node.attr, []) or [node]
        if isinstance(node, ast.BinOp):
            return [*self._expand(node.left, scope), *self._expand(node.right, scope)]
        return [node]

    def _parameter(self, binding: Binding, scope: Scope, depth: int) -> Values:
        """Return what callers of the same file pass, with the default."""
        function, name, position = binding.parameter or ("", "", 0)
        found = [self.values(binding.value, scope, depth)] if binding.value is not None else []
        for call, place in self._module.calls.get(function, ()):
            given = next((one.value for one in call.keywords if one.arg == name), None)
            if given is None and 0 <= position < len(call.args):
                given = call.args[position]
            if given is not None:
                found.append(self.values(given, place, depth))
        result = merged(found)
        if result.known or result.is_local or _is_local_name(name):
            return result._replace(open=None, is_local=result.is_local or (_is_local_name(name) and not result.known))
        return result._replace(open=result.open or f"the parameter {name} of {function or 'a function'}")

    def _attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> Values:
        exprs = self._module.attributes.get(node.attr, [])
        if exprs:
            return merged(self.values(one, self._module.attribute_scopes.get(id(one), scope), depth) for one in exprs)
        base = node.value
        if isinstance(base, ast.Name) and base.id in self._module.imports:
            source, level, name = self._module.imports[base.id]
            inside = f"{source}.{name}".strip(".") if name else source
            found = self._from_import(inside, level, node.attr, _short(node))
            if found.known:
                return found
        if _is_local_name(node.attr):
            return Values(is_local=True)
        return Values(open=_short(node))

    def _subscript(self, node: ast.Subscript, scope: Scope, depth: int) -> Values:
        if _short(node.value).endswith("environ"):
            name = str(node.slice.value) if isinstance(node.slice, ast.Constant) else _short(node.slice)
            return Values(open=f"the environment variable {name}")
        wanted = node.slice.value if isinstance(node.slice, ast.Constant) else None
        tables = [one for one in self._expand(node.value, scope) if isinstance(one, ast.Dict)]
        if wanted is not None and tables:
            picked = [
                value
                for table in tables
                for key, value in zip(table.keys, table.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == wanted
            ]
            if picked:
                return merged(self.values(one, scope, depth) for one in picked)
        found = self.values(node.value, scope, depth)
        return found if found.known or found.open or found.is_local else Values(open=_short(node))

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> Values:  # noqa: PLR0911 - one line a kind of call
        name = last_word(node.func)
        if name in ("getenv", "get", "pop", "setdefault") and (
            name == "getenv" or _short(node.func).split(".")[-2:-1] == ["environ"]
        ):
            return self._environment(node, scope, depth)
        if name == "get" and isinstance(node.func, ast.Attribute):
            inner = self.values(node.func.value, scope, depth)
            default = self.values(node.args[1], scope, depth) if len(node.args) > 1 else NOTHING
            return merged([inner, default])
        if name in _LOCAL_CALLS or (name == "str" and _is_path(node, self, scope, depth)):
            return Values(is_local=True)
        if name in _WRAPPERS:
            wanted = next((one.value for one in node.keywords if one.arg in ("default", "default_factory")), None)
            first = node.args[0] if node.args and wanted is None else wanted
            return self.values(first.body if isinstance(first, ast.Lambda) else first, scope, depth)
        if name == "param":  # of pytest: one row of arguments
            return merged([self.values(one, scope, depth) for one in node.args])
        if name in _SAME and isinstance(node.func, ast.Attribute):
            return self.values(node.func.value, scope, depth)
        if name in ("str", "list", "sorted", "set", "tuple", "next", "iter", "choice", "cast") and node.args:
            return self.values(node.args[-1], scope, depth)
        if name in ("values", "keys", "items", "copy") and isinstance(node.func, ast.Attribute):
            return self._of_table(node.func.value, name, scope, depth)
        returned = self._module.returns.get(name, ())
        if returned:
            return merged(self.values(one, place, depth) for one, place in returned)
        return Values(open=_short(node))

    def _of_table(self, node: ast.expr, part: str, scope: Scope, depth: int) -> Values:
        if part != "keys":
            return self.values(node, scope, depth)
        tables = [one for one in self._expand(node, scope) if isinstance(one, ast.Dict)]
        return merged(self.values(key, scope, depth) for table in tables for key in table.keys[:MOST_VALUES])

    def _environment(self, node: ast.Call, scope: Scope, depth: int) -> Values:
        first = node.args[0] if node.args else None
        variable = str(first.value) if isinstance(first, ast.Constant) else _short(node)
        default = (
            node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "default"), None)
        )
        found = self.values(default, scope, depth)
        if found.known:
            return Values(tuple(one._replace(environment=one.environment or variable) for one in found.known))
        return Values(open=f"the environment variable {variable}", is_local=found.is_local)


def _row(node: ast.expr) -> ast.expr:
    """One row of a table of arguments; ``pytest.param`` is a tuple with an id."""
    if isinstance(node, ast.Call) and last_word(node.func) == "param":
        return ast.copy_location(ast.Tuple(node.args, ast.Load()), node) if len(node.args) != 1 else node.args[0]
    return node


def _is_tagged(text: str, more: str) -> bool:
    """Whether a whole name is only made longer, as keys of tables are: ``org/name`` and ``4bit``."""
    return bool(re.fullmatch(r"[\w.-]+/[\w.-]*[A-Za-z0-9]", text)) and bool(re.match(r"[A-Za-z0-9]", more))


def merged(parts: Iterator[Values] | list[Values]) -> Values:
    """All that one of several expressions may come to."""
    known: dict[Value, None] = {}
    why: str | None = None
    is_local = False
    for part in parts:
        known.update(dict.fromkeys(part.known))
        why, is_local = why or part.open, is_local or part.is_local
        if len(known) > MOST_VALUES:
            break
    return Values(tuple(known)[:MOST_VALUES], why, is_local)


def last_word(node: ast.expr) -> str:
    """Return the last word of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return last_word(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def _short(node: ast.expr) -> str:
    try:
        text = " ".join(ast.unparse(node).split())
    except (RecursionError, ValueError):
        text = type(node).__name__
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - what a line of a report holds


def _is_local_name(name: str) -> bool:
    words = name.lower().split("_")
    return bool(set(words) & set(_LOCAL_WORDS)) or name.lower().endswith(("dir", "tmpdir", "folder"))


def _is_path(node: ast.Call, evaluator: Evaluator, scope: Scope, depth: int) -> bool:
    return bool(node.args) and evaluator.values(node.args[0], scope, depth).is_local
