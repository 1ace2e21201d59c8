"""The cases that each theme proposes, kept until the next run: failures first, then what no case covers.

Their texts are without keys, and without personal data unless the run was asked to leave it. They stand in a folder
that git ignores; a case enters a set when a person asks for it, and counts when a person accepts it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from advisor.errors import MonitorError
from advisor.evals.coverage import distinct
from advisor.evals.embedding import embed
from advisor.evals.growth import proposed_case
from advisor.evals.run_file import make_folder
from advisor.evals.traffic import Exchange
from advisor.files.atomic import replace_text
from advisor.files.yaml import read_text
from advisor.monitor.themes import Question, Themes
from advisor.probe.worker_protocol import Line

FILE = Path(".advisor/monitor/themes.json")

NEW = "new"
"""What the latest calls ask for that those before did not, by this name instead of a number."""

MOST = 50
"""Cases of a theme that are kept."""

_LOOKED_AT = 4 * MOST


class _Theme(Line):
    theme: str
    words: tuple[str, ...]
    cases: tuple[Mapping[str, Any], ...]


class _Kept(Line):
    schema_version: int = 1
    themes: tuple[_Theme, ...]


def keep_cases(found: Themes, asked: Sequence[Question], path: Path = FILE) -> None:
    """Write what each theme proposes in place of what the last run's did. Raises MonitorError."""
    kept = [
        _theme(str(theme.id), theme.words, members, found, asked)
        for theme, members in zip(found.themes, found.members, strict=True)
    ]
    if found.new is not None and found.new.is_new:
        kept.append(_theme(NEW, found.new.words, found.new_places, found, asked))
    make_folder(path.parent)
    text = json.dumps({"schema_version": 1, "themes": [one.model_dump() for one in kept]}, ensure_ascii=False)
    replace_text(path, text + "\n", error=MonitorError)


def cases_of(theme: str, path: Path = FILE) -> Sequence[Mapping[str, Any]]:
    """Return what a theme proposes, best first. Raises MonitorError if there is no such theme."""
    if not path.is_file():
        raise MonitorError(f"{path}: there are no themes yet", hint="advisor monitor LOGS finds them")
    try:
        kept = _Kept.model_validate_json(read_text(path, error=MonitorError, max_bytes=64 << 20))
    except ValidationError as cause:
        where = ".".join(str(part) for part in cause.errors()[0]["loc"])
        raise MonitorError(
            f"{path}: {where}: {cause.errors()[0]['msg']}", hint="advisor monitor LOGS --fresh"
        ) from None
    found = next((one for one in kept.themes if one.theme == theme), None)
    if found is None:
        known = ", ".join(one.theme for one in kept.themes) or "none"
        raise MonitorError(f"--theme {theme}: expected one of the last run: {known}", hint="advisor monitor LOGS")
    return found.cases


def _theme(
    name: str, words: tuple[str, ...], members: Sequence[int], found: Themes, asked: Sequence[Question]
) -> _Theme:
    """Return the failures of a theme, most central first, then what no case covers."""
    failed = [place for place in members if asked[place].failed]
    open_ = [place for place in members if not asked[place].failed and not found.covered[place]]
    order = [*failed, *open_][:_LOOKED_AT]
    texts = [asked[place].text for place in order]
    nothing = embed([])
    chosen = [order[place] for place in distinct(embed(texts), nothing)][:MOST]
    about = ", ".join(words)
    return _Theme(theme=name, words=words, cases=tuple({**_case(asked[one]), "theme": about} for one in chosen))


def _case(one: Question) -> Mapping[str, Any]:
    return proposed_case(Exchange(one.place, one.text, (), one.answer, bool(one.failed), None), str)
