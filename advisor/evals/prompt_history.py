"""Versions of a prompt in git, what changed between them in words, and what kept answers say of each."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from advisor.errors import EvaluationError
from advisor.evals import git
from advisor.evals.cases import CaseSet, load_cases
from advisor.evals.compare import Comparison, PairResult, compare, compare_scores
from advisor.evals.plan import Plan, Settings, make_plan
from advisor.evals.prompts import Prompt, parse_prompt
from advisor.evals.results import CandidateScores, Scores, score
from advisor.evals.run_file import FOLDER, HeadLine, read_run
from advisor.evals.session import Known, known_lines
from advisor.probe.candidates import ProbeTarget
from advisor.probe.run_file import CandidateLine
from advisor.probe.worker_protocol import CallTarget

_WORD = re.compile(r"\s+|\w+|[^\w\s]")

Change = tuple[Literal["same", "out", "in"], str]


class PromptVersion(NamedTuple):
    """One version of a prompt."""

    path: Path
    name: str
    """What it was asked for by."""
    prompt: Prompt
    content: str


class VersionScore(NamedTuple):
    """What a version scored with one candidate on one set."""

    version: str
    case_set: str
    candidate: str
    score: Scores


class Effect(NamedTuple):
    """What a change of the prompt did to one candidate on one set: first is the later version."""

    case_set: str
    candidate: str
    before: CandidateScores
    after: CandidateScores
    pair: PairResult
    usd_before: Decimal | None
    usd_after: Decimal | None


def find_version(name: str, default: Path | None = None) -> PromptVersion:
    """Return the version that is meant: a file, ``FILE@REVISION``, or a revision or hash of the ``default`` file.

    Raises EvaluationError if there is none.
    """
    file, at, revision = name.rpartition("@")
    if not at and Path(name).is_file():
        path, revision = Path(name), ""
    elif at and file:
        path = Path(file)
    elif default is not None:
        path, revision = default, name
    else:
        raise EvaluationError(f"{name}: there is no such prompt", hint="name a file, or FILE@REVISION of git")
    if not revision:
        content = path.read_bytes()
        dirty = git.version(path, content).dirty
    else:
        found = git.content_of(path, revision)
        if found is None:
            raise EvaluationError(
                f"{path}: git has no version {revision}", hint=f"`advisor prompt log {path}` lists them"
            )
        content, dirty = found, False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise EvaluationError(f"{name}: expected UTF-8 text") from None
    prompt = parse_prompt(text, str(path), version=git.blob_hash(content), dirty=dirty)
    return PromptVersion(path, name, prompt, text)


def words_changed(before: str, after: str) -> tuple[Change, ...]:
    """Return the text word by word: what stayed, what went out, what came in."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    changes: list[Change] = []
    for kind, first, last, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            changes.append(("same", "".join(old[first:last])))
            continue
        changes += [("out", "".join(old[first:last]))] if first < last else []
        changes += [("in", "".join(new[start:end]))] if start < end else []
    return tuple(changes)


def effects(before: PromptVersion, after: PromptVersion, folder: Path = FOLDER) -> tuple[Effect, ...]:
    """Return what kept answers say of two versions, of each candidate and set that both were asked with."""
    known = known_lines(datetime.now(UTC), folder)
    asked = {_version(one): _asked(folder, _version(one)) for one in (before, after)}
    shared = asked[_version(before)].keys() & asked[_version(after)].keys()
    return tuple(
        _effect(known, (before, asked[_version(before)][key]), (after, asked[_version(after)][key]), key)
        for key in sorted(shared)
        if Path(key[0]).is_file()
    )


def scores_of_versions(versions: Mapping[str, Prompt], folder: Path = FOLDER) -> Iterator[tuple[str, Comparison]]:
    """Yield what kept answers say of each version of a prompt, set by set."""
    known = known_lines(datetime.now(UTC), folder)
    for version, prompt in versions.items():
        by_set: dict[str, list[tuple[CandidateLine, HeadLine]]] = {}
        for (path, _), found in _asked(folder, version).items():
            by_set.setdefault(path, []).append(found)
        for path, several in by_set.items():
            if Path(path).is_file():
                plan = _plan(load_cases(Path(path), skip_bad=True), prompt, several, known)
                yield version, compare(score(plan, None, known.answers, known.judgments))


def _version(one: PromptVersion) -> str:
    return one.prompt.version or ""


def _asked(folder: Path, version: str) -> dict[tuple[str, str], tuple[CandidateLine, HeadLine]]:
    """Return the candidates that were asked with a version, by set and name."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        head = next(iter(read_run(path)), None)
        if isinstance(head, HeadLine) and head.prompt_version == version:
            for line in head.candidates:
                found[head.case_set_path, line.name] = (line, head)
    return found


def _effect(
    known: Known,
    before: tuple[PromptVersion, tuple[CandidateLine, HeadLine]],
    after: tuple[PromptVersion, tuple[CandidateLine, HeadLine]],
    key: tuple[str, str],
) -> Effect:
    case_set = load_cases(Path(key[0]), skip_bad=True)
    plans = [_plan(case_set, version.prompt, [asked], known) for version, asked in (before, after)]
    first, second = (score(plan, None, known.answers, known.judgments) for plan in plans)
    old, new = first.candidates[0], second.candidates[0]
    pair = compare_scores(second, new, old)
    return Effect(key[0], key[1], old, new, pair, old.usd, new.usd)


def _plan(case_set: CaseSet, prompt: Prompt, asked: list[tuple[CandidateLine, HeadLine]], known: Known) -> Plan:
    """Return the plan that a run had, as far as its answers are concerned; prices do not matter any more."""
    head = asked[-1][1]
    settings = Settings(max_tokens=head.max_tokens, epochs=head.epochs)
    targets = [
        ProbeTarget(
            line.name,
            CallTarget(model=line.model, api_base=line.api_base, effort=line.effort, service_tier=line.service_tier),
            line.subject,
            (),
            line.tier,
            own_server=True,
        )
        for line, _ in asked
    ]
    return make_plan(case_set, prompt, targets, settings, known=known.answers, day=head.started_at.date())
