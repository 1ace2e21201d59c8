"""An edit of the requirements followed to its end: what lets a candidate in may first turn a no into an unknown.

A raised budget says nothing of a candidate whose cost is not known for every month: what was violated is then unknown,
and unknown may not pass either. The edits are made and the candidate is tested again until it passes or no edit helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.catalog.records import Candidate
from advisor.facts import Ternary
from advisor.requirements.enums import OnUnknown
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.kind import FailedConstraint, RequirementChange
from advisor.solver.constraints.registry import constraints
from advisor.solver.explain.requirement_changes import change_for, merged

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

_MOST_ROUNDS = 6
"""Each round settles a constraint or turns its no into an unknown, which the next one settles."""


class Followed(NamedTuple):
    """What became of a candidate: the change that lets it in, or the constraints that no edit moves."""

    change: RequirementChange | None
    fixed: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    """The constraints that the change moves."""


def follow(question: WorkloadQuestion, candidate: Candidate) -> Followed:
    """Return the edits under which a candidate passes, each of them the least; none if it passes as it is."""
    made: list[RequirementChange] = []
    touched: dict[str, None] = {}
    for _ in range(_MOST_ROUNDS):
        failed = failures(question, candidate)
        if not failed:
            return Followed(merged(tuple(made)) if made else None, (), tuple(touched))
        changes = [(one.constraint.id, change_for(one)) for one in failed]
        fixed = tuple(name for name, change in changes if change is None)
        found = tuple(change for _, change in changes if change is not None)
        if fixed or (made and found == tuple(made[-len(found) :])):
            return Followed(None, fixed or tuple(name for name, _ in changes), tuple(touched))
        touched |= dict.fromkeys(name for name, _ in changes)
        made += found
        question = changed(question, merged(found).edits)
    return Followed(None, tuple(one.constraint.id for one in failures(question, candidate)), tuple(touched))


def failures(question: WorkloadQuestion, candidate: Candidate) -> list[FailedConstraint]:
    """Return the constraints that exclude a candidate."""
    found = []
    for constraint in constraints(question):
        outcome = constraint.test(candidate)
        rule = getattr(question.requirements.unknown, constraint.group)
        is_out = outcome.state is Ternary.UNKNOWN and rule is OnUnknown.EXCLUDE
        if outcome.state is Ternary.VIOLATED or is_out:
            found.append(FailedConstraint(question.requirements, question.workload, constraint, outcome))
    return found


def changed(question: WorkloadQuestion, edits: Mapping[str, Any]) -> WorkloadQuestion:
    """Return the same question with the requirements edited."""
    requirements = edited(question.requirements, edits)
    workload = next(one for one in requirements.workloads if one.name == question.workload.name)
    return question._replace(requirements=requirements, workload=workload)


def edited(requirements: Requirements, edits: Mapping[str, Any]) -> Requirements:
    """Return the requirements with values set or taken out by dotted key; ``workloads.NAME.key`` names a workload."""
    changed: Requirements = requirements
    for key, value in edits.items():
        changed = _with(changed, key.split("."), value)
    return changed


def _with(record: Any, path: list[str], value: Any) -> Any:
    """Give a copy of a record with one value changed.

    None gives back the default, which is empty for all that can go.
    """
    name, *rest = path
    current = getattr(record, name)
    if name == "workloads":
        workload, *rest = rest
        changed: Any = tuple(_with(one, rest, value) if one.name == workload else one for one in current)
    elif rest:
        changed = _with(current, rest, value)
    elif value is None:
        changed = False if isinstance(current, bool) else () if isinstance(current, tuple) else None
    else:
        changed = value
    return record.model_copy(update={name: changed})
