"""Results of other tools as scores that can be compared: only what every candidate has is paired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from advisor.evals.cases import Case, CaseSet, parse_case
from advisor.evals.plan import Plan, Settings
from advisor.evals.prompts import BARE
from advisor.evals.readers.base import ForeignScore
from advisor.evals.results import CandidateScores, CaseScore, Scores, Usage
from advisor.probe.candidates import ProbeTarget
from advisor.probe.worker_protocol import CallTarget

_LONGEST_ID = 100


class Imported(NamedTuple):
    """The scores of every candidate, and what was left out."""

    scores: Scores
    unpaired: tuple[str, ...]
    """Cases that one of the candidates does not have."""
    share_unpaired: float


def from_foreign(
    name: str, path: str, found: Iterable[ForeignScore], subject_of: Callable[[str], str | None]
) -> Imported:
    """Scores by candidate; the mean over epochs, as yes/no where each epoch is."""
    values: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for one in found:
        values[one.candidate][one.case][one.epoch] = one.value
    everyone = set().union(*(set(cases) for cases in values.values()))
    paired = set(everyone).intersection(*(set(cases) for cases in values.values()))
    cases = {
        identifier: parse_case({"id": _short(identifier), "input": identifier}, f"{path}: {identifier[:60]}")
        for identifier in sorted(paired)
    }
    candidates = tuple(
        _candidate(candidate, [(cases[one], list(values[candidate][one].values())) for one in cases], subject_of)
        for candidate in values
    )
    order = tuple(cases.values())
    plan = Plan(
        CaseSet(name, path, order), BARE, tuple(one.probed for one in candidates), Settings(), order, (), known={}
    )
    unpaired = tuple(sorted(everyone - paired))
    return Imported(Scores(plan, None, candidates, None), unpaired, len(unpaired) / max(1, len(everyone)))


def _short(identifier: str) -> str:
    """Return an id as a set of ours may have it: a long one, such as a whole input, by its hash."""
    if identifier and len(identifier) <= _LONGEST_ID:
        return identifier
    return sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _candidate(
    name: str, values: Sequence[tuple[Case, list[float]]], subject_of: Callable[[str], str | None]
) -> CandidateScores:
    scored = {
        case.id: CaseScore(
            case,
            sum(several) / len(several),
            len(several),
            all(value in (0.0, 1.0) for value in several),
            "as imported",
            "",
            (),
            tuple(several),
            is_judged=False,
        )
        for case, several in values
    }
    probed = ProbeTarget(name, CallTarget(model=name), subject_of(name), (), "standard", own_server=False)
    return CandidateScores(probed, scored, {}, {}, {}, None, Usage(0, 0, 0, 0), (), 0, 0, ())
