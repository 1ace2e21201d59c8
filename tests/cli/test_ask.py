from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.cli import main
from advisor.requirements import load_requirements
from advisor.requirements.file import parse_requirements
from advisor.requirements.questionnaire.interview import Interview
from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.requirements.templates import load_template


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What stands on standard input, line by line; filled before the command is called."""
    given: list[str] = []
    monkeypatch.setattr(sys, "stdin", _Lines(given))
    return given


class _Lines:
    def __init__(self, given: list[str]) -> None:
        self._given = given

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        return f"{self._given.pop(0)}\n" if self._given else ""


def test_an_interview_over_a_pipe_writes_the_file(lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    lines += ["1", "commercial, 3", "DE", "back", "FR", "?", "done"]
    assert main(["ask"]) == 0
    requirements = load_requirements("advisor.yaml")
    assert requirements.uses == ("commercial", "serve")
    assert requirements.organization.country == "FR"
    assert requirements.organization.business is None
    output = capsys.readouterr()
    assert output.out == ""
    assert "Where does the product stand?" in output.err
    assert "hint: `advisor recommend advisor.yaml`" in output.err


def test_the_end_of_the_input_ends_the_questions(lines: list[str]) -> None:
    assert main(["ask", "--template", "support-bot", "-o", "bot.yaml"]) == 0
    assert load_requirements("bot.yaml") == load_template("support-bot")


def test_a_wrong_reply_on_a_pipe_writes_nothing(lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    lines += ["perhaps", "1"]
    assert main(["ask"]) == 2
    assert "stage: expected one of proof-of-concept, production, found 'perhaps'" in capsys.readouterr().err
    assert not Path("advisor.yaml").exists()


def test_answers_that_do_not_suffice_name_the_questions(lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    lines += ["production", "done"]
    assert main(["ask"]) == 2
    error = capsys.readouterr().err
    assert "the answers do not suffice: preferences: expected an order" in error
    assert "hint: answer these questions: preferences" in error
    assert not Path("advisor.yaml").exists()


def test_a_second_job_is_asked_for(lines: list[str]) -> None:
    interview = Interview(load_questionnaire())
    while interview.turn is not None and interview.turn.question is not None:
        lines.append("")
        interview = interview.skip()
    lines += ["yes", "letters", "done"]
    assert main(["ask"]) == 0
    assert [workload.name for workload in load_requirements("advisor.yaml").workloads] == ["workload-1", "letters"]


def test_passing_every_question_over_keeps_a_template(lines: list[str]) -> None:
    lines += [""] * 200
    assert main(["ask", "--template", "document-batch", "--all", "-o", "same.yaml"]) == 0
    assert load_requirements("same.yaml") == load_template("document-batch")


def test_answers_from_a_file_go_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    Path("answers.yaml").write_text("stage: production\npreferences: [cost]\nrequests: 5\n")
    assert main(["ask", "--answers", "answers.yaml", "-o", "-"]) == 0
    output = capsys.readouterr()
    assert parse_requirements(output.out).requirements.preferences == ("cost",)
    assert "only a part is answered: workloads.0.traffic" in output.err


def test_answers_go_on_top_of_a_template() -> None:
    Path("answers.yaml").write_text("budget: 50\n")
    assert main(["ask", "--template", "support-bot", "--answers", "answers.yaml"]) == 0
    written = load_requirements("advisor.yaml")
    assert written.workloads[0].budget_usd_per_month == 50
    assert written.data == load_template("support-bot").data


@pytest.mark.parametrize(
    ("arguments", "message", "way_out"),
    [
        (["--template", "suport-bot"], "no template named 'suport-bot'", "did you mean support-bot?"),
        (["--answers", "missing.yaml"], "missing.yaml: there is no such file", ""),
        (["-o", "."], "found a directory", "name a file inside it"),
        (["-o", "here.yaml"], "the file exists and was left as it is", "--force"),
    ],
)
def test_a_wrong_call_is_explained(
    arguments: list[str], message: str, way_out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("here.yaml").write_text("mine")
    assert main(["ask", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert way_out in error
    assert Path("here.yaml").read_text() == "mine"


def test_force_replaces_a_file_but_not_a_read_only_one(lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("here.yaml")
    path.write_text("mine")
    assert main(["ask", "-o", "here.yaml", "--force"]) == 0
    assert load_requirements(path).workloads[0].name == "workload-1"
    before = path.read_text()
    path.chmod(0o400)
    assert main(["ask", "--template", "support-bot", "-o", "here.yaml", "--force"]) == 2
    assert "read-only" in capsys.readouterr().err
    assert path.read_text() == before


def test_all_questions_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--list"]) == 0
    listed = capsys.readouterr().out
    assert "requests: How many requests" in listed
    assert "sets workloads.traffic.requests_per_month (for each job)" in listed


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_a_wrong_reply_is_asked_again_and_what_is_missing_too(tmp_path: Path) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"perhaps\nproduction\ndone\ncost\n")
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from advisor.cli import main; sys.exit(main(['ask']))"],
        stdin=terminal,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    os.close(keyboard)
    os.close(terminal)
    assert done.returncode == 0, done.stderr
    assert "found 'perhaps'" in done.stderr
    assert "still missing: preferences" in done.stderr
    assert load_requirements(tmp_path / "advisor.yaml").preferences == ("cost",)


def test_ctrl_c_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def readline(self) -> str:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    assert main(["ask"]) == 130
    assert list(Path().iterdir()) == []
