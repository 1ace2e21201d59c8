"""The checks of the prompt that a call names, from the prompts of this repository."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from advisor.errors import EvaluationError
from advisor.evals.checks import MOST_CHARACTERS, Check
from advisor.evals.prompts import load_prompt
from advisor.monitor.call import Call
from advisor.probe.worker_protocol import Content

PROMPTS = Path("prompts")
_FORMS = frozenset({"json", "json_schema"})


def failed(call: Call, kinds: frozenset[str] = _FORMS, folder: Path = PROMPTS) -> bool | None:
    """Whether an answer fails a check of these kinds that its prompt has; None without answer, prompt or such check."""
    if not call.output or not call.prompt:
        return None
    checks = [one for one in checks_of(call.prompt, folder.resolve()) if one.kind in kinds]
    if not checks:
        return None
    answer = Content(text=call.output[:MOST_CHARACTERS])
    return any(check.test(answer) is not None for check in checks)


@lru_cache(maxsize=256)
def checks_of(prompt: str, folder: Path) -> tuple[Check, ...]:
    """Return the checks of a prompt, named ``name@version``; none where this repository has no such file."""
    name = prompt.partition("@")[0].removesuffix(".md").removeprefix("prompts/")
    path = (folder / f"{name}.md").resolve()
    if not path.is_relative_to(folder) or not path.is_file():  # a name in a log must not lead out of the folder
        return ()
    try:
        return load_prompt(path).checks
    except EvaluationError:
        return ()
