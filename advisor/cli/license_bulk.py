"""``advisor license bulk`` and ``advisor license dump``: many repositories, online and offline."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

import click

from advisor.cli.check_license import organization_options, usd
from advisor.cli.diagnostics import ExitCode, say
from advisor.cli.options import as_of
from advisor.errors import UsageError
from advisor.requirements.vocabulary import Use

_USES = click.option(
    "--use", "uses", multiple=True, type=click.Choice([use.value for use in Use]), help="Once for each."
)
TELL_EVERY_S = 2.0
"""Seconds between two lines of progress."""


@click.command()
@click.argument("file")
@click.option("-o", "--output", required=True, metavar="FILE", help="Append a line of JSON for each target; resumable.")
@click.option("--jobs", type=click.IntRange(1, 64), default=8, show_default=True, help="Reviewed at the same time.")
@click.option("--endpoint", metavar="URL", help="The Hub or a mirror; HF_ENDPOINT, else the public Hub.")
@_USES
@organization_options
@as_of
def bulk(
    file: str,
    output: str,
    jobs: int,
    endpoint: str | None,
    uses: Sequence[str],
    as_of: date | None,
    yearly_revenue_usd: str | None,
    **options: Any,
) -> int:
    """Review every target of a list (- for standard input), several at a time; run it again to go on."""
    from advisor.licenses.bulk import Polite, Progress, review_all
    from advisor.licenses.checking import Settings, reviewer_of
    from advisor.licenses.hub import Hub
    from advisor.licenses.keeping import Cached, cache_folder

    text = sys.stdin.read() if file == "-" else _text(file)
    names = [line.partition("#")[0].strip() for line in text.splitlines()]
    revenue = usd(yearly_revenue_usd)
    settings = Settings(uses=tuple(uses), as_of=as_of, endpoint=endpoint, yearly_revenue_usd=revenue, **options)
    reviewer, _, _ = reviewer_of(settings)
    told = 0.0

    def tell(progress: Progress) -> None:
        nonlocal told
        if progress.elapsed_s - told >= TELL_EVERY_S or progress.done + progress.skipped == progress.total:
            told = progress.elapsed_s
            say(str(progress))

    source = Polite(Cached(Hub(endpoint), cache_folder()))
    target = Path(output)
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"{output}: cannot write here", hint="name a file in a folder that exists")
    added = review_all([name for name in names if name], reviewer, source, target, jobs=jobs, tell=tell)
    counts = Counter(json.loads(line)["verdict"] for line in target.read_text(encoding="utf-8").splitlines())
    say(f"{added} added to {output}: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    return ExitCode.CLEAN


@click.command()
@click.argument("file")
@click.option("-o", "--output", metavar="FILE", help="Write a line of JSON for each row.")
@_USES
@organization_options
@as_of
def dump(
    file: str,
    output: str | None,
    uses: Sequence[str],
    as_of: date | None,
    yearly_revenue_usd: str | None,
    **options: Any,
) -> int:
    """Classify a metadata dump offline (JSON lines or Parquet with id, license, license_name, base_model)."""
    from advisor.licenses.checking import Settings, classifier_of
    from advisor.licenses.dump import read_rows

    revenue = usd(yearly_revenue_usd)
    settings = Settings(uses=tuple(uses), as_of=as_of, yearly_revenue_usd=revenue, **options)
    classifier = classifier_of(settings)
    started = monotonic()
    verdicts: Counter[str] = Counter()
    conflicts = 0
    lines: list[str] = []
    for row in classifier.classify(read_rows(Path(file))):
        verdicts[row.verdict] += 1
        conflicts += row.is_conflict
        if output:
            lines.append(json.dumps(row._asdict()))
    if output:
        from advisor.documents import replace_text

        replace_text(output, "\n".join(lines) + "\n" if lines else "", error=UsageError)
    total = verdicts.total()
    for verdict, count in verdicts.most_common():
        click.echo(f"{count:>10,}  {verdict}")
    click.echo(f"{conflicts:>10,}  looser than something they derive from")
    say(f"{total:,} rows in {monotonic() - started:.2f} s")
    return ExitCode.CLEAN


def _text(file: str) -> str:
    from advisor.documents import read_text

    return read_text(file, error=UsageError, max_bytes=256 << 20)
