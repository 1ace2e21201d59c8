"""What an evaluation found, for a reader or a program."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from advisor.evals.compare import PairResult, PairVerdict, cases_for_floor, floor_state
from advisor.evals.plan import Plan
from advisor.facts import Ternary
from advisor.reports import formats
from advisor.reports.eval_record import EvaluationReport, JudgeStanding, evaluation_record
from advisor.reports.formats import Report
from advisor.reports.header import catalog_header
from advisor.reports.section import Page, Part, Section, said
from advisor.reports.writers.text import aligned
from advisor.statistics.paired import Estimate

_MOST_FLIPS = 20

_VERDICTS = {
    PairVerdict.FIRST: "{first} is better than {second}",
    PairVerdict.SECOND: "{second} is better than {first}",
    PairVerdict.EQUAL: "{first} and {second} are equal within {margin:g} points",
    PairVerdict.OPEN: "{first} and {second} cannot be told apart yet",
}

_FLOORS = {
    Ternary.SATISFIED: "{name} reaches {floor:g}",
    Ternary.VIOLATED: "{name} does not reach {floor:g}",
    Ternary.UNKNOWN: "{name} may or may not reach {floor:g}",
}


def render(form: str, report: EvaluationReport) -> str:
    """Return the report in one of its formats."""
    return formats.render(
        form, Report(catalog_header(report.catalog), lambda: evaluation_record(report), lambda: page(report))
    )


def page(report: EvaluationReport) -> Page:
    """Return the scores, what differs, and the cases in which two differ side by side."""
    flips = tuple(_flips(report, pair) for pair in report.comparison.pairs)
    catalog = report.catalog
    basis = f"as of {catalog.as_of}, catalog {catalog.version}"
    parts = (Part("", sections=sections(report)), Part("Cases in which two differ", sections=said(*flips)))
    return Page(title(report), basis, tuple(part for part in parts if part.sections), sha256=catalog.sha256)


def plan_document(plan: Plan, max_usd: Decimal) -> dict[str, Any]:
    """Return what is about to happen, as JSON."""
    missing = plan.missing
    return {
        "case_set": {"name": plan.case_set.name, "version": plan.case_set.version, "n": len(plan.order)},
        "prompt": {"path": plan.prompt.path, "version": plan.prompt.version, "dirty": plan.prompt.dirty},
        "requests": len(missing),
        "known": len(plan.requests) - len(missing),
        "most_usd": float(plan.most_usd),
        "max_usd": float(max_usd),
        "candidates": [
            {
                "candidate": one.name,
                "requests": sum(request.candidate.name == one.name for request in missing),
                "most_usd": float(
                    sum((request.most_usd for request in missing if request.candidate.name == one.name), Decimal(0))
                ),
            }
            for one in plan.candidates
        ],
    }


def render_plan(plan: Plan, max_usd: Decimal) -> str:
    """Return what is about to happen: requests, what is known already, and the most it can cost."""
    rows = [("candidate", "answers to ask for", "known", "cost at most")]
    for one in plan.candidates:
        own = [request for request in plan.requests if request.candidate.name == one.name]
        missing = [request for request in own if request.key not in plan.known]
        cost = sum((request.most_usd for request in missing), Decimal(0))
        base = f" at {one.target.api_base}" if one.target.api_base else ""
        words = "own server" if one.own_server else f"${cost:.4f}"
        rows.append((f"{one.name}{base}", str(len(missing)), str(len(own) - len(missing)), words))
    settings = plan.settings
    prompt = plan.prompt.path or "the cases' input alone"
    dirty = " (not committed: results are shown and not counted)" if plan.prompt.dirty else ""
    tight = " The cap may end it early." if plan.most_usd > max_usd else ""
    return (
        "\n".join(
            [
                *aligned(rows),
                f"{len(plan.order)} cases of {plan.case_set.path}, {settings.epochs} epochs; prompt: {prompt}{dirty}.",
                f"At most ${min(plan.most_usd, max_usd):.4f}, {settings.concurrency} requests at a time.{tight}",
            ]
        )
        + "\n"
    )


def sections(report: EvaluationReport) -> tuple[Section, ...]:
    """Return the report in parts, for people."""
    parts = [_scores_section(report)]
    if report.comparison.pairs:
        parts.append(_pairs_section(report))
    if report.floor is not None:
        parts.append(_floor_section(report, report.floor))
    if report.judge is not None:
        parts.append(_judge_section(report.judge))
    if any(one.scores.open for one in report.comparison.results):
        parts.append(_open_section(report))
    return tuple(parts)


def title(report: EvaluationReport) -> str:
    """Return what was evaluated, in a line."""
    plan = report.comparison.scores.plan
    prompt = f"{plan.prompt.path} {plan.prompt.version or ''}"[:60] if plan.prompt.path else "no prompt"
    dirty = ", not committed" if plan.prompt.dirty else ""
    return f"{plan.case_set.name}: {len(plan.order)} cases, {prompt}{dirty}"


def _scores_section(report: EvaluationReport) -> Section:
    held = any(one.held for one in report.comparison.results)
    head = ("candidate", "score", "95 % interval", *(["held back"] if held else []), "n", "open", "read", "cost")
    rows = [head]
    for one in report.comparison.results:
        shown = (_percent(one.score), _interval(one.score), *([_whole(one.held)] if held else []))
        figures = (str(one.n), str(len(one.scores.open)), str(report.read.get(one.name, 0)), _money(one.scores.usd))
        rows.append((one.name, *shown, *figures))
    said = [f"Ended: {report.reason}."]
    if report.coverage is None:
        said.append("Coverage of your traffic: unknown; `advisor eval add LOGS --to SET` measures it.")
    else:
        said.append(f"The cases cover {report.coverage:.0%} of the traffic that was last measured.")
    if report.not_counted:
        said.append(f"Not counted for the choice: {report.not_counted}.")
    elif report.counted:
        said.append(f"`advisor recommend` now rests on it: {', '.join(report.counted)}.")
    expected = [one for one in report.comparison.results if one.expected is not None and one.score is not None]
    if expected:
        best = max(expected, key=lambda one: one.score.value if one.score else 0.0)
        fair = f"{100 * (best.expected or 0):.1f}"
        said.append(f"Expect {fair} of {best.name} on new cases: the best of several looks better than it is.")
    cut = [f"{one.name} {one.scores.cut}" for one in report.comparison.results if one.scores.cut]
    if cut:
        said.append(f"Answers cut short by the limit on tokens: {', '.join(cut)}.")
    return Section("Scores", tuple(said), tuple(rows))


def _pairs_section(report: EvaluationReport) -> Section:
    rows = [("first", "second", "difference", "95 % interval", "p", "flips", "open")]
    said = []
    for one in report.comparison.pairs:
        said.append(_pair_words(one, report.margin))
        p_value = "" if one.p_adjusted is None else f"{one.p_adjusted:.4f}"
        flips = f"+{len(one.better)} -{len(one.worse)}"
        shown = (_signed(one.difference), _interval(one.difference), p_value, flips, str(len(one.open)))
        rows.append((one.first, one.second, *shown))
    return Section("Pairs", tuple(said), tuple(rows))


def _pair_words(one: PairResult, margin: float) -> str:
    words = _VERDICTS[one.verdict].format(first=one.first, second=one.second, margin=100 * margin)
    return words + (f": about {one.more_cases:,} more cases." if one.more_cases is not None else ".")


def _floor_section(report: EvaluationReport, floor: float) -> Section:
    said = []
    for one in report.comparison.results:
        words = _FLOORS[floor_state(one, floor)].format(name=one.name, floor=100 * floor)
        more = cases_for_floor(one, floor)
        said.append(words + (f": about {more:,} more cases." if more is not None else "."))
    return Section(f"At least {100 * floor:g}", tuple(said))


def _judge_section(judge: JudgeStanding) -> Section:
    agreement = "not measured" if judge.kappa is None else f"{judge.kappa:.2f} (at least {judge.kappa_low:.2f})"
    said = [f"{judge.model}: {judge.labels} labels of people, kappa {agreement}."]
    if judge.base_rate is not None:
        said.append(f"Always saying the same would agree on {judge.base_rate:.0%}.")
    said.append("It counts." if judge.admitted else f"It does not count yet: {'; '.join(judge.reasons)}.")
    return Section("Judge", tuple(said))


def _open_section(report: EvaluationReport) -> Section:
    rows = [("candidate", "fault", "cases", "what was said")]
    for one in report.comparison.results:
        for fault in dict.fromkeys(one.scores.open.values()):
            count = sum(found == fault for found in one.scores.open.values())
            rows.append((one.name, fault, str(count), one.scores.messages.get(fault, "")[:80]))
    return Section("Open cases", ("A fault is no score of 0: the bounds allow for either outcome.",), tuple(rows))


def _flips(report: EvaluationReport, pair: PairResult) -> Section:
    """Return the cases in which two differ, side by side."""
    first, second = (
        next(one.scores for one in report.comparison.results if one.name == name) for name in (pair.first, pair.second)
    )
    flipped = [*pair.worse, *pair.better]
    rows = [("case", "asked", pair.first, pair.second)] if flipped else []
    for name in flipped[:_MOST_FLIPS]:
        one, other = first.scored[name], second.scored[name]
        rows.append((name, one.case.question[:200], _answer(one.value, one.text), _answer(other.value, other.text)))
    heading = f"Flips: {pair.first} and {pair.second}"
    return Section(heading, (), tuple(rows), max(0, len(flipped) - _MOST_FLIPS))


def _answer(value: float, text: str) -> str:
    return f"{100 * value:.0f}: {text[:300]}"


def _percent(found: Estimate | None) -> str:
    return "none" if found is None else f"{100 * found.value:.1f}"


def _signed(found: Estimate | None) -> str:
    return "none" if found is None else f"{100 * found.value:+.1f}"


def _interval(found: Estimate | None) -> str:
    return "" if found is None else f"[{100 * found.low:.1f}, {100 * found.high:.1f}]"


def _whole(found: Estimate | None) -> str:
    return "none" if found is None else f"{_percent(found)} {_interval(found)} of {found.n}"


def _money(amount: Decimal | None) -> str:
    return "unknown" if amount is None else f"${amount:.4f}"
