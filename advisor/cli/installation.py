"""What is installed and set on this machine: packages, extras, names of keys, caches, and whether the Hub answers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from advisor.errors import install_hint

PACKAGES = ("click", "pydantic", "textual", "huggingface-hub", "litellm", "numpy")
"""Those whose version a report of a fault has to name."""

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "mcp": ("mcp",),
    "loop": ("duckdb", "py3langid", "wordllama"),
    "audit": ("duckdb",),
    "parquet": ("pyarrow",),
    "pdf": ("pypdf",),
}
"""The modules of each extra."""

HUB = "https://huggingface.co"
TIMEOUT_S = 5.0

_KEYS = re.compile(r"^(AWS_ACCESS_KEY_ID|AWS_BEARER_TOKEN_BEDROCK|AZURE_AD_TOKEN|CO_API_KEY|GOOGLE_API_KEY)$")
_SERVER = re.compile(r"^(GOOGLE_APPLICATION_CREDENTIALS|HF_TOKEN|SNOWFLAKE_JWT|WATSONX_TOKEN|WATSONX_APIKEY)$")


def packages() -> str:
    """Return the packages that matter with their versions."""
    return ", ".join(f"{name} {_version(name)}" for name in PACKAGES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def extras() -> str:
    """Return each extra as it is here: there, or what installs it."""
    lacking = {name: [module for module in modules if find_spec(module) is None] for name, modules in EXTRAS.items()}
    there = ", ".join(name for name, modules in lacking.items() if not modules) or "none"
    missing = [name for name, modules in lacking.items() if modules]
    return there + (f"; missing {', '.join(missing)}: {install_hint(','.join(missing))}" if missing else "")


def keys(prefixes: Iterable[str], environment: Mapping[str, str] = os.environ) -> str:
    """Return the names of the variables that hold keys of channels; what they hold is never read."""
    known = {f"{re.sub('[^A-Z0-9]', '_', prefix.upper())}_API_KEY" for prefix in prefixes}
    found = sorted(name for name in environment if name in known or _KEYS.match(name) or _SERVER.match(name))
    return ", ".join(found) or "none"


def cache(folder: Path) -> str:
    """Return where what can be made again is kept, and how much it is."""
    if not folder.is_dir():
        return f"{folder}, empty"
    size = sum(path.stat().st_size for path in _files(folder))
    return f"{folder}, {size / 1e6:,.1f} MB"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def hub(*, ask: bool, environment: Mapping[str, str] = os.environ) -> str:
    """Return the address of the Hub, and whether it answers where it is to be asked."""
    endpoint = (environment.get("HF_ENDPOINT") or HUB).rstrip("/")
    if environment.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        return f"{endpoint}, off by HF_HUB_OFFLINE"
    if not ask:
        return f"{endpoint}, not asked (--online asks)"
    return f"{endpoint}, {_answers(endpoint)}"


def _answers(endpoint: str) -> str:
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    if not endpoint.startswith(("https://", "http://")):
        return "no address: expected https://..."
    try:
        request = Request(f"{endpoint}/api/models?limit=1")  # noqa: S310 - the scheme is checked above
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  # nosec B310
            return f"reachable ({answer.status})"
    except HTTPError as error:
        return f"reachable ({error.code})"
    except (OSError, ValueError) as error:
        return f"cannot be reached: {getattr(error, 'reason', error)}"
