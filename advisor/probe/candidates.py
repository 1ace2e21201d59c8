"""From the names that a person gives to whom the worker calls, and at which prices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED, STANDARD, Candidate, Config, PriceRow
from advisor.errors import ProbeError, UnknownName
from advisor.probe.redaction import HIDDEN, Redactor
from advisor.probe.secret_forms import is_random
from advisor.probe.worker_protocol import CallTarget

CALL_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Words for how long to think that a request can state."""

_SERVICE_TIERS = ("flex", "priority")
"""Price tiers that a request can ask for while its answer is waited for."""


_SECRET_QUERY = re.compile(r"[^=&]*(?:key|token|secret|sig|auth|pass)[^=&]*=", re.IGNORECASE)


_SECRET_LENGTH = 20
"""Parts of a path that long, of small and great letters and digits, are not shown."""


class ProbeTarget(NamedTuple):
    """A candidate of a probe."""

    name: str
    """As the reports call it."""
    target: CallTarget
    subject: str | None
    """The candidate of the catalog whose fact the measurement is; None for a name that the catalog lacks."""
    prices: tuple[PriceRow, ...]
    tier: str
    own_server: bool
    """The user's own server, which asks nothing for a token."""
    known_as: tuple[str, ...] = ()
    """What the model is called besides the name that it is asked by."""


def find_probed(
    catalog: Catalog,
    name: str,
    *,
    api_base: str | None = None,
    key_variable: str | None = None,
    api_name: str | None = None,
    environment: Mapping[str, str] | None = None,
    any_effort: bool = False,
) -> ProbeTarget:
    """Return the candidate of the catalog, or else the model of litellm, that is meant by a name.

    With ``any_effort`` an offering with several efforts is called without one. ``environment`` holds the keys that an
    address may not have in it. Raises UnknownName if it is neither, and ProbeError if it is ambiguous or cannot be
    called.
    """
    if api_base is not None:
        _check_address(api_base, Redactor(environment or {}))
    try:
        found = _of_any_tier(catalog, name) or catalog.find_candidates(name)
    except UnknownName:
        _refuse_effort(catalog, name)
        if "/" not in name or "~" in name:
            raise
        return _of_litellm(name, api_base, key_variable)
    candidate = _without_effort(name, found) if any_effort else None
    candidate = candidate or _only(name, found)
    offering = candidate.offering
    if candidate.tier not in (STANDARD, *_SERVICE_TIERS):
        raise ProbeError(
            f"{candidate.id}: requests of the tier {candidate.tier} are not answered while one waits",
            hint=f"probe another tier, such as {offering.id}",
        )
    target = CallTarget(
        model=litellm_model(candidate, api_base, api_name),
        api_base=api_base,
        key_variable=key_variable,
        effort=candidate.config.effort,
        service_tier=candidate.tier if candidate.tier in _SERVICE_TIERS else None,
    )
    own = offering.channel.kind == SELF_HOSTED
    model = offering.model
    known = tuple(dict.fromkeys(name for name in (model.id, *model.aliases, offering.api_name, api_name) if name))
    return ProbeTarget(candidate.id, target, candidate.id, offering.prices, candidate.tier, own, known)


def split_bases(bases: tuple[str, ...], names: tuple[str, ...]) -> Mapping[str, str]:
    """For each name its address, from ``--api-base URL`` (for all) and ``--api-base NAME=URL``. Raises ProbeError."""
    found: dict[str, str] = {}
    for base in bases:
        name, given, address = base.partition("=http")
        if given and "://" not in name:
            if name not in names:
                raise ProbeError(f"--api-base: {name!r} is not among the candidates", hint=f"one of {', '.join(names)}")
            found[name] = f"http{address}"
        else:
            found |= {other: base for other in names if other not in found}
    return found


def _of_any_tier(catalog: Catalog, name: str) -> tuple[Candidate, ...]:
    """Return the candidate of that id at a price tier that recommendations do not weigh by themselves."""
    offering_id, colon, tier = name.partition("~")[0].rpartition(":")
    if not colon or offering_id not in catalog.offerings:
        return ()
    return tuple(candidate for candidate in catalog.candidates_at((tier,)) if candidate.id == name)


def _refuse_effort(catalog: Catalog, name: str) -> None:
    """Raise UnknownName for an effort that is not on record of a model that is: nobody knows what it would ask for."""
    base, _, effort = name.partition("~")
    try:
        known = catalog.find_candidates(base) if effort else ()
    except UnknownName:
        return
    efforts = tuple(dict.fromkeys(one.id for one in known if one.offering.id == base and one.tier == STANDARD))
    if efforts:
        error = UnknownName("candidate", name, efforts)
        error.message = f"{name}: whether {base} takes the effort {effort!r} is unknown"
        error.args = (error.message,)
        error.hint = f"on record: {', '.join(efforts)}"
        raise error


def _of_litellm(name: str, api_base: str | None, key_variable: str | None) -> ProbeTarget:
    target = CallTarget(model=name, api_base=api_base, key_variable=key_variable)
    return ProbeTarget(name, target, None, (), STANDARD, api_base is not None and _is_private(api_base))


def _without_effort(name: str, found: tuple[Candidate, ...]) -> Candidate | None:
    """Return the offering that is named as a candidate at no effort of its own; None if it is not one alone."""
    standard = [candidate for candidate in found if candidate.tier == STANDARD]
    if "~" in name or len({candidate.offering.id for candidate in standard}) != 1:
        return None
    first = standard[0]
    model = first.offering.model.id
    return first._replace(config=Config(model, model, None), id=first.offering.id)


def _only(name: str, found: tuple[Candidate, ...]) -> Candidate:
    """Return the one candidate that a name means: as named, else the standard tier, else without an effort."""
    exact = [candidate for candidate in found if candidate.id == name]
    standard = [candidate for candidate in found if candidate.tier == STANDARD]
    offerings = {candidate.offering.id for candidate in found}
    if exact:
        return exact[0]
    plain = [candidate for candidate in standard if candidate.config.effort is None]
    if len(offerings) == 1 and len(plain or standard) == 1:
        return (plain or standard)[0]
    first = ", ".join(candidate.id for candidate in standard[:6])
    raise ProbeError(f"{name}: expected one candidate, found {len(standard)}", hint=f"name one of them: {first}")


def litellm_model(candidate: Candidate, api_base: str | None = None, api_name: str | None = None) -> str:
    """Return the name that litellm routes by: its word for the channel, then the channel's own name of the model."""
    offering = candidate.offering
    prefix, name = offering.channel.litellm_prefix, api_name or offering.api_name or offering.model.id
    if offering.channel.kind == SELF_HOSTED and api_base is None:
        raise ProbeError(
            f"{candidate.id}: expected the address of your own server", hint="--api-base http://HOST:PORT/v1"
        )
    if prefix is None:
        if api_base is None:
            raise ProbeError(
                f"{candidate.id}: litellm does not know {offering.channel.name}",
                hint="give its OpenAI-compatible address with --api-base and the key's variable with --api-key-env",
            )
        return f"openai/{name}"
    first, _, rest = name.partition("/")
    if rest and first.replace("-", "_") == prefix:
        return f"{prefix}/{rest}"
    return name if rest and first.startswith(prefix) else f"{prefix}/{name}"


def shown_address(api_base: str | None) -> str | None:
    """Return an address as results may show it: without a part of the path that looks drawn at random, as keys are."""
    if api_base is None:
        return None
    parts = urlsplit(api_base)
    path = "/".join(HIDDEN if _looks_secret(part) else part for part in parts.path.split("/"))
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _looks_secret(part: str) -> bool:
    kinds = (r"[a-z]", r"[A-Z]", r"[0-9]")
    return len(part) >= _SECRET_LENGTH and all(re.search(kind, part) for kind in kinds) and is_random(part)


def _check_address(api_base: str, redactor: Redactor) -> None:
    """Raise ProbeError for what is no address, and for one with a secret in it, which results would show."""
    try:
        parts = urlsplit(api_base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ProbeError(f"--api-base: expected an address, found {api_base!r}") from None
    if "@" in parts.netloc or _SECRET_QUERY.search(parts.query):
        raise ProbeError(
            "--api-base: expected an address without a password or key, which results would show",
            hint="put the key into a variable and name it with --api-key-env",
        )
    if redactor.knows(parts.path) or redactor.knows(parts.netloc):
        raise ProbeError(
            "--api-base: expected an address without a key in its path, which results would show",
            hint="put the key into a variable and name it with --api-key-env",
        )
    if parts.scheme not in ("http", "https") or not host:
        raise ProbeError(f"--api-base: expected an address that begins with http:// or https://, found {api_base!r}")


def _is_private(address: str) -> bool:
    """Whether an address is on this machine or in a private network."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal", ".lan")) or "." not in host
