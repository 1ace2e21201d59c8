"""The metric follows from what the case carries, and says what it found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import advisor.evals.scorers as scorers_package
from advisor.evals.cases import Case, parse_case
from advisor.evals.scorers import choose, failed_check, needs_judge, scorers
from advisor.evals.scorers.base import JudgedScorer
from advisor.probe.worker_protocol import Content, ToolCall


def _case(**more: Any) -> Case:
    return parse_case({"id": "a", "input": "?", **more}, "cases.jsonl:1")


def _value(text: str, **more: Any) -> float:
    case = _case(**more)
    scorer = choose(case, judged=False)
    assert scorer is not None
    assert not isinstance(scorer, JudgedScorer)
    return scorer.score(case, Content(text=text)).value


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (42, "First 7, so the answer is 42."),
        ("42", "**42**"),
        (1234.5, "In total $1,234.50"),
        (1234.5, "Insgesamt 1.234,50 €"),
        (3.5, "3,5 Euro"),
        (-5, "x=-5"),
        (-5, "so it is \u22125"),
        (29, "on 2026-11-29"),
        (5, "3-5 apples"),
        (2, "\\boxed{2}"),
        ("12%", "about 12 %"),
        ("B", "The answer is B."),
        ("B", "(B) A good choice"),
        ("A", "The correct one is A because it fits"),
        ("C", "c"),
        ("yes", "Yes, it is."),
        (True, "true"),
        ("Paris", "The capital is Paris."),
        ("New York", "new   york!"),
    ],
)
def test_a_right_answer_is_found(answer: Any, text: str) -> None:
    assert _value(text, answer=answer) == 1.0


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (42, "42 apples and 3 pears"),
        (42, "no number"),
        (42, "420"),
        ("B", "It was B, but now it is C."),
        ("no", "I do not know"),
        (True, "False"),
        ("Paris", "Parisian"),
        ("Paris", ""),
    ],
)
def test_a_wrong_answer_is_wrong(answer: Any, text: str) -> None:
    assert _value(text, answer=answer) == 0.0


def test_the_last_option_that_is_named_counts() -> None:
    options = {"answer": "refund", "choices": ["refund", "refund request", "shipping"]}
    assert _value("Not shipping: refund", **options) == 1.0
    assert _value("a refund request", **options) == 0.0


def test_sets_and_objects_are_scored_in_part() -> None:
    assert _value("- Rome\n- Berlin", answer=["Berlin", "Rome"]) == 1.0
    assert _value("Berlin, Rome and Oslo", answer=["Berlin", "Rome"]) == pytest.approx(0.8)
    assert _value("[2, 1]", answer=[1, 2]) == 1.0
    assert _value('```json\n{"a": "1", "b": {"c": "X"}}\n```', answer={"a": 1, "b": {"c": "x"}}) == 1.0
    assert _value('{"a": 1, "b": 1}', answer={"a": 1, "b": True}) == 0.5
    assert _value("nothing of the kind", answer={"a": 1}) == 0.0


def test_a_reference_is_compared_by_its_words() -> None:
    assert _value("The cat sat down.", reference="the cat sat") == pytest.approx(6 / 7)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ({"contains": "Berlin"}, "in berlin", "in Rome"),
        ({"type": "contains", "value": "Berlin"}, "Berlin", "Rome"),
        ({"not_contains": ["sorry"]}, "fine", "Sorry, no"),
        ({"regex": r"^\d{4}$"}, "4711", "47"),
        ({"exact": "OK"}, " OK\n", "OK."),
        ({"length": {"max_words": 3}}, "one two three", "one two three four"),
        ({"length": {"min_characters": 3, "max_characters": 5}}, "four", "no"),
        ({"json_schema": {"type": "object", "required": ["a"]}}, 'So: {"a": 1}', '{"b": 1}'),
        ("json", "[1]", "one"),
        ("citation", "as in [1]", "nowhere"),
        ({"citation": ["policy.pdf"]}, "see policy.pdf", "see [1]"),
        ("no_pii", "order 4711 2222 3333 4444", "card 4111 1111 1111 1111"),
        ("no_pii", "version 1.2.3", "mail me at jane.doe@example.com"),
        ("no_pii", "DE00 0000", "DE89 3704 0044 0532 0130 00"),
        ("no_pii", "order 030 1234567 890", "call me at +49 30 1234567"),
    ],
)
def test_checks_tell_good_from_bad(check: Any, good: str, bad: str) -> None:
    checks = _case(checks=[check]).checks
    assert failed_check(checks, Content(text=good)) is None
    failed = failed_check(checks, Content(text=bad))
    assert failed is not None
    assert failed.value == 0.0


def test_a_tool_call_is_checked_with_its_arguments() -> None:
    checks = _case(checks=[{"tool": {"name": "look_up", "arguments": {"order": 4711}}}]).checks

    def calling(name: str, arguments: str) -> Content:
        return Content(tool_calls=(ToolCall(name=name, arguments=arguments),))

    assert failed_check(checks, calling("look_up", '{"order": 4711, "fields": []}')) is None
    for wrong in (calling("look_up", '{"order": 1}'), calling("cancel", "{}"), calling("look_up", "{"), Content()):
        assert failed_check(checks, wrong) is not None


def test_the_language_of_an_answer_is_checked() -> None:
    pytest.importorskip("py3langid")
    checks = _case(checks=[{"language": "de"}]).checks
    assert failed_check(checks, Content(text="Ihre Bestellung ist gestern an Sie verschickt worden.")) is None
    assert failed_check(checks, Content(text="Your order has been shipped to you yesterday evening.")) is not None
    assert failed_check(checks, Content(text="Ok.")) is None


def test_what_only_a_judge_can_weigh_is_not_scored_without_one() -> None:
    assert choose(_case(), judged=False) is None
    assert not needs_judge(_case(answer=1))
    assert len({scorer.name for scorer in scorers()}) == len(scorers())


NEW_SCORER = """
from advisor.evals.scorers.base import Score, Step

class SameStart:
    name = "same-start"
    step = Step.ANSWER

    def fits(self, case):
        return isinstance(case.answer, str) and case.answer.startswith("^")

    def score(self, case, answer):
        return Score(float(answer.text.startswith(case.answer[1:])), "compared the start", scorer=self.name)

SCORER = SameStart()
"""


def test_a_new_scorer_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_same_start.py").write_text(NEW_SCORER)
    monkeypatch.setattr(scorers_package, "__path__", [*scorers_package.__path__, str(tmp_path)])
    scorers.cache_clear()
    try:
        found = [scorer.name for scorer in scorers() if scorer.fits(_case(answer="^Dear"))]
        assert found == ["exact", "same-start"]
        new = next(scorer for scorer in scorers() if scorer.name == "same-start")
        assert not isinstance(new, JudgedScorer)
        assert new.score(_case(answer="^Dear"), Content(text="Dear Ada")).value == 1.0
    finally:
        scorers.cache_clear()
