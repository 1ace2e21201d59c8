"""Hold the names in requirements against the catalogue: a misspelt channel in a deny list would deny nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Channel, Lab
from advisor.errors import InvalidRequirements, UnknownName

if TYPE_CHECKING:
    from advisor.requirements.diagnose import RequirementsProblem
    from advisor.requirements.schema import Requirements


class NameCheck(NamedTuple):
    """``problems`` are names that mean nothing; ``notes`` are wishes that the catalogue has no fact about."""

    problems: tuple[RequirementsProblem, ...]
    notes: tuple[RequirementsProblem, ...]


def check_names(requirements: Requirements, catalog: Catalog) -> NameCheck:
    """Every name in the requirements that the catalogue does not know, with near ones."""
    return NameCheck(tuple(_problems(requirements, catalog)), tuple(_notes(requirements, catalog)))


def require_known_names(requirements: Requirements, catalog: Catalog, name: str) -> None:
    """Refuse requirements with names that mean nothing; ``name`` is what messages call them.

    Raises InvalidRequirements with every such name and near ones.
    """
    problems = tuple(_problems(requirements, catalog))
    if len(problems) == 1:
        raise InvalidRequirements(f"{name}: {problems[0]}", problems, hint=problems[0].hint)
    if problems:
        raise InvalidRequirements("\n".join(f"{name}: {problem}; {problem.hint}" for problem in problems), problems)


def _problems(requirements: Requirements, catalog: Catalog) -> Iterator[RequirementsProblem]:
    deployment = requirements.deployment
    if deployment.own_gpus is not None:
        yield from _unknown("deployment.own_gpus.model", "an accelerator", [deployment.own_gpus.model], catalog.gpus)
    for block, what, rule, known in (
        ("channels", "a channel or the country of one", deployment.channels, _with_countries(catalog.channels)),
        ("labs", "a lab or the country of one", deployment.labs, _with_countries(catalog.labs)),
    ):
        yield from _unknown(f"deployment.{block}.allow", what, rule.allow, known)
        yield from _unknown(f"deployment.{block}.deny", what, rule.deny, known)
    for number, workload in enumerate(requirements.workloads):
        wanted = workload.quality.at_least
        if isinstance(wanted, str):
            try:
                catalog.find_candidates(wanted)
            except UnknownName as error:
                key = f"workloads.{number}.quality.at_least"
                yield _problem(key, "a model or offering of the catalogue", wanted, error.hint)


def _with_countries(owners: Mapping[str, Lab] | Mapping[str, Channel]) -> set[str]:
    return {*owners, *(one.country for one in owners.values() if one.country)}


def _notes(requirements: Requirements, catalog: Catalog) -> Iterator[RequirementsProblem]:
    for number, workload in enumerate(requirements.workloads):
        key = f"workloads.{number}.dimension"
        if not workload.dimension.startswith("score:"):  # of the user's own cases
            yield from _unknown(key, "a dimension that something measures", [workload.dimension], catalog.dimensions)
    for name in ("regions", "certifications"):
        wanted = getattr(requirements.data, name)
        fact = "processing_regions" if name == "regions" else name
        if wanted:
            known = _values(catalog, fact)
            yield from _unknown(f"data.{name}", f"one of {', '.join(sorted(known))}", wanted, known)


def _unknown(key: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[RequirementsProblem]:
    known = sorted(known)
    for name in names:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"the catalogue has {', '.join(known[:12])}"
            yield _problem(key, what, name, hint)


def _problem(key: str, what: str, name: str, hint: str | None) -> RequirementsProblem:
    # Where nothing is wrong, the module that words problems is not needed.
    from advisor.requirements.diagnose import RequirementsProblem

    return RequirementsProblem(key, what, repr(name), hint)


def _values(catalog: Catalog, fact: str) -> set[str]:
    """Every value that the catalogue's channels and offerings have on record for a fact that is a list."""
    owners = [channel.facts for channel in catalog.channels.values()]
    owners += [offering.facts for offering in catalog.offerings.values()]
    timelines = (facts.timeline(fact) for facts in owners)
    return {str(value) for timeline in timelines for row in timeline for value in row.value or ()}
