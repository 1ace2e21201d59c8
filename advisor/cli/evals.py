"""``advisor eval``: your own cases decide between candidates, with proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from advisor.cli.options import report_options
from advisor.cli.probe import Price
from advisor.errors import UsageError
from advisor.reports.formats import PAGES


class _Eval(click.Group):
    """A group whose first word may be a set of cases: then it evaluates."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Call ``run`` unless another command is named."""
        named = args[0] if args else ""
        known = named in self.commands or named in ctx.help_option_names
        return super().parse_args(ctx, args if known else ["run", *args])

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of ``run``, and then the other commands."""
        run = self.commands["run"]
        settings: dict[str, Any] = {"terminal_width": ctx.terminal_width, "max_content_width": ctx.max_content_width}
        settings["help_option_names"] = ctx.help_option_names
        with click.Context(run, info_name=ctx.info_name, parent=ctx.parent, **settings) as inner:
            run.format_help(inner, formatter)
        self.format_commands(ctx, formatter)


def calling_options(command: Any) -> Any:
    """How candidates are called and what they may cost, as for the probe."""
    options = (
        click.option("--api-base", "bases", multiple=True, metavar="[NAME=]URL", help="Call this address instead."),
        click.option("--api-name", metavar="NAME", help="What the server calls the model, if not as in the catalog."),
        click.option("--api-key-env", "key_variable", metavar="VARIABLE", help="The environment variable of the key."),
        click.option("--price", type=Price(), metavar="IN/OUT", help="USD a million tokens, where none is on record."),
        click.option("--max-usd", type=click.FloatRange(0, 100_000), help="Cap on money. [default: 2]"),
        click.option("--max-seconds", type=click.FloatRange(1), help="Cap on time. [default: a day]"),
        click.option("--max-tokens", type=click.IntRange(1, 1_000_000), help="Of each answer. [default: 4000]"),
        click.option("--total-timeout", type=click.FloatRange(0.1), default=120.0, show_default=True, help="Seconds."),
        click.option("-y", "--yes", is_flag=True, help="Start without asking."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(cls=_Eval)
def eval_group() -> None:
    """Evaluate candidates on your own cases."""


@eval_group.command(hidden=True)
@click.argument("case_set", metavar="SET")
@click.argument("names", nargs=-1, metavar="CANDIDATE...")
@click.option("-p", "--prompt", type=click.Path(path_type=Path), help="The prompt; the case's input alone without one.")
@click.option("--run", "command", metavar="COMMAND", help="A chain: a case as JSON on stdin, an answer on stdout.")
@click.option("--judge", metavar="MODEL", help="Ask this model where a case needs judging; of another lab.")
@calling_options
@click.option("--epochs", type=click.IntRange(1, 100), default=1, show_default=True, help="Answers to each case.")
@click.option("--concurrency", type=click.IntRange(1, 256), default=8, show_default=True, help="Requests at a time.")
@click.option("--retries", type=click.IntRange(0, 10), default=3, show_default=True, help="Of faults that may pass.")
@click.option("--until-decided", is_flag=True, help="Stop as soon as it is proven, refuted or not decidable.")
@click.option("--at-least", type=click.FloatRange(0, 100), metavar="SCORE", help="The floor to prove or refute.")
@click.option(
    "--difference", type=click.FloatRange(0.1, 100), default=5.0, show_default=True, help="The points that matter."
)
@click.option("--allow-dirty", is_flag=True, help="Count the results of a prompt that is not committed.")
@click.option("--skip-bad", is_flag=True, help="Score the rest of a file that has dead lines.")
@click.option("--fresh", is_flag=True, help="Ask again what earlier runs have.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the order of the cases.")
@click.option("--dry-run", is_flag=True, help="Show the plan and send nothing.")
@report_options(PAGES)
def run(case_set: str, names: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> int:
    """Ask each CANDIDATE every case of SET, score the answers, and say who is better.

    SET is a file of cases (JSON lines) or its name in evals/. Shows first what it will ask and what that can cost at
    most. Answers are kept in .advisor/evals: the same command goes on where it stopped, and `advisor recommend` finds
    the scores. Ends with 0 decided, 1 a floor refuted, 3 undecided, 4 no answers.

    \b
    Examples:
      advisor eval evals/support.jsonl openai/gpt-6-luna~low deepseek/deepseek-v4-pro~high --prompt prompts/support.md
      advisor eval support openai/gpt-6-luna~low --at-least 80 --until-decided --max-usd 2
      advisor eval support openai/my-model --api-base http://localhost:8000/v1 -f json
    """
    from advisor.cli.eval_run import run_evaluation

    if not names:
        raise UsageError("expected at least one CANDIDATE", hint="`advisor catalog search` lists them")
    return run_evaluation(case_set, names, forms, outputs, **options)


@eval_group.command()
@click.argument("case_set", metavar="SET")
@click.option("--by", metavar="NAME", help="Who labels; as git knows you without it.")
@click.option("--sample", type=click.IntRange(1), help="So many answers only, the passes nearest to a limit first.")
def review(case_set: str, by: str | None, sample: int | None) -> int:
    """Accept proposed cases and label answers: blind, by one key each, with undo.

    Labels are kept beside the set in NAME.labels.jsonl, with who, when and the hash of NAME.policy.md. A judge counts
    once at least 50 labels show that it agrees with people.
    """
    from advisor.cli.eval_review import review_set
    from advisor.cli.eval_targets import find_set

    return review_set(find_set(case_set), by, sample)


@eval_group.command()
@click.argument("case_set", metavar="SET")
@click.argument("names", nargs=-1, metavar="CANDIDATE...")
@click.option("-p", "--prompt", type=click.Path(path_type=Path), help="The prompt; the case's input alone without one.")
@calling_options
@click.option("--epochs", type=click.IntRange(1, 100), default=1, show_default=True, help="Answers to each case.")
@click.option(
    "--difference", type=click.FloatRange(0.1, 100), default=5.0, show_default=True, help="The points that matter."
)
@click.option("--power", type=click.FloatRange(0.5, 0.99), default=0.8, show_default=True, help="To see it if it is.")
@report_options(PAGES)
def plan(
    case_set: str, names: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any
) -> int:
    """Say how many cases show the difference that matters, what that costs, and whom to evaluate next.

    Rests on the answers that are kept; where a pair has none, on the spread that pairs usually have. Sends nothing.
    """
    from advisor.cli.eval_plan import plan_evaluation

    if not names:
        raise UsageError("expected at least one CANDIDATE", hint="`advisor catalog search` lists them")
    return plan_evaluation(case_set, names, forms, outputs, **options)


@eval_group.command("try")
@click.argument("text", metavar="TEXT")
@click.argument("names", nargs=-1, metavar="CANDIDATE...")
@click.option("-p", "--prompt", type=click.Path(path_type=Path), help="The prompt; TEXT alone without one.")
@calling_options
@click.option("--keep", metavar="SET", help="Keep TEXT as a case of this set without asking.")
@report_options(("table", "json"))
def try_(text: str, names: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> int:
    """Ask each CANDIDATE the same, and show the answers side by side with seconds and cents.

    In a terminal a key keeps the question as a case, with the answer that you like as its reference.

    \b
    Example:
      advisor eval try "Where is my order 4711?" openai/gpt-6-luna~low deepseek/deepseek-v4-pro
    """
    from advisor.cli.eval_try import try_candidates

    if not names:
        raise UsageError("expected at least one CANDIDATE", hint="`advisor catalog search` lists them")
    return try_candidates(text, names, forms, outputs, **options)


@eval_group.command()
@click.argument("name", metavar="NAME")
def init(name: str) -> int:
    """Begin a set: prompts/NAME.md and evals/NAME.jsonl with ten cases, each field explained where it stands.

    Files that are there already are left as they are.
    """
    from advisor.cli.eval_init import begin

    return begin(name)


@eval_group.command()
@click.argument("logs", nargs=-1, type=click.Path(path_type=Path), metavar="LOGS...")
@click.option(
    "--to", "case_set", metavar="SET", help="The set that cases are proposed for.  [default: the one in evals/]"
)
@click.option("--theme", metavar="N", help="From this theme of the last `advisor monitor`; new: from what is new.")
@click.option("--count", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many.")
@click.option("--generate", type=click.IntRange(1, 200), metavar="N", help="Let --model propose N more like them.")
@click.option("--model", metavar="NAME", help="The model that proposes.")
@calling_options
@click.option("--keep-pii", is_flag=True, help="Leave mail addresses, card and phone numbers as they are.")
@click.option("--skip-bad", is_flag=True, help="Leave out lines without a question.")
def add(logs: tuple[Path, ...], case_set: str | None, **options: Any) -> int:
    """Propose cases for SET from LOGS: failures, feedback, and what covers most of what no case covers yet.

    Or from a theme that `advisor monitor` found: its failures, then what no case covers.

    Comparing by meaning runs offline (extra `loop`). Questions that say the same count once. Nothing counts before a
    person accepts it with `advisor eval review SET`. The share of the traffic that the set covers is printed with every
    later result.

    \b
    Examples:
      advisor eval add logs/november.jsonl --to support
      advisor eval add --theme 3
      advisor eval add --to support --generate 10 --model openai/gpt-6-luna~low --max-usd 0.10
    """
    from advisor.cli.eval_add import add_cases

    if not logs and not options["generate"] and not options["theme"]:
        raise UsageError("expected LOGS, --theme N or --generate N", hint="logs are .jsonl, .json, .csv or .yaml")
    return add_cases(logs, case_set, **options)


@eval_group.command()
@click.argument("case_set", metavar="SET")
@click.option("--measurements", is_flag=True, help="Scores and costs as CSV for `advisor recommend --measurements`.")
@click.option("--sft", is_flag=True, help="Answers that people passed, as chat rows.")
@click.option("--dpo", is_flag=True, help="Passed and failed answers to the same, as pairs.")
@click.option("--accept-conditions", is_flag=True, help="Training data also where the license allows it conditionally.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write here instead of stdout.")
def export(
    case_set: str, measurements: bool, sft: bool, dpo: bool, accept_conditions: bool, output: Path | None
) -> int:
    """Write what SET gave: scores for plans, or labeled answers as training data.

    Training data holds only accepted cases of `dev` that people labeled, and only answers of models whose license
    allows train-on-outputs; it names the clause where one does not, and ends with 1.
    """
    from advisor.cli.eval_export import export_measurements, export_training_data

    if [measurements, sft, dpo].count(True) != 1:
        raise UsageError("expected one of --measurements, --sft and --dpo")
    if measurements:
        return export_measurements(case_set, output)
    return export_training_data(case_set, "sft" if sft else "dpo", output, accept_conditions=accept_conditions)


@eval_group.command("import")
@click.argument("files", nargs=-1, metavar="[CANDIDATE=]FILE...")
@click.option(
    "--format-in",
    "form_in",
    type=click.Choice(["inspect", "promptfoo", "langfuse", "mlflow", "lm-eval", "table"]),
    help="Whose results they are; found out without it.",
)
@click.option("--as", "as_set", metavar="SET", help="The name of the set; the first file's without it.")
@click.option("--count", is_flag=True, help="Let the scores of candidates of the catalog reach the choice.")
@click.option("--at-least", type=click.FloatRange(0, 100), metavar="SCORE", help="The floor to prove or refute.")
@click.option(
    "--difference", type=click.FloatRange(0.1, 100), default=5.0, show_default=True, help="The points that matter."
)
@report_options(PAGES)
def import_(files: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> int:
    """Compare results of inspect (JSON logs), promptfoo, langfuse, mlflow, lm-eval-harness, or a CSV.

    A CSV has case, candidate, score and, where there are several answers, epoch. Cases that not every candidate has are
    listed and left out; above 10 % of them it ends with 3.

    \b
    Examples:
      advisor eval import scores.csv
      advisor eval import openai/gpt-6-luna~low=a/samples.jsonl deepseek/deepseek-v4-pro=b/samples.jsonl --as gsm8k
    """
    from advisor.cli.eval_import import import_results

    if not files:
        raise UsageError("expected at least one FILE")
    return import_results(files, forms, outputs, **options)
