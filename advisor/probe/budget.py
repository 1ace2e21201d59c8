"""Caps on money, requests and time: what a request could use is set aside before it is sent."""

from __future__ import annotations

from collections.abc import Callable
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


class Budget:
    """The account of one run. ``clock`` gives seconds that only grow."""

    def __init__(self, caps: Caps, clock: Callable[[], float]) -> None:
        self._caps = caps
        self._clock = clock
        self._began = clock()
        self._reserved: dict[int, Decimal] = {}
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

    def reserve(self, request: int, most_usd: Decimal) -> None:
        """Set aside what a request may cost. Raises CapReached if that could break a cap."""
        if self.sent >= self._caps.requests:
            raise CapReached(
                "requests", f"the cap of {self._caps.requests} requests is reached", "raise --max-requests"
            )
        if self.seconds_left <= 0:
            raise CapReached("time", f"the cap of {self._caps.seconds:g} seconds is reached", "raise --max-seconds")
        if self.committed_usd + most_usd > self._caps.usd:
            left = self._caps.usd - self.committed_usd
            raise CapReached(
                "money",
                f"the next request could cost ${most_usd:.6f} and ${left:.6f} of the cap of ${self._caps.usd} is left",
                "raise --max-usd, or lower --max-tokens",
            )
        self._reserved[request] = most_usd
        self.sent += 1

    def settle(self, request: int, usd: Decimal | None) -> None:
        """Book what the request did cost; all that was set aside, if that is not known."""
        reserved = self._reserved.pop(request)
        self.spent_usd += reserved if usd is None else usd
