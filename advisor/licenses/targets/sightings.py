"""What the files of a folder say together: each name with its place, and the loaders that stayed open.

Files are read, never run; links are not followed, and what was installed or made is left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from advisor.errors import UsageError
from advisor.files.yaml import read_text
from advisor.licenses.targets.mention import Mention, Role, Unresolved, words
from advisor.licenses.targets.python_scopes import Module
from advisor.licenses.targets.read_file import is_read, read_mentions

MOST_FILES = 20_000
"""Files of a folder that are looked at."""

LARGEST_BYTES = 8 << 20
"""Files above this are left out of a folder; named by themselves they are an error."""

_SKIPPED = words(
    ".git .hg .svn .venv venv env node_modules __pycache__ .mypy_cache .ruff_cache .pytest_cache site-packages "
    ".tox .nox .next .nuxt .terraform .cache bower_components .eggs .gradle .idea .ipynb_checkpoints"
)


_CHANNELS: Mapping[str, tuple[str, ...]] = {
    "openai": ("openai",),
    "azure": (
        "azureopenai",
        "azure_openai",
        "openai.azure",
        "azure.ai",
        "azure-ai",
        "azurechatopenai",
        "microsoft.cognitiveservices",
        "azurerm_cognitive",
    ),
    "anthropic": ("anthropic",),
    "bedrock": ("bedrock",),
    "vertex": ("vertexai", "vertex_ai", "aiplatform"),
    "gemini": (
        "google.generativeai",
        "google.genai",
        "google import genai",
        "generativelanguage",
        "googlegenerativeai",
    ),
    "groq": ("groq",),
    "mistral": ("mistralai", "api.mistral"),
    "cohere": ("cohere",),
    "together": ("together.xyz", "together.ai", "together_ai", "togetherai", "from together import"),
    "fireworks": ("fireworks",),
    "openrouter": ("openrouter",),
    "vercel": ("@ai-sdk/gateway", "ai-gateway"),
    "deepseek": ("api.deepseek",),
    "xai": ("api.x.ai", "xai_sdk"),
    "perplexity": ("perplexity",),
    "deepinfra": ("deepinfra",),
    "cerebras": ("cerebras",),
}
"""Words of a file, in lower case, that say whose API it calls."""

_CLIENT = re.compile(r"(?P<before>\w{0,40})openai\w{0,40}\(")
_AZURE_ALONE = ("azureopenai", "azurechatopenai", "microsoft.cognitiveservices", "azurerm_cognitive")


class Sighting(NamedTuple):
    """A name and the file that it stands in."""

    path: str
    mention: Mention


class Open(NamedTuple):
    """A loader that stayed open, and its file."""

    path: str
    loader: Unresolved


class Sightings(NamedTuple):
    """Everything that was seen."""

    named: tuple[Sighting, ...]
    open: tuple[Open, ...]
    files: int
    """Files that were read."""
    left_out: tuple[str, ...] = ()
    """Files that are too large to be read."""
    channels: Mapping[str, tuple[str, ...]] = {}
    """For each file the channels that its text speaks of: whose client it uses, whose address it calls."""


def sightings_in(path: Path) -> Sightings:
    """Return what a file, or the files of a folder, name. Raises UsageError."""
    files, left_out = ([path], []) if not path.is_dir() else _files(path)
    parsed: dict[Path, Module | None] = {}
    named: list[Sighting] = []
    opened: list[Open] = []
    channels: dict[str, tuple[str, ...]] = {}
    for file in files:
        text = _text(file) if path.is_dir() else read_text(file, error=UsageError, max_bytes=64 << 20)
        found = read_mentions(text, str(file), parsed)
        if found.mentions:
            channels[str(file)] = _channels(text.lower())
        named += [Sighting(str(file), one) for one in found.mentions]
        opened += [Open(str(file), one) for one in found.unresolved]
    return Sightings(_without_datasets(named), _still_open(opened, named), len(files), tuple(left_out), channels)


def _channels(lowered: str) -> tuple[str, ...]:
    """Return the channels that a text speaks of; the client of Azure is no word of OpenAI's own API."""
    found = [name for name, words in _CHANNELS.items() if any(word in lowered for word in words)]
    if any(word in lowered for word in _AZURE_ALONE) and "openai" in found:
        clients = [one["before"] for one in _CLIENT.finditer(lowered)]
        if all("azure" in before for before in clients):
            found.remove("openai")
    return tuple(found)


def _without_datasets(named: list[Sighting]) -> tuple[Sighting, ...]:
    """Each name once a place, without what is called a data set elsewhere and only looks like a model here."""
    datasets = {one.mention.text for one in named if one.mention.role is Role.DATASET}
    loaded = {
        one.mention.text
        for one in named
        if one.mention.role not in (Role.DATASET, Role.KEYED, Role.LITERAL, Role.ADDRESS)
    }
    kept: dict[tuple[str, int, str], Sighting] = {}
    for one in named:
        mention = one.mention
        if mention.role is Role.DATASET or (mention.text in datasets and mention.text not in loaded):
            continue
        key = (one.path, mention.line, mention.text)
        known = kept.get(key)
        if known is None or _says_more(mention, known.mention):
            kept[key] = one
    return tuple(kept.values())


def _says_more(mention: Mention, known: Mention) -> bool:
    rank = [Role.LITERAL, Role.ADDRESS, Role.KEYED]
    one, other = (rank.index(each.role) if each.role in rank else len(rank) for each in (mention, known))
    return (one, mention.revision is not None, mention.note is not None) > (
        other,
        known.revision is not None,
        known.note is not None,
    )


def _still_open(opened: list[Open], named: list[Sighting]) -> tuple[Open, ...]:
    """Return the open loaders whose option, variable or setting no other file of the folder states."""
    stated = {
        one.mention.key.lstrip("-").replace("-", "_").lower() for one in named if one.mention.role is not Role.LITERAL
    }
    kept: dict[tuple[str, str], Open] = {}
    for one in opened:
        last = one.loader.why.rpartition(" ")[2].rpartition(".")[2].strip("$\"'{}").lower()
        by_name = one.loader.why.startswith(
            ("the environment variable", "the variable", "args.", "self.", "config.", "settings.")
        )
        if not (by_name and last in stated):
            kept.setdefault((one.path, f"{one.loader.why}"), one)
    return tuple(kept.values())


def _files(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the files of a folder that may name models, in order, and those that are too large."""
    found: list[Path] = []
    left_out: list[str] = []
    for path in _below(folder):
        if not is_read(path) or path.is_symlink():
            continue
        try:
            size = path.stat().st_size if path.is_file() else -1
        except OSError:
            continue
        if size > LARGEST_BYTES:
            left_out.append(str(path))
        elif size >= 0:
            found.append(path)
        if len(found) > MOST_FILES:
            raise UsageError(f"{folder}: more than {MOST_FILES:,} files", hint="name a folder inside it")
    return found, left_out


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(one for one in folders if one not in _SKIPPED)
        for name in sorted(names):
            yield Path(root, name)


def _text(file: Path) -> str:
    """Return a file of a folder, whatever its bytes are; one that cannot be read is told and not left out."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}", hint="leave it out, or name files") from None
