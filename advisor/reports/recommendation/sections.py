"""A recommendation as headed sections of rows: what the table, markdown and HTML formats have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from advisor.reports.recommendation.candidate_rows import candidates_section
from advisor.reports.section import Section, counted, money, said
from advisor.requirements.enums import Stage
from advisor.solver.answer import Step, WorkloadAdvice
from advisor.solver.backup import Backup, Backups, backups
from advisor.solver.explain.sentences import stability_sentence
from advisor.solver.explain.words import cause_words

if TYPE_CHECKING:
    from advisor.decision.value_of_cases import Doubt
    from advisor.requirements.schema import Requirements
    from advisor.solver.answer import Advice
    from advisor.solver.stability import Acceptability

MOST_SHARES = 12
"""How many candidates a table of shares lists."""


class Outline(NamedTuple):
    """One workload's part of a report."""

    title: str
    answer: str
    sections: tuple[Section, ...]
    workload: WorkloadAdvice


class Told(NamedTuple):
    """How much is told: how many models, or every offering."""

    top: int = 12
    everything: bool = False


def outlines(
    requirements: Requirements, advice: Advice, told: Told, doubt: Mapping[str, Doubt] | None = None
) -> tuple[Outline, ...]:
    """One outline a workload."""
    return tuple(
        _outline(answer, requirements, told, doubt[answer.workload] if doubt else None) for answer in advice.workloads
    )


def doubt_sections(doubt: Doubt) -> tuple[Section, ...]:
    """Who else may be best, and whose evaluation would tell."""
    shares = tuple((one.candidate, *share_words(one)) for one in doubt.stability.shares[:MOST_SHARES])
    cases = tuple(
        (one.candidate, money(one.usd_per_month), money(one.costs_usd))
        for one in doubt.cases[:5]
        if one.usd_per_month >= 0.01  # noqa: PLR2004 - a cent
    )
    sentences = (stability_sentence(doubt.stability),)
    sections = (
        Section("Stability", sentences, (("candidate", "first in", "95 % interval"), *shares)) if shares else None,
        Section("Worth evaluating on more cases", (), (("candidate", "gain a month", "200 cases cost"), *cases))
        if cases
        else None,
    )
    return tuple(section for section in sections if section)


def share_words(one: Acceptability) -> tuple[str, str]:
    """Return a share of draws, and the interval that the number of draws allows."""
    return f"{one.share:.1%}", f"{one.low:.1%} to {one.high:.1%}"


def _outline(answer: WorkloadAdvice, requirements: Requirements, told: Told, doubt: Doubt | None) -> Outline:
    workload = next(one for one in requirements.workloads if one.name == answer.workload)
    passing = candidates_section(
        answer,
        requirements.horizon_months,
        told.top,
        traffic=workload.traffic,
        every_offering=told.everything,
    )
    unit = next((one.quality.unit for one in answer.standings if one.quality), "points")
    in_production = requirements.stage is Stage.PRODUCTION
    sections = said(
        Section("Why", answer.why),
        passing,
        backup_section(backups(answer) if in_production else None, unit),
        obligations_section(answer),
        ladder_section(answer),
        excluded_section(answer),
        conflicts_section(answer),
        relaxations_section(answer),
        flips_section(answer),
        *(doubt_sections(doubt) if doubt else ()),
    )
    return Outline(f"{answer.workload} ({answer.dimension})", headline(answer), sections, answer)


def headline(answer: WorkloadAdvice) -> str:
    """Return the answer in one line."""
    if answer.recommended is None:
        return "Nothing passes."
    first = answer.standings[0]
    tied = [standing for standing in answer.standings if standing.id in answer.tied]
    models = {standing.candidate.config.id for standing in tied} - {first.candidate.config.id}
    elsewhere = sum(1 for standing in tied if standing.candidate.config.id == first.candidate.config.id) - 1
    parts = [answer.recommended]
    parts += [f"tied with {counted(len(models), 'other model')}"] if models and first.quality else []
    same = f"; the same model on {counted(elsewhere, 'other offering')}" if elsewhere else ""
    return ", ".join(parts) + same + (" (provisional)" if answer.status.value == "undecided" else "")


def backup_section(found: Backups | None, unit: str) -> Section:
    """Who takes over when the recommended one fails."""
    if found is None:
        return Section("Backup")
    rows = tuple(_backup_row(role, one, unit) for role, one in zip(_ROLES, found, strict=True) if one)
    notes = tuple(f"Nobody {role} passes." for role, one in zip(_ROLES, found, strict=True) if one is None)
    notes += tuple(
        f"Not known yet of {one.id}: {'; '.join(one.open_questions)}." for one in found if one and one.open_questions
    )
    head = ("", "candidate", "a month", "costs more", "gives up", "shares")
    return Section("Backup", notes, (head, *rows) if rows else ())


_ROLES = ("on another channel", "of another lab")


def _backup_row(role: str, one: Backup, unit: str) -> tuple[str, ...]:
    less = "-" if one.points_less is None else f"{one.points_less:g} {unit}"
    return (
        role,
        one.id,
        money(one.usd_per_month),
        money(one.usd_more),
        less,
        "; ".join(one.shares) or "no failure known",
    )


def obligations_section(answer: WorkloadAdvice) -> Section:
    """Return what must be done for the recommended offering to hold, and what its license asks in return."""
    first = answer.standing(answer.recommended) if answer.recommended else None
    return Section("Obligations", first.obligations if first else ())


def ladder_section(answer: WorkloadAdvice) -> Section:
    if len(answer.ladder) < 2:  # noqa: PLR2004 - one rung is no ladder
        return Section("Ladder")
    head = ("", "candidate", "a month", "saves", "gives up", "also changes")
    unanswered = {standing.id for standing in answer.standings if standing.open_questions}
    rows = tuple(
        (
            "x" if not step.passes else "?" if step.candidate in unanswered else "",
            step.candidate,
            money(step.usd_per_month),
            money(step.saves_usd_per_month) if index else "",
            _given_up(step) if index else "",
            "; ".join(step.also),
        )
        for index, step in enumerate(answer.ladder)
    )
    note = "From the best down, each step cheaper; x: fails the quality floor or the budget; ?: something is unknown."
    return Section("Ladder", (note,), (head, *rows))


def _given_up(step: Step) -> str:
    """Return the loss of quality with its interval."""
    points = (round(figure) for figure in (step.gives_up, step.gives_up_low, step.gives_up_high))
    return "{} [{}, {}]".format(*points)


def excluded_section(answer: WorkloadAdvice) -> Section:
    """How many candidates each constraint rules out, and how many it rules out alone."""
    if not answer.excluded:
        return Section("Ruled out")
    counts = sorted(answer.excluded.counts.items(), key=lambda item: (-item[1][0], item[0]))
    rows = tuple((str(count), str(alone), name, answer.required[name]) for name, (count, alone) in counts)
    heading = f"Ruled out: {len(answer.excluded)} of {len(answer.excluded) + len(answer.standings)}"
    return Section(heading, (), (("out", "by it alone", "constraint", "required"), *rows))


def conflicts_section(answer: WorkloadAdvice) -> Section:
    shown = answer.conflicts[:3]
    sentences = tuple(
        f"No candidate satisfies {' and '.join(conflict.required)}{' together' if len(conflict.required) > 1 else ''}."
        for conflict in shown
    )
    return Section("Conflicts", sentences, more=len(answer.conflicts) - len(shown))


def relaxations_section(answer: WorkloadAdvice) -> Section:
    rows = tuple((way.change, str(len(way.lets_in)), _best(way.lets_in)) for way in answer.relaxations)
    return Section("What to relax, cheapest first", (), (("change", "adds", "best of them"), *rows) if rows else ())


def _best(names: Sequence[str]) -> str:
    return names[0] if names else "-"


def flips_section(answer: WorkloadAdvice) -> Section:
    sentences = tuple(
        f"{flip.at}: {flip.to} leads, because {flip.because}." if flip.to else f"{flip.at}: {flip.because}."
        for flip in answer.flips
    )
    return Section("What would change the answer", sentences)


def exclusion_sentences(answer: WorkloadAdvice, candidate: str) -> tuple[str, ...]:
    """Every cause for which one candidate is out."""
    out = answer.excluded.find(candidate)
    return tuple(cause_words(cause) for cause in out.because) if out else ()
