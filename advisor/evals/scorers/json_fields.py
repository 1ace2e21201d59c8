"""A right answer that is an object: the share of its fields that the answer's JSON has right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.evals.cases import Case
from advisor.evals.checks import json_in
from advisor.evals.scorers.base import Score, Step
from advisor.evals.scorers.exact import number_in, plain
from advisor.probe.worker_protocol import Content


class JsonFields:
    """Field by field, down to the leaves; fields that were not asked for are no error."""

    name = "json-fields"
    step = Step.ANSWER

    def fits(self, case: Case) -> bool:
        """Fit a case whose answer is an object."""
        return isinstance(case.answer, Mapping)

    def score(self, case: Case, answer: Content) -> Score:
        """From 0 to 1; 0 for what is no JSON."""
        try:
            content = json_in(answer.text)
        except ValueError:
            return Score(0.0, "is no JSON", False, self.name)
        wanted, found = dict(_leaves(case.answer)), dict(_leaves(content))
        wrong = [name for name, value in wanted.items() if name not in found or not _same(found[name], value)]
        value = 1.0 if not wanted else 1 - len(wrong) / len(wanted)
        words = f"wrong: {', '.join(wrong[:5])}" if wrong else "every field is right"
        return Score(value, words, False, self.name)


SCORER = JsonFields()


def _leaves(content: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(content, Mapping) and content:
        for key, value in content.items():
            yield from _leaves(value, f"{name}.{key}" if name else str(key))
    elif isinstance(content, list) and content:
        for index, value in enumerate(content):
            yield from _leaves(value, f"{name}[{index}]")
    else:
        yield name, content


def _same(found: Any, wanted: Any) -> bool:
    """Equal as JSON; a text and a number that say the same are the same, yes and 1 are not."""
    if isinstance(found, bool) or isinstance(wanted, bool) or found is None or wanted is None:
        return found is wanted
    if isinstance(found, (Mapping, list)) or isinstance(wanted, (Mapping, list)):
        return bool(found == wanted)
    one, other = number_in(str(found)), number_in(str(wanted))
    if one is not None and other is not None:
        return one == other
    return plain(str(found)) == plain(str(wanted))
