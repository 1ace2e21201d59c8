"""Values in the words of the screen: always a sign and a word, so that no state is told by color alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from advisor.catalog.records import STANDARD, Candidate
from advisor.licenses.verdict import LicenseAnswer
from advisor.requirements.questionnaire.parse_reply import DONT_KNOW
from advisor.requirements.questionnaire.questions import Question
from advisor.solver.answer import Status, WorkloadAdvice
from advisor.solver.standing import Standing

FIRST, TIED, OPEN, MARKED = "▶", "=", "?", "◆"
"""Before a candidate: it leads, it cannot be told from the best, it depends on something unknown, it is marked."""


class Badge(NamedTuple):
    """A sign, a word, and the style that repeats what they say."""

    sign: str
    word: str
    style: str

    @property
    def text(self) -> str:
        """Sign and word."""
        return f"{self.sign} {self.word}".strip()


STATUSES = {
    Status.DECIDED: Badge("✓", "decided", "good"),
    Status.TIED: Badge("=", "tied", "good"),
    Status.UNDECIDED: Badge("?", "undecided", "warn"),
    Status.INFEASIBLE: Badge("✗", "nothing passes", "bad"),
}

VERDICTS = {
    "allowed": Badge("✓", "allowed", "good"),
    "conditional": Badge("!", "conditional", "warn"),
    "forbidden": Badge("✗", "forbidden", "bad"),
    "unknown": Badge("?", "unknown", "warn"),
}


_LABELS = {
    "dimension": "task",
    "requests": "volume",
    "regions": "data stays in",
    "api": "hosted or own",
    "ttft": "first token",
}
"""What strangers call the questions that decide most."""


def label(question: Question) -> str:
    """Return the short name of a question."""
    return _LABELS.get(question.id, question.id.replace("_", " "))


def reply_words(question: Question, value: Any) -> str:
    """Return an answer in a few words."""
    if value is DONT_KNOW:
        return "don't know"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return (" > " if question.kind == "order" else ", ").join(map(str, value)) or "none"
    return number_words(value)


def number_words(value: Any) -> str:
    """Return a figure with commas between thousands; anything else as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def money(value: Any) -> str:
    """USD as short as it may be: cents below 100 only, thousands above a million."""
    if value is None:
        return "unknown"
    amount = float(value)
    if amount >= 1_000_000:  # noqa: PLR2004 - a column stays narrow
        return f"${amount / 1_000_000:,.2f}M"
    return f"${amount:,.0f}" if amount >= 100 else f"${amount:,.2f}"  # noqa: PLR2004


def signed(count: int) -> str:
    """Return a difference that shows its sign."""
    return f"{count:+,}" if count else "±0"


def model_words(candidate: Candidate) -> str:
    """Return the model and its effort."""
    effort = candidate.config.effort
    return candidate.offering.model.id + (f" ~{effort}" if effort else "")


def channel_words(candidate: Candidate) -> str:
    """Where it is served, and at which tier."""
    offering = candidate.offering
    region = f"@{offering.region}" if offering.region else ""
    return offering.channel.id + region + (f":{candidate.tier}" if candidate.tier != STANDARD else "")


def license_badge(answer: LicenseAnswer, *, asked: bool) -> Badge:
    """Return the verdict if any use was asked about, else the class of the license."""
    if asked:
        return VERDICTS[answer.verdict]
    return Badge("", answer.license_class, "dim")


def place_sign(answer: WorkloadAdvice, standing: Standing) -> Badge:
    """Where a candidate stands among those that pass."""
    if standing.id == answer.recommended:
        return Badge(FIRST, "first", "accent")
    if standing.open_questions:
        return Badge(OPEN, "depends on something unknown", "warn")
    if standing.id in answer.tied:
        return Badge(TIED, "tied with the first", "good")
    return Badge(" ", "passes", "")


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(parts: Sequence[str], most: int = 3) -> str:
    """Return the first few, and how many there are besides."""
    rest = len(parts) - most
    return ", ".join(parts[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def clean(text: str | None) -> str:
    """Text from outside without control characters, on one line."""
    plain = (text or "").replace("\n", " ").replace("\t", " ")
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in plain)
