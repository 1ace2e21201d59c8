"""``advisor catalog add``: a fine-tune or a private deployment, a candidate like every other."""

from __future__ import annotations

from datetime import date

import click

from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.options import as_of
from advisor.errors import UsageError

RATES = ("input", "output", "cached_input", "cache_write")


@click.command()
@click.argument("model_id", metavar="ID", required=False)
@click.option("--base", metavar="MODEL", help="The model that it stands on.")
@click.option("--channel", metavar="CHANNEL", help="Who serves it; own-gpus for your own accelerators.")
@click.option("--region", metavar="REGION", help="The region that it is bound to.")
@click.option("--name", metavar="NAME", help="What people call it.")
@click.option("--api-name", metavar="NAME", help="What a request calls it; ID by default.")
@click.option("--input", "input_", metavar="USD", help="Per million input tokens.")
@click.option("--output", metavar="USD", help="Per million output tokens.")
@click.option("--cached-input", metavar="USD", help="Per million input tokens read from the cache.")
@click.option("--cache-write", metavar="USD", help="Per million input tokens written to the cache.")
@click.option(
    "--fact", "facts", multiple=True, metavar="NAME=VALUE", help="What differs from the base; may be repeated."
)
@click.option("--list", "listing", is_flag=True, help="List the models of your own that are kept.")
@click.option("--remove", metavar="ID", help="Take a model of your own out again.")
@as_of
def add(
    model_id: str | None,
    base: str | None,
    channel: str | None,
    region: str | None,
    name: str | None,
    api_name: str | None,
    input_: str | None,
    output: str | None,
    cached_input: str | None,
    cache_write: str | None,
    facts: tuple[str, ...],
    listing: bool,
    remove: str | None,
    as_of: date | None,
) -> int:
    """Add a model of your own: a fine-tune, under its ft: id as it is, or a private deployment.

    License, end of life and data terms come from its base and its channel; how good it is comes from your own cases
    (`advisor eval`). Without a price its cost is unknown, except on own-gpus, where it follows from the accelerators.

    \b
    Examples:
      advisor catalog add ft:gpt-4.1-mini:acme::Ab12 --base gpt-4.1-mini --channel openai --input 0.8 --output 3.2
      advisor catalog add support-7b --base qwen3-8b --channel own-gpus
      advisor catalog add --remove support-7b
    """
    from advisor.catalog import load_catalog
    from advisor.catalog.price_overlay import own_models_path
    from advisor.catalog.source.own_model import OwnModel, added, kept_sheet, removed, rendered
    from advisor.facts import today
    from advisor.files.atomic import replace_text

    path = own_models_path()
    sheet = kept_sheet(path)
    if listing:
        for one in sheet["models"]:
            click.echo(f"{one['id']}  on {one['base']}")
        return ExitCode.CLEAN
    if remove is not None:
        sheet = removed(sheet, remove)
    else:
        if model_id is None or base is None or channel is None:
            raise UsageError(
                "expected ID, --base and --channel",
                hint="for instance: advisor catalog add my-tune --base gpt-oss-20b --channel own-gpus",
            )
        given = dict(zip(RATES, (input_, output, cached_input, cache_write), strict=True))
        rates = {rate: usd for rate, usd in given.items() if usd is not None}
        own = OwnModel(model_id, base, channel, region, name, api_name, rates, _pairs(facts))
        day = as_of or today()
        sheet = added(sheet, own, load_catalog(day), today=day)
        prices = [raw["prices"] for raw in sheet["offerings"] if raw["model"] == model_id]
        if not rates and channel != "own-gpus":
            known = "taken from the channel's price for tuned models" if any(prices) else "so its cost is unknown"
            say(f"no price was given: {known}; --input and --output state yours")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, rendered(sheet), error=UsageError)
    say(f"{path}: {len(sheet['models'])} models of your own; every answer says so in the catalog's version")
    return ExitCode.CLEAN


def _pairs(facts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for fact in facts:
        name, equals, value = fact.partition("=")
        if not equals or not name:
            raise UsageError(f"--fact {fact}: expected NAME=VALUE, for instance retention_days=0")
        found[name] = value
    return found
