"""One file, read by what it is: its mentions and the loaders that stayed open. Files are never run."""

from __future__ import annotations

import re
from pathlib import Path

from advisor.licenses.targets.documents import json_file, settings_file, toml_file, yaml_file
from advisor.licenses.targets.mention import Found
from advisor.licenses.targets.notebooks import notebook
from advisor.licenses.targets.other_code import LANGUAGES, other_code
from advisor.licenses.targets.plain_text import addresses, examples
from advisor.licenses.targets.python_code import imports_beside, parse, python_mentions
from advisor.licenses.targets.python_scopes import Module
from advisor.licenses.targets.shell_code import modelfile, shell_file
from advisor.licenses.targets.vocabulary import HINT

LARGEST_CODE_BYTES = 1 << 20
"""Code above this is read as running text: it was made by a program."""

ENDINGS = {
    ".py", ".pyi", ".ipynb", ".yaml", ".yml", ".toml", ".json", ".jsonc", ".sh", ".bash", ".zsh", ".env", ".cfg",
    ".ini", ".conf", ".properties", ".dockerfile", ".tfvars", ".bat", ".ps1", ".modelfile", ".mk", ".tpl", *LANGUAGES,
}  # fmt: skip
NAMES = (".env", "dockerfile", "containerfile", "makefile", "modelfile", "justfile", "procfile")
_SHELL = (".sh", ".bash", ".zsh", ".bat", ".ps1", ".mk", ".dockerfile")
# Such as `python3 - <<EOF\nprint(1)\nEOF`, not `cat <<EOF\nprint(1)\nEOF`.
_HEREDOC = re.compile(
    r"(?P<head>^[^\n#]*\bpython[\d.]*\b[^\n]*<<-?[ \t]*[\"']?(?P<mark>\w+)[\"']?[^\n]*\n)"
    r"(?P<code>.*?)^[ \t]*(?P=mark)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
# Such as `package-lock.json` and `app.min.js`, not `package.json`.
_MADE = re.compile(r"(?:^|/)(?:package-lock|pnpm-lock|composer\.lock|npm-shrinkwrap)|\.min\.js$|\.lock\.json$")


def is_read(path: Path) -> bool:
    """Whether a file of a folder is one that may name models."""
    name = path.name.lower()
    return (path.suffix.lower() in ENDINGS or name.startswith(NAMES)) and not _MADE.search(name)


def read_mentions(text: str, path: str, parsed: dict[Path, Module | None] | None = None) -> Found:
    """Return what the text of a file names; ``path`` says by which rules it is read, and where its imports are."""
    if not HINT.search(text):
        return Found()
    ending, name = Path(path).suffix.lower(), Path(path).name.lower()
    if name.startswith("modelfile") or ending == ".modelfile":
        return Found(tuple(modelfile(text)))
    if ending == ".ipynb":
        return notebook(text, imports_beside(Path(path), {} if parsed is None else parsed))
    if len(text) > LARGEST_CODE_BYTES and ending not in (".json", ".yaml", ".yml"):
        return Found(tuple(examples(text)))
    if ending in (".py", ".pyi"):
        known = {} if parsed is None else parsed
        if Path(path) not in known:
            known[Path(path)] = parse(text)
        module = known[Path(path)]
        found = python_mentions(text, imports_beside(Path(path), known), module) if module else None
        found = found or Found(tuple(examples(text)))
        return found._replace(mentions=(*found.mentions, *addresses(text)))
    return _by_ending(text, ending, name)


def _shell(text: str) -> Found:
    """Commands, and the Python code that they are given between marks."""
    found = shell_file(_HEREDOC.sub(lambda match: match["head"] + "\n" * match["code"].count("\n"), text))
    mentions, unresolved = [*found.mentions, *addresses(text)], [*found.unresolved]
    for match in _HEREDOC.finditer(text):
        inner = python_mentions(match["code"])
        above = text.count("\n", 0, match.start("code"))
        if inner is not None:
            mentions += [one._replace(line=one.line + above) for one in inner.mentions]
            unresolved += [one._replace(line=one.line + above) for one in inner.unresolved]
    return Found(tuple(mentions), tuple(unresolved))


def _by_ending(text: str, ending: str, name: str) -> Found:  # noqa: PLR0911 - one a kind of file
    if ending in LANGUAGES:
        found = other_code(text, ending)
        return found._replace(mentions=(*found.mentions, *addresses(text)))
    if ending in (".yaml", ".yml"):
        return yaml_file(text)
    if ending in (".json", ".jsonc"):
        return json_file(text)
    if ending == ".toml":
        return toml_file(text)
    if ending in _SHELL or name.startswith(("dockerfile", "containerfile", "makefile", "justfile", "procfile")):
        return _shell(text)
    if ending in (".env", ".cfg", ".ini", ".conf", ".properties", ".tfvars", ".tpl") or name.startswith(".env"):
        return settings_file(text)
    return Found((*examples(text), *settings_file(text).mentions))
