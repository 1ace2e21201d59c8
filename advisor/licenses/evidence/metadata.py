"""The metadata of a repository as a server sent it, each field checked: of any type, or missing, it does no harm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from advisor.licenses.evidence.model_card import clean

MOST_PATHS = 50_000
"""Files of a repository that are looked at."""

MOST_TAGS = 5_000
_DEEPEST = 40
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_NAME = re.compile(r"[\w.-]{1,96}(?:/[\w.-]{1,96})?", re.ASCII)
# Such as `../LICENSE`, `/etc/passwd` and `a\\b`, not `docs/LICENSE`.
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?:^|/)\.\.(?:/|$)|^/|\\")


class Metadata(NamedTuple):
    """What bears on rights in the metadata of a repository."""

    id: str
    commit: str | None
    gated: Literal["auto", "manual"] | None
    disabled: bool
    tags: tuple[str, ...]
    paths: tuple[str, ...]
    odd_paths: tuple[str, ...]
    """Names that no file can have; none of them is asked for."""
    pipeline: str | None
    kinds: tuple[str, ...]
    """What the configuration calls the kind of model, and tags that say it takes images."""
    is_quantized: bool
    """Whether the configuration says how the weights were quantized."""
    has_config: bool
    card: Any
    remarks: tuple[str, ...]


def parse_metadata(raw: object, repository: str) -> Metadata:
    """Return the metadata from an answer. Raises ValueError for an answer that is none."""
    if not isinstance(raw, Mapping):
        raise ValueError(f"expected an object, found {type(raw).__name__}")  # noqa: TRY004 - of foreign data
    if not isinstance(raw.get("id", raw.get("modelId")), str):
        raise ValueError("expected the metadata of a repository with its id")  # noqa: TRY004 - of foreign data
    data = _cleaned(raw)
    remarks: list[str] = []
    commit, name, gated = data.get("sha"), data.get("id", data.get("modelId")), data.get("gated")
    if not isinstance(commit, str) or _COMMIT.fullmatch(commit) is None:
        remarks.append("the server names no commit")
        commit = None
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        remarks.append("the server gives no name that a repository can have")
        name = repository
    tags = tuple(one for one in _list(data, "tags", remarks)[:MOST_TAGS] if isinstance(one, str))
    paths = list(_paths(data, remarks))
    pipeline, config = data.get("pipeline_tag"), data.get("config")
    return Metadata(
        name,
        commit,
        _gated(gated),
        data.get("disabled") not in (False, None),
        tags,
        tuple(path for path in paths if not _ODD.search(path)),
        tuple(path for path in paths if _ODD.search(path)),
        pipeline[:200] if isinstance(pipeline, str) else None,
        tuple(_kinds(data, tags)),
        isinstance(config, Mapping) and bool(config.get("quantization_config")),
        isinstance(config, Mapping) and bool(config),
        data.get("cardData"),
        tuple(remarks),
    )


def _gated(value: object) -> Literal["auto", "manual"] | None:
    if value in (False, None):
        return None
    return "auto" if value == "auto" else "manual"


def _paths(data: Mapping[str, Any], remarks: list[str]) -> Iterator[str]:
    entries = _list(data, "siblings", remarks)
    if len(entries) > MOST_PATHS:
        remarks.append(f"it has {len(entries):,} files; the first {MOST_PATHS:,} were looked at")
    odd = 0
    for entry in entries[:MOST_PATHS]:
        name = entry.get("rfilename") if isinstance(entry, Mapping) else None
        if isinstance(name, str) and name:
            yield name[:1_000]
        else:
            odd += 1
    if odd:
        remarks.append(f"{odd} of its files have no name")


def _kinds(data: Mapping[str, Any], tags: tuple[str, ...]) -> Iterator[str]:
    config = data.get("config")
    if isinstance(config, Mapping):
        for kind in (config.get("architectures"), config.get("model_type")):
            names = kind if isinstance(kind, list) else [kind]
            yield from (name[:200] for name in names[:20] if isinstance(name, str))
    yield from (tag for tag in tags if ":" not in tag and _SEES.fullmatch(tag))


# Such as `llava-next` and `qwen2-vl`, not `vllm`.
_SEES = re.compile(
    r"mllama|llava[\w.-]*|(?:[\w.-]+[-_.])?vision(?:[-_.][\w.-]+)?|multi-?modal|image-text-to-text|(?:[\w.-]+[-_])?vlm?"
    r"|idefics\d?|pixtral|paligemma",
    re.IGNORECASE,
)
"""Tags that say that a model takes images."""


def _list(data: Mapping[str, Any], field: str, remarks: list[str]) -> list[Any]:
    value = data.get(field)
    if isinstance(value, list):
        return value
    if value is not None:
        remarks.append(f"{field} is {type(value).__name__}, not a list")
    return []


def _cleaned(value: Any, depth: int = 0) -> Any:
    """Return the same value with no text that cannot be written. Raises ValueError for one that is nested too deep."""
    if depth > _DEEPEST:
        raise ValueError(f"it is nested more than {_DEEPEST} levels deep")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one, depth + 1) for one in value]
    return value
