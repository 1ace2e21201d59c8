"""The catalog's calendar and the age of its facts, as text, JSON or an iCalendar file."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.catalog import Catalog
from advisor.catalog.calendar import Change, to_calendar
from advisor.catalog.freshness import Stale
from advisor.reports import json_writer
from advisor.reports.header import catalog_header
from advisor.reports.writers.text import aligned


def render_changes(form: str, catalog: Catalog, found: Sequence[Change]) -> str:
    """Return the changes in table, json or ics."""
    if form == "ics":
        return to_calendar(found, stamp=catalog.as_of)
    if form == "json":
        return json_writer.render(catalog_header(catalog), {"changes": found})
    head = ("day", "kind", "of", "what", "before", "after")
    lines = [(str(c.day), c.kind.value, c.subject, c.what, c.before or "", c.after or "") for c in found]
    return "\n".join(aligned([head, *lines]) if lines else ["nothing changes in that time, as far as is known"]) + "\n"


def render_stale(form: str, catalog: Catalog, found: Sequence[Stale]) -> str:
    """Return what is stale, as table or json; both say up to which day models are known."""
    known = catalog.newest_read.isoformat()
    if form == "json":
        return json_writer.render(catalog_header(catalog), {"models_known_as_of": known, "stale": found})
    head = ("of", "what", "kind", "read on", "days", "limit")
    table = [
        (one.subject, one.what, one.kind.value, str(one.source.read_on), str(one.age_days), str(one.limit_days))
        for one in found
    ]
    lines = [
        f"models known as of {known}; catalog {catalog.version} on {catalog.as_of}",
        f"{len(table)} facts are stale",
    ]
    return "\n".join([*lines, *(aligned([head, *table]) if table else ())]) + "\n"
