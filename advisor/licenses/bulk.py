"""Review thousands of repositories: several at a time, polite to rate limits, and to be taken up where it stopped.

Each target ends as one line of JSON in the output. A target that cannot be understood or read is a line that says so;
nothing stops the run but the person.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

from advisor.errors import AdvisorError, UsageError
from advisor.licenses.evidence import Evidence, EvidenceSource, Outcome
from advisor.licenses.review import Review, Reviewer
from advisor.licenses.targets import parse_target

LONGEST_WAIT_S = 300.0
"""The longest wait that a rate limit is granted; a longer one is an outcome."""

WAIT_S = 10.0
"""How long to wait where a rate limit does not say."""

ATTEMPTS = 4
"""How often a target is asked for when it is rate limited."""


class Progress(NamedTuple):
    """How far a run is."""

    done: int
    total: int
    skipped: int
    elapsed_s: float

    def __str__(self) -> str:
        left = self.total - self.skipped - self.done
        estimate = f", about {left * self.elapsed_s / self.done:.0f} s left" if self.done and left else ""
        return f"{self.done + self.skipped}/{self.total} reviewed{estimate}"


class Polite:
    """A source that waits as long as a rate limit asks, for all threads at once, and then asks again."""

    def __init__(self, source: EvidenceSource, pause: Callable[[float], None] = sleep) -> None:
        self._source = source
        self._pause = pause
        self._gate = threading.Lock()

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """The evidence; a rate limit is an outcome only after several waits, or when it asks for too long a one."""
        found = self._source.evidence(repository, revision)
        for attempt in range(ATTEMPTS - 1):
            wanted = found.retry_after_s if found.retry_after_s is not None else WAIT_S * 2**attempt
            if found.outcome is not Outcome.RATE_LIMITED or wanted > LONGEST_WAIT_S:
                break
            # While one waits, the others wait at the gate: a limit is for all of them.
            with self._gate:
                self._pause(wanted)
            found = self._source.evidence(repository, revision)
        return found


def review_all(
    names: Sequence[str],
    reviewer: Reviewer,
    source: EvidenceSource,
    output: Path,
    *,
    jobs: int,
    tell: Callable[[Progress], None] = lambda _: None,
) -> int:
    """Review every name that the output does not hold yet, and append a line for each; gives how many were added."""
    held = already(output)
    waiting = [name for name in dict.fromkeys(names) if name not in held]
    started, done = monotonic(), 0
    with output.open("a", encoding="utf-8") as lines, ThreadPoolExecutor(jobs) as pool:
        for line in _lines(waiting, reviewer, source, pool, jobs):
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
            lines.flush()
            done += 1
            tell(Progress(done, len(waiting) + len(held), len(held), monotonic() - started))
    return done


def already(output: Path) -> set[str]:
    """The targets that an output holds, without the last line if a stop cut it off. Raises UsageError."""
    if not output.exists():
        return set()
    held = set()
    text = output.read_text(encoding="utf-8", errors="replace")
    if text and not text.endswith("\n"):
        kept = text[: text.rfind("\n") + 1]
        output.write_text(kept, encoding="utf-8")
        text = kept
    for number, line in enumerate(text.splitlines(), 1):
        try:
            held.add(json.loads(line)["target"])
        except (ValueError, KeyError, TypeError):
            message = f"{output}:{number}: expected a line of an earlier run"
            raise UsageError(message, hint="name another file with -o") from None
    return held


def _lines(
    names: Sequence[str], reviewer: Reviewer, source: EvidenceSource, pool: ThreadPoolExecutor, jobs: int
) -> Iterator[dict[str, Any]]:
    """The lines as they become ready; never more than twice the jobs are under way."""
    left = iter(names)
    running: set[Future[dict[str, Any]]] = set()
    while True:
        for name in left:
            running.add(pool.submit(_line, name, reviewer, source))
            if len(running) >= 2 * jobs:
                break
        if not running:
            return
        ready, running = wait(running, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in ready)


def _line(name: str, reviewer: Reviewer, source: EvidenceSource) -> dict[str, Any]:
    try:
        target = parse_target(name)
        return _summary(name, reviewer.review(source, target.repository, target.revision))
    except AdvisorError as error:
        return {"target": name, "verdict": "unknown", "error": error.message}
    except Exception as error:  # noqa: BLE001 - one bad row never stops the run
        return {"target": name, "verdict": "unknown", "error": f"{type(error).__name__}: {error}"[:300]}


def _summary(name: str, review: Review) -> dict[str, Any]:
    conclusion = review.conclusion
    return {
        "target": name,
        "verdict": review.verdict.value,
        "uses": {use.use: use.verdict.value for use in review.uses},
        "outcome": review.evidence.outcome.value,
        "commit": review.evidence.commit,
        "license": conclusion.license.id if conclusion.license else None,
        "class": conclusion.license_class,
        "declared": [meaning.name for meaning in conclusion.declared],
        "conflicts": [conflict.message for conflict in review.conflicts],
        "findings": sorted({finding.rule for finding in review.findings}),
    }
