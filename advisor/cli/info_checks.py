"""What ``advisor info`` looks at before a person asks why something does not work, each with what mends it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, NamedTuple

from advisor.catalog import Catalog
from advisor.errors import AdvisorError
from advisor.files.paths import DECISION_FILE, REQUIREMENTS_FILE, cache_folder, data_folder


class Check(NamedTuple):
    """One thing looked at."""

    name: str
    state: Literal["ok", "note", "fails"]
    says: str
    mend: str = ""
    """The command or setting that mends it; empty where nothing has to be mended."""


def checks(catalog: Catalog, environment: Mapping[str, str]) -> Iterator[Check]:
    """Look at the installation, the folders, the catalog and the files of the project; nothing is sent anywhere."""
    yield _client()
    for name, folder in (("cache", cache_folder()), ("data", data_folder())):
        yield _folder(name, folder)
    yield _freshness(catalog)
    found = shutil.which("git", path=environment.get("PATH"))
    words = f"{found}, for the versions of prompts and the days of files" if found else "not found"
    yield Check("git", "ok" if found else "note", words, "" if found else "install git to see versions of prompts")
    if Path(REQUIREMENTS_FILE).exists():
        yield _requirements(Path(REQUIREMENTS_FILE))
    if Path(DECISION_FILE).exists():
        yield _decision(Path(DECISION_FILE))


def _client() -> Check:
    from advisor.catalog.refresh.packages import is_denied

    mend = "python -m pip install --upgrade model-advisor"
    try:
        found = version("litellm")
    except PackageNotFoundError:
        return Check("client of models", "fails", "litellm is not installed, so nothing can be measured", mend)
    if is_denied("litellm", found):
        return Check("client of models", "fails", f"litellm {found} was published by attackers: renew your keys", mend)
    return Check("client of models", "ok", f"litellm {found}")


def _folder(name: str, folder: Path) -> Check:
    """Check that the folder, or the nearest one above it that is there, can be written to."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if there.is_dir() and os.access(there, os.W_OK):
        return Check(f"{name} folder", "ok", f"{folder} can be written to")
    mend = f"name a folder of your own with XDG_{name.upper()}_HOME"
    return Check(f"{name} folder", "fails", f"{there} cannot be written to, so {folder} cannot be kept", mend)


def _freshness(catalog: Catalog) -> Check:
    from advisor.catalog.freshness import stale

    old = stale(catalog)
    if not old:
        return Check("freshness", "ok", "no fact is older than its limit")
    return Check("freshness", "note", f"{len(old):,} facts are older than their limit", "advisor catalog update")


def _requirements(path: Path) -> Check:
    from advisor.requirements import load_requirements

    try:
        asked = load_requirements(path)
    except AdvisorError as error:
        return Check(str(path), "fails", error.message.partition("\n")[0], "advisor validate")
    return Check(str(path), "ok", f"workloads: {', '.join(one.name for one in asked.workloads)}")


def _decision(path: Path) -> Check:
    from advisor.decision.lock_file import load

    try:
        decision, _ = load(path)
    except AdvisorError as error:
        return Check(str(path), "fails", error.message.partition("\n")[0], "advisor decide")
    return Check(str(path), "ok", f"decided on {decision.decided_on}; `advisor check` says whether it stands")
