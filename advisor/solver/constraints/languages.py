"""That a model serves a language that is asked."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import SATISFIED, UNKNOWN, GroupKey, TestResult, WorkloadQuestion
from advisor.solver.constraints.group import LANGUAGES
from advisor.solver.constraints.kind import (
    Constraint,
    ConstraintKind,
    FailedConstraint,
    RequirementChange,
    by_own_cases,
)

FACT = "languages"
_FACTS = frozenset({FACT})


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    catalog = question.catalog
    for language in question.workload.languages:
        yield Constraint(
            KIND,
            f"serves {language}",
            ("language", language, catalog.as_of),
            partial(_test, catalog, language),
            _BY_LANGUAGES,
            part=language,
        )


def _by_languages(candidate: Candidate) -> Hashable:
    own = candidate.offering.facts.has_any(_FACTS)
    return candidate.id if own else candidate.config.id


_BY_LANGUAGES = GroupKey("languages", _by_languages)


def _test(catalog: Catalog, language: str, candidate: Candidate) -> TestResult:
    """Satisfied when its maker lists the language or a benchmark in it has measured the config."""
    listed = candidate.offering.fact(FACT, catalog.as_of)
    if listed.is_usable and language in listed.value:
        return TestResult(SATISFIED, "listed by its maker", listed.source, (FACT, listed))
    dimension = "general" if language == "en" else f"language:{language}"
    measured = catalog.quality(candidate.config, dimension)
    if measured:
        return TestResult(SATISFIED, f"measured in {language}", measured.sources[0])
    return TestResult(UNKNOWN, "neither listed nor measured")


def _change(failing: FailedConstraint) -> RequirementChange:
    language = failing.constraint.part
    rest = tuple(one for one in failing.workload.languages if one != language)
    return RequirementChange(f"do without {language}", {failing.key: rest}, failing.price)


KIND = ConstraintKind("languages", LANGUAGES, "workloads.languages", _make, _change, by_own_cases)
