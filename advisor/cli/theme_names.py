"""Themes named by a model, where that was asked for: it is sent their words and examples, as they are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from advisor.cli.model_reply import reply_of
from advisor.errors import SourceUnavailable
from advisor.evals.checks import json_in
from advisor.monitor.themes import Theme, Themes, shortened

_MOST = 30
"""Themes that are named, those with most failures first."""

_LONGEST = 60
_ASK = (
    "Users ask a product about the themes below; each has the words that tell it from the others, and examples.\n"
    "{themes}\n\nName each theme in two to five words, so that no two have one name. Reply with a JSON object alone, "
    "from the id of each theme to its name."
)


def with_names(found: Themes, model: str, options: Mapping[str, Any]) -> Themes:
    """Return the themes with the names that a model gives them. Raises SourceUnavailable if it gives none."""
    if not found.themes:
        return found
    shown = [{"id": one.id, "words": one.words, "examples": one.examples} for one in found.themes[:_MOST]]
    text = _ASK.format(themes=json.dumps(shown, ensure_ascii=False))
    said = reply_of(model, text, options, what="names of themes")
    try:
        names = json_in(said)
    except ValueError:
        names = None
    if not isinstance(names, dict) or not any(isinstance(name, str) and name.strip() for name in names.values()):
        raise SourceUnavailable(f"{model}: expected a JSON object of names, got something else")
    return found._replace(themes=tuple(_named(one, names) for one in found.themes))


def _named(one: Theme, names: Mapping[str, Any]) -> Theme:
    name = names.get(str(one.id))
    plain = "".join(char if char.isprintable() else " " for char in name) if isinstance(name, str) else ""
    return one._replace(name=shortened(plain, _LONGEST) or None)
