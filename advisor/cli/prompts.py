"""``advisor prompt``: versions of a prompt, what changed in words, and what that did to the score."""

from __future__ import annotations

from pathlib import Path

import click

from advisor.cli.options import report_options
from advisor.reports.formats import PAGES


@click.group()
def prompt_group() -> None:
    """Look at the versions of a prompt, and at what a change did to the score."""


@prompt_group.command()
@click.argument("path", type=click.Path(path_type=Path))
@report_options(PAGES)
def log(path: Path, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """List the versions of the prompt PATH in git, newest first, with what each scored."""
    from advisor.cli.prompt_report import report_log

    return report_log(path, forms, outputs)


@prompt_group.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@report_options(PAGES)
def diff(first: str, second: str, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Show what changed from A to B, word by word.

    A and B are files, FILE@REVISION of git, or, for the second, a revision of the first one's file.

    \b
    Example:
      advisor prompt diff prompts/support.md@HEAD~1 prompts/support.md
    """
    from advisor.cli.prompt_report import report_diff

    return report_diff(first, second, forms, outputs)


@prompt_group.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@report_options(PAGES)
def compare(first: str, second: str, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Say what the change from A to B did: words, score (paired, on kept answers), cases that flipped, cost.

    Ends with 0 when it is decided for each candidate, 3 when it is not, 4 when no kept answers are of both.

    \b
    Example:
      advisor prompt compare prompts/support.md@HEAD~1 prompts/support.md
    """
    from advisor.cli.prompt_report import report_comparison

    return report_comparison(first, second, forms, outputs)
