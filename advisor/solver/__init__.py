"""The solver: requirements and a catalogue in, an answer with its reasons out. Pure functions, no clock, no network."""

from __future__ import annotations

from advisor.solver.advice import Advice
from advisor.solver.solve import advise

__all__ = ["Advice", "advise"]
