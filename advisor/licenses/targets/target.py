"""A repository at a revision, and how its name is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from advisor.errors import UsageError
from advisor.licenses.evidence.records import Evidence

REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96}|[A-Za-z0-9][\w.-]{0,95}")
"""``org/name``, or a name alone for the few repositories that have no owner."""


_REVISION = re.compile(r"[\w./-]{1,250}")


class Place(NamedTuple):
    """Where something is named: a file, and the line from 1 where that is known."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class Target(NamedTuple):
    """A repository at a revision; None means its main branch."""

    repository: str
    revision: str | None = None
    missing: str | None = None
    """Why it is no repository, for something that is named and cannot be looked up."""
    place: Place | None = None
    """Where it is named first, if a file names it."""
    note: str | None = None
    """What could not be resolved beside its name: a revision, a variable that has a default."""
    meant: Literal["hub", "catalog"] | None = None
    """Where the name stands, if it is written so that it says it: ``hf://`` or an address, or ``catalog:``."""
    on_disk: Evidence | None = None
    """The evidence on weights that stand on this machine."""
    weights: tuple[str, ...] = ()
    """The paths of their files."""

    def __str__(self) -> str:
        return f"{self.repository}@{self.revision}" if self.revision else self.repository


def parse_target(text: str) -> Target:
    """``org/name[@revision]``; an address on the Hub is understood too. Raises UsageError.

    ``hf://`` says that a repository of the Hub is meant, ``catalog:`` that a name of the catalog is.
    """
    if text.strip().startswith("catalog:"):
        return parse_target(text.strip().removeprefix("catalog:"))._replace(meant="catalog")
    name = re.sub(r"^(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://)", "", text.strip())
    name = re.sub(r"/(?:tree|blob|resolve)/([^/]+).*$", r"@\1", name).rstrip("/")
    repository, _, revision = name.partition("@")
    if not REPOSITORY.fullmatch(repository) or (revision and not _REVISION.fullmatch(revision)):
        raise UsageError(f"{text!r}: expected a repository such as org/name or org/name@revision")
    meant: Literal["hub"] | None = "hub" if name.partition("@")[0] != text.strip().partition("@")[0] else None
    return Target(repository, revision or None, meant=meant)


def read_list(text: str, path: str) -> Iterator[Target]:
    """One target a line; empty lines and what follows # are left out.

    Raises UsageError with the line, and on a list of nothing: what made it may have failed.
    """
    found = 0
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        content = line.partition("#")[0].strip()
        if content:
            found += 1
            try:
                yield parse_target(content)._replace(place=Place(path, number))
            except UsageError as error:
                raise UsageError(f"{path}:{number}: {error.message}") from None
    if not found:
        raise UsageError(f"{path}: expected at least one repository", hint="one a line, such as org/name@revision")
