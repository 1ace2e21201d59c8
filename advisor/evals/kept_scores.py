"""The scores of evaluations as they are kept beside their runs, read back, and why one of them may no longer count.

Reading them takes none of what makes them, so that a recommendation loads no statistics.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from advisor.errors import EvaluationError
from advisor.evals import git
from advisor.evals.cases import load_cases
from advisor.evals.chain import prompts_version
from advisor.evals.run_file import FOLDER
from advisor.evals.scorers import judge_version
from advisor.facts import Basis, Measurement
from advisor.files.atomic import replace_text
from advisor.files.yaml import read_text
from advisor.probe.worker_protocol import Line

STALE_AFTER_DAYS = 90
"""Services change their models without notice; an older score is shown but decides nothing."""

_SUFFIX = ".scores.json"
SHORT = 8


class _Basis(Line):
    kind: str
    name: str
    version: str


class _Score(Line):
    """One candidate's score as it is kept."""

    subject: str
    quantity: str
    value: float = Field(ge=0, le=100, allow_inf_nan=False)
    low: float = Field(ge=0, le=100, allow_inf_nan=False)
    high: float = Field(ge=0, le=100, allow_inf_nan=False)
    n: int = Field(ge=1)
    measured_on: date
    source: str
    rests_on: tuple[_Basis, ...]
    usd_per_case: float | None = None


class _Kept(Line):
    """The scores of one run."""

    schema_version: int = 1
    scores: tuple[_Score, ...]


class Counted(NamedTuple):
    """Measurements that count, those that no longer do with the reason, and files that could not be read."""

    fresh: tuple[Measurement, ...]
    stale: Mapping[tuple[str, str], str]
    """By subject and quantity."""
    unreadable: tuple[EvaluationError, ...]


def keep(found: tuple[Measurement, ...], run: Path, costs: Mapping[str, float] | None = None) -> None:
    """Write measurements beside their run, where ``advisor recommend`` finds them. Raises EvaluationError.

    ``costs`` are USD a case, by the subject of the measurement.
    """
    scores = [
        _score(one).model_copy(update={"usd_per_case": (costs or {}).get(one.subject)}).model_dump(mode="json")
        for one in found
    ]
    text = json.dumps({"schema_version": 1, "scores": scores}, ensure_ascii=False, indent=1) + "\n"
    replace_text(run.with_name(run.stem + _SUFFIX), text, error=EvaluationError)


def usd_per_case(folder: Path = FOLDER) -> Mapping[tuple[str, str], Decimal]:
    """Return what a case cost on average in the newest run, by subject and quantity."""
    found: dict[tuple[str, str], Decimal] = {}
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        for one in _records(path):
            if one.usd_per_case is not None:
                found[one.subject, one.quantity] = Decimal(str(one.usd_per_case))
    return found


def read_measurements(day: date, folder: Path = FOLDER) -> Counted:
    """Return what the runs of a folder proved and what of it still counts on a day; nothing measured after that day."""
    newest: dict[tuple[str, str], Measurement] = {}
    served: dict[str, str] = {}
    unreadable = list[EvaluationError]()
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            kept = _read(path)
        except EvaluationError as error:
            unreadable.append(error)
            continue
        for one in kept:
            if one.measured_on <= day:
                newest[one.subject, one.quantity] = one
                served[one.subject] = _version(one, "served") or served.get(one.subject, "")
    fresh, stale = list[Measurement](), dict[tuple[str, str], str]()
    for key, one in newest.items():
        reason = why_stale(one, day)
        if reason is None and served.get(one.subject) != (_version(one, "served") or ""):
            reason = f"{served[one.subject]} answers now, {_version(one, 'served')} did then"
        if reason is None:
            fresh.append(one)
        else:
            stale[key] = reason
    return Counted(tuple(fresh), stale, tuple(unreadable))


def why_stale(one: Measurement, day: date) -> str | None:
    """Why a score no longer counts: its age, or a prompt, cases or a judge that changed; None if it does."""
    age = day - one.measured_on
    if age > timedelta(days=STALE_AFTER_DAYS):
        return f"measured {age.days} days ago"
    for basis in one.rests_on:
        reason = _TESTS[basis.kind](basis) if basis.kind in _TESTS else None
        if reason is not None:
            return reason
    return None


def _score(one: Measurement) -> _Score:
    return _Score(
        subject=one.subject,
        quantity=one.quantity,
        value=one.value,
        low=one.low if one.low is not None else 0.0,
        high=one.high if one.high is not None else 100.0,
        n=one.n,
        measured_on=one.measured_on,
        source=one.source,
        rests_on=tuple(_Basis(**basis._asdict()) for basis in one.rests_on),
    )


def _records(path: Path) -> tuple[_Score, ...]:
    try:
        kept = _Kept.model_validate_json(read_text(path, error=EvaluationError, max_bytes=8 << 20))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise EvaluationError(f"{path}: {place}: {first['msg']}", hint=f"remove {path.name}") from None
    return kept.scores


def _read(path: Path) -> Iterator[Measurement]:
    for one in _records(path):
        figures = (one.value, one.low, one.high)
        rests_on = tuple(Basis(basis.kind, basis.name, basis.version) for basis in one.rests_on)
        yield Measurement(one.subject, one.quantity, *figures, one.n, one.measured_on, one.source, rests_on=rests_on)


def _version(one: Measurement, kind: str) -> str | None:
    return next((basis.version for basis in one.rests_on if basis.kind == kind), None)


def _prompt_changed(basis: Basis) -> str | None:
    try:
        content = Path(basis.name).read_bytes()
    except OSError:
        return f"the prompt {basis.name} is not here"
    return None if git.blob_hash(content) == basis.version else f"the prompt {basis.name} changed"


def _cases_changed(basis: Basis) -> str | None:
    try:
        now = load_cases(Path(basis.name), skip_bad=True)
    except EvaluationError:
        return f"the cases {basis.name} cannot be read"
    kind, *hashes = basis.version.split()
    if kind == "held":
        is_held = any(case.split == "held" for case in now.accepted)
        return None if is_held and [now.held_version] == hashes else f"the held cases of {basis.name} changed"
    known = {case.hash[:SHORT] for case in now.accepted}
    return None if known.issuperset(hashes) else f"cases of {basis.name} changed that it was measured on"


def _judge_changed(basis: Basis) -> str | None:
    return None if basis.version == judge_version() else "the words in which the judge is asked changed"


def _chain_changed(basis: Basis) -> str | None:
    version, _, files = basis.version.partition(" ")
    now, _ = prompts_version(frozenset(files.split()))
    return None if now == version else f"the prompts of {basis.name} changed"


_TESTS = {"chain": _chain_changed, "prompt": _prompt_changed, "cases": _cases_changed, "judge": _judge_changed}
