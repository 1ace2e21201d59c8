"""Who may serve a model and who may have made it: two constraints of one form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import SATISFIED, UNKNOWN, VIOLATED, TestResult, WorkloadQuestion
from advisor.solver.constraints.group import DEPLOYMENT
from advisor.solver.constraints.kind import Change, Constraint, ConstraintKind, FailedConstraint, RequirementChange

if TYPE_CHECKING:
    from advisor.requirements.schema import NameRule


def _make(kind: ConstraintKind, name: str, rule: NameRule, catalog: Catalog) -> Iterator[Constraint]:
    if rule.allow or rule.deny:
        parts = [f"one of {', '.join(rule.allow)}"] if rule.allow else []
        parts += [f"not {', '.join(rule.deny)}"] if rule.deny else []
        words = f"{name}: {' and '.join(parts)}"
        yield Constraint(kind, words, (name, rule), partial(_test, name, rule, _seats(catalog, name)))


def _make_channels(question: WorkloadQuestion) -> Iterator[Constraint]:
    return _make(CHANNELS, "channels", question.requirements.deployment.channels, question.catalog)


def _make_labs(question: WorkloadQuestion) -> Iterator[Constraint]:
    return _make(LABS, "labs", question.requirements.deployment.labs, question.catalog)


def _seats(catalog: Catalog, kind: str) -> Mapping[str, str | None]:
    owners = catalog.channels if kind == "channels" else catalog.labs
    return {name: one.country for name, one in owners.items()}


def _test(kind: str, rule: NameRule, countries: Mapping[str, str | None], candidate: Candidate) -> TestResult:
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


def _allow_every(what: str) -> Change:
    def change(failing: FailedConstraint) -> RequirementChange:
        edits = {f"{failing.key}.allow": None, f"{failing.key}.deny": None}
        return RequirementChange(f"allow every {what}", edits, failing.price)

    return change


CHANNELS = ConstraintKind(
    "deployment.channels", DEPLOYMENT, "deployment.channels", _make_channels, _allow_every("channel")
)
LABS = ConstraintKind("deployment.labs", DEPLOYMENT, "deployment.labs", _make_labs, _allow_every("lab"))
