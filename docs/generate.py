"""Write the reference pages that follow from the code; ``python docs/generate.py`` from the checkout."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from advisor.cli import advisor
from advisor.cli.man_page import man_page
from advisor.reports.decision_check import CheckRecord as DecisionRecord
from advisor.reports.eval_record import EvaluationRecord
from advisor.reports.json_schema import json_schema
from advisor.reports.licenses.audit import AuditRecord
from advisor.reports.licenses.json import CheckRecord
from advisor.reports.monitor import MonitorRecord
from advisor.reports.plan.json import PlanRecord
from advisor.reports.probe.json import ProbeRecord
from advisor.reports.recommendation.json import RecommendationRecord
from advisor.scan.use import ScanResult

ROOT = Path(__file__).parents[1]

_SETTINGS: dict[str, Any] = {**advisor.context_settings, "max_content_width": 100, "terminal_width": 100}
"""A command remembers its help option from the first context it meets: it must be that of the group."""


def generated() -> dict[Path, str]:
    """Return the text of each page by its path below the checkout."""
    return {
        Path("docs/reference/cli.md"): "".join(_command_pages()),
        Path("docs/reference/advisor.1"): man_page(tuple(_commands("advisor", advisor)), _SETTINGS),
        Path("docs/reference/recommendation.schema.json"): _text(
            json_schema(RecommendationRecord, "advisor recommend -f json", numbered_sources=True)
        ),
        Path("docs/reference/plan.schema.json"): _schema(PlanRecord, "advisor recommend --measurements CSV -f json"),
        Path("docs/reference/probe.schema.json"): _schema(ProbeRecord, "advisor probe -f json"),
        Path("docs/reference/check-license.schema.json"): _text(
            json_schema(CheckRecord, "advisor check-license -f json", numbered_sources=True)
        ),
        Path("docs/reference/eval.schema.json"): _schema(EvaluationRecord, "advisor eval SET CANDIDATE... -f json"),
        Path("docs/reference/license-audit.schema.json"): _schema(AuditRecord, "advisor license audit DUMP... -f json"),
        Path("docs/reference/monitor.schema.json"): _schema(MonitorRecord, "advisor monitor LOGS... -f json"),
        Path("docs/reference/scan.schema.json"): _schema(ScanResult, "advisor scan -f json"),
        Path("docs/reference/check.schema.json"): _schema(DecisionRecord, "advisor check -f json"),
    }


def _schema(report: type, title: str) -> str:
    return _text(json_schema(report, title))


def _text(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2) + "\n"


def _command_pages() -> Iterator[str]:
    yield (
        "# Commands\n\nEvery command as it explains itself with `--help`. Exit codes are the same for all: 0 done and "
        "clean; 1 findings, or nothing passes; 2 wrong usage or input; 3 undecided; 4 a source could not be reached; "
        "70 a fault of advisor's own; 130 interrupted.\n"
    )
    for name, command in _commands("advisor", advisor):
        # A fixed width and no terminal: the page is the same wherever it is made.
        with click.Context(command, info_name=name, **_SETTINGS) as ctx:
            yield f"\n## {name}\n\n```text\n{command.get_help(ctx)}\n```\n"


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        ctx = click.Context(command, info_name=name)
        for child in command.list_commands(ctx):
            found = command.get_command(ctx, child)
            if found is not None and not found.hidden:
                yield from _commands(f"{name} {child}", found)


def main() -> None:
    """Write every page."""
    for path, text in generated().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
