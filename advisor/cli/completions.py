"""``advisor completions``: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click

from advisor.cli.diagnostics import ExitCode


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completions(shell: str) -> int:
    """Print a completion script for SHELL.

    \b
    Examples:
      advisor completions bash >> ~/.bashrc
      advisor completions fish > ~/.config/fish/completions/advisor.fish
    """
    from click.shell_completion import get_completion_class

    from advisor.cli import advisor

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(found(advisor, {}, "advisor", "_ADVISOR_COMPLETE").source())
    return ExitCode.CLEAN
