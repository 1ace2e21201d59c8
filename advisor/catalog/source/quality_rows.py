"""The rows of quality that the compiled catalog carries: stated, estimated, measured by a suite of one scale.

Also what effort does to quality, for the efforts that nothing measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from advisor.catalog.source.merge import Catalog, ModelSheet
from advisor.catalog.source.read import Tree
from advisor.catalog.source.schema import ModelEntry, SourceEntry
from advisor.catalog.source.thinking import config_efforts, stated

Number = Callable[[SourceEntry], Any]
"""Gives a source its key."""

DIRECT = ("tool-use", "agentic-coding", "capability")
"""The dimensions that Arena has no task for, and that other suites measure."""

VOTES = "votes"
BOARDS = ("agentic-coding", "false-premise", "web-development")
"""The dimensions that are no task of the board of votes."""

Row = list[Any]
"""[dimension, estimate, low, high, unit, sources, day, note]."""


def quality_rows(sheet: ModelSheet, catalog: Catalog, tree: Tree, number: Number) -> dict[str, list[Row]]:
    """Effort ("" for none) to rows [dimension, estimate, low, high, unit, sources, day, note]."""
    main = sheet.entry.main_effort or ""
    rows: dict[str, list[Row]] = {}
    for given in sheet.entry.quality:
        source = number(sheet.sources[given.source])
        row = [given.dimension, given.estimate, given.low, given.high, given.unit, [source]]
        rows.setdefault(main, []).append([*row, given.as_of.isoformat(), *([given.note] if given.note else [])])
    for effort, row in _scored(sheet, tree, number):
        rows.setdefault(effort, []).append(row)
    estimated = tree.estimates.estimates.get(sheet.entry.id, {})
    for dimension, (estimate, low, high, suites, day) in sorted(estimated.items()):
        sources = [number(one) for one in _sources(suites, catalog, tree)]
        note = [] if "arena" in suites or dimension in DIRECT else ["predicted from other benchmarks"]
        rows.setdefault(main, []).append([dimension, estimate, low, high, "points", sources, day.isoformat(), *note])
    for config in config_efforts(sheet.entry, sheet.facts):
        beside = tree.estimates.estimates.get(f"{sheet.entry.id}~{config}", {})
        for dimension, (*figures, suites, day) in sorted(beside.items()):
            sources = [number(one) for one in _sources(suites, catalog, tree)]
            rows.setdefault(str(config), []).append([dimension, *figures, "points", sources, day.isoformat()])
    for suite_id, names in sorted(sheet.entry.evidence.items()):
        for name in names:
            for row in _direct(catalog, suite_id, name, sheet.entry, number):
                if row[0] not in estimated:
                    rows.setdefault(main, []).append(row)
    return rows


def _direct(catalog: Catalog, suite_id: str, name: str, entry: ModelEntry, number: Number) -> Iterable[Row]:
    """Yield the rows of a suite that states a dimension's quality itself, on its own scale."""
    suite = catalog.suites[suite_id]
    result, _, effort = name.partition("~")
    note = [f"measured at effort {effort}"] if effort and effort != entry.main_effort else []
    tasks = suite.results[result]
    for dimension, task in sorted(suite.suite.dimensions.items()):
        if task in tasks:
            source = _suite_source(catalog, suite_id, number)
            yield [dimension, *tasks[task][:3], suite.suite.unit, [source], suite.suite.date.isoformat(), *note]


def _suite_source(catalog: Catalog, suite_id: str, number: Number) -> Any:
    suite = catalog.suites[suite_id].suite
    return number(SourceEntry(url=suite.source, read_on=suite.date))


def _sources(suites: Iterable[str], catalog: Catalog, tree: Tree) -> list[SourceEntry]:
    """Return the suites' sources; a suite of tokens that has scores too is one of them."""
    of_tokens = {record.suite.id: record.suite for record in tree.tokens}
    chosen = [catalog.suites[name].suite if name in catalog.suites else of_tokens[name] for name in suites]
    return [SourceEntry(url=suite.source, read_on=suite.date) for suite in chosen]


def _scored(sheet: ModelSheet, tree: Tree, number: Number) -> Iterable[tuple[str, Row]]:
    """Yield effort and row of the suites of tokens whose score is itself a dimension, in percent."""
    efforts = config_efforts(sheet.entry, sheet.facts)
    for record in tree.tokens:
        for row in record.results:
            if record.suite.dimension is None or row.model != sheet.entry.id or row.score is None:
                continue
            asked = stated(sheet.facts, "default_effort") if row.effort == "default" else row.effort
            effort = None if row.effort == "default" and None in efforts else asked
            if effort in efforts and row.is_comparable:
                day = row.read_on or record.suite.date
                source = number(SourceEntry(url=record.suite.source, read_on=day))
                figures = [row.score, row.score_low, row.score_high, "percent"]
                yield effort or "", [record.suite.dimension, *figures, [source], day.isoformat()]


def effort_scale(catalog: Catalog, tree: Tree, number: Number) -> list[Any]:
    """Return shares and effects (:class:`advisor.catalog.effort_quality.EffortScale`); spreads as the calibration says.

    Effects are known from the day of the newest suite that they rest on.
    """
    found = tree.estimates.efforts
    if found is None:
        return [{}, {}]
    effects: dict[str, list[Any]] = {}
    for dimension, (effect, doubt, among, _, suites) in sorted(found.effects.items()):
        wider = found.widening[board_of(dimension)]
        sources = _sources(suites, catalog, tree)
        day = max(one.read_on for one in sources)
        spreads = [round(doubt * wider, 2), round(among * wider, 2)]
        effects[dimension] = [effect, *spreads, [number(one) for one in sources], day.isoformat()]
    return [found.shares, effects]


def board_of(dimension: str) -> str:
    """Return the board whose calibration holds for a dimension: its own, or that of the votes."""
    return dimension if dimension in BOARDS else VOTES
