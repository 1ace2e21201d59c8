"""The models that a decision or requirements choose, as what ``advisor check-license`` reviews.

A decision is solved above the licenses, so the front end reads it and hands down what it names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from advisor.cli.diagnostics import hint, say
from advisor.cli.inputs import measured, read_requirements, requirements_path_for_lock
from advisor.errors import DecisionError, RequirementsError, UnknownName, UsageError
from advisor.files.paths import DECISION_FILE, REQUIREMENTS_FILE

if TYPE_CHECKING:
    from advisor.catalog import Catalog
    from advisor.catalog.records import Offering
    from advisor.licenses.catalog_review import ChosenOffering
    from advisor.requirements.schema import Requirements
    from advisor.solver.answer import WorkloadAdvice

_ENDINGS = (".lock", ".yaml", ".yml", ".json")
_LARGEST_BYTES = 8 << 20


class Named(NamedTuple):
    """What ``--file`` names: models that are chosen, and the files that remain to be searched."""

    chosen: tuple[ChosenOffering, ...]
    files: tuple[str, ...]
    requirements: str | None
    """The requirements that state the organization and the uses."""


class _Choice(NamedTuple):
    """A candidate that a file chooses for a workload."""

    path: Path
    by: str
    """How the file names it."""
    workload: str
    candidate: str
    revision: str | None = None
    """The commit that the decision ties it to."""


def named_by(files: Sequence[str], day: date | None) -> Named:
    """Return what files name: decisions and requirements give the models that they choose, all others stay as they are.

    Raises AdvisorError on a decision or requirements that are wrong, or that choose nothing.
    """
    kinds = [(name, _kind(Path(name))) for name in files]
    stated = [Path(name) for name, kind in kinds if kind]
    if not stated:
        return Named((), tuple(files), None)
    from advisor.catalog import load_catalog

    catalog = load_catalog(day)
    choices: list[_Choice] = []
    requirements: str | None = None
    for path in stated:
        found, asked = _of_lock(path) if _kind(path) == DECISION_FILE else _of_requirements(path, catalog)
        choices += found
        requirements = requirements or asked
    return Named(_offerings(choices, catalog), tuple(name for name, kind in kinds if not kind), requirements)


def _kind(path: Path) -> str | None:
    """Whether a file is a decision or requirements, by its name or by the keys that it begins its lines with."""
    if not path.is_file() or path.suffix not in _ENDINGS or path.stat().st_size > _LARGEST_BYTES:
        return None
    if path.name in (DECISION_FILE, REQUIREMENTS_FILE):
        return path.name
    keys = _keys(path.read_text(encoding="utf-8-sig", errors="replace"))
    if not {"schema_version", "workloads"} <= keys:
        return None
    return DECISION_FILE if "decided_on" in keys else REQUIREMENTS_FILE


def _keys(text: str) -> set[str]:
    if not text.lstrip().startswith("{"):
        return set(re.findall(r"^(\w+)[ \t]*:", text, re.MULTILINE))
    try:
        return set(json.loads(text))
    except (ValueError, RecursionError):
        return set()


def _of_lock(path: Path) -> tuple[list[_Choice], str | None]:
    """Return the choices of a decision, and the requirements that it answers where they are still there."""
    from advisor.decision.lock_file import load

    decision, _ = load(path)
    choices = []
    for locked in decision.workloads:
        for one in locked.serving:
            commit = one.repository.commit if one.repository else None
            choices.append(_Choice(path, f"chosen in {path}", locked.workload, one.chosen, commit))
    file, template = requirements_path_for_lock(path, decision.requirements.file)
    if template:
        from advisor.requirements.templates import find_template

        try:
            return choices, str(find_template(template).path)
        except RequirementsError as error:
            say(f"{path}: {error.message}; state the organization and the uses by flags")
            return choices, None
    if file is None or not file.is_file():
        say(f"{path}: {decision.requirements.file} is not there; state the organization and the uses by flags")
        return choices, None
    return choices, str(file)


def _of_requirements(path: Path, catalog: Catalog) -> tuple[list[_Choice], str]:
    """Return what the decision beside requirements chose for them, else what they are recommended today."""
    lock = path.parent / DECISION_FILE
    _, requirements = read_requirements(path, None)
    if lock.is_file():
        from advisor.decision.decide import requirements_sha256
        from advisor.decision.lock_file import load

        decision, _ = load(lock)
        file, _ = requirements_path_for_lock(lock, decision.requirements.file)
        if file is not None and file.is_file() and file.samefile(path):
            say(f"{path}: reviewed is what {lock} chose on {decision.decided_on}")
            if decision.requirements.sha256 != requirements_sha256(requirements):
                hint("the requirements changed since; `advisor decide` writes the decision again")
            return _of_lock(lock)[0], str(path)
    return _recommended(path, requirements, catalog), str(path)


def _recommended(path: Path, requirements: Requirements, catalog: Catalog) -> list[_Choice]:
    from advisor.requirements.check_names import require_known_names

    require_known_names(requirements, catalog, str(path))
    measurements = measured(catalog.as_of)
    if requirements.portfolio is not None:
        from advisor.decision.plan_context import PlanContext, planned

        made = planned(PlanContext(catalog, requirements, measurements), {})
        ways = [(one.workload, way) for one in made.plan.choices for way in (one.way, one.fallback) if way]
        return [
            _Choice(path, f"planned for {path}", workload, part.offering)
            for workload, way in ways
            for part in way.parts
        ]
    from advisor.solver import advise

    choices = []
    for answer in advise(catalog, requirements, measurements=measurements).workloads:
        names = dict.fromkeys((*([answer.recommended] if answer.recommended else ()), *answer.tied))
        choices += [_Choice(path, _how(name, answer, path), answer.workload, name) for name in names]
        if not names:
            say(f"{path}: {answer.workload}: nothing passes, so no model is reviewed for it")
    if not choices:
        raise UsageError(
            f"{path}: nothing passes, so it chooses no model", hint="`advisor recommend` shows relaxations"
        )
    return choices


def _how(name: str, answer: WorkloadAdvice, path: Path) -> str:
    return f"recommended for {path}" if name == answer.recommended else f"as good as what is recommended for {path}"


def _offerings(choices: Iterable[_Choice], catalog: Catalog) -> tuple[ChosenOffering, ...]:
    """Return what one review answers for, with every workload that it is chosen for.

    Efforts and price tiers share a license, and so do the channels that serve a model under no terms of their own.
    """
    from advisor.licenses.catalog_review import ChosenOffering, review_basis
    from advisor.licenses.targets.target import Place

    found: dict[tuple[object, ...], ChosenOffering] = {}
    for choice in choices:
        offering = _offering(choice, catalog)
        basis = (choice.revision, *review_basis(catalog, offering))
        known = found.get(basis, ChosenOffering((), (), choice.by, Place(str(choice.path)), choice.revision))
        found[basis] = known._replace(
            offerings=known.offerings if offering in known.offerings else (*known.offerings, offering),
            workloads=tuple(dict.fromkeys((*known.workloads, choice.workload))),
        )
    return tuple(found.values())


def _offering(choice: _Choice, catalog: Catalog) -> Offering:
    """Return the offering of a candidate's id, one that can no longer be had included."""
    plain = choice.candidate.partition("~")[0]
    for name in (plain, plain.rpartition(":")[0]):
        if name in catalog.offerings:
            return catalog.offerings[name]
    error = UnknownName("offering", plain)
    raise DecisionError(
        f"{choice.by} for {choice.workload}: {error.message}", hint="`advisor check` says what to move to"
    )
