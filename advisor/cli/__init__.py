"""The command line: one file a command, imported when it is called."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

import click

from advisor.cli.diagnostics import ExitCode, guarded, hint, say
from advisor.version import __version__

COMMANDS: Mapping[str, tuple[str, str]] = {
    "scan": ("advisor.cli.scan:scan", "Find the models that a repository uses, and what becomes of them."),
    "recommend": ("advisor.cli.recommend:recommend", "Recommend a model for the requirements in a file."),
    "explain": ("advisor.cli.explain:explain", "Say why a model is in or out, and what would change that."),
    "compare": ("advisor.cli.compare:compare", "Put two to four models side by side."),
    "ask": ("advisor.cli.ask:ask", "Ask what you need, line by line, and write advisor.yaml."),
    "validate": ("advisor.cli.validate:validate", "Check a file and say in sentences what it asks for."),
    "probe": ("advisor.cli.probe:probe", "Measure the latency of candidates on your own key."),
    "eval": ("advisor.cli.evals:eval_group", "Evaluate candidates on your own cases, with proof."),
    "monitor": ("advisor.cli.monitor:monitor", "Read users' logs: outcomes first, then what changes."),
    "prompt": ("advisor.cli.prompts:prompt_group", "Show the versions of a prompt and what a change did to the score."),
    "check-license": ("advisor.cli.check_license:check_license", "Say what a model's license lets you do."),
    "decide": ("advisor.cli.decide:decide", "Write the decision and all it rests on to advisor.lock."),
    "check": ("advisor.cli.check:check", "Say whether the decision in advisor.lock still stands."),
    "license": (
        "advisor.cli.license:license_group",
        "Show, search and compare licenses; list obligations; watch them.",
    ),
    "catalog": ("advisor.cli.catalog:catalog", "Show, search, check and build the catalog."),
    "mcp": ("advisor.cli.mcp:mcp", "Serve agents over the Model Context Protocol."),
    "completions": ("advisor.cli.completions:completions", "Print a completion script for your shell."),
    "info": ("advisor.cli.info:info", "Say what is in use, and check that it works."),
}
"""Each command with where it is and its line of help, so that --help imports none of them."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Choose": ("ask", "recommend", "explain", "compare", "validate"),
    "May we use it": ("check-license", "license"),
    "Measure": ("probe", "eval", "monitor", "prompt"),
    "Keep it right": ("scan", "decide", "check"),
    "Data": ("catalog",),
    "Doors": ("mcp", "info", "completions"),
}
"""The commands by what they are for, in the order of the help."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called and lists them all without importing any."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names, in the order of the help."""
        return [name for names in GROUPS.values() for name in names]

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """Return the command of that name."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by what they are for, from the tables."""
        for title, names in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, COMMANDS[name][1]) for name in names])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command meant, or a usage error that names the nearest ones.

        ``help`` and ``version``, which other programs have as commands, are understood as their options.
        """
        if args[0] == "version":
            click.echo(f"advisor, version {__version__}")
            ctx.exit()
        if args[0] == "help":
            if len(args) == 1:
                click.echo(ctx.get_help())
                ctx.exit()
            return self.resolve_command(ctx, [*args[1:], "--help"])
        if args[0] not in COMMANDS and is_requirements(args[0]):
            return "open", import_module("advisor.cli.open_file").open_file, args
        if args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=2)
            more = f" Did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{more}", ctx)
        return super().resolve_command(ctx, args)


def is_requirements(word: str) -> bool:
    """Whether a word in place of a command is a file to open."""
    return word.endswith((".yaml", ".yml"))


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="advisor")
@click.pass_context
def advisor(ctx: click.Context) -> int:
    """Say which language model to use, whether you may, and whether it is still the right one.

    Without a command it opens the questionnaire with a live answer (TUI); `advisor FILE.yaml` opens it on a file.
    """
    if ctx.invoked_subcommand is not None:
        return ExitCode.CLEAN
    if sys.stdin.isatty() and sys.stdout.isatty():
        gc.enable()
        # The two front ends stand side by side; neither imports the other.
        return int(import_module("advisor.tui").run())
    click.echo(ctx.get_help())
    hint("the questions need a terminal; `advisor recommend --template support-bot` answers on a pipe")
    return ExitCode.USAGE


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    # Plugins of other packages are looked for at each start (20 ms), and none may change what our records accept.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A command lives for a blink and frees by ending; collecting cycles meanwhile costs a third of its time.
    gc.disable()
    return guarded(lambda: _run(args))


def _run(args: Sequence[str] | None) -> int:
    try:
        code = advisor.main(args=list(args) if args is not None else None, prog_name="advisor", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return ExitCode.USAGE
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "advisor"
        say(f"error: {error.format_message()}")
        hint(f"see `{command} --help`")
        return ExitCode.USAGE
    except click.ClickException as error:
        say(f"error: {error.format_message()}")
        return ExitCode.USAGE
    except click.Abort:
        say("interrupted")
        return ExitCode.INTERRUPTED
    return int(code) if isinstance(code, int) else ExitCode.CLEAN
