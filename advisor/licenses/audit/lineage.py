"""The strictest of all that a repository derives from, for every repository of a dump at once.

Most derive from one other or from none. Along such chains pointer doubling hands the strictest down: after k rounds
each place has seen 2^k generations, so that twenty rounds do for a million of them, and a cycle needs no more. What
derives from several (a merge) is an anchor at which chains end; anchors are followed one by one, the strictest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.licenses.audit.classify_dump import inherited

if TYPE_CHECKING:
    from numpy.typing import NDArray


def inherit(ranks: NDArray, child: NDArray, parent: NDArray) -> NDArray:  # type: ignore[type-arg]
    """Return ``ranks`` (kinds by places) with each place raised to the highest of all that it derives from.

    ``child`` and ``parent`` are the places of each edge. The ranks are not changed in place.
    """
    import numpy as np

    places = ranks.shape[1]
    count = np.bincount(child, minlength=places)
    is_single = count[child] == 1
    above = np.arange(places)
    above[child[is_single]] = parent[is_single]
    found = ranks.copy()
    for _ in range(max(1, places).bit_length() + 1):
        found = np.maximum(found, found[:, above])
        further = above[above]
        if np.array_equal(further, above):
            break
        above = further
    merged, origin = child[~is_single], parent[~is_single]
    if not merged.size:
        return found
    for kind in range(found.shape[0]):
        np.maximum.at(found[kind], merged, found[kind][origin])
        children: dict[int, list[int]] = {}
        for anchor, place in zip(above[origin].tolist(), merged.tolist(), strict=True):
            children.setdefault(anchor, []).append(place)
        raised = np.array(inherited(found[kind].tolist(), children), dtype=found.dtype)
        found[kind] = np.maximum(raised, raised[above])
    return found
