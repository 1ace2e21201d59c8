"""``advisor info``: what is in use, which place says so, and whether it works."""

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
    """Say which catalog, files and settings are in use, what is installed, and what does not work; keys by name alone.

    Ends with 1 if a check fails.

    \b
    Examples:
      advisor info
      advisor info -f json
    """
    from advisor.catalog import load_catalog
    from advisor.catalog.compiled_file import COMPILED
    from advisor.catalog.user_catalog import in_use
    from advisor.cli import installation
    from advisor.cli.info_checks import checks
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
    found = list(checks(catalog, os.environ))
    if form == "json":
        click.echo(json.dumps({**facts, "checks": [one._asdict() for one in found]}, indent=2))
    else:
        width = max(len(name) for name in (*facts, *(one.name for one in found)))
        for name, value in facts.items():
            click.echo(f"{name.ljust(width)}  {value}")
        click.echo("")
        for one in found:
            mend = f" -> {one.mend}" if one.mend else ""
            click.echo(f"{one.name.ljust(width)}  {one.state.ljust(5)}  {one.says}{mend}")
    return ExitCode.FINDINGS if any(one.state == "fails" for one in found) else ExitCode.CLEAN
