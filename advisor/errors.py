"""Every error that this package raises on purpose.

AdvisorError
├── UsageError               wrong flags or arguments
├── CatalogError             the catalog's files or the compiled catalog are wrong
│   └── UnknownName          a model, offering, channel, lab or license that the catalog does not have
├── RequirementsError        advisor.yaml, an answers file or a traffic sample is wrong
│   └── InvalidRequirements  advisor.yaml breaks its records; carries every problem
├── PolicyError              a review policy or one of its waivers is wrong
├── EvidenceError            saved evidence or a measurement file is wrong
├── DecisionError            a committed decision cannot be made, read or checked
├── ProbeError               a probe cannot be planned or run
├── EvaluationError          a prompt, a set of cases, their labels or an evaluation is wrong
├── EngineError              the data engine is missing or refuses a query
├── MonitorError             a log, a mapping or what monitor has kept is wrong
└── SourceUnavailable        a source outside could not be reached or refused
    ├── Offline              the network is off or the host cannot be reached
    ├── AccessDenied         a token is missing, wrong or without the right
    ├── RateLimited          the source asks to wait
    └── TimedOut             no answer in the stated time

A message says the file, the place in it, what is wrong and what was expected; the hint is the command or
edit that mends it. Only ``advisor.cli.diagnostics`` turns a type into an exit code.
"""

from __future__ import annotations

from typing import Any


def install_hint(extra: str) -> str:
    """Return the command that installs what an optional part needs; ``extra`` is a name of pyproject.toml."""
    return f"pip install 'model-advisor[{extra}]'"


class AdvisorError(Exception):
    """The root: a message for a person and, where there is one, what mends it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AdvisorError):
    """The command line or a call's arguments are wrong."""


class CatalogError(AdvisorError):
    """The catalog's files, or the compiled catalog, are wrong."""


class UnknownName(CatalogError):
    """The catalog has nothing of that name; ``near`` are the closest names it has, best first."""

    def __init__(self, kind: str, name: str, near: tuple[str, ...] = (), *, known_as_of: object = None) -> None:
        hint = f"did you mean {', '.join(near)}?" if near else "list names with `advisor catalog search TEXT`"
        known = f"; it knows models as of {known_as_of}" if known_as_of else ""
        super().__init__(f"the catalog has no {kind} named {name!r}{known}", hint=hint)
        self.name = name
        self.near = near

    @classmethod
    def not_on_offer(cls, name: str, day: str, reason: str) -> UnknownName:
        """For a name that the catalog has, of which nothing can be had on that day."""
        error = cls("offering or model", name)
        error.message = f"{name} cannot be had on {day}: {reason}"
        error.args = (error.message,)
        error.hint = f"see what is on record of it with `advisor catalog show {name.partition('~')[0]}`"
        return error


class RequirementsError(AdvisorError):
    """A requirements file, an answers file or a traffic sample is wrong."""


class InvalidRequirements(RequirementsError):
    """A requirements file that breaks its records; ``problems`` are all of them.

    Each is a :class:`advisor.requirements.diagnose.Problem`.
    """

    def __init__(self, message: str, problems: tuple[Any, ...], *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class PolicyError(AdvisorError):
    """A review policy or a waiver in it is wrong."""


class EvidenceError(AdvisorError):
    """Saved evidence or a file of measurements is wrong."""


class DecisionError(AdvisorError):
    """A committed decision cannot be made, read or checked."""


class ProbeError(AdvisorError):
    """A probe cannot be planned or run."""


class EvaluationError(AdvisorError):
    """A prompt, a set of cases, their labels or an evaluation is wrong."""


class EngineError(AdvisorError):
    """The data engine is not installed, or it refuses a query."""


class MonitorError(AdvisorError):
    """A log, its mapping or what monitoring has kept is wrong."""


class SourceUnavailable(AdvisorError):
    """A source outside this machine could not be reached, or it refused."""


class Offline(SourceUnavailable):
    """The network is off, or the host does not answer."""


class AccessDenied(SourceUnavailable):
    """The source wants a token, or the token lacks the right."""


class RateLimited(SourceUnavailable):
    """The source asks to wait; ``retry_after_s`` is its own figure in seconds where it gave one."""

    def __init__(self, message: str, *, retry_after_s: float | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class TimedOut(SourceUnavailable):
    """No answer came in the stated time."""
