"""Candidates of which one fact is forgotten, and how they then do: what the law of ignorance is tested with.

The law: turning a fact about a candidate from known to unknown never lets it pass, never makes it recommended and never
moves it before a candidate that the fact does not concern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from advisor.catalog.records import Candidate, Config, Facts, PriceRow, Quality
from advisor.facts import Ternary
from advisor.requirements.enums import OnUnknown
from advisor.solver.standing import Standing
from advisor.solver.workload import WorkloadSolver

LIMITS = ("max_input_tokens", "context_window_tokens")
"""What a prompt must fit is one fact by two names: where one is forgotten, the other still speaks."""

TERMS = (
    "context_window_tokens",
    "max_output_tokens",
    "tools",
    "structured_output",
    "input_modalities",
    "fine_tuning",
    "license",
    "base_license",
    "base_model",
    "training_on_inputs",
    "retention_days",
    "zero_retention",
    "processing_regions",
    "certifications",
    "languages",
    "weights",
    "speed_band",
    "image_tokens",
    "pdf_page_tokens",
)
"""Facts whose absence can be seen, by name."""


class Forgotten(NamedTuple):
    """A candidate without one of its facts."""

    fact: str
    candidate: Candidate
    has_quality: bool = True


def forgettings(candidate: Candidate) -> Iterator[Forgotten]:
    """The candidate without each of the facts that are on record for it, one at a time."""
    offering = candidate.offering
    model, channel = offering.model, offering.channel
    for names in (*((name,) for name in TERMS), LIMITS):
        if not any(name in owner for owner in (offering.facts, channel.facts, model.facts) for name in names):
            continue
        words = " and ".join(names)
        bare = offering._replace(
            id=f"{offering.id}#{words}",
            facts=without(offering.facts, *names),
            channel=channel._replace(facts=without(channel.facts, *names)),
            model=model._replace(facts=without(model.facts, *names)),
        )
        yield Forgotten(words, candidate._replace(offering=bare))
    for name, prices in _poorer_prices(offering.prices):
        yield Forgotten(name, candidate._replace(offering=offering._replace(id=f"{offering.id}#{name}", prices=prices)))
    unmeasured = Config(candidate.config.id + "#", candidate.config.model, "unmeasured")
    yield Forgotten("quality", candidate._replace(config=unmeasured), has_quality=False)


def without(facts: Facts, *names: str) -> Facts:
    """Facts without some timelines."""
    raw: Mapping[str, Any] = {key: rows for key, rows in facts._raw.items() if key not in names}
    return Facts(raw, facts._sources, {})


def _poorer_prices(rows: tuple[PriceRow, ...]) -> Iterator[tuple[str, tuple[PriceRow, ...]]]:
    if not rows:
        return
    yield "prices", ()
    for rate in ("input", "output", "cached_input", "cache_write"):
        if any(getattr(row, rate) is not None for row in rows):
            yield f"price: {rate}", tuple(_unpriced(row, rate) for row in rows)


def _unpriced(row: PriceRow, rate: str) -> PriceRow:
    """A row without one of its rates."""
    bare: dict[str, Any] = {rate: None}
    return row._replace(**bare)


class Found(NamedTuple):
    """How a candidate stands: its standing if it surely passes, and the ids of those before it."""

    standing: Standing | None
    before: frozenset[str]
    leads: bool


class Law:
    """One workload solved once, and asked again of candidates that lack a fact."""

    def __init__(self, solver: WorkloadSolver) -> None:
        self.solver = solver
        self.candidates = solver.screen.candidates
        self._order = solver.ranking().order

    def known(self, place: int) -> Found:
        """How a candidate stands with all its facts."""
        name = self.candidates[place].id
        sure = [one for one in self._order if one.level == 0]
        index = next((index for index, one in enumerate(sure) if one.id == name), None)
        if index is None:
            return Found(None, frozenset(), leads=False)
        return Found(sure[index], frozenset(one.id for one in sure[:index]), leads=index == 0)

    def forgotten(self, place: int, lacking: Forgotten) -> Found:
        """How it stands without one of them, all others as they are."""
        its = self._standing(place, lacking)
        if its is None:
            return Found(None, frozenset(), leads=False)
        own = self.candidates[place].id
        order = self.solver.rank([*(one for one in self._order if one.id != own), its]).order
        sure = [one for one in order if one.level == 0]
        index = next((index for index, one in enumerate(sure) if one is its), None)
        if index is None:
            return Found(None, frozenset(), leads=False)
        return Found(its, frozenset(one.id for one in sure[:index]), leads=index == 0)

    def breach(self, place: int, lacking: Forgotten) -> str | None:
        """How the candidate gains by the loss of a fact, in words; None if it does not."""
        before, after = self.known(place), self.forgotten(place, lacking)
        what = f"{self.candidates[place].id} without {lacking.fact}"
        if after.standing is None:
            return None
        if before.standing is None:
            return f"{what} passes"
        if after.leads and not before.leads:
            return f"{what} leads"
        overtaken = before.before - after.before
        return f"{what} stands before {', '.join(sorted(overtaken)[:3])}" if overtaken else None

    def _standing(self, place: int, lacking: Forgotten) -> Standing | None:
        """What it offers without the fact; None if it does not surely pass."""
        rules, accepted = self.solver.question.requirements.unknown, 0
        for constraint in self.solver.screen.constraints:
            state = constraint.test(lacking.candidate).state
            is_accepted = getattr(rules, constraint.group) is OnUnknown.ACCEPT
            if state is Ternary.VIOLATED or (state is Ternary.UNKNOWN and not is_accepted):
                return None
            if state is Ternary.UNKNOWN and constraint.group not in ("retirement", "latency", "quality"):
                accepted += 1
        its = self.solver.standing(place, lacking.candidate)
        quality: Quality | None = its.quality if lacking.has_quality else None
        return replace(its, is_open=False, quality=quality, accepted=accepted)
