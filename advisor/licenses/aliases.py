"""Which license a tag, a ``license_name`` or an SPDX expression means; a name that several use means none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from advisor.licenses.license import License, license_from_record
from advisor.licenses.license_names import name_parts
from advisor.licenses.statements import Reader

NO_LICENSE = ("other", "unknown")
"""Tags that say where to look, or that nothing is known."""


class Meaning(NamedTuple):
    """What a declared name means."""

    name: str
    """As declared."""
    licenses: tuple[License, ...]
    """One where it is clear, several where it is not, none where nobody knows the name."""
    by: str
    """tag, name or spdx: how it was found."""

    @property
    def license(self) -> License | None:
        """The one license that is meant."""
        return self.licenses[0] if len(self.licenses) == 1 else None


class Licenses:
    """The licenses of a catalog, by every name under which they are declared."""

    def __init__(self, records: Mapping[str, Mapping[str, Any]]) -> None:
        self._records = records

    @cached_property
    def by_id(self) -> dict[str, License]:
        """Every license by its id."""
        return {name: license_from_record(record) for name, record in self._records.items()}

    @cached_property
    def _by_tag(self) -> dict[str, License]:
        return {tag: terms for terms in self.by_id.values() for tag in terms.hub_ids}

    @cached_property
    def _by_name(self) -> dict[str, list[License]]:
        found: dict[str, list[License]] = {}
        for terms in self.by_id.values():
            for name in terms.license_names:
                found.setdefault(_plain(name), []).append(terms)
        return found

    @cached_property
    def _by_spdx(self) -> dict[str, License]:
        return {terms.spdx.lower(): terms for terms in self.by_id.values() if terms.spdx}

    @cached_property
    def reader(self) -> Reader:
        """Reads what texts say of these licenses."""
        return Reader(tuple(self.by_id.values()))

    def of_tag(self, tag: str) -> Meaning:
        """Return what a ``license`` tag means; SPDX ids are understood too."""
        key = tag.strip().lower()
        if key in self._by_tag:
            return Meaning(tag, (self._by_tag[key],), "tag")
        if key in self._by_spdx:
            return Meaning(tag, (self._by_spdx[key],), "spdx")
        return self.of_name(tag)

    def of_name(self, name: str) -> Meaning:
        """Return what a ``license_name`` means; where several licensors use it, all of theirs."""
        key = _plain(name)
        named = self._by_name.get(key)
        if named is None and key in self.by_id:
            named = [self.by_id[key]]
        if named is None:
            named = [self.by_id[one] for one in self.reader.names.ids.get(name_parts(name), ())]
        return Meaning(name, tuple(named or ()), "name")

    def declared(self, tags: Iterable[str], name: str | None) -> tuple[Meaning, ...]:
        """Return what a card declares: its tags, and its ``license_name`` for those that only say ``other``.

        A known license that is named beside another tag counts too.
        """
        tags = tuple(tags)
        silent = [tag for tag in tags if tag.strip().lower() in NO_LICENSE]
        meanings = [self.of_tag(tag) for tag in tags if tag not in silent]
        named = self.of_name(name) if name else None
        if named is None:
            return (*meanings, *(self.of_tag(tag) for tag in silent))
        said = {terms.id for meaning in meanings for terms in meaning.licenses}
        # A name that nobody knows may stand for anything, whatever tag stands beside it.
        says_more = not named.licenses or any(terms.id not in said for terms in named.licenses)
        return (*meanings, named) if silent or not meanings or says_more else tuple(meanings)


def _plain(name: str) -> str:
    return "-".join(name.strip().lower().replace("_", "-").split())
