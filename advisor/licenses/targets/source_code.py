"""Repositories of the Hub that source code, notebooks and deployments name; they are read, never run.

Only a name in a place where one loads a model from the Hub counts; a string that merely looks like one does not.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from advisor.licenses.targets.target import REPOSITORY, Place, Target

_ID = r"(?P<id>[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96})"
_LOADERS = (
    "from_pretrained|hf_hub_download|snapshot_download|load_model|SentenceTransformer|CrossEncoder|InferenceClient|LLM"
    "|pipeline|PeftModel|create_engine|EngineArgs|AsyncEngineArgs"
)
_KEYS = (
    "repo_id|model_id|model_name_or_path|pretrained_model_name_or_path|base_model_name_or_path|base_model|MODEL_ID"
    "|MODEL_NAME|HF_MODEL_ID|HF_MODEL|model_name|modelId"
)
_FLAGS = "--model(?:-id|-path|-name-or-path)?|--base-model|--hf-repo|-hfr?"
_GAP = r"(?:[\s=]+|[\"']?[ \t]*,\s{0,80}|[\"']?[ \t]*\r?\n[ \t]*-[ \t]+)[\"']?"
"""Between the words of a command: blanks, the next item of a JSON list, the next line of a YAML list."""

_CALLS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_LOADERS})\s*\(\s*(?:[\w.]+\s*,\s*)?(?:(?:{_KEYS}|model)\s*=\s*)?[\"']{_ID}[\"']",
        rf"\bpipeline\s*\(\s*[\"'][\w-]+[\"']\s*,\s*(?:model\s*=\s*)?[\"']{_ID}[\"']",
        rf"(?:{_KEYS})[\"']?\s*[:=]\s*[\"']?{_ID}[\"']?(?=[\s,;)\}}]|$)",
    )
)
_COMMANDS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:\bvllm{_GAP}serve|[\"']serve[\"'](?=\s*,)|(?<![\w-])(?:{_FLAGS})){_GAP}{_ID}",
        rf"(?:{_FLAGS})[\"'][^()\n]{{0,200}}?default\s*=\s*[\"']{_ID}[\"']",
        rf"(?:huggingface-cli|hf){_GAP}download{_GAP}(?:--?[\w-]+(?:=\S+|[ \t]+[^\s-]\S*)?[ \t]+){{0,8}}?[\"']?{_ID}",
        rf"(?:huggingface\.co|hf\.co)/(?!datasets/|spaces/|docs/|blog/|api/|papers/){_ID}",
        rf"hf://(?!datasets/|spaces/){_ID}",
        rf"pkg:huggingface/{_ID}(?:@(?P<revision>[\w./-]+))?",
    )
)
_ENVIRONMENT = r"(?:os\.)?(?:getenv|environ\.get)\([^()\n]{0,120}?"
_ASSIGNED = re.compile(
    rf"\b(?P<name>[A-Za-z_]\w*)[ \t]*(?::[ \t]*[\w.\[\]| ]{{1,60}})?=[ \t]*(?:{_ENVIRONMENT})?[\"']{_ID}[\"']"
)
_PASSED = re.compile(r"\b[A-Za-z_]\w*\b(?!\s*=(?!=))")
_LOADED = re.compile(rf"(?:{_LOADERS})\s*\((?P<arguments>[^()]{{0,400}})")
_REVISION = re.compile(r"revision[\"']?(?:\s*[=:]\s*|[ \t]+)[\"']?(?P<revision>[\w./-]+)")
_NO_MODEL = re.compile(r"repo[_-]type[\"']?(?:\s*[=:]\s*|[ \t]+)[\"']?(?:dataset|space)")
_CALL_ENDS = re.compile(rf"\)|\n[ \t]*\n|\b(?:{_KEYS})[\"']?\s*[:=]")
_LINE_ENDS = re.compile(r"(?<!\\)\n")
_FARTHEST = 400
"""Characters behind a name in which its revision is looked for."""


def mentions(text: str, path: str) -> Iterator[Target]:
    """The repositories that a text names where it loads them, with the revision where it stands beside.

    ``path`` is what the file is called; a notebook's lines are not those of its code, and are not told.
    """
    notebook = path.endswith(".ipynb")
    source = _code_of(text) if notebook else text
    starts = [0, *(one.end() for one in re.finditer("\n", source))]
    for target, start in _found(source):
        line = None if notebook else bisect_right(starts, start)
        yield target._replace(place=Place(path, line))


def _found(text: str) -> Iterator[tuple[Target, int]]:
    """Each repository with the place of its name in the text."""
    for patterns, ends in ((_CALLS, _CALL_ENDS), (_COMMANDS, _LINE_ENDS)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                yield from _target(match, _beside(text, match, ends))
    yield from _by_variable(text)


def _code_of(notebook: str) -> str:
    """The code of a notebook; a notebook that is no JSON is read as text."""
    try:
        document: Any = json.loads(notebook)
        cells = [cell for cell in document["cells"] if cell.get("cell_type") == "code"]
        return "\n".join("".join(cell["source"]) for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return notebook


def _beside(text: str, match: re.Match[str], ends: re.Pattern[str]) -> str:
    """The match with what belongs to it: the rest of the call, of the line or of the entry."""
    rest = text[match.end() : match.end() + _FARTHEST]
    end = ends.search(rest)
    return match.group() + (rest[: end.start()] if end else rest)


def _target(match: re.Match[str], around: str) -> Iterator[tuple[Target, int]]:
    name = match["id"].rstrip(".")
    if _NO_MODEL.search(around) or not REPOSITORY.fullmatch(name):
        return
    stated = match.groupdict().get("revision") or (found["revision"] if (found := _REVISION.search(around)) else None)
    yield Target(name, stated), match.start("id")


def _by_variable(text: str) -> Iterator[tuple[Target, int]]:
    """Names that are assigned to a variable which a loader of the same file is given."""
    assigned: dict[str, list[re.Match[str]]] = {}
    for match in _ASSIGNED.finditer(text):
        assigned.setdefault(match["name"], []).append(match)
    for call in _LOADED.finditer(text) if assigned else ():
        for name in dict.fromkeys(_PASSED.findall(call["arguments"])):
            for match in assigned.get(name, ()):
                yield from _target(match, call.group())
