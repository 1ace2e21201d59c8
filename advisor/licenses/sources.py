"""Repositories of the Hub that files name: lists, CycloneDX bills of materials, source code, notebooks, deployments.

Source is read, never run. Only a name in a place where one loads a model from the Hub counts; a string that merely
looks like one does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from advisor.documents import read_text
from advisor.errors import UsageError
from advisor.licenses.targets import REPOSITORY, Target, parse_target, read_list

MOST_FILES = 20_000
"""Files of a folder that are looked at."""

LARGEST_BYTES = 8 << 20
"""Files above this are left out of a folder; named by themselves they are an error."""

_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", "site-packages"}
_ENDINGS = {
    ".py", ".ipynb", ".yaml", ".yml", ".toml", ".json", ".sh", ".bash", ".env", ".cfg", ".ini", ".dockerfile", ".tf",
}  # fmt: skip
_NAMES = ("dockerfile", "containerfile", "makefile", "modelfile")

_ID = r"(?P<id>[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96})"
_REVISION = r"(?:[^()]{0,400}?revision\s*=\s*[\"'](?P<revision>[\w./-]+)[\"'])?"
_LOADERS = (
    "from_pretrained|hf_hub_download|snapshot_download|load_model|SentenceTransformer|CrossEncoder|InferenceClient|LLM"
    "|pipeline|PeftModel|create_engine|EngineArgs|AsyncEngineArgs"
)
_KEYS = (
    "repo_id|model_id|model_name_or_path|pretrained_model_name_or_path|base_model_name_or_path|base_model|MODEL_ID"
    "|MODEL_NAME|HF_MODEL_ID|HF_MODEL|model_name|modelId"
)
_FLAGS = "--model(?:-id|-path|-name-or-path)?|--base-model"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_LOADERS})\s*\(\s*(?:[\w.]+\s*,\s*)?(?:(?:{_KEYS}|model)\s*=\s*)?[\"']{_ID}[\"']{_REVISION}",
        rf"\bpipeline\s*\(\s*[\"'][\w-]+[\"']\s*,\s*(?:model\s*=\s*)?[\"']{_ID}[\"']{_REVISION}",
        rf"(?:{_KEYS})[\"']?\s*[:=]\s*[\"']?{_ID}[\"']?(?=[\s,;)\}}]|$)",
        rf"(?:vllm\s+serve|{_FLAGS})[\s=]+[\"']?{_ID}",
        rf"(?:huggingface-cli|hf)\s+download\s+[\"']?{_ID}",
        rf"(?:huggingface\.co|hf\.co)/(?!datasets/|spaces/|docs/|blog/|api/|papers/){_ID}",
        rf"hf://(?!datasets/|spaces/){_ID}",
    )
)


def targets_in(name: str) -> Iterator[Target]:
    """The repositories that a file or the files of a folder name; a folder may be a cache of the Hub.

    Raises UsageError.
    """
    path = Path(name)
    if path.is_dir() and next(path.glob("models--*"), None) is not None:
        yield from hub_cache(path)
        return
    if path.is_dir():
        for file in _files(path):
            yield from _in_text(file, file.read_text(encoding="utf-8", errors="replace"))
        return
    text = read_text(path, error=UsageError, max_bytes=64 << 20)
    if path.suffix in (".txt", ".lst", ".list", ""):
        if path.name.lower().startswith(_NAMES):
            yield from _in_text(path, text)
        else:
            yield from read_list(text, name)
    elif path.suffix == ".json" and '"bomFormat"' in text:
        yield from _in_bom(text, name)
    else:
        yield from _in_text(path, text)


def hub_cache(folder: Path) -> Iterator[Target]:
    """The models of a local Hub cache, each at the commit its main branch had."""
    for repository in sorted(folder.glob("models--*")):
        head = repository / "refs" / "main"
        revision = head.read_text(encoding="ascii", errors="ignore").strip() if head.is_file() else ""
        name = "/".join(repository.name.split("--")[1:3])
        if REPOSITORY.fullmatch(name):
            yield Target(name, revision if re.fullmatch(r"[0-9a-f]{40}", revision) else None)


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for path in sorted(folder.rglob("*")):
        if _SKIPPED & set(path.relative_to(folder).parts) or path.is_symlink() or not path.is_file():
            continue
        named = path.suffix.lower() in _ENDINGS or path.name.lower().startswith(_NAMES)
        if named and path.stat().st_size <= LARGEST_BYTES:
            count += 1
            if count > MOST_FILES:
                raise UsageError(f"{folder}: more than {MOST_FILES:,} files", hint="name a folder inside it")
            yield path


def _in_text(path: Path, text: str) -> Iterator[Target]:
    source = _cells(text) if path.suffix == ".ipynb" else text
    for pattern in _PATTERNS:
        for match in pattern.finditer(source):
            found = match.groupdict()
            name = found["id"].rstrip(".")
            if REPOSITORY.fullmatch(name):
                yield Target(name, found.get("revision"))


def _cells(text: str) -> str:
    """The code of a notebook; a notebook that is no JSON is read as text."""
    try:
        notebook: Any = json.loads(text)
        cells = notebook["cells"]
        return "\n".join("".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code")
    except (ValueError, KeyError, TypeError, AttributeError):
        return text


def _in_bom(text: str, path: str) -> Iterator[Target]:
    """The machine-learning models of a CycloneDX bill of materials, by package URL or by name."""
    try:
        bom: Any = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{path}: expected JSON: {error}") from None
    waiting = [component for component in bom.get("components", ()) if isinstance(component, dict)]
    meta = bom.get("metadata")
    if isinstance(meta, dict) and isinstance(meta.get("component"), dict):
        waiting.append(meta["component"])
    for component in waiting:
        purl = str(component.get("purl", ""))
        if purl.startswith("pkg:huggingface/"):
            name, _, version = unquote(purl.removeprefix("pkg:huggingface/")).partition("?")[0].partition("@")
            yield parse_target(f"{name}@{version}" if version else name)
        elif component.get("type") == "machine-learning-model":
            group, name = component.get("group"), str(component.get("name", ""))
            full = f"{group}/{name}" if group else name
            if "/" in full and REPOSITORY.fullmatch(full):
                yield Target(full)
