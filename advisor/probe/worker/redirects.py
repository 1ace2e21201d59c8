"""Where a redirect leads, and whether to follow: credentials and prompts go to nobody that was not named."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from advisor.probe.faults import Fault
from advisor.probe.worker.exchange import Exchange
from advisor.probe.worker.watch import Stopped

_KEPT = (307, 308)
"""Redirects that keep the method and the body; by the others a request with a body becomes one without."""

_CREDENTIALS = ("authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token")


_LEAST = 16
"""Shorter words of a header are the names of schemes and fields."""


def origin(url: httpx.URL) -> str:
    """Scheme, host and port."""
    return f"{url.scheme}://{url.host}:{url.port or {'http': 80, 'https': 443}.get(url.scheme, 0)}"


def next_url(response: httpx.Response, at: httpx.URL, exchange: Exchange, seen: set[str]) -> httpx.URL | None:
    """Where a redirect is to be followed to; None if the response is none. Raises Stopped if it is not followed.

    It is followed on the same host alone, while requests are left for it, and never from https to http.
    """
    location = response.headers.get("location")
    if not 300 <= response.status_code < 400 or location is None:  # noqa: PLR2004 - HTTP's redirects
        return None
    try:
        target = at.join(location)
    except (httpx.InvalidURL, ValueError):
        raise Stopped(Fault.REDIRECTED, "the address that it sends to cannot be read") from None
    shown = str(target.copy_with(query=None, fragment=None, username="", password=""))
    if str(target) in seen:
        raise Stopped(Fault.REDIRECT_LOOP, f"it sends back to {shown}")
    is_weaker = target.scheme not in (at.scheme, "https")
    if response.status_code not in _KEPT or target.host != at.host or is_weaker:
        raise Stopped(Fault.REDIRECTED, f"status {response.status_code} sends to {shown}")
    if len(seen) > exchange.most_hops:
        kind = Fault.REDIRECT_LOOP if exchange.most_hops else Fault.REDIRECTED
        raise Stopped(kind, f"after {len(seen)} requests it still sends on, to {shown}")
    return target


def credentials(request: httpx.Request) -> tuple[str, ...]:
    """Return what of a request is secret: whatever comes back with it in it must not be stored."""
    found = [request.headers[name] for name in _CREDENTIALS if name in request.headers]
    found += [value for name, value in request.url.params.multi_items() if name.lower() in ("key", "api-key", "token")]
    return tuple(word for value in found for word in value.replace("Signature=", " ").split() if len(word) >= _LEAST)


def headers_for(headers: Mapping[str, str], url: httpx.URL, exchange: Exchange) -> dict[str, str]:
    """Return the headers for an address: without credentials if it is another origin than the one they are for."""
    if origin(url) == exchange.asked_at:
        return dict(headers)
    kept = {name: value for name, value in headers.items() if name.lower() not in (*_CREDENTIALS, "host")}
    return kept | {"host": url.netloc.decode()}
