"""What calls asked, for themes: a random sample of them and the latest, without keys and personal data.

Texts pass by as rows are read. Which of them are in the sample follows from a hash of their id, so that at every time
each call was as likely to be in it as any other, and so that runs that read one after the other hold the sample that
one run would. It is kept for the next run, which reads only what is new; the answers to what failed are kept with it.
"""

# ruff: noqa: S608 - every value in a query here is a column of ours

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from pydantic import ValidationError

from advisor.engine.port import Engine
from advisor.errors import MonitorError
from advisor.evals.run_file import make_folder
from advisor.files.atomic import replace_text
from advisor.files.yaml import read_text
from advisor.monitor.call import Call
from advisor.monitor.detectors import detectors
from advisor.monitor.fields import BAD_IF_TRUE
from advisor.monitor.new_themes import WINDOW
from advisor.monitor.observe import column_of
from advisor.monitor.themes import MOST_ASKED, Question
from advisor.probe.worker_protocol import Line

NAME = "questions.jsonl"

_MOST_CHARACTERS = 8_000
"""Of a question and an answer; longer ones are no cases."""


class _Kept(Line):
    id: str
    at: datetime
    text: str
    answer: str | None = None
    place: str


class _Held(NamedTuple):
    at: datetime
    text: str
    answer: str | None
    place: str
    is_clean: bool


class Questions:
    """Sees the calls of a run, and tells what they asked."""

    def __init__(self, clean: Callable[[str], str], most: int = MOST_ASKED) -> None:
        self._clean, self._most = clean, most
        self._held: dict[str, _Held] = {}

    def see(self, calls: Iterable[Call]) -> None:
        """Take the questions of calls, of which ``id`` is the key in hexadecimal."""
        for call in calls:
            text = (call.input or "").strip()
            if text and len(text) <= _MOST_CHARACTERS:
                self._held[call.id] = _Held(_utc(call.at), text, call.output, call.place, is_clean=False)
        if len(self._held) > 2 * self._most + WINDOW:
            self._narrow()

    def restore(self, folder: Path) -> None:
        """Take what an earlier run kept. Raises MonitorError if it cannot be used."""
        path = folder / NAME
        if not path.is_file():
            return
        for number, line in enumerate(read_text(path, error=MonitorError, max_bytes=1 << 30).splitlines(), 1):
            try:
                kept = _Kept.model_validate_json(line)
            except ValidationError as cause:
                raise MonitorError(
                    f"{path}:{number}: expected a question that was kept, found {cause.errors()[0]['msg'][:100]}",
                    hint="--fresh reads the logs from their beginning",
                ) from None
            self._held[kept.id] = _Held(_utc(kept.at), kept.text, kept.answer, kept.place, is_clean=True)

    def settle(self, engine: Engine, files: Sequence[str]) -> Sequence[Question]:
        """Return the questions whose calls are in ``calls``, in the order of their time.

        What became of them is read there: a call failed when an outcome, a fault or a detector of texts says so.
        """
        self._narrow()
        engine.run("DROP TABLE IF EXISTS asked")
        engine.load("asked", {"key": "UBIGINT"}, ((int(one, 16),) for one in self._held))
        sql = f"SELECT key, {_failed(engine)}, file, line, conversation FROM calls WHERE key IN (SELECT key FROM asked)"
        told, found = dict[str, _Held](), list[tuple[str, Question]]()
        for key, failed, file, line, conversation in engine.rows(sql):
            id_ = f"{key:x}"
            place = f"{files[file]}:{line}" if 0 <= file < len(files) else ""
            one = self._cleaned(self._held[id_], place, keeps_answer=bool(failed))
            told[id_] = one
            found.append((id_, Question(one.text, one.at, failed, one.place, one.answer, conversation)))
        self._held = told
        return [one for _, one in sorted(found, key=lambda each: (each[1].at, each[0]))]

    def save(self, folder: Path) -> None:
        """Keep the sample for the next run. Raises MonitorError if it cannot be written."""
        make_folder(folder)
        lines = (
            _Kept(id=id_, at=one.at, text=one.text, answer=one.answer, place=one.place).model_dump_json()
            for id_, one in self._held.items()
        )
        replace_text(folder / NAME, "".join(f"{line}\n" for line in lines), error=MonitorError)

    def _cleaned(self, one: _Held, place: str, *, keeps_answer: bool) -> _Held:
        if one.is_clean:
            return one
        is_long = one.answer is not None and len(one.answer) > _MOST_CHARACTERS
        answer = self._clean(one.answer) if keeps_answer and one.answer and not is_long else None
        return _Held(one.at, self._clean(one.text), answer, place or one.place, is_clean=True)

    def _narrow(self) -> None:
        """Let go of all but the sample and the latest."""
        drawn = sorted(self._held, key=lambda one: (crc32(one.encode()), one))[: self._most]
        latest = sorted(self._held, key=lambda one: (self._held[one].at, one))[-WINDOW:]
        self._held = {one: self._held[one] for one in dict.fromkeys([*drawn, *latest])}


def _failed(engine: Engine) -> str:
    """Return the SQL of whether a call failed: NULL where nothing says what became of it."""
    known = engine.columns("SELECT * FROM calls")
    signs = [
        f'"{name}" {"!=" if name.removeprefix("outcome:") in BAD_IF_TRUE else "="} 0'
        for name in known
        if name.startswith("outcome:")
    ]
    signs += [
        column_of(one) for one in detectors() if one.is_verdict and one.reads_text and f"verdict:{one.name}" in known
    ]
    failed = " OR ".join(["fault IS NOT NULL", *(f"coalesce({sign}, false)" for sign in signs)])
    judged = " OR ".join(["fault IS NOT NULL", *(f"({sign}) IS NOT NULL" for sign in signs)])
    return f"CASE WHEN {judged} THEN {failed} END"


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
