"""Say which language model to use, whether that use is allowed, and whether it is still the right one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_EXPORTS = {
    "Advice": "advisor.solver.answer",
    "AdvisorError": "advisor.errors",
    "Catalog": "advisor.catalog",
    "Requirements": "advisor.requirements",
    "advise": "advisor.solver",
    "load_catalog": "advisor.catalog",
    "load_requirements": "advisor.requirements",
}

__all__ = [
    "Advice",
    "AdvisorError",
    "Catalog",
    "Requirements",
    "__version__",
    "advise",
    "load_catalog",
    "load_requirements",
]


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
