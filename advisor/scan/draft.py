"""Requirements to start from: what a repository uses today, as the floor that its successor must reach."""

from __future__ import annotations

from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.requirements.schema import Requirements
from advisor.scan.cheaper import DIMENSION
from advisor.scan.use import EndState, ModelUse, ScanResult, UseKind


class RequirementsDraft(NamedTuple):
    """Requirements with what was seen and what was assumed, as sentences for the head of the file."""

    requirements: Requirements
    notes: tuple[str, ...]


def draft_requirements(result: ScanResult, catalog: Catalog) -> RequirementsDraft:
    """One workload that asks for the quality of the model that the files name most often."""
    floor = _floor(result, catalog)
    workload: dict[str, object] = {
        "name": "in-use",
        "dimension": DIMENSION,
        "traffic": {"requests_per_month": 1_000, "input_tokens": 1_000, "output_tokens": 300},
    }
    if floor is not None:
        workload["quality"] = {"at_least": floor.model}
    content = {"schema_version": 1, "uses": ["commercial", "serve"], "workloads": [workload]}
    seen = tuple(_seen(use) for use in result.uses[:20])
    more = len(result.uses) - len(seen)
    assumed = (
        "Assumed, replace it with your own: the traffic, the dimension, the uses.",
        *(() if floor is None else (f"The floor is {floor.model}, which {len(floor.places)} lines name.",)),
    )
    notes = (
        f"Drafted by advisor ask --from-scan on {catalog.as_of} from {result.files} files.",
        *seen,
        *((f"and {more} more models",) if more > 0 else ()),
        *assumed,
    )
    return RequirementsDraft(Requirements.model_validate(content), notes)


def _floor(result: ScanResult, catalog: Catalog) -> ModelUse | None:
    """Return the model that most lines name and of which a quality is on record."""
    known = [use for use in result.uses if use.kind is UseKind.OFFERING and use.model in catalog.models]
    measured = [use for use in known if _is_measured(use, catalog)]
    return max(measured, key=lambda use: (len(use.places), use.name), default=None)


def _is_measured(use: ModelUse, catalog: Catalog) -> bool:
    model = catalog.models[use.model or ""]
    return any(catalog.quality(config, DIMENSION) is not None for config in model.configs)


def _seen(use: ModelUse) -> str:
    place = f"{use.places[0].path}:{use.places[0].line}"
    end = use.end
    when = {
        EndState.ENDED: f"ended {end.on or 'already'}",
        EndState.ENDING: f"ends {end.on}",
    }.get(end.state, "no end on record")
    return f"Seen: {use.name} ({place}), {when}."
