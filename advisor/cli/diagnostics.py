"""Everything on stderr and every exit code: the one place where an error becomes a sentence and a number."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import IntEnum

from advisor.errors import (
    AdvisorError,
    SourceUnavailable,
)


class ExitCode(IntEnum):
    """The same codes for every command and format."""

    CLEAN = 0
    """Done, and nothing to say against it."""
    FINDINGS = 1
    """Findings at or above the threshold; a decision overturned; requirements that nothing satisfies."""
    USAGE = 2
    """Wrong flags, configuration or input file."""
    UNDECIDED = 3
    """Something unknown that may not pass; a stale catalogue."""
    UNREACHABLE = 4
    """A source could not be reached, or it refused."""
    BUG = 70
    """Our fault."""
    INTERRUPTED = 130
    """Ctrl-C."""


def say(message: str) -> None:
    """A line on stderr: progress, a summary."""
    print(message, file=sys.stderr)  # noqa: T201 - the only writer of stderr


def hint(message: str) -> None:
    """What to do next."""
    say(f"hint: {message}")


def report(error: AdvisorError) -> ExitCode:
    """Say an error and its way out; the code that it ends with."""
    say(f"error: {printable(error.message)}")
    if error.hint:
        hint(printable(error.hint))
    return ExitCode.UNREACHABLE if isinstance(error, SourceUnavailable) else ExitCode.USAGE


def guarded(run: Callable[[], int]) -> int:
    """Run a command so that nothing escapes as a traceback; ADVISOR_DEBUG=1 lets it."""
    try:
        return run()
    except AdvisorError as error:
        return report(error)
    except KeyboardInterrupt:
        say("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of stdout is gone; Python must not complain of it when it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.CLEAN
    except Exception as error:
        if os.environ.get("ADVISOR_DEBUG"):
            raise
        say(f"error: a fault of advisor's own: {type(error).__name__}: {printable(str(error))[:300]}")
        hint("run it again with ADVISOR_DEBUG=1 for the details, and report them")
        return ExitCode.BUG


def printable(text: str) -> str:
    """Text without control characters: file contents and providers' answers may carry terminal escapes."""
    return "".join(char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text)
