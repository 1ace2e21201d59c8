"""What people said of answers: beside the set of cases, a label a line, with who, when and under which policy."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from advisor.errors import EvaluationError
from advisor.evals.cases import read_lines
from advisor.evals.run_file import answer_id
from advisor.files.atomic import replace_text
from advisor.probe.worker_protocol import Line
from advisor.statistics.agreement import Kappa, kappa

Verdict = Literal["pass", "fail", "tie"]

VALUES: Mapping[str, float] = {"pass": 1.0, "tie": 0.5, "fail": 0.0}
"""What a label is worth; of a pair, ``pass`` says that the answer beats the previous one."""


class Label(Line):
    """One person's word on one answer."""

    case: str
    output: str
    """Hash of the answer."""
    label: Verdict
    by: str
    at: datetime
    policy: str | None = None
    """Hash of the labeling policy that was followed."""


class Agreed(NamedTuple):
    """Labels as they count: of each answer the word of most, the later one of two who differ."""

    values: Mapping[str, float]
    """By the id of the answer."""
    between_people: Kappa | None
    """Agreement between those who labeled the same answers."""
    people: tuple[str, ...]


def labels_path(case_set: Path) -> Path:
    """Where the labels of a set are."""
    return case_set.with_suffix(".labels.jsonl")


def policy_hash(case_set: Path) -> str | None:
    """Return the hash of the policy that labelers follow, ``NAME.policy.md`` beside the set.

    None where there is none.
    """
    try:
        return hashlib.sha256(case_set.with_suffix(".policy.md").read_bytes()).hexdigest()[:16]
    except OSError:
        return None


def read_labels(case_set: Path) -> tuple[Label, ...]:
    """Return the labels of a set; none without a file. Raises EvaluationError with the lines that are wrong."""
    path = labels_path(case_set)
    if not path.is_file():
        return ()
    found, wrong = list[Label](), list[str]()
    for number, content in read_lines(path, wrong):
        try:
            found.append(Label.model_validate_json(json.dumps(content)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            wrong.append(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
    if wrong:
        raise EvaluationError("\n".join(wrong[:20]), hint="mend or remove these lines")
    return tuple(found)


def write_labels(case_set: Path, labels: Iterable[Label]) -> None:
    """Write all labels of a set, whole or not at all. Raises EvaluationError."""
    text = "".join(label.model_dump_json(exclude_none=True) + "\n" for label in labels)
    replace_text(labels_path(case_set), text, error=EvaluationError)


def agreed(labels: Iterable[Label], policy: str | None) -> Agreed:
    """Return the labels under a policy, one value an answer."""
    by_output: dict[str, dict[str, Label]] = defaultdict(dict)
    for label in labels:
        if label.policy == policy:
            by_output[answer_id(label.case, label.output)][label.by] = (
                label  # a person's later word replaces the earlier one
            )
    values, pairs, people = dict[str, float](), list[tuple[str, str]](), set[str]()
    for output, by_person in by_output.items():
        said = sorted(by_person.values(), key=lambda label: label.at)
        counts = {one.label: sum(other.label == one.label for other in said) for one in said}
        best = max(counts.values())
        values[output] = VALUES[[one.label for one in said if counts[one.label] == best][-1]]
        people |= by_person.keys()
        names = sorted(by_person)
        pairs += [(by_person[one].label, by_person[other].label) for one, other in combinations(names, 2)]
    return Agreed(values, kappa(pairs), tuple(sorted(people)))
