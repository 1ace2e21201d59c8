"""``advisor eval init``: a prompt and ten cases to start from, each field explained where it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.eval_targets import FOLDER
from advisor.errors import EvaluationError, UsageError
from advisor.files.atomic import replace_text

PROMPTS = Path("prompts")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

PROMPT = """\
---
# vars: names that a case may set beside its input, with what is taken where it says nothing.
vars: {shop: the shop}
# params: how to answer; temperature, top_p, seed, stop, response_format, tools, tool_choice, max_tokens.
params: {max_tokens: 800}
# system: what the model is told beforehand.
system: You answer customers of {{shop}}. Be brief, friendly and exact.
# checks: what every answer must meet, whatever the case.
checks:
  - {length: {max_words: 150}}
  - no_pii
---
A customer writes:

{{input}}

Answer in the customer's language. If you do not know, say so and name support@shop.
"""

_CASES: tuple[dict[str, object], ...] = (
    {
        "id": "number",
        "input": "Three shirts at 19.90 each, shipping is free. What do I pay? End with the sum.",
        "answer": 59.7,
        "note": "answer: the right answer; a number is compared with the last number of the output",
    },
    {
        "id": "choice",
        "input": "Is 'My parcel arrived broken' about: A) billing B) shipping C) damage? Answer by the letter.",
        "answer": "C",
        "note": "a letter is compared with the last option named; other options go into choices",
    },
    {
        "id": "yes-no",
        "input": "Do you need my password to help me? Answer yes or no.",
        "answer": "no",
        "note": "yes and no are compared with the last one named",
    },
    {
        "id": "set",
        "input": "Which sizes are in 'S, M and XL are left'? List them, separated by commas.",
        "answer": ["S", "M", "XL"],
        "note": "a list is scored by the harmonic mean of precision and recall",
    },
    {
        "id": "fields",
        "input": 'Give as JSON with order and city: "Order 4711 goes to Bonn."',
        "answer": {"order": 4711, "city": "Bonn"},
        "note": "an object is scored field by field",
    },
    {
        "id": "reference",
        "input": "How long may I return a shirt?",
        "reference": "You may return it within 30 days of delivery, unworn.",
        "note": "reference: an answer to compare with, by words or, with --judge, by meaning; never beside answer",
    },
    {
        "id": "checks",
        "input": "Where is my order 4711?",
        "checks": [{"contains": "4711"}, {"not_contains": "guarantee"}, {"length": {"max_words": 80}}],
        "note": "checks: regex, contains, exact, json_schema, length, language, citation, tool, no_pii and their like",
    },
    {
        "id": "held",
        "input": "Two mugs at 8.50 and one at 12. What do I pay? End with the sum.",
        "answer": 29,
        "split": "held",
        "note": "split: held is kept back from tuning, and the choice rests on it where there is any; dev is the rest",
    },
    {
        "id": "failure",
        "input": "ORDER 4711 WHERE",
        "checks": [{"contains": "4711"}],
        "origin": "failure",
        "source": "ticket-2041",
        "note": "origin: seed, failure, uncovered, generated or feedback; cases of one source stand or fall together",
    },
    {
        "id": "weight",
        "input": "I want to cancel order 4711. What is its number? Answer by the number.",
        "answer": 4711,
        "weight": 2,
        "state": "accepted",
        "note": "weight: how much it counts; state: proposed waits for `advisor eval review`; other keys are kept",
    },
)


def begin(name: str) -> int:
    """Write the two files; leave what is there."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"NAME: expected letters, digits, dots and hyphens, found {name!r}", hint="such as support")
    prompt, cases = PROMPTS / f"{name}.md", FOLDER / f"{name}.jsonl"
    there = [path for path in (prompt, cases) if path.exists()]
    if there:
        found = " and ".join(map(str, there))
        raise UsageError(f"{found}: already there, and left as it is", hint="take another NAME, or move it away")
    lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in _CASES)
    for path, text in ((prompt, PROMPT), (cases, lines)):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EvaluationError(f"{path.parent}: cannot be made: {error.strerror}") from None
        replace_text(path, text, error=EvaluationError)
        say(f"written: {path}")
    hint(f'git add -A && git commit -m "Cases for {name}"; a prompt counts once it is committed')
    hint(f"then: advisor eval {cases} CANDIDATE... --prompt {prompt} --max-usd 2")
    return ExitCode.CLEAN
