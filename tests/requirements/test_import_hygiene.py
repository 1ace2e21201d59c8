from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules_after(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after some code."""
    program = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines())


def test_reading_a_file_loads_no_questions_and_no_tokenizer() -> None:
    loaded = modules_after(
        "from advisor.requirements import load_requirements; load_requirements('examples/support-bot.yaml')"
    )
    assert "advisor.requirements.file" in loaded
    assert (
        not {"advisor.requirements.questionnaire.questions", "advisor.requirements.fields", "tiktoken", "click"}
        & loaded
    )


def test_questions_and_answers_load_without_the_command_line() -> None:
    loaded = modules_after(
        "from advisor.requirements.questionnaire.answers import *\n"
        "from advisor.requirements.questionnaire.questions import load_questionnaire\n"
        "draft(load_questionnaire(), NO_ANSWERS)"
    )
    assert not {"click", "textual", "tiktoken", "advisor.requirements.questionnaire.schema", "advisor.catalog"} & loaded
