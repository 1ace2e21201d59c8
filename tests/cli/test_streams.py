"""What the commands do when a stream, a folder or a terminal fails them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import ROOT, advisor

RECOMMEND = ("recommend", "--template", "support-bot", "--as-of", "2026-11-23")


def run_in_shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which ``$ADVISOR`` is the command; a failing part of a pipe is the pipe's exit code."""
    command = f"{sys.executable} -m advisor"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("$ADVISOR", command)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["catalog search", "--help", " ".join((*RECOMMEND, "-f", "json"))])
def test_a_reader_that_leaves_early_is_no_error(command: str) -> None:
    done = run_in_shell(f"$ADVISOR {command} | head -c 1")
    assert (done.returncode, done.stderr.count("error"), done.stderr.count("Traceback")) == (0, 0, 0)


def test_nobody_on_stderr_changes_neither_the_report_nor_the_exit_code() -> None:
    command = "$ADVISOR " + " ".join(RECOMMEND)
    whole, closed = run_in_shell(f"{command} 2>/dev/null"), run_in_shell(f"{command} 2>&-")
    assert (closed.stdout, closed.returncode) == (whole.stdout, whole.returncode)


def test_a_closed_stdout_is_said() -> None:
    done = run_in_shell(f"$ADVISOR {' '.join(RECOMMEND)} >&-")
    assert (done.returncode, done.stderr) == (2, "error: stdout is closed; expected a terminal, a file or a pipe\n")


def test_a_full_disk_is_said() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    done = run_in_shell(f"$ADVISOR {' '.join(RECOMMEND)} >/dev/full")
    assert done.returncode == 2
    assert "error: stdout cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_without_unicode_gets_numbers_for_characters(tmp_path: Path) -> None:
    (tmp_path / "größe.yaml").write_bytes((ROOT / "examples" / "support-bot.yaml").read_bytes())
    done = run_in_shell(
        f"$ADVISOR recommend {tmp_path}/größe.yaml --as-of 2026-11-23 -f html", PYTHONIOENCODING="ascii"
    )
    assert done.returncode in (0, 3)
    assert "gr\\xf6\\xdfe.yaml" in done.stdout


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
def test_a_file_name_cannot_steer_the_terminal(tmp_path: Path, form: str) -> None:
    path = tmp_path / "\x1b[31mred.yaml"
    path.write_bytes((ROOT / "examples" / "support-bot.yaml").read_bytes())
    done = advisor("recommend", str(path), "--as-of", "2026-11-23", "-f", form)
    assert "red.yaml" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_days_that_no_calendar_of_ours_reaches_are_refused() -> None:
    for day in ("9999-12-31", "0001-01-01"):
        done = run_in_shell(f"$ADVISOR recommend --template support-bot --as-of {day}")
        assert done.returncode == 2
        assert "expected a day from 2000 to 2100" in done.stderr


def test_ctrl_c_ends_with_its_own_code_and_without_a_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "advisor", "ask"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline()  # the first question stands there: it waits for a reply
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["recommend", "explain", "compare", "ask", "validate"])
def test_examples_in_help_stand_one_a_line(command: str) -> None:
    done = run_in_shell(f"$ADVISOR {command} --help")
    assert f"\n  Examples:\n    advisor {command}" in done.stdout


def test_names_that_come_near_are_said_once() -> None:
    done = run_in_shell("$ADVISOR catalog show gpt-6-luna --channel nope --as-of 2026-11-23")
    near = done.stderr.split("did you mean ")[1].rstrip("?\n").split(", ")
    assert (done.returncode, len(near)) == (2, len(set(near)))
