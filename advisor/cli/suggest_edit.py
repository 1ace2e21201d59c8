"""A relaxation of an infeasible plan as what a person can do.

The command with other options, or the edit of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING, Any

from advisor.cli.inputs import DEFAULT_FILE
from advisor.cli.options import PlanOptions
from advisor.portfolio.edits import edits
from advisor.portfolio.problem import LimitChange, PlanRelaxation

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

_OPTIONS = {"budget_usd": "budget_usd", "min_score": "min_score", "most.vendor": "max_vendors"}
"""The option that states a limit, where one does."""


def mend(
    way: PlanRelaxation, asked: PlanOptions, source: tuple[Path | None, str | None], requirements: Requirements | None
) -> str:
    """Return what moves the limits: options in a command, everything else in the file."""
    options = {_OPTIONS[one.limit]: one for one in way.reliefs if _is_option(one, asked)}
    # A template is no file of the user's: what it states is moved by options too, where there is one.
    if source[1] is not None:
        options |= {_OPTIONS[one.limit]: one for one in way.reliefs if one.limit in _OPTIONS}
    rest = [one for one in way.reliefs if one not in options.values()]
    steps = [one.change for one in way.reliefs]
    done = list(_edited(edits(rest, requirements), str(source[0] or DEFAULT_FILE))) if requirements else []
    if options:
        done.append(f"`{join(_command(asked, source, options))}`")
    return f"{'; '.join(steps)}: {', then '.join(done)}" if done else "; ".join(steps)


def _is_option(relief: LimitChange, asked: PlanOptions) -> bool:
    return relief.limit in _OPTIONS and getattr(asked, _OPTIONS[relief.limit]) is not None


def _edited(changes: Mapping[str, Any], file: str) -> Iterator[str]:
    for key, value in changes.items():
        if key == "portfolio.rate_limits":
            rates = ", ".join(f"{one['requests_per_minute']:g} for {one['offering']}" for one in value)
            yield f"set requests_per_minute under {key} in {file} to {rates}"
        elif value is None:
            yield f"take {key} out of {file}"
        else:
            yield f"set {key}: {value} in {file}"


def _command(
    asked: PlanOptions, source: tuple[Path | None, str | None], moved: Mapping[str, LimitChange]
) -> Iterator[str]:
    """Yield the same command with the moved limits."""
    file, template = source
    yield from ("advisor", "recommend")
    if file is not None:
        yield str(file)
    if template is not None:
        yield from ("--template", template)
    for name, value in asked._asdict().items():
        to = moved[name].to if name in moved else None
        flag = f"--{name.replace('_', '-')}"
        if to is not None:
            yield from (flag, f"{to.normalize():f}")
        elif value is True:
            yield flag
        elif value != getattr(PlanOptions(), name):
            yield from (flag, str(value))
