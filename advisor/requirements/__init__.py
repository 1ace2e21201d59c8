"""Requirements: the records of ``advisor.yaml``, reading and writing it, the questionnaire, own traffic."""

from __future__ import annotations

from typing import Any

__all__ = ["Requirements", "load_requirements"]

_HOMES = {"Requirements": "advisor.requirements.schema", "load_requirements": "advisor.requirements.file"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
