"""Review thousands of repositories: several at a time, polite to rate limits, and to be taken up where it stopped.

Each target ends as one line of JSON in the output. A target that cannot be understood or read is a line that says so;
nothing stops the run but the person.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from advisor.errors import AdvisorError, UsageError
from advisor.files.atomic import replace_text
from advisor.licenses.evidence.rate_limit import RateLimited, SingleFlight, is_whole
from advisor.licenses.evidence.records import EvidenceSource
from advisor.licenses.review import Review, Reviewer
from advisor.licenses.targets.target import parse_target


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


def review_all(
    names: Sequence[str],
    reviewer: Reviewer,
    source: EvidenceSource,
    output: Path,
    *,
    jobs: int,
    tell: Callable[[Progress], None] = lambda _: None,
) -> int:
    """Review every name that the output does not hold yet, and append a line for each; gives how many were added.

    Lines of an earlier run that missed something for a passing reason are reviewed again. Raises UsageError if the
    output is no such file or cannot be written.
    """
    with _locked(output):
        return _review_all(names, reviewer, source, output, jobs=jobs, tell=tell)


@contextmanager
def _locked(output: Path) -> Iterator[None]:
    """Return the output for this run alone. Raises UsageError while another run holds it.

    A run that died holds nothing.
    """
    if os.name != "posix" or (output.exists() and not output.is_file()):
        yield
        return
    import fcntl

    path = output.with_name(f".{output.name}.lock")
    try:
        is_held = False
        while not is_held:
            with path.open("w", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # A run that ended in between has removed the file that was opened: the lock on it keeps nobody out.
                is_held = path.exists() and os.path.samestat(os.fstat(lock.fileno()), path.stat())
                if not is_held:
                    continue
                try:
                    yield
                finally:
                    path.unlink(missing_ok=True)
    except BlockingIOError:
        hint = "wait for it, or name another file with -o"
        raise UsageError(f"{output}: another run writes to it", hint=hint) from None
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror or error}") from None


def _review_all(
    names: Sequence[str],
    reviewer: Reviewer,
    source: EvidenceSource,
    output: Path,
    *,
    jobs: int,
    tell: Callable[[Progress], None],
) -> int:
    held = resumed(output)
    waiting = [name for name in dict.fromkeys(names) if name not in held]
    started, done = monotonic(), 0
    polite = RateLimited(source)
    try:
        # A name from a list may hold what is no text; in JSON that is escaped.
        with output.open("a", encoding="utf-8", errors="backslashreplace") as lines, ThreadPoolExecutor(jobs) as pool:
            try:
                for line in _lines(waiting, reviewer, SingleFlight(polite), pool, jobs):
                    lines.write(json.dumps(line, ensure_ascii=False) + "\n")
                    lines.flush()
                    done += 1
                    tell(Progress(done, len(waiting) + len(held), len(held), monotonic() - started))
            except BaseException:
                polite.stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    except OSError as error:
        hint = "make room, and run it again: it goes on where it stopped"
        raise UsageError(f"{output}: cannot be written: {error.strerror or error}", hint=hint) from None
    return done


def resumed(output: Path) -> set[str]:
    """Return the targets that an output holds, after what is to be done again was taken out of it. Raises UsageError.

    Taken out are the last line, if a stop cut it off, and lines that missed something for a passing reason.
    """
    if not output.exists():
        return set()
    if not output.is_file():
        raise UsageError(f"{output}: expected a file to append to", hint="name another one with -o")
    found = list(_read(output))
    kept = [(target, line) for target, is_whole, line in found if is_whole and line.endswith("\n")]
    if len(kept) < len(found):
        replace_text(output, (line for _, line in kept), error=UsageError)
    return {target for target, _ in kept}


def _read(output: Path) -> Iterator[tuple[str, bool, str]]:
    """Each line with its target and whether nothing is missing in it; a last line that was cut off has neither."""
    with output.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                yield row["target"], row.get("complete", True), line
            except (ValueError, KeyError, TypeError, AttributeError):
                if line.endswith("\n"):
                    message = f"{output}:{number}: expected a line of an earlier run"
                    raise UsageError(message, hint="name another file with -o") from None
                yield "", False, line


def tally(output: Path) -> tuple[Counter[str], int]:
    """How often each verdict stands in an output, and how many lines missed something for a passing reason."""
    with output.open(encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    return Counter(row["verdict"] for row in rows), sum(not row.get("complete", True) for row in rows)


def _lines(
    names: Sequence[str], reviewer: Reviewer, source: EvidenceSource, pool: ThreadPoolExecutor, jobs: int
) -> Iterator[dict[str, Any]]:
    """Yield the lines as they become ready; never more than twice the jobs are under way."""
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
        "complete": all(is_whole(evidence) for evidence in review.lineage.nodes.values()),
        "outcome": review.evidence.outcome.value,
        "commit": review.evidence.commit,
        "license": conclusion.license.id if conclusion.license else None,
        "class": conclusion.license_class,
        "declared": [meaning.name for meaning in conclusion.declared],
        "conflicts": [conflict.message for conflict in review.conflicts],
        "findings": sorted({finding.rule for finding in review.findings}),
    }
