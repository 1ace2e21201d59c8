"""Where a model comes from: its parents and theirs, as the cards name them, never as the names suggest."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from advisor.licenses.evidence.records import Evidence, EvidenceSource, FetchOutcome

DEEPEST = 12
"""Generations that are walked."""

MOST_NODES = 64
"""Models that are looked at in one lineage."""


class Edge(NamedTuple):
    """A model and one that it derives from."""

    child: str
    parent: str
    relation: str
    named_by: str | None = None
    """The form or file from which the parent's name was made out; None where the card names it as the Hub does."""


class Lineage(NamedTuple):
    """Every model that was reached, the target first, and how they hang together."""

    root: str
    nodes: Mapping[str, Evidence]
    edges: tuple[Edge, ...]
    warnings: tuple[str, ...]
    """Cycles, limits reached, parents that could not be read."""
    complete: bool
    """Whether every parent that is named was read."""

    @property
    def is_cyclic(self) -> bool:
        """Whether a model is its own ancestor, so that no base is named in the end."""
        return bool(_cycles(list(self.edges)))

    def made_out(self) -> dict[str, str]:
        """Return the models that are reached only by names that were made out, each with what that was."""
        found: dict[str, str] = {}
        plain = {self.root}
        waiting = [self.root]
        while waiting:
            for edge in self.parents_of(waiting.pop()):
                if edge.named_by is None and edge.parent not in plain:
                    plain.add(edge.parent)
                    waiting.append(edge.parent)
        for edge in self.edges:
            if edge.parent not in plain:
                found.setdefault(edge.parent, edge.named_by or f"the bases of {edge.child}")
        return found

    def above(self, child: str) -> tuple[str, ...]:
        """Every model that one derives from, the nearest first."""
        found: dict[str, None] = {}
        waiting = deque([child])
        while waiting:
            for edge in self.parents_of(waiting.popleft()):
                if edge.parent in self.nodes and edge.parent not in found and edge.parent != child:
                    found[edge.parent] = None
                    waiting.append(edge.parent)
        return tuple(found)

    def ancestors(self) -> tuple[Evidence, ...]:
        """Every model but the target."""
        return tuple(evidence for name, evidence in self.nodes.items() if name != self.root)

    def parents_of(self, child: str) -> tuple[Edge, ...]:
        """Return the edges that lead up from a model."""
        return tuple(edge for edge in self.edges if edge.child == child)


def walk(source: EvidenceSource, root: Evidence, *, deepest: int = DEEPEST, most_nodes: int = MOST_NODES) -> Lineage:
    """Return the lineage of a model, breadth first, so that what is nearest is read before a limit is reached."""
    nodes: dict[str, Evidence] = {root.repository: root}
    edges: list[Edge] = []
    warnings: list[str] = []
    unread = 0
    waiting = deque([(root.repository, 0)])
    while waiting:
        child, depth = waiting.popleft()
        for parent in nodes[child].parents:
            edges.append(Edge(child, parent.id, parent.relation, parent.named_by))
            if parent.id in nodes:
                continue
            if len(nodes) >= most_nodes or depth >= deepest:
                unread += 1
                continue
            nodes[parent.id] = source.evidence(parent.id)
            waiting.append((parent.id, depth + 1))
    if unread:
        warnings.append(f"{unread:,} parents beyond {most_nodes} models or {deepest} generations were not looked at")
    warnings += _unread(nodes, root.repository) + _moved(nodes) + _cycles(edges)
    missing = any(evidence.outcome is not FetchOutcome.READ for evidence in nodes.values())
    return Lineage(root.repository, nodes, tuple(edges), tuple(warnings), complete=not missing and not unread)


def _unread(nodes: Mapping[str, Evidence], root: str) -> list[str]:
    return [
        f"parent {name} was not read: {evidence.outcome.value}"
        for name, evidence in nodes.items()
        if name != root and evidence.outcome is not FetchOutcome.READ
    ]


def _moved(nodes: Mapping[str, Evidence]) -> list[str]:
    return [
        f"{name} is now {evidence.id}"
        for name, evidence in nodes.items()
        if evidence.id and evidence.id.lower() != name.lower()
    ]


def _cycles(edges: list[Edge]) -> list[str]:
    """One sentence for each model that is its own ancestor; without recursion, as a lineage may be long."""
    above: dict[str, set[str]] = {}
    for edge in edges:
        above.setdefault(edge.child, set()).add(edge.parent)
    found = []
    for start, first in above.items():
        seen: set[str] = set()
        waiting = list(first)
        while waiting:
            name = waiting.pop()
            if name == start:
                found.append(f"{start} is named among its own ancestors")
                break
            if name not in seen:
                seen.add(name)
                waiting += above.get(name, ())
    return found
