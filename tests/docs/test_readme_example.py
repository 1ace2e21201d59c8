"""The example in the README is what the program prints, and the ready-made file behind it has an answer on any day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.requirements.templates import templates
from tests.command_line import advisor_once

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = [template.name for template in templates()]


def recommend(template: str, day: str) -> tuple[int, list[str]]:
    """Answer a template as of a day; return the exit code and the lines."""
    done = advisor_once("recommend", "--template", template, "--as-of", day)
    return done.returncode, done.stdout.splitlines()


def test_the_example_is_printed_line_by_line_in_its_order() -> None:
    block = re.search(r"on (\d{4}-\d\d-\d\d), shortened;.*?```text\n(.*?)```", README, flags=re.DOTALL)
    assert block
    printed = iter(recommend("support-bot", block[1])[1])
    missing = [line for line in block[2].splitlines() if line and not any(row.startswith(line) for row in printed)]
    assert missing == []


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-29"])
@pytest.mark.parametrize("template", NAMES)
def test_every_template_ends_with_an_answer_on_a_model_that_is_measured_or_said_to_be_predicted(
    template: str, day: str
) -> None:
    code, lines = recommend(template, day)
    assert code == 0
    leaders = [line for line in lines if line.startswith(("  >  ", "  >? "))]
    assert leaders
    assert not any("not measured" in line for line in leaders)
    assert all(("(predicted)" in line) == line.startswith("  >?") for line in leaders)
