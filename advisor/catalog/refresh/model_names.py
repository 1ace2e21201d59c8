"""From what a channel calls a model to the model's id: channels spell the same version in many ways.

Only spelling is undone here (vendor prefixes, dots and dashes, packaging suffixes). Whether two names are the same
version is never guessed: it stands in the model's ``aliases``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from advisor.catalog.source.schema import ModelEntry

_VENDORS = (
    r"(?:anthropic|amazon|meta|mistral|cohere|deepseek|qwen|openai|moonshotai|moonshot|minimax|nvidia|google|zai|ai21|xai|"
    r"writer|databricks)"
)
_BEDROCK_VENDOR = re.compile(rf"^(?P<vendor>{_VENDORS})\.")
_SUFFIX = re.compile(r"(-v\d+)?(:\d+(?::\w+)?)?(@default|@\d{8}|@\d{3})?$")
_PACKAGING = re.compile(r"-(maas|bf16|fp8|nvfp4|hf|awq|instruct|it)$")
_REWRITES = (
    (re.compile(r"^(?:meta-)?llama-?v?(\d)"), r"llama-\1"),
    (re.compile(r"^databricks-"), ""),
    (re.compile(r"^fw-"), ""),
    (re.compile(r"^nvidia-"), ""),
    (re.compile(r"^zai-(?=glm)"), ""),
    (re.compile(r"^qwen-(?=\d)"), "qwen"),
    (re.compile(r"^minimax-minimax-"), "minimax-"),
    (re.compile(r"^moonshotai-"), ""),
    (re.compile(r"^amazon-"), ""),
)


def canonical(name: str) -> str:
    """Return a name with only its spelling undone; two names of one version usually meet here."""
    text = name.strip().lower().rsplit("/", 1)[-1].replace("_", "-").replace(" ", "-")
    vendor = _BEDROCK_VENDOR.match(text)
    if vendor:
        text = text[vendor.end() :]
        if re.match(r"[vr]\d", text):
            text = f"{vendor['vendor']}-{text}"
    text = _SUFFIX.sub("", text) if vendor or "@" in text else text
    text = re.sub(r"(?<=\d)p(?=\d)", ".", text)
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    while _PACKAGING.search(text):
        text = _PACKAGING.sub("", text)
    return text.replace(".", "-")


class Names:
    """Finds the model that a channel's name stands for."""

    def __init__(self, models: Iterable[ModelEntry]) -> None:
        self._ids: dict[str, str] = {}
        for model in models:
            for name in (model.id, *model.aliases):
                self._ids.setdefault(canonical(name), model.id)

    def find(self, name: str) -> str | None:
        """Return the model's id; None if no model of the catalog goes by that name."""
        return self._ids.get(canonical(name))
