"""Sets of candidates as the bits of whole numbers: bit ``i`` is candidate ``i``.

Two indexes find a set without asking each candidate, in the manner of a database's bitmap index (Chan and Ioannidis
1998): :class:`Groups` for what many share, :class:`Order` for a figure against a bound. Both keep one byte for each
candidate, so that a set is a translation of those bytes into the digits of a binary number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from operator import itemgetter

_BYTES = 256
_DIGITS = b"01"


def indices(found: int) -> Iterator[int]:
    """Yield the indexes in a set, ascending."""
    # A big number's binary text is scanned in C; peeling bits off it one by one is quadratic.
    bits = bin(found)[:1:-1]
    index = bits.find("1")
    while index >= 0:
        yield index
        index = bits.find("1", index + 1)


def by_count(sets: Iterable[int], everyone: int) -> list[int]:
    """Return the sets of those that lie in exactly none, one, two ... of some sets.

    Counted for all at once, in binary, one number for each digit of the counts (vertical counters).
    """
    digits: list[int] = []
    most = 0
    for carry in sets:
        most += 1
        for place, digit in enumerate(digits):
            digits[place], carry = digit ^ carry, digit & carry  # noqa: PLW2901 - what is carried on
        if carry:
            digits.append(carry)
    return [_having(count, digits, everyone) for count in range(most + 1)]


def _having(count: int, digits: Sequence[int], everyone: int) -> int:
    if count >> len(digits):
        return 0
    found = everyone
    for place, digit in enumerate(digits):
        found &= digit if count >> place & 1 else ~digit
    return found


class Groups:
    """Candidates that are alike in what something depends on."""

    def __init__(self, keys: Iterable[Hashable]) -> None:
        """``keys``: what each candidate's group is known by."""
        numbers: dict[Hashable, int] = {}
        self.of = [numbers.setdefault(key, len(numbers)) for key in keys]
        """The number of each candidate's group."""
        self.firsts = [0] * len(numbers)
        """The first candidate of each group."""
        for index in range(len(self.of) - 1, -1, -1):
            self.firsts[self.of[index]] = index
        self._codes = bytes(reversed(self.of)) if len(numbers) <= _BYTES else b""

    def spread(self, chosen: Sequence[bool]) -> int:
        """Return the set of all whose group is chosen; ``chosen`` by the number of the group."""
        if not any(chosen):
            return 0
        digits = bytes(map(_DIGITS.__getitem__, chosen))
        if self._codes:
            return int(self._codes.translate(digits.ljust(_BYTES, b"0")), 2)
        return int(bytes(itemgetter(*self.of)(digits))[::-1], 2)


class Order:
    """Candidates by a figure, so that those below a bound are found by halving."""

    def __init__(self, figures: Sequence[float | Decimal]) -> None:
        """``figures``: one for each candidate; may be infinite, never NaN."""
        self._places = sorted(range(len(figures)), key=figures.__getitem__)
        self._figures = [figures[place] for place in self._places]
        self._width = len(figures) // _BYTES + 1
        codes = bytearray(len(figures))
        for rank, place in enumerate(self._places):
            codes[-1 - place] = rank // self._width
        self._codes = bytes(codes)

    def below(self, bound: float | Decimal) -> int:
        """Return the set of those whose figure is less than the bound."""
        count = bisect_left(self._figures, bound)
        if not count:
            return 0
        whole, rest = divmod(count, self._width)
        found = int(self._codes.translate(b"1" * whole + b"0" * (_BYTES - whole)), 2)
        for place in self._places[count - rest : count]:
            found |= 1 << place
        return found
