"""``advisor license``: the licenses of the catalog, their differences and obligations; drift; fingerprints.

Policies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor.cli.check_license import organization_options, source_options, usd, with_chosen
from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.license_audit import audit
from advisor.cli.license_bulk import bulk, dump
from advisor.cli.options import as_of, report_options, write_reports
from advisor.errors import UnknownName, UsageError
from advisor.files.atomic import replace_text
from advisor.reports import json_writer
from advisor.reports.header import catalog_header
from advisor.requirements.enums import Use

if TYPE_CHECKING:
    from advisor.licenses.aliases import Licenses
    from advisor.licenses.license import License

FORMS: Mapping[str, str] = {"table": "for a terminal", "json": "for programs"}


@click.group("license")
def license_group() -> None:
    """Show, search and compare licenses; list obligations; watch for changes; review many."""


license_group.add_command(audit)
license_group.add_command(bulk)
license_group.add_command(dump)


@license_group.command()
@click.argument("name")
@as_of
@report_options(FORMS)
def show(name: str, as_of: date | None, forms: Sequence[str], outputs: Sequence[str]) -> None:
    """Show a license, clause by clause, by its id or by a name that the Hub uses."""
    from advisor.reports.catalog_entry import license_entry

    catalog, licenses = _licenses(as_of)
    found = _find_all(licenses, name)

    def shown(form: str) -> str:
        each = [license_entry(form, catalog, terms.id) for terms in found]
        if len(found) == 1:
            return each[0]
        if form == "json":
            records = {"name": name, "licenses": [json.loads(one) for one in each]}
            return json_writer.render(catalog_header(catalog), records)
        ids = ", ".join(terms.id for terms in found)
        return "\n".join((f"{name} is used for {len(found)} licenses, {ids}: the text tells which is meant.\n", *each))

    write_reports(forms, outputs, shown)


@license_group.command()
@click.argument("text", default="")
@click.option("--class", "license_class", metavar="CLASS", help="Only licenses of this class.")
@click.option("--use", "use", type=click.Choice([use.value for use in Use]), help="Only those that do not forbid it.")
@as_of
def search(text: str, license_class: str | None, use: str | None, as_of: date | None) -> None:
    """List licenses whose id, name or licensor holds TEXT."""
    _, licenses = _licenses(as_of)
    for terms in licenses.by_id.values():
        words = f"{terms.id} {terms.name} {terms.licensor} {' '.join(terms.license_names)}".lower()
        if text.lower() not in words or license_class not in (None, terms.license_class):
            continue
        said = f"  {terms.stated(use)}" if use else ""
        if use is None or terms.stated(use).value != "forbidden":
            click.echo(f"{terms.id:36} {terms.license_class:15} {terms.evidence:10}{said}  {terms.name}")


@license_group.command()
@click.argument("first")
@click.argument("second")
@as_of
@report_options(FORMS)
def diff(first: str, second: str, as_of: date | None, forms: Sequence[str], outputs: Sequence[str]) -> None:
    """Say what differs between two licenses, use by use and clause by clause."""
    from advisor.licenses.diff import difference

    catalog, licenses = _licenses(as_of)
    one, two = _find(licenses, first), _find(licenses, second)
    found = difference(one, two)

    def render(form: str) -> str:
        if form == "json":
            document = {
                "first": one.id,
                "second": two.id,
                "uses": found.uses,
                "only_first": [clause.text for clause in found.only_first],
                "only_second": [clause.text for clause in found.only_second],
            }
            return json_writer.render(catalog_header(catalog), document)
        lines = [f"{one.id} and {two.id}", ""]
        lines += [f"  {row.use:24} {row.first:12} {row.second}" for row in found.uses]
        for terms, clauses in ((one, found.only_first), (two, found.only_second)):
            lines += ["", f"only in {terms.id}:", *(f"  {clause.kind:12} {clause.text}" for clause in clauses)]
        return "\n".join(lines) + "\n"

    write_reports(forms, outputs, render)


@license_group.command()
@click.argument("target")
@click.option("--use", "uses", multiple=True, type=click.Choice([use.value for use in Use]), help="Once for each use.")
@click.option("--name", metavar="NAME", help="The name of your derived model, to be checked.")
@organization_options
@source_options
@as_of
@report_options({"markdown": "a checklist", "notice": "the NOTICE text alone", "json": "for programs"}, "markdown")
def obligations(
    target: str,
    name: str | None,
    as_of: date | None,
    forms: Sequence[str],
    outputs: Sequence[str],
    yearly_revenue_usd: str | None,
    uses: Sequence[str],
    offline: bool,
    **options: Any,
) -> int:
    """List what is owed for a license id or a Hub repository: notices, displays, names, files to ship."""
    import os

    from advisor.licenses.check import run
    from advisor.licenses.settings import CheckSettings
    from advisor.reports.licenses.duties import Pack, pack_of_license, pack_of_review, render

    asked = tuple(uses) or ("commercial", "serve", "redistribute", "redistribute-modified")
    catalog, licenses = _licenses(as_of)
    if target in licenses.by_id:
        packs: tuple[Pack, ...] = (pack_of_license(licenses.by_id[target], asked, name),)
    else:
        if offline:
            os.environ["HF_HUB_OFFLINE"] = "1"
        revenue = usd(yearly_revenue_usd)
        settings = CheckSettings((target,), asked, as_of=as_of, yearly_revenue_usd=revenue, say=say, **options)
        packs = tuple(pack_of_review(review, name) for review in run(settings).reviews)
    write_reports(forms, outputs, lambda form: render(form, packs, catalog_header(catalog)))
    problems = [problem for pack in packs for problem in pack.name_problems]
    for problem in problems:
        say(f"name: {problem}")
    unread = [one for pack in packs for one in pack.unread]
    for one in unread:
        say(f"not read: {one}")
    if problems:
        return ExitCode.FINDINGS
    return ExitCode.UNDECIDED if unread else ExitCode.CLEAN


@license_group.command()
@click.argument("folder")
@click.option("--endpoint", metavar="URL", help="The Hub or a mirror; HF_ENDPOINT, else the public Hub.")
def watch(folder: str, endpoint: str | None) -> int:
    """Compare saved evidence with what the Hub says now; ends with 1 if anything changed."""
    from advisor.licenses.diff import drift
    from advisor.licenses.evidence.cache import all_saved
    from advisor.licenses.evidence.hub import Hub
    from advisor.licenses.evidence.records import UNREACHABLE

    hub = Hub(endpoint)
    changed = unreachable = 0
    for then in all_saved(Path(folder)):
        now = hub.evidence(then.repository, then.requested_revision)
        found = list(drift(then, now))
        unreachable += now.outcome in UNREACHABLE
        changed += any(finding.place for finding in found)
        for finding in found:
            click.echo(f"{finding.subject}: {finding.message}".encode("unicode_escape").decode("ascii"))
    if changed:
        hint(f"review again with --save-evidence {folder}")
        return ExitCode.FINDINGS
    return ExitCode.UNREACHABLE if unreachable else ExitCode.CLEAN


@license_group.command()
@click.argument("name", default="")
def policy(name: str) -> None:
    """Check a review policy, or list the ready-made ones."""
    from advisor.licenses.policy import load_policy, ready_made

    if not name:
        for known, path in ready_made().items():
            click.echo(f"{known:24} {path.read_text(encoding='utf-8').partition(chr(10))[0].removeprefix('# ')}")
        return
    loaded = load_policy(name)
    click.echo(json.dumps(loaded.model_dump(mode="json"), indent=2))


@license_group.command()
@click.argument("files", nargs=-1)
@click.option("--policy", metavar="FILE", help="A review policy; advisor-policy.yaml where there is one.")
@click.option("--endpoint", metavar="URL", help="The Hub or a mirror; HF_ENDPOINT, else the public Hub.")
def hook(files: Sequence[str], policy: str | None, endpoint: str | None) -> int:
    """Review the models that FILES name, as a pre-commit hook does; files that name none pass."""
    from advisor.cli.check_license import exit_code, table
    from advisor.licenses.add_waiver import DEFAULT_FILE
    from advisor.licenses.check import run
    from advisor.licenses.settings import CheckSettings

    found = policy or (str(DEFAULT_FILE) if DEFAULT_FILE.is_file() else None)
    check = run(with_chosen(CheckSettings(files=tuple(files), may_be_empty=True, policy=found, endpoint=endpoint)))
    code = exit_code(check, None)
    if code:
        click.echo(table(check), nl=False)
    return code


@license_group.command()
@click.argument("folders", nargs=-1, required=True)
@click.option("--catalog", "root", default="catalog", show_default=True, help="The folder with license_texts.yaml.")
@click.option("-o", "--output", metavar="FILE", help="Write them here; by default into the package.")
def fingerprint(folders: Sequence[str], root: str, output: str | None) -> int:
    """Build the fingerprints from license texts below FOLDERS; only hashes are written."""
    from advisor.catalog.source.license_texts import read_passages, read_texts
    from advisor.licenses.text.build_fingerprints import build_fingerprints
    from advisor.licenses.text.fingerprints import PACKAGED, dump_fingerprints

    missing_folder = next((folder for folder in folders if not Path(folder).is_dir()), None)
    if missing_folder is not None:
        raise UsageError(f"{missing_folder}: expected a folder with license texts")
    prints, missing = build_fingerprints(
        read_texts(Path(root)), [Path(folder) for folder in folders], read_passages(Path(root))
    )
    for entry in missing:
        say(f"not found: {entry.license} {entry.sha256[:12]} {entry.source}")
    if missing:
        hint("name every folder that holds the texts; nothing was written")
        return ExitCode.USAGE
    replace_text(output or PACKAGED, dump_fingerprints(prints), error=UsageError)
    say(f"{len(prints)} fingerprints of {len({one.license for one in prints})} licenses")
    return ExitCode.CLEAN


def _licenses(day: date | None) -> tuple[Any, Licenses]:
    from advisor.catalog import load_catalog
    from advisor.licenses.aliases import Licenses

    catalog = load_catalog(day)
    return catalog, Licenses(catalog.licenses)


def _find_all(licenses: Licenses, name: str) -> tuple[License, ...]:
    """Return the licenses that a name is used for. Raises UnknownName."""
    several = () if name in licenses.by_id else licenses.of_tag(name).licenses
    return several or (_find(licenses, name),)


def _find(licenses: Licenses, name: str) -> License:
    if name in licenses.by_id:
        return licenses.by_id[name]
    meaning = licenses.of_tag(name)
    if meaning.license is not None:
        return meaning.license
    from difflib import get_close_matches

    near = [terms.id for terms in meaning.licenses] or get_close_matches(name, licenses.by_id, n=3, cutoff=0.5)
    raise UnknownName("license", name, tuple(near))
