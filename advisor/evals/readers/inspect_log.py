"""Logs of inspect-ai in JSON: one model, its samples, each with one or more scores by epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.evals.readers.base import ForeignScore, to_value


class InspectReader:
    """The first scorer's value of each sample."""

    name = "inspect"

    def fits(self, content: Any) -> bool:
        """Return an object with samples and the evaluation's settings."""
        return isinstance(content, Mapping) and isinstance(content.get("samples"), list) and "eval" in content

    def scores(self, content: Any, candidate: str) -> Iterator[ForeignScore]:
        """Those of samples that have a score."""
        settings = content["eval"] if isinstance(content["eval"], Mapping) else {}
        model = str(settings.get("model") or candidate)
        for sample in content["samples"]:
            given = sample.get("scores") if isinstance(sample, Mapping) else None
            score = next(iter(given.values()), None) if isinstance(given, Mapping) else None
            value = to_value(score.get("value") if isinstance(score, Mapping) else score)
            if value is not None:
                yield ForeignScore(str(sample.get("id")), model, int(sample.get("epoch") or 1), value)


READER = InspectReader()
