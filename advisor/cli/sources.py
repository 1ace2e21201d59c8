"""Where a command's requirements come from: a file, a template, or advisor.yaml in the folder it is called in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from advisor.cli.diagnostics import say
from advisor.errors import UsageError
from advisor.facts import Measurement
from advisor.requirements.records import Requirements

DEFAULT_FILE = Path("advisor.yaml")
PROBES = Path(".advisor/probes")


def read_requirements(file: Path | None, template: str | None) -> tuple[str, Requirements]:
    """The requirements and the name to report them under, their traffic samples counted."""
    from advisor.requirements.files import load_requirements
    from advisor.requirements.templates import load_template

    if file and template:
        raise UsageError("expected FILE or --template, found both", hint="leave one of them out")
    if template:
        return template, load_template(template)
    path = file or DEFAULT_FILE
    if file is None and not path.exists():
        raise UsageError(
            f"{path}: there is no such file here",
            hint="answer the questions with `advisor ask`, or try `advisor recommend --template support-bot`",
        )
    return str(path), counted(load_requirements(path), path.parent)


def probed(day: date) -> tuple[Measurement, ...]:
    """What probes in this folder measured and what still counts on that day; says what is too old or cannot be read."""
    if not PROBES.is_dir():
        return ()
    from advisor.probe.measurements import STALE_AFTER_DAYS, read_measurements

    found = read_measurements(day)
    for error in found.unreadable:
        say(f"left out: {error.message}")
    if found.stale:
        say(f"measured more than {STALE_AFTER_DAYS} days ago, so not counted: {', '.join(found.stale)}")
    return found.fresh


def counted(requirements: Requirements, folder: Path) -> Requirements:
    """The requirements with samples of traffic replaced by their figures."""
    if all(workload.traffic is None or workload.traffic.sample is None for workload in requirements.workloads):
        return requirements
    from advisor.requirements.traffic import resolve_traffic

    return resolve_traffic(requirements, folder)
