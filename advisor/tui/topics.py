"""The order of the questions on the screen: the six that decide most first, everything else behind its topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.requirements.questionnaire.questions import Question, Questionnaire, QuestionSection
from advisor.tui.session import Session

FIRST = ("dimension", "requests", "regions", "api", "ttft", "budget")
"""Task, volume, where data may be processed, hosted or own, speed, budget."""

_FOLLOW: Mapping[str, tuple[str, ...]] = {
    "requests": ("input_tokens", "output_tokens"),
    "api": ("own_gpus", "own_gpus_count"),
}
"""Questions without which the answer to one of the six is not whole."""


class Topic(NamedTuple):
    """A section with the questions that are not among the six."""

    section: QuestionSection
    questions: tuple[Question, ...]


class Page(NamedTuple):
    """What is asked, in the order of the screen."""

    first: tuple[Question, ...]
    topics: tuple[Topic, ...]

    def topic_of(self, name: str) -> str | None:
        """Return the section of a question that stands behind a topic; None for one of the first."""
        return next((topic.section.id for topic in self.topics for one in topic.questions if one.id == name), None)


def page_of(session: Session) -> Page:
    """Return the questions of a sitting as the screen has them."""
    shown = {question.id: question for question in session.visible()}
    names = [name for one in FIRST for name in (one, *_needed(session, one)) if name in shown]
    first = tuple(shown[name] for name in names)
    rest = [question for question in shown.values() if question.id not in names]
    return Page(first, tuple(_topics(session.questionnaire, rest)))


def _needed(session: Session, name: str) -> tuple[str, ...]:
    """Return the questions that follow one of the six, once its answer asks for them."""
    given = {**session.answers.whole, **session.answers.workloads[session.workload]}
    if name == "requests":
        return _FOLLOW[name] if given.get("requests") is not None else ()
    if name == "api":
        return _FOLLOW[name] if given.get("api") is False or given.get("own_gpus") is not None else ()
    return ()


def _topics(questionnaire: Questionnaire, rest: Iterable[Question]) -> Iterable[Topic]:
    questions = tuple(rest)
    for section in questionnaire.sections:
        inside = tuple(question for question in questions if question.section == section.id)
        if inside:
            yield Topic(section, inside)
