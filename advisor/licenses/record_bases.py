"""What the catalog knows of a repository binds too: its license on record, and that of what it derives from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Offering
from advisor.licenses.conclude import Conclusion
from advisor.licenses.evidence.lineage import Edge, Lineage
from advisor.licenses.evidence.records import Evidence, FetchOutcome
from advisor.licenses.targets.target import parse_target
from advisor.licenses.verdict import binding_licenses, is_multimodal


class Bound(NamedTuple):
    """A license that the catalog's record says binds a repository."""

    license: str
    of: str
    """The model whose license it is."""
    read_on: datetime
    multimodal: bool | None
    """What is on record of the model that derives from it."""


class RecordBases:
    """The licenses on record by the repository of the weights."""

    def __init__(self, catalog: Catalog) -> None:
        self._endpoint = f"catalog {catalog.version}"
        self._bound: dict[str, dict[str, Bound]] = {}
        self._known: set[str] = set()
        for offering in catalog.offerings.values():
            fact = offering.fact("hub_repo", catalog.as_of)
            if fact.is_usable:
                self._add(catalog, offering, parse_target(str(fact.value)).repository.lower())

    def _add(self, catalog: Catalog, offering: Offering, repository: str) -> None:
        own, base, _ = binding_licenses(catalog, offering)
        named = offering.fact("base_model", catalog.as_of)
        sees = is_multimodal(catalog, offering)
        bound = self._bound.setdefault(repository, {})
        for license_id, fact, of in (
            (own, "license", offering.model.id),
            (base, "base_license", str(named.value) if named.is_usable else f"the base of {offering.model.id}"),
        ):
            source = offering.fact(fact, catalog.as_of).source
            read_on = source.read_on if source else catalog.as_of
            if license_id is not None:
                day = datetime.combine(read_on, time(tzinfo=UTC))
                bound.setdefault(license_id, Bound(license_id, f"{of} (on record)", day, sees))
        if own is not None:
            self._known.add(repository)

    def knows(self, evidence: Evidence) -> bool:
        """Whether the catalog has a license on record for the repository, so that it need not name a base."""
        return bool(_names(evidence) & self._known)

    def extend(self, lineage: Lineage, conclusions: Mapping[str, Conclusion]) -> Lineage:
        """Give the lineage with what is on record as further parents.

        Where no model of it is under that license already.
        """
        nodes, edges = dict(lineage.nodes), list(lineage.edges)
        for child, evidence in lineage.nodes.items():
            above = {terms.id for name in (child, *lineage.above(child)) for terms in conclusions[name].binding}
            for one in self._of(evidence):
                if one.license not in above:
                    nodes[one.of] = self._node(one, evidence)
                    edges.append(Edge(child, one.of, "unknown"))
        return lineage._replace(nodes=nodes, edges=tuple(edges))

    def _of(self, evidence: Evidence) -> tuple[Bound, ...]:
        return tuple(one for name in _names(evidence) for one in self._bound.get(name, {}).values())

    def _node(self, bound: Bound, child: Evidence) -> Evidence:
        sees = child.multimodal if child.multimodal is not None else bound.multimodal
        return Evidence(
            repository=bound.of,
            endpoint=self._endpoint,
            read_at=bound.read_on,
            outcome=FetchOutcome.ON_RECORD,
            detail="the license on the catalog's record",
            licenses=(bound.license,),
            pipeline=None if sees is None else "image-text-to-text" if sees else "text-generation",
        )


def _names(evidence: Evidence) -> set[str]:
    return {name.lower() for name in (evidence.repository, evidence.id) if name}
