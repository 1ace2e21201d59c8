"""Findings with their places: what SARIF and a build's annotations are written from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Rule(NamedTuple):
    """A kind of finding."""

    id: str
    says: str
    level: str = "warning"
    """``error``, ``warning`` or ``note``: where a finding says nothing else."""


class PlacedFinding(NamedTuple):
    """One thing to tell a program, with its place."""

    rule: str
    level: str
    """``error``, ``warning`` or ``note``."""
    message: str
    path: str
    """The file, relative to the checkout where it is in it."""
    line: int | None = None
    subject: str | None = None
    """What it is about, where that is not the file."""
    fingerprint: str | None = None
    """The same for the same finding when its words change."""
    properties: Mapping[str, Any] = {}
    waived_by: str | None = None


class FindingLog(NamedTuple):
    """All findings of a report; ``closing`` is a line for a reader of the build's log."""

    rules: tuple[Rule, ...]
    findings: tuple[PlacedFinding, ...]
    properties: Mapping[str, Any] = {}
    closing: str = ""
