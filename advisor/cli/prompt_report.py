"""What ``advisor prompt`` prints."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from advisor.catalog import Catalog, load_catalog
from advisor.cli.diagnostics import ExitCode, hint
from advisor.cli.options import write_reports
from advisor.errors import EvaluationError
from advisor.evals import git
from advisor.evals.compare import PairVerdict
from advisor.evals.prompt_history import (
    Change,
    Effect,
    PromptVersion,
    effects,
    find_version,
    scores_of_versions,
    words_changed,
)
from advisor.evals.prompts import load_prompt, parse_prompt
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import catalog_header
from advisor.reports.section import Page, Part, Section
from advisor.statistics.paired import Estimate

_VERDICTS = {
    PairVerdict.FIRST: "better",
    PairVerdict.SECOND: "worse",
    PairVerdict.EQUAL: "equal",
    PairVerdict.OPEN: "not told apart yet",
}


class _Score(NamedTuple):
    case_set: str
    candidate: str
    n: int
    value: float | None
    low: float | None
    high: float | None


class _Entry(NamedTuple):
    """One version in the log."""

    version: str
    commit: str | None
    at: str | None
    author: str | None
    subject: str
    dirty: bool
    scores: tuple[_Score, ...]


def report_log(path: Path, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Return the versions with their scores."""
    now, catalog = load_prompt(path), load_catalog()
    commits = git.history(path)
    versions = {now.version or "": now}
    for one in commits:
        content = git.content_of(path, one.blob)
        if content is not None and one.blob not in versions:
            try:
                text = content.decode("utf-8-sig")
                versions[one.blob] = parse_prompt(text, one.path, version=one.blob, dirty=False)
            except (UnicodeDecodeError, EvaluationError):
                continue  # a version that was no prompt yet has no scores
    scores: dict[str, list[_Score]] = {}
    for version, found in scores_of_versions(versions):
        for result in found.results:
            name = found.scores.plan.case_set.name
            scores.setdefault(version, []).append(_Score(name, result.name, result.n, *_percents(result.score)))
    entries = [
        _Entry(one.blob, one.id, one.at.isoformat(), one.author, one.subject, False, tuple(scores.get(one.blob, ())))
        for one in commits
    ]
    if now.dirty:
        own = tuple(scores.get(now.version or "", ()))
        entries.insert(0, _Entry(now.version or "", None, None, None, "(not committed)", True, own))
    page = _log_page(catalog, path, entries)
    _write(catalog, {"path": str(path), "versions": tuple(entries)}, page, forms, outputs)
    return ExitCode.CLEAN


def report_diff(first: str, second: str, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Return what changed in words."""
    before, after = _two(first, second)
    catalog = load_catalog()
    changes = words_changed(before.content, after.content)
    page = Page(f"{first} to {second}", _basis(catalog), (Part("", sections=(_words(changes),)),))
    record = {"first": _named(before), "second": _named(after), "changes": _changes(changes)}
    _write(catalog, record, page, forms, outputs)
    return ExitCode.CLEAN


def report_comparison(first: str, second: str, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Return what changed in words, and what it did."""
    before, after = _two(first, second)
    catalog = load_catalog()
    found, changes = effects(before, after), words_changed(before.content, after.content)
    sections = (_words(changes), *(_effect_section(one) for one in found))
    record = {
        "first": _named(before),
        "second": _named(after),
        "changes": _changes(changes),
        "effects": [_effect_record(one) for one in found],
    }
    page = Page(f"{first} to {second}", _basis(catalog), (Part("", sections=sections),))
    _write(catalog, record, page, forms, outputs)
    if not found:
        hint(f"no kept answers are of both: `advisor eval SET CANDIDATE... --prompt {before.path}` for each version")
        return ExitCode.UNREACHABLE
    is_open = any(one.pair.verdict is PairVerdict.OPEN for one in found)
    return ExitCode.UNDECIDED if is_open else ExitCode.CLEAN


def _two(first: str, second: str) -> tuple[PromptVersion, PromptVersion]:
    before = find_version(first)
    return before, find_version(second, before.path)


def _write(catalog: Catalog, record: Any, page: Page, forms: tuple[str, ...], outputs: tuple[str, ...]) -> None:
    report = Report(catalog_header(catalog), lambda: record, lambda: page)
    write_reports(forms, outputs, lambda form: formats.render(form, report))


def _basis(catalog: Catalog) -> str:
    return f"as of {catalog.as_of}, catalog {catalog.version}"


def _named(one: PromptVersion) -> dict[str, Any]:
    return {"path": str(one.path), "version": one.prompt.version, "dirty": one.prompt.dirty}


def _changes(changes: Iterable[Change]) -> list[dict[str, str]]:
    return [{"kind": kind, "text": text} for kind, text in changes if kind != "same"]


def _words(changes: Iterable[Change]) -> Section:
    """Return the text with what went out and came in marked; of long stretches that stayed only the ends."""
    marks = {"out": "[-{}-]", "in": "{{+{}+}}", "same": "{}"}
    lines: list[str] = []
    said = "".join(marks[kind].format(_shortened(text) if kind == "same" else text) for kind, text in changes)
    lines += [line for line in said.splitlines() if line.strip()]
    return Section("Words", tuple(lines) or ("Nothing changed.",))


def _shortened(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:70]} ... {text[-70:]}"  # noqa: PLR2004 - two lines


def _effect_section(one: Effect) -> Section:
    pair, found = one.pair, one.pair.difference
    rows = [("version", "n", "score", "cost", "output tokens")]
    for name, scores, usd in (("A", one.before, one.usd_before), ("B", one.after, one.usd_after)):
        values = [case.value for case in scores.scored.values()]
        mean = f"{100 * sum(values) / len(values):.1f}" if values else "none"
        rows.append((name, str(len(values)), mean, _usd(usd), f"{scores.usage.output:,}"))
    said = ["No case was answered with both."]
    if found is not None:
        figures = (
            f"{100 * found.value:+.1f} points [{100 * found.low:.1f}, {100 * found.high:.1f}], p {found.p_value:.4f}"
        )
        more = f"; about {pair.more_cases:,} more cases would decide" if pair.more_cases is not None else ""
        said = [f"B is {_VERDICTS[pair.verdict]}: {figures} on {found.n} cases{more}."]
        said += [f"Better now: {', '.join(pair.better[:20])}."] if pair.better else []
        said += [f"Worse now: {', '.join(pair.worse[:20])}."] if pair.worse else []
    return Section(f"{one.candidate} on {one.case_set}", tuple(said), tuple(rows))


def _usd(value: Decimal | None) -> str:
    return "unknown" if value is None else f"${value:.4f}"


def _effect_record(one: Effect) -> dict[str, Any]:
    pair, found = one.pair, one.pair.difference
    value, low, high = _percents(found)
    return {
        "case_set": one.case_set,
        "candidate": one.candidate,
        "n": found.n if found else 0,
        "difference": {"value": value, "low": low, "high": high},
        "p_value": pair.p_value,
        "verdict": _VERDICTS[pair.verdict],
        "more_cases": pair.more_cases,
        "flips": {"better": list(pair.better), "worse": list(pair.worse)},
        "usd": {"first": _number(one.usd_before), "second": _number(one.usd_after)},
    }


def _percents(found: Estimate | None) -> tuple[float | None, float | None, float | None]:
    """Value and bounds in percent."""
    if found is None:
        return None, None, None
    return round(100 * found.value, 4), round(100 * found.low, 4), round(100 * found.high, 4)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _log_page(catalog: Catalog, path: Path, entries: list[_Entry]) -> Page:
    rows = [("version", "commit", "when", "who", "what", "score")]
    for one in entries:
        scores = "; ".join(
            f"{score.candidate} {score.value:.1f} [{score.low:.1f}, {score.high:.1f}] of {score.n} on {score.case_set}"
            for score in one.scores
            if score.value is not None and score.low is not None and score.high is not None
        )
        commit, when = (one.commit or "")[:10], (one.at or "")[:10]
        rows.append((one.version[:10], commit, when, one.author or "", one.subject[:50], scores or "-"))
    words = () if len(entries) > 1 else ("No earlier version is in git.",)
    return Page(str(path), _basis(catalog), (Part("", sections=(Section("Versions", words, tuple(rows)),)),))
