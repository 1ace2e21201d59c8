"""Quality at an effort that nothing measured, from the next higher effort that something did.

The estimate is what was measured there less what effort adds over the distance, and never better than it; the interval
takes in the doubt about the mean effect and the spread among models (docs/concepts/quality.md). Above the highest
measured effort nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from advisor.catalog.records import PREDICTED
from advisor.statistics import Z_95

Row = list[Any]
"""As compiled: dimension, estimate, low, high, unit, sources, day, note where there is one."""


class EffortScale(NamedTuple):
    """What effort does to quality, as compiled."""

    shares: Mapping[str, float]
    """How far an effort lies on the way from none to high."""
    effects: Mapping[str, list[Any]]
    """Dimension to [what the whole way adds, standard error of that mean, spread among models, sources, day]."""

    def below(self, measured: Mapping[str, Row], dimension: str, effort: str, day: date) -> Row | None:
        """Return the row of an effort from those measured in that dimension, by effort; None where nothing supports it.

        ``day`` is the day of the catalog: what was found out later is not known yet.
        """
        known = self.effects.get(dimension)
        if known is None or effort not in self.shares or date.fromisoformat(known[4]) > day:
            return None
        place = self.shares[effort]
        higher = [one for one in measured if self.shares.get(one, place) > place]
        if not higher:
            return None
        nearest = min(higher, key=lambda one: (self.shares[one], one))
        return self._from(measured[nearest], nearest, self.shares[nearest] - place, known)

    def _from(self, row: Row, upper: str, width: float, known: list[Any]) -> Row:
        effect, doubt, among, sources, day = known
        dimension, estimate, low, high, unit, own_sources, own_day, *_ = row
        into, back = (_log_odds, _percent) if unit == "percent" else (float, float)
        middle = into(estimate)
        own = max(into(high) - middle, middle - into(low)) / Z_95
        half = Z_95 * math.sqrt(own**2 + (doubt * width) ** 2 + among**2 * width)
        found = middle - effect * width
        ends = (min(found, middle), min(found - half, into(low)), min(found + half, into(high)))
        note = f"{PREDICTED} from effort {upper}, less what effort adds"
        rounded = (round(back(end), 1) for end in ends)
        return [dimension, *rounded, unit, [*own_sources, *sources], max(own_day, day), note]


def _log_odds(percent: float) -> float:
    share = min(max(percent / 100, 0.0005), 0.9995)
    return math.log(share / (1 - share))


def _percent(odds: float) -> float:
    return 100 / (1 + math.exp(-odds))
