"""What an evaluation keeps: one JSON document a line, each on disk before the next answer is asked for.

A run that is killed leaves whole lines and at most one torn one at its end. Answers are found again by what decides
them - the candidate with its effort, the prompt, what is asked, the parameters, the epoch - in whichever run they were
given, so that the same command goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from advisor.errors import EvaluationError
from advisor.evals.cases import Case
from advisor.evals.prompts import Prompt
from advisor.probe.run_file import CandidateLine
from advisor.probe.worker_protocol import CallAnswer, CallTarget, Content, Line, Params

FOLDER = Path(".advisor/evals")
"""Where runs are kept, below the folder that the program is called in."""

IGNORED = "*\n"
"""The ``.gitignore`` beside them: answers may hold what users wrote, and belong to no repository."""


class HeadLine(Line):
    """The first line: the conditions."""

    kind: Literal["eval"] = "eval"
    schema_version: Literal[1] = 1
    id: str
    started_at: datetime
    advisor_version: str
    litellm_version: str
    case_set: str
    case_set_path: str
    case_set_version: str
    cases: int
    prompt_path: str | None
    prompt_version: str | None
    prompt_dirty: bool
    params: Params
    max_tokens: int
    epochs: int
    judge: str | None
    candidates: tuple[CandidateLine, ...]


class AnswerLine(Line):
    """One answer, or the fault that came in its place."""

    kind: Literal["answer"] = "answer"
    key: str
    """What decides the answer; see :func:`answer_key`."""
    candidate: str
    case: str
    epoch: int
    attempt: int
    steps: int = 1
    """Calls that were made for it: more than one where a chain answered."""
    started_at: datetime
    usd: Decimal | None
    answer: CallAnswer


class JudgmentLine(Line):
    """What the judge replied about one answer."""

    kind: Literal["judgment"] = "judgment"
    key: str
    """What decides the reply; see :func:`judgment_key`."""
    judge: str
    case: str
    output: str
    """Hash of the answer that was judged."""
    started_at: datetime
    usd: Decimal | None
    answer: CallAnswer


class EndLine(Line):
    """The last line, if the run came to it."""

    kind: Literal["end"] = "end"
    ended_at: datetime
    reason: str
    requests: int
    spent_usd: Decimal


AnyLine = Annotated[HeadLine | AnswerLine | JudgmentLine | EndLine, Field(discriminator="kind")]

_LINES: TypeAdapter[HeadLine | AnswerLine | JudgmentLine | EndLine] = TypeAdapter(AnyLine)


def answer_key(target: CallTarget, prompt: Prompt, case: Case, *, max_tokens: int, epoch: int) -> str:
    """Return the hash of what decides an answer."""
    whom = target.model_dump(exclude={"key_variable"})
    asked = prompt.version or _digest([prompt.text, prompt.system])
    return _digest(
        [whom, asked, case.id, case.request_hash, prompt.params.model_dump(exclude_none=True), max_tokens, epoch]
    )


def judgment_key(target: CallTarget, prompt_version: str, case: Case, output: str, number: int) -> str:
    """Return the hash of what decides a judge's reply; ``number`` is of the question where several are asked."""
    return _digest([target.model_dump(exclude={"key_variable"}), prompt_version, case.hash, output, number])


def output_hash(content: Content) -> str:
    """Return the hash of an answer, by which labels and judgments know it."""
    return _digest([content.text, [call.model_dump() for call in content.tool_calls]])


def answer_id(case: str, output: str) -> str:
    """Return what labels know an answer by: two cases may have the same answer, right in one and wrong in the other."""
    return f"{case}/{output}"


def read_lines(folder: Path = FOLDER) -> Iterator[AnswerLine | JudgmentLine]:
    """Every answer and judgment that is kept, run by run from the oldest; torn and foreign lines are left out."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in read_run(path):
            if isinstance(line, (AnswerLine, JudgmentLine)):
                yield line


def read_run(path: Path) -> Iterator[HeadLine | AnswerLine | JudgmentLine | EndLine]:
    """Yield the lines of one run; what is no line of ours is left out. Raises EvaluationError if it cannot be read."""
    try:
        with path.open("rb") as file:
            for raw in file:
                try:
                    yield _LINES.validate_json(raw)
                except ValidationError:
                    continue
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read: {error.strerror}") from None


def make_folder(folder: Path = FOLDER) -> None:
    """Make the folder of runs, which git ignores. Raises EvaluationError if it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignored = folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text(IGNORED)
    except OSError as error:
        raise EvaluationError(
            f"{folder}: cannot keep the results there: {error.strerror}", hint="call it in a folder you may write to"
        ) from None


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
