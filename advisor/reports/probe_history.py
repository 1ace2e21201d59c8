"""Runs over time: a list of them, and what changed between two."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from advisor.catalog import Catalog
from advisor.probe.kept import STALE_AFTER_DAYS
from advisor.probe.summary import CandidateSummary, Summary
from advisor.reports.heading import heading_of
from advisor.reports.table import aligned
from advisor.statistics import Interval

_COMPARED = ("ttft_ms", "itl_ms", "e2e_ms")


def render_history(form: str, catalog: Catalog, summaries: Sequence[Summary], candidate: str | None) -> str:
    """One row for each candidate of each run."""
    entries = [
        _entry(summary, found, catalog.as_of)
        for summary in summaries
        for found in summary.candidates
        if candidate in (None, found.name, found.line.subject)
    ]
    if form == "json":
        return json.dumps({**heading_of(catalog), "history": entries}, indent=2) + "\n"
    if not entries:
        return "no probes yet\n"
    rows = [("run", "candidate", "n", "first token p50", "tokens/s", "mode", "age")]
    for entry in entries:
        age = f"{entry['age_days']} d" + (" (stale)" if entry["is_stale"] else "")
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
    if form == "json":
        runs = {"before": before.run.head.id, "after": after.run.head.id}
        return json.dumps({**heading_of(catalog), **runs, "changes": changes}, indent=2) + "\n"
    if not changes:
        return "the two runs have no candidate in common\n"
    rows = [("candidate", "quantity", before.run.head.id, after.run.head.id, "verdict")]
    rows += [
        (one["candidate"], one["quantity"], _words(one["before"]), _words(one["after"]), one["verdict"])
        for one in changes
    ]
    return "\n".join(aligned(rows)) + "\n"


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
    """Changed only if the two intervals are apart, which errs on the side of no change."""
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return "too few to tell"
    if after.low > before.high:
        return "slower"
    return "faster" if after.high < before.low else "no change shown"


def _words(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
