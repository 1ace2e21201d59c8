"""How many tokens a second an answer comes at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    GroupKey,
    MeasurementIndex,
    TestResult,
    WorkloadQuestion,
    is_self_hosted,
)
from advisor.solver.constraints.group import LATENCY
from advisor.solver.constraints.kind import (
    Constraint,
    ConstraintKind,
    FailedConstraint,
    OwnFigure,
    RequirementChange,
    by_degrees,
    by_probe,
    dropped,
)
from advisor.solver.constraints.measured import by_measurement
from advisor.solver.constraints.own_hardware import Hosting, hosting, speed_bound
from advisor.solver.thinking import TokensOf

if TYPE_CHECKING:
    from advisor.requirements.schema import Workload

QUANTITY = "output_tokens_per_s"
GUARANTEED, CLAIMED = "guaranteed_output_tokens_per_s", "claimed_output_tokens_per_s"
_PROMISES = frozenset({GUARANTEED, CLAIMED})


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    least, day, measured = question.workload.latency.output_tokens_per_s, question.catalog.as_of, question.measured
    if least is None:
        return
    asked, tokens_of = hosting(question), TokensOf(question)
    yield Constraint(
        KIND,
        f"at least {least:,g} tokens a second",
        ("tokens_per_s", least, measured, asked, day),
        lambda candidate: _test(
            candidate, least, measured, asked.thinking(tokens_of(candidate).hidden.low), question.catalog
        ),
        GroupKey(("tokens_per_s", measured), lambda candidate: _basis(candidate, measured)),
    )


def _basis(candidate: Candidate, measured: MeasurementIndex) -> tuple[int, str | None]:
    """Return what is known of a speed: the measurement, and on own accelerators all that bounds it."""
    promised = candidate.offering.facts.has_any(_PROMISES)
    has_own = is_self_hosted(candidate) or promised
    return id(measured.find(candidate, QUANTITY)), candidate.id if has_own else None


def _test(
    candidate: Candidate, least: float, measured: MeasurementIndex, asked: Hosting, catalog: Catalog
) -> TestResult:
    """By measurement; what nobody measured on own accelerators by what their memory allows at most."""
    if measured.find(candidate, QUANTITY) is None:
        bound = speed_bound(candidate, least, asked, catalog) if is_self_hosted(candidate) else None
        found = bound or _promised(candidate, least, catalog)
        if found is not None:
            return found
    return by_measurement(candidate, OwnFigure(QUANTITY, least), measured, "tokens a second")


def _promised(candidate: Candidate, least: float, catalog: Catalog) -> TestResult | None:
    """Return what its maker guarantees at this tier satisfies; what it claims never does."""
    guaranteed = candidate.offering.fact(GUARANTEED, catalog.as_of)
    if candidate.tier == "priority" and guaranteed.is_usable and guaranteed.value >= least:
        words = f"{guaranteed.value:,g} tokens a second guaranteed by its maker"
        return TestResult(SATISFIED, words, guaranteed.source)
    claimed = candidate.offering.fact(CLAIMED, catalog.as_of)
    if claimed.is_usable:
        words = f"not measured; its maker claims {claimed.value:,g} tokens a second"
        return TestResult(UNKNOWN, words, claimed.source)
    return None


def _own_figure(workload: Workload) -> OwnFigure | None:
    least = workload.latency.output_tokens_per_s
    return None if least is None else OwnFigure(QUANTITY, least, multiplies=True)


def _slower(failing: FailedConstraint) -> RequirementChange | None:
    """Move the bound to what was found; the interval then holds it, so the answer is asked and no longer no."""
    wanted, short = failing.workload.latency.output_tokens_per_s, failing.outcome.short_by
    if not wanted or not short or wanted <= short:
        return None
    bound = wanted - short
    return RequirementChange(f"accept {bound:,.0f} tokens a second", {failing.key: bound}, failing.price)


KIND = ConstraintKind(
    "latency.output_tokens_per_s",
    LATENCY,
    "workloads.latency.output_tokens_per_s",
    _make,
    by_degrees(_slower, dropped("drop the least decoding speed")),
    by_probe,
    is_drawn=True,
    own_figure=_own_figure,
    is_probed=True,
)
