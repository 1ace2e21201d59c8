"""A constraint as one record: how it is made, tested, told, drawn under doubt, settled, relaxed and dropped.

A new constraint is a file here with such a record, named in :mod:`advisor.solver.constraints.registry`, its field in
the requirements and its question in ``catalog/questionnaire.yaml``. Whoever deals with constraints asks the record.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.catalog.records import Candidate
from advisor.requirements.questionnaire.questions import WORKLOAD
from advisor.solver.constraints.base import GroupKey, TestResult, Threshold, WorkloadQuestion
from advisor.solver.constraints.group import ConstraintGroup

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements, Workload


class Constraint(NamedTuple):
    """One requirement of one workload, ready to be asked of candidates.

    ``key`` tells two constraints apart: equal keys give equal outcomes for the same catalog, so that an answer
    is computed once while a person changes other answers.
    """

    kind: ConstraintKind
    required: str
    key: Hashable
    test: Callable[[Candidate], TestResult]
    shared: GroupKey | None = None
    """None: each candidate has its own outcome."""
    graded: Threshold | None = None
    """None: it is no matter of degrees."""
    part: str | None = None
    """Which one it is where a kind makes several: the use, the language."""

    @property
    def id(self) -> str:
        """What it is known by: its kind's id, with the part after a dot."""
        return self.kind.id if self.part is None else f"{self.kind.id}.{self.part}"

    @property
    def group(self) -> str:
        """Its name in ``unknown`` and ``giving_up`` of the requirements."""
        return self.kind.group.name


class RequirementChange(NamedTuple):
    """A change in words and as values by dotted key; None takes the key out."""

    words: str
    edits: Mapping[str, Any]
    counts_as_usd: Decimal
    usd_per_month: Decimal | None = None
    """What it costs a month, where it costs money."""


class FailedConstraint(NamedTuple):
    """One constraint that one candidate fails, in its requirements."""

    requirements: Requirements
    workload: Workload
    constraint: Constraint
    outcome: TestResult

    @property
    def key(self) -> str:
        """The dotted key that asks it, with the workload's name where it is the workload's."""
        key = self.constraint.kind.key or ""
        return f"{WORKLOAD}{self.workload.name}.{key.removeprefix(WORKLOAD)}" if key.startswith(WORKLOAD) else key

    @property
    def price(self) -> Decimal:
        """What giving the whole constraint up counts as."""
        group = self.constraint.kind.group
        stated = getattr(self.requirements.giving_up, group.name, None)
        return group.usd_per_month if stated is None else Decimal(stated)


class OwnFigure(NamedTuple):
    """Which of the user's own measurements a constraint is held against, and its bound."""

    quantity: str
    bound: float
    at_most: bool = False
    multiplies: bool = False
    """Whether its error multiplies (as that of times does) or adds."""

    def is_kept_by(self, value: float) -> bool:
        """Whether a figure is on the right side of the bound."""
        return value <= self.bound if self.at_most else value >= self.bound


class OpenQuestion(NamedTuple):
    """An unknown that keeps an answer undecided."""

    workload: Workload
    candidates: str
    """The names to measure, with spaces between."""


Change = Callable[[FailedConstraint], RequirementChange | None]
Settling = Callable[[OpenQuestion], str | None]


class ConstraintKind(NamedTuple):
    """All that there is to say about a constraint."""

    id: str
    """Of the constraints that it makes, or what their ids begin with before a dot."""
    group: ConstraintGroup
    key: str | None
    """The dotted key of the requirements that asks it, as the questionnaire names it; None where no answer does."""
    make: Callable[[WorkloadQuestion], Iterator[Constraint]]
    """The constraints that the requirements set; none where they ask nothing of the kind."""
    change: Change
    """The least change under which a candidate that violates it passes; None if no edit does it."""
    settle: Settling = lambda _: None
    """How an unknown is settled, as a command in words; None: by asking the channel."""
    is_drawn: bool = False
    """Whether what it is held against has an error, so that doubt draws it again."""
    own_figure: Callable[[Workload], OwnFigure | None] = lambda _: None
    """The own measurement that it is held against; None where it is held against what the catalog has."""
    is_probed: bool = False
    """Whether that measurement is one that a probe takes."""
    is_traded: bool = False
    """Whether it sets quality against money: the ladder steps over it, and a table of own results stands in for it."""
    is_of_team: bool = False
    """Whether it asks of the team's own means, so that nothing of it is unknown of a model that the catalog lacks."""
    when_fixed: str | None = None
    """What to say of a candidate that fails this alone, where no edit can be named."""

    def is_of(self, constraint: str) -> bool:
        """Whether a constraint's id is one of its own."""
        return constraint == self.id or constraint.startswith(f"{self.id}.")

    def is_asked_by(self, key: str) -> bool:
        """Whether the answer to a question with this key sets it."""
        return self.key is not None and (key == self.key or key.startswith(f"{self.key}."))


def dropped(words: str, *, value: object = None) -> Change:
    """Return the change that gives a constraint up: its key is taken out or set to a value."""
    return lambda failing: RequirementChange(words, {failing.key: value}, failing.price)


def by_degrees(moved: Change, otherwise: Change) -> Change:
    """Return the change that moves a bound as far as needed, else another."""
    return lambda failing: moved(failing) or otherwise(failing)


def no_change(_: FailedConstraint) -> None:
    """No edit of the requirements does it."""


def by_probe(open_: OpenQuestion) -> str:
    """Settle it by measuring the candidates on this user's key."""
    return f"measure it: `advisor probe {open_.candidates} --requests 100`"


def by_own_cases(open_: OpenQuestion) -> str:
    """Settle it by measuring the candidates on this user's cases."""
    return f"measure it on your own cases: `advisor eval CASES {open_.candidates}`"
