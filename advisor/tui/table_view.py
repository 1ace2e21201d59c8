"""What a person looks at in the answer: sorted, narrowed, one row a model or one a candidate. Knows no screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from math import inf
from typing import NamedTuple

from advisor.facts import State
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.standing import Standing

SORTS = ("rank", "quality", "cost", "answer time", "name")
"""By what the lines can be ordered; ``rank`` is the solver's own order."""


class Facet(NamedTuple):
    """A way to narrow the lines: its name, how many there are, and the test."""

    key: str
    words: str
    number: int
    holds: Callable[[Standing], bool]


class ModelGroup(NamedTuple):
    """A model with everything that passes of it, in the order of the lines."""

    first: Standing
    others: tuple[Standing, ...]

    @property
    def channels(self) -> int:
        """On how many channels it is served."""
        return len({one.candidate.offering.channel.id for one in (self.first, *self.others)})


class TableView(NamedTuple):
    """How the lines are shown. ``facet`` is the key of a way to narrow them."""

    sort: str = "rank"
    find: str = ""
    facet: str = ""
    by_model: bool = True
    opened: frozenset[str] = frozenset()

    @property
    def words(self) -> str:
        """What is done to the lines; empty where they are as the solver has them."""
        parts = [f"sorted by {self.sort}"] if self.sort != "rank" else []
        parts += [f"with “{self.find}”"] if self.find else []
        parts += [f"only {self.facet.replace(':', ' ')}"] if self.facet else []
        return ", ".join(parts)

    def sorted_on(self) -> TableView:
        """Return the same in the next order."""
        return self._replace(sort=SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)])

    def toggled(self, model: str) -> TableView:
        """Return the same with a model opened or closed."""
        return self._replace(opened=self.opened ^ {model})


def facets(found: WorkloadAdvice, day: date) -> tuple[Facet, ...]:
    """Return the ways to narrow an answer that leave something and take something away."""
    standings = found.standings
    made = [Facet("tied", "that are tied with the first", len(found.tied), lambda one: one.id in found.tied)]
    made.append(_facet("open weights", "with open weights", standings, lambda one: _is_open(one, day)))
    made.append(_facet("on the frontier", "that no other beats", standings, lambda one: one.id in found.frontier))
    for name, value in (("license", _license), ("lab", _lab), ("channel", _channel)):
        counts = Counter(map(value, standings))
        for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            made.append(Facet(f"{name}:{word}", f"{name} {word}", count, _equals(value, word)))
    return tuple(facet for facet in made if 0 < facet.number < len(standings))


def shown(found: WorkloadAdvice, view: TableView, day: date) -> list[Standing]:
    """Return the standings of a view, in its order."""
    facet = next((one for one in facets(found, day) if one.key == view.facet), None) if view.facet else None
    words = view.find.lower().split()
    kept = [
        one
        for one in found.standings
        if (facet is None or facet.holds(one)) and all(word in _text(one) for word in words)
    ]
    return kept if view.sort == "rank" else sorted(kept, key=_ORDERS[view.sort])


def by_model(standings: Iterable[Standing]) -> Iterator[ModelGroup]:
    """Yield each model where its first line stands, with its other lines."""
    groups: dict[str, list[Standing]] = {}
    for one in standings:
        groups.setdefault(one.candidate.offering.model.id, []).append(one)
    for first, *others in groups.values():
        yield ModelGroup(first, tuple(others))


def _cost(one: Standing) -> tuple[float, float, str]:
    if one.cost is None:
        return (1, inf, one.id)
    not_whole, usd = one.cost.ranked
    return (not_whole, float(usd), one.id)


def _answer_time(one: Standing) -> tuple[float, str]:
    seconds = one.latency.ranked_s if one.latency else None
    return (inf if seconds is None else seconds, one.id)


_ORDERS: dict[str, Callable[[Standing], tuple[float | str, ...]]] = {
    "quality": lambda one: (-one.quality.estimate if one.quality else inf, one.id),
    "cost": _cost,
    "answer time": _answer_time,
    "name": lambda one: (one.candidate.offering.model.id, one.id),
}


def _facet(key: str, words: str, standings: Sequence[Standing], holds: Callable[[Standing], bool]) -> Facet:
    return Facet(key, words, sum(map(holds, standings)), holds)


def _equals(value: Callable[[Standing], str], word: str) -> Callable[[Standing], bool]:
    return lambda one: value(one) == word


def _text(one: Standing) -> str:
    return f"{one.id} {_lab(one)} {one.license.license or ''} {_license(one)}".lower()


def _is_open(one: Standing, day: date) -> bool:
    weights = one.candidate.offering.fact("weights", day)
    return weights.state is State.KNOWN and weights.value == "open"


def _license(one: Standing) -> str:
    return one.license.license_class


def _lab(one: Standing) -> str:
    return one.candidate.offering.model.lab


def _channel(one: Standing) -> str:
    return one.candidate.offering.channel.id
