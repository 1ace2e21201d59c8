"""The detectors that read texts, on all calls of a short log and on a random sample of a long one.

Which calls are in the sample follows from the hash of their key: while there are more than ``most``, half of them are
let go, so that at every time each call was as likely to be looked at as any other. Texts are looked at as their rows
are read, and are not kept.
"""

# ruff: noqa: S608 - every value in a query here is a column of ours, a number or quoted
from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from math import ceil, log2
from typing import Any

from advisor.engine.port import Engine
from advisor.evals.traffic import text_of, turns
from advisor.monitor.call import Call
from advisor.monitor.detectors import detectors
from advisor.monitor.detectors.base import Detector

MOST = 60_000
"""Calls whose texts are looked at."""

_READ = 20_000
"""Characters of a text, from its beginning and its end, that are looked at."""


def halvings_for(rows: int, most: int) -> int:
    """Return how often about so many rows are halved until they are no more than ``most``."""
    return max(0, ceil(log2(rows / most))) if rows and most else 0


class TextSample:
    """Looks at the texts of the rows in the table ``named``, and keeps the verdicts in ``calls``."""

    def __init__(
        self, most: int = MOST, halvings: int = 0, seen: Sequence[Callable[[Sequence[Call]], None]] = ()
    ) -> None:
        self._most, self.halvings, self._seen = most, halvings, seen
        self._detectors = [one for one in detectors() if one.condition is None]

    @property
    def share(self) -> float:
        """The share of the calls that are looked at."""
        return 0.5**self.halvings

    def add_columns(self, engine: Engine) -> None:
        """Add to ``calls`` what is found."""
        engine.run("ALTER TABLE calls ADD COLUMN looked BOOLEAN")
        for one in self._detectors:
            engine.run(f'ALTER TABLE calls ADD COLUMN "verdict:{one.name}" BOOLEAN')
            if one.scores:
                engine.run(f'ALTER TABLE calls ADD COLUMN "score:{one.name}" FLOAT')

    def look(self, engine: Engine) -> None:
        """Fill the table ``looked`` with the verdicts on the rows in ``named`` that are in the sample."""
        shape = {"key": "UBIGINT", "looked": "BOOLEAN"}
        for one in self._detectors:
            shape |= {f"verdict:{one.name}": "BOOLEAN"} | ({f"score:{one.name}": "FLOAT"} if one.scores else {})
        engine.run("DROP TABLE IF EXISTS looked")
        sql = (
            'SELECT any_value(key), any_value("at"), any_value(prompt), any_value(language), '
            "any_value(finish_reason), any_value(input), any_value(output), any_value(fault) FROM named "
            f"WHERE (input IS NOT NULL OR output IS NOT NULL) AND {self._chosen()} GROUP BY key"
        )
        found = list(engine.rows(sql))
        calls = [_call(row) for row in found]
        for see in self._seen:
            see(calls)
        rows: list[Sequence[Any]] = [[row[0] for row in found], [True] * len(found)]
        for one in self._detectors:
            scores = one.scores(calls) if one.scores else None
            rows.append(_verdicts(one, calls, scores))
            if scores is not None:
                rows.append(scores)
        engine.load("looked", shape, zip(*rows, strict=True))

    def narrow(self, engine: Engine) -> None:
        """Let go of half of the sample while it is too large."""
        while int(next(iter(engine.rows("SELECT count(looked) FROM calls")))[0]) > self._most:
            self.halvings += 1
            self.align(engine)

    def align(self, engine: Engine) -> None:
        """Let go of what is not in the sample, so that calls of earlier runs are as likely to be in it as new ones."""
        names = [f'"verdict:{one.name}" = NULL' for one in self._detectors]
        names += [f'"score:{one.name}" = NULL' for one in self._detectors if one.scores]
        engine.run(f"UPDATE calls SET looked = NULL, {', '.join(names)} WHERE looked AND NOT {self._chosen()}")

    def _chosen(self) -> str:
        return f"(hash(key) % {2**self.halvings} = 0)"


def _verdicts(one: Detector, calls: Sequence[Call], scores: Sequence[float | None] | None) -> Sequence[bool | None]:
    if scores is None:
        return one.look(calls)
    return [None if score is None else score >= one.least_score for score in scores]


def _call(row: tuple[Any, ...]) -> Call:
    key, at, prompt, language, finish_reason, given, answer, fault = row
    nothing: dict[str, Any] = dict.fromkeys(Call._fields)
    own = {"id": f"{key:x}", "at": at, "prompt": prompt, "language": language, "finish_reason": finish_reason}
    texts = {"input": question(given), "output": answer_text(answer), "fault": fault, "outcomes": {}, "place": ""}
    return Call(**{**nothing, **own, **texts})


def question(given: str | None) -> str | None:
    """Return the last turn of the user in what a log has as input, a text or messages."""
    if given is None or not given.lstrip().startswith(("[", "{")):
        return _bounded(given)
    try:
        said = turns(json.loads(given))
    except (ValueError, RecursionError):
        return _bounded(given)
    return _bounded(next((turn["content"] for turn in reversed(said) if turn["role"] == "user"), given))


def answer_text(given: str | None) -> str | None:
    """Return the text of what a log has as output: a text, messages, or a service's whole answer.

    An answer that is itself JSON stays as it is.
    """
    if given is None or not given.lstrip().startswith(("[", "{")):
        return _bounded(given)
    try:
        found = _answer(json.loads(given))
    except (ValueError, RecursionError):
        found = ""
    return _bounded(found or given)


def _answer(content: Any) -> str:
    if isinstance(content, list) and content and all(isinstance(one, dict) for one in content):
        last = content[-1]
        return _answer(last) if any(key in last for key in ("role", "type", "message", "content")) else ""
    if not isinstance(content, dict):
        return ""
    if "choices" in content or "message" in content or "messages" in content:
        return _answer(content.get("choices") or content.get("message") or content.get("messages"))
    if "role" in content or "finish_reason" in content or content.get("type") in ("text", "output_text", "message"):
        return text_of(content)
    if content.get("object") == "response" and isinstance(content.get("output"), list):
        return _answer(content["output"])
    return ""


def _bounded(text: str | None) -> str | None:
    if text is None or len(text) <= 2 * _READ:
        return text
    return text[:_READ] + text[-_READ:]
