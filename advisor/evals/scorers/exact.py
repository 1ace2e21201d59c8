"""A right answer in a word: a number, an option, yes or no, or a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from advisor.evals.cases import Case
from advisor.evals.scorers.base import Score, Step
from advisor.probe.worker_protocol import Content

_NUMBER = re.compile(
    r"""
    (?<![\w.,])(?P<sign>[-+\u2212]\s?)?[$€£¥]?\s?(?P<inner>[-\u2212])?
    (?P<digits>
        \d{1,3}(?:\.\d{3})+,\d+              # 1.234,50
      | \d{1,3}(?:[,\u202f'\u2019]\d{3})+(?:\.\d+)?  # 1,234.50
      | \d+,\d{1,2}(?!\d|,\d)                # 3,5
      | \d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?   # 42, 4.2, 6e23
      | \.\d+
    )
    """,
    re.VERBOSE,
)

_GLUED = re.compile(r"(?<=\d)[-/:](?=\d)|(?<=[=A-Za-z_(\[{<>*~^])(?=[-+\u2212]?[$€£]?\d)")
"""Where a number begins although something stands right before it: in 2026-11-29, x=4, (4)."""

_YES_NO = (("yes", "true"), ("no", "false"))

_LETTER = re.compile(r"(?<![A-Za-z0-9'\u2019])(?P<letter>[A-Z])(?![A-Za-z0-9'\u2019])")
_WORD_AFTER = re.compile(r"\s+[a-z]")
_ANNOUNCED = re.compile(r"(?:\b(?:is|answer|option|choice|choose|pick)|:)[\s*(\"]*$", re.IGNORECASE)  # the answer is (

_TOLERANCE = Decimal("1e-9")


class Exact:
    """The last number of the answer, the last option that it names, or the words themselves."""

    name = "exact"
    step = Step.ANSWER

    def fits(self, case: Case) -> bool:
        """Fit a case whose answer is a text, a number, or yes or no."""
        return isinstance(case.answer, (str, int, float, bool))

    def score(self, case: Case, answer: Content) -> Score:
        """1 or 0."""
        found, wanted = _compared(case, answer.text)
        value = float(found == wanted) if not isinstance(found, Decimal) else float(_equal(found, wanted))
        return Score(value, f"found {_shown(found)}, expected {_shown(wanted)}", scorer=self.name)


SCORER = Exact()


def number_in(text: str) -> Decimal | None:
    """Return a text that is one number, as a number: ``$1,234.50``, ``42 %``; None for any other."""
    plain = text.strip().rstrip("%").strip().strip("$€£¥").strip()
    match = _NUMBER.fullmatch(plain)
    return _decimal(match) if match else None


def last_number(text: str) -> Decimal | None:
    """Return the last number that a text holds."""
    spaced = _GLUED.sub(" ", text)
    found = [number for match in _NUMBER.finditer(spaced) if (number := _decimal(match)) is not None]
    return found[-1] if found else None


def last_option(text: str, options: Sequence[str]) -> str | None:
    """Return the option that a text names last, as a whole word and in any case.

    The longest where several end together.
    """
    best: tuple[int, int, str] | None = None
    for option in options:
        pattern = rf"(?<!\w){re.escape(option)}(?!\w)"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            place = (match.end(), len(option), option)
            best = place if best is None or place[:2] > best[:2] else best
    return best[2] if best else None


def last_letter(text: str) -> str | None:
    """Return the option that a text names last by its letter; the article A and the pronoun I are none."""
    found = None
    for match in _LETTER.finditer(text):
        is_word = match["letter"] in "AI" and _WORD_AFTER.match(text, match.end())
        if is_word and not _ANNOUNCED.search(text[: match.start()]):
            continue
        found = match["letter"]
    return found


def plain(text: str) -> str:
    """Return a text without what does not count: case, spaces, punctuation around words, emphasis."""
    # `**Yes,** it is 3.5 %.` becomes `yes it is 3.5 %`.
    return " ".join(re.sub(r"[^\w\s.,/:%$€£+-]|(?<!\d)[.,:](?!\d)|[.,:](?=\s|$)|_", " ", text.casefold()).split())


def _compared(case: Case, text: str) -> tuple[Any, Any]:
    """Return what was found and what was expected, in the same form."""
    wanted = case.answer
    if isinstance(wanted, bool) or (isinstance(wanted, str) and plain(wanted) in ("yes", "no", "true", "false")):
        yes = wanted if isinstance(wanted, bool) else plain(wanted) in _YES_NO[0]
        said = last_option(text, [word for words in _YES_NO for word in words])
        return (None if said is None else "yes" if said in _YES_NO[0] else "no"), "yes" if yes else "no"
    if case.choices:
        return last_option(text, case.choices), str(wanted)
    number = number_in(str(wanted))
    if number is not None:
        return last_number(text), number
    if re.fullmatch(r"\(?[A-Z][).]?", str(wanted).strip()):
        return last_letter(text) or _lone_letter(text), str(wanted).strip("(). \n")
    expected, said_words = plain(str(wanted)), plain(text)
    if expected and re.search(rf"(?<!\w){re.escape(expected)}(?!\w)", said_words):
        return expected, expected
    return said_words[-80:], expected


def _lone_letter(text: str) -> str | None:
    """Return an answer that is one letter alone, whatever its case."""
    alone = re.fullmatch(r"\W*([A-Za-z])\W*", text)
    return alone[1].upper() if alone else None


def _decimal(match: re.Match[str]) -> Decimal | None:
    digits = match["digits"]
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    else:
        digits = re.sub(r"[,\u202f'\u2019]", "", digits)
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None
    negative = (match["sign"] or "").strip() in ("-", "\u2212") or match["inner"]
    return -value if negative else value


def _equal(found: Decimal, wanted: Any) -> bool:
    return isinstance(wanted, Decimal) and abs(found - wanted) <= _TOLERANCE * max(Decimal(1), abs(wanted))


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"{value:f}" if isinstance(value, Decimal) else repr(value)[:80]
