"""The scorers: a file each, found by itself; see ``advisor.evals.scorers.base`` for the port."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from pkgutil import iter_modules

from advisor.evals.cases import Case
from advisor.evals.checks import Check
from advisor.evals.scorers.base import JudgedScorer, Score, Scorer
from advisor.probe.worker_protocol import Content


@lru_cache(maxsize=1)
def scorers() -> tuple[Scorer | JudgedScorer, ...]:
    """Every scorer, in the order of the tree; those of one step by name, those without a judge first."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    every = [module.SCORER for module in modules if hasattr(module, "SCORER")]
    return tuple(sorted(every, key=lambda one: (one.step, isinstance(one, JudgedScorer), one.name)))


def choose(case: Case, *, judged: bool) -> Scorer | JudgedScorer | None:
    """Return the scorer of a case: the first step of the tree that fits it, by the judge where there is one.

    None for a case that carries nothing to compare with, which its checks alone decide.
    """
    fitting = [one for one in scorers() if one.fits(case) and (judged or not isinstance(one, JudgedScorer))]
    if not fitting:
        return None
    first = [one for one in fitting if one.step == fitting[0].step]
    return next((one for one in first if isinstance(one, JudgedScorer)), first[0])


def judge_version() -> str:
    """Return the hash of the words in which judges are asked."""
    words = [one.prompt_version for one in scorers() if isinstance(one, JudgedScorer)]
    return sha256(" ".join(words).encode()).hexdigest()[:16]


def needs_judge(case: Case) -> bool:
    """Whether a case can be scored by a judge only."""
    return choose(case, judged=False) is None and choose(case, judged=True) is not None


def failed_check(checks: tuple[Check, ...], answer: Content) -> Score | None:
    """Return the score 0 of an answer that fails a check, with what is wrong; None if it meets them all."""
    for check in checks:
        wrong = check.test(answer)
        if wrong is not None:
            return Score(0.0, f"{check.kind}: {wrong}", scorer="checks")
    return None
