"""A score that nobody has read an answer behind decides nothing: the lock says so and stays undecided."""

from __future__ import annotations

from advisor.decision.lock_schema import Decision, LockedWorkload
from advisor.requirements.schema import Requirements, Workload

_READ = "read"
_SCORE = "score:"


def mark_unread(decision: Decision, requirements: Requirements) -> Decision:
    """Return the decision with each workload undecided that rests on a score of which no answer was read."""
    wanted = {workload.name: quantity(workload) for workload in requirements.workloads}
    marked = tuple(_marked(locked, wanted.get(locked.workload)) for locked in decision.workloads)
    return decision.model_copy(update={"workloads": marked})


def quantity(workload: Workload) -> str | None:
    """Return the score that a workload is decided on; None where it is decided on none."""
    floor = workload.quality.at_least
    if floor is not None and not isinstance(floor, str):
        return f"{_SCORE}{floor.case_set}"
    return workload.dimension if workload.dimension.startswith(_SCORE) else None


def _marked(locked: LockedWorkload, wanted: str | None) -> LockedWorkload:
    unread = [
        one
        for one in locked.measurements
        if one.quantity == wanted and any(basis.kind == _READ and basis.version == "0" for basis in one.rests_on)
    ]
    if not unread:
        return locked
    name = unread[0].quantity.removeprefix(_SCORE)
    question = f"nobody has read an answer behind the score on {name} (advisor eval review {name} --sample 10)"
    return locked.model_copy(update={"status": "undecided", "open_questions": (*locked.open_questions, question)})
