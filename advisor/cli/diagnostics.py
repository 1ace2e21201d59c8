"""Everything on stderr and every exit code: the one place where an error becomes a sentence and a number."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from io import TextIOWrapper

from advisor.errors import AdvisorError, SourceUnavailable, UsageError


class ExitCode(IntEnum):
    """The same codes for every command and format."""

    CLEAN = 0
    """Done, and nothing to say against it."""
    FINDINGS = 1
    """Findings at or above the threshold; a decision overturned; requirements that nothing satisfies."""
    USAGE = 2
    """Wrong flags, configuration or input file."""
    UNDECIDED = 3
    """Something unknown that may not pass; a stale catalog."""
    UNREACHABLE = 4
    """A source could not be reached, or it refused."""
    BUG = 70
    """Our fault."""
    INTERRUPTED = 130
    """Ctrl-C."""


def say(message: str) -> None:
    """Write a line on stderr: progress, a summary; a stderr that nobody reads changes no answer."""
    if sys.stderr is None:
        return
    with suppress(OSError, ValueError):
        print(message, file=sys.stderr, flush=True)  # noqa: T201 - the only writer of stderr


def hint(message: str) -> None:
    """Write on stderr what to do next."""
    say(f"hint: {message}")


def report(error: AdvisorError) -> ExitCode:
    """Say an error and its hint; the code that it ends with."""
    say(f"error: {printable(error.message)}")
    if error.hint:
        hint(printable(error.hint))
    return ExitCode.UNREACHABLE if isinstance(error, SourceUnavailable) else ExitCode.USAGE


def guarded(run: Callable[[], int]) -> int:
    """Run a command so that nothing escapes as a traceback; ADVISOR_DEBUG=1 lets it."""
    code: int = ExitCode.CLEAN
    try:
        _prepare_streams()
        code = run()
        sys.stdout.flush()
    except AdvisorError as error:
        return report(error)
    except KeyboardInterrupt:
        say("interrupted")
        return ExitCode.INTERRUPTED
    except OSError as error:
        return _broken_stream(error, code)
    except Exception as error:  # noqa: BLE001 - the last to see it
        return _bug(error)
    return code


def _prepare_streams() -> None:
    """Show the number of a character that the terminal cannot show, instead of failing.

    Raises UsageError without stdout.
    """
    if sys.stdout is None:
        raise UsageError("stdout is closed; expected a terminal, a file or a pipe")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _broken_stream(error: OSError, code: int) -> int:
    """Return what to end with when stdout failed: nobody reads on, or the disk is full; any other failure is a bug."""
    if error.filename is not None:  # of a file that was to be opened: a stream has no name
        return _denied(error) if error.errno in _DENIALS else _bug(error)
    # Python must not complain of the same again when it closes the stream.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if isinstance(error, BrokenPipeError):
        return code
    say(f"error: stdout cannot be written: {error.strerror}")
    return ExitCode.USAGE


_DENIALS = (
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    *(errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO, errno.EMFILE, errno.ENFILE),
)
"""What the machine refuses: no fault of the program."""


def _denied(error: OSError) -> int:
    """Say which file the machine refuses, as with the HOME of another user or a full disk."""
    say(f"error: {printable(str(error.filename))}: {error.strerror}")
    hint("mend its permissions or make room; HOME, XDG_DATA_HOME, XDG_CACHE_HOME and TMPDIR say which folders are used")
    return ExitCode.USAGE


def _bug(error: Exception) -> int:
    if os.environ.get("ADVISOR_DEBUG"):
        raise error
    say(f"error: a fault of advisor's own: {type(error).__name__}: {printable(str(error))[:300]}")
    hint("run it again with ADVISOR_DEBUG=1 for the details, and report them")
    return ExitCode.BUG


def printable(text: str) -> str:
    """Text without control characters: file contents and providers' answers may carry terminal escapes."""
    return "".join(char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text)
