"""What one candidate's failing would have to be changed to, as an edit of the requirements with a price.

A dollar of budget counts as a dollar a month. Everything else counts as what the requirements say under ``giving_up``,
or as the default of its group or record (:mod:`advisor.solver.constraints`); the figures order the relaxations and
never enter a cost.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from advisor.facts import Ternary
from advisor.requirements.enums import OnUnknown
from advisor.solver.constraints.kind import FailedConstraint, RequirementChange

UNKNOWN_SHARE = Decimal("0.5")
"""Accepting that something is unknown counts as this share of giving it up."""


def change_for(failing: FailedConstraint) -> RequirementChange | None:
    """Return the smallest change under which the candidate passes this constraint; None if no edit does it."""
    if failing.outcome.state is Ternary.UNKNOWN:
        return _accept_unknown(failing)
    return failing.constraint.kind.change(failing)


def _accept_unknown(failing: FailedConstraint) -> RequirementChange:
    """Accept the unknown of that group of constraints."""
    group, to_do = failing.constraint.kind.group, failing.outcome.obligation
    return RequirementChange(
        to_do or f"accept {group.unknown}", {f"unknown.{group.name}": OnUnknown.ACCEPT}, failing.price * UNKNOWN_SHARE
    )


def merged(changes: tuple[RequirementChange, ...]) -> RequirementChange:
    """Several changes made together."""
    edits: dict[str, Any] = {}
    for change in changes:
        for key, value in change.edits.items():
            # Two changes of one list each take something out of it.
            both = isinstance(value, tuple) and key in edits
            edits[key] = tuple(one for one in edits[key] if one in value) if both else value
    money = [change.usd_per_month for change in changes if change.usd_per_month is not None]
    return RequirementChange(
        " and ".join(dict.fromkeys(change.words for change in changes)),
        edits,
        sum((change.counts_as_usd for change in changes), Decimal(0)),
        sum(money, Decimal(0)) if money else None,
    )
