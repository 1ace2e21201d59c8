"""Which faults may pass if asked again, and which say that a candidate will answer nothing."""

from __future__ import annotations

from advisor.probe.faults import Fault

PASSING = frozenset(
    {
        *(Fault.RATE_LIMITED, Fault.RATE_LIMITED_NO_WAIT, Fault.OVERLOADED, Fault.SERVER_ERROR, Fault.REQUEST_TIMEOUT),
        *(Fault.CONNECT_TIMEOUT, Fault.FIRST_BYTE_TIMEOUT, Fault.FIRST_TOKEN_TIMEOUT, Fault.TOKEN_TIMEOUT),
        *(Fault.STALL, Fault.STALE_CONNECTION, Fault.CONNECTION_RESET, Fault.CUT, Fault.TRUNCATED),
        *(Fault.ERROR_IN_STREAM, Fault.EMPTY, Fault.MALFORMED),
    }
)
"""Faults of the moment: the same request may be answered a little later."""

ENDING = frozenset(
    {
        *(Fault.AUTHENTICATION, Fault.QUOTA, Fault.FORBIDDEN, Fault.NOT_FOUND, Fault.UNSUPPORTED),
        *(Fault.REFUSED, Fault.DNS, Fault.TLS, Fault.UNREACHABLE, Fault.MISSING_PACKAGE, Fault.WORKER_ENDED),
    }
)
"""Faults that each further case would meet as well; what is about one case, such as its length, is not among them."""
