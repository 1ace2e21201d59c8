"""A probe beside the screen: what it would ask and cost, then the run in a thread of its own. Knows no screen."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.errors import AdvisorError, ProbeError
from advisor.facts import Measurement
from advisor.probe.candidates import find_probed
from advisor.probe.plan import CandidatePlan, ProbePlan, ProbeSettings, make_plan, quick_settings
from advisor.probe.run_file import Phase, RequestLine, read_run
from advisor.probe.runner import take, without_key
from advisor.probe.summary import Summary, summarize
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import Keys
from advisor.tui.probe_settings import DraftedSettings, ProbeDraft, parse_settings


class Prospect(NamedTuple):
    """A candidate that is to be probed: what it may need, or why it cannot be called from here."""

    name: str
    planned: CandidatePlan | None
    trouble: AdvisorError | None = None


class KeysChecked(NamedTuple):
    """The worker is ready and has looked for keys; ``refused`` names those without one and what is not set."""

    keys: Keys
    refused: Mapping[str, str]


class Ended(NamedTuple):
    """The probe is over: the reason, what was found, and what all probes of the folder now say."""

    reason: str
    summary: Summary | None
    measured: ProbeMeasurements | None
    error: AdvisorError | None = None


Event = KeysChecked | RequestLine | Ended


class ProbeStage(StrEnum):
    """How far a probe is."""

    CHECKING = "looking for keys"
    READY = "nothing sent yet"
    RUNNING = "probing"
    STOPPING = "stopping"
    OVER = "over"


def prospects(
    catalog: Catalog, names: Sequence[str], settings: ProbeSettings
) -> tuple[ProbePlan | None, tuple[Prospect, ...]]:
    """Return the plan of a probe, and each candidate's part in it; one that cannot be called spoils no other."""
    found = tuple(_prospect(catalog, name, settings) for name in names)
    planned = tuple(one.planned for one in found if one.planned is not None)
    return (ProbePlan(settings, planned) if planned else None), found


def _prospect(catalog: Catalog, name: str, settings: ProbeSettings) -> Prospect:
    try:
        plan = make_plan([find_probed(catalog, name)], settings, catalog.as_of)
    except AdvisorError as error:
        return Prospect(name, None, error)
    return Prospect(name, plan.candidates[0])


class Probing:
    """One probe. ``run`` is the body of its thread and calls ``tell`` there; the rest is for the screen's thread.

    The worker process starts with the thread, so that it is ready when the person has read the plan.
    """

    def __init__(self, catalog: Catalog, names: Sequence[str], tell: Callable[[Event], None]) -> None:
        self._catalog, self._names = catalog, names
        self.draft, self.usual = ProbeDraft(), quick_settings(len(names))
        self.plan, self.prospects = prospects(catalog, names, self.usual)
        self.stage = ProbeStage.CHECKING if self.plan else ProbeStage.OVER
        self.checked: KeysChecked | None = None
        self.lines: list[RequestLine] = []
        self.ended: Ended | None = None
        self._tell = tell
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[str] | None = None
        self._agreed: asyncio.Event | None = None
        self._over = threading.Event()
        self._unwanted = False
        self._path: Path | None = None

    @property
    def is_alive(self) -> bool:
        """Whether its thread has something left to do."""
        return self.stage is not ProbeStage.OVER

    @property
    def can_start(self) -> bool:
        """Whether it waits for the person, and something could be sent."""
        return self.stage is ProbeStage.READY and bool(self.willing)

    @property
    def can_change(self) -> bool:
        """Whether the plan may still be another."""
        return self.plan is not None and self.stage in (ProbeStage.CHECKING, ProbeStage.READY)

    @property
    def willing(self) -> tuple[CandidatePlan, ...]:
        """Those that can be asked: called from here, with a key."""
        refused = self.checked.refused if self.checked else {}
        return tuple(one for one in self.plan.candidates if one.probed.name not in refused) if self.plan else ()

    @property
    def answered(self) -> int:
        """The requests that came to an end."""
        return sum(line.answer.id > 0 for line in self.lines)

    @property
    def most(self) -> int:
        """The requests that may be sent."""
        return sum(one.requests for one in self.willing)

    @property
    def spent_usd(self) -> Decimal:
        """What the answers so far cost, as far as that is known."""
        return sum((line.usd for line in self.lines if line.usd is not None), Decimal(0))

    def planned(self, settings: ProbeSettings) -> ProbePlan:
        """Return the plan with other settings, of those that can be asked."""
        found, _ = prospects(self._catalog, [one.probed.name for one in self.willing], settings)
        return found or ProbePlan(settings, ())

    def of(self, name: str) -> tuple[RequestLine, ...]:
        """Return a candidate's requests that were to be measured."""
        return tuple(line for line in self.lines if line.candidate == name and line.phase is Phase.MEASURED)

    def take_in(self, event: Event) -> None:
        """Note what the thread told."""
        if isinstance(event, KeysChecked):
            self.checked = event
            self.stage = ProbeStage.READY if self.stage is ProbeStage.CHECKING else self.stage
            self._plan_for_willing()
        elif isinstance(event, Ended):
            self.ended, self.stage = event, ProbeStage.OVER
        else:
            self.lines.append(event)

    def sized(self, draft: ProbeDraft) -> DraftedSettings:
        """Give the settings that a draft stands for with the candidates that can be asked, or what is wrong with it."""
        return parse_settings(draft, self.usual, len(self.willing))

    def change(self, draft: ProbeDraft, settings: ProbeSettings) -> None:
        """Plan anew, before the start only."""
        if self.can_change:
            self.draft = draft
            self.plan, self.prospects = prospects(self._catalog, self._names, settings)

    def _plan_for_willing(self) -> None:
        """Size the plan for those with a key; a way that takes more of them gives place to the quick one."""
        draft = self.draft if self.sized(self.draft).settings is not None else ProbeDraft()
        if self.willing and (settings := self.sized(draft).settings) is not None:
            self.change(draft, settings)

    def agree(self) -> None:
        """Start sending."""
        if self.can_start and self._loop and self._agreed:
            self.stage = ProbeStage.RUNNING
            self._loop.call_soon_threadsafe(self._agreed.set)

    def stop(self) -> None:
        """Send nothing more and end; what was measured is kept."""
        self._unwanted = True
        if not self.is_alive:
            return
        self.stage = ProbeStage.STOPPING
        if self._loop is not None and self._task is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)

    def join(self, seconds: float) -> bool:
        """Wait for the worker's end and the last line of the run's file; whether they came in that time."""
        return self.plan is None or self._over.wait(seconds)

    def run(self) -> None:
        """Do the thread's work, from the worker's start to its end."""
        reason: str = "interrupted"
        error: AdvisorError | None = None
        try:
            reason = asyncio.run(self._serve())
        except asyncio.CancelledError:
            reason = "interrupted"
        except AdvisorError as found:
            reason, error = "failed", found
        except (OSError, TimeoutError) as found:
            reason, error = "failed", ProbeError(f"the worker process did not start: {found or 'no answer in time'}")
        finally:
            self._over.set()
        self._tell(_ended(reason, self._path, self._catalog.as_of, error))

    async def _serve(self) -> str:
        self._task, self._agreed = asyncio.current_task(), asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self._unwanted or self.plan is None:
            return "interrupted"
        link = WorkerClient(os.environ)
        try:
            await link.attach()
            keys = await link.keys(tuple(one.probed.target for one in self.plan.candidates))
            refused = without_key(self.plan, keys)
            self._tell(KeysChecked(keys, refused))
            await self._agreed.wait()
            return await take(
                self.plan,
                link,
                refused,
                catalog_version=self._catalog.version,
                random=Random(),  # noqa: S311 - the order of requests, which is no secret
                notify=self._tell,
                opened=self._opened,
            )
        finally:
            link.close()

    def _opened(self, path: Path) -> None:
        self._path = path


def _ended(reason: str, path: Path | None, day: date, error: AdvisorError | None) -> Ended:
    """Return the end with what the file has, whatever it was that ended the run."""
    if path is None:
        return Ended(reason, None, None, error)
    try:
        return Ended(reason, summarize(read_run(path)), read_measured(day), error)
    except AdvisorError as unreadable:
        return Ended(reason, None, read_measured(day), error or unreadable)


PROBES = Path(".advisor/probes")
EVALS = Path(".advisor/evals")


class ProbeMeasurements(NamedTuple):
    """Figures that count, and in words what was left out of them."""

    fresh: tuple[Measurement, ...] = ()
    left_out: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    """Candidates whose last measurement is too old to count."""


NOTHING_MEASURED = ProbeMeasurements()


def read_measured(day: date) -> ProbeMeasurements:
    """Return what probes measured and what still counts on that day; nothing is imported where there is no probe."""
    scores, words = _read_scores(day)
    if not PROBES.is_dir():
        return ProbeMeasurements(scores, words)
    from advisor.probe.measurement_cache import STALE_AFTER_DAYS, read_measurements

    found = read_measurements(day)
    left_out = [f"left out: {error.message}" for error in found.unreadable]
    if found.stale:
        left_out.append(f"measured more than {STALE_AFTER_DAYS} days ago, so not counted: {', '.join(found.stale)}")
    return ProbeMeasurements((*found.fresh, *scores), (*left_out, *words), found.stale)


def _read_scores(day: date) -> tuple[tuple[Measurement, ...], tuple[str, ...]]:
    """Return what evaluations proved and what still counts, and in words what does not."""
    if not EVALS.is_dir():
        return (), ()
    from advisor.evals.kept_scores import read_measurements as read_scores

    found = read_scores(day)
    stale = [f"{name}: its score no longer counts: {reason}" for (name, _), reason in found.stale.items()]
    return found.fresh, (*(f"left out: {error.message}" for error in found.unreadable), *stale)
