"""``advisor ask``: the questionnaire as plain lines, for a terminal, a screen reader, a pipe or a file of answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from advisor.cli.diagnostics import ExitCode, hint, printable, say
from advisor.errors import RequirementsError, UsageError
from advisor.files.paths import REQUIREMENTS_FILE
from advisor.requirements.questionnaire.answers import NO_ANSWERS, Answers, draft, from_requirements
from advisor.requirements.questionnaire.answers_file import read_answers
from advisor.requirements.questionnaire.interview import Interview, Turn
from advisor.requirements.questionnaire.parse_reply import expected, form, understand_yes_no
from advisor.requirements.questionnaire.questions import Question, Questionnaire, load_questionnaire
from advisor.requirements.schema import Requirements


@click.command()
@click.option("--answers", "answers_file", type=click.Path(path_type=Path), help="Take answers from FILE, ask nothing.")
@click.option("--template", metavar="NAME", help="Begin with a ready-made file; an empty reply keeps what it says.")
@click.option(
    "--from-scan",
    "scanned",
    is_flag=False,
    flag_value=".",
    metavar="[PATH]",
    type=click.Path(path_type=Path),
    help="Ask nothing: draft the file from the models that PATH, here by default, uses.",
)
@click.option("-o", "--output", default=REQUIREMENTS_FILE, show_default=True, help="Write here; - for stdout.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--all", "everything", is_flag=True, help="Ask the rarer questions too.")
@click.option("--list", "listing", is_flag=True, help="List all questions with their ids and end.")
def ask(
    answers_file: Path | None,
    template: str | None,
    scanned: Path | None,
    output: str,
    force: bool,
    everything: bool,
    listing: bool,
) -> int:
    """Ask what a team needs, line by line, and write advisor.yaml.

    An empty reply passes a question over, ? says that you don't know, back returns to the question before, done
    ends the questions. Nothing is written before the end.

    \b
    Examples:
      advisor ask
      advisor ask --template support-bot -o bot.yaml
      advisor ask --from-scan
      advisor ask --answers answers.yaml -o - | advisor recommend /dev/stdin
    """
    questionnaire = load_questionnaire()
    if listing:
        return _list(questionnaire)
    _check_target(output, force=force)
    if scanned is not None:
        if answers_file is not None or template is not None:
            raise UsageError("--from-scan asks nothing", hint="leave --answers and --template out")
        return _draft(scanned, output)
    answers = _begin(questionnaire, template)
    if answers_file is not None:
        answers = read_answers(questionnaire, answers_file, answers)
    else:
        answers = _complete(_converse(Interview(questionnaire, answers, everything)))
    _write(output, _finish(questionnaire, answers))
    return ExitCode.CLEAN


def _draft(path: Path, output: str) -> ExitCode:
    """Write what a scan comes to, with what was seen and what was assumed at its head."""
    from advisor.catalog import load_catalog
    from advisor.files.atomic import replace_text
    from advisor.requirements.file import dump
    from advisor.scan.draft import draft_requirements
    from advisor.scan.scan import scan

    catalog = load_catalog()
    result = scan([path], catalog)
    if not result.uses:
        raise UsageError(f"{path}: no model is named in {result.files} files", hint="`advisor ask` asks what you need")
    made = draft_requirements(result, catalog)
    text = "".join(f"# {printable(note)}\n" for note in made.notes) + dump(made.requirements)
    if output == "-":
        click.echo(text, nl=False)
        return ExitCode.CLEAN
    replace_text(output, text, error=UsageError)
    say(f"wrote {output} from {len(result.uses)} models in {result.files} files")
    hint(f"put your own traffic into it, then `advisor recommend {output}`")
    return ExitCode.CLEAN


def _begin(questionnaire: Questionnaire, template: str | None) -> Answers:
    from advisor.requirements.templates import load_template

    return from_requirements(questionnaire, load_template(template)) if template else NO_ANSWERS


def _converse(interview: Interview) -> Interview:
    """Ask until the end, the end of the input, or `done`."""
    section = None
    while (turn := interview.turn) is not None:
        if turn.question is not None and turn.question.section != section:
            section = turn.question.section
            say(f"\n{interview.questionnaire.title(section)}")
        _put(interview, turn)
        line = sys.stdin.readline()
        word = line.strip()
        if not line or word.lower() == "done":
            break
        interview = _step(interview, turn, word)
    return interview


def _complete(interview: Interview) -> Answers:
    """Ask once more for what the answers cannot do without, if a person is there to answer."""
    so_far = draft(interview.questionnaire, interview.answers)
    missing = frozenset(question.id for question in so_far.missing(interview.questionnaire))
    if so_far.requirements is not None or not missing or not sys.stdin.isatty():
        return interview.answers
    for point in so_far.open_points:
        say(f"\nstill missing: {point}")
    return _converse(interview.again(missing)).answers


def _step(interview: Interview, turn: Turn, word: str) -> Interview:
    """Return the interview after one line; a wrong reply is explained and, on a terminal, asked again."""
    if word.lower() == "back":
        return interview.back()
    if not word:
        return interview.skip()
    try:
        return interview.reply(word if turn.question else understand_yes_no(word))
    except RequirementsError as error:
        if not sys.stdin.isatty():
            raise
        say(printable(error.message))
        if error.hint:
            hint(printable(error.hint))
        return interview


def _put(interview: Interview, turn: Turn) -> None:
    """One question: its text, what it changes, how to answer, and what holds now."""
    question = turn.question
    if question is None:
        say("\nIs there another job for a model? (yes or no)")
        return
    say(f"{question.text}\n  {question.help}")
    for number, choice in enumerate(question.choices, start=1):
        say(f"  {number}. {choice.label} ({choice.value})")
    say(f"  Reply with {form(question)}; ? for I don't know: {question.unknown}.")
    current = interview.current(turn)
    if current is not None:
        say(f"  Now: {printable(_words(current))}")


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _finish(questionnaire: Questionnaire, answers: Answers) -> Requirements:
    """Return the requirements that the answers come to. Raises RequirementsError if something is missing."""
    so_far = draft(questionnaire, answers)
    points = "; ".join(map(str, so_far.open_points))
    if so_far.requirements is None:
        ids = ", ".join(question.id for question in so_far.missing(questionnaire))
        raise RequirementsError(f"the answers do not suffice: {points}", hint=f"answer these questions: {ids}")
    if points:
        say(f"left out, because only a part is answered: {points}")
    return so_far.requirements


def _check_target(output: str, *, force: bool) -> None:
    """Refuse a target that must not be replaced before anything is asked."""
    path = Path(output)
    if output == "-":
        return
    if path.is_dir():
        raise UsageError(f"{path}: expected a file to write, found a directory", hint="name a file inside it")
    if path.exists() and not force:
        raise UsageError(f"{path}: the file exists and was left as it is", hint="add --force, or write to another file")


def _write(output: str, requirements: Requirements) -> None:
    from advisor.requirements.file import dump, save

    if output == "-":
        click.echo(dump(requirements), nl=False)
        return
    save(output, requirements)
    say(f"wrote {output}")
    hint(f"`advisor recommend {output}` answers it, `advisor validate {output}` says what it asks for")


def _list(questionnaire: Questionnaire) -> int:
    for question in questionnaire.questions:
        click.echo(f"{question.id}: {question.text}\n  {_how(question)}")
    return ExitCode.CLEAN


def _how(question: Question) -> str:
    each = " (for each job)" if question.per_workload else ""
    return f"sets {question.key}{each}; {expected(question)}"
