"""Whether a judge may speak: only after people's labels say that it agrees with them, and not for the wrong reasons.

Four tests, and all must hold: at least ``LEAST_LABELS`` labels of the judge's present words, a lower bound of kappa
above ``LEAST_KAPPA``, hardly a win for an answer that says the same to everything, and a taste for long answers that is
not beyond ``MOST_LENGTH_BIAS`` of the labelers' by more than chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from advisor.statistics.agreement import ONE_SIDED, Kappa, kappa
from advisor.statistics.distributions import normal_quantile

LEAST_LABELS = 50
LEAST_KAPPA = 0.4
MOST_LENGTH_BIAS = 0.10
MOST_CONSTANT_WINS = 0.10

CONSTANT = "Thank you for your question. I am happy to help. Please let me know if there is anything else I can do."
"""An answer that says the same to everything."""
CONSTANT_CASES = 20
"""So many cases are used to try it."""

_TIE = 0.5


class Judged(NamedTuple):
    """One answer with a label: what the judge and the people say of it (0 to 1), and how long it is.

    ``length`` is in characters; of a pair it is the answer's length less the previous one's.
    """

    judge: float
    label: float
    length: float


class Gate(NamedTuple):
    """The outcome of the tests."""

    labels: int
    kappa: Kappa | None
    ties: int
    """Answers on which the judge or the people saw no winner; they count for no agreement."""
    length_bias: float | None
    """How much more the judge prefers long answers than people do, -1 to 1."""
    constant_wins: float | None
    reasons: tuple[str, ...]
    """Why it is not admitted."""

    @property
    def admitted(self) -> bool:
        """Whether its scores count."""
        return not self.reasons


def gate(judged: Sequence[Judged], constant: Sequence[float]) -> Gate:
    """Test a judge on answers that people labeled; ``constant`` are its scores of the constant answer."""
    decided = [one for one in judged if _TIE not in (one.judge, one.label)]
    agreement = kappa([(one.judge > _TIE, one.label > _TIE) for one in decided])
    bias = length_bias(judged)
    error = _bias_error(judged)
    wins = sum(constant) / len(constant) if constant else None
    reasons = []
    if len(judged) < LEAST_LABELS:
        reasons.append(f"{len(judged)} labels of at least {LEAST_LABELS}: `advisor eval review` takes more")
    if agreement is None or agreement.low <= LEAST_KAPPA:
        found = "is not measured" if agreement is None else f"is at least {agreement.low:.2f}"
        reasons.append(f"kappa {found} and must be above {LEAST_KAPPA}")
    if wins is None:
        reasons.append("not tried on an answer that says the same to everything")
    elif wins > MOST_CONSTANT_WINS:
        reasons.append(f"an answer that says the same to everything wins {wins:.0%}")
    if bias is not None and abs(bias) - normal_quantile(ONE_SIDED) * error > MOST_LENGTH_BIAS:
        reasons.append(f"it prefers long answers by {100 * bias:+.0f} points more than people do")
    return Gate(len(judged), agreement, len(judged) - len(decided), bias, wins, tuple(reasons))


def length_bias(judged: Sequence[Judged]) -> float | None:
    """How much more the judge favors the longer half of answers than people do; None where all are of one length."""
    ordered = sorted(one.length for one in judged)
    if not ordered or ordered[0] == ordered[-1]:
        return None
    middle = 0.0 if ordered[0] < 0 < ordered[-1] else ordered[(len(ordered) - 1) // 2]
    if middle == ordered[-1]:
        middle = max(length for length in ordered if length < middle)
    longer = [one for one in judged if one.length > middle]
    shorter = [one for one in judged if one.length <= middle]
    if not longer or not shorter:
        return None
    by_judge = _mean([one.judge for one in longer]) - _mean([one.judge for one in shorter])
    by_people = _mean([one.label for one in longer]) - _mean([one.label for one in shorter])
    return (by_judge - by_people) / 2


def _bias_error(judged: Sequence[Judged]) -> float:
    """Give the standard error of the bias: of the mean difference between judge and people, which its halves share."""
    if len(judged) < LEAST_LABELS:
        return 0.0
    differences = [one.judge - one.label for one in judged]
    mean = _mean(differences)
    return sqrt(_mean([(one - mean) ** 2 for one in differences]) / len(judged))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def paired_with_labels(
    scores: Mapping[str, float], lengths: Mapping[str, float], labels: Mapping[str, float]
) -> tuple[Judged, ...]:
    """Return the answers that both the judge and people scored, by the hash of the answer."""
    return tuple(Judged(scores[output], labels[output], lengths[output]) for output in scores if output in labels)
