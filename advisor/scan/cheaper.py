"""What a model costs against the cheapest that is as good, by the solver's own pricing of one plain workload."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.requirements.schema import Requirements
from advisor.scan.use import PriceComparison
from advisor.solver import advise
from advisor.solver.standing import Standing

DIMENSION = "instruction-following"
PRICED_FOR = "1,000 requests of 1,000 tokens in and 300 out, thinking counted"
_REQUESTS = 1_000


class Prices:
    """Costs and quality of every candidate on one plain workload; solved when the first price is asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @cached_property
    def _standings(self) -> tuple[Standing, ...]:
        return memoize(self._catalog, "scan-prices", self._solved)

    def _solved(self) -> tuple[Standing, ...]:
        workload = {
            "name": "scan",
            "dimension": DIMENSION,
            "traffic": {"requests_per_month": _REQUESTS, "input_tokens": 1_000, "output_tokens": 300},
        }
        asked = {"schema_version": 1, "uses": ["commercial", "serve"], "preferences": ["cost"], "workloads": [workload]}
        return tuple(advise(self._catalog, Requirements.model_validate(asked)).workloads[0].standings)

    def comparison(self, offering: str) -> PriceComparison | None:
        """Return the offering against the cheapest candidate that is measured to be as good.

        None where either is unknown.

        As good is whose estimate and whose lower end are no less than the offering's at its best effort.
        """
        own = [one for one in self._standings if one.candidate.offering.id == offering and one.quality and one.cost]
        if not own:
            return None
        best = max(own, key=lambda one: one.quality.estimate if one.quality else 0)
        rivals = [one for one in self._standings if _is_as_good(one, best)]
        cheapest = min(rivals, key=lambda one: (_usd(one), one.id), default=best)
        if _usd(cheapest) >= _usd(best):
            cheapest = best
        return PriceComparison(_usd(best), cheapest.id, _usd(cheapest), DIMENSION)


def _is_as_good(one: Standing, best: Standing) -> bool:
    if one.quality is None or best.quality is None or one.cost is None or one.quality.unit != best.quality.unit:
        return False
    return one.quality.estimate >= best.quality.estimate and one.quality.low >= best.quality.low


def _usd(one: Standing) -> Decimal:
    return one.cost.usd_per_month_now if one.cost else Decimal(0)
