"""Screening: every candidate against every constraint, three-valued, all causes kept.

A candidate's failures are the bits of a mask, one bit a constraint in the order of the requirements. Outcomes of a
constraint are kept per catalogue by the constraint's key, so that a changed answer asks only what it changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.facts import Ternary
from advisor.requirements.records import OnUnknown, UnknownRules
from advisor.solver.advice import Cause
from advisor.solver.constraints import Constraint, Outcome
from advisor.solver.memory import remembered


class Screen(NamedTuple):
    """The outcomes of a workload's constraints for all candidates, as masks over the constraints.

    ``failed[i]`` has a bit for each constraint that excludes candidate ``i``; ``asked`` and ``accepted`` for each
    whose answer is unknown and is to be asked or was accepted.
    """

    candidates: tuple[Candidate, ...]
    constraints: tuple[Constraint, ...]
    columns: tuple[tuple[Outcome, ...], ...]
    failed: tuple[int, ...]
    asked: tuple[int, ...]
    accepted: tuple[int, ...]

    def causes(self, index: int, mask: int) -> tuple[Cause, ...]:
        """The causes in a mask of one candidate."""
        return tuple(
            _cause(constraint, self.columns[bit][index])
            for bit, constraint in enumerate(self.constraints)
            if mask >> bit & 1
        )

    def names(self, mask: int) -> tuple[str, ...]:
        """The ids of the constraints in a mask."""
        return tuple(constraint.id for bit, constraint in enumerate(self.constraints) if mask >> bit & 1)


def screen(catalog: Catalog, constraints: Iterable[Constraint], rules: UnknownRules) -> Screen:
    """Ask every constraint of every candidate."""
    asked_of = catalog.candidates
    asked_what = tuple(constraints)
    columns = tuple(_column(catalog, constraint) for constraint in asked_what)
    failed, asked, accepted = ([0] * len(asked_of) for _ in range(3))
    for bit, (constraint, column) in enumerate(zip(asked_what, columns, strict=True)):
        flag = 1 << bit
        rule = getattr(rules, constraint.group)
        on_unknown = {OnUnknown.EXCLUDE: failed, OnUnknown.ASK: asked, OnUnknown.ACCEPT: accepted}[rule]
        for index, outcome in enumerate(column):
            if outcome.state is Ternary.VIOLATED:
                failed[index] |= flag
            elif outcome.state is Ternary.UNKNOWN:
                on_unknown[index] |= flag
    return Screen(asked_of, asked_what, columns, tuple(failed), tuple(asked), tuple(accepted))


def _column(catalog: Catalog, constraint: Constraint) -> tuple[Outcome, ...]:
    """The outcome for each candidate, remembered by the constraint's key."""
    return remembered(catalog, constraint.key, lambda: tuple(map(constraint.test, catalog.candidates)))


def _cause(constraint: Constraint, outcome: Outcome) -> Cause:
    return Cause(constraint.id, outcome.state, constraint.required, outcome.words, outcome.source, outcome.short_by)
