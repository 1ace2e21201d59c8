"""Where a command's requirements come from: a file, a template, or advisor.yaml in the folder it is called in."""

from __future__ import annotations

from pathlib import Path

from advisor.errors import UsageError
from advisor.requirements.records import Requirements

DEFAULT_FILE = Path("advisor.yaml")


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


def counted(requirements: Requirements, folder: Path) -> Requirements:
    """The requirements with samples of traffic replaced by their figures."""
    if all(workload.traffic is None or workload.traffic.sample is None for workload in requirements.workloads):
        return requirements
    from advisor.requirements.traffic import resolve_traffic

    return resolve_traffic(requirements, folder)
