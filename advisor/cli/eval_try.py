"""``advisor eval try``: the same question to several candidates, side by side, and a key that keeps it as a case."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import click

from advisor.catalog import Catalog, load_catalog
from advisor.cli.diagnostics import ExitCode, hint, printable, say
from advisor.cli.eval_targets import FOLDER, find_candidates, find_set
from advisor.cli.options import write_reports
from advisor.errors import AccessDenied
from advisor.evals.case_file import append_cases
from advisor.evals.cases import CaseSet, parse_case
from advisor.evals.plan import MAX_TOKENS, Plan, Settings, make_plan
from advisor.evals.prompts import BARE, load_prompt
from advisor.evals.run import Runner
from advisor.evals.run_file import AnswerLine
from advisor.files.leftovers import temporary_folder
from advisor.probe.budget import Budget, Caps
from advisor.probe.run_file import RunFile
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import RequestLimits
from advisor.reports import json_writer
from advisor.reports.header import catalog_header

_TRIED = "tried"
"""The set that a question is kept in unless another is named."""


class Tried(NamedTuple):
    """What one candidate answered."""

    candidate: str
    text: str
    tool_calls: tuple[str, ...]
    fault: str | None
    message: str | None
    seconds: float | None
    usd: float | None
    served_model: str | None


class _TriedReport(NamedTuple):
    asked: str
    results: tuple[Tried, ...]


def try_candidates(
    text: str, names: Sequence[str], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any
) -> int:
    """Ask, show, and keep the question if a key says so."""
    link = WorkerClient(os.environ)
    link.start()
    try:
        catalog = load_catalog()
        plan = _plan(catalog, text, names, options)
        usd = Decimal(2) if options["max_usd"] is None else Decimal(str(options["max_usd"]))
        caps = Caps(usd, 1_000, options["max_seconds"] or 600.0)
        lines = asyncio.run(ask_once(plan, link, caps))
    finally:
        link.close()
    results = tuple(_tried(lines[request.key]) for request in plan.requests if request.key in lines)
    report = _TriedReport(text, results)

    def render(form: str) -> str:
        return json_writer.render(catalog_header(catalog), report) if form == "json" else _side_by_side(report)

    write_reports(forms, outputs, render)
    _keep(text, results, options["keep"])
    answered = [one.fault is None for one in results]
    if not any(answered):
        return ExitCode.UNREACHABLE
    return ExitCode.CLEAN if all(answered) else ExitCode.UNDECIDED


def _plan(catalog: Catalog, text: str, names: Sequence[str], options: dict[str, Any]) -> Plan:
    prompt = load_prompt(options["prompt"]) if options["prompt"] else BARE
    case = parse_case({"id": "try", "input": text}, "TEXT")
    settings = Settings(
        max_tokens=options["max_tokens"] or MAX_TOKENS,
        retries=1,
        concurrency=max(1, len(names)),
        limits=RequestLimits(total_s=options["total_timeout"]),
    )
    candidates = find_candidates(catalog, names, options)
    return make_plan(CaseSet("try", "TEXT", (case,)), prompt, candidates, settings, known={}, day=catalog.as_of)


async def ask_once(plan: Plan, link: WorkerClient, caps: Caps) -> dict[str, AnswerLine]:
    """Ask a small plan whose answers are not kept. Raises AccessDenied if no candidate has a key."""
    try:
        await link.attach()
        keys = await link.keys(tuple(one.target for one in plan.candidates))
        with temporary_folder() as folder:
            file = RunFile(Path(folder) / "try.jsonl")
            budget = Budget(caps, asyncio.get_running_loop().time)
            runner = Runner(plan, None, link, budget, file, judgments={}, notify=lambda _: None)
            refused = 0
            for one, missing in zip(plan.candidates, keys.missing, strict=True):
                if missing and one.target.api_base is None:
                    refused += 1
                    runner.skip(one.name, f"not set: {', '.join(missing)}")
            if refused == len(plan.candidates):
                names = ", ".join(sorted({name for missing in keys.missing for name in missing}))
                raise AccessDenied(f"no key for any candidate: not set: {names}", hint="export it and try again")
            await runner.run()
            file.close()
        return runner.answers
    finally:
        link.close()


def _tried(line: AnswerLine) -> Tried:
    answer, content = line.answer, line.answer.content
    milliseconds = answer.timing.e2e_ms
    return Tried(
        line.candidate,
        content.text if content else "",
        tuple(f"{call.name}({call.arguments})" for call in content.tool_calls) if content else (),
        answer.fault.value if answer.fault else None,
        answer.message,
        None if milliseconds is None else round(milliseconds / 1000, 3),
        None if line.usd is None else float(line.usd),
        answer.served_model,
    )


def _side_by_side(report: _TriedReport) -> str:
    """Return the answers, each under its candidate with seconds and cents."""
    lines = [f"asked: {printable(report.asked)}"]
    for number, one in enumerate(report.results, 1):
        seconds = "" if one.seconds is None else f", {one.seconds:.2f} s"
        cents = ", cost unknown" if one.usd is None else f", {100 * one.usd:.4f} cents"
        lines += ["", f"[{number}] {one.candidate}{seconds}{cents}"]
        said = f"{one.fault}: {one.message or ''}" if one.fault else "\n".join((one.text, *one.tool_calls))
        lines += [f"  {line}" for line in printable(said).splitlines() or ["(nothing)"]]
    return "\n".join(lines) + "\n"


def _keep(text: str, results: tuple[Tried, ...], named: str | None) -> None:
    """Keep the question as a case: on request, or by a key in a terminal; a number takes that answer as reference."""
    key = "k" if named else _key(len(results))
    if key is None:
        return
    case: dict[str, Any] = {"id": f"tried-{sha256(text.encode()).hexdigest()[:8]}", "input": text}
    if key.isdigit() and 0 < int(key) <= len(results):
        case["reference"] = results[int(key) - 1].text
    case |= {"split": "dev", "origin": "seed", "state": "accepted", "kept": f"{datetime.now(UTC):%Y-%m-%d}"}
    path = find_set(named) if named else FOLDER / f"{_TRIED}.jsonl"
    path = path if path.suffix else FOLDER / f"{path.name}.jsonl"
    append_cases(path, [case])
    say(f"kept as case {case['id']} in {path}")
    hint(f"say what a right answer is: add answer, reference or checks to the line in {path}")


def _key(count: int) -> str | None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    click.echo(f"\nkeep it as a case? [k]eep, [1]-[{count}] with that answer as reference, any other: no ", err=True)
    key = click.getchar().lower()
    return key if key == "k" or key.isdigit() else None
