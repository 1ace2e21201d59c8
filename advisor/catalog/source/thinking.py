"""What is known of a model's reasoning, completed by rules from what was measured and from when it was released.

What a maker says comes first. Where nobody says it: a model that thought at the lowest effort it was asked at always
thinks; one that thought only when asked more of does so when asked; one of before 2024-09-12 does not think.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from advisor.catalog.source.schema import FactEntry, Facts, ModelEntry, SourceEntry
from advisor.catalog.source.token_schema import TokenFile, TokenRow, TokenSuite
from advisor.facts import State

ALWAYS, OPTIONAL, NONE = "always", "optional", "none"
"""A model that cannot be asked not to think, one that can, and one that does not think."""

MODES = (ALWAYS, OPTIONAL, NONE)

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max", "thinking")
"""Every effort that a model may accept, from the least to the most; ``thinking`` is on without a degree."""

FIRST_THINKER = date(2024, 9, 12)
"""The day of the first model on sale that thinks before it answers."""

THOUGHT = 5.0
"""Mean hidden tokens an answer from which on a model thought."""


class Run(NamedTuple):
    """One row of a suite with its suite."""

    suite: TokenSuite
    row: TokenRow


def runs_by_model(suites: Iterable[TokenFile]) -> dict[str, list[Run]]:
    """Return the rows with hidden tokens, by model of the catalog."""
    found: dict[str, list[Run]] = {}
    for record in suites:
        for row in record.results:
            if row.model and row.hidden_tokens is not None and row.is_comparable:
                found.setdefault(row.model, []).append(Run(record.suite, row))
    return found


def completed(
    facts: Facts, sources: Mapping[str, SourceEntry], runs: Sequence[Run], *, is_historic: bool
) -> tuple[Facts, dict[str, SourceEntry]]:
    """Return a model's facts and sources with ``reasoning`` and ``efforts`` as far as the rules give them."""
    own = dict(sources)
    added: Facts = {}
    if not _is_known(facts.get("reasoning")):
        fact = _by_measurement(runs, own, can_think="reasoning" in facts) or _by_age(facts, is_historic=is_historic)
        if fact:
            added["reasoning"] = [fact]
    if "efforts" not in facts and (asked := _asked(runs)):
        note = "The efforts at which it was asked, through a router."
        added["efforts"] = [FactEntry(value=asked, source=_named(runs[-1].suite, own), note=note)]
    found = {**facts, **added}
    since = _since(facts, sources)
    for name in _OF_THE_VERSION & set(found):
        found[name] = [row.model_copy(update={"valid_from": row.valid_from or since}) for row in found[name]]
    return found, own


_OF_THE_VERSION = {"reasoning", "efforts", "default_effort"}
"""What a version has from its first day on, whenever somebody read of it."""


def _since(facts: Facts, sources: Mapping[str, SourceEntry]) -> date | None:
    """Return the day of the release, else the first on which anything was read of the model."""
    released = [row.value for row in facts.get("released_date", ()) if isinstance(row.value, date)]
    read = [row.read_on or sources[row.source].read_on for rows in facts.values() for row in rows]
    return min([*released, *read], default=None)


def config_efforts(entry: ModelEntry, facts: Facts) -> tuple[str | None, ...]:
    """Give the efforts of a model's configs: the one that its quality was measured at, then all others that it accepts.

    Where quality was measured at no stated effort, None stands for the maker's default, which is not listed twice.
    """
    main = entry.main_effort
    accepted = [str(one) for row in facts.get("efforts", ()) if isinstance(row.value, list) for one in row.value]
    default = None if main else stated(facts, "default_effort")
    return (main, *(one for one in dict.fromkeys([*entry.efforts, *accepted]) if one not in (main, default)))


def stated(facts: Facts, name: str) -> str | None:
    """Return the value of a fact that is known and has no end; the last where it changed."""
    known = [row for row in facts.get(name, ()) if row.state is State.KNOWN and row.valid_to is None]
    return str(known[-1].value) if known else None


def _is_known(rows: Sequence[FactEntry] | None) -> bool:
    return bool(rows) and any(row.state is State.KNOWN for row in rows or ())


def _by_measurement(runs: Sequence[Run], sources: dict[str, SourceEntry], *, can_think: bool) -> FactEntry | None:
    if not runs:
        return None
    rank = ["default", *EFFORTS] if all(run.row.effort == "default" for run in runs) else [*EFFORTS, "default"]
    ordered = sorted(runs, key=lambda run: rank.index(run.row.effort or "default"))
    least = [run for run in ordered if run.row.effort == ordered[0].row.effort]
    at_least = max(run.row.hidden_tokens or 0.0 for run in least)
    at_most = max(run.row.hidden_tokens or 0.0 for run in ordered)
    source = _named(least[0].suite, sources)
    asked = least[0].row.effort
    if at_least >= THOUGHT:
        note = f"{at_least:,.0f} hidden tokens an answer at effort {asked}, the lowest that it was asked at."
        return FactEntry(value=ALWAYS, source=source, note=note)
    if at_most >= THOUGHT or can_think:
        return FactEntry(value=OPTIONAL, source=source, note=f"It answered without thinking at effort {asked}.")
    if asked == "default":
        return FactEntry(value=NONE, source=source, note="It thought nothing where no effort was asked for.")
    return None


def _by_age(facts: Facts, *, is_historic: bool) -> FactEntry | None:
    """Return a model of before the first thinker; one that only the record of the past names is older too."""
    note = "It is older than the first model that thinks."
    for row in facts.get("released_date", ()):
        if isinstance(row.value, date) and row.value < FIRST_THINKER:
            return FactEntry(value=NONE, source=row.source, read_on=row.read_on, note=note)
    named = next((rows[0] for rows in facts.values() if rows), None)
    if not is_historic or named is None:
        return None
    return FactEntry(value=NONE, source=named.source, read_on=named.read_on, note=note)


def _asked(runs: Sequence[Run]) -> list[str]:
    """Return the efforts, unless it thought when asked not to: then it takes no notice of them."""
    if any(run.row.effort == "none" and (run.row.hidden_tokens or 0.0) >= THOUGHT for run in runs):
        return []
    seen = {run.row.effort for run in runs}
    return [effort for effort in EFFORTS if effort in seen]


def _named(suite: TokenSuite, sources: dict[str, SourceEntry]) -> str:
    """Return the name under which the suite stands among the sources, added if it does not."""
    name = f"tokens/{suite.id}"
    sources.setdefault(name, SourceEntry(url=suite.source, read_on=suite.date))
    return name
