"""Any table of results is planned as trying every assignment in fractions says, whatever the order of its rows."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from advisor.portfolio.build import SharedLimits
from advisor.portfolio.from_scores import pose_table
from advisor.portfolio.problem import Objective
from advisor.portfolio.solve import SearchSettings, plan
from advisor.requirements.score_table import parse_results

HEAD = ("workload", "offering", "vendor", "score", "cost_usd", "n", "weight")
SCORES = ("0.1", "0.2", "0.3", ".30", "7e-1", "50", "66.6667", "100")
COSTS = ("0", "0.1", "0.2", "0.3", "1e-9", "3e-9", "12.34", "99.99", "1e9", "500000000.01")


class Table(NamedTuple):
    """Rows as they stand in the file, and the limits as they are typed."""

    rows: tuple[tuple[str, ...], ...]
    budget: str | None
    vendors: int | None
    least: str | None
    objective: Objective | None

    def limits(self) -> SharedLimits:
        budget, least = (Decimal(text) if text is not None else None for text in (self.budget, self.least))
        return SharedLimits(budget, self.vendors, least, self.objective)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Up to four workloads with up to five offerings; the budget and the least score are often just met."""
    rows, weights = [], []
    for number in range(draw(st.integers(1, 4))):
        weights.append(draw(st.sampled_from(["1", "2", "0.5", "3"])))
        for name in draw(st.sets(st.integers(0, 4), min_size=1)):
            vendor = f"v{draw(st.integers(0, 2))}"
            figures = draw(st.sampled_from(SCORES)), draw(st.sampled_from(COSTS)), draw(st.sampled_from(["", "40"]))
            rows.append((f"job {number}", f'"o", {name}', vendor, *figures, weights[number]))
    cheapest = sum(min(Decimal(row[4]) for row in rows if row[0] == f"job {number}") for number in range(len(weights)))
    return Table(
        tuple(draw(st.permutations(rows))),
        draw(st.sampled_from([None, str(cheapest), "0.3", "100", "1000000000.000000003"])),
        draw(st.sampled_from([None, 1, 2])),
        draw(st.sampled_from([None, "0.2", "50", "66.6667"])),
        draw(st.sampled_from([None, *Objective])),
    )


def written(rows: tuple[tuple[str, ...], ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows((HEAD, *rows))
    return text.getvalue()


def by_trying(table: Table) -> tuple[Fraction, Fraction] | None:
    """The score and cost of the best assignment; None if none keeps the limits."""
    by_job: dict[str, list[tuple[Fraction, Fraction, str]]] = defaultdict(list)
    weight: dict[str, Fraction] = {}
    for job, _, vendor, score, cost, _, weighs in table.rows:
        by_job[job].append((Fraction(score), Fraction(cost), vendor))
        weight[job] = Fraction(weighs)
    wanted = table.objective or (Objective.COST if table.least is not None else Objective.SCORE)
    kept = []
    for chosen in product(*by_job.values()):
        pairs = zip(by_job, chosen, strict=True)
        mean = sum((weight[job] * one[0] for job, one in pairs), Fraction(0)) / sum(weight.values())
        usd = sum((one[1] for one in chosen), Fraction(0))
        fits = table.budget is None or usd <= Fraction(table.budget)
        reaches = table.least is None or mean >= Fraction(table.least)
        if fits and reaches and (table.vendors is None or len({one[2] for one in chosen}) <= table.vendors):
            kept.append((-mean, usd) if wanted is Objective.SCORE else (usd, -mean))
    if not kept:
        return None
    first, second = min(kept)
    return (-first, second) if wanted is Objective.SCORE else (-second, first)


@given(tables())
def test_a_table_of_results_is_planned_as_trying_everything_says(table: Table) -> None:
    best = by_trying(table)
    posed = pose_table(parse_results(written(table.rows), "r.csv"), table.limits())
    found = plan(posed.problem, SearchSettings(explain=False))
    assert (found.proven, found.gap) == (True, 0.0)
    if best is None or found.score is None or found.cost_usd is None:
        assert (best, found.choices) == (None, ())
        return
    assert (float(found.score), Fraction(found.cost_usd)) == (float(best[0]), best[1])
    turned = pose_table(parse_results(written(table.rows[::-1]), "r.csv"), table.limits())
    assert plan(turned.problem, SearchSettings(explain=False)) == found
