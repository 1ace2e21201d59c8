"""What people really asked, from logs: rows read by the names that logs use for question, answer and outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import EvaluationError
from advisor.evals.cases import read_lines
from advisor.files.tables import holds_rows, read_rows

QUESTIONS = (
    *("input", "question", "prompt", "query", "user_message", "text", "messages", "request"),
    "gen_ai.input.messages",
)
ANSWERS = ("output", "response", "completion", "answer_text", "output_text", "gen_ai.output.messages")
_WORDS = ("feedback", "user.feedback", "comment", "correction")
OUTCOMES = ("thumbs", "rating", "feedback", "user.feedback", "resolved", "accepted", "success", "score")
FAULTS = ("error", "failed", "failure", "exception")

BAD = frozenset({"down", "bad", "negative", "thumbs_down", "thumbs-down", "no", "false", "dislike", "-1", "0", "👎"})
GOOD = frozenset({"up", "good", "positive", "thumbs_up", "thumbs-up", "yes", "true", "like", "1", "👍"})
WORST_OF_FIVE = 2


class Exchange(NamedTuple):
    """One question of the traffic, and what became of it."""

    place: str
    """File and line."""
    question: str
    messages: tuple[Mapping[str, Any], ...]
    """The turns before and with the question, where the log has them."""
    answer: str | None
    is_failure: bool
    """A fault, a thumb down, a low rating, not resolved."""
    feedback: str | None
    """What the person said of the answer, in words."""


def read_traffic(paths: Sequence[Path], wrong: list[str]) -> tuple[Exchange, ...]:
    """Return the exchanges in files; lines that hold no question are added to ``wrong`` with their place."""
    return tuple(one for path in paths for one in _of_file(path, wrong))


def _of_file(path: Path, wrong: list[str]) -> Iterator[Exchange]:
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        rows: Iterator[tuple[int, Mapping[str, Any]]] = read_lines(path, wrong)
    elif holds_rows(path):
        rows = ((row.line, row.content) for row in read_rows(path, error=EvaluationError))
    else:
        raise EvaluationError(f"{path}: expected logs as .jsonl, .json, .csv or .yaml", hint="one object a line")
    for line, content in rows:
        found = _exchange(content, f"{path}:{line}")
        if found is None:
            wrong.append(f"{path}:{line}: expected a question under {', '.join(QUESTIONS[:6])}, found none")
        else:
            yield found


def _exchange(content: Mapping[str, Any], place: str) -> Exchange | None:
    flat = {**content, **(content.get("attributes") if isinstance(content.get("attributes"), Mapping) else {})}  # type: ignore[dict-item]
    given = next((flat[name] for name in QUESTIONS if flat.get(name) not in (None, "", [])), None)
    said = turns(given)
    question = next((turn["content"] for turn in reversed(said) if turn["role"] == "user"), None)
    if question is None or not question.strip():
        return None
    answer = next((text_of(flat[name]) for name in ANSWERS if flat.get(name) not in (None, "")), None)
    while said and said[-1]["role"] != "user":
        answer = answer or said[-1]["content"]
        said.pop()
    words = next((flat[name] for name in _WORDS if isinstance(flat.get(name), str) and " " in flat[name].strip()), None)
    return Exchange(place, question, tuple(said) if len(said) > 1 else (), answer, _is_failure(flat), words)


def turns(given: Any) -> list[dict[str, str]]:
    """Return the turns of a conversation as logs write them: a text, a list of messages, or either as JSON."""
    if isinstance(given, str):
        text = given.strip()
        if text.startswith("[") and '"role"' in text:
            try:
                return turns(json.loads(text))
            except ValueError:
                pass
        return [{"role": "user", "content": given}]
    if isinstance(given, Mapping):
        return turns(next((given[key] for key in QUESTIONS if given.get(key)), None))
    found = []
    for turn in given if isinstance(given, list) else []:
        role = turn.get("role") if isinstance(turn, Mapping) else None
        if role in ("system", "user", "assistant"):
            found.append({"role": role, "content": text_of(turn.get("content", turn.get("parts")))})
    return found


def text_of(content: Any) -> str:
    """Return the text of a message's content, whose parts may be nested."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return text_of(content.get("content", content.get("text", content.get("parts", ""))))
    if isinstance(content, list):
        return "".join(text_of(part) for part in content)
    return ""


def _is_failure(flat: Mapping[str, Any]) -> bool:
    if any(flat.get(name) not in (None, "", False, "false", 0) for name in FAULTS):
        return True
    for name in OUTCOMES:
        value = flat.get(name)
        if isinstance(value, bool):
            return not value
        if isinstance(value, (int, float)):
            return value <= 0 or (name == "rating" and value <= WORST_OF_FIVE)
        if isinstance(value, str) and value.strip().casefold() in BAD:
            return True
        if isinstance(value, str) and value.strip().casefold() in GOOD:
            return False
    return False
