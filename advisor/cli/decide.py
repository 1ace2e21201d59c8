"""``advisor decide``: commit the answer, with every fact it rests on, to a file beside the code."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import as_of
from advisor.errors import DecisionError

if TYPE_CHECKING:
    from advisor.catalog import Catalog
    from advisor.facts import Measurement
    from advisor.requirements.records import Requirements
    from advisor.solver.portfolio.records import Choice


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--template", metavar="NAME", help="Start from a ready-made file instead, for instance support-bot.")
@click.option(
    "--choose",
    multiple=True,
    metavar="[WORKLOAD=]CANDIDATE",
    help="Choose another candidate that passes; may be repeated, one for each workload.",
)
@click.option(
    "--lock",
    type=click.Path(path_type=Path),
    default=Path("advisor.lock"),
    show_default=True,
    help="Where to write it.",
)
@as_of
def decide(file: Path | None, template: str | None, choose: tuple[str, ...], lock: Path, as_of: date | None) -> int:
    """Write the recommendation for FILE (advisor.yaml by default) to advisor.lock, to be committed and checked.

    Ends with 0 when it is written, 3 when it is written and hangs on something unknown.

    \b
    Examples:
      advisor decide
      advisor decide --choose support-bot=openai/gpt-6-luna@eu~max
    """
    from advisor.catalog import load_catalog
    from advisor.cli.sources import probed, read_requirements
    from advisor.decision.deciding import decide as make
    from advisor.decision.lockfile import save
    from advisor.requirements.names import require_known_names
    from advisor.solver import advise

    name, requirements = read_requirements(file, template)
    catalog = load_catalog(as_of)
    require_known_names(requirements, catalog, name)
    measurements = probed(catalog.as_of)
    advice = advise(catalog, requirements, measurements=measurements)
    choices = _choices(choose, tuple(answer.workload for answer in advice.workloads))
    if requirements.portfolio is not None:
        planned = plan_choices(requirements, catalog, measurements)
        choices = {one.workload: one.way.id for one in planned if len(one.way.parts) == 1} | choices
    decision = make(advice, requirements, catalog, name, choices=choices, measurements=measurements)
    save(decision, lock)
    for locked in decision.workloads:
        say(f"{locked.workload}: {locked.chosen} ({locked.status})")
    say(f"written to {lock}")
    hint(f"commit {lock}; `advisor check` says whether it still stands")
    undecided = any(locked.status == "undecided" for locked in decision.workloads)
    return ExitCode.UNDECIDED if undecided else ExitCode.CLEAN


def plan_choices(
    requirements: Requirements, catalog: Catalog, measurements: tuple[Measurement, ...]
) -> tuple[Choice, ...]:
    """What the plan of all workloads together chooses: each leader by itself might break what they share.

    Raises DecisionError if there is no plan.
    """
    from advisor.solver.portfolio.from_catalog import pose_catalog
    from advisor.solver.portfolio.plan import plan
    from advisor.solver.portfolio.posing import Limits

    posed = pose_catalog(catalog, requirements, Limits(), measurements)
    found = plan(posed.problem) if not posed.unserved else None
    if found is None or not found.choices:
        raise DecisionError(
            "no plan keeps what the workloads share, so there is nothing to decide",
            hint="`advisor recommend` shows the conflict and the cheapest ways out",
        )
    return found.choices


def _choices(choose: tuple[str, ...], workloads: tuple[str, ...]) -> dict[str, str]:
    """By workload; without a workload's name the choice is for the only one."""
    chosen: dict[str, str] = {}
    for text in choose:
        name, mark, candidate = text.partition("=")
        if not mark and len(workloads) > 1:
            raise click.UsageError(f"--choose {text}: expected WORKLOAD=CANDIDATE, one of {', '.join(workloads)}")
        workload = name if mark else workloads[0]
        if workload in chosen:
            raise click.UsageError(f"--choose: {workload} is named twice")
        chosen[workload] = candidate if mark else name
    return chosen
