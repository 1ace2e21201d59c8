"""Constraints on terms: license per use, training on inputs, retention, regions, certifications."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.countries import EUROPEAN_UNION
from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.facts import Fact
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    Constraint,
    GroupKey,
    TestResult,
    WorkloadQuestion,
    by_facts,
    from_state,
    has_all,
)

_EU = frozenset(("eu", *(code.lower() for code in EUROPEAN_UNION)))
"""Region codes inside the European Union."""

_OWN = "runs on your own hardware"


def data_terms(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield what the ``data`` block asks."""
    data, day = question.requirements.data, question.catalog.as_of
    if data.training_on_inputs == "forbidden":
        yield Constraint(
            "data.training_on_inputs",
            "data",
            "no training on what is sent",
            ("training", day),
            lambda candidate: _training(candidate, day),
            by_facts("training_on_inputs"),
        )
    if data.retention_days is not None:
        yield _kept_at_most(data.retention_days.at_most, day)
    if data.regions:
        yield _processed_in(frozenset(region.lower() for region in data.regions), day)
    if data.certifications:
        yield _certified(tuple(name.lower() for name in data.certifications), day)


def _kept_at_most(most: int, day: date) -> Constraint:
    return Constraint(
        "data.retention_days",
        "data",
        f"kept at most {most} days" if most else "nothing kept",
        ("retention", most, day),
        lambda candidate: _retention(candidate, most, day),
        GroupKey(
            ("channel", _BY_TERMS.key), lambda candidate: (candidate.offering.channel.id, _BY_TERMS.of(candidate))
        ),
    )


def _processed_in(regions: frozenset[str], day: date) -> Constraint:
    allowed = regions | _EU if "eu" in regions else regions
    return Constraint(
        "data.regions",
        "data",
        f"processed only in {', '.join(sorted(regions))}",
        ("regions", allowed, day),
        lambda candidate: _regions(candidate, allowed, day),
        by_facts("processing_regions"),
    )


def _certified(names: tuple[str, ...], day: date) -> Constraint:
    return Constraint(
        "data.certifications",
        "data",
        f"certified {', '.join(names)}",
        ("certifications", names, day),
        lambda candidate: _certifications(candidate, names, day),
        by_facts("certifications"),
    )


_BY_TERMS = by_facts("retention_days", "zero_retention")
_BY_CHANNEL = GroupKey(
    ("channel", _BY_TERMS.key), lambda candidate: (candidate.offering.channel.id, _BY_TERMS.of(candidate))
)


def _is_own(candidate: Candidate) -> bool:
    return candidate.offering.channel.kind == SELF_HOSTED


def _training(candidate: Candidate, day: date) -> TestResult:
    if _is_own(candidate):
        return TestResult(SATISFIED, _OWN)
    fact = candidate.offering.fact("training_on_inputs", day)
    if not fact.is_usable:
        return from_state(fact, "training_on_inputs")
    words = {
        "never": "never trains on inputs",
        "opt-in": "trains on inputs only if you opt in",
        "opt-out": "trains on inputs unless you opt out",
        "default": "trains on inputs",
    }.get(fact.value, str(fact.value))
    state = SATISFIED if fact.value in ("never", "opt-in") else VIOLATED
    return TestResult(state, words, fact.source, ("training_on_inputs", fact))


def _retention(candidate: Candidate, most: int, day: date) -> TestResult:
    """By the days kept; zero retention that anyone can switch on counts, one that must be approved is unknown."""
    if _is_own(candidate):
        return TestResult(SATISFIED, _OWN)
    days, zero = (candidate.offering.fact(name, day) for name in ("retention_days", "zero_retention"))
    named = ("retention_days", days)
    if days.is_usable and days.value <= most:
        return TestResult(SATISFIED, f"kept {days.value:g} days", days.source, named)
    if zero.is_usable and zero.value in ("default", "self-serve"):
        words = "nothing kept by default" if zero.value == "default" else "nothing kept once you switch retention off"
        switch = f"switch on zero retention at {candidate.offering.channel.name}{_where(zero)}"
        todo = None if zero.value == "default" else switch
        return TestResult(SATISFIED, words, zero.source, ("zero_retention", zero), None, todo)
    if zero.is_usable and zero.value == "on-approval":
        kept = f"kept {days.value:g} days" if days.is_usable else "retention unknown"
        ask = f"ask {candidate.offering.channel.name} for zero retention{_where(zero)}"
        words = f"{kept}; zero retention on approval"
        return TestResult(UNKNOWN, words, zero.source, ("zero_retention", zero), None, ask)
    if not days.is_usable:
        return from_state(days, "retention_days")
    return TestResult(VIOLATED, f"kept {days.value:g} days", days.source, named, days.value - most)


def _where(fact: Fact) -> str:
    """Return the page that says how."""
    return f" ({fact.source.url})" if fact.source else ""


def _regions(candidate: Candidate, allowed: frozenset[str], day: date) -> TestResult:
    if _is_own(candidate):
        return TestResult(SATISFIED, _OWN)
    fact = candidate.offering.fact("processing_regions", day)
    if not fact.is_usable:
        return from_state(fact, "processing_regions")
    inside = bool(fact.value) and all(region in allowed for region in fact.value)
    words = f"processed in {', '.join(fact.value)}"
    return TestResult(SATISFIED if inside else VIOLATED, words, fact.source, ("processing_regions", fact))


def _certifications(candidate: Candidate, held: tuple[str, ...], day: date) -> TestResult:
    if _is_own(candidate):
        return TestResult(SATISFIED, _OWN)
    fact = candidate.offering.fact("certifications", day)
    return has_all("certifications", fact, held, exhaustive=False)
