"""``advisor check-license``: what may be done with a model, because of which clause, and what is owed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

import click

from advisor.cli.diagnostics import ExitCode, hint, printable, say
from advisor.cli.options import as_of, report_options, write_reports
from advisor.errors import UsageError
from advisor.reports.licenses import FORMATS
from advisor.requirements.enums import Business, Use

if TYPE_CHECKING:
    from advisor.licenses.check import LicenseCheck
    from advisor.licenses.settings import CheckSettings

Command = TypeVar("Command", bound=Callable[..., Any])

FAIL_ON = ("forbidden", "unknown", "conditional", "never")


def organization_options(command: Command) -> Command:
    """Who asks: a file, or the four facts that licenses decide by."""
    options = (
        click.option("--requirements", metavar="FILE", help="Take the organization and the uses from an advisor.yaml."),
        click.option("--country", metavar="CC", help="Where the organization is established: two letters."),
        click.option("--monthly-active-users", type=click.IntRange(0), help="Of all products, affiliates included."),
        click.option("--yearly-revenue-usd", metavar="USD", help="Affiliates included."),
        click.option("--business", type=click.Choice([one.value for one in Business]), help="What it does with it."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def source_options(command: Command) -> Command:
    """Where evidence comes from and where it is kept."""
    options = (
        click.option("--endpoint", metavar="URL", help="The Hub or a mirror; HF_ENDPOINT, else the public Hub."),
        click.option("--offline", is_flag=True, help="Use cached evidence only; as HF_HUB_OFFLINE=1 does."),
        click.option("--follow-links", is_flag=True, help="Read license links that lead to other hosts."),
        click.option("--evidence", metavar="FOLDER", help="Review saved evidence; the network is not used."),
        click.option("--save-evidence", metavar="FOLDER", help="Save everything that was read."),
        click.option("--no-cache", is_flag=True, help="Do not use or fill the cache of evidence."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("check-license")
@click.argument("targets", nargs=-1)
@click.option("--use", "uses", multiple=True, type=click.Choice([use.value for use in Use]), help="Once for each use.")
@click.option("--text", "texts", multiple=True, metavar="FILE", help="Review the text of a license.")
@click.option(
    "--file", "files", multiple=True, metavar="FILE", help="advisor.lock or .yaml, a list, BOM, code or folder."
)
@click.option("--hash", "hash_weights", is_flag=True, help="Compare weights on disk with the hashes on the Hub.")
@click.option("--datasets", is_flag=True, help="Look up the licenses of the data sets that a card names.")
@click.option("--policy", metavar="FILE", help="A review policy with allowed classes and waivers.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), default=None, help="End with 1 from this verdict on.")
@click.option("--exit-zero", is_flag=True, help="Report only: end with 0 whatever was found.")
@organization_options
@source_options
@as_of
@report_options(FORMATS)
def check_license(
    targets: Sequence[str],
    fail_on: str | None,
    exit_zero: bool,
    as_of: date | None,
    forms: Sequence[str],
    outputs: Sequence[str],
    offline: bool,
    yearly_revenue_usd: str | None,
    **options: Any,
) -> int:
    """Say what may be done with models: TARGET is org/name[@revision], or - for a list on standard input.

    The verdict for each use is the strictest of every license that binds: the text that is there, the declared tag,
    and the licenses of all models it derives from. What is not known is never a permission. Of advisor.lock and
    advisor.yaml, the models that they choose are reviewed, under the terms of who serves them as well.
    """
    if not (targets or options["texts"] or options["files"]):
        raise UsageError("nothing to review", hint="name a model: advisor check-license org/name --use commercial")
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
    revenue = usd(yearly_revenue_usd)
    from advisor.licenses.check import run
    from advisor.licenses.settings import CheckSettings

    settings = CheckSettings(targets=tuple(targets), as_of=as_of, yearly_revenue_usd=revenue, say=_tell, **options)
    check = run(with_chosen(settings))
    write_reports(forms, outputs, lambda form: _render(form, check))
    _summary(check)
    return ExitCode.CLEAN if exit_zero else exit_code(check, fail_on)


def _tell(line: str) -> None:
    """Progress: what is named in files may carry terminal escapes."""
    say(printable(line))


def with_chosen(settings: CheckSettings) -> CheckSettings:
    """Give the settings with the models that decisions and requirements among the files choose.

    And who asks by them.
    """
    from advisor.cli.lock_targets import named_by

    named = named_by(settings.files, settings.as_of)
    stated = settings.requirements or named.requirements
    return settings._replace(files=named.files, chosen=named.chosen, requirements=stated)


def _render(form: str, check: LicenseCheck) -> str:
    from advisor.reports.licenses.report import LicenseReport, render

    catalog = check.catalog
    checked = LicenseReport(
        check.reviews, check.uses, check.organization, catalog.as_of, catalog.version, catalog.sha256
    )
    return render(form, checked)


def table(check: LicenseCheck) -> str:
    """Return the report for a terminal."""
    return _render("table", check)


def exit_code(check: LicenseCheck, fail_on: str | None) -> ExitCode:
    """1 for findings from the threshold on, 4 where the source failed, 3 where something may not pass undecided."""
    if check.fails(fail_on):
        return ExitCode.FINDINGS
    if any(review.is_unreachable for review in check.reviews):
        return ExitCode.UNREACHABLE
    return ExitCode.UNDECIDED if check.is_undecided else ExitCode.CLEAN


def _summary(check: LicenseCheck) -> None:
    from advisor.licenses.evidence.records import FetchOutcome
    from advisor.licenses.license import Verdict

    counts = {verdict: sum(one is verdict for one in check.verdicts) for verdict in Verdict}
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    say(f"{len(check.reviews)} reviewed for {', '.join(check.uses)}: {said or 'nothing to review'}")
    licenses = [
        review.target for review in check.reviews if any(one.rule == "read-as-license" for one in review.findings)
    ]
    if licenses:
        hint(f"{licenses[0]} is read as a license on record, without a model: name a repository as org/name")
    outcomes = {review.evidence.outcome for review in check.reviews}
    waits = [review.evidence.retry_after_s for review in check.reviews if review.evidence.retry_after_s]
    if FetchOutcome.RATE_LIMITED in outcomes:
        hint(f"the Hub asks to wait {max(waits):g} s" if waits else "the Hub asks to wait; try again later")
    if outcomes & {FetchOutcome.GATED, FetchOutcome.DENIED}:
        hint("accept the terms on the model's page, and set HF_TOKEN to a token that may read it")
    if FetchOutcome.OFFLINE in outcomes:
        hint("reach the Hub, set HF_ENDPOINT to a mirror, or review saved evidence with --evidence")
    if FetchOutcome.UNTRUSTED in outcomes:
        hint("name the authority of the host's certificate with SSL_CERT_FILE, or mend HF_ENDPOINT")


def usd(text: str | None) -> Decimal | None:
    """Return an amount in USD, with or without separators. Raises UsageError."""
    if text is None:
        return None
    try:
        return Decimal(text.replace("_", "").replace(",", ""))
    except InvalidOperation:
        raise UsageError(f"--yearly-revenue-usd {text!r}: expected an amount in USD such as 4_000_000") from None
