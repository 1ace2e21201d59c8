"""``advisor license bulk`` and ``advisor license dump``: many repositories, online and offline."""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from advisor.cli.check_license import organization_options, usd
from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import as_of
from advisor.errors import UsageError
from advisor.requirements.enums import Use

if TYPE_CHECKING:
    from advisor.licenses.audit.classify_dump import DumpRow
    from advisor.licenses.audit.read_dump import Declared
    from advisor.licenses.license import Verdict

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
    from advisor.licenses.audit.bulk import Progress, review_all, tally
    from advisor.licenses.check import make_reviewer
    from advisor.licenses.evidence.cache import Cached, evidence_folder
    from advisor.licenses.evidence.hub import Hub
    from advisor.licenses.settings import CheckSettings

    # Other commands end before cycles matter; this one may run for hours.
    gc.enable()
    text = sys.stdin.read() if file == "-" else _text(file)
    names = [line.partition("#")[0].strip() for line in text.splitlines()]
    revenue = usd(yearly_revenue_usd)
    settings = CheckSettings(uses=tuple(uses), as_of=as_of, endpoint=endpoint, yearly_revenue_usd=revenue, **options)
    reviewer, _, _ = make_reviewer(settings)
    told = 0.0

    def tell(progress: Progress) -> None:
        nonlocal told
        if progress.elapsed_s - told >= TELL_EVERY_S or progress.done + progress.skipped == progress.total:
            told = progress.elapsed_s
            say(str(progress))

    target = Path(output)
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"{output}: cannot write here", hint="name a file in a folder that exists")
    hub = Hub(endpoint)
    source = Cached(hub, evidence_folder(hub.endpoint))
    added = review_all([name for name in names if name], reviewer, source, target, jobs=jobs, tell=tell)
    counts, missed = tally(target)
    say(f"{added} added to {output}: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    if missed:
        hint(f"{missed} could not be read in full; the same command asks for them again")
    return ExitCode.UNREACHABLE if missed else ExitCode.CLEAN


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
    from advisor.files.atomic import replace_text
    from advisor.licenses.audit.read_dump import read_rows
    from advisor.licenses.check import make_classifier
    from advisor.licenses.settings import CheckSettings

    revenue = usd(yearly_revenue_usd)
    settings = CheckSettings(uses=tuple(uses), as_of=as_of, yearly_revenue_usd=revenue, **options)
    classifier = make_classifier(settings)
    started = monotonic()
    tally = _Tally()
    lines = tally.lines(classifier.classify(tally.read(read_rows(Path(file)))))
    if output:
        replace_text(output, lines, error=UsageError)
    else:
        deque(lines, maxlen=0)
    total = tally.verdicts.total()
    if not total:
        raise UsageError(f"{file}: expected rows with an id, found none in {tally.rows:,}", hint="is this a dump?")
    for verdict, count in tally.verdicts.most_common():
        click.echo(f"{count:>10,}  {verdict}")
    click.echo(f"{tally.conflicts:>10,}  looser than something they derive from")
    if tally.rows > total:
        say(f"{tally.rows - total:,} rows left out: no id, or the id of an earlier row")
    say(f"{total:,} rows in {monotonic() - started:.2f} s")
    return ExitCode.CLEAN


class _Tally:
    """What passes by on the way from a dump to its report."""

    def __init__(self) -> None:
        self.rows = 0
        self.verdicts: Counter[Verdict] = Counter()
        self.conflicts = 0
        self._tails: dict[tuple[Any, ...], str] = {}

    def read(self, rows: Iterable[Declared]) -> Iterator[Declared]:
        for row in rows:
            self.rows += 1
            yield row

    def lines(self, rows: Iterable[DumpRow]) -> Iterator[str]:
        """Yield a line of JSON for each row; all but the id is the same for many and made once."""
        for row in rows:
            self.verdicts[row.verdict] += 1
            self.conflicts += row.is_conflict
            said = row[1:]
            if said not in self._tails:
                self._tails[said] = json.dumps(row._replace(id="")._asdict()).removeprefix('{"id": ""')
            yield f'{{"id": {json.dumps(row.id)}{self._tails[said]}\n'


def _text(file: str) -> str:
    from advisor.files.yaml import read_text

    return read_text(file, error=UsageError, max_bytes=256 << 20)
