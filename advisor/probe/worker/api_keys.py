"""Which variables hold the keys of a provider: in the worker process only, since litellm is asked where it knows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

import litellm

from advisor.probe.worker_protocol import CallTarget

_SETS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "azure": (("AZURE_API_KEY",), ("AZURE_AD_TOKEN",), ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET")),
    "cohere": (("COHERE_API_KEY",), ("CO_API_KEY",)),
    "cohere_chat": (("COHERE_API_KEY",), ("CO_API_KEY",)),
    "databricks": (("DATABRICKS_API_KEY",), ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")),
    "gemini": (("GEMINI_API_KEY",), ("GOOGLE_API_KEY",)),
    "meta": (("META_API_KEY",),),
    "minimax": (("MINIMAX_API_KEY",),),
    "ovhcloud": (("OVHCLOUD_API_KEY",),),
    "scaleway": (("SCW_SECRET_KEY",),),
    "snowflake": (("SNOWFLAKE_JWT",), ("SNOWFLAKE_API_KEY",)),
    "watsonx": (("WATSONX_API_KEY",), ("WATSONX_APIKEY",), ("WX_API_KEY",), ("WATSONX_TOKEN",), ("WATSONX_ZENAPIKEY",)),
    "xiaomi_mimo": (("XIAOMI_MIMO_API_KEY",),),
    "zai": (("ZAI_API_KEY",),),
}
"""Of providers that litellm does not check, or of which it names more than one way: any of these sets is enough."""

_ADDRESSES = {"azure": "AZURE_API_BASE"}
"""Where a provider has no address of its own, the variable that states it."""


class Variables(NamedTuple):
    """Names of variables, never their values."""

    missing: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def lacks_key(self) -> bool:
        """Whether a key is missing, rather than an address."""
        return any("API_BASE" not in name for name in self.missing)


def variables(target: CallTarget) -> Variables:
    """Return what the target's provider needs: what of it is missing, and what is there."""
    if target.key_variable is not None:
        named = (target.key_variable,) if target.key_variable else ()
        return _split(named)
    provider = _provider(target.model)
    if provider == "bedrock":
        return _amazon()
    address = _ADDRESSES.get(provider, "") if target.api_base is None else ""
    needed = _split((address,) if address else ())
    keys = _of_sets(_SETS[provider]) if provider in _SETS else _asked(target)
    return Variables(needed.missing + keys.missing, keys.found + needed.found)


def _provider(model: str) -> str:
    try:
        return str(litellm.get_llm_provider(model)[1])
    except Exception:  # noqa: BLE001 - litellm raises what it likes for a name that it does not know
        return model.partition("/")[0]


def _split(names: tuple[str, ...]) -> Variables:
    there = tuple(name for name in names if os.environ.get(name))
    return Variables(tuple(name for name in names if name not in there), there)


def _of_sets(sets: tuple[tuple[str, ...], ...]) -> Variables:
    """Return the first set that is there; what is missing of the first of all if none is."""
    every = [_split(names) for names in sets]
    return next((one for one in every if not one.missing), every[0])


def _asked(target: CallTarget) -> Variables:
    """Return what litellm says; it names all that a provider takes, also what is set or stated otherwise."""
    names = tuple(str(name) for name in litellm.validate_environment(target.model).get("missing_keys", ()))
    missing = _split(names).missing
    if target.api_base is not None:
        missing = tuple(name for name in missing if "API_BASE" not in name)
    return Variables(missing, () if missing else _beginning_as(target.model))


def _beginning_as(model: str) -> tuple[str, ...]:
    """Return the variables with keys that are set and belong to the model's provider by their beginning."""
    provider = model.partition("/")[0].upper().split("_")[0]
    return tuple(sorted(name for name in os.environ if name.startswith(provider) and "KEY" in name))


def _amazon() -> Variables:
    """As Amazon's own client finds credentials: variables, profiles, and the role of the machine."""
    if os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        return Variables((), ("AWS_BEARER_TOKEN_BEDROCK",))
    own = _split(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    if not own.missing:
        return own
    try:
        from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]
        from botocore.session import Session  # type: ignore[import-untyped]
    except ImportError:
        return own
    try:
        credentials = Session().get_credentials()
    except BotoCoreError:
        return own
    return own if credentials is None else Variables((), (str(credentials.method),))
