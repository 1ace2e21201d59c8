"""The file of a run: one JSON document a line, each on disk before the next request is sent.

A run that is killed leaves whole lines and at most one torn one at the end, which reading leaves out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from advisor.errors import EvidenceError, ProbeError
from advisor.probe.abilities import Outcome
from advisor.probe.served_models import is_same_model
from advisor.probe.worker_protocol import CallAnswer, Line, RequestLimits

FOLDER = Path(".advisor/probes")
"""Where runs are kept, below the folder that the program is called in."""


def run_files(folder: Path = FOLDER) -> Iterator[Path]:
    """Yield the files of runs, oldest first; none if there is no such folder."""
    yield from sorted(path for path in folder.glob("*.jsonl") if path.is_file())


class Mode(StrEnum):
    """How requests are laid out in time."""

    ROUNDS = "rounds"
    """A stated number of rounds, each candidate once a round in random order."""
    UNTIL_DECIDED = "until-decided"
    """Rounds until every pair of candidates is told apart or known to be equal."""
    LOAD = "load"
    """Arrivals at a rate, at random moments that do not wait for answers; times count from the intended moment."""
    CACHE = "cache"
    """Each prompt twice: once new, once as the cache may have it."""
    VERIFY = "verify"
    """Abilities, one small request each; nothing is timed."""


class Phase(StrEnum):
    """What a request is for."""

    WARM_UP = "warm-up"
    """Opens connections; not measured."""
    MEASURED = "measured"
    CACHED = "cached"
    """The same prompt as the request before, to measure the cache."""


class CandidateLine(Line):
    """A candidate as it was probed."""

    name: str
    model: str
    """litellm's name."""
    subject: str | None
    api_base: str | None
    effort: str | None
    service_tier: str | None
    tier: str
    price_sources: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    """Names of the model that was asked for; an answer from one of another name is not the candidate's."""

    def is_own(self, answer: CallAnswer) -> bool:
        """Whether an answer is of the model that was asked for, as far as the server says."""
        return is_same_model(answer.served_model, (self.model, *self.known_as))


class RunLine(Line):
    """The first line: the conditions."""

    kind: Literal["run"] = "run"
    schema_version: Literal[1] = 1
    id: str
    started_at: datetime
    advisor_version: str
    litellm_version: str
    python_version: str
    platform: str
    place: str | None
    """What the user calls the place that they probe from."""
    catalog_version: str
    mode: Mode
    rounds: int
    streams: int
    rate_per_s: float | None
    tools: bool
    prompt: str
    prompt_bytes: int
    max_tokens: int
    limits: RequestLimits
    candidates: tuple[CandidateLine, ...]


class RequestLine(Line):
    """One request."""

    kind: Literal["request"] = "request"
    candidate: str
    round: int
    phase: Phase
    started_at: datetime
    usd: Decimal | None
    """By the catalog's prices; None if not counted or without a known price."""
    answer: CallAnswer


class AbilityLine(Line):
    """One ability of one candidate."""

    kind: Literal["ability"] = "ability"
    candidate: str
    ability: str
    outcome: Outcome
    words: str | None = None
    """What the provider says where it refuses, or why it is open."""
    tokens: int | None = None
    """Of ``max_output_tokens``, how many were asked for."""
    started_at: datetime


class EndLine(Line):
    """The last line, if the run came to it."""

    kind: Literal["end"] = "end"
    ended_at: datetime
    reason: str
    """``done``, ``decided``, ``interrupted``, or which cap was reached."""
    requests: int
    spent_usd: Decimal
    first_request_after_s: float | None
    worker_memory_mb: float | None


class Run(NamedTuple):
    """A run as its file has it; ``end`` is None if it was killed or still runs."""

    path: Path
    head: RunLine
    requests: tuple[RequestLine, ...]
    end: EndLine | None
    abilities: tuple[AbilityLine, ...] = ()


AnyLine = Annotated[RunLine | RequestLine | AbilityLine | EndLine, Field(discriminator="kind")]


_LINES: TypeAdapter[RunLine | RequestLine | AbilityLine | EndLine] = TypeAdapter(AnyLine)
_TAKE = "take one with `advisor probe OFFERING`"
_MEND = "mend or remove %s"


class RunFile:
    """Appends lines to a run's file, each synced to disk; one that does not fit leaves nothing of itself behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            raise ProbeError(
                f"{path}: cannot keep the results there: {error.strerror}", hint="call it in a folder you may write to"
            ) from None

    def append(self, line: Line) -> None:
        """Write one line and wait until it is on disk. Raises ProbeError if the disk is full, for instance."""
        data = line.model_dump_json().encode() + b"\n"
        size = os.fstat(self._handle).st_size
        try:
            while data:
                data = data[os.write(self._handle, data) :]
            os.fsync(self._handle)
        except OSError as error:
            os.ftruncate(self._handle, size)  # or the next line would stand behind a torn one
            raise ProbeError(
                f"{self.path}: cannot keep the results there: {error.strerror}", hint="make room, then probe again"
            ) from None

    def close(self) -> None:
        """No more lines."""
        os.close(self._handle)


def read_run(path: Path) -> Run:
    """Return a run from its file. Raises EvidenceError with the line that is wrong; a torn last line is left out."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from None
    *whole, _ = content.split(b"\n")
    lines = [_line(path, number, raw) for number, raw in enumerate(whole, 1)]
    head = lines[0] if lines else None
    if not isinstance(head, RunLine):
        raise EvidenceError(f"{path}: expected a run on the first line, found none", hint=f"remove {path.name}")
    names, requests, end = {candidate.name for candidate in head.candidates}, list[RequestLine](), None
    abilities = list[AbilityLine]()
    for number, line in enumerate(lines[1:], 2):
        if isinstance(line, EndLine):
            end = line
        elif isinstance(line, RequestLine) and line.candidate in names:
            requests.append(line)
        elif isinstance(line, AbilityLine) and line.candidate in names:
            abilities.append(line)
        else:
            found = "a second run" if isinstance(line, RunLine) else f"a request of {line.candidate}, which is not its"
            raise EvidenceError(f"{path}:{number}: expected lines of one run, found {found}", hint=_MEND % path.name)
    return Run(path, head, tuple(requests), end, tuple(abilities))


def _line(path: Path, number: int, raw: bytes) -> RunLine | RequestLine | AbilityLine | EndLine:
    try:
        return _LINES.validate_json(raw)
    except ValidationError as error:
        raise _wrong_line(path, number, error) from None


def _wrong_line(path: Path, number: int, error: ValidationError) -> EvidenceError:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return EvidenceError(f"{path}:{number}: {place or 'the line'}: {first['msg']}", hint=_MEND % path.name)


def read_runs(folder: Path = FOLDER) -> tuple[tuple[Run, ...], tuple[EvidenceError, ...]]:
    """Return the runs of a folder, oldest first, and what is wrong with the files that are none."""
    runs, wrong = list[Run](), list[EvidenceError]()
    for path in run_files(folder):
        try:
            runs.append(read_run(path))
        except EvidenceError as error:
            wrong.append(error)
    return tuple(sorted(runs, key=lambda run: run.head.started_at)), tuple(wrong)


def find_run(name: str | None, folder: Path = FOLDER) -> Run:
    """Give the run of that id or file; the newest that can be read without one.

    Raises EvidenceError if there is none.
    """
    if name is None:
        runs, wrong = read_runs(folder)
        if not runs:
            found = wrong[0] if wrong else EvidenceError(f"{folder}: no probes yet", hint=_TAKE)
            raise found
        return runs[-1]
    if Path(name).is_file():
        return read_run(Path(name))
    files = list(run_files(folder))
    matching = [path for path in files if path.stem.startswith(name)]
    exact = [path for path in matching if path.stem == name]
    if len(exact or matching) != 1:
        known = ", ".join(path.stem for path in files[-3:]) or "none"
        raise EvidenceError(f"{name}: expected one run of that id, found {len(matching)}", hint=f"the newest: {known}")
    return read_run((exact or matching)[0])
