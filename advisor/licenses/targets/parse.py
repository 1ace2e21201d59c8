"""Which repositories are meant: names with revisions, lists, bills of materials, source code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from advisor.licenses.targets.target import Target, parse_target, read_list

if TYPE_CHECKING:
    from advisor.licenses.settings import CheckSettings


def load_targets(settings: CheckSettings) -> tuple[Target, ...]:
    """Everything that the settings name, each once, in order. Raises UsageError."""
    found: dict[tuple[str, str | None], Target] = {}
    for target in _all(settings):
        found.setdefault((target.repository, target.revision), target)
    return tuple(found.values())


def _all(settings: CheckSettings) -> Iterator[Target]:
    for text in settings.targets:
        if text == "-":
            yield from (one._replace(place=None) for one in read_list(sys.stdin.read(), "standard input"))
        else:
            yield parse_target(text)
    for name in settings.files:
        from advisor.licenses.targets.discover import targets_in

        yield from targets_in(name, may_be_empty=settings.may_be_empty)
