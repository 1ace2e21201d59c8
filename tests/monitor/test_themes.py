"""Themes: what fails and what no case covers, by meaning; what is new among the latest calls; and no false alarm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest

from advisor.evals.embedding import Vectors
from advisor.monitor.new_themes import WINDOW, find_new
from advisor.monitor.theme_words import Vocabulary
from advisor.monitor.themes import LEAST_ASKED, NONE, Question, find_themes

START = datetime(2026, 11, 1, tzinfo=UTC)
ASK = ("Where is my {} now", "My {} has not come", "When will you deliver the {}", "Track the {} for me")
REFUND = ("Refund the {} I returned", "I want my money back for the {}", "When do I get the refund of my {}")
THINGS = ("parcel", "shirt", "lamp", "chair", "bicycle", "kettle", "jacket", "camera", "table", "clock", "bag", "pen")


def asked(kinds: Sequence[Sequence[str]], n: int, *, failing: Callable[[str, int], bool | None]) -> list[Question]:
    random = Random(0)
    found = []
    for number in range(n):
        question = random.choice(random.choice(kinds)).format(random.choice(THINGS))
        question += f", order {random.randint(1000, 9999)}?"
        place = f"log.jsonl:{number + 1}"
        found.append(Question(question, START + timedelta(minutes=number), failing(question, number), place))
    return found


def _refunds_fail(question: str, number: int) -> bool | None:
    return None if number % 3 else "efund" in question or "money" in question


def test_failures_come_first_with_rates_of_all_their_calls_and_words_that_tell_them_apart() -> None:
    pytest.importorskip("wordllama")
    calls = asked((ASK, REFUND), 240, failing=_refunds_fail)
    found = find_themes(calls, None)
    assert found.coverage is None
    first, members = found.themes[0], found.members[0]
    assert first.id == 1
    assert first.size == len(members)
    assert first.share == first.size / 240
    assert first.failure_rate is not None
    assert first.failure_rate.value > 0.9
    assert first.failure_rate.n == sum(calls[place].failed is not None for place in members)
    assert {"refund", "money"} & set(first.words)
    assert len(set(first.examples)) == len(first.examples) == 3
    quiet = [one for one in found.themes if one.failure_rate and one.failure_rate.value == 0]
    assert quiet
    assert quiet[0].id > first.id
    assert first == find_themes(calls, None).themes[0]


def test_what_cases_cover_and_does_not_fail_makes_no_theme_of_its_own() -> None:
    pytest.importorskip("wordllama")
    calls = asked((ASK, REFUND), 240, failing=lambda _, __: False)
    cases = [one.format(thing) for one in ASK for thing in THINGS]
    found = find_themes(calls, cases)
    assert found.coverage is not None
    assert 0.3 < found.coverage < 0.9
    assert all("deliver" not in one.words for one in found.themes)
    assert sum(one.covered == 0 for one in found.themes) >= 1
    assert find_themes(calls, [one.text for one in calls]).themes == ()
    assert find_themes(calls, []).coverage == 0


def test_a_theme_that_grows_is_rising_and_the_others_are_told_from_chance() -> None:
    pytest.importorskip("wordllama")
    early = asked((ASK,), 300, failing=lambda _, __: None)
    late = [
        one._replace(at=one.at + timedelta(days=3)) for one in asked((ASK, REFUND), 100, failing=lambda _, __: None)
    ]
    found = find_themes([*early, *late], None)
    directions = {one.words[0]: one.trend for one in found.themes}
    rising = [one for one in found.themes if one.trend.direction == "rising"]
    assert rising, directions
    assert any({"refund", "money", "returned"} & set(one.words) for one in rising)
    assert all(one.trend.latest.n == 100 for one in rising)
    even = find_themes(asked((ASK, REFUND), 400, failing=lambda _, __: None), None)
    assert {one.trend.direction for one in even.themes} == {"steady"}


def test_words_are_of_several_texts_and_not_what_stands_for_something_hidden() -> None:
    pytest.importorskip("wordllama")
    calls = asked((ASK, REFUND), 120, failing=_refunds_fail)
    calls = [
        one._replace(text=f"{one.text} [email] {'zarquon' if number < 2 else ''} {'so late ' * 40}")
        for number, one in enumerate(calls)
    ]
    found = find_themes(calls, None)
    assert found.themes
    words = {word for one in found.themes for word in one.words}
    assert not words & {"email", "zarquon"}
    assert all(len(example) <= 160 for one in found.themes for example in one.examples)


def test_too_few_calls_make_no_themes() -> None:
    assert find_themes(asked((ASK,), LEAST_ASKED - 1, failing=lambda _, __: True), None) == NONE


def test_words_are_told_in_scripts_without_spaces_too() -> None:
    texts = ["返金してください", "返金はいつですか", "返金の件"] * 3 + [
        "荷物はどこですか",
        "荷物が来ない",
        "荷物の追跡",
    ] * 3
    inside = np.array([text.startswith("返金") for text in texts])
    words = Vocabulary(texts)
    words.group([inside, ~inside])
    assert words.telling(inside)[0] == "返金"


def _vectors(random: np.random.Generator, count: int, kinds: Sequence[int]) -> Vectors:
    """Directions around so many centers, as questions of so many kinds lie."""
    centers = np.random.default_rng(7).normal(size=(60, 64))
    made = centers[random.choice(kinds, count)] + 0.9 * random.normal(size=(count, 64))
    long: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return long


def test_a_fifth_of_new_calls_is_seen_within_two_hundred_and_named() -> None:
    random = np.random.default_rng(1)
    before = _vectors(random, 600, range(50))
    latest = np.concatenate([_vectors(random, WINDOW - 40, range(50)), _vectors(random, 40, (55,))])
    found = find_new(before, latest)
    assert found is not None
    assert found.is_new
    assert (found.before, found.latest) == (600, WINDOW)
    assert found.places
    assert sum(place >= WINDOW - 40 for place in found.places) / len(found.places) > 0.6


def test_the_same_traffic_raises_no_more_alarms_than_stated() -> None:
    alarms = 0
    for seed in range(6):
        random = np.random.default_rng(seed)
        found = find_new(_vectors(random, 500, range(50)), _vectors(random, WINDOW, range(50)), seed)
        assert found is not None
        alarms += found.is_new
    assert alarms <= 1
    assert find_new(_vectors(random, 499, range(50)), _vectors(random, WINDOW, range(50))) is None


def test_what_is_new_is_held_against_earlier_calls_that_make_no_theme() -> None:
    pytest.importorskip("wordllama")
    earlier = asked((ASK,), 600, failing=lambda _, __: None)
    latest = asked((ASK, REFUND), 150, failing=lambda _, __: None)
    found = find_themes(latest, None, earlier=earlier)
    assert found.new is not None
    assert (found.new.is_new, found.new.before, found.new.latest) == (True, 600, 150)
    assert {"refund", "money"} & set(found.new.words)
    assert found.new_places
    assert sum(one.size for one in found.themes) <= 150
    assert find_themes(latest, None).new is None


def test_the_same_question_many_times_and_the_turns_of_a_conversation_are_nothing_new() -> None:
    pytest.importorskip("wordllama")
    random = np.random.default_rng(3)
    alarms = 0
    for seed in range(5):
        vectors = _vectors(random, 700, range(50))
        often = random.random(700) < 0.5
        vectors[often] = vectors[random.integers(0, 4, int(often.sum()))]
        found = find_new(vectors[:500], vectors[500:], seed)
        assert found is not None
        alarms += found.is_new
    assert alarms <= 1
    calls = asked((ASK,), 720, failing=lambda _, __: None)
    turns = [
        one._replace(text=f"My {THINGS[number // 20]} again: {one.text}", conversation=number // 20)
        for number, one in enumerate(asked((REFUND,), 40, failing=lambda _, __: None))
    ]
    found_in = find_themes([*calls, *turns], None)
    assert found_in.new is not None
    assert (found_in.new.is_new, found_in.new.before, found_in.new.latest) == (False, 522, 200)
