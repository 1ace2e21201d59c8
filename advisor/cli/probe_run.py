"""What ``advisor probe`` does with its options: plan, ask, run, report."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import click

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.records import PriceRow
from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import write_reports
from advisor.errors import AccessDenied, UsageError
from advisor.facts import Source, State
from advisor.probe.budget import Caps
from advisor.probe.candidates import ProbeTarget, find_probed, split_bases
from advisor.probe.plan import (
    MOST_ROUNDS,
    QUICK_ROUNDS,
    REASONING_TOKENS,
    ProbePlan,
    ProbeSettings,
    make_plan,
    short_of_tokens,
    usual_seconds,
)
from advisor.probe.prompts import Prompts, built_in, from_files
from advisor.probe.run_file import Mode, RequestLine, find_run
from advisor.probe.runner import take, without_key
from advisor.probe.summary import Summary, summarize
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import Keys, RequestLimits
from advisor.reports import json_writer
from advisor.reports.header import catalog_header
from advisor.reports.probe.json import plan_record
from advisor.reports.probe.render import render, render_plan


@dataclass
class _Session:
    """One call of the command."""

    plan: ProbePlan
    catalog: Catalog
    link: WorkerClient
    forms: tuple[str, ...]
    outputs: tuple[str, ...]
    seed: int | None
    by: str
    keys: Keys | None = None
    path: Path | None = None
    reason: str = "interrupted"


def take_probe(names: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> int:
    """Plan, show, ask, run, report; the exit code."""
    link = WorkerClient(os.environ)
    link.start()  # it imports litellm while the plan is made and read
    try:
        catalog = load_catalog()
        plan = make_plan(targets_from(catalog, names, options), settings_from(options, len(names)), catalog.as_of)
        session = _Session(plan, catalog, link, forms, outputs, options["seed"], options["by"])
        if options["dry_run"]:
            return asyncio.run(_dry_run(session))
        say(render_plan(plan, None).rstrip())
        if short := short_of_tokens(plan):
            hint(
                f"{', '.join(short)}: reasoning may use up the {plan.settings.max_tokens} tokens before the answer; "
                f"--max-tokens {REASONING_TOKENS} leaves room for both"
            )
        if not options["yes"] and not confirm():
            return ExitCode.CLEAN
        return _run(session)
    finally:
        link.close()


def ask_what_next(requirements: Path | None, forms: tuple[str, ...], outputs: tuple[str, ...]) -> int:
    """Which measurement is worth taking next."""
    from advisor.cli.probe_next import ask_next

    return ask_next(requirements, forms, outputs)


def confirm() -> bool:
    """Ask whether to start. Raises UsageError if nobody is there to answer."""
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to agree to the plan", hint="add --yes to start, or --dry-run to see it only")
    return click.confirm("Start?", default=True, err=True)


def _run(session: _Session) -> int:
    try:
        asyncio.run(_probe(session))
    except KeyboardInterrupt:
        say("interrupted; what was measured is kept")
        if session.path is not None:
            _report(session, session.path)
        return ExitCode.INTERRUPTED
    if session.path is None:
        return ExitCode.UNREACHABLE
    return _exit_code(_report(session, session.path))


async def _dry_run(session: _Session) -> int:
    try:
        await session.link.attach()
        session.keys = await session.link.keys(tuple(one.probed.target for one in session.plan.candidates))
    finally:
        session.link.close()

    def text(form: str) -> str:
        if form == "json":
            record = plan_record(session.plan, session.keys)
            return json_writer.render(catalog_header(session.catalog), record)
        return render_plan(session.plan, session.keys)

    write_reports(session.forms, session.outputs, text)
    return ExitCode.CLEAN


async def _probe(session: _Session) -> None:
    try:
        await _measure(session)
    finally:
        session.link.close()


async def _measure(session: _Session) -> None:
    await session.link.attach()
    targets = tuple(one.probed.target for one in session.plan.candidates)
    session.keys = await session.link.keys(targets)
    refused = refused_candidates(session.plan, session.keys)

    def opened(path: Path) -> None:
        session.path = path

    session.reason = await take(
        session.plan,
        session.link,
        refused,
        catalog_version=session.catalog.version,
        random=Random(session.seed),  # noqa: S311 - the order of requests, which is no secret
        notify=_progress,
        opened=opened,
    )


def refused_candidates(plan: ProbePlan, keys: Keys) -> Mapping[str, str]:
    """Whom nothing is sent to because a key is missing. Raises AccessDenied if nobody is left."""
    refused = without_key(plan, keys)
    if len(refused) == len(plan.candidates):
        words = "; ".join(f"{name}: {why}" for name, why in refused.items())
        raise AccessDenied(f"no key for any candidate: {words}", hint="export the variable and try again")
    for name, why in refused.items():
        say(f"{name}: {why}; nothing is sent to it")
    return refused


def _progress(line: RequestLine) -> None:
    answer = line.answer
    if answer.fault is not None:
        say(f"{line.candidate}: {answer.fault.value}")
    elif sys.stderr.isatty():
        say(f"{line.candidate}: first token {answer.timing.ttft_ms or 0:,.0f} ms ({line.phase.value})")


def _report(session: _Session, path: Path) -> Summary:
    summary = summarize(find_run(str(path)), session.by)
    write_reports(session.forms, session.outputs, lambda form: render(form, summary, session.catalog))
    if summary.run.end and summary.run.end.reason.startswith("cap"):
        say(f"stopped by the {summary.run.end.reason}")
    counts = any(found.line.subject for found in summary.candidates)
    more = "; `advisor recommend` takes it into account" if counts else ""
    hint(f"`advisor probe show {summary.run.head.id}` shows it again{more}")
    return summary


def _exit_code(summary: Summary) -> ExitCode:
    """0 if every candidate was measured, 1 if some were, 4 if none was."""
    measured = [found.measured > 0 for found in summary.candidates]
    if all(measured):
        return ExitCode.CLEAN
    return ExitCode.FINDINGS if any(measured) else ExitCode.UNREACHABLE


def targets_from(
    catalog: Catalog, names: tuple[str, ...], options: dict[str, Any], *, any_effort: bool = False
) -> list[ProbeTarget]:
    """Return the candidates that are named, at the addresses and prices that are stated."""
    bases = split_bases(options["bases"], names)
    found = []
    for name in names:
        one = find_probed(
            catalog,
            name,
            api_base=bases.get(name),
            key_variable=options["key_variable"],
            api_name=options["api_name"],
            environment=os.environ,
            any_effort=any_effort,
        )
        if options["price"] is not None and not one.prices:
            one = one._replace(prices=(stated_price(catalog, options["price"], one.tier),), own_server=False)
        found.append(one)
    return found


def stated_price(catalog: Catalog, price: tuple[Decimal, Decimal], tier: str) -> PriceRow:
    """Return the price that the user stated, as a row."""
    source = Source("stated with --price", catalog.as_of)
    given, made = price
    return PriceRow(tier, None, None, 0, None, given, made, None, None, State.KNOWN, source)


def settings_from(options: dict[str, Any], candidates: int) -> ProbeSettings:
    """How to probe, from the options. Raises UsageError for options that exclude each other."""
    modes = {Mode.LOAD: options["rate"], Mode.CACHE: options["cache"], Mode.UNTIL_DECIDED: options["until_decided"]}
    asked = [mode for mode, chosen in modes.items() if chosen]
    if len(asked) > 1:
        raise UsageError("expected one of --rate, --cache and --until-decided", hint="leave out the others")
    mode = asked[0] if asked else Mode.ROUNDS
    if mode is Mode.UNTIL_DECIDED and candidates < 2:  # noqa: PLR2004 - a pair
        raise UsageError("--until-decided compares: expected at least two candidates")
    rounds = options["rounds"] or (MOST_ROUNDS if mode is Mode.UNTIL_DECIDED else QUICK_ROUNDS)
    limits = RequestLimits(
        connect_s=options["connect_timeout"],
        first_token_s=options["first_token_timeout"],
        between_tokens_s=options["token_timeout"],
        total_s=options["total_timeout"],
    )
    return ProbeSettings(
        mode=mode,
        rounds=rounds,
        prompts=_prompts(options),
        max_tokens=options["max_tokens"],
        caps=Caps(
            Decimal(str(options["max_usd"])),
            options["max_requests"],
            options["max_seconds"] or usual_seconds(rounds, candidates, options["rate"], limits),
        ),
        limits=limits,
        streams=options["streams"],
        rate_per_s=options["rate"],
        tools=options["tools"],
        warm_up=not options["no_warm_up"],
        place=options["place"],
    )


def _prompts(options: dict[str, Any]) -> Prompts:
    if options["prompts"]:
        return from_files(options["prompts"])
    size = "long" if options["cache"] and options["prompt_size"] == "short" else options["prompt_size"]
    return built_in(size, tools=options["tools"])
