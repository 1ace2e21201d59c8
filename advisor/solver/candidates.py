"""Which candidates there are to ask about: each way to buy an offering once, and which of them are previews."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import STANDARD, Candidate

BATCH = "batch"
"""The price tier of requests that may wait."""

_PREVIEW_WORDS = frozenset({"preview", "beta", "exp", "experimental"})


def distinct_tiers(catalog: Catalog, tiers: tuple[str, ...], batch_share: Decimal) -> tuple[Candidate, ...]:
    """Return the candidates at these price tiers, none twice at one price; the same tuple each time.

    Where a share of the requests may wait, the standard tier takes the batch price for it. All that may wait is then
    bought at the batch tier alone, where an offering has one that is considered; and the batch tier is no way to buy
    what may not wait.
    """
    every = catalog.candidates_at(tiers)
    if not batch_share or BATCH not in tiers:
        return every

    def work() -> tuple[Candidate, ...]:
        if batch_share < 1:
            return tuple(one for one in every if one.tier != BATCH)
        batched = {(one.offering.id, one.config.id) for one in every if one.tier == BATCH}
        return tuple(one for one in every if one.tier != STANDARD or (one.offering.id, one.config.id) not in batched)

    return memoize(catalog, ("distinct", tiers, batch_share >= 1), work)


def is_preview(candidate: Candidate, day: date) -> bool:
    """Whether its maker calls it a preview: a stage on record, else a word of its names."""
    offering = candidate.offering
    stage = offering.fact("release_stage", day)
    if stage.is_usable:
        return stage.value in _PREVIEW_WORDS
    names = (offering.model.id, offering.api_name or "")
    return any(word in _PREVIEW_WORDS for name in names for word in name.replace("/", "-").split("-"))
