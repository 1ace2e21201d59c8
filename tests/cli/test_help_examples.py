"""The examples in the help run as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from advisor.cli import advisor, main
from tests.docs.typed import prepare, run

NOT_RUN = {
    r"probe ": "sends requests to a server; of those that only plan, docs/guides/probe.md runs one in a test",
    r"ask --from-scan": "needs a repository with a model in use; tests of the scan run it",
    r"decide --choose": "needs a candidate that passes on the day of the test",
    r"decide --measurements": "needs results of candidates that pass on the day of the test",
    r"eval (add|import|try|evals/|support )": "needs cases or a key; docs/guides/eval.md runs in a test of its own",
    r"prompt (compare|diff)": "needs a prompt with a history; docs/guides/eval.md runs in a test of its own",
    r"license audit": "needs a dump of the Hub; the tests of the audit run it",
    r"mcp": "serves until it is ended",
    r"catalog update": "reaches the package index",
    r"catalog add (support-7b|--remove)": "needs the model that tests of catalog add make",
}
"""Which examples do not run here, and why."""

CODES = (0, 1, 3)
"""An answer, findings and undecided; wrong usage and a missing file are none."""


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _commands(found, f"{name} {child}")


def _examples() -> list[str]:
    found = []
    for _, command in _commands(advisor, "advisor"):
        text = re.split(r"Examples?:", command.help or "", maxsplit=1)[-1]
        found += [line.strip() for line in text.splitlines() if line.strip().startswith("advisor ")]
    return found


def _why(example: str) -> str | None:
    return next((why for pattern, why in NOT_RUN.items() if re.match(f"advisor ({pattern})", example)), None)


EXAMPLES = _examples()
RUN = [example for example in EXAMPLES if _why(example) is None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all: what one example writes another may read."""
    found = tmp_path_factory.mktemp("examples")
    prepare(found)
    (found / "new").mkdir()
    return found


@pytest.mark.parametrize("example", RUN)
def test_an_example_runs_as_it_stands(example: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if example.startswith("advisor check") and not (folder / "advisor.lock").exists():
        assert run("advisor decide", folder, monkeypatch) == 0
    place = folder / "new" if example == "advisor ask" else folder
    assert run(example, place, monkeypatch, typed="\n" * 200) in CODES


def test_what_does_not_run_is_counted_and_each_reason_is_needed() -> None:
    left_out = [example for example in EXAMPLES if _why(example)]
    assert len(RUN) >= 24
    assert len(left_out) <= 30
    assert all(any(re.match(f"advisor ({pattern})", one) for one in left_out) for pattern in NOT_RUN)


def test_words_that_other_programs_have_as_commands_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out.startswith("advisor, version ")
    assert main(["help", "catalog", "show"]) == 0
    assert capsys.readouterr().out.startswith("Usage: advisor catalog show ")
    assert main(["help"]) == 0
    assert "Usage: advisor [OPTIONS]" in capsys.readouterr().out
    assert main(["help", "nothing"]) == 2


def test_a_template_given_as_a_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["recommend", "support-bot"]) == 2
    assert "support-bot is a template: `--template support-bot`" in capsys.readouterr().err


def test_a_model_is_explained_without_a_file_and_it_is_said_for_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explain", "openai/gpt-6-luna~low", "-f", "json"]) == 0
    assert "answered for the template proof-of-concept" in capsys.readouterr().err
