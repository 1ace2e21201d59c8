"""``advisor eval export``: scores for plans, and labeled answers as training data where the license lets you."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from advisor.catalog import Catalog, load_catalog
from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.eval_targets import find_set
from advisor.cli.inputs import DEFAULT_FILE, read_requirements
from advisor.errors import EvaluationError, UnknownName, UsageError
from advisor.evals.cases import load_cases
from advisor.evals.kept_scores import read_measurements, usd_per_case
from advisor.evals.labels import agreed, policy_hash, read_labels
from advisor.evals.training_data import LabeledAnswer, chat_rows, labeled_answers, pairs
from advisor.files.atomic import replace_text
from advisor.licenses.license import Verdict
from advisor.licenses.verdict import judge_offering
from advisor.requirements.schema import Organization, Requirements

_USE = "train-on-outputs"
_MONTH = 1_000
"""Requests a month that costs are stated for where advisor.yaml states no traffic."""


def export_measurements(case_set: str, output: Path | None) -> int:
    """Workload, offering, vendor, score, cost and n of each candidate whose score counts."""
    path, catalog = find_set(case_set), load_catalog()
    quantity = f"score:{path.stem}"
    found = [one for one in read_measurements(catalog.as_of).fresh if one.quantity == quantity]
    if not found:
        raise EvaluationError(
            f"{path.stem}: expected scores that count, found none", hint=f"advisor eval {case_set} CANDIDATE..."
        )
    name, requests = _workload(path.stem)
    costs = usd_per_case()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("workload", "offering", "vendor", "score", "cost_usd", "n"))
    for one in sorted(found, key=lambda one: -one.value):
        cost = costs.get((one.subject, quantity))
        if cost is None:
            say(f"{one.subject}: left out, since what its answers cost is not known")
            continue
        vendor = one.subject.partition("/")[0]
        writer.writerow((name, one.subject, vendor, f"{one.value:.4f}", f"{cost * requests:.6f}", one.n))
    _write(text.getvalue(), output)
    return ExitCode.CLEAN


def export_training_data(case_set: str, kind: str, output: Path | None, *, accept_conditions: bool) -> int:
    """Chat rows or pairs; nothing of a model whose license does not let its outputs train others."""
    path, catalog = find_set(case_set), load_catalog()
    labels = agreed(read_labels(path), policy_hash(path))
    answers = labeled_answers(load_cases(path), labels.values)
    if not answers:
        raise EvaluationError(
            f"{path}: expected labeled answers to cases of dev, found none", hint=f"advisor eval review {case_set}"
        )
    kept, refused = _permitted(catalog, answers, accept_conditions=accept_conditions)
    for model, words in refused.items():
        say(f"{model}: nothing of it is written: {words}")
    rows = list(chat_rows(kept) if kind == "sft" else pairs(kept))
    _write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), output)
    say(f"{len(rows)} rows from {len(kept)} labeled answers")
    if refused:
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if rows else ExitCode.UNDECIDED


def _permitted(
    catalog: Catalog, answers: Sequence[LabeledAnswer], *, accept_conditions: bool
) -> tuple[list[LabeledAnswer], Mapping[str, str]]:
    """Return the answers of models whose outputs may train others, and of the rest why not, by the clause."""
    organization = _organization()
    refused: dict[str, str] = {}
    kept = []
    for one in answers:
        name = one.subject or one.model
        if name not in refused:
            words = _why_not(catalog, one.subject, organization, accept_conditions=accept_conditions)
            if words is None:
                kept.append(one)
            else:
                refused[name] = words
    return kept, refused


def _why_not(
    catalog: Catalog, subject: str | None, organization: Organization, *, accept_conditions: bool
) -> str | None:
    try:
        offering = None if subject is None else catalog.find_candidates(subject.partition("~")[0])[0].offering
    except (UnknownName, IndexError):
        offering = None
    if offering is None:
        return f"{_USE} is unknown: the catalog does not have it"
    answer = judge_offering(catalog, offering, (_USE,), organization)
    if answer.verdict is Verdict.ALLOWED:
        return None
    if answer.verdict is Verdict.CONDITIONAL and accept_conditions:
        say(f"{subject}: {_USE}: {answer.words}")
        return None
    more = "; --accept-conditions writes it" if answer.verdict is Verdict.CONDITIONAL else ""
    return f"{_USE}: {answer.words}{more}"


def _organization() -> Organization:
    requirements = _requirements()
    return requirements.organization if requirements else Organization()


def _requirements() -> Requirements | None:
    return read_requirements(None, None)[1] if DEFAULT_FILE.is_file() else None


def _workload(case_set: str) -> tuple[str, Decimal]:
    """Return the workload that is decided on a set, and its requests a month."""
    requirements = _requirements()
    for workload in requirements.workloads if requirements else ():
        floor = workload.quality.at_least
        named = floor is not None and not isinstance(floor, str) and floor.case_set == case_set
        if named or workload.dimension == f"score:{case_set}":
            if workload.traffic is None or workload.traffic.requests_per_month is None:
                raise UsageError(f"{DEFAULT_FILE}: workload {workload.name}: expected requests_per_month")
            return workload.name, Decimal(workload.traffic.requests_per_month)
    hint(f"{DEFAULT_FILE} has no workload on {case_set}: costs are of {_MONTH:,} requests a month")
    return case_set, Decimal(_MONTH)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        replace_text(output, text, error=EvaluationError)
