"""Every constraint is one record; of these, knowledge until a month, no preview, not older than a day."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import advisor
from advisor.errors import RequirementsError
from advisor.requirements.file import parse_requirements
from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.requirements.schema import RelaxationPrices, Requirements, UnknownRules
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.constraints.group import GROUPS
from advisor.solver.constraints.registry import KINDS, kind_for
from tests.made_catalogs import Document, catalog, document, model, offering, price

DAY = date(2026, 11, 23)
TRAFFIC = {"requests_per_month": 1_000, "input_tokens": 1_000, "output_tokens": 100}


def world() -> Document:
    """What each knows and when it was released: old, new, silent about both, and a preview."""
    known: dict[str, dict[str, Any]] = {
        "old": {"knowledge_cutoff_date": "2024-06-01", "released_date": "2024-10-01"},
        "new": {"knowledge_cutoff_date": "2026-01-31", "released_date": "2026-08-05"},
        "silent": {},
        "new-preview": {"knowledge_cutoff_date": "2026-03-01", "released_date": "2026-09-01"},
    }
    models = [model(name, quality={"general": (1500, 5)}, **facts) for name, facts in known.items()]
    return document(models, [offering(name, prices=[price("1", "5")]) for name in known])


def answer(needs: dict[str, Any], **stated: Any) -> WorkloadAdvice:
    asked = Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, "needs": needs}]} | stated)
    return advise(catalog(world(), DAY), asked).workloads[0]


def passing(found: WorkloadAdvice) -> set[str]:
    return {standing.candidate.offering.model.id for standing in found.standings}


@pytest.mark.parametrize(
    ("month", "models"),
    [
        ("2024-06", {"old", "new", "new-preview"}),
        ("2024-07", {"new", "new-preview"}),
        ("2026-01", {"new", "new-preview"}),
        ("2026-02", {"new-preview"}),
        ("2026-04", set()),
    ],
)
def test_a_month_counts_to_its_end_and_unknown_is_no_yes(month: str, models: set[str]) -> None:
    assert passing(answer({"knowledge_cutoff": month})) == models


def test_an_unknown_cutoff_passes_where_it_is_accepted() -> None:
    found = answer({"knowledge_cutoff": "2025-01"}, unknown={"needs": "accept"})
    assert passing(found) == {"new", "silent", "new-preview"}


@pytest.mark.parametrize(
    ("release", "models"),
    [
        ({}, {"old", "new", "silent", "new-preview"}),
        ({"preview": False}, {"old", "new", "silent"}),
        ({"not_older_than": "2026-08-05"}, {"new", "new-preview"}),
        ({"not_older_than": date(2026, 8, 6)}, {"new-preview"}),
        ({"preview": False, "not_older_than": "2026-01-01"}, {"new"}),
    ],
)
def test_a_release_is_no_preview_and_not_older(release: dict[str, Any], models: set[str]) -> None:
    assert passing(answer({"release": release})) == models


def test_what_to_relax_is_the_least_that_does_it() -> None:
    found = answer({"knowledge_cutoff": "2026-04"})
    assert found.relaxations[0].edits == {"workloads.job.needs.knowledge_cutoff": "2026-03"}
    assert found.relaxations[0].lets_in == ("host/new-preview",)
    young = answer({"release": {"not_older_than": "2026-10-01"}})
    assert young.relaxations[0].edits == {"workloads.job.needs.release.not_older_than": "2026-09-01"}
    assert young.relaxations[0].lets_in == ("host/new-preview",)


def test_a_cause_names_its_fact_and_what_was_found() -> None:
    found = answer({"knowledge_cutoff": "2026-02", "release": {"preview": False}})
    causes = {
        (out.candidate.offering.model.id, cause.constraint): (cause.fact, cause.found)
        for out in found.excluded
        for cause in out.because
    }
    assert causes["new", "needs.knowledge_cutoff"] == ("knowledge_cutoff_date", "knowledge until 2026-01")
    assert causes["new-preview", "needs.release.preview"] == ("release_stage", "a preview")
    assert causes["silent", "needs.knowledge_cutoff"] == ("knowledge_cutoff_date", "unknown")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("knowledge_cutoff: soon", "knowledge_cutoff"),
        ("knowledge_cutoff: 2025-13", "knowledge_cutoff"),
        ("release: {not_older_than: 2025-02-30}", "not_older_than"),
        ("release: {previews: false}", "previews"),
    ],
)
def test_what_is_no_month_or_day_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(RequirementsError, match=said):
        parse_requirements(f"workloads:\n  - name: job\n    needs:\n      {text}\n")


def test_a_file_states_them_as_it_states_everything_else() -> None:
    text = (
        "workloads:\n  - name: job\n    needs:\n      knowledge_cutoff: 2025-06\n"
        "      release: {preview: false, not_older_than: 2025-01-31}\n"
    )
    needs = parse_requirements(text).requirements.workloads[0].needs
    assert (needs.knowledge_cutoff, needs.release.not_older_than) == ("2025-06", "2025-01-31")


def test_every_record_answers_to_its_own_constraints_alone() -> None:
    assert [kind_for(kind.id) for kind in KINDS] == list(KINDS)
    assert [kind_for(f"{kind.id}.x") for kind in KINDS] == list(KINDS)
    with pytest.raises(LookupError, match=r"data\.nothing"):
        kind_for("data.nothing")


def test_every_record_has_its_question_and_no_question_of_a_constraint_lacks_its_record() -> None:
    keys = [question.key for question in load_questionnaire().questions]
    unasked = [kind.id for kind in KINDS if not any(kind.is_asked_by(key) for key in keys)]
    assert unasked == ["deployment.in_service", "needs.effort"]  # what the catalog reports, and nobody asks
    blocks = ("data.", "workloads.needs.", "workloads.quality.", "workloads.latency.")
    asking = [key for key in keys if key.startswith(blocks) or key == "workloads.budget_usd_per_month"]
    assert [key for key in asking if sum(kind.is_asked_by(key) for kind in KINDS) != 1] == []


def test_the_groups_are_those_of_the_requirements() -> None:
    assert set(GROUPS) == set(UnknownRules.model_fields) == set(RelaxationPrices.model_fields)
    assert {kind.group.name for kind in KINDS} == set(GROUPS)


def written_outside() -> Iterator[tuple[str, str]]:
    """Yield the texts above the requirements that are a constraint's id or key, with their file."""
    ids = {kind.id for kind in KINDS}
    keys = {kind.key.removeprefix("workloads.") for kind in KINDS if kind.key and "." in kind.key}
    named = {one for one in ids | keys if "." in one or "_" in one}
    folder = Path(advisor.__file__).parent
    own = folder / "solver" / "constraints"
    rooms = ("solver", "portfolio", "decision", "scan", "reports", "tui", "mcp", "cli")
    for path in sorted(path for room in rooms for path in (folder / room).rglob("*.py") if own not in path.parents):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.removeprefix("workloads.").removesuffix(".")
                parts = text.split(".")
                begins = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
                if named & begins:
                    yield str(path.relative_to(folder)), node.value


def test_no_constraint_and_no_key_of_one_is_written_outside_its_record() -> None:
    assert dict(written_outside()) == {}


def test_doubt_is_told_of_a_floor_in_a_dimension_that_nothing_was_measured_in() -> None:
    asked = {"name": "job", "dimension": "coding", "traffic": TRAFFIC, "quality": {"within_points_of_best": 10}}
    found = advise(catalog(world(), DAY), Requirements.model_validate({"workloads": [asked]})).workloads[0]
    assert found.stability.contenders > 0
