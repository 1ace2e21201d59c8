"""Say which language model to use, whether that use is allowed, and whether it is still the right one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from advisor.version import __version__

if TYPE_CHECKING:
    from advisor.api import check, check_license, decide, render
    from advisor.catalog import Catalog, load_catalog
    from advisor.errors import AdvisorError
    from advisor.facts import Measurement
    from advisor.probe.measure import measure as probe
    from advisor.requirements.file import load_requirements
    from advisor.requirements.schema import Requirements
    from advisor.solver import advise
    from advisor.solver.answer import Advice

_EXPORTS = {
    "Advice": "advisor.solver.answer",
    "AdvisorError": "advisor.errors",
    "Catalog": "advisor.catalog",
    "Measurement": "advisor.facts",
    "Requirements": "advisor.requirements",
    "advise": "advisor.solver",
    "check": "advisor.api",
    "check_license": "advisor.api",
    "decide": "advisor.api",
    "load_catalog": "advisor.catalog",
    "load_requirements": "advisor.requirements",
    "render": "advisor.api",
}

__all__ = [
    "Advice",
    "AdvisorError",
    "Catalog",
    "Measurement",
    "Requirements",
    "__version__",
    "advise",
    "check",
    "check_license",
    "decide",
    "load_catalog",
    "load_requirements",
    "probe",
    "render",
]


def __getattr__(name: str) -> Any:
    if name == "probe":
        return import_module("advisor.probe")
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
