"""Tie a decision for own accelerators to the commit of the repository whose weights will be run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED
from advisor.decision.lock_schema import Decision, LockedBeside, LockedRepository, LockedWorkload
from advisor.errors import DecisionError, Offline, SourceUnavailable
from advisor.licenses.catalog_review import repository_for
from advisor.licenses.evidence.records import FetchOutcome

if TYPE_CHECKING:
    from advisor.licenses.evidence.records import EvidenceSource
    from advisor.licenses.targets.target import Target

Locked = LockedWorkload | LockedBeside


def own_weights(decision: Decision, catalog: Catalog) -> dict[str, Target]:
    """Return the repository of each candidate that is run on own accelerators, by the candidate's id."""
    found = {}
    for locked in decision.workloads:
        for one in locked.serving:
            target = _weights(one.chosen, catalog)
            if target is not None:
                found[one.chosen] = target
    return found


def pinned(decision: Decision, catalog: Catalog, source: EvidenceSource, today: date) -> Decision:
    """Return the decision with the commit of each repository whose weights are run on own accelerators.

    Raises SourceUnavailable where the Hub does not say it.
    """
    commits = {name: _commit(target, source, today) for name, target in own_weights(decision, catalog).items()}
    return decision.model_copy(
        update={"workloads": tuple(_with_commits(locked, commits.get) for locked in decision.workloads)}
    )


def _with_commits(locked: LockedWorkload, commit: Callable[[str], LockedRepository | None]) -> LockedWorkload:
    beside = tuple(one.model_copy(update={"repository": commit(one.chosen)}) for one in locked.beside)
    return locked.model_copy(update={"repository": commit(locked.chosen), "beside": beside})


def _weights(candidate: str, catalog: Catalog) -> Target | None:
    plain = candidate.partition("~")[0]
    offering = catalog.offerings.get(plain) or catalog.offerings.get(plain.rpartition(":")[0])
    if offering is None or offering.channel.kind != SELF_HOSTED:
        return None
    return repository_for(catalog, offering)


def _commit(target: Target, source: EvidenceSource, today: date) -> LockedRepository:
    found = source.evidence(target.repository, target.revision)
    if found.outcome is FetchOutcome.READ and found.commit:
        return LockedRepository(name=target.repository, commit=found.commit, read_on=today)
    reason = f": {found.detail}" if found.detail else ""
    message = f"{target.repository}: the Hub gave no commit, {found.outcome.value}{reason}"
    if found.outcome is FetchOutcome.NOT_FOUND:
        raise DecisionError(message, hint="`advisor decide` without --pin decides without one")
    kind = Offline if found.outcome is FetchOutcome.OFFLINE else SourceUnavailable
    raise kind(message, hint="reach the Hub or set HF_ENDPOINT to a mirror; without --pin none is asked for")
