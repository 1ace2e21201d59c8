"""Ask a source for many repositories at a time: wait as long as a rate limit asks, and ask for each one once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic

from advisor.licenses.evidence.records import Evidence, EvidenceSource, FetchOutcome

LONGEST_WAIT_S = 300.0
"""The longest wait that a rate limit is granted: the Hub counts over five minutes; a longer one is an outcome."""

WAIT_S = 10.0
"""How long to wait where a rate limit does not say; twice as long each time."""

ATTEMPTS = 4
"""How often a repository is asked for when it is rate limited."""

MOST_KEPT = 1024
"""Repositories whose evidence is kept for those that derive from them."""

LARGEST_KEPT_BYTES = 256 << 10
"""Texts of a repository above this are not kept."""

PASSING = frozenset((FetchOutcome.RATE_LIMITED, FetchOutcome.OFFLINE, FetchOutcome.SERVER_DOWN))
"""Outcomes that say nothing of the repository: another attempt may read it."""


def is_whole(evidence: Evidence) -> bool:
    """Whether nothing was missed that another attempt may read."""
    return evidence.outcome not in PASSING and all(one.outcome not in PASSING for one in evidence.unread)


class RateLimited:
    """A source that waits as long as a rate limit asks before anything else is asked, in all threads."""

    def __init__(
        self,
        source: EvidenceSource,
        *,
        clock: Callable[[], float] = monotonic,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._source = source
        self._clock = clock
        self._stopped = threading.Event()
        self._pause = pause or self._stopped.wait
        self._lock = threading.Lock()
        self._free_from = clock()

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """Give the evidence; a rate limit is an outcome only after several waits.

        Or when it asks for too long a one.
        """
        for attempt in range(ATTEMPTS):
            self._wait()
            found = self._source.evidence(repository, revision)
            if not _is_limited(found) or self._stopped.is_set():
                break
            wanted = found.retry_after_s if found.retry_after_s is not None else WAIT_S * 2**attempt
            if wanted > LONGEST_WAIT_S:
                break
            with self._lock:
                self._free_from = max(self._free_from, self._clock() + wanted)
        return found

    def stop(self) -> None:
        """Wait no more: every limit is an outcome from now on."""
        self._stopped.set()

    def _wait(self) -> None:
        # Another thread may be told of a longer wait meanwhile.
        while (left := self._free_from - self._clock()) > 0 and not self._stopped.is_set():
            self._pause(left)


def _is_limited(found: Evidence) -> bool:
    outcomes = (found.outcome, *(one.outcome for one in found.unread))
    return FetchOutcome.RATE_LIMITED in outcomes


class SingleFlight:
    """A source that asks once for what many models derive from, also when several threads want it at the same time."""

    def __init__(self, source: EvidenceSource) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str | None], Future[Evidence]] = OrderedDict()

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """Return the source's answer, which is kept if it is whole."""
        key = (repository, revision)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            else:
                mine = self._kept[key] = Future()
                if len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        if kept is not None:
            return kept.result()
        try:
            found = self._source.evidence(repository, revision)
        except BaseException as error:
            mine.set_exception(error)
            self._forget(key)
            raise
        mine.set_result(found)
        if not is_whole(found) or sum(text.size_bytes for text in found.texts) > LARGEST_KEPT_BYTES:
            self._forget(key)
        return found

    def _forget(self, key: tuple[str, str | None]) -> None:
        with self._lock:
            self._kept.pop(key, None)
