"""The solver: requirements and a catalog in, an answer with its reasons out. Pure functions, no clock, no network."""

from __future__ import annotations

from advisor.solver.advise import advise
from advisor.solver.answer import Advice

__all__ = ["Advice", "advise"]
