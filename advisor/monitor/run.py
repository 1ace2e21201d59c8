"""One run: what is new in the logs is read, joined to what earlier runs kept, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from advisor.engine.port import Engine
from advisor.errors import MonitorError
from advisor.monitor import kept as store
from advisor.monitor.alarms import Alarm, alarms
from advisor.monitor.labels import Draw
from advisor.monitor.log_files import STDIN, Lines, Position, expected_rows, find_logs, position
from advisor.monitor.mapping import NONE, LogMapping
from advisor.monitor.observe import Cell, FailureMode, Outcome, Proxy, cells, failure_modes, outcomes, proxies, since
from advisor.monitor.questions import Questions
from advisor.monitor.rows import CallTable, Counted
from advisor.monitor.summary import FOLDER
from advisor.monitor.text_sample import MOST, TextSample, halvings_for
from advisor.monitor.themes import Question, Themes, find_themes


class Asked(NamedTuple):
    """What to read and to tell."""

    logs: Sequence[str]
    mapping: LogMapping = NONE
    texts: int = MOST
    """Calls whose texts are looked at."""
    since: datetime | None = None
    by: Sequence[str] = ()
    keep: bool = True
    fresh: bool = False
    folder: Path = FOLDER
    cases: Sequence[str] | None = None
    """What the cases ask that traffic may be covered by; None without a set of cases."""


class Read(NamedTuple):
    """What stands in the table ``calls`` after reading."""

    counted: Counted
    kept: int
    """Calls of earlier runs."""
    new_from: datetime | None
    """The first call that this run read; None if it read none."""
    texts_share: float
    questions: Sequence[Question]
    """A random sample of what was asked, and the latest, by time."""


class Found(NamedTuple):
    """What a run tells."""

    read: Read
    calls: int
    first: datetime | None
    last: datetime | None
    outcomes: tuple[Outcome, ...]
    proxies: tuple[Proxy, ...]
    failure_modes: tuple[FailureMode, ...]
    alarms: tuple[Alarm, ...]
    """Those that were seen in the time that is told of."""
    standing: tuple[Alarm, ...]
    """All of them."""
    cells: tuple[Cell, ...]
    days: tuple[Cell, ...]
    themes: Themes
    questions: Sequence[Question]
    """What the themes are made of."""


def read_logs(
    engine: Engine,
    asked: Asked,
    now: datetime,
    clean: Callable[[str], str],
    questions: Questions | None = None,
    *,
    draw: Draw | None = None,
) -> Read:
    """Fill the table ``calls`` of an engine from logs, and keep how far they were read.

    ``now`` is in UTC; ``questions`` see what is asked, ``draw`` whom to label. Raises MonitorError if a file cannot be
    read, or if there is no call of a model in any.
    """
    keeps = asked.keep and STDIN not in asked.logs
    folder = store.folder_for(asked.logs, asked.mapping, asked.folder)
    kept = store.load(folder) if keeps and not asked.fresh else store.NOTHING
    questions = questions if asked.texts else None
    files_now = find_logs(asked.logs, kept.files)
    halvings = max(kept.halvings, halvings_for(expected_rows(files_now), asked.texts))
    seeing = [one.see for one in (questions, draw) if one is not None]
    sample = TextSample(asked.texts, halvings, seen=seeing) if asked.texts else None
    table = CallTable(engine, now.replace(tzinfo=None), asked.mapping, sample=sample, clean=clean)
    before = store.restore(engine, kept)
    if sample and before:
        sample.align(engine)
    if questions and before:
        questions.restore(folder)
    files = dict[str, Position]()
    for file in files_now:
        lines = Lines(file, engine)
        table.add(file.path, lines)
        for number, why in lines.rejected:
            table.refuse(f"{file.path}:{number}", why)
        if keeps:
            files[file.path] = position(file.path, lines.offset, lines.number)
    counted = table.end()
    n, new_from = next(iter(engine.rows('SELECT count(*), min("at") FILTER (file >= 0) FROM calls')))
    if n == 0:
        found = counted.dead[0] if counted.dead else "no row is a call of a model"
        raise MonitorError(f"no call could be read: {found}", hint="--mapping FILE names your own columns")
    settled = questions.settle(engine, table.files) if questions else ()
    if keeps:
        if questions:
            questions.save(folder)
        store.save(engine, folder, {**kept.files, **files}, sample.halvings if sample else kept.halvings, table.derived)
    return Read(counted, before, _utc(new_from), sample.share if sample else 0.0, settled)


def tell(engine: Engine, read: Read, asked: Asked) -> Found:
    """Return what the calls say, of the time that was asked for."""
    where = since(asked.since)
    n, first, last = next(iter(engine.rows(f'SELECT count(*), min("at"), max("at") FROM calls WHERE {where}')))  # noqa: S608 - ours
    standing = alarms(engine)
    earlier = [one for one in read.questions if asked.since is not None and one.at < asked.since]
    questions = read.questions[len(earlier) :]
    return Found(
        read,
        int(n),
        _utc(first),
        _utc(last),
        outcomes(engine, where),
        proxies(engine, where),
        failure_modes(engine, where),
        tuple(_since(standing, asked.since)),
        standing,
        tuple(cell for by in asked.by for cell in cells(engine, by, where)),
        cells(engine, "day", where),
        find_themes(questions, asked.cases, earlier=earlier),
        questions,
    )


def _since(found: Iterable[Alarm], start: datetime | None) -> Iterable[Alarm]:
    return (one for one in found if start is None or one.seen >= start)


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at else None
