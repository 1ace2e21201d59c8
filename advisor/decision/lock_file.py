"""``advisor.lock`` read and written: YAML that people read in a review, replaced whole or not at all."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from advisor.decision.lock_schema import Decision
from advisor.errors import DecisionError
from advisor.files.atomic import replace_text
from advisor.files.paths import DECISION_FILE
from advisor.files.yaml import Document, read_document

DEFAULT_FILE = Path(DECISION_FILE)

_HEAD = "# Written by `advisor decide`; `advisor check` solves it again. Commit it beside the requirements.\n"
_WIDTH = 10_000
"""No line is wrapped: where a sentence breaks is no difference of a decision."""

_SEQUENCE = "tag:yaml.org,2002:seq"
_AGAIN = "write it again with `advisor decide`"


def dump(decision: Decision) -> str:
    """Return the decision as YAML; what is empty is left out."""
    import yaml

    class Plain(yaml.SafeDumper):
        """Writes equal values out in each place; the reader takes no aliases."""

        def ignore_aliases(self, _: Any) -> bool:
            return True

    # One sentence a line, so that a review sees the one that changed.
    Plain.add_representer(Sentences, lambda dumper, data: dumper.represent_sequence(_SEQUENCE, data, flow_style=False))

    layout: dict[str, Any] = {"sort_keys": False, "default_flow_style": None, "allow_unicode": True, "width": _WIDTH}
    text: str = yaml.dump(_stated(decision.model_dump()), Dumper=Plain, **layout)
    return _HEAD + text


def save(decision: Decision, path: Path) -> None:
    """Write the file in one step. Raises DecisionError if it cannot be written."""
    replace_text(path, dump(decision), error=DecisionError)


def load(path: Path) -> tuple[Decision, Document]:
    """Return the decision in a file, and the file with its lines.

    Raises DecisionError with file, line, what was expected and what was found.
    """
    try:
        document = read_document(path, error=DecisionError)
    except DecisionError as error:
        error.hint = error.hint or "make a decision with `advisor decide`"
        raise
    try:
        return Decision.model_validate(document.content), document
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise DecisionError(
            f"{path}:{document.line(key)}: {key or 'the file'}: {first['msg'][:200]}", hint=_AGAIN
        ) from None


class Sentences(list[Any]):
    """A list that is written one entry a line."""


def _stated(value: Any) -> Any:
    """Plain content without what is empty; amounts as the numbers that they are read back from."""
    if isinstance(value, dict):
        kept = {key: _stated(part) for key, part in value.items()}
        kept |= {"why": Sentences(kept["why"])} if kept.get("why") else {}
        return {key: part for key, part in kept.items() if part not in (None, [], {})}
    if isinstance(value, list | tuple):
        return [_stated(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value
