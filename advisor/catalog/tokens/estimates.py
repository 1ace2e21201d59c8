"""From the fitted models to what the catalog carries: tokens, hidden tokens and speed with their 95 % intervals.

An estimate says on what it rests: ``measured`` (this model at this effort on this kind of task), ``other-effort``
(this model, at another effort or on another kind of task), ``lab`` (other models of its lab) or ``effort`` (the effort
alone).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.catalog.source.merge import ModelSheet
from advisor.catalog.source.thinking import ALWAYS, NONE, OPTIONAL, config_efforts, stated
from advisor.catalog.tokens.calibration import Z
from advisor.catalog.tokens.evidence import LEVELS, Measured, Share
from advisor.catalog.tokens.mixed_model import Fitted
from advisor.catalog.tokens.shapes import REFERENCE

MEASURED, OTHER_EFFORT, LAB, EFFORT = "measured", "other-effort", "lab", "effort"

UNSTATED = "medium"
"""The level of a model that thinks where nothing is said of how much."""

_DIGITS = 3


class Span(NamedTuple):
    """An estimate with its 95 % interval."""

    estimate: float
    low: float
    high: float


class Thinker(NamedTuple):
    """What decides how long a model of the catalog thinks at an effort."""

    model: str
    lab: str
    mode: str | None
    """``always``, ``optional``, ``none``, or None where nobody says."""
    default_effort: str | None
    efforts: tuple[str | None, ...]
    """Its configs; None is the maker's default."""


def thinker(sheet: ModelSheet) -> Thinker:
    """Return the model of a sheet, with the configs that the catalog has of it."""
    facts = sheet.facts
    efforts = config_efforts(sheet.entry, facts)
    return Thinker(sheet.entry.id, sheet.lab, stated(facts, "reasoning"), stated(facts, "default_effort"), efforts)


class Estimator(NamedTuple):
    """The fitted models with the calibration."""

    length: Fitted[Measured]
    share: Fitted[Share]
    speed: Fitted[Measured]
    widening: Mapping[str, float]

    def tokens(self, who: Thinker, effort: str | None, task: str) -> list[Any]:
        """One row of the file: tokens, hidden tokens, basis, suites."""
        level, is_sure = self._level(who, effort)
        basis = self._basis(who, level, task)
        whole = self._length(who, level, task, basis)
        hidden = self._hidden(who, level, task, whole, basis)
        if not is_sure:
            plain = self._length(who, LEVELS[0], task, self._basis(who, LEVELS[0], task))
            whole = Span(whole.estimate, min(plain.low, whole.low), whole.high)
            hidden = Span(hidden.estimate, 0.0, hidden.high)
        suites = sorted({row.suite for row in self.length.rows if row.model == who.model and row.task == task})
        return [*(_rounded(one) for one in (*whole, *hidden)), basis, suites]

    def seconds(self, who: Thinker) -> list[Any]:
        """Tokens a second over a whole answer, basis, suites."""
        mine = sorted({row.suite for row in self.speed.rows if row.model == who.model})
        is_lab = any(row.lab == who.lab for row in self.speed.rows)
        basis = MEASURED if mine else LAB if is_lab else EFFORT
        mean, spread = self.speed.predict([_row(who, LEVELS[0], "chat")])
        half = Z * math.sqrt(float(spread[0, 0])) * self.widening["speed" if mine else "speed-lab"]
        return [*(_rounded(math.exp(float(mean[0]) + side)) for side in (0.0, -half, half)), basis, mine]

    def _level(self, who: Thinker, effort: str | None) -> tuple[str, bool]:
        """Return the level of a config, and whether it is known to think, or not to, at that level."""
        if who.mode == NONE:
            return LEVELS[0], True
        if effort == "thinking":
            return "high", True
        asked = effort or who.default_effort
        if asked in LEVELS:
            is_asked = effort is not None and effort != LEVELS[0]
            return asked, is_asked or who.mode in (ALWAYS, OPTIONAL)
        mine = [row for row in self.length.rows if row.model == who.model]
        seen = [row for row in mine if row.effort == "default" and row.hidden is not None]
        if seen:
            return seen[0].level, True
        return UNSTATED, who.mode == ALWAYS

    def _basis(self, who: Thinker, level: str, task: str) -> str:
        rows = self.length.rows
        mine = [row for row in rows if row.model == who.model]
        if any((row.level, row.task) == (level, task) for row in mine):
            return MEASURED
        return OTHER_EFFORT if mine else LAB if any(row.lab == who.lab for row in rows) else EFFORT

    def _length(self, who: Thinker, level: str, task: str, basis: str) -> Span:
        mean, spread = self.length.predict([_row(who, level, task)])
        half = Z * math.sqrt(float(spread[0, 0])) * self.widening[basis]
        return Span(*(math.exp(float(mean[0]) + side) for side in (0.0, -half, half)))

    def _hidden(self, who: Thinker, level: str, task: str, whole: Span, basis: str) -> Span:
        """Return the hidden part: the whole times a share, whose errors are taken as independent in logs."""
        if level == LEVELS[0] and who.mode != ALWAYS:
            return Span(0.0, 0.0, 0.0)
        mean, spread = self.share.predict([Share(_row(who, level, task), 0.0)], is_noisy=basis != MEASURED)
        share = 1 / (1 + math.exp(-float(mean[0])))
        doubt = Z * math.sqrt(float(spread[0, 0])) * self.widening["share"] * (1 - share)
        half = math.hypot(doubt, math.log(whole.high / whole.estimate))
        middle = whole.estimate * share
        return Span(middle, middle * math.exp(-half), min(middle * math.exp(half), whole.high))


def _row(who: Thinker, level: str, task: str) -> Measured:
    return Measured(REFERENCE[task], task, who.model, who.lab, level, None, 1, None, None, None, True)


def _rounded(value: float) -> float | int:
    """To three digits that count; whole numbers from a hundred on."""
    if value == 0:
        return 0
    places = _DIGITS - 1 - math.floor(math.log10(abs(value)))
    found = round(value, places)
    return int(found) if places <= 0 else found
