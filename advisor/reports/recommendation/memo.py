"""The recommendation as a memo that is filed: what was asked, the answer and all it rests on, for who has to sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from advisor.reports.recommendation.candidate_rows import candidates_section
from advisor.reports.recommendation.frontier_svg import frontier_svg
from advisor.reports.recommendation.memo_basis import basis_section, months_section, prices_section
from advisor.reports.recommendation.memo_card import card, in_words
from advisor.reports.recommendation.sections import (
    backup_section,
    conflicts_section,
    doubt_sections,
    excluded_section,
    flips_section,
    headline,
    ladder_section,
    obligations_section,
    relaxations_section,
)
from advisor.reports.section import Page, Part, Section, said
from advisor.requirements.enums import Stage
from advisor.requirements.summary import whole_sentences, workload_sentences
from advisor.requirements.templates import templates
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.backup import backups
from advisor.version import __version__

if TYPE_CHECKING:
    from advisor.decision.value_of_cases import Doubt
    from advisor.requirements.schema import Requirements, Workload

_DEFAULT_TOP = 12
_SUFFIXES = {"html": "html", "markdown": "md"}


class Memo(NamedTuple):
    """What a memo is made from."""

    requirements: Requirements
    advice: Advice
    name: str
    """The file of the requirements or the template, as it was named."""
    doubt: Mapping[str, Doubt] | None = None
    top: int = _DEFAULT_TOP
    everything: bool = False


def memo_page(memo: Memo, form: str) -> Page:
    """Return the memo; ``form`` is the format that its command makes again."""
    advice = memo.advice
    return Page(
        memo_title(memo),
        f"for {_short(memo.name)}, as of {advice.as_of}, catalog {advice.catalog_version}, advisor {__version__}",
        (*memo_parts(memo), Part("", sections=(_again(memo, form),))),
        advice.notes,
        sha256=advice.catalog_sha256,
        contents=True,
    )


def memo_title(memo: Memo) -> str:
    """Return the title, by what the model is for."""
    return f"Model recommendation: {_subject(memo.requirements)}"


def memo_parts(memo: Memo) -> tuple[Part, ...]:
    """Return what several workloads have in common, then one part a workload; of a single one it is one part."""
    workloads = {workload.name: workload for workload in memo.requirements.workloads}
    common = tuple(whole_sentences(memo.requirements))
    if len(memo.advice.workloads) == 1:
        (answer,) = memo.advice.workloads
        return (_part("", answer, memo, workloads[answer.workload], common),)
    parts = (_part(one.workload, one, memo, workloads[one.workload], ()) for one in memo.advice.workloads)
    return (Part("", sections=(Section("What was asked for all workloads", common),)), *parts)


def _part(title: str, answer: WorkloadAdvice, memo: Memo, workload: Workload, common: tuple[str, ...]) -> Part:
    return Part(
        title,
        _answer(answer),
        said(*_sections(answer, memo, workload, common)),
        verdict=answer.status.value,
        card=tuple(card(answer, memo.requirements, memo.advice.as_of)),
    )


def _sections(answer: WorkloadAdvice, memo: Memo, workload: Workload, common: tuple[str, ...]) -> Iterator[Section]:
    requirements, doubt = memo.requirements, memo.doubt
    in_production = requirements.stage is Stage.PRODUCTION
    unit = next((one.quality.unit for one in answer.standings if one.quality), "points")
    own = tuple(sentence.removeprefix(f"Workload {workload.name}: ") for sentence in workload_sentences(workload))
    yield Section("What was asked", (*map(_capital, own), *common))
    yield Section("Why", answer.why)
    yield from (months_section(answer, in_production=in_production), prices_section(answer))
    yield _alternatives(answer, memo, workload)
    yield backup_section(backups(answer) if in_production else None, unit)
    yield ladder_section(answer)._replace(heading="The way down from the best")
    yield _ruled_out(answer)
    yield _misses(answer)
    yield conflicts_section(answer)
    yield obligations_section(answer)
    yield basis_section(answer)
    yield flips_section(answer)
    yield relaxations_section(answer)
    yield from doubt_sections(doubt[answer.workload]) if doubt else ()


def _answer(answer: WorkloadAdvice) -> str:
    first = answer.standing(answer.recommended) if answer.recommended else None
    if first is None or answer.recommended is None:
        return headline(answer)
    return headline(answer).replace(answer.recommended, in_words(first), 1)


def _alternatives(answer: WorkloadAdvice, memo: Memo, workload: Workload) -> Section:
    """Return what passes as a picture and a table; what is said of the first one's cost stands with its months."""
    found = candidates_section(
        answer,
        memo.requirements.horizon_months,
        memo.top,
        traffic=workload.traffic,
        every_offering=memo.everything,
    )
    notes = tuple(one for one in found.sentences if not one.startswith(f"{answer.recommended}: "))
    if not found.rows:
        return found
    return found._replace(heading="Alternatives", sentences=(_MARKS, *notes, _BARS), picture=frontier_svg(answer))


_MARKS = (
    "> is recommended, = is as good, ? rests on something that is not known or on a quality that was predicted and "
    "not measured."
)
_BARS = (
    "In the picture a bar is a 95 % interval, upright of the quality and across of the cost. Those with a name are on "
    "the frontier: nobody beats them in quality, cost and speed at once."
)


def _ruled_out(answer: WorkloadAdvice) -> Section:
    """Return how many each requirement rules out, the requirement first."""
    found = excluded_section(answer)
    return found._replace(rows=tuple((row[3], row[0], row[1], row[2]) for row in found.rows))


def _misses(answer: WorkloadAdvice) -> Section:
    """Return who is out for the least, and what would let it in."""
    rows = tuple((one.candidate, one.change) for one in answer.nearest_misses)
    return Section("Out for the least", (), (("candidate", "what would let it in"), *rows) if rows else ())


def _again(memo: Memo, form: str) -> Section:
    """Return the command that makes the memo again, from the folder of the requirements."""
    name, advice = _short(memo.name), memo.advice
    template = memo.name in {template.name for template in templates()}
    words = ["advisor", "recommend", *(("--template", name) if template else (name,)), "--as-of", f"{advice.as_of}"]
    words += ["--top", f"{memo.top}"] if memo.top != _DEFAULT_TOP else []
    words += ["--all"] if memo.everything else []
    words += ["--doubt"] if memo.doubt is not None else []
    words += ["-f", form, "-o", f"{PurePath(name).stem}.{_SUFFIXES.get(form, form)}"]
    place = "" if template else f"In the folder of {name}, with what was measured in .advisor there: "
    sentence = f"{place}with catalog {advice.catalog_version} this command writes the same answer."
    return Section("Make it again", (_capital(sentence),), command=" ".join(map(quote, words)))


def _subject(requirements: Requirements) -> str:
    names = [workload.name for workload in requirements.workloads]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004


def _short(name: str) -> str:
    """Return the name without the folders of the machine that it was written on."""
    return PurePath(name.replace("\\", "/")).name or name


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
