"""The models in a folder of weights and in the local caches of Ollama, LM Studio and the Hub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from advisor.licenses.evidence.records import Parent, Text, Unread
from advisor.licenses.targets.mention import Mention, Role
from advisor.licenses.targets.names import hub_name
from advisor.licenses.targets.target import REPOSITORY, Target
from advisor.licenses.targets.weights.on_disk import ENDINGS, PICKLES, Weights, evidence_on, license_text

MOST_FOLDERS = 20_000
"""Folders that are looked into."""

MOST_MODELS = 2_000
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LICENSE_LAYER = "application/vnd.ollama.image.license"
_MODEL_LAYERS = ("application/vnd.ollama.image.model", "application/vnd.ollama.image.adapter")


def hub_cache(folder: Path) -> Iterator[Target]:
    """Yield the models of a local Hub cache, each at the commit its main branch had."""
    for repository in sorted(folder.glob("models--*"))[:MOST_MODELS]:
        head = repository / "refs" / "main"
        revision = head.read_text(encoding="ascii", errors="ignore").strip() if head.is_file() else ""
        if not revision:
            commits = sorted(one.name for one in repository.glob("snapshots/*"))
            revision = commits[0] if len(commits) == 1 else ""
        name = "/".join(repository.name.split("--")[1:3])
        if REPOSITORY.fullmatch(name):
            yield Target(name, revision if re.fullmatch(r"[0-9a-f]{40}", revision) else None)


def ollama_models(root: Path) -> Iterator[Target]:
    """Yield the models of Ollama's folder: each manifest with its license blobs and the header of its weights."""
    manifests = root / "manifests"
    for file in sorted(one for one in manifests.rglob("*") if one.is_file() and not one.is_symlink())[:MOST_MODELS]:
        parts = file.relative_to(manifests).parts
        if len(parts) < 3:  # noqa: PLR2004 - a host, a model and a tag
            continue
        owner = "" if parts[-3] == "library" else f"{parts[-3]}/"
        host = "" if parts[0] == "registry.ollama.ai" else f"{parts[0]}/"
        name = f"{host}{owner}{parts[-2]}:{parts[-1]}"
        yield _of_manifest(root, file, name)


def _of_manifest(root: Path, file: Path, name: str) -> Target:
    layers = _layers(file)
    if layers is None:
        return Target(f"ollama/{name}", missing=f"its manifest {file.name} cannot be read")
    texts: list[Text | Unread] = []
    weights: list[Path] = []
    for index, (kind, digest) in enumerate(layers):
        blob = root / "blobs" / digest.replace(":", "-")
        if kind == _LICENSE_LAYER:
            texts.append(license_text(f"license layer {index + 1}", blob))
        elif kind in _MODEL_LAYERS and blob.is_file():
            weights.append(blob)
    named = hub_name(Mention(name, 0, Role.OLLAMA))
    parents = (Parent(id=named.repository, relation="quantized"),) if named and not named.missing else ()
    read = tuple(one for one in texts if isinstance(one, Text))
    unread = tuple(one for one in texts if isinstance(one, Unread))
    found = Weights(f"ollama/{name}", tuple(weights), root / "none", parents, read, unread)
    return _target(found)


def _layers(file: Path) -> list[tuple[str, str]] | None:
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8")) if file.stat().st_size <= 1 << 20 else None
        found = [(str(one["mediaType"]), str(one["digest"])) for one in content["layers"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return [(kind, digest) for kind, digest in found if _DIGEST.fullmatch(digest)][:64]


def folder_models(root: Path) -> Iterator[Target]:
    """Every folder below that holds weights, as one model; places of LM Studio's cache say which repository it is."""
    count = 0
    for folder in _folders(root):
        files = sorted(one for one in folder.iterdir() if one.is_file() and one.suffix.lower() in (*ENDINGS, *PICKLES))
        headed = [one for one in files if one.suffix.lower() in ENDINGS]
        if not headed and not (files and _is_model_folder(folder)):
            continue
        count += 1
        if count > MOST_MODELS:
            return
        parents = tuple(_place_in_cache(folder))
        for name, group in _grouped(folder, headed):
            yield _target(Weights(name, group, folder, parents))


def file_model(path: Path) -> Target:
    """One weights file with what lies beside it."""
    folder = path.parent
    return _target(Weights(str(path), (path,), folder, tuple(_place_in_cache(folder))))


def _target(weights: Weights) -> Target:
    return Target(weights.name, on_disk=evidence_on(weights), weights=tuple(map(str, weights.files)))


def _grouped(folder: Path, files: list[Path]) -> Iterator[tuple[str, tuple[Path, ...]]]:
    """GGUF files are models of their own, parts of one together; all else in a folder is one model."""
    groups: dict[str, list[Path]] = {}
    for file in files:
        own = file.suffix.lower() == ".gguf" and len(files) > 1
        stem = re.sub(r"-\d{5}-of-\d{5}$", "", file.stem)
        groups.setdefault(str(folder / f"{stem}.gguf") if own else str(folder), []).append(file)
    if not files:
        yield str(folder), ()
    for name, group in groups.items():
        yield name, tuple(group)


def _is_model_folder(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("config.json", "adapter_config.json", "tokenizer_config.json"))


def _place_in_cache(folder: Path) -> Iterator[Parent]:
    """LM Studio keeps ``models/publisher/repository``: the repository of the Hub that the files are from."""
    parts = folder.parts
    if len(parts) > 2 and parts[-3] == "models" and any("lmstudio" in one or "lm-studio" in one for one in parts[:-2]):  # noqa: PLR2004
        name = f"{parts[-2]}/{parts[-1]}"
        if REPOSITORY.fullmatch(name):
            yield Parent(id=name, relation="unknown")


def _folders(root: Path) -> Iterator[Path]:
    waiting, count = [root], 0
    while waiting and count < MOST_FOLDERS:
        folder = waiting.pop()
        count += 1
        yield folder
        try:
            inner = sorted((one for one in folder.iterdir() if one.is_dir() and not one.is_symlink()), reverse=True)
        except OSError:
            continue
        waiting += [one for one in inner if one.name not in (".git", "node_modules", ".venv", "venv", "__pycache__")]
