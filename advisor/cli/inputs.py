"""Where a command's requirements come from: a file, a template, or advisor.yaml in the folder it is called in."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.cli.diagnostics import printable, say
from advisor.errors import RequirementsError, UsageError
from advisor.facts import Measurement
from advisor.files.paths import REQUIREMENTS_FILE
from advisor.files.yaml import read_text
from advisor.requirements.cache import load_cached, store
from advisor.requirements.traffic.resolve import counted

if TYPE_CHECKING:
    from advisor.decision.lock_schema import Decision
    from advisor.requirements.schema import Requirements
    from advisor.requirements.score_table import Results

DEFAULT_FILE = Path(REQUIREMENTS_FILE)
ASSUMED = "proof-of-concept"
"""The template that stands for requirements where a question can be answered without."""

PROBES = Path(".advisor/probes")
EVALS = Path(".advisor/evals")


def read_requirements(file: Path | None, template: str | None) -> tuple[str, Requirements]:
    """Return the requirements and the name to report them under, their traffic samples counted."""
    if file and template:
        raise UsageError("expected FILE or --template, found both", hint="leave one of them out")
    if template:
        from advisor.requirements.templates import find_template

        return template, _checked(find_template(template).path)
    path = file or DEFAULT_FILE
    if file is None and not path.exists():
        raise UsageError(
            f"{path}: there is no such file here",
            hint="answer the questions with `advisor ask`, or try `advisor recommend --template support-bot`",
        )
    return printable(str(path)), counted(_checked(path), path.parent)


def read_or_assume(file: Path | None, template: str | None) -> tuple[str, Requirements]:
    """Return the same, or a ready-made proof of concept, which is said, where nothing is named and nothing is here."""
    if file is None and template is None and not DEFAULT_FILE.exists():
        say(f"no {DEFAULT_FILE} here: answered for the template {ASSUMED}; name your own with -r FILE")
        template = ASSUMED
    return read_requirements(file, template)


def requirements_path_for_lock(lock: Path, named: str) -> tuple[Path | None, str | None]:
    """Where the requirements that a decision names are: a file beside it or below this folder, or a template."""
    if not Path(named).suffix:
        return None, named
    beside = lock.parent / named
    return (beside if beside.is_file() or not Path(named).is_file() else Path(named)), None


def read_results(path: Path, folder: Path) -> Results:
    """Return a table of results, named as seen from a folder. Raises EvidenceError."""
    from advisor.requirements.score_table import load_results

    return load_results(path)._replace(path=os.path.relpath(path, folder))


def measured(day: date) -> tuple[Measurement, ...]:
    """Return what probes and evaluations in this folder measured and what still counts on that day.

    Says what is too old, rests on something that changed, or cannot be read.
    """
    return (*_probed(day), *_scored(day))


def locked_scores(decision: Decision, day: date, here: tuple[Measurement, ...]) -> tuple[Measurement, ...]:
    """Return the scores that a decision rests on and that still count, of those that were not measured here."""
    from advisor.evals.kept_scores import why_stale
    from advisor.facts import Basis

    known, found = {(one.subject, one.quantity) for one in here}, dict[tuple[str, str], Measurement]()
    for workload in decision.workloads:
        for one in workload.measurements:
            key = (one.subject, one.quantity)
            if key in known or key in found or not one.quantity.startswith("score:"):
                continue
            basis = tuple(Basis(**basis.model_dump()) for basis in one.rests_on)
            score = Measurement(
                *key, one.value, one.low, one.high, one.n, one.measured_on, "advisor.lock", rests_on=basis
            )
            if (reason := why_stale(score, day)) is None:
                found[key] = score
            else:
                say(f"{one.subject}: its score on {one.quantity[6:]} no longer counts: {reason}")
    return tuple(found.values())


def _probed(day: date) -> tuple[Measurement, ...]:
    if not PROBES.is_dir():
        return ()
    from advisor.probe.measurement_cache import STALE_AFTER_DAYS, read_measurements

    found = read_measurements(day)
    for error in found.unreadable:
        say(f"left out: {error.message}")
    if found.stale:
        say(f"measured more than {STALE_AFTER_DAYS} days ago, so not counted: {', '.join(found.stale)}")
    return found.fresh


def _scored(day: date) -> tuple[Measurement, ...]:
    if not EVALS.is_dir():
        return ()
    from advisor.evals.kept_scores import read_measurements

    found = read_measurements(day)
    for error in found.unreadable:
        say(f"left out: {printable(error.message)}")
    for (subject, quantity), reason in found.stale.items():
        say(f"{subject}: its score on {quantity[6:]} no longer counts: {printable(reason)}")
    return found.fresh


def _template_meant(path: Path) -> str | None:
    """Return what to type where the name of a template was given as a file."""
    from difflib import get_close_matches

    from advisor.requirements.templates import templates

    names = [template.name for template in templates()]
    near = [] if path.exists() or path.suffix else get_close_matches(str(path), names, n=1, cutoff=0.7)
    return f"{near[0]} is a template: `--template {near[0]}`" if near else None


def _checked(path: Path) -> Requirements:
    """Return the requirements in a file, checked now or, where exactly this text passed before, read back."""
    try:
        text = read_text(path, error=RequirementsError)
    except RequirementsError as error:
        error.hint = _template_meant(path) or error.hint or "write one with `advisor ask`, or name another file"
        raise
    kept = load_cached(text)
    if kept is not None:
        return kept
    from advisor.requirements.file import parse_requirements

    requirements = parse_requirements(text, name=str(path)).requirements
    store(text, requirements)
    return requirements
