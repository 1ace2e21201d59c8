"""Benchmark results of the catalog's files as one table: configs by tasks, with standard errors and gaps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.source.benchmark_schema import LinkFile, SuiteFile
from advisor.catalog.source.merge import Catalog
from advisor.catalog.source.thinking import EFFORTS
from advisor.catalog.source.token_schema import TokenFile, TokenRow
from advisor.statistics import Z_95

Table = NDArray[np.float64]

FACTORS: dict[str, str | None] = {
    "arena": "arena",
    "bfcl": "tool-use",
    "tau2": "tool-use",
    "aider": None,
    "vectara": None,
    "deepswe": "agentic",
    "openhands-index": "agentic",
}
"""Suite to the group factor that its tasks share beside general ability; None: a single task needs none."""

TASKS: dict[str, tuple[str, ...] | None] = {"bfcl": ("overall",)}
"""The tasks of a suite that enter the fit; a suite that is not here enters whole."""

TASKS_OF_PART = {"commit0": 16, "gaia": 165, "swe-bench": 500, "swe-bench-multimodal": 102, "swt-bench": 433}
"""How many tasks the parts of OpenHands Index have, for it publishes no errors."""

WHOLE = "pass"
"""The name of the task of a suite that has one alone."""

POINTS_PER_LOGIT = 400 / math.log(10)
"""Arena's scale: 400 points are odds of ten to one."""


class SuiteColumn(NamedTuple):
    """One task of one suite."""

    suite: str
    task: str


@dataclass(frozen=True)
class QualityEvidence:
    """``score`` and ``error`` are configs x tasks, nan where a config was not measured on a task.

    Percentages are on the logit scale and Arena's points are divided by ``POINTS_PER_LOGIT``, so that every column is
    in log odds. ``is_other_effort`` marks results at another reasoning effort than the config's own.
    """

    configs: tuple[str, ...]
    columns: tuple[SuiteColumn, ...]
    score: Table
    error: Table
    is_other_effort: NDArray[np.bool_]

    def of_suite(self, suite: str) -> NDArray[np.int_]:
        """Return the columns of a suite."""
        return np.array([index for index, column in enumerate(self.columns) if column.suite == suite])


def gather(catalog: Catalog, links: LinkFile, agents: Iterable[TokenFile] = ()) -> QualityEvidence:
    """Every result of every suite; results that belong to no model of the catalog stand for themselves.

    They are no candidates, but they say how hard a task is. ``links`` names those that are one model, ``agents`` are
    the suites of tokens, of which those enter whose scores are of an agent's tasks.
    """
    owners = {(suite, name): config for config, suite, name, _ in _claims(catalog, links)}
    others = {(suite, name) for _, suite, name, is_other in _claims(catalog, links) if is_other}
    cells: dict[tuple[str, SuiteColumn], list[tuple[float, float, bool]]] = {}
    for suite_id, suite in sorted(catalog.suites.items()):
        if suite_id not in FACTORS:
            continue
        for name, tasks in sorted(suite.results.items()):
            config = owners.get((suite_id, name), f"{suite_id}:{name}")
            for task, row in sorted(tasks.items()):
                if task in (TASKS.get(suite_id) or tasks):
                    cell = (*log_odds(suite, row), (suite_id, name) in others)
                    cells.setdefault((config, SuiteColumn(suite_id, task)), []).append(cell)
    main = {sheet.entry.id: sheet.entry.main_effort for sheet in catalog.models}
    for scored in agents:
        if scored.suite.id in FACTORS and scored.suite.task == "agent":
            for (model, task), (result, is_other) in sorted(
                _at_main_effort(scored, main).items(), key=lambda one: one[0]
            ):
                cell = (*row_odds(result), is_other)
                cells.setdefault((model, SuiteColumn(scored.suite.id, task)), []).append(cell)
    return _table(cells)


def _at_main_effort(suite: TokenFile, main: Mapping[str, str | None]) -> dict[tuple[str, str], tuple[TokenRow, bool]]:
    """Return the row of each model and task at its own effort, else the highest; and whether that is another."""
    found: dict[tuple[str, str], tuple[TokenRow, bool]] = {}
    order = [None, "default", *EFFORTS]
    for row in sorted(suite.results, key=lambda row: order.index(row.effort)):
        if row.score is None or not row.is_comparable:
            continue
        own = main.get(row.model or "")
        key = row.model or f"{suite.suite.id}:{row.name}", row.part or WHOLE
        if key in found and not found[key][1] and own and row.effort:
            continue
        found[key] = row, row.effort not in (None, "default", own)
    return found


def row_odds(row: TokenRow) -> tuple[float, float]:
    """Return a score and its standard error in log odds, from the interval that its makers give or the tasks."""
    score = row.score or 0.0
    tasks = row.answers or TASKS_OF_PART[row.part or ""]
    share = (score / 100 * tasks + 0.5) / (tasks + 1)
    if row.score_low is None or row.score_high is None:
        return math.log(share / (1 - share)), 1 / math.sqrt(tasks * share * (1 - share))
    error = (row.score_high - row.score_low) / 200 / Z_95
    return math.log(share / (1 - share)), error / (share * (1 - share))


def log_odds(suite: SuiteFile, row: list[float]) -> tuple[float, float]:
    """Return a result and its standard error in log odds; percentages with the usual half case added on either side."""
    estimate, low, high, *rest = row
    if suite.suite.unit == "points":
        return estimate / POINTS_PER_LOGIT, (high - low) / (2 * Z_95) / POINTS_PER_LOGIT
    cases = rest[0]
    share = (estimate / 100 * cases + 0.5) / (cases + 1)
    return math.log(share / (1 - share)), 1 / math.sqrt(cases * share * (1 - share))


def _claims(catalog: Catalog, links: LinkFile) -> Iterator[tuple[str, str, str, bool]]:
    for sheet in catalog.models:
        for suite, names in sheet.entry.evidence.items():
            for name in names:
                result, _, effort = name.partition("~")
                yield sheet.entry.id, suite, result, bool(effort) and effort != sheet.entry.main_effort
    for config, evidence in links.links.items():
        for suite, names in evidence.items():
            for name in names:
                yield f"past:{config}", suite, name, False


def _table(cells: dict[tuple[str, SuiteColumn], list[tuple[float, float, bool]]]) -> QualityEvidence:
    configs = tuple(sorted({config for config, _ in cells}))
    columns = tuple(sorted({column for _, column in cells}))
    shape = (len(configs), len(columns))
    score, error = np.full(shape, np.nan), np.full(shape, np.nan)
    is_other = np.zeros(shape, dtype=np.bool_)
    rows = {config: index for index, config in enumerate(configs)}
    places = {column: index for index, column in enumerate(columns)}
    for (config, column), found in cells.items():
        place = rows[config], places[column]
        score[place] = sum(value for value, _, _ in found) / len(found)
        error[place] = max(spread for _, spread, _ in found)
        is_other[place] = any(other for _, _, other in found)
    return QualityEvidence(configs, columns, score, error, is_other)
