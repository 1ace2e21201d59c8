"""The groups of constraints: what is the same for all of one kind of question.

A group is a field of ``unknown`` and of ``giving_up`` in the requirements.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple


class ConstraintGroup(NamedTuple):
    """What a group of constraints has in common."""

    name: str
    """As in ``unknown`` and ``giving_up``."""
    unknown: str
    """What is accepted where its unknown is: "accept data terms that are not known"."""
    usd_per_month: Decimal
    """What giving one of them up counts as, unless the requirements say; where it is moved by degrees, the most."""
    rests_on: str | None = None
    """What an outcome rests on where that is no single fact of the offering."""
    can_be_looked_up: bool = True
    """Whether somebody could have put it on record: accepted though unknown, it puts a candidate behind its equal."""


LICENSE = ConstraintGroup(
    "license", "licenses that do not say whether the use is allowed", Decimal(5000), rests_on="license"
)
DATA = ConstraintGroup("data", "data terms that are not known", Decimal(2000))
DEPLOYMENT = ConstraintGroup("deployment", "that it is not known where it can run", Decimal(1000))
NEEDS = ConstraintGroup("needs", "abilities that are not known", Decimal(500))
QUALITY = ConstraintGroup(
    "quality", "quality that is not known", Decimal(1000), rests_on="quality", can_be_looked_up=False
)
LANGUAGES = ConstraintGroup("languages", "languages that are not known", Decimal(1000))
LATENCY = ConstraintGroup("latency", "latency that is not known", Decimal(300), can_be_looked_up=False)
RETIREMENT = ConstraintGroup("retirement", "that no retirement is on record", Decimal(200), can_be_looked_up=False)
COST = ConstraintGroup("cost", "a cost that is not known", Decimal(500), rests_on="price")

GROUPS: Mapping[str, ConstraintGroup] = {
    one.name: one for one in (LICENSE, DATA, DEPLOYMENT, NEEDS, QUALITY, LANGUAGES, LATENCY, RETIREMENT, COST)
}
"""By name."""
