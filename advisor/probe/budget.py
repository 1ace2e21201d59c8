"""Caps on money, requests and time: what a request could use is set aside before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from advisor.errors import ProbeError


class Caps(NamedTuple):
    """What a probe may use at most."""

    usd: Decimal
    requests: int
    seconds: float


class CapReached(ProbeError):
    """The next request could break a cap, so it is not sent; ``cap`` is ``money``, ``requests`` or ``time``."""

    def __init__(self, cap: str, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.cap = cap


_ROOM_FOR_HOPS = 32
"""Redirects are followed while at least so many requests are left under the cap."""


class Budget:
    """The account of one run. ``clock`` gives seconds that only grow.

    ``needs`` says of each owner the most that it can come to. Where the cap is smaller than all of them together each
    is kept an equal share of it: nobody gets a second one while another has not had the first.
    """

    def __init__(self, caps: Caps, clock: Callable[[], float], needs: Mapping[str, Decimal] | None = None) -> None:
        self._caps = caps
        self._clock = clock
        self._began = clock()
        self._needs = dict(needs or {})
        self._reserved: dict[int, Decimal] = {}
        self._owners: dict[int, str] = {}
        self._used: dict[str, Decimal] = {}
        self._held_requests: dict[int, int] = {}
        self.spent_usd = Decimal(0)
        self.sent = 0

    @property
    def seconds_left(self) -> float:
        """Until the cap on time."""
        return self._caps.seconds - (self._clock() - self._began)

    @property
    def committed_usd(self) -> Decimal:
        """Spent and set aside."""
        return self.spent_usd + sum(self._reserved.values(), Decimal(0))

    def reserve(self, request: int, most_usd: Decimal, owner: str = "", hops: int = 0) -> int:
        """Set aside what a request may cost; how many redirects it may follow, of ``hops`` that are wanted.

        Raises CapReached if that could break a cap.
        """
        left = self._caps.requests - self.sent - sum(self._held_requests.values())
        if left <= 0:
            raise CapReached(
                "requests", f"the cap of {self._caps.requests} requests is reached", "raise --max-requests"
            )
        if self.seconds_left <= 0:
            raise CapReached("time", f"the cap of {self._caps.seconds:g} seconds is reached", "raise --max-seconds")
        kept = self._kept_for_others(owner)
        if self.committed_usd + most_usd + kept > self._caps.usd:
            over = self._caps.usd - self.committed_usd - kept
            raise CapReached(
                "money",
                f"the next request could cost ${most_usd:.6f} and ${max(over, Decimal(0)):.6f} of the cap of "
                f"${self._caps.usd} is left for it",
                "raise --max-usd, or lower --max-tokens",
            )
        self._reserved[request], self._owners[request] = most_usd, owner
        self._used[owner] = self._used.get(owner, Decimal(0)) + most_usd
        self._held_requests[request] = hops if left > _ROOM_FOR_HOPS + hops else 0
        self.sent += 1
        return self._held_requests[request]

    def settle(self, request: int, usd: Decimal | None, hops: int = 0) -> None:
        """Book what the request did cost; all that was set aside, if that is not known or cannot be."""
        reserved, owner = self._reserved.pop(request), self._owners.pop(request)
        booked = reserved if usd is None or not 0 <= usd <= reserved else usd
        self.spent_usd += booked
        self._used[owner] += booked - reserved
        self.sent += min(hops, self._held_requests.pop(request))

    def leave(self, owner: str) -> None:
        """Let an owner leave that needs nothing more: its share is for the others."""
        self._needs.pop(owner, None)

    def _kept_for_others(self, owner: str) -> Decimal:
        """Return what of the cap is not to be used by an owner because others have not had their share."""
        if owner not in self._needs:
            return Decimal(0)
        gone = sum((used for other, used in self._used.items() if other not in self._needs), Decimal(0))
        share = (self._caps.usd - gone) / len(self._needs)
        return sum(
            (max(Decimal(0), min(share, need) - self._used.get(other, Decimal(0))))
            for other, need in self._needs.items()
            if other != owner
        ) or Decimal(0)
