"""Hold the names in requirements against the catalog: a misspelt channel in a deny list would deny nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Channel, Lab
from advisor.errors import InvalidRequirements, UnknownName
from advisor.requirements.iso_codes import COUNTRIES, LANGUAGES

if TYPE_CHECKING:
    from advisor.requirements.diagnose import RequirementsProblem
    from advisor.requirements.schema import Requirements


class NameCheck(NamedTuple):
    """``problems`` are names that mean nothing; ``notes`` are names that are right and of which nothing is measured."""

    problems: tuple[RequirementsProblem, ...]
    notes: tuple[RequirementsProblem, ...]


def check_names(requirements: Requirements, catalog: Catalog) -> NameCheck:
    """Every name in the requirements that the catalog does not know, with near ones."""
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
    yield from _deployment_names(requirements, catalog)
    for name in ("regions", "certifications"):
        yield from _term_names(name, getattr(requirements.data, name), catalog)
    for number, workload in enumerate(requirements.workloads):
        key = f"workloads.{number}"
        yield from _dimension(f"{key}.dimension", workload.dimension, catalog)
        for language in workload.languages:
            if language not in LANGUAGES:
                hint = "write the code of ISO 639-1, such as de, en or zh"
                yield _problem(f"{key}.languages", "a language", language, hint)
        wanted = workload.quality.at_least
        if isinstance(wanted, str):
            try:
                catalog.find_candidates(wanted)
            except UnknownName as error:
                yield _problem(f"{key}.quality.at_least", "a model or offering of the catalog", wanted, error.hint)


def _deployment_names(requirements: Requirements, catalog: Catalog) -> Iterator[RequirementsProblem]:
    deployment = requirements.deployment
    if deployment.own_gpus is not None:
        yield from _unknown("deployment.own_gpus.model", "an accelerator", [deployment.own_gpus.model], catalog.gpus)
    for block, what, rule, known in (
        ("channels", "a channel or the country of one", deployment.channels, _with_countries(catalog.channels)),
        ("labs", "a lab or the country of one", deployment.labs, _with_countries(catalog.labs)),
    ):
        yield from _unknown(f"deployment.{block}.allow", what, rule.allow, known)
        yield from _unknown(f"deployment.{block}.deny", what, rule.deny, known)


def _term_names(name: str, wanted: tuple[str, ...], catalog: Catalog) -> Iterator[RequirementsProblem]:
    """Regions are countries and what channels name; a certification that no channel states cannot be held by any."""
    if not wanted:
        return
    is_region = name == "regions"
    known = _values(catalog, "processing_regions" if is_region else name)
    what = "a region" if is_region else "a certification"
    names = known | {"eu", "uk", *(country.lower() for country in COUNTRIES)} if is_region else known
    for one in wanted:
        if one.lower() not in names:
            plain = sorted(_MEANT.get(one.lower(), ()))
            near = plain or _near(one.lower(), known) or [one.lower().partition("-")[0]]
            hint = _hint([other for other in near if other in names], known)
            yield _problem(f"data.{name}", what, one, hint)


def _dimension(key: str, wanted: str, catalog: Catalog) -> Iterator[RequirementsProblem]:
    """Yield a dimension is one that something measures; a language that nobody measures yet is no mistake."""
    known = catalog.dimensions
    if wanted.startswith("score:"):  # of the user's own cases
        return
    if wanted in known or (wanted.removeprefix("language:") in LANGUAGES and wanted.startswith("language:")):
        return
    if wanted.lower().removesuffix("s") in _NOT_COVERED:
        hint = f"{wanted} is not covered: the catalog has models that answer in text. It measures {', '.join(known)}"
        yield _problem(key, "a dimension that something measures", wanted, hint)
        return
    near = sorted(_MEANT.get(wanted.lower(), ())) or _near(wanted.lower(), known)
    yield _problem(key, "a dimension that something measures", wanted, _hint(near, known))


_NOT_COVERED = frozenset(
    {"embedding", "rerank", "reranking", "image-generation", "speech", "transcription", "text-to-speech", "video"}
)
"""What models are used for that this catalog knows nothing of."""

_MEANT: dict[str, frozenset[str]] = {
    "chat": frozenset({"multi-turn", "general"}),
    "chatbot": frozenset({"instruction-following", "multi-turn"}),
    "code": frozenset({"coding"}),
    "programming": frozenset({"coding"}),
    "agents": frozenset({"tool-use"}),
    "agent": frozenset({"tool-use"}),
    "ocr": frozenset({"vision", "document"}),
    "rag": frozenset({"faithfulness", "long-context"}),
    "summarization": frozenset({"faithfulness", "writing"}),
    "europe": frozenset({"eu"}),
    "usa": frozenset({"us"}),
    "america": frozenset({"us"}),
    "britain": frozenset({"uk"}),
    "england": frozenset({"uk"}),
    "germany": frozenset({"de"}),
    "france": frozenset({"fr"}),
}
"""Words that people write and what they mean by them; each is still refused, with these named."""


def _with_countries(owners: Mapping[str, Lab] | Mapping[str, Channel]) -> set[str]:
    return {*owners, *(one.country for one in owners.values() if one.country)}


def _notes(requirements: Requirements, catalog: Catalog) -> Iterator[RequirementsProblem]:
    for number, workload in enumerate(requirements.workloads):
        if workload.dimension.startswith("language:") and workload.dimension not in catalog.dimensions:
            key = f"workloads.{number}.dimension"
            hint = "the answer will be undecided until your own cases measure it: `advisor eval`"
            yield _problem(key, "a dimension that something measures", workload.dimension, hint)


def _unknown(key: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[RequirementsProblem]:
    known = sorted(known)
    for name in names:
        if name not in known:
            yield _problem(key, what, name, _hint(_near(name, known), known))


def _near(name: str, known: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, sorted(known), n=3, cutoff=0.5)


def _hint(near: Iterable[str], known: Iterable[str]) -> str:
    meant = " or ".join(near)
    return f"did you mean {meant}?" if meant else f"the catalog has {', '.join(sorted(known)[:MOST_NAMES])}"


MOST_NAMES = 40
"""How many names a hint lists where none is near."""


def _problem(key: str, what: str, name: str, hint: str | None) -> RequirementsProblem:
    # Where nothing is wrong, the module that words problems is not needed.
    from advisor.requirements.diagnose import RequirementsProblem

    return RequirementsProblem(key, what, repr(name), hint)


def _values(catalog: Catalog, fact: str) -> set[str]:
    """Every value that the catalog's channels and offerings have on record for a fact that is a list."""
    owners = [channel.facts for channel in catalog.channels.values()]
    owners += [offering.facts for offering in catalog.offerings.values()]
    timelines = (facts.timeline(fact) for facts in owners)
    return {str(value) for timeline in timelines for row in timeline for value in row.value or ()}
