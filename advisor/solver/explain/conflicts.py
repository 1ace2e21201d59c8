"""Which requirements contradict each other, from the failure masks of a single choice.

The masks of failed constraints that contain no other mask are the minimal correction sets: relax one of them and the
candidate passes. Their minimal hitting sets are the minimal conflicts: at least one of each must go (Reiter 1987;
computed by Berge's sequential method).
"""

from __future__ import annotations

from collections.abc import Iterable

MOST_CONFLICTS = 64
"""More conflicts than this are not listed; there can be exponentially many."""


def minimal_masks(masks: Iterable[int]) -> tuple[int, ...]:
    """Return the masks that contain no other one, smallest first; (0,) if some candidate fails nothing."""
    kept: list[int] = []
    for mask in sorted(set(masks), key=lambda m: (m.bit_count(), m)):
        if not any(other & mask == other for other in kept):
            kept.append(mask)
    return tuple(kept)


def minimal_conflicts(corrections: Iterable[int], most: int = MOST_CONFLICTS) -> tuple[int, ...]:
    """Return the minimal hitting sets of the minimal correction sets, smallest first, as masks.

    At most ``most`` of them.

    There can be exponentially many. Once more than ``most`` times four are at hand the smallest are kept, so that
    what comes out is still minimal and still hits everything, but is no longer all there is.
    """
    sets = tuple(corrections)
    hitting: list[int] = [0]
    for correction in sets:
        if correction == 0:
            return ()
        hit = [candidate for candidate in hitting if candidate & correction]
        missed = [candidate for candidate in hitting if not candidate & correction]
        grown = {candidate | bit for candidate in missed for bit in _bits(correction)}
        fresh = [g for g in grown if not any(h & g == h for h in hit)]
        hitting = list(minimal_masks([*hit, *fresh])[: 4 * most])
    return minimal_masks(_without_excess(one, sets) for one in hitting)[:most]


def _without_excess(conflict: int, corrections: tuple[int, ...]) -> int:
    """Return the conflict without what it does not need to hit every correction set."""
    for bit in _bits(conflict):
        if all((conflict & ~bit) & correction for correction in corrections):
            conflict &= ~bit
    return conflict


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low
        mask ^= low
