"""A candidate that is out, with every cause; and all of them, each made when it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import overload

from advisor.catalog.records import Candidate
from advisor.solver.cause import Cause


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A candidate that is out, with every cause, not the first."""

    candidate: Candidate
    because: tuple[Cause, ...]

    @property
    def id(self) -> str:
        """The candidate's id."""
        return self.candidate.id

    @property
    def constraints(self) -> tuple[str, ...]:
        """The ids of the constraints that it fails, in the order of the requirements."""
        return tuple(cause.constraint for cause in self.because)


class Exclusions(Sequence[Exclusion]):
    """All that are out, sorted by id; each is made when it is looked at, for thousands are out and few are asked about.

    ``counts`` has, for each constraint that excludes any, how many it excludes and how many of those it alone.
    """

    def __init__(
        self,
        length: int,
        find_candidates: Callable[[], Sequence[tuple[int, Candidate]]],
        causes: Callable[[int], tuple[Cause, ...]],
        counts: Mapping[str, tuple[int, int]],
    ) -> None:
        """``find_candidates`` gives those that are out, each with the number by which ``causes`` knows it."""
        self._length = length
        self._find_candidates = cache(find_candidates)
        self._causes = causes
        self.counts = counts

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Exclusion: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Exclusion, ...]: ...

    def __getitem__(self, index: int | slice) -> Exclusion | tuple[Exclusion, ...]:
        if isinstance(index, slice):
            return tuple(self[one] for one in range(*index.indices(len(self))))
        number, candidate = self._find_candidates()[index]
        return Exclusion(candidate, self._causes(number))

    def find(self, candidate: str) -> Exclusion | None:
        """Return the exclusion of a candidate by id; None if it is not out."""
        found = (Exclusion(one, self._causes(number)) for number, one in self._find_candidates() if one.id == candidate)
        return next(found, None)
