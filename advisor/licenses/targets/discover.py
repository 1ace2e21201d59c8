"""Models that files and folders name or hold: lists, bills of materials, source code, weights, caches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from advisor.errors import UsageError
from advisor.files.yaml import read_text
from advisor.licenses.targets.cyclonedx import cyclonedx_models
from advisor.licenses.targets.mention import Role
from advisor.licenses.targets.names import API_OWNERS, hub_name
from advisor.licenses.targets.read_file import NAMES
from advisor.licenses.targets.sightings import Sighting, Sightings, sightings_in
from advisor.licenses.targets.spdx import is_spdx, spdx_models
from advisor.licenses.targets.target import Place, Target, read_list
from advisor.licenses.targets.weights.caches import file_model, folder_models, hub_cache, ollama_models
from advisor.licenses.targets.weights.on_disk import ENDINGS, PICKLES

LARGEST_BYTES = 64 << 20
"""A file that is named by itself is read up to this size."""

_BOM_ENDINGS = (".json", ".xml", ".spdx", ".cdx", ".yaml", ".yml", ".tag")
_LISTS = (".txt", ".lst", ".list", "")


def targets_in(name: str, *, may_be_empty: bool = False) -> Iterator[Target]:
    """Every model that a file, or the files of a folder, name or hold.

    Raises UsageError, also where there is none: what was meant to be reviewed was not. ``may_be_empty`` allows that.
    """
    found = False
    for target in _targets(Path(name), name):
        found = True
        yield target
    if not found and not may_be_empty:
        raise UsageError(f"{name}: no model is named in it", hint=_hint(Path(name)))


def _targets(path: Path, name: str) -> Iterator[Target]:
    if path.is_dir():
        yield from _folder(path)
        return
    if path.suffix.lower() in ENDINGS:
        _require_file(path)
        yield file_model(path)._replace(place=Place(name))
        return
    if path.suffix.lower() in PICKLES:
        _require_file(path)
        raise UsageError(
            f"{name}: weights in this format may hold code and are not opened",
            hint=f"review what lies beside it: advisor check-license --file {path.parent}",
        )
    text = read_text(path, error=UsageError, max_bytes=LARGEST_BYTES)
    bom = _bill(text, path)
    if bom is not None:
        yield from (target._replace(place=target.place or Place(name)) for target in bom)
    elif path.suffix.lower() in _LISTS and not path.name.lower().startswith(NAMES):
        yield from read_list(text, name)
    else:
        yield from code_targets(sightings_in(path))


def _bill(text: str, path: Path) -> Iterator[Target] | None:
    """Return the models of a bill of materials; None for any other text."""
    if path.suffix.lower() not in _BOM_ENDINGS and not path.name.lower().endswith((".spdx", ".cdx")):
        return None
    head = text[:4_000]
    if re.search(r"[\"']bomFormat[\"']\s*:\s*[\"']CycloneDX[\"']", text) or re.search(r"<bom\b[^>]*cyclonedx", head):
        return cyclonedx_models(text, str(path))
    return spdx_models(text, str(path)) if is_spdx(text) else None


def _folder(path: Path) -> Iterator[Target]:
    """Yield a cache by its layout; of any other folder the weights in it and what its code names."""
    for cache in (path, path / "hub"):
        if next(cache.glob("models--*"), None) is not None:
            yield from hub_cache(cache)
            return
    for cache in (path, path / "models"):
        if (cache / "manifests").is_dir() and (cache / "blobs").is_dir():
            yield from ollama_models(cache)
            return
    yield from folder_models(path)
    yield from code_targets(sightings_in(path))


def code_targets(seen: Sightings) -> Iterator[Target]:
    """Yield the repositories that code names, and as targets that cannot be looked up the loaders that stayed open."""
    for sighting in seen.named:
        target = target_of(sighting)
        if target is not None:
            yield target
    for one in seen.open:
        why = f"{one.loader.expression} looks like a loader, and its model is not stated: {one.loader.why}"
        yield Target(f"{Path(one.path).name}:{one.loader.line}", missing=why, place=Place(one.path, one.loader.line))


def target_of(sighting: Sighting) -> Target | None:
    """Return the repository that a sighting means; None where it means none."""
    named = hub_name(sighting.mention)
    if named is None:
        return None
    mention = sighting.mention
    place = Place(sighting.path, mention.line or None)
    note = mention.note
    if (
        not named.missing
        and named.repository not in mention.text
        and (mention.role is Role.OLLAMA or "ollama" in mention.text)
    ):
        note = f"{mention.text} of Ollama's library is read as {named.repository}; its folder says what was pulled"
    return Target(named.repository, named.revision, named.missing, place, note=note)


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")


def _hint(path: Path) -> str:
    """Return what else could be meant by a file without a model of the Hub."""
    if path.is_dir() or path.stat().st_size < LARGEST_BYTES:
        apis = [one.mention.text for one in sightings_in(path).named if _is_behind_api(one)] if _is_code(path) else []
        if apis:
            names = ", ".join(dict.fromkeys(apis[:3]))
            return f"it names models behind APIs only ({names}): `advisor scan {path}` says what becomes of them"
    return "name a file or folder that names org/name, or a bill of materials with a machine-learning-model"


def _is_code(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() not in (*ENDINGS, *_LISTS, ".xml")


def _is_behind_api(sighting: Sighting) -> bool:
    text = sighting.mention.text
    return text.partition("/")[0] in API_OWNERS or bool(
        re.match(r"(?:gpt|o\d|claude|gemini|mistral|command|text-embed)-", text)
    )
