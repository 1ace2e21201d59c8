"""The run behind ``advisor monitor``: read, tell, write, and the code that it ends with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advisor.cli.diagnostics import ExitCode, hint, say
from advisor.cli.options import write_reports
from advisor.engine.duckdb import connect
from advisor.engine.port import Bounds
from advisor.errors import AdvisorError, EngineError, MonitorError, install_hint
from advisor.evals.embedding import is_available
from advisor.evals.pii import text_cleaner
from advisor.facts import Measurement
from advisor.files.paths import DECISION_FILE
from advisor.monitor import summary as summaries
from advisor.monitor.evidence import with_evidence
from advisor.monitor.labels import Draw, corrected, read_labels
from advisor.monitor.mapping import NONE, load_mapping
from advisor.monitor.names import cleaner
from advisor.monitor.observe import LEAST_IN_CELL, failure_modes, outcomes, rate, since
from advisor.monitor.questions import Questions
from advisor.monitor.run import Asked, Found, read_logs, tell
from advisor.monitor.summarize import summarize
from advisor.monitor.theme_cases import keep_cases
from advisor.probe.redaction import Redactor
from advisor.reports.monitor import MonitorRecord, ReadRecord, render
from advisor.reports.monitor_traffic import TrafficRecord

_CALLING = {"api_name": None, "price": None, "max_tokens": None, "max_seconds": None, "total_timeout": 120.0}
"""How a model is called that the options of this command do not say."""


def run(options: Mapping[str, Any]) -> int:
    """Do what the options say; return the exit code."""
    now = datetime.now(UTC)
    mapping = load_mapping(options["mapping"]) if options["mapping"] else NONE
    asked = Asked(
        options["logs"],
        mapping,
        texts=options["texts"],
        since=options["since"],
        by=options["by"],
        keep=not (options["no_keep"] or options["draw_labels"]),
        fresh=options["fresh"],
        cases=_case_questions(options["cases"]),
    )
    clean = cleaner(os.environ, keep_pii=options["keep_pii"])
    questions = Questions(text_cleaner(os.environ, keep_pii=options["keep_pii"])) if is_available() else None
    if questions is None:
        say("themes are left out: comparing texts by meaning needs a package that is not installed")
        hint(install_hint("loop"))
    traffic = None
    labels = read_labels(options["labels"]) if options["labels"] else None
    draw = Draw() if options["draw_labels"] else None
    try:
        with connect(Bounds(options["memory_mb"])) as engine:
            read = read_logs(engine, asked, now, clean, questions, draw=draw)
            found = tell(engine, read, asked)
            if labels is not None:
                found = found._replace(failure_modes=corrected(engine, found.failure_modes, labels, since(asked.since)))
            evidence = _measured(), _decided()
            found = found._replace(
                alarms=with_evidence(found.alarms, *evidence), standing=with_evidence(found.standing, *evidence)
            )
            _summarize(engine, found, asked, options["summary"], now)
            if options["traffic"] or options["bill"] is not None:
                from advisor.cli.monitor_traffic import traffic_records

                traffic = traffic_records(engine, since(asked.since), options["bill"], now.date())
    except EngineError as error:
        # What the engine says may quote the log.
        raise MonitorError(Redactor(os.environ).clean(error.message), hint=error.hint) from None
    if options["name_with"]:
        from advisor.cli.theme_names import with_names

        found = found._replace(themes=with_names(found.themes, options["name_with"], {**_CALLING, **options}))
    if asked.keep and found.themes.themes:
        keep_cases(found.themes, found.questions)
    if draw is not None:
        drawn = draw.save(options["draw_labels"], text_cleaner(os.environ, keep_pii=options["keep_pii"]))
        say(f"{drawn} calls drawn at random: set `refusal` to true or false in each line of {options['draw_labels']}")
        hint(f"then: --labels {options['draw_labels']}")
    record = _record(found, traffic)
    write_reports(options["forms"], options["outputs"], lambda form: render(form, record, now.date(), found.days))
    return _code(found, options["fail_on"])


def _record(found: Found, traffic: tuple[TrafficRecord, ...] | None) -> MonitorRecord:
    counted = found.read.counted
    read = ReadRecord(
        counted.lines,
        counted.skipped,
        counted.other,
        counted.doubles,
        found.first,
        found.last,
        found.calls,
        found.read.kept,
        found.read.texts_share,
        counted.dead,
        counted.from_outcomes,
        counted.derived,
    )
    return MonitorRecord(
        read,
        found.outcomes,
        found.proxies,
        found.failure_modes,
        found.alarms,
        found.themes.themes,
        found.themes.coverage,
        found.themes.new,
        found.cells,
        traffic,
    )


def _case_questions(names: Sequence[str]) -> Sequence[str] | None:
    """Return what the accepted cases of these sets ask, or of all in evals/ without names; None where there is none."""
    from advisor.cli.eval_targets import find_set, set_files
    from advisor.evals.cases import load_cases

    paths = [find_set(name) for name in names] or set_files()
    sets = [load_cases(path, skip_bad=not names, needs_accepted=False) for path in paths]
    return [case.question for one in sets for case in one.accepted] if sets else None


def _summarize(engine: Any, found: Found, asked: Asked, path: Path | None, now: datetime) -> None:
    if not asked.keep and path is None:
        return
    rates = (outcomes(engine), failure_modes(engine)) if asked.since else (found.outcomes, found.failure_modes)
    covered, n = found.themes.coverage, len(found.questions)
    coverage = rate(round(covered * n), n) if covered is not None and n else None
    made = summarize(engine, now.date(), *rates, found.standing, coverage=coverage)
    if path is not None:
        summaries.save(made, path)
        say(f"summary written to {path}; it holds no texts")
    if summaries.KEPT.parent.is_dir() and asked.keep:
        summaries.save(made, summaries.KEPT)


def _code(found: Found, fail_on: str) -> int:
    told = found.alarms
    if fail_on == "new":
        start = found.read.new_from
        told = tuple(one for one in told if start is not None and one.seen >= start)
    if told and fail_on != "never":
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if found.calls >= LEAST_IN_CELL else ExitCode.UNDECIDED


def _measured() -> Sequence[Measurement]:
    """Return what was measured here, however old: all of it may rest on a model that no longer answers."""
    from advisor.evals.kept_scores import read_measurements

    with suppress(AdvisorError, OSError):
        return read_measurements(datetime.now(UTC).date()).fresh
    return ()


def _decided() -> Mapping[str, Sequence[str]]:
    """Return the names of the model that serves each workload of the decision here."""
    if not Path(DECISION_FILE).is_file():
        return {}
    from advisor.decision.lock_file import load

    try:
        decision, _ = load(Path(DECISION_FILE))
    except AdvisorError as error:
        say(f"left out: {error.message}")
        return {}
    return {
        one.workload: [name for name in (one.api_name, one.model, one.chosen) if name] for one in decision.workloads
    }
