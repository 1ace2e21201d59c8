"""What a file of Python code binds: names by scope, attributes, defaults, callers, imports."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple


class Binding(NamedTuple):
    """One thing that gives a name its value."""

    value: ast.expr | None
    scope: Scope | None = None
    """Where the value is looked up, if not where the name stands."""
    item: int | None = None
    """For a name of a loop or of several taken apart: its place in each element, -1 for the element."""
    parameter: tuple[str, str, int] | None = None
    """For a parameter: the function, the parameter and its place."""
    is_opened: bool = False
    """Bound by ``with ... as``."""


class Scope:
    """The names of a function or a file."""

    def __init__(self, outer: Scope | None = None) -> None:
        self.names: dict[str, list[Binding]] = defaultdict(list)
        self._outer = outer

    def find(self, name: str) -> tuple[list[Binding], Scope]:
        """Return the bindings of a name in the nearest scope that has any."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name], scope
            scope = scope._outer  # noqa: SLF001 - of the same class
        return [], self


class Keyed(NamedTuple):
    """A value under a name: an assignment, a keyword, a default, an entry of a table."""

    key: str
    value: ast.expr
    scope: Scope


_SAY_NOTHING = frozenset((
    ast.Name, ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal,
    *ast.operator.__subclasses__(), *ast.cmpop.__subclasses__(), *ast.boolop.__subclasses__(),
    *ast.unaryop.__subclasses__(),
))  # fmt: skip
_BINDING = frozenset((
    ast.Call, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension,
    ast.With, ast.AsyncWith, ast.Return, ast.ImportFrom, ast.Import, ast.Dict, ast.List, ast.Tuple,
))  # fmt: skip


def _children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes below a node, last first."""
    found: list[ast.AST] = []
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    found.reverse()
    return found


class Module:
    """The bindings of one file, collected in one pass."""

    def __init__(self, tree: ast.Module) -> None:
        self.scope = Scope()
        self.attributes: dict[str, list[ast.expr]] = defaultdict(list)
        """Values by attribute: of classes, of ``self``, of parsed arguments."""
        self.attribute_scopes: dict[int, Scope] = {}
        self.imports: dict[str, tuple[str, int, str]] = {}
        """Each imported name with its module, the level and the name there."""
        self.calls: dict[str, list[tuple[ast.Call, Scope]]] = defaultdict(list)
        """Calls by the last word of what is called."""
        self.returns: dict[str, list[tuple[ast.expr, Scope]]] = defaultdict(list)
        self.keyed: list[Keyed] = []
        self.lists: list[ast.List | ast.Tuple] = []
        self.strings: list[ast.Constant] = []
        self._collect(tree.body, self.scope, None, "")

    def _collect(self, body: Iterable[ast.AST], scope: Scope, owner: str | None, function: str) -> None:
        waiting: list[ast.AST] = list(body)[::-1]
        while waiting:
            node = waiting.pop()
            kind = type(node)
            if kind in _SAY_NOTHING:
                continue
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._function(node, scope, owner)
            elif isinstance(node, ast.ClassDef):
                bases = [*node.decorator_list, *node.bases, *(one.value for one in node.keywords)]
                self._collect(bases, scope, None, function)
                self._collect(node.body, Scope(scope), node.name, function)
            elif isinstance(node, ast.Constant):
                if isinstance(node.value, str):
                    self.strings.append(node)
            else:
                if kind in _BINDING:
                    self._node(node, scope, owner, function)
                waiting.extend(_children(node))

    def _node(  # noqa: C901, PLR0912 - one case a kind of node
        self, node: ast.AST, scope: Scope, owner: str | None, function: str
    ) -> None:
        match node:
            case ast.Call():
                self._call(node, scope)
            case ast.Assign():
                for target in node.targets:
                    self._assign(target, node.value, scope, owner)
            case ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value) | ast.NamedExpr(value=value):
                self._assign(node.target, value, scope, owner)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                self._loop(node.target, node.iter, scope)
            case ast.With() | ast.AsyncWith():
                for one in node.items:
                    if isinstance(one.optional_vars, ast.Name):
                        scope.names[one.optional_vars.id].append(Binding(one.context_expr, is_opened=True))
            case ast.Return(value=ast.expr() as value) if function:
                self.returns[function].append((value, scope))
            case ast.ImportFrom():
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = (node.module or "", node.level, alias.name)
            case ast.Import():
                for alias in node.names:
                    self.imports[alias.asname or alias.name.partition(".")[0]] = (alias.name, 0, "")
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        self.keyed.append(Keyed(key.value, value, scope))
            case ast.List() | ast.Tuple():
                self.lists.append(node)

    def _assign(self, target: ast.expr, value: ast.expr, scope: Scope, owner: str | None) -> None:
        match target:
            case ast.Name():
                scope.names[target.id].append(Binding(value))
                self.keyed.append(Keyed(target.id, value, scope))
                if owner is not None:
                    self._attribute(target.id, value, scope)
            case ast.Attribute():
                self._attribute(target.attr, value, scope)
                self.keyed.append(Keyed(target.attr, value, scope))
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                self.keyed.append(Keyed(key, value, scope))
            case ast.Tuple() | ast.List():
                parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
                for index, one in enumerate(target.elts):
                    if index < len(parts):
                        self._assign(one, parts[index], scope, owner)
                    elif isinstance(one, ast.Name):
                        scope.names[one.id].append(Binding(value, item=index))

    def _attribute(self, name: str, value: ast.expr, scope: Scope) -> None:
        self.attributes[name].append(value)
        self.attribute_scopes[id(value)] = scope

    def _loop(self, target: ast.expr, values: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope.names[target.id].append(Binding(values, item=-1))
            self.keyed.append(Keyed(target.id, values, scope))
        elif isinstance(target, ast.Tuple):
            for index, one in enumerate(target.elts):
                if isinstance(one, ast.Name):
                    scope.names[one.id].append(Binding(values, item=index))

    def _call(self, node: ast.Call, scope: Scope) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        self.calls[name].append((node, scope))
        for keyword in node.keywords:
            if keyword.arg:
                self.keyed.append(Keyed(keyword.arg, keyword.value, scope))
        flags = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in ("add_argument", "option", "argument", "add_option", "Option", "Argument") and flags:
            self._option(node, flags, scope)
        elif (
            name in ("setattr", "setdefault", "setenv", "getenv", "get", "from_config") and flags and len(node.args) > 1
        ):
            self.keyed.append(Keyed(flags[0], node.args[-1], scope))

    def _option(self, node: ast.Call, flags: list[str], scope: Scope) -> None:
        """Keep the default of an option of a command, which the code later finds under the option's name."""
        given = {one.arg: one.value for one in node.keywords}
        long = next((one for one in flags if one.startswith("--")), flags[0]).lstrip("-").replace("-", "_")
        stated = given.get("dest")
        name = str(stated.value) if isinstance(stated, ast.Constant) else long
        for word in ("default", "const"):
            if word in given:
                self._attribute(name, given[word], scope)
                self.keyed.append(Keyed(name, given[word], scope))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, owner: str | None) -> None:
        inner = Scope(scope)
        positional = [*node.args.posonlyargs, *node.args.args]
        shift = 1 if owner and positional and positional[0].arg in ("self", "cls") else 0
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(node.args.defaults))
        defaults += node.args.defaults
        called = owner if node.name == "__init__" and owner else node.name
        pairs = [
            *zip(positional, defaults, strict=True),
            *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
        ]
        for index, (argument, default) in enumerate(pairs):
            place = index - shift if index < len(positional) else -1
            inner.names[argument.arg].append(Binding(default, scope, parameter=(called, argument.arg, place)))
            if default is not None:
                self.keyed.append(Keyed(argument.arg, default, scope))
        for decorator in node.decorator_list:
            self._parametrize(decorator, inner, scope)
            self._expanded(decorator, [one.arg for one in positional[shift:]], inner, scope)
        self._collect([*node.decorator_list, *(one for one in defaults if one)], scope, None, "")
        self._collect(node.body, inner, None, node.name)

    def _expanded(self, node: ast.expr, names: list[str], inner: Scope, scope: Scope) -> None:
        """Keep the values of ``parameterized.expand``: one row a test, in the order of the parameters."""
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "expand"
            and node.args
        ):
            for index, name in enumerate(names):
                inner.names[name] = [Binding(node.args[0], scope, item=index)]
                self.keyed.append(Keyed(name, ast.copy_location(ast.Name(name, ast.Load()), node), inner))

    def _parametrize(self, node: ast.expr, inner: Scope, scope: Scope) -> None:
        """Keep the values with which tests are run, and the defaults of a command's options."""
        if not isinstance(node, ast.Call) or not node.args:
            return
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            return
        if name == "parametrize" and len(node.args) > 1:
            names = [one.strip() for one in first.value.split(",")]
            for index, one in enumerate(names):
                inner.names[one] = [Binding(node.args[1], scope, item=index if len(names) > 1 else -1)]
                self.keyed.append(Keyed(one, ast.copy_location(ast.Name(one, ast.Load()), first), inner))
        elif name in ("option", "argument"):
            default = next((one.value for one in node.keywords if one.arg == "default"), None)
            plain = first.value.lstrip("-").replace("-", "_")
            if default is not None:
                inner.names[plain] = [Binding(default, scope)]
