"""The detectors: a file each, found by itself; see ``advisor.monitor.detectors.base`` for the port."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from advisor.monitor.detectors.base import Detector


@lru_cache(maxsize=1)
def detectors() -> tuple[Detector, ...]:
    """Every detector, by name."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    every = [module.DETECTOR for module in modules if hasattr(module, "DETECTOR")]
    return tuple(sorted(every, key=lambda one: one.name))
