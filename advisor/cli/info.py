"""``advisor info``: what is in use, and which place says so."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path

import click

from advisor.cli.diagnostics import ExitCode
from advisor.cli.inputs import DEFAULT_FILE
from advisor.cli.options import as_of
from advisor.facts import today
from advisor.version import __version__

ENVIRONMENT = ("HF_ENDPOINT", "HF_HUB_OFFLINE", "NO_COLOR", "TIKTOKEN_CACHE_DIR", "XDG_CACHE_HOME", "ADVISOR_DEBUG")
"""The variables that change what advisor does; none of them is a secret."""


@click.command()
@as_of
@click.option("--online", is_flag=True, help="Ask whether the Hub answers.")
@click.option("-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def info(as_of: date | None, online: bool, form: str) -> int:
    """Say which catalog, files and settings are in use, and what is installed; keys by name alone.

    \b
    Examples:
      advisor info
      advisor info -f json
    """
    from advisor.catalog import load_catalog
    from advisor.catalog.compiled_file import COMPILED
    from advisor.catalog.user_catalog import in_use
    from advisor.cli import installation
    from advisor.files.paths import cache_folder

    catalog = load_catalog(as_of)
    facts = {
        "advisor": __version__,
        "python": sys.version.split()[0],
        "packages": installation.packages(),
        "extras": installation.extras(),
        "as of": catalog.as_of.isoformat(),
        "catalog": f"{catalog.version} ({catalog.sha256[:12]}), {in_use(COMPILED)}",
        "newest fact": f"{catalog.newest_read}, {(today() - catalog.newest_read).days} days ago",
        "holds": f"{len(catalog.models)} models, {len(catalog.offerings)} offerings, {len(catalog.channels)} channels, "
        f"{len(catalog.licenses)} licenses",
        "can be had": f"{len(catalog.candidates)} candidates on {catalog.as_of}",
        "keys": installation.keys({channel.litellm_prefix or channel.id for channel in catalog.channels.values()}),
        "Hub": installation.hub(ask=online),
        "cache": installation.cache(cache_folder()),
        "requirements": str(DEFAULT_FILE.resolve()) if DEFAULT_FILE.exists() else f"no {DEFAULT_FILE} in {Path.cwd()}",
    }
    facts |= {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    if form == "json":
        click.echo(json.dumps(facts, indent=2))
    else:
        width = max(map(len, facts))
        for name, value in facts.items():
            click.echo(f"{name.ljust(width)}  {value}")
    return ExitCode.CLEAN
