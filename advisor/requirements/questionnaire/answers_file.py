"""A file of answers by question id, for ``advisor ask --answers`` and for tests of a setup.

Whole-file answers stand at the top; answers about one job may stand there too, several jobs go under ``workloads``:

    stage: production
    uses: [commercial, serve]
    workloads:
      - {name: support-bot, requests: 300k, input_tokens: 1800, output_tokens: 350}
      - {name: letters, requests: 20k, input_tokens: 900, output_tokens: 500}
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from advisor.errors import InvalidRequirements, RequirementsError
from advisor.files.yaml import read_document
from advisor.requirements.diagnose import MOST, RequirementsProblem
from advisor.requirements.questionnaire.answers import NO_ANSWERS, Answers, add_workload, answer
from advisor.requirements.questionnaire.questions import Questionnaire

MOST_WORKLOADS = 1_000
"""How many jobs one file may answer for, as the records have it."""


def read_answers(questionnaire: Questionnaire, path: Path, base: Answers = NO_ANSWERS) -> Answers:
    """Return the answers in a YAML or JSON file on top of those given; ``null`` and ``?`` are "I don't know".

    Raises RequirementsError, with every wrong answer, its line and what was expected.
    """
    document = read_document(path, error=RequirementsError)
    if not isinstance(document.content, dict):
        hint = "`advisor ask --list` shows all questions"
        raise RequirementsError(f"{path}:1: expected answers by question id, such as `stage: production`", hint=hint)
    answers = base
    wrong: list[tuple[RequirementsProblem, str]] = []
    for key, name, reply, workload in _replies(document.content):
        while workload >= len(answers.workloads):
            answers = add_workload(answers)
        try:
            answers = answer(questionnaire, answers, name, reply, workload)
        except RequirementsError as error:
            hint = f"; {error.hint}" if error.hint else ""
            if len(wrong) == MOST:
                break
            wrong.append(
                (RequirementsProblem(key, error.message), f"{path}:{document.line(key)}: {error.message}{hint}")
            )
    if wrong:
        problems, lines = zip(*wrong, strict=True)
        raise InvalidRequirements("\n".join(lines), problems)
    return answers


def _replies(content: dict[str, Any]) -> Iterator[tuple[str, str, Any, int]]:
    """Each reply as its key in the file, the question's id, the reply, and the number of the job."""
    for name, reply in content.items():
        if name != "workloads":
            yield name, name, reply, 0
            continue
        if isinstance(reply, list) and len(reply) > MOST_WORKLOADS:
            raise RequirementsError(f"workloads: expected at most {MOST_WORKLOADS:,} jobs, found {len(reply):,}")
        for number, given in enumerate(reply if isinstance(reply, list) else [reply]):
            if not isinstance(given, dict):
                yield f"workloads.{number}", "workloads", given, number
                continue
            for inner, inner_reply in given.items():
                yield f"workloads.{number}.{inner}", inner, inner_reply, number
