"""Runs over time: a list of them, and what changed between two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from advisor.catalog import Catalog
from advisor.probe.measurement_cache import STALE_AFTER_DAYS
from advisor.probe.run_file import Run
from advisor.probe.summary import CandidateSummary, Summary
from advisor.reports import json_writer
from advisor.reports.header import catalog_header
from advisor.reports.writers.text import aligned
from advisor.statistics import Interval

_CONDITIONS = ("place", "prompt", "prompt_bytes", "max_tokens", "streams", "rate_per_s", "tools", "litellm_version")

_COMPARED = ("ttft_ms", "itl_ms", "e2e_ms")


def entries(summaries: Sequence[Summary], candidate: str | None, today: date) -> list[dict[str, Any]]:
    """One entry for each candidate of each run, or for the one that is named."""
    return [
        _entry(summary, found, today)
        for summary in summaries
        for found in summary.candidates
        if candidate in (None, found.name, found.line.subject)
    ]


def render_history(form: str, catalog: Catalog, found: Sequence[dict[str, Any]], candidate: str | None) -> str:
    """One row for each of the ``entries``."""
    if form == "json":
        return json_writer.render(catalog_header(catalog), {"history": found})
    if not found:
        return f"no probes of {candidate} yet\n" if candidate else "no probes yet\n"
    rows = [("run", "candidate", "n", "first token p50", "tokens/s", "mode", "age")]
    for entry in found:
        age = "after today" if entry["age_days"] < 0 else f"{entry['age_days']} d"
        age += " (stale)" if entry["is_stale"] else ""
        figures = (_words(entry["ttft_ms_p50"]), _words(entry["output_tokens_per_s_p50"]))
        rows.append((entry["run"], entry["candidate"], str(entry["n"]), *figures, entry["mode"], age))
    return "\n".join(aligned(rows)) + "\n"


def render_change(form: str, catalog: Catalog, before: Summary, after: Summary) -> str:
    """For each candidate of both runs whether its figures changed beyond their intervals."""
    later = {found.name: found for found in after.candidates}
    changes = [
        _change(found, later[found.name], quantity)
        for found in before.candidates
        if found.name in later
        for quantity in _COMPARED
    ]
    differing = _differing(before.run, after.run)
    if form == "json":
        runs = {"before": before.run.head.id, "after": after.run.head.id}
        conditions = {name: {"before": one, "after": other} for name, one, other in differing}
        content = {**runs, "conditions_that_differ": conditions, "changes": changes}
        return json_writer.render(catalog_header(catalog), content)
    if not changes:
        return "the two runs have no candidate in common\n"
    rows = [("candidate", "quantity", before.run.head.id, after.run.head.id, "verdict")]
    rows += [
        (one["candidate"], one["quantity"], _words(one["before"]), _words(one["after"]), one["verdict"])
        for one in changes
    ]
    notes = [f"measured otherwise: {name.replace('_', ' ')} {one}, then {other}" for name, one, other in differing]
    return "\n".join([*aligned(rows), *notes]) + "\n"


def _differing(before: Run, after: Run) -> list[tuple[str, Any, Any]]:
    """Conditions that were not the same, so that a change of the figures need not be one of the service."""
    first, second = (run.head.model_dump(mode="json", include=set(_CONDITIONS)) for run in (before, after))
    return [(name, first[name], second[name]) for name in _CONDITIONS if first[name] != second[name]]


def _entry(summary: Summary, found: CandidateSummary, today: date) -> dict[str, Any]:
    head = summary.run.head
    age = (today - head.started_at.date()).days
    return {
        "run": head.id,
        "candidate": found.name,
        "n": found.measured,
        "ttft_ms_p50": found.figures["ttft_ms"].p50.value,
        "output_tokens_per_s_p50": found.figures["output_tokens_per_s"].p50.value,
        "mode": head.mode.value,
        "age_days": age,
        "is_stale": age > STALE_AFTER_DAYS,
    }


def _change(before: CandidateSummary, after: CandidateSummary, quantity: str) -> dict[str, Any]:
    first, second = before.figures[quantity].p50, after.figures[quantity].p50
    return {
        "candidate": before.name,
        "quantity": quantity,
        "before": first.value,
        "after": second.value,
        "verdict": _verdict(first, second),
    }


def _verdict(before: Interval, after: Interval) -> str:
    """Say changed only if the two intervals are apart, which errs on the side of no change."""
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return "too few to tell"
    if after.low > before.high:
        return "slower"
    return "faster" if after.high < before.low else "no change shown"


def _words(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
