"""What ``advisor eval SET CANDIDATE...`` does with its options: plan, ask, run, report."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from advisor.catalog import Catalog, load_catalog
from advisor.cli.diagnostics import ExitCode, hint, printable, say
from advisor.cli.eval_targets import find_candidates, find_judge, find_set
from advisor.cli.inputs import DEFAULT_FILE, read_requirements
from advisor.cli.options import write_reports
from advisor.errors import AccessDenied, AdvisorError, EvaluationError, UsageError
from advisor.evals.cases import CaseSet, load_cases
from advisor.evals.chain import split_command
from advisor.evals.chain_run import Chain, chain_prompt
from advisor.evals.compare import Comparison, PairVerdict, floor_state
from advisor.evals.coverage import kept_coverage
from advisor.evals.judge_standing import judge_gate
from advisor.evals.kept_scores import keep
from advisor.evals.labels import Agreed, Label, agreed, policy_hash, read_labels
from advisor.evals.measurements import mean_usd, measurements, swapped_models
from advisor.evals.plan import MAX_TOKENS, Plan, Settings, make_plan
from advisor.evals.prompts import BARE, Prompt, load_prompt
from advisor.evals.results import CandidateScores
from advisor.evals.run import Judge, Runner
from advisor.evals.run_file import AnswerLine, JudgmentLine, answer_id
from advisor.evals.scorers import choose, needs_judge
from advisor.evals.session import Evaluation, Goal, Known, conclude, evaluate, known_lines
from advisor.facts import Ternary
from advisor.probe.budget import Caps
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import Keys, RequestLimits
from advisor.reports import json_writer
from advisor.reports.eval_record import EvaluationReport, JudgeStanding
from advisor.reports.evals import plan_document, render, render_plan
from advisor.reports.header import catalog_header

NO_LABELS = Agreed({}, None, ())

_DAY_S = 86_400.0
_USUAL_USD = Decimal(2)
_TIMEOUTS = RequestLimits(connect_s=10.0, first_token_s=60.0, between_tokens_s=30.0)


@dataclass
class _Session:
    """One call of the command."""

    chain: Chain | None
    plan: Plan
    judge: Judge | None
    catalog: Catalog
    caps: Caps
    goal: Goal
    known: Known
    forms: tuple[str, ...]
    outputs: tuple[str, ...]
    allow_dirty: bool
    said: tuple[Label, ...] = ()
    labels: Agreed = NO_LABELS
    link: WorkerClient | None = None
    """None where every answer is known."""
    runner: Runner | None = None
    done: int = 0
    lines: list[AnswerLine | JudgmentLine] = field(default_factory=list)
    began: float = 0.0


def run_evaluation(
    case_set: str, names: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any
) -> int:
    """Plan, show, ask, run, report; the exit code."""
    session = _prepare(case_set, names, forms, outputs, options)
    if options["dry_run"]:
        return _dry_run(session)
    say(render_plan(session.plan, session.caps.usd).rstrip())
    if session.plan.missing or session.judge is not None:
        session.link = WorkerClient(os.environ)
        session.link.start()  # it imports litellm while the plan is read
    try:
        return _run(session) if _may_start(session.plan, options) else ExitCode.CLEAN
    finally:
        if session.link is not None:
            session.link.close()


def _prepare(
    case_set: str,
    names: tuple[str, ...],
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
    options: dict[str, Any],
) -> _Session:
    catalog = load_catalog()
    cases = load_cases(find_set(case_set), skip_bad=options["skip_bad"])
    for words in cases.skipped:
        say(f"left out: {printable(words)}")
    chain, prompt = _chain_and_prompt(options)
    candidates = find_candidates(catalog, names, options)
    judge = find_judge(catalog, candidates, options)
    _say_what_needs_a_judge(cases, judge)
    if not any(one.checks or prompt.checks or choose(one, judged=judge is not None) for one in cases.accepted):
        raise EvaluationError(
            f"{cases.path}: expected a case that answers can be held against, found none",
            hint="add answer, reference or checks to the cases, or name a --judge for those with previous or feedback",
        )
    known = Known({}, {}) if options["fresh"] else known_lines(datetime.now(UTC))
    plan = make_plan(cases, prompt, candidates, _settings(options), known=known.answers, day=catalog.as_of)
    usd = _USUAL_USD if options["max_usd"] is None else Decimal(str(options["max_usd"]))
    floor = _stated_floor(cases.name) if options["at_least"] is None else options["at_least"] / 100
    if options["until_decided"] and len(candidates) < 2 and floor is None:  # noqa: PLR2004 - a pair
        raise UsageError(
            "--until-decided: expected two candidates or a floor, found one candidate alone", hint="--at-least SCORE"
        )
    caps = Caps(usd, 10_000_000, options["max_seconds"] or _DAY_S)
    goal = Goal(options["difference"] / 100, floor, options["until_decided"])
    path = find_set(case_set)
    said = read_labels(path)
    labels = agreed(said, policy_hash(path))
    return _Session(
        chain, plan, judge, catalog, caps, goal, known, forms, outputs, options["allow_dirty"], said, labels
    )


def _chain_and_prompt(options: Mapping[str, Any]) -> tuple[Chain | None, Prompt]:
    """Return the command or the prompt that asks."""
    if options["command"] is None:
        return None, load_prompt(options["prompt"]) if options["prompt"] else BARE
    if options["prompt"]:
        raise UsageError("expected --prompt or --run, found both", hint="a chain reads its own prompts")
    chain = Chain(split_command(options["command"]), options["command"])
    return chain, chain_prompt(chain, Path.cwd())


def _stated_floor(case_set: str) -> float | None:
    """Return the floor that advisor.yaml states for this set, 0 to 1; the highest where several workloads state one."""
    if not DEFAULT_FILE.is_file():
        return None
    try:
        _, requirements = read_requirements(None, None)
    except AdvisorError as error:
        say(f"{DEFAULT_FILE} is not read for a floor: {printable(error.message)}")
        return None
    floors = [
        wanted.score
        for workload in requirements.workloads
        if (wanted := workload.quality.at_least) is not None
        and not isinstance(wanted, str)
        and wanted.case_set == case_set
    ]
    return max(floors) / 100 if floors else None


def _settings(options: Mapping[str, Any]) -> Settings:
    return Settings(
        max_tokens=options["max_tokens"] or MAX_TOKENS,
        epochs=options["epochs"],
        concurrency=options["concurrency"],
        retries=options["retries"],
        limits=_TIMEOUTS.model_copy(update={"total_s": options["total_timeout"]}),
        seed=options["seed"],
        until_decided=options["until_decided"],
    )


def _say_what_needs_a_judge(cases: CaseSet, judge: Judge | None) -> None:
    if judge is None and (count := sum(needs_judge(case) for case in cases.accepted)):
        say(f"{count} cases can be scored by a judge only and stay open")
        hint("name one of another lab with --judge MODEL")


def _may_start(plan: Plan, options: Mapping[str, Any]) -> bool:
    """Whether it was agreed to: by --yes, by a stated cap where nobody can be asked, or since it costs nothing."""
    if options["yes"] or not plan.missing or (plan.most_usd == 0 and options["judge"] is None):
        return True
    if sys.stdin.isatty():
        return click.confirm("Start?", default=True, err=True)
    if options["max_usd"] is None:
        raise UsageError(
            "nobody is there to agree to the plan", hint="add --yes or --max-usd to start, or --dry-run to see it only"
        )
    return True


def _dry_run(session: _Session) -> int:
    def text(form: str) -> str:
        if form == "json":
            document = plan_document(session.plan, session.caps.usd)
            return json_writer.render(catalog_header(session.catalog), document)
        return render_plan(session.plan, session.caps.usd)

    write_reports(session.forms, session.outputs, text)
    return ExitCode.CLEAN


def _run(session: _Session) -> int:
    try:
        done = asyncio.run(_evaluate(session))
    except KeyboardInterrupt:
        say("interrupted; what was answered is kept, and the same command goes on")
        if session.runner is not None:
            found = conclude(session.runner, session.plan, session.judge, session.goal, session.labels.values)
            _report(session, found, "interrupted", None)
        return ExitCode.INTERRUPTED
    if done.reason.startswith("cap"):
        say(f"stopped by the {done.reason}")
    if done.changed:
        say(f"{session.plan.case_set.path} changed during the run: the results are of the cases as they were before")
    standing = _report(session, done.comparison, done.reason, done.path)
    code = exit_code(done.comparison, session.goal.floor)
    if code in (ExitCode.CLEAN, ExitCode.FINDINGS) and _rests_on_judge(done.comparison, standing):
        return ExitCode.UNDECIDED
    return code


async def _evaluate(session: _Session) -> Evaluation:
    def opened(runner: Runner) -> None:
        session.runner = runner

    session.began = asyncio.get_running_loop().time()
    try:
        refused: Mapping[str, str] = {}
        if session.link is not None:
            await session.link.attach()
            refused = await _without_key(session, session.link)
        return await evaluate(
            session.plan,
            session.judge,
            session.link,
            session.caps,
            session.goal,
            judgments=session.known.judgments,
            refused=refused,
            labels=session.labels.values,
            chain=session.chain,
            notify=lambda line: _progress(session, line),
            opened=opened,
        )
    finally:
        if session.link is not None:
            session.link.close()


async def _without_key(session: _Session, link: WorkerClient) -> Mapping[str, str]:
    """Whom nothing is sent to because a key is missing. Raises AccessDenied if nobody is left, or for the judge."""
    everyone = [*session.plan.candidates, *([session.judge.probed] if session.judge else [])]
    keys: Keys = await link.keys(tuple(one.target for one in everyone))
    refused = {
        one.name: f"not set: {', '.join(missing)}"
        for one, missing in zip(everyone, keys.missing, strict=True)
        if missing and one.target.api_base is None
    }
    names = {one.name for one in session.plan.candidates}
    is_known = not session.plan.missing
    if refused and not is_known and (names <= refused.keys() or not refused.keys() <= names):
        words = "; ".join(f"{name}: {why}" for name, why in refused.items())
        raise AccessDenied(f"no key for any candidate: {words}", hint="export the variable and try again")
    for name, why in refused.items():
        say(f"{name}: {why}; nothing is sent to it")
    return refused


def _progress(session: _Session, line: AnswerLine | JudgmentLine) -> None:
    if isinstance(line, AnswerLine):
        session.done += 1
        if line.answer.fault is not None and line.attempt:
            say(f"{line.candidate}: case {line.case}: {line.answer.fault.value}")
    total = len(session.plan.missing)
    if sys.stderr.isatty() and total:
        now = asyncio.get_running_loop().time()
        left = (now - session.began) / max(session.done, 1) * max(total - session.done, 0)
        sys.stderr.write(f"\r{session.done} of {total} answers, about {left:.0f} s left \x1b[K")
        if session.done >= total:
            sys.stderr.write("\n")
        sys.stderr.flush()


def _report(session: _Session, comparison: Comparison, reason: str, run: Path | None) -> JudgeStanding | None:
    standing = _judge_standing(session)
    not_counted = _why_not_counted(session, standing, comparison)
    read = {one.name: _read(session, one.scores) for one in comparison.results}
    found = () if run is None else tuple(measurements(comparison, datetime.now(UTC).date(), str(run), read))
    swapped = {one.name: swapped_models(one.scores) for one in comparison.results}
    for name, models in swapped.items():
        if models:
            say(f"{name}: {printable(', '.join(models))} answered in its place, so its score does not count")
    if not_counted is None and not found:
        other = "another model answered" if any(swapped.values()) else "no candidate of the catalog was scored"
        not_counted = other
    if run is not None and not_counted is None:
        keep(found, run, mean_usd(comparison))
    report = EvaluationReport(
        comparison,
        session.catalog,
        reason,
        session.goal.margin,
        session.goal.floor,
        kept_coverage(session.plan.case_set.name, session.plan.order),
        read=read,
        judge=standing,
        counted=() if not_counted else tuple(one.subject for one in found),
        not_counted=not_counted,
    )
    write_reports(session.forms, session.outputs, lambda form: render(form, report))
    return standing


def _rests_on_judge(comparison: Comparison, standing: JudgeStanding | None) -> bool:
    """Whether scores are of a judge that people's labels have not admitted: then they decide nothing."""
    judged = any(one.is_judged for result in comparison.results for one in result.scores.scored.values())
    return judged and standing is not None and not standing.admitted


def _read(session: _Session, scores: CandidateScores) -> int:
    """How many of a candidate's answers a person has labeled."""
    labeled = {answer_id(label.case, label.output) for label in session.said}
    return sum(output in labeled for one in scores.scored.values() for output in one.outputs)


def _judge_standing(session: _Session) -> JudgeStanding | None:
    judge, runner = session.judge, session.runner
    if judge is None or runner is None:
        return None
    answers = (*known_lines(datetime.now(UTC)).answers.values(), *runner.answers.values())
    found = judge_gate(
        session.plan,
        judge,
        labels=session.labels.values,
        said=session.said,
        answers=answers,
        judgments=runner.judgments,
    )
    agreement = found.kappa
    return JudgeStanding(
        judge.probed.name,
        found.labels,
        None if agreement is None else agreement.value,
        None if agreement is None else agreement.low,
        None if agreement is None else agreement.base_rate,
        found.admitted,
        found.reasons,
    )


def _why_not_counted(session: _Session, standing: JudgeStanding | None, comparison: Comparison) -> str | None:
    prompt = session.plan.prompt
    if standing is not None and _rests_on_judge(comparison, standing):
        return f"the judge has not earned its place ({standing.reasons[0]})"
    if prompt.dirty and not session.allow_dirty:
        return f"{prompt.path} is not committed (--allow-dirty counts it anyway)"
    return None


def exit_code(comparison: Comparison, floor: float | None) -> ExitCode:
    """0 decided, 1 a floor refuted, 3 undecided, 4 without any answer."""
    if not comparison.has_answers:
        return ExitCode.UNREACHABLE
    states = [] if floor is None else [floor_state(one, floor) for one in comparison.results]
    if Ternary.VIOLATED in states:
        return ExitCode.FINDINGS
    open_pairs = any(pair.verdict is PairVerdict.OPEN for pair in comparison.pairs) and not comparison.is_decided
    if Ternary.UNKNOWN in states or open_pairs or not all(one.n for one in comparison.results):
        return ExitCode.UNDECIDED
    return ExitCode.CLEAN
