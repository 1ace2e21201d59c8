"""Training data from what people labeled: chat rows and pairs, only of ``dev`` and of answers that people passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from advisor.evals import git
from advisor.evals.cases import Case, CaseSet
from advisor.evals.prompts import BARE, Prompt, parse_prompt, render
from advisor.evals.run_file import FOLDER, AnswerLine, HeadLine, answer_id, output_hash, read_run

_PASS, _FAIL = 1.0, 0.0


class LabeledAnswer(NamedTuple):
    """An answer with people's word on it, and who wrote it."""

    case: Case
    prompt: Prompt
    text: str
    value: float
    model: str
    """litellm's name."""
    subject: str | None
    """The candidate of the catalog; None for a model that it does not have."""


def labeled_answers(case_set: CaseSet, labels: Mapping[str, float], folder: Path = FOLDER) -> tuple[LabeledAnswer, ...]:
    """Return the labeled answers to accepted cases of ``dev``; one whose prompt is nowhere any more is left out."""
    cases = {case.id: case for case in case_set.accepted if case.split == "dev"}
    found: dict[str, LabeledAnswer] = {}
    for path in sorted(folder.glob("*.jsonl")):
        head: HeadLine | None = None
        prompt: Prompt | None = None
        for line in read_run(path):
            if isinstance(line, HeadLine):
                head, prompt = line, _prompt(line)
            elif isinstance(line, AnswerLine) and head is not None and prompt is not None:
                content, case = line.answer.content, cases.get(line.case)
                if content is None or case is None:
                    continue
                key = answer_id(line.case, output_hash(content))
                if key in labels:
                    who = next((one for one in head.candidates if one.name == line.candidate), None)
                    names = (who.model, who.subject) if who else (line.candidate, None)
                    found[key] = LabeledAnswer(case, prompt, content.text, labels[key], *names)
    return tuple(found.values())


def chat_rows(answers: Iterable[LabeledAnswer]) -> Iterator[Mapping[str, Any]]:
    """One row an answer that people passed: the messages that were sent, and the answer."""
    for one in answers:
        if one.value == _PASS:
            yield {"messages": [*_messages(one), {"role": "assistant", "content": one.text}]}


def pairs(answers: Iterable[LabeledAnswer]) -> Iterator[Mapping[str, Any]]:
    """One row for each passed and each failed answer to the same messages."""
    by_case: dict[str, list[LabeledAnswer]] = {}
    for one in answers:
        by_case.setdefault(f"{one.case.id} {one.prompt.version}", []).append(one)
    for several in by_case.values():
        for good in (one for one in several if one.value == _PASS):
            for bad in (one for one in several if one.value == _FAIL):
                yield {
                    "messages": _messages(good),
                    "chosen": {"role": "assistant", "content": good.text},
                    "rejected": {"role": "assistant", "content": bad.text},
                }


def _messages(one: LabeledAnswer) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in render(one.prompt, one.case)]


def _prompt(head: HeadLine) -> Prompt | None:
    """Return the prompt of a run, in the version that was sent; None if neither the file nor git has it."""
    if head.prompt_path is None or head.prompt_version is None:
        return BARE
    path = Path(head.prompt_path)
    content = path.read_bytes() if path.is_file() else b""
    if git.blob_hash(content) != head.prompt_version:
        content = git.content_of(path, head.prompt_version) or b""
    if not content:
        return None
    text = content.decode("utf-8-sig", errors="replace")
    return parse_prompt(text, head.prompt_path, version=head.prompt_version, dirty=False)
