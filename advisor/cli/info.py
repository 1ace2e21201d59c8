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
from advisor.version import __version__

ENVIRONMENT = ("HF_ENDPOINT", "HF_HUB_OFFLINE", "NO_COLOR", "TIKTOKEN_CACHE_DIR", "XDG_CACHE_HOME", "ADVISOR_DEBUG")
"""The variables that change what advisor does; none of them is a secret."""


@click.command()
@as_of
@click.option("-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def info(as_of: date | None, form: str) -> int:
    """Say which catalog, files and settings are in use."""
    from advisor.catalog import load_catalog
    from advisor.catalog.compiled_file import COMPILED
    from advisor.catalog.user_catalog import in_use

    catalog = load_catalog(as_of)
    facts = {
        "advisor": __version__,
        "python": sys.version.split()[0],
        "as of": catalog.as_of.isoformat(),
        "catalog": f"{catalog.version} ({catalog.sha256[:12]}), {in_use(COMPILED)}",
        "holds": f"{len(catalog.models)} models, {len(catalog.offerings)} offerings, {len(catalog.channels)} channels, "
        f"{len(catalog.licenses)} licenses",
        "can be had": f"{len(catalog.candidates)} candidates on {catalog.as_of}",
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
