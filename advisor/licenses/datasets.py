"""The licenses of the data sets that a card names: one level up, as a doubt for the uses that its license forbids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from advisor.licenses.aliases import Licenses
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import CLASS_STRICTNESS

MOST_DATASETS = 32
"""Data sets of one model that are looked up."""

Lookup = Callable[[str], tuple[str, ...] | None]
"""What a data set declares; None where it cannot be read."""

REACHES = ("non-commercial", "restricted", "proprietary")
"""Classes whose terms speak of what is made with the data: a use that they forbid is open for the model too."""

_RESTRICTS = ("non-commercial", "restricted", "copyleft")


class DatasetTerms(NamedTuple):
    """What is known of a data set's license."""

    name: str
    declared: tuple[str, ...] | None
    """As its card declares it; None where that could not be read."""
    licenses: tuple[str, ...]
    """The ids of the licenses that are meant."""
    license_class: str
    """The strictest of theirs; unknown where any is."""


def dataset_terms(names: Sequence[str], lookup: Lookup, licenses: Licenses) -> tuple[DatasetTerms, ...]:
    """Return the terms of the first data sets, each looked up once."""
    return tuple(_terms(name, lookup(name), licenses) for name in tuple(dict.fromkeys(names))[:MOST_DATASETS])


def _terms(name: str, declared: tuple[str, ...] | None, licenses: Licenses) -> DatasetTerms:
    meant = [meaning.license for meaning in licenses.declared(declared or (), None)]
    known = [terms for terms in meant if terms]
    classes = [terms.license_class for terms in known] if meant and len(known) == len(meant) else ["unknown"]
    strict = max(classes, key=lambda one: CLASS_STRICTNESS.get(one, CLASS_STRICTNESS["unknown"]))
    return DatasetTerms(name, declared, tuple(terms.id for terms in known), strict)


def dataset_findings(root: str, named: int, found: Sequence[DatasetTerms]) -> Iterator[LicenseFinding]:
    """Yield a note on each data set whose license restricts, and on those that were left out."""
    for one in found:
        if one.license_class in _RESTRICTS:
            message = f"trained on {one.name}, which is under {', '.join(one.licenses)} ({one.license_class})"
            yield LicenseFinding("dataset-license", Level.NOTE, root, message, "datasets")
    if named > len(found):
        message = f"{named - len(found):,} more data sets are named and were not looked up"
        yield LicenseFinding("dataset-license", Level.NOTE, root, message, "datasets")
