"""Constraints on where a model runs and who may make or serve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.facts import State
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    Constraint,
    TestResult,
    WorkloadQuestion,
    by_facts,
    from_state,
)
from advisor.solver.constraints.own_hardware import own_hardware

if TYPE_CHECKING:
    from advisor.requirements.schema import NameRule


def deployment(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Where the model may run and who may make or serve it."""
    wanted, day = question.requirements.deployment, question.catalog.as_of
    if not wanted.api:
        yield Constraint("deployment.api", "deployment", "runs on your own hardware", "no-api", _hosted)
    for name, rule in (("channels", wanted.channels), ("labs", wanted.labs)):
        if rule.allow or rule.deny:
            parts = [f"one of {', '.join(rule.allow)}"] if rule.allow else []
            parts += [f"not {', '.join(rule.deny)}"] if rule.deny else []
            yield Constraint(
                f"deployment.{name}",
                "deployment",
                f"{name}: {' and '.join(parts)}",
                (name, rule),
                partial(_named, name, rule, _seats(question.catalog, name)),
            )
    if wanted.open_weights:
        yield Constraint(
            "deployment.open_weights",
            "deployment",
            "open weights",
            ("open", day),
            lambda candidate: _open(candidate, day),
        )
    if wanted.gpai_code:
        yield Constraint(
            "deployment.gpai_code",
            "deployment",
            "the maker signed the EU's code of practice",
            ("gpai-code", day),
            lambda candidate: _signed(candidate, day),
            by_facts("gpai_code"),
        )
    if wanted.not_trained_on:
        kinds = frozenset(wanted.not_trained_on)
        yield Constraint(
            "deployment.not_trained_on",
            "deployment",
            f"not trained on {', '.join(sorted(kinds))}",
            ("not-trained-on", kinds, day),
            lambda candidate: _trained(candidate, kinds, day),
            by_facts("training_data"),
        )
    if _has_reported_ends(question.catalog):
        yield Constraint(
            "deployment.in_service",
            "deployment",
            "still served",
            ("in-service", day),
            lambda candidate: _in_service(candidate, day),
            by_facts("reported_end_date", "retirement_date", "retirement_not_before_date"),
        )
    yield from own_hardware(question)


def _signed(candidate: Candidate, day: date) -> TestResult:
    fact = candidate.offering.fact("gpai_code", day)
    if not fact.is_usable:
        return from_state(fact, "gpai_code")
    words = {"signed": "signed", "safety-chapter": "signed the chapter on safety alone"}.get(fact.value, "not signed")
    return TestResult(SATISFIED if fact.value == "signed" else VIOLATED, words, fact.source, ("gpai_code", fact))


def _trained(candidate: Candidate, kinds: frozenset[str], day: date) -> TestResult:
    """Return what the maker says of another model of its own settles nothing of this one."""
    fact = candidate.offering.fact("training_data", day)
    if not fact.is_usable:
        return from_state(fact, "training_data")
    words = f"trained on {', '.join(fact.value)}"
    if fact.state is State.INHERITED:
        return TestResult(UNKNOWN, f"{words}, said of another model", fact.source, ("training_data", fact))
    return TestResult(
        SATISFIED if kinds.isdisjoint(fact.value) else VIOLATED, words, fact.source, ("training_data", fact)
    )


def _has_reported_ends(catalog: Catalog) -> bool:
    """Whether an end in the past is reported of anything; most catalogs of tests have none."""
    found: bool = memoize(
        catalog, "reported ends", lambda: any("reported_end_date" in one.facts for one in catalog.offerings.values())
    )
    return found


def _in_service(candidate: Candidate, day: date) -> TestResult:
    """Unknown where an end that has passed is reported and nothing later says that the offering lives."""
    ended = candidate.offering.fact("reported_end_date", day)
    if not ended.is_usable or ended.value > day:
        return TestResult(SATISFIED, "no end that has passed is reported")
    for name in ("retirement_date", "retirement_not_before_date"):
        later = candidate.offering.fact(name, day)
        if later.is_usable and later.value > day:
            return TestResult(SATISFIED, f"served until {later.value}", later.source, (name, later))
    words = f"may have ended on {ended.value}: sources differ"
    return TestResult(UNKNOWN, words, ended.source, ("reported_end_date", ended))


def _seats(catalog: Catalog, kind: str) -> Mapping[str, str | None]:
    owners = catalog.channels if kind == "channels" else catalog.labs
    return {name: one.country for name, one in owners.items()}


def _hosted(candidate: Candidate) -> TestResult:
    own = candidate.offering.channel.kind == SELF_HOSTED
    return TestResult(
        SATISFIED if own else VIOLATED, "own hardware" if own else f"served by {candidate.offering.channel.name}"
    )


def _named(kind: str, rule: NameRule, countries: Mapping[str, str | None], candidate: Candidate) -> TestResult:
    """Two capital letters in a rule stand for everybody who has the seat there."""
    name = candidate.offering.channel.id if kind == "channels" else candidate.offering.model.lab
    country = countries.get(name)
    asked = {one for one in (*rule.allow, *rule.deny) if is_country(one)}
    if asked and country is None and name not in (*rule.allow, *rule.deny):
        return TestResult(UNKNOWN, f"{name}, whose seat is not on record")
    meant = {name, country}
    passes = (not rule.allow or not meant.isdisjoint(rule.allow)) and meant.isdisjoint(rule.deny)
    return TestResult(SATISFIED if passes else VIOLATED, f"{name} ({country})" if asked else name)


def is_country(name: str) -> bool:
    """Whether a name in a rule is a country's two letters and not a lab's or channel's id, which has no capitals."""
    return len(name) == _LETTERS and name.isalpha() and name.isupper()


_LETTERS = 2


def _open(candidate: Candidate, day: date) -> TestResult:
    fact = candidate.offering.fact("weights", day)
    if not fact.is_usable:
        return from_state(fact, "weights")
    return TestResult(
        SATISFIED if fact.value == "open" else VIOLATED, f"{fact.value} weights", fact.source, ("weights", fact)
    )
