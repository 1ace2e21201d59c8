"""Personal data in a text: mail addresses, card numbers, bank accounts, and phone numbers that are called so.

What may be kept of a text is made here too: never a key, and personal data only if that is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from advisor.probe.redaction import Redactor

# Such as `ann.lee@mail.example.com`, not `ann@localhost`.
_MAIL = re.compile(r"\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_CARD = re.compile(r"(?<![\d.])(?:\d[ -]?){12,18}\d(?![\d.])")  # 4111 1111 1111 1111
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")  # DE89 3704 0044 0532 0130 00
# Such as `call me at 030 1234567` and `+49 30 1234567`, not `order 301234567`.
_PHONE = re.compile(
    r"(?:\b(?:phone|tel|telephone|mobile|call(?: me)?(?: at)?|cell|fax|whatsapp|telefon|handy)\b[^\d+\n]{0,20})"
    r"(\+?\(?\d[\d ()/.-]{5,18}\d)|(?<![\w.])(\+\d{1,3}[ (./-]?\d[\d ()/.-]{6,16}\d)",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """One piece of personal data: what it is, and where in the text it stands."""

    kind: str
    start: int
    end: int


def find_pii(text: str) -> tuple[Found, ...]:
    """Return what a text holds, in order; where two kinds overlap, the one that begins first."""
    found = sorted(_all(text), key=lambda one: (one.start, -one.end))
    kept, end = list[Found](), 0
    for one in found:
        if one.start >= end:
            kept.append(one)
            end = one.end
    return tuple(kept)


def without_pii(text: str) -> str:
    """Return the text with each piece replaced by its kind in brackets."""
    parts, last = [], 0
    for one in find_pii(text):
        parts += [text[last : one.start], f"[{one.kind}]"]
        last = one.end
    return "".join([*parts, text[last:]])


def text_cleaner(environment: Mapping[str, str], *, keep_pii: bool = False) -> Callable[[str], str]:
    """Return what takes keys out of a text always, and personal data unless it is to be kept; nothing is shortened."""
    redactor = Redactor(environment)

    def clean(text: str) -> str:
        plain = redactor.without_keys(text)
        return plain if keep_pii else without_pii(plain)

    return clean


def _all(text: str) -> Iterator[Found]:
    for match in _MAIL.finditer(text):
        yield Found("email", *match.span())
    for match in _CARD.finditer(text):
        if _is_card(re.sub(r"\D", "", match[0])):
            yield Found("card", *match.span())
    for match in _IBAN.finditer(text):
        if _is_iban(match[0].replace(" ", "")):
            yield Found("iban", *match.span())
    for match in _PHONE.finditer(text):
        group = 1 if match[1] else 2
        yield Found("phone", *match.span(group))


def _is_card(digits: str) -> bool:
    """Luhn's check, of a number that begins as cards do and is not one digit over and over."""
    if digits[0] not in "23456" or len(set(digits)) == 1:
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - Luhn


def _is_iban(text: str) -> bool:
    """Return the check digits of ISO 13616."""
    if not 15 <= len(text) <= 34:  # noqa: PLR2004 - the shortest and the longest of a country
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
