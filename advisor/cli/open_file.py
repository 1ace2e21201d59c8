"""``advisor FILE``: open the questionnaire on a file."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path

import click

from advisor.cli.diagnostics import printable
from advisor.errors import UsageError


@click.command(hidden=True)
@click.argument("file", type=click.Path(path_type=Path))
def open_file(file: Path) -> int:
    """Open FILE in the questionnaire; one that does not exist is where the answers are saved."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        name = printable(str(file))
        raise UsageError(f"{name}: opening it takes a terminal", hint=f"`advisor recommend {name}` prints the answer")
    gc.enable()
    # The two front ends stand side by side; neither imports the other.
    return int(import_module("advisor.tui").run(file))
