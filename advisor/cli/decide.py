"""``advisor decide``: commit the answer, with every fact it rests on, to a file beside the code."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import as_of
from advisor.files.paths import DECISION_FILE

if TYPE_CHECKING:
    from advisor.catalog import Catalog
    from advisor.decision.lock_schema import Decision


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
    default=Path(DECISION_FILE),
    show_default=True,
    help="Where to write it.",
)
@click.option(
    "--measurements",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Plan on your own results, as `advisor recommend --measurements` does.",
)
@click.option(
    "--pin",
    is_flag=True,
    help="Ask the Hub for the commit of each repository that runs on own accelerators, and write it down.",
)
@click.option(
    "--endpoint", metavar="URL", help="The Hub or a mirror that --pin asks; HF_ENDPOINT, else the public Hub."
)
@click.option("--unread", is_flag=True, help="Decide on scores although nobody has read an answer behind them.")
@as_of
def decide(
    file: Path | None,
    template: str | None,
    choose: tuple[str, ...],
    lock: Path,
    measurements: Path | None,
    pin: bool,
    endpoint: str | None,
    unread: bool,
    as_of: date | None,
) -> int:
    """Write the recommendation for FILE (advisor.yaml by default) to advisor.lock, to be committed and checked.

    Ends with 0 when it is written, 3 when it is written and depends on something unknown.

    \b
    Examples:
      advisor decide
      advisor decide --choose support-bot=openai/gpt-6-luna@eu~max
      advisor decide --measurements results.csv
      advisor decide --pin
    """
    from advisor.catalog import load_catalog
    from advisor.cli.inputs import measured, read_requirements, read_results
    from advisor.decision.decide import decide as make
    from advisor.decision.lock_file import save
    from advisor.requirements.check_names import require_known_names
    from advisor.solver import advise

    name, requirements = read_requirements(file, template)
    catalog = load_catalog(as_of)
    require_known_names(requirements, catalog, name)
    taken = measured(catalog.as_of)
    advice = advise(catalog, requirements, measurements=taken)
    choices = _choices(choose, tuple(answer.workload for answer in advice.workloads))
    if requirements.portfolio is None and measurements is None:
        decision = make(advice, requirements, catalog, name, choices=choices, measurements=taken)
    else:
        from advisor.decision.decide import require_workloads
        from advisor.decision.lock_plan import lock_plan
        from advisor.decision.plan_context import PlanContext, planned

        require_workloads(choices, [answer.workload for answer in advice.workloads])
        results = read_results(measurements, lock.parent) if measurements else None
        basis = PlanContext(catalog, requirements, taken, results)
        decision = lock_plan(basis, planned(basis, choices), advice, name)
    if not unread:
        from advisor.decision.unread import mark_unread

        marked = mark_unread(decision, requirements)
        if marked != decision:
            words = "nobody has read an answer behind the score: `advisor eval review SET --sample 10`, then the same"
            hint(f"{words} `advisor eval` again, which asks nothing; or --unread")
        decision = marked
    decision = _pinned(decision, catalog, endpoint, pin=pin or endpoint is not None)
    save(decision, lock)
    for locked in decision.workloads:
        beside = "".join(f", {one.role} {one.chosen}" for one in locked.beside)
        say(f"{locked.workload}: {locked.chosen}{beside} ({locked.status})")
    if decision.plan is not None:
        proof = "proven best" if decision.plan.proven else "not proven best"
        say(f"together: {decision.plan.score:.2f} for ${decision.plan.usd_per_month:,.2f} a month, {proof}")
    say(f"written to {lock}")
    hint(f"commit {lock}; `advisor check` says whether it still stands")
    undecided = any(locked.status == "undecided" for locked in decision.workloads)
    return ExitCode.UNDECIDED if undecided else ExitCode.CLEAN


def _pinned(decision: Decision, catalog: Catalog, endpoint: str | None, *, pin: bool) -> Decision:
    """Return the decision with the commits of what runs on own accelerators, where they are asked for."""
    from advisor.decision.pin import own_weights, pinned

    weights = own_weights(decision, catalog)
    if not weights:
        return decision
    if not pin:
        hint(f"`advisor decide --pin` writes the commit of {next(iter(weights.values())).repository}")
        return decision
    from advisor.licenses.evidence.hub import Hub

    return pinned(decision, catalog, Hub(endpoint), datetime.now(UTC).date())


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
