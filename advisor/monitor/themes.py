"""Themes: clusters of what failed and of what no case covers, each with its words, size, trend and failure rate.

Questions are put into clusters by meaning, those that failed or that no case covers first; the others then count
towards the cluster that they lie in, so that a theme's share and failure rate are of all calls and not of the failures
alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import sqrt
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.evals.coverage import SAME, covered
from advisor.evals.embedding import Vectors, embed
from advisor.monitor.clusters import cluster, cluster_count
from advisor.monitor.new_themes import MOST_BEFORE, WINDOW, NewThemes, find_new
from advisor.monitor.observe import Rate
from advisor.monitor.theme_words import Vocabulary
from advisor.statistics.distributions import normal_cdf, wilson
from advisor.statistics.paired import holm

MOST_ASKED = 10_000
"""As many calls are put into themes; of more, a random sample."""

LEAST_ASKED = 30
"""Fewer make no themes."""

LEAST_SIZE = 5
"""Calls of a theme that is shown."""

_EXAMPLES = 3
_SHOWN = 160
_EDGE = 0.1
"""The share of a cluster's own calls that lie farther out than one that is counted in."""
_LATE = 0.25
"""The share of the calls, the latest, whose shares are held against those before."""
_SURE = 0.05

Flags = NDArray[np.bool_]


class Question(NamedTuple):
    """What one call asked, as far as themes need it, without what may not be shown."""

    text: str
    at: datetime
    failed: bool | None
    """None where nothing says what became of it."""
    place: str
    """File and line."""
    answer: str | None = None
    conversation: int | None = None
    """Which one it is a turn of; None where the log does not say."""


class Trend(NamedTuple):
    """How a theme's share of the latest quarter of the calls stands to its share before."""

    direction: Literal["rising", "falling", "steady"]
    """Steady too where the difference may be chance (Holm over all themes, 5 %)."""
    before: Rate
    latest: Rate


class Theme(NamedTuple):
    """One thing that users ask for."""

    id: int
    size: int
    share: float
    """Of all calls that were looked at."""
    trend: Trend
    words: tuple[str, ...]
    """Those that tell it from the other themes, most telling first."""
    examples: tuple[str, ...]
    """The most central questions, shortened."""
    failure_rate: Rate | None
    """Of its calls of which it is known what became; None if of none."""
    covered: float | None
    """The share of its calls near which a case lies; None without cases."""
    name: str | None = None
    """By a model, where that was asked for."""


class NewTheme(NamedTuple):
    """What the latest calls ask for that those before did not."""

    is_new: bool
    p_value: float
    before: int
    latest: int
    words: tuple[str, ...]
    examples: tuple[str, ...]


class Themes(NamedTuple):
    """What users ask for, as far as it fails or no case covers it."""

    themes: tuple[Theme, ...]
    """Most failures first, then the largest."""
    members: tuple[tuple[int, ...], ...]
    """Of each theme the places of its calls, most central first."""
    coverage: float | None
    """The share of all calls near which a case lies; None without cases."""
    covered: tuple[bool, ...]
    """Of each call whether a case lies near it."""
    new: NewTheme | None
    """None with too few calls to say."""
    new_places: tuple[int, ...] = ()
    """Of the calls that are unlike those before, least alike first."""


NONE = Themes((), (), None, (), None)


def find_themes(
    asked: Sequence[Question], cases: Sequence[str] | None, seed: int = 0, *, earlier: Sequence[Question] = ()
) -> Themes:
    """Return the themes of calls in the order of their time; ``cases`` are the questions of the sets of cases.

    ``earlier`` are calls before them, which make no themes and tell what is new.
    """
    if len(asked) < LEAST_ASKED:
        return NONE
    questions = [one.text for one in asked]
    vectors = embed(questions)
    near_case = covered(vectors, embed(cases)) if cases is not None else np.zeros(len(asked), dtype=np.bool_)
    failed = np.array([bool(one.failed) for one in asked])
    told = Vocabulary(questions)
    pool = np.flatnonzero(failed | ~near_case)
    groups = _groups(vectors, pool, seed)
    flags = [_flags(group, len(asked)) for group in groups]
    told.group(flags)
    words = [told.telling(one) for one in flags]
    trends = _trends(groups, len(asked))
    has_cases = cases is not None
    found = [
        (_theme(asked, vectors, group, near_case if has_cases else None)._replace(words=own, trend=trend), group)
        for group, own, trend in zip(groups, words, trends, strict=True)
    ]
    found.sort(key=lambda one: (-int(failed[list(one[1])].sum()), -one[0].size))
    return Themes(
        tuple(theme._replace(id=number) for number, (theme, _) in enumerate(found, 1)),
        tuple(group for _, group in found),
        float(near_case.mean()) if has_cases else None,
        tuple(near_case.tolist()),
        *_new(vectors, told, (*earlier, *asked), len(earlier), seed),
    )


def _groups(vectors: Vectors, pool: NDArray[np.int64], seed: int) -> list[tuple[int, ...]]:
    """Return the places of each cluster's calls, most central first."""
    if len(pool) < LEAST_SIZE:
        return []
    made = cluster(vectors[pool], cluster_count(len(pool)), seed)
    alike = vectors @ made.centers.T
    nearest, is_own = alike.argmax(axis=1), _flags(pool, len(vectors))
    groups = []
    for number in range(len(made.centers)):
        here = alike[:, number]
        own = (nearest == number) & is_own
        if own.sum() < LEAST_SIZE:
            continue
        inside = np.flatnonzero((nearest == number) & (is_own | (here >= np.quantile(here[own], _EDGE))))
        groups.append(tuple(int(one) for one in inside[np.argsort(-here[inside], kind="stable")]))
    return groups


def _theme(asked: Sequence[Question], vectors: Vectors, group: Sequence[int], near_case: Flags | None) -> Theme:
    judged = [asked[place].failed for place in group if asked[place].failed is not None]
    none = Trend("steady", _rate(0, 1), _rate(0, 1))
    share_covered = None if near_case is None else float(near_case[list(group)].mean())
    failure = _rate(sum(map(bool, judged)), len(judged)) if judged else None
    examples = _examples(asked, vectors, group)
    return Theme(0, len(group), len(group) / len(asked), none, (), examples, failure, share_covered)


def _examples(asked: Sequence[Question], vectors: Vectors, group: Sequence[int]) -> tuple[str, ...]:
    """Return the first questions that do not repeat each other."""
    chosen = list[int]()
    for place in group:
        if len(chosen) == _EXAMPLES:
            break
        if all(float(vectors[place] @ vectors[other]) <= SAME for other in chosen):
            chosen.append(place)
    return tuple(shortened(asked[place].text) for place in chosen)


def shortened(text: str, most: int = _SHOWN) -> str:
    """Return a text on one line, of at most so many characters."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _trends(groups: Sequence[Sequence[int]], n: int) -> list[Trend]:
    late = n - int(n * _LATE)
    found, chances = list[Trend](), list[float]()
    for group in groups:
        recent = sum(1 for place in group if place >= late)
        before, latest = _rate(len(group) - recent, late), _rate(recent, n - late)
        joined = len(group) / n
        spread = sqrt(max(joined * (1 - joined) * (1 / late + 1 / (n - late)), 1e-12))
        z = (latest.value - before.value) / spread
        chances.append(2 * (1 - normal_cdf(abs(z))))
        found.append(Trend("rising" if z > 0 else "falling", before, latest))
    kept = holm(chances) if chances else []
    return [
        one if chance < _SURE else one._replace(direction="steady") for one, chance in zip(found, kept, strict=True)
    ]


def _new(
    vectors: Vectors, told: Vocabulary, every: Sequence[Question], earlier: int, seed: int
) -> tuple[NewTheme | None, tuple[int, ...]]:
    """Return what the test for new themes says of all calls, of which those from ``earlier`` on have vectors.

    Of a conversation only the first question counts: its turns are about one thing, and no evidence of many askers.
    """
    openings = _openings(every)
    first = max(len(openings) - WINDOW, int(np.searchsorted(openings, earlier)))
    # Of those before the latest: what was asked a year ago tells less of what is new.
    old = [every[place].text for place in openings if place < earlier][-2 * MOST_BEFORE :]
    before = np.concatenate([embed(old), vectors[[place - earlier for place in openings[:first] if place >= earlier]]])
    latest = [place - earlier for place in openings[first:]]
    test: NewThemes | None = find_new(before, vectors[latest], seed)
    if test is None:
        return None, ()
    places = tuple(latest[place] for place in test.places)
    words = told.telling(_flags(places, len(vectors))) if places else ()
    examples = tuple(shortened(told.texts[place]) for place in places[:_EXAMPLES])
    return NewTheme(test.is_new, test.p_value, test.before, test.latest, words, examples), places


def _openings(asked: Sequence[Question]) -> list[int]:
    """Return the places of the first question of each conversation, and of those that are in none."""
    seen = set[int]()
    found = list[int]()
    for place, one in enumerate(asked):
        if one.conversation is None or one.conversation not in seen:
            found.append(place)
        if one.conversation is not None:
            seen.add(one.conversation)
    return found


def _rate(hits: int, n: int) -> Rate:
    return Rate(hits / n, *wilson(hits, n), n)


def _flags(places: Sequence[int] | NDArray[np.int64], n: int) -> Flags:
    made = np.zeros(n, dtype=np.bool_)
    made[np.asarray(places, dtype=np.int64)] = True
    return made
