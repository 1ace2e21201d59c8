"""What a person is shown to label: blind answers, those first whose score a little would turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from advisor.evals.cases import Case, CaseSet
from advisor.evals.run_file import AnswerLine, answer_id, output_hash
from advisor.evals.scorers import choose, failed_check
from advisor.evals.scorers.base import JudgedScorer, Score

_PASS = 0.5


class Item(NamedTuple):
    """One answer to label; of a case with a previous answer both sides are shown in random order."""

    case: Case
    output: str
    """Hash of the answer."""
    text: str
    is_first: bool
    """Whether the answer is the first of the two sides."""
    nearness: float
    """How far the score is from the limit, 0 at it."""

    @property
    def is_pair(self) -> bool:
        """Whether two sides are compared."""
        return self.case.previous is not None and self.case.answer is None and self.case.reference is None

    @property
    def sides(self) -> tuple[str, str]:
        """The two sides as they are shown."""
        other = self.case.previous or ""
        return (self.text, other) if self.is_first else (other, self.text)


def items(
    case_set: CaseSet, answers: Iterable[AnswerLine], labeled: Iterable[str], *, sample: int | None, random: Random
) -> tuple[Item, ...]:
    """Return the answers that are not labeled yet: a random order, or the ``sample`` passes nearest to a limit."""
    cases, seen = {case.id: case for case in case_set.accepted}, set(labeled)
    found: list[Item] = []
    for line in answers:
        case, content = cases.get(line.case), line.answer.content
        if case is None or content is None:
            continue
        output = output_hash(content)
        if answer_id(case.id, output) in seen:
            continue
        seen.add(answer_id(case.id, output))
        calls = [f"{call.name}({call.arguments})" for call in content.tool_calls]
        text = "\n".join(part for part in (content.text, *calls) if part)
        found.append(Item(case, output, text, random.random() < 0.5, _nearness(case, line)))  # noqa: PLR2004
    random.shuffle(found)
    return tuple(found) if sample is None else nearest(found, sample)


def nearest(found: Sequence[Item], count: int) -> tuple[Item, ...]:
    """Return the passes nearest to a limit, then the rest as they come."""
    return tuple(sorted(found, key=lambda item: item.nearness)[:count])


def _nearness(case: Case, line: AnswerLine) -> float:
    """0 for a pass that hardly is one, 1 for a clear one, 2 for what does not pass or needs a judge."""
    content = line.answer.content
    if content is None or failed_check(case.checks, content) is not None:
        return 2.0
    scorer = choose(case, judged=False)
    score = Score(1.0, "") if scorer is None or isinstance(scorer, JudgedScorer) else scorer.score(case, content)
    if score.value < _PASS:
        return 2.0
    return min((score.value - _PASS) / _PASS, *(_slack(check.limit, content.text) for check in case.checks), 1.0)


def _slack(limit: Mapping[str, int] | None, text: str) -> float:
    """How much of an upper bound on length is left, 0 to 1."""
    counts = {"characters": len(text), "words": len(text.split()), "lines": len(text.splitlines())}
    left = [1 - counts[unit] / most for unit, most in (limit or {}).items() if most]
    return max(0.0, min(left, default=1.0))
