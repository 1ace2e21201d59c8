"""What a model inherits from those it derives from, and where its own license does not fit theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from advisor.licenses.conclude import Conclusion
from advisor.licenses.evidence.lineage import Edge, Lineage
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import License

MOST_PAIRS = 200
"""Pairs of merged parents that are compared."""


class LicenseConflict(NamedTuple):
    """Two models whose licenses do not fit together."""

    rule: str
    child: str
    parent: str
    message: str
    level: Level = Level.ERROR

    @property
    def finding(self) -> LicenseFinding:
        """The conflict as a finding about the child."""
        return LicenseFinding(self.rule, self.level, self.child, self.message)


def find_conflicts(lineage: Lineage, conclusions: Mapping[str, Conclusion]) -> tuple[LicenseConflict, ...]:
    """Every conflict along the edges of a lineage, and between the parents of a merge."""
    found: list[LicenseConflict] = []
    for edge in lineage.edges:
        if edge.parent in conclusions:
            found += _along(edge, conclusions[edge.child], conclusions[edge.parent])
    for child in lineage.nodes:
        found += _merged(lineage.parents_of(child), conclusions)
    return tuple(dict.fromkeys(found))


def _along(edge: Edge, child: Conclusion, parent: Conclusion) -> Iterator[LicenseConflict]:
    for base in parent.binding:
        for own in child.binding:
            if own.id == base.id:
                continue
            names = f"{own.id} over {base.id} of {edge.parent}"
            if own.strictness < base.strictness and base.license_class != "permissive":
                message = (
                    f"{names}: a {own.license_class} license cannot take away what a {base.license_class} one asks"
                )
                yield LicenseConflict("looser-than-base", edge.child, edge.parent, message)
            elif _binds_the_same(base) and own.id not in base.successors:
                message = f"{names}: what derives from it stays under it or a compatible license"
                yield LicenseConflict("incompatible-copyleft", edge.child, edge.parent, message)
        yield from _name_duty(edge, base)


def _name_duty(edge: Edge, base: License) -> Iterator[LicenseConflict]:
    name = _letters(edge.child.rpartition("/")[2])
    for clause in base.clauses:
        if clause.form == "name" and clause.words and not name.startswith(_letters(clause.words)):
            message = f"{base.id} of {edge.parent} asks for a name that begins with {clause.words}"
            yield LicenseConflict("name-duty", edge.child, edge.parent, message, Level.WARNING)
            return


def _letters(name: str) -> str:
    """Return a name without what separates its parts: ``Llama 3``, ``llama-3`` and ``Llama3`` begin alike."""
    return re.sub(r"[\W_]+", "", name.lower())


def _merged(edges: tuple[Edge, ...], conclusions: Mapping[str, Conclusion]) -> Iterator[LicenseConflict]:
    """Two parents that each ask the merge to stay under their own license, and not the other's."""
    bound = {
        edge.parent: terms
        for edge in edges
        for terms in (conclusions[edge.parent].binding if edge.parent in conclusions else ())
        if _binds_the_same(terms)
    }
    for number, ((one, first), (two, second)) in enumerate(combinations(bound.items(), 2)):
        if number >= MOST_PAIRS:
            return
        apart = first.id != second.id and second.id not in first.successors and first.id not in second.successors
        if apart:
            message = f"{first.id} of {one} and {second.id} of {two} cannot both be kept by one model"
            yield LicenseConflict("incompatible-copyleft", edges[0].child, one, message)


def _binds_the_same(terms: License) -> bool:
    return any(clause.form == "share-alike" for clause in terms.clauses)
