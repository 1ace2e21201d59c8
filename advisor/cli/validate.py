"""``advisor validate``: whether the file is right, and whether it says what was meant."""

from __future__ import annotations

from pathlib import Path

import click

from advisor.cli.diagnostics import ExitCode, hint, printable, say
from advisor.files.paths import REQUIREMENTS_FILE
from advisor.requirements.diagnose import RequirementsProblem
from advisor.requirements.file import RequirementsFile


@click.command()
@click.argument("file", default=REQUIREMENTS_FILE, type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True, help="Print nothing when the file is right.")
def validate(file: Path, quiet: bool) -> int:
    """Check FILE (advisor.yaml by default) and say in sentences what it asks for.

    Every mistake is listed with its line, what was found and what was expected. Names are held against the
    catalog and samples of traffic are counted. Ends with 0 if the file is right and 2 if not.

    \b
    Examples:
      advisor validate
      advisor validate team/advisor.yaml --quiet
    """
    from advisor.requirements.file import read_file
    from advisor.requirements.summary import sentences
    from advisor.requirements.traffic.count import count_traffic

    read = read_file(file)
    if not _names_are_known(read):
        return ExitCode.USAGE
    counted = count_traffic(read.requirements, file.parent)
    if not quiet:
        for sentence in sentences(counted.requirements):
            click.echo(printable(sentence))
        for name, sample in counted.samples.items():
            click.echo(printable(f"Workload {name}: {sample.sentence}"))
    return ExitCode.CLEAN


def _names_are_known(read: RequirementsFile) -> bool:
    """Report names that the catalog does not know; whether all that must be known are."""
    from advisor.catalog import load_catalog
    from advisor.requirements.check_names import check_names

    check = check_names(read.requirements, load_catalog())
    for problem in check.problems:
        _say(read, "error", problem)
    for note in check.notes:
        _say(read, "note", note)
    return not check.problems


def _say(read: RequirementsFile, kind: str, problem: RequirementsProblem) -> None:
    say(printable(f"{kind}: {read.path}:{read.line(problem.key)}: {problem}"))
    if problem.hint:
        hint(printable(problem.hint))
