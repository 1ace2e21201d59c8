"""A prompt is a file with a version; what it says is filled in once, and its history is compared on kept answers."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import EvaluationError
from advisor.evals.cases import Case, parse_case
from advisor.evals.compare import PairVerdict
from advisor.evals.git import blob_hash
from advisor.evals.prompt_history import effects, find_version, words_changed
from advisor.evals.prompts import BARE, Prompt, load_prompt, parse_prompt, render
from tests.evals.answer_server import last_text, serving
from tests.evals.conftest import Bench, probed, sums, write_cases


def _prompt(text: str) -> Prompt:
    return parse_prompt(text, "p.md", version="v", dirty=False)


def _case(**fields: Any) -> Case:
    return parse_case({"id": "a", **fields}, "cases.jsonl:3")


def _sent(prompt: Prompt, case: Case) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in render(prompt, case)]


def test_placeholders_are_filled_in_one_pass() -> None:
    prompt = _prompt("---\nvars: {shop: us}\nsystem: For {{shop}}.\n---\nSay {{input}} to {{ shop }}\n")
    assert _sent(prompt, _case(input="{{shop}}")) == [("system", "For us."), ("user", "Say {{shop}} to us")]
    assert _sent(prompt, _case(input="hi", vars={"shop": "Ada"}))[1] == ("user", "Say hi to Ada")


def test_a_text_without_input_goes_before_it() -> None:
    assert _sent(_prompt("Be brief."), _case(input="Why?")) == [("system", "Be brief."), ("user", "Why?")]
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    assert _sent(_prompt("Be brief."), _case(messages=turns))[0] == ("system", "Be brief.")
    assert _sent(_prompt("Say: {{input}}"), _case(messages=turns))[-1] == ("user", "Say: c")
    assert _sent(BARE, _case(input="Why?")) == [("user", "Why?")]
    assert _sent(_prompt("For {{who}}"), _case(vars={"who": "me"})) == [("user", "For me")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\nvars: [a]\n---\n{{b}} {{input}}", "p.md:1: expected only declared variables"),
        ("---\nparam: {}\n---\nx", "p.md:2: param"),
        ("---\nparams: {temprature: 1}\n---\nx", "params.temprature"),
        ("---\nparams: {max_tokens: 0}\n---\nx", "max_tokens"),
        ("---\nchecks: [nope]\n---\nx", "checks.0: expected a check"),
        ("---\nsystem: x\n", "expected a second line ---"),
        ("---\nsystem: x\n---\n  \n", "expected the text"),
        ("---\na: [\n---\nx", "p.md:3: expected YAML"),
    ],
)
def test_what_is_wrong_in_a_prompt_is_named(text: str, words: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        _prompt(text)
    assert words in caught.value.message


def test_a_variable_that_a_case_lacks_is_named_with_its_line() -> None:
    with pytest.raises(EvaluationError, match=r"cases\.jsonl:3: case a: expected a value for who"):
        render(_prompt("{{who}}: {{input}}"), _case(input="x"))


def _commit(words: str) -> None:
    author = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for command in (["add", "-A", "p.md"], ["commit", "-qm", words]):
        subprocess.run(["git", *command], check=True, env={**os.environ, **author})


def test_what_a_change_of_words_did_is_told_on_the_answers_of_both(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bench.folder)
    subprocess.run(["git", "init", "-q"], check=True)
    path = Path("p.md")
    path.write_text("Answer: {{input}}\n")
    assert load_prompt(path).dirty
    _commit("First words")
    assert not load_prompt(path).dirty
    assert load_prompt(path).version == blob_hash(path.read_bytes())
    bench.path = write_cases(Path("support.jsonl"), *sums(20))

    def answer(body: dict[str, Any]) -> str:
        number = int(re.findall(r"\d+", last_text(body))[-1])
        return str(2 * number if "carefully" in last_text(body) or number % 2 else 1)

    with serving(answer) as server:
        one = probed("m", server.base)
        bench.evaluate(bench.plan(one, prompt=load_prompt(path)))
        path.write_text("Answer carefully: {{input}}\n")
        _commit("Be careful")
        bench.evaluate(bench.plan(one, prompt=load_prompt(path)))
    before, after = find_version("p.md@HEAD~1"), find_version("HEAD", path)
    assert (("in", " carefully")) in words_changed(before.content, after.content)
    found = effects(before, after, bench.runs)
    assert len(found) == 1
    assert found[0].pair.verdict is PairVerdict.FIRST
    assert len(found[0].pair.better) == 10
    assert found[0].pair.worse == ()
    with pytest.raises(EvaluationError, match="git has no version nothing"):
        find_version("p.md@nothing")
