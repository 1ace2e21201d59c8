"""Bring the user's catalog up to date: newest packages, a folder or an address of the user's own; built and checked.

The same function that refreshes the repository reads the packages; what differs is where they come from and where the
result goes. The shipped catalog is never touched, and nothing is kept that breaks a rule.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from advisor.catalog.compiled_file import COMPILED, load_catalog
from advisor.catalog.refresh import index
from advisor.catalog.refresh.command import gather, write
from advisor.catalog.refresh.packages import PACKAGES, locate
from advisor.catalog.source.build import build
from advisor.catalog.source.file_schema import CatalogFile
from advisor.catalog.source.read import read_record
from advisor.catalog.user_catalog import Kept, keep
from advisor.errors import AdvisorError, CatalogError
from advisor.files.leftovers import temporary_folder

LARGEST_CATALOG_BYTES = 60_000_000
SHIPPED_FILES = (COMPILED.parent / "_catalog_files", COMPILED.parents[1] / "catalog")
"""Where the YAML files of the shipped catalog lie: in the installed package, or in a checkout."""


class Wish(NamedTuple):
    """What to read, and what to allow."""

    source: str | None = None
    """A folder or an address of the user's own; None: the package index that pip is set up with."""
    any_age: bool = False
    deny: tuple[str, ...] = ()
    """Versions not to read, as ``litellm==1.110.*``."""


def update(wish: Wish, *, today: date, say: Callable[[str], None]) -> Kept:
    """Build the catalog anew and make it the one in use; ``say`` is told of the progress.

    Raises SourceUnavailable if a source cannot be reached or has nothing that may be read, CatalogError if what was
    read breaks a rule; nothing is changed then.
    """
    source = wish.source
    if source is not None and source.endswith(".json"):
        content, sources = _compiled(source), {"file": Path(source).name}
    elif source is not None and (Path(source) / "catalog.yaml").is_file():
        say(f"building {source}")
        content, sources = build(Path(source)), {"folder": Path(source).name}
    else:
        content, sources = _rebuilt(wish, today=today, say=say)
    return _kept(content, today=today, sources=sources)


def _rebuilt(wish: Wish, *, today: date, say: Callable[[str], None]) -> tuple[bytes, dict[str, str]]:
    with temporary_folder() as temporary:
        work = Path(temporary)
        wheels, days = collect_wheels(wish, work, today=today, say=say)
        say("reading the packages")
        tree = work / "catalog"
        shutil.copytree(_shipped_files(), tree)
        packages = locate(wheels, work / "unpacked", pinned=False, deny=wish.deny, days=days)
        write(tree, gather(tree, packages, today=today))
        _stamp(tree, today)
        say("building and checking the catalog")
        return build(tree), {one.package.distribution: one.version for one in packages}


def collect_wheels(wish: Wish, work: Path, *, today: date, say: Callable[[str], None]) -> tuple[Path, dict[str, date]]:
    """Return a folder with the wheels, and the day on which each was published where the index tells.

    What is downloaded lies below ``work``. Raises SourceUnavailable, CatalogError.
    """
    if wish.source is not None and not wish.source.startswith(("http://", "https://")):
        folder = Path(wish.source)
        if not folder.is_dir():
            raise CatalogError(f"{folder}: expected a folder with wheels, a catalog's YAML files, or a .json file")
        return folder, {}
    address = wish.source or index.configured_index()
    folder = work / "wheels"
    folder.mkdir()
    days = {}
    for package in PACKAGES:
        found = index.listed(address, package)
        wheel = index.choose(found, package, today=today, any_age=wish.any_age, deny=wish.deny)
        say(f"downloading {package.distribution} {wheel.version}")
        index.download(wheel, folder)
        if wheel.published_on is not None:
            days[package.distribution] = wheel.published_on
    return folder, days


def _shipped_files() -> Path:
    for folder in SHIPPED_FILES:
        if (folder / "catalog.yaml").is_file():
            return folder
    raise CatalogError("this installation has no catalog files to build from", hint="install advisor from its wheel")


def _stamp(tree: Path, today: date) -> None:
    """Let the version say that the catalog was updated, and when."""
    path = tree / "catalog.yaml"
    version = read_record(path, CatalogFile).version
    path.write_text(f"version: {json.dumps(f'{version}+updated.{today:%Y%m%d}')}\n", encoding="utf-8")


def _compiled(source: str) -> bytes:
    """Return a compiled catalog from a file or an address."""
    if source.startswith(("http://", "https://")):
        return index.fetch_file(source, LARGEST_CATALOG_BYTES)
    path = Path(source)
    try:
        if path.stat().st_size > LARGEST_CATALOG_BYTES:
            raise CatalogError(f"{path}: expected a catalog of at most {LARGEST_CATALOG_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise CatalogError(f"{path}: cannot read: {error.strerror}") from None


def _kept(content: bytes, *, today: date, sources: dict[str, str]) -> Kept:
    """Return the catalog, kept after it was read in full as every answer reads it."""
    with temporary_folder() as temporary:
        trial = Path(temporary) / "catalog.json"
        trial.write_bytes(content)
        try:
            json.loads(content)
            catalog = load_catalog(today, path=trial, overlay=False)
            empty = not catalog.candidates
        except AdvisorError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            message = f"what was read is no compiled catalog: {error!r}; the catalog in use was left as it is"
            raise CatalogError(message) from None
    if empty:
        raise CatalogError("the new catalog offers nothing on that day; the catalog in use was left as it is")
    return keep(content, shipped=COMPILED, made_on=today.isoformat(), sources=sources)
