"""``advisor monitor --traffic``: the logs' traffic as an edit of the requirements, and the bill beside the estimate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.cli.diagnostics import say
from advisor.errors import AdvisorError
from advisor.files.paths import DECISION_FILE, REQUIREMENTS_FILE
from advisor.monitor.traffic import Traffic, prompts, traffic
from advisor.probe.served_models import is_same_model
from advisor.reports.monitor_traffic import BillRecord, TrafficRecord

if TYPE_CHECKING:
    from advisor.engine.port import Engine
    from advisor.requirements.schema import Requirements

_WHOLE_DAYS = 7
"""A log of fewer days does not hold a week's rhythm."""


def traffic_records(engine: Engine, where: str, bill: float | None, day: date) -> tuple[TrafficRecord, ...]:
    """Return the traffic of each workload of ``advisor.yaml`` here, or of all calls where there is none.

    Calls belong to a workload by the name of their prompt; to the only one, all of them.
    """
    requirements = _requirements()
    names = [one.name for one in requirements.workloads] if requirements else []
    known = set(prompts(engine, where))
    told = [(name, name) for name in names if name in known] if len(names) > 1 else [(one, None) for one in names]
    records = list[TrafficRecord]()
    for workload, prompt in told or [(None, None)]:
        found = traffic(engine, where, prompt)
        if found is not None:
            stated = _stated(requirements, workload)
            notes = tuple(_notes(found, names, workload))
            records.append(TrafficRecord(workload, found, tuple(_edit(found, stated)), None, notes))
    if requirements and len(records) == 1:
        records = [records[0]._replace(bill=_bill(records[0], requirements, bill, day))]
    return tuple(records)


def _requirements() -> Requirements | None:
    if not Path(REQUIREMENTS_FILE).is_file():
        return None
    from advisor.requirements.file import load_requirements

    try:
        return load_requirements(Path(REQUIREMENTS_FILE))
    except AdvisorError as error:
        say(f"left out: {error.message}")
        return None


def _stated(requirements: Requirements | None, workload: str | None) -> Mapping[str, Any]:
    for one in requirements.workloads if requirements else ():
        if one.name == workload and one.traffic is not None:
            return one.traffic.model_dump(mode="json")
    return {}


def _figures(found: Traffic) -> dict[str, Any]:
    """Return what the requirements can state of a traffic, rounded to what is known of it."""
    share = found.cached_input_share
    figures: dict[str, Any] = {
        "requests_per_month": round(found.requests_per_month),
        "input_tokens": _rounded(found.input_tokens),
        "output_tokens": _rounded(found.output_tokens),
        "reasoning_tokens": _rounded(found.reasoning_tokens),
        "cached_input_share": None if share is None else round(share, 3),
        "peak_hours_utc": [found.peak_hours_utc] if found.peak_hours_utc else None,
        "busiest_minute_requests": found.busiest_minute_requests,
        "images_per_request": None if found.images_per_request is None else round(found.images_per_request, 3),
    }
    return {name: value for name, value in figures.items() if value is not None}


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def _edit(found: Traffic, stated: Mapping[str, Any]) -> Iterator[str]:
    yield "traffic:"
    for name, value in _figures(found).items():
        shown = (
            f'["{value[0]}"]' if isinstance(value, list) else f"{value:_}" if isinstance(value, int) else f"{value:g}"
        )
        now = stated.get(name)
        yield f"  {name}: {shown}" + (f"  # stated: {now}" if now not in (None, [], ()) else "")


def _notes(found: Traffic, names: Sequence[str], workload: str | None) -> Iterator[str]:
    if workload is None and names:
        yield (
            f"{REQUIREMENTS_FILE} has the workloads {', '.join(names)} and no call has a prompt of such a name: "
            "these are all calls."
        )
    if found.days < _WHOLE_DAYS:
        yield f"From {found.days:.1f} days alone, which do not show a week's rhythm."
    if found.faults:
        yield f"{found.faults:,} calls that ended with a fault are not counted."
    if found.input_tokens is None or found.output_tokens is None:
        yield "The log does not say how many tokens; keep what is stated."


def _bill(one: TrafficRecord, requirements: Requirements, given: float | None, day: date) -> BillRecord | None:
    """Return the bill beside the estimates for the candidate that serves; None without a bill or such a candidate."""
    billed = given if given is not None else one.measured.usd_per_month
    if billed is None or one.workload is None:
        return None
    from advisor.catalog import load_catalog
    from advisor.requirements.traffic_schema import Traffic as Stated
    from advisor.solver.constraints.budget import KIND as BUDGET

    catalog = load_catalog(day)
    figures = {name: value for name, value in _figures(one.measured).items() if name != "busiest_minute_requests"}
    (workload,) = [each for each in requirements.workloads if each.name == one.workload]
    stated_now = workload.traffic.model_dump(exclude_none=True) if workload.traffic else {}
    if one.measured.input_tokens is None or one.measured.output_tokens is None:
        return None
    logged = workload.model_copy(update={"traffic": Stated.model_validate({**stated_now, **figures})})
    candidate = None
    estimates = list[float | None]()
    for stated in (workload, logged):
        # What it costs is asked, not whether it may.
        each = stated.model_copy(update={(BUDGET.key or "").rpartition(".")[2]: None})
        asked = requirements.model_copy(
            update={"workloads": tuple(each if other.name == each.name else other for other in requirements.workloads)}
        )
        candidate, estimate = _estimate(catalog, asked, each.name, candidate, one.measured.models)
        estimates.append(estimate)
    if candidate is None:
        return None
    off = [None if value is None or not billed else 100 * (value - billed) / billed for value in estimates]
    return BillRecord(candidate, billed, "--bill" if given is not None else "log", *estimates, *off)


def _estimate(
    catalog: Any, requirements: Requirements, workload: str, candidate: str | None, models: Mapping[str, int]
) -> tuple[str | None, float | None]:
    """Return the candidate that serves, and what it costs a month now."""
    from advisor.solver import advise

    (answer,) = [one for one in advise(catalog, requirements).workloads if one.workload == workload]
    candidate = candidate or _decided(workload)
    standing = answer.standing(candidate) if candidate else None
    if standing is None:
        standing = next((one for one in answer.standings for name in models if is_same_model(name, _names(one))), None)
    if standing is None or standing.cost is None:
        return candidate, None
    return standing.id, float(standing.cost.usd_per_month_now)


def _names(standing: Any) -> tuple[str, ...]:
    offering = standing.candidate.offering
    return tuple(name for name in (offering.api_name, offering.model.id, *offering.model.aliases) if name)


def _decided(workload: str) -> str | None:
    if not Path(DECISION_FILE).is_file():
        return None
    from advisor.decision.lock_file import load

    try:
        decision, _ = load(Path(DECISION_FILE))
    except AdvisorError:
        return None
    return next((one.chosen for one in decision.workloads if one.workload == workload), None)
