"""Models that settings name: YAML, JSON, TOML, INI and environment files, with Kubernetes and litellm among them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from advisor.licenses.targets.mention import Found, Mention, Role
from advisor.licenses.targets.plain_text import addresses, comments
from advisor.licenses.targets.shell_code import Shell, flagged, shell_file, shell_mentions
from advisor.licenses.targets.vocabulary import is_dataset_key, is_model_key

MOST_NODES = 200_000
"""Values of one document that are looked at."""

LONGEST = 300
"""Characters of a value that may be a name."""

_MADE_BY_TEMPLATE = re.compile(r"\{\{[^{}\n]*\}\}")
_SETTING = re.compile(r"(?P<key>[A-Za-z_]\w*)=(?P<value>\S+)")
"""An entry of a list of environment variables, as Compose writes them."""
_DEFAULT = re.compile(r"\$\{\w+:?-(?P<default>[^}]*)\}")


class _Leaf(NamedTuple):
    """A string with the keys above it and its line."""

    keys: tuple[str, ...]
    text: str
    line: int


def yaml_file(text: str) -> Found:
    """Return what a YAML file names; one that is no YAML is read line by line."""
    leaves = list(_yaml_leaves(text))
    if not leaves:
        plain = _MADE_BY_TEMPLATE.sub("x", text)
        leaves = list(_yaml_leaves(plain)) if plain != text else []
    if not leaves and text.strip():
        return settings_file(text)
    return Found((*_mentions(leaves), *comments(text, "#")))


def json_file(text: str) -> Found:
    """Return what a JSON file names; one that is no JSON (comments, trailing commas) is read line by line."""
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError):
        return settings_file(text)
    return Found(tuple(_mentions(list(_located(_walk(content), text)))))


def toml_file(text: str) -> Found:
    """Return what a TOML file names."""
    import tomllib

    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError):
        return settings_file(text)
    return Found((*_mentions(list(_located(_walk(content), text))), *comments(text, "#")))


def settings_file(text: str) -> Found:
    """Return what lines of ``KEY=value`` and ``key: value`` name, with the commands among them."""
    mentions: list[Mention] = []
    for number, line in enumerate(text.splitlines(), 1):
        # Such as `export MODEL="acme/owl"` and `- model: acme/owl`, not `acme/owl`.
        match = re.match(
            r"\s*[-\"']?\s*(?:export\s+|set\s+)?(?P<key>[A-Za-z_][\w.-]*)[\"']?\s*[:=]\s*[\"']?(?P<text>[^\s\"',;#]+)",
            line,
        )
        if match and not line.lstrip().startswith(("#", "//")):
            mentions += _of_leaf(_Leaf((match["key"].rpartition(".")[2],), match["text"], number))
    return Found((*mentions, *addresses(text), *shell_file(text).mentions))


def _mentions(leaves: list[_Leaf]) -> Iterator[Mention]:
    for leaf in leaves:
        yield from _of_leaf(leaf)
    yield from _named_values(leaves)
    yield from _commands(leaves)


def _of_leaf(leaf: _Leaf) -> Iterator[Mention]:
    text = _DEFAULT.sub(lambda match: match["default"], leaf.text).strip()
    keys = [key for key in leaf.keys if not key.isdecimal()]
    if "\n" in text:
        yield from Shell().script(text, leaf.line + 1)
        yield from addresses(text, leaf.line + 1)
        return
    yield from addresses(text, leaf.line)
    setting = _SETTING.fullmatch(text)
    if setting and keys and keys[-1].lower() in ("environment", "env", "args", "build_args"):
        yield from _of_leaf(_Leaf((setting["key"],), setting["value"], leaf.line))
        return
    if " " in text:
        yield from shell_mentions(text, leaf.line)
        return
    if not text or len(text) > LONGEST:
        return
    key = keys[-1] if keys else ""
    if any(is_dataset_key(one) for one in keys[-2:]):
        yield Mention(text, leaf.line, Role.DATASET, key)
    elif is_model_key(key) or (len(keys) > 1 and is_model_key(keys[-2]) and (key in _INNER or _is_plural(keys[-2]))):
        role = Role.OLLAMA if "ollama" in " ".join(keys).lower() and "/" not in text else Role.KEYED
        yield Mention(text, leaf.line, role, key)
        if "/" in key:
            yield Mention(key, leaf.line, Role.KEYED, keys[-2] if len(keys) > 1 else key)
    else:
        yield Mention(text, leaf.line, Role.LITERAL, key)


_INNER = ("name", "id", "path", "repo", "source", "default", "value", "primary", "fallback", "uri")


def _is_plural(key: str) -> bool:
    return key.lower().rstrip("_").endswith("s")


def _named_values(leaves: list[_Leaf]) -> Iterator[Mention]:
    """Pairs of ``{name: MODEL_ID, value: org/x}``, as Kubernetes and Terraform write environment variables."""
    entries: dict[tuple[str, ...], dict[str, _Leaf]] = {}
    for leaf in leaves:
        if leaf.keys and leaf.keys[-1].lower() in ("name", "key", "value", "default_value"):
            entries.setdefault(leaf.keys[:-1], {})[leaf.keys[-1].lower()] = leaf
    for entry in entries.values():
        name, value = entry.get("name") or entry.get("key"), entry.get("value") or entry.get("default_value")
        if name and value and "\n" not in value.text and " " not in value.text:
            if is_dataset_key(name.text):
                yield Mention(value.text, value.line, Role.DATASET, name.text)
            elif is_model_key(name.text):
                role = Role.OLLAMA if "ollama" in name.text.lower() else Role.KEYED
                yield Mention(value.text, value.line, role, name.text)


def _commands(leaves: list[_Leaf]) -> Iterator[Mention]:
    """List of words that are commands: ``args: [--model, org/x]``."""
    lists: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for leaf in leaves:
        if leaf.keys and leaf.keys[-1].isdecimal() and "\n" not in leaf.text:
            lists.setdefault(leaf.keys[:-1], []).append((leaf.text, leaf.line))
    commands: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for keys, words in lists.items():
        commands.setdefault(keys[:-1] if keys and keys[-1] in ("command", "args") else keys, []).extend(words)
    for words in (*lists.values(), *commands.values()):
        if any(word.startswith("-") or word in ("serve", "run", "pull", "download") for word, _ in words):
            yield from flagged(words)


def _yaml_leaves(text: str) -> Iterator[_Leaf]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = list(yaml.compose_all(text, Loader=loader))
    except (yaml.YAMLError, RecursionError, ValueError):
        return
    seen: set[int] = set()
    waiting: list[tuple[tuple[str, ...], Any]] = [((), node) for node in documents[::-1] if node is not None]
    count = 0
    while waiting and count < MOST_NODES:
        keys, node = waiting.pop()
        count += 1
        if isinstance(node, yaml.ScalarNode):
            yield _Leaf(keys, str(node.value), node.start_mark.line + 1)
            continue
        if id(node) in seen or len(keys) > 60:  # noqa: PLR2004 - an alias of what was read, or deeper than people write
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [((*keys, str(i)), one) for i, one in enumerate(node.value)][::-1]
        elif isinstance(node, yaml.MappingNode):
            pairs = [((*keys, str(key.value)[:200]), value) for key, value in node.value]
            waiting += pairs[::-1]


def _walk(content: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    waiting: list[tuple[tuple[str, ...], Any]] = [((), content)]
    count = 0
    while waiting and count < MOST_NODES:
        keys, value = waiting.pop()
        count += 1
        if isinstance(value, str):
            yield keys, value
        elif isinstance(value, list) and len(keys) < 60:  # noqa: PLR2004
            waiting += [((*keys, str(i)), one) for i, one in enumerate(value)][::-1]
        elif isinstance(value, dict) and len(keys) < 60:  # noqa: PLR2004
            waiting += [((*keys, str(key)[:200]), one) for key, one in value.items()][::-1]


def _located(leaves: Iterator[tuple[tuple[str, ...], str]], text: str) -> Iterator[_Leaf]:
    """Leaves with their lines: each value is looked for behind the one before it."""
    place, line, counted = 0, 1, 0
    for keys, value in leaves:
        shown = json.dumps(value, ensure_ascii=False)[1:-1] if len(value) <= LONGEST else value[:40]
        found = text.find(shown, place) if shown else -1
        if found < 0 and len(value) <= LONGEST:
            shown = json.dumps(value)[1:-1]
            found = text.find(shown, place)
        if found >= 0:
            line += text.count("\n", counted, found)
            place, counted = found + len(shown), found
        yield _Leaf(keys, value, line)
