"""Models that Python code names: parsed, never run; a loader whose model does not stand there is said to be open."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from advisor.licenses.targets.mention import Found, Mention, Role, Unresolved
from advisor.licenses.targets.plain_text import comments, examples
from advisor.licenses.targets.python_scopes import Keyed, Module, Scope
from advisor.licenses.targets.python_values import NOTHING, Evaluator, Imported, Value, Values
from advisor.licenses.targets.shell_code import flagged, shell_mentions
from advisor.licenses.targets.vocabulary import BY_MODULE, FIRST_ARGUMENTS, LOADERS, is_dataset_key, is_model_key

LONGEST_LITERAL = 200
"""Characters of a string that may be a name."""

_LOCAL_IF_DERIVED = ("base_model_name_or_path", "_name_or_path", "name_or_path")
"""Attributes that hold what was loaded before: the base of an adapter, the name of a model at hand."""

_DATASETS = ("load_dataset", "load_from_disk", "load_dataset_builder", "DatasetCard")
_PUBLISHERS = ("push_to_hub", "create_repo", "upload_folder", "upload_file", "delete_repo", "create_branch")
_NOT_HUB_KINDS = ("dataset", "space")


def python_mentions(source: str, imported: Imported = lambda *_: None, module: Module | None = None) -> Found | None:
    """Return what a file of Python code names; None if it cannot be parsed. ``module``.

    The file, where it was parsed.
    """
    module = module or parse(source)
    if module is None:
        return None
    reader = _Reader(module, imported)
    mentions = [*reader.loaded(), *reader.keyed(), *reader.lists(), *reader.texts(), *comments(source, "#")]
    return Found(tuple(mentions), tuple(reader.unresolved))


def parse(source: str) -> Module | None:
    """Return the bindings of Python code; None if it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Module(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Call(NamedTuple):
    node: ast.Call
    scope: Scope
    name: str
    role: Role


class _Reader:
    """Reads the bindings of one file for models."""

    def __init__(self, module: Module, imported: Imported) -> None:
        self._module = module
        self._evaluator = Evaluator(module, imported)
        self.unresolved: list[Unresolved] = []
        self._published = set(self._pushed())

    def _pushed(self) -> Iterator[str]:
        """Yield the names under which the file publishes what it makes: they are not what it uses."""
        for name in _PUBLISHERS:
            for node, scope in self._module.calls.get(name, ()):
                named = [
                    one.value for one in node.keywords if one.arg in ("repo_id", "hub_model_id", "name", "repo_name")
                ]
                for argument in (*node.args[:1], *named):
                    yield from (one.text for one in self._evaluator.values(argument, scope).known)

    def loaded(self) -> Iterator[Mention]:
        """Yield what loaders are given, and data sets."""
        for name in _DATASETS:
            for node, scope in self._module.calls.get(name, ()):
                for value in self._evaluator.values(node.args[0] if node.args else None, scope).known:
                    yield Mention(value.text, value.line or node.lineno, Role.DATASET, name)
        for call in self._calls():
            yield from self._call(call)

    def _calls(self) -> Iterator[_Call]:
        for name, role in LOADERS.items():
            for node, scope in self._module.calls.get(name, ()):
                yield _Call(node, scope, name, role)
        for (package, name), role in BY_MODULE.items():
            for node, scope in self._module.calls.get(name, ()):
                if self._is_of(package, node.func):
                    yield _Call(node, scope, name, role)
        for node, scope in self._module.calls.get("pipeline", ()):
            yield _Call(node, scope, "pipeline", Role.HUB)

    def _is_of(self, package: str, function: ast.expr) -> bool:
        root = function.value if isinstance(function, ast.Attribute) else function
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Call):
            root = root.func
            while isinstance(root, ast.Attribute):
                root = root.value
        if not isinstance(root, ast.Name):
            return False
        source = self._module.imports.get(root.id, ("", 0, ""))[0]
        return source.partition(".")[0] == package

    def _call(self, call: _Call) -> Iterator[Mention]:
        node, given = call.node, {one.arg: one.value for one in call.node.keywords if one.arg}
        if self._says(given.get("repo_type"), call.scope, _NOT_HUB_KINDS):
            names = given.get("repo_id") or (node.args[0] if node.args else None)
            for value in self._evaluator.values(names, call.scope).known:
                yield Mention(value.text, value.line or node.lineno, Role.DATASET, call.name)
            return
        named = next((given[name] for name in FIRST_ARGUMENTS if name in given), None)
        places = [named] if named is not None else self._positional(call)
        if call.name == "pipeline" and named is None and len(node.args) < 2 and not self._is_transformers(node):  # noqa: PLR2004
            return
        if (
            call.name == "pipeline"
            and not (node.args and isinstance(node.args[0], ast.Constant))
            and "task" not in given
        ):
            return
        results = [self._evaluator.values(one, call.scope) for one in places]
        values = next((one for one in results if one.known), results[0] if results else NOTHING)
        revision, note = self._revision(given.get("revision") or given.get("code_revision"), call.scope)
        for value in values.known:
            said = note or _environment_note(value)
            yield Mention(value.text, value.line or node.lineno, call.role, call.name, revision, said)
        if values.open and not values.known and not values.is_local and not self._is_derived(places):
            self._open(call, values.open)

    def _positional(self, call: _Call) -> list[ast.expr]:
        """Return the arguments that may be the model: the first, or behind a model at hand or a task the second."""
        args = [one for one in call.node.args if not isinstance(one, ast.Starred)]
        if call.name == "pipeline":
            return args[1:2]
        if call.name in ("from_pretrained", "from_model_id") and len(args) > 1:
            return [args[1], args[0]] if not isinstance(args[0], ast.Constant) else args[:1]
        return args[:1]

    def _is_transformers(self, node: ast.Call) -> bool:
        return self._is_of("transformers", node.func) and bool(node.args)

    def _is_derived(self, places: list[ast.expr]) -> bool:
        """Whether what is loaded is what an adapter or a model at hand says of itself."""
        return any(isinstance(one, ast.Attribute) and one.attr in _LOCAL_IF_DERIVED for one in places)

    def _says(self, node: ast.expr | None, scope: Scope, words: tuple[str, ...]) -> bool:
        return any(one.text in words for one in self._evaluator.values(node, scope).known)

    def _revision(self, node: ast.expr | None, scope: Scope) -> tuple[str | None, str | None]:
        """Return the revision that a call asks for, else a word on why it is not known."""
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return None, None
        found = self._evaluator.values(node, scope)
        if len(found.known) == 1:
            value = found.known[0]
            return value.text or None, _environment_note(value, "revision")
        several = f"several revisions ({', '.join(one.text for one in found.known[:3])})" if found.known else found.open
        return None, f"the revision is {several or 'not stated'}: the main branch was reviewed"

    def _open(self, call: _Call, why: str) -> None:
        head = f"{call.name}({', '.join(_plain(one) for one in call.node.args[:2])})"
        self.unresolved.append(Unresolved(head[:120], call.node.lineno, why))

    def keyed(self) -> Iterator[Mention]:
        """Yield what variables, parameters, keywords, options and entries that are called after a model are given."""
        for key, value, scope in self._module.keyed:
            if not (is_model_key(key) or is_dataset_key(key)):
                continue
            role = Role.DATASET if is_dataset_key(key) else Role.KEYED
            values = self._of_keyed(Keyed(key, value, scope))
            for one in values.known:
                if one.line and len(one.text) <= LONGEST_LITERAL and one.text not in self._published:
                    yield Mention(one.text, one.line, role, key, note=_environment_note(one))

    def _of_keyed(self, keyed: Keyed) -> Values:
        """Return the values of an entry; of a table the names too, for tables by model."""
        values = self._evaluator.values(keyed.value, keyed.scope)
        if isinstance(keyed.value, ast.Dict):
            keys = [one for one in keyed.value.keys if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            names = tuple(Value(str(one.value), one.lineno) for one in keys if "/" in str(one.value))
            inner = [
                (k, v) for k, v in zip(keyed.value.keys, keyed.value.values, strict=True) if isinstance(k, ast.Constant)
            ]
            wrong = {id(v) for k, v in inner if is_dataset_key(str(k.value))}
            kept = [self._evaluator.values(v, keyed.scope) for v in keyed.value.values if id(v) not in wrong]
            return Values((*names, *(one for values in kept for one in values.known)))
        return values

    def lists(self) -> Iterator[Mention]:
        """Commands that are written as lists of words."""
        for node in self._module.lists:
            words = [_word(one) for one in node.elts]
            if any(word.startswith("-") or word in ("serve", "run", "download", "pull") for word, _ in words):
                yield from flagged(words)

    def texts(self) -> Iterator[Mention]:
        """Every other string: addresses, examples in documentation, commands, and names of models behind APIs."""
        for node in self._module.strings:
            text = str(node.value)
            if "\n" in text:
                yield from examples(text, node.lineno)
            elif " " in text:
                yield from shell_mentions(text, node.lineno)
            elif text and len(text) <= LONGEST_LITERAL:
                yield Mention(text, node.lineno, Role.LITERAL)


def _environment_note(value: Value, what: str = "model") -> str | None:
    if value.environment is None:
        return None
    return f"the {what} is the default of the environment variable {value.environment}"


def _word(node: ast.expr) -> tuple[str, int]:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return (str(node.value), node.lineno) if is_text and isinstance(node, ast.Constant) else ("", 0)


def _plain(node: ast.expr) -> str:
    return " ".join(ast.unparse(node).split())[:60]


def imports_beside(path: Path, read: dict[Path, Module | None]) -> Imported:
    """Find what a file imports in files beside it and in the folders above; each file is parsed once."""

    def find(source: str, level: int, name: str) -> tuple[Module, ast.expr] | None:
        parts = [part for part in source.split(".") if part]
        homes = [path.parent, *path.parent.parents][max(level - 1, 0) :][: 1 if level else 5]
        for home in homes:
            for file in (home.joinpath(*parts).with_suffix(".py"), home.joinpath(*parts, "__init__.py")):
                module = _read(file, read) if parts else None
                bindings = module.scope.names.get(name, []) if module else []
                value = next((one.value for one in bindings if one.value is not None), None)
                if module is None:
                    continue
                exprs = module.attributes.get(name, []) if value is None else [value]
                if exprs:
                    return module, exprs[0]
        return None

    return find


def _read(file: Path, read: dict[Path, Module | None]) -> Module | None:
    if file not in read:
        try:
            small = file.is_file() and not file.is_symlink() and file.stat().st_size <= 1 << 20
            read[file] = parse(file.read_text(encoding="utf-8", errors="replace")) if small else None
        except (OSError, ValueError):
            read[file] = None
    return read[file]
