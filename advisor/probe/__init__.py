"""Measure latency on the user's own key: plan first, send interleaved, time on the wire, classify every failure.

The path is ``candidates`` and ``prompts`` -> ``plan`` (what it may cost) -> ``run`` (which asks ``link``, the pipe to
the worker process) -> ``records`` (a file that survives a kill) -> ``summary`` -> ``measurements`` for the solver.
Only the worker process imports litellm.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.probe.summary import Summary


class _CallablePackage(ModuleType):
    """The package is its one public function too: ``from advisor import probe`` gives the same thing in any order."""

    def __call__(self, offerings: Any, **settings: Any) -> Summary:
        """Measure latency (:func:`advisor.probe.measure.measure`)."""
        from advisor.probe.measure import measure

        return measure(offerings, **settings)


sys.modules[__name__].__class__ = _CallablePackage
