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
    """The masks that contain no other one, smallest first; (0,) if some candidate fails nothing."""
    kept: list[int] = []
    for mask in sorted(set(masks), key=lambda m: (m.bit_count(), m)):
        if not any(other & mask == other for other in kept):
            kept.append(mask)
    return tuple(kept)


def minimal_conflicts(corrections: Iterable[int], most: int = MOST_CONFLICTS) -> tuple[int, ...]:
    """The minimal hitting sets of the minimal correction sets, smallest first, as masks; at most ``most`` of them."""
    hitting: list[int] = [0]
    for correction in corrections:
        if correction == 0:
            return ()
        hit = [candidate for candidate in hitting if candidate & correction]
        missed = [candidate for candidate in hitting if not candidate & correction]
        grown = {candidate | bit for candidate in missed for bit in _bits(correction)}
        fresh = [g for g in grown if not any(h & g == h for h in hit)]
        hitting = list(minimal_masks([*hit, *fresh]))
    return tuple(hitting[:most])


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low
        mask ^= low
