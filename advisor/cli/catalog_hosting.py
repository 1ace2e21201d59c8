"""``advisor catalog hosting``: do open weights fit on own accelerators, and how fast can they be there at most."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import click

from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.options import Amount, as_of, report_options, write_reports
from advisor.errors import UnknownName

FORMATS = {"table": "", "json": ""}
MOST_TOKENS = 100_000_000
PRECISIONS = ("bf16", "fp16", "fp8", "int8", "mxfp4", "fp4", "nvfp4", "int4")


@click.command()
@click.argument("name", metavar="MODEL")
@click.option("--gpu", "gpu_id", required=True, metavar="ID", help="The accelerator, for instance h100-80gb.")
@click.option("--count", type=click.IntRange(1, 100_000), default=1, show_default=True, help="How many of them.")
@click.option("--prompt-tokens", type=click.IntRange(0, MOST_TOKENS), default=2000, show_default=True)
@click.option("--answer-tokens", type=click.IntRange(0, MOST_TOKENS), default=500, show_default=True)
@click.option("--requests", type=click.IntRange(1, 1_000_000), default=1, show_default=True, help="At the same time.")
@click.option("--precision", type=click.Choice(PRECISIONS), help="The model's own by default.")
@click.option(
    "--usd-per-gpu-hour",
    type=Amount(),
    help="What one costs an hour, power and people included; a rental price on record by default.",
)
@as_of
@report_options(FORMATS)
def hosting(
    name: str,
    gpu_id: str,
    count: int,
    prompt_tokens: int,
    answer_tokens: int,
    requests: int,
    precision: str | None,
    usd_per_gpu_hour: Decimal | None,
    as_of: date | None,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
) -> int:
    """Estimate whether MODEL fits on your own accelerators, and the fastest that it can be there.

    Ends with 1 if it does not fit, with 3 if a fact that the estimate needs is unknown.
    """
    from advisor.catalog import load_catalog
    from advisor.facts import Ternary
    from advisor.reports.self_hosting import render
    from advisor.self_hosting.capacity import Load
    from advisor.self_hosting.estimate import estimate

    catalog = load_catalog(as_of)
    model = catalog.find_model(name)
    if gpu_id not in catalog.gpus:
        raise UnknownName("accelerator", gpu_id, tuple(sorted(catalog.gpus)))
    gpu = catalog.gpus[gpu_id]
    load = Load(
        longest_tokens=prompt_tokens + answer_tokens,
        mean_tokens=prompt_tokens + answer_tokens / 2,
        fresh_tokens=prompt_tokens,
        answer_tokens=answer_tokens,
        concurrency=requests,
    )
    found = estimate(model, gpu, count, load, catalog.as_of, precision=precision, usd_per_gpu_hour=usd_per_gpu_hour)
    if found is None:
        say(f"the number of parameters of {model.id} is unknown or not disclosed: there is nothing to estimate from")
        return ExitCode.UNDECIDED
    write_reports(forms, outputs, lambda form: render(form, catalog, (model, gpu, count, load), found))
    ends = {Ternary.SATISFIED: ExitCode.CLEAN, Ternary.VIOLATED: ExitCode.FINDINGS}
    return ends.get(found.fits, ExitCode.UNDECIDED)
