"""What evaluations proved, as measurements for the solver, and why one of them may no longer count."""

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
from advisor.evals.cases import CaseSet, load_cases
from advisor.evals.chain import prompts_version
from advisor.evals.compare import CandidateResult, Comparison
from advisor.evals.results import CandidateScores
from advisor.evals.run_file import FOLDER
from advisor.evals.scorers import judge_version
from advisor.facts import Basis, Measurement
from advisor.files.atomic import replace_text
from advisor.files.yaml import read_text
from advisor.probe.served_models import is_same_model
from advisor.probe.worker_protocol import Line

STALE_AFTER_DAYS = 90
"""Services change their models without notice; an older score is shown but decides nothing."""

_SUFFIX = ".scores.json"
_SKETCH = 32
"""So many of a set's case hashes, the smallest, tell whether a case that was measured has changed since."""
_SHORT = 8


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


def measurements(
    comparison: Comparison, day: date, source: str, read: Mapping[str, int] | None = None
) -> Iterator[Measurement]:
    """One measurement of each candidate of the catalog that was scored, on the held cases where there are any.

    One in whose place another model answered has none. ``read`` says of each candidate how many of its answers a person
    has read.
    """
    for result in comparison.results:
        if result.scores.probed.subject is None or result.evidence is None or swapped_models(result.scores):
            continue
        found = _measurement(comparison, result, day, source)
        seen = Basis("read", found.quantity, str((read or {}).get(result.name, 0)))
        yield found._replace(rests_on=(*found.rests_on, seen))


def swapped_models(scores: CandidateScores) -> tuple[str, ...]:
    """Return the models that answered in a candidate's place, as far as servers say."""
    names = (scores.probed.target.model, *scores.probed.known_as)
    served = [one for several in scores.served_models for one in several.split()]
    return tuple(one for one in served if not is_same_model(one, names))


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


def mean_usd(comparison: Comparison) -> Mapping[str, float]:
    """Return what a case cost on average, by candidate of the catalog; without those whose cost is not known."""
    return {
        result.scores.probed.subject: float(result.scores.usd) / result.n
        for result in comparison.results
        if result.scores.probed.subject is not None and result.scores.usd is not None and result.n
    }


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


def cases_basis(case_set: CaseSet, measured: frozenset[str] | None = None) -> Basis:
    """Return what a score rests on of its cases: the held ones, or a sketch of all that were measured."""
    if any(case.split == "held" for case in case_set.accepted):
        return Basis("cases", case_set.path, f"held {case_set.held_version}")
    hashes = sorted(case.hash[:_SHORT] for case in case_set.accepted if measured is None or case.id in measured)
    return Basis("cases", case_set.path, " ".join(["cases", *hashes[:_SKETCH]]))


def _measurement(comparison: Comparison, result: CandidateResult, day: date, source: str) -> Measurement:
    plan, evidence = comparison.scores.plan, result.evidence
    assert evidence is not None  # noqa: S101 - the caller looked
    prompt, judge = plan.prompt, comparison.scores.judge
    is_judged = any(one.is_judged for one in result.scores.scored.values())
    rests_on = [cases_basis(plan.case_set, frozenset(result.scores.scored))]
    if prompt.is_chain and prompt.path is not None:
        rests_on.append(Basis("chain", prompt.path, prompt.version or ""))
    elif prompt.path is not None and prompt.version is not None:
        rests_on.append(Basis("prompt", prompt.path, prompt.version))
    if is_judged and judge is not None:
        rests_on.append(Basis("judge", judge.probed.name, judge_version()))
    if result.scores.served_models:
        rests_on.append(Basis("served", result.scores.probed.target.model, " ".join(result.scores.served_models)))
    low, value, high = (round(100 * figure, 4) for figure in (evidence.low, evidence.value, evidence.high))
    return Measurement(
        result.scores.probed.subject or "",
        f"score:{plan.case_set.name}",
        value,
        min(low, value),
        max(high, value),
        evidence.n,
        day,
        source,
        rests_on=tuple(rests_on),
    )


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
    known = {case.hash[:_SHORT] for case in now.accepted}
    return None if known.issuperset(hashes) else f"cases of {basis.name} changed that it was measured on"


def _judge_changed(basis: Basis) -> str | None:
    return None if basis.version == judge_version() else "the words in which the judge is asked changed"


def _chain_changed(basis: Basis) -> str | None:
    version, _, files = basis.version.partition(" ")
    now, _ = prompts_version(frozenset(files.split()))
    return None if now == version else f"the prompts of {basis.name} changed"


_TESTS = {"chain": _chain_changed, "prompt": _prompt_changed, "cases": _cases_changed, "judge": _judge_changed}
