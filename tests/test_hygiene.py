"""Nothing heavy is imported before it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("litellm", "textual", "huggingface_hub", "highspy", "numpy", "tiktoken", "rich", "httpx")


def loaded_by(code: str) -> set[str]:
    probe = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    return {name.split(".")[0] for name in done.stdout.splitlines()[-5000:]}


def test_importing_the_package_loads_nothing_else_of_ours() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import advisor, sys; print(sorted(m for m in sys.modules if m.startswith('advisor')))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "['advisor', 'advisor.version']"


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["recommend", "--template", "support-bot", "-o", "/dev/stderr"],
        ["explain", "gpt-6.1-sol", "--template", "support-bot", "-o", "/dev/stderr"],
        ["catalog", "show", "gpt-6.1-sol", "-o", "/dev/stderr"],
        ["info"],
    ],
)
def test_cheap_commands_load_nothing_heavy(args: list[str]) -> None:
    assert not set(HEAVY) & loaded_by(f"from advisor.cli import main\nmain({args!r})")


def test_scores_of_evaluations_are_read_without_what_made_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    score = {"subject": "openai/gpt-6-luna~low", "quantity": "score:s", "value": 90, "low": 80, "high": 95, "n": 60}
    basis = [{"kind": "prompt", "name": "gone.md", "version": "1"}, {"kind": "judge", "name": "j", "version": "1"}]
    kept = {"schema_version": 1, "scores": [{**score, "measured_on": "2026-11-20", "source": "s", "rests_on": basis}]}
    Path(".advisor/evals").mkdir(parents=True)
    Path(".advisor/evals/r.scores.json").write_text(json.dumps(kept))
    command = ["recommend", "--template", "support-bot", "--as-of", "2026-11-23", "-o", "/dev/stderr"]
    loaded = loaded_by(f"from advisor.cli import main\nmain({command!r})\nimport advisor.evals.kept_scores")
    assert not set(HEAVY) & loaded


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["check-license", "--help"],
        ["check-license"],
        ["check-license", "--use", "nothing"],
        ["check-license", "owls/owl", "--yearly-revenue-usd", "much"],
        ["license", "--help"],
        ["license", "hook", "--help"],
        ["license", "bulk"],
    ],
)
def test_help_and_wrong_usage_load_no_records_and_no_client(args: list[str]) -> None:
    loaded = loaded_by(f"from advisor.cli import main\nmain({args!r})")
    assert not {"pydantic", "yaml", *HEAVY} & loaded


def test_a_file_that_passed_before_is_recommended_for_without_the_library_that_checks() -> None:
    command = "from advisor.cli import main\nmain(['recommend', '--template', 'support-bot', '-o', '/dev/stderr'])"
    assert {"pydantic", "yaml"} & loaded_by(command)
    assert not {"pydantic", "yaml"} & loaded_by(command)


def test_every_public_name_can_be_had() -> None:
    import advisor

    assert {name for name in advisor.__all__ if getattr(advisor, name, None) is None} == set()
