"""``advisor probe --verify``: ask models to show what they can do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from advisor.catalog import Catalog, load_catalog
from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import write_reports
from advisor.cli.probe_run import confirm, refused_candidates, settings_from, targets_from
from advisor.errors import UsageError
from advisor.probe.abilities import CACHED_WORDS, SMALL_TOKENS, Outcome, checks
from advisor.probe.plan import ProbePlan, make_plan
from advisor.probe.run_file import AbilityLine, Run, find_run
from advisor.probe.verify import verify
from advisor.probe.worker_client import WorkerClient
from advisor.reports.probe.abilities import render_abilities, verified

_GUESSED_EFFORTS = ("low", "high")
"""What is tried of a model that the catalog does not have."""

Reach = tuple[tuple[str, ...], int | None]
"""The efforts to try, and the stated maximum output."""


def verify_abilities(names: tuple[str, ...], forms: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> int:
    """Plan, show, ask, check, report; the exit code."""
    if unknown := set(forms) - {"table", "json", "markdown"}:
        raise UsageError(f"--verify: expected table, json or markdown, found {', '.join(sorted(unknown))}")
    link = WorkerClient(os.environ)
    link.start()
    try:
        catalog = load_catalog()
        targets = targets_from(catalog, names, options, any_effort=True)
        plan = make_plan(targets, settings_from(options, len(names)), catalog.as_of)
        reach = {one.probed.name: _reach(catalog, one.probed.subject) for one in plan.candidates}
        say(_plan_words(plan, reach))
        if options["dry_run"]:
            return ExitCode.CLEAN
        if not options["yes"] and not confirm():
            return ExitCode.CLEAN
        paths: list[Path] = []
        try:
            asyncio.run(_verify(plan, link, reach, catalog, options, paths))
        except KeyboardInterrupt:
            say("interrupted; what was shown is kept")
            if paths:
                _report(paths[0], catalog, forms, outputs)
            return ExitCode.INTERRUPTED
        return _exit_code(_report(paths[0], catalog, forms, outputs), catalog)
    finally:
        link.close()


async def _verify(
    plan: ProbePlan,
    link: WorkerClient,
    reach: Mapping[str, Reach],
    catalog: Catalog,
    options: Mapping[str, Any],
    paths: list[Path],
) -> None:
    try:
        await link.attach()
        keys = await link.keys(tuple(one.probed.target for one in plan.candidates))
        await verify(
            plan,
            link,
            refused_candidates(plan, keys),
            reach,
            catalog_version=catalog.version,
            random=Random(options["seed"]),  # noqa: S311 - names that nobody guesses, not secrets
            clock=asyncio.get_running_loop().time,
            notify=_progress,
            opened=paths.append,
        )
    finally:
        link.close()


def _reach(catalog: Catalog, subject: str | None) -> Reach:
    offering = catalog.offerings.get((subject or "").partition("~")[0])
    if offering is None:
        return _GUESSED_EFFORTS, None
    longest = offering.fact("max_output_tokens", catalog.as_of)
    efforts = tuple(config.effort for config in offering.model.configs if config.effort)
    return efforts, int(longest.value) if longest.is_usable else None


def _plan_words(plan: ProbePlan, reach: Mapping[str, Reach]) -> str:
    random = Random(0)  # noqa: S311 - only counted
    count = sum(
        check.times
        for efforts, longest in reach.values()
        for check in checks(random, efforts=efforts, max_output_tokens=longest)
    )
    caps = plan.settings.caps
    return (
        f"{count + len(reach)} requests of at most {SMALL_TOKENS} tokens out; one states the maximum output, two "
        f"have about {CACHED_WORDS:,} tokens in. What does not fit ${caps.usd}, {caps.requests:,} requests and "
        f"{caps.seconds:g} s stays open."
    )


def _progress(line: AbilityLine) -> None:
    say(f"{line.candidate}: {line.ability} {line.outcome.value}")


def _report(path: Path, catalog: Catalog, forms: tuple[str, ...], outputs: tuple[str, ...]) -> Run:
    run = find_run(str(path))
    write_reports(forms, outputs, lambda form: render_abilities(form, run, catalog))
    counts = any(line.subject for line in run.head.candidates)
    more = "; `advisor recommend` and `advisor check` take it into account" if counts else ""
    hint(f"`advisor probe show {run.head.id}` shows it again{more}")
    return run


def _exit_code(run: Run, catalog: Catalog) -> ExitCode:
    """4 if nothing could be asked, 1 if something that the catalog states was not shown, else 0."""
    if all(line.outcome is Outcome.OPEN for line in run.abilities):
        return ExitCode.UNREACHABLE
    found = any(ability.contradicts for one in verified(run, catalog) for ability in one.abilities)
    return ExitCode.FINDINGS if found else ExitCode.CLEAN
