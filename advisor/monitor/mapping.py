"""A mapping file: which columns of a log of one's own hold what monitoring reads.

```yaml
fields: {at: when, model_served: engine, input: asked, output: said, latency_s: took}
outcomes: {resolved: closed_ok, rating: stars}
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from advisor.errors import MonitorError
from advisor.files.yaml import Document, read_document
from advisor.monitor.fields import FIELDS

_OUTCOME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,60}")


class LogMapping(NamedTuple):
    """Names of columns by field and by outcome."""

    fields: Mapping[str, str] = {}
    outcomes: Mapping[str, str] = {}


NONE = LogMapping()


def load_mapping(path: Path) -> LogMapping:
    """Return the mapping in a YAML file. Raises MonitorError with file and line."""
    document = read_document(path, error=MonitorError)
    if not isinstance(document.content, dict) or not document.content:
        raise MonitorError(f"{path}:1: expected `fields:` and `outcomes:`", hint="fields: {at: when, input: asked}")
    unknown = next((key for key in document.content if key not in ("fields", "outcomes")), None)
    if unknown is not None:
        raise MonitorError(f"{path}:{document.line(str(unknown))}: expected fields or outcomes, found {unknown!r}")
    fields, outcomes = _names(document, "fields"), _names(document, "outcomes")
    for field in fields:
        if field not in FIELDS:
            place = f"{path}:{document.line(f'fields.{field}')}"
            raise MonitorError(f"{place}: expected a field, found {field!r}", hint=f"fields: {', '.join(FIELDS)}")
    for outcome in outcomes:
        if not _OUTCOME.fullmatch(outcome):
            raise MonitorError(f"{path}:{document.line('outcomes')}: expected a name of an outcome, found {outcome!r}")
    return LogMapping(fields, outcomes)


def _names(document: Document, part: str) -> Mapping[str, str]:
    given = document.content.get(part) or {}
    if not isinstance(given, dict) or not all(isinstance(name, str) and name for name in given.values()):
        raise MonitorError(
            f"{document.path}:{document.line(part)}: {part}: expected the column of each, such as {{at: when}}"
        )
    return {str(key): name for key, name in given.items()}
