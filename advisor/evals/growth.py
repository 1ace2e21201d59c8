"""Cases proposed from traffic: failures, feedback, and what no case covers yet; only a person accepts them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from advisor.evals.cases import Case
from advisor.evals.coverage import choose_uncovered, coverage, distinct
from advisor.evals.embedding import Vectors, embed
from advisor.evals.pii import without_pii
from advisor.evals.traffic import Exchange

Clean = Callable[[str], str]


class Growth(NamedTuple):
    """What is proposed, and how the set stands to the traffic."""

    cases: tuple[Mapping[str, Any], ...]
    repeated: int
    """Exchanges that repeat a case or each other."""
    before: float | None
    """The share of the traffic that is covered now."""
    after: float | None
    """The same with the proposed cases."""
    traffic: Vectors


def grow(cases: Sequence[Case], traffic: Sequence[Exchange], count: int, *, clean: Clean = without_pii) -> Growth:
    """At most ``count`` cases: failures and feedback first, then what covers most of what no case covers."""
    questions = [case.question for case in cases]
    known, vectors = embed(questions), embed([one.question for one in traffic])
    places = distinct(vectors, known)
    told = [place for place in places if traffic[place].is_failure or traffic[place].feedback][:count]
    taken = np.concatenate([known, vectors[told]]) if told else known
    rest = [place for place in places if place not in set(told)]
    more = choose_uncovered(vectors[rest], taken, count - len(told)) if count > len(told) else ()
    chosen = [*told, *(rest[place] for place in more)]
    proposed = tuple(proposed_case(traffic[place], clean) for place in chosen)
    after = coverage([*questions, *(traffic[place].question for place in chosen)], vectors)
    return Growth(proposed, len(traffic) - len(places), coverage(questions, vectors), after, vectors)


def generated(questions: Sequence[str], cases: Sequence[Case], model: str) -> tuple[Mapping[str, Any], ...]:
    """Cases from questions that a model proposed, without those that repeat a case or each other."""
    kept = distinct(embed(questions), embed([case.question for case in cases]))
    more = {"split": "dev", "origin": "generated", "source": model, "state": "proposed"}
    return tuple({**_base(questions[place]), "input": questions[place], **more} for place in kept)


def proposed_case(one: Exchange, clean: Clean) -> Mapping[str, Any]:
    """Return a line of the set; of a failure the answer is kept beside, as what not to say."""
    origin = "feedback" if one.feedback else "failure" if one.is_failure else "uncovered"
    case: dict[str, Any] = _base(one.question)
    if one.messages:
        case["messages"] = [{**turn, "content": clean(str(turn["content"]))} for turn in one.messages]
    else:
        case["input"] = clean(one.question)
    if one.feedback:
        case["feedback"] = clean(one.feedback)
    if one.answer and origin != "uncovered":
        case["answered"] = clean(one.answer)
    return {**case, "split": "dev", "origin": origin, "source": one.place, "state": "proposed"}


def _base(question: str) -> dict[str, Any]:
    return {"id": f"q-{sha256(question.encode()).hexdigest()[:10]}"}
