"""A rate that a detector gives, corrected by what people said of a random few of the calls.

``draw`` keeps calls drawn at random by a hash of their key, so that their labels speak for all that were looked at;
``corrected`` joins the labels of people to the detector's scores (prediction-powered inference, see
:mod:`advisor.statistics.ppi`).
"""

# ruff: noqa: S608 - every value in a query here is a column of ours

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from advisor.engine.port import Engine
from advisor.errors import MonitorError
from advisor.files.atomic import replace_text
from advisor.files.yaml import read_text
from advisor.monitor.call import Call
from advisor.monitor.observe import EVERYTHING, FailureMode, Interval
from advisor.statistics.ppi import corrected_rate

REFUSAL = "refusal"
DRAWN = 60
LEAST = 30
"""Fewer labels correct nothing."""

_SHOWN = 4_000
"""Characters of a text that a person reads."""


class Draw:
    """Sees calls as they are read, and holds those that are drawn."""

    def __init__(self, count: int = DRAWN) -> None:
        self._count = count
        self._held: dict[str, Call] = {}

    def see(self, calls: Iterable[Call]) -> None:
        """Take the calls that have an answer; their ``id`` is the key in hexadecimal."""
        self._held |= {call.id: call for call in calls if call.output and call.output.strip()}
        drawn = sorted(self._held, key=lambda one: (crc32(f"label {one}".encode()), one))[: self._count]
        self._held = {one: self._held[one] for one in drawn}

    def save(self, path: Path, clean: Callable[[str], str]) -> int:
        """Write the calls for a person to label; return how many. Raises MonitorError if it cannot be written."""
        lines = [
            json.dumps(
                {
                    "id": id_,
                    REFUSAL: None,
                    "input": clean((call.input or "")[:_SHOWN]),
                    "output": clean((call.output or "")[:_SHOWN]),
                },
                ensure_ascii=False,
            )
            for id_, call in self._held.items()
        ]
        replace_text(path, "".join(f"{line}\n" for line in lines), error=MonitorError)
        return len(lines)


def read_labels(path: Path) -> Mapping[int, bool]:
    """Return what people said of each call, by its key; those without an answer are left out.

    Raises MonitorError with file and line.
    """
    found = dict[int, bool]()
    for number, line in enumerate(read_text(path, error=MonitorError, max_bytes=1 << 28).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
            key, label = int(row["id"], 16), row[REFUSAL]
        except (ValueError, KeyError, TypeError, RecursionError):
            row, key, label = None, 0, "x"
        if row is None or not (label is None or isinstance(label, bool)):
            raise MonitorError(
                f'{path}:{number}: expected {{"id": ..., "refusal": true or false}}',
                hint="--draw-labels FILE makes one",
            )
        if label is not None:
            found[key] = label
    if len(found) < LEAST:
        raise MonitorError(f"{path}: expected at least {LEAST} labels, found {len(found)}")
    return found


def corrected(
    engine: Engine, modes: Sequence[FailureMode], labels: Mapping[int, bool], where: str = EVERYTHING
) -> tuple[FailureMode, ...]:
    """Return the failure modes with the rate of refusals corrected.

    Raises MonitorError if too few labels are of these calls.
    """
    engine.run("DROP TABLE IF EXISTS labels")
    engine.load("labels", {"key": "UBIGINT", "label": "DOUBLE"}, ((key, float(one)) for key, one in labels.items()))
    scored = f'SELECT key, CAST("score:{REFUSAL}" AS DOUBLE) AS score FROM calls WHERE "score:{REFUSAL}" IS NOT NULL'
    labeled = engine.arrays(f"SELECT score, label FROM ({scored} AND {where}) JOIN labels USING (key)")
    rest = engine.arrays(f"SELECT score FROM ({scored} AND {where}) ANTI JOIN labels USING (key)")
    n = len(labeled["label"])
    if n < LEAST:
        raise MonitorError(
            f"expected labels of at least {LEAST} of these calls, found {n}", hint="--draw-labels FILE draws new ones"
        )
    found = corrected_rate(labeled["label"].tolist(), labeled["score"].tolist(), rest["score"].tolist())
    rate = Interval(found.value, found.low, found.high)
    return tuple(one._replace(rate=rate, labels=n) if one.name == REFUSAL else one for one in modes)
