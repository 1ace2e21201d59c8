"""Ready-made requirements to start from, by name: the files of ``examples/``, which travel in the package."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from advisor.errors import RequirementsError

if TYPE_CHECKING:
    from advisor.requirements.file import RequirementsFile
    from advisor.requirements.schema import Requirements

_PACKAGE = Path(__file__).parent.parent


class Template(NamedTuple):
    """A template: ``title`` is what its first comment says of it."""

    name: str
    title: str
    path: Path


def templates() -> tuple[Template, ...]:
    """Every template, sorted by name."""
    return tuple(Template(path.stem, _title(path), path) for path in sorted(_folder().glob("*.yaml")))


def find_template(name: str) -> Template:
    """Return the template of that name. Raises RequirementsError with the nearest names."""
    found = {template.name: template for template in templates()}
    if name in found:
        return found[name]
    near = get_close_matches(name, found, n=2, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else f"the templates are {', '.join(found)}"
    raise RequirementsError(f"there is no template named {name!r}", hint=hint)


def load_template(name: str) -> Requirements:
    """Return the requirements of the template of that name. Raises RequirementsError with the nearest names."""
    return read_template(name).requirements


def read_template(name: str) -> RequirementsFile:
    """Return the same with the line of each key."""
    from advisor.requirements.file import read_file

    return read_file(find_template(name).path)


def _folder() -> Path:
    """Where the templates are: inside the installed package, else beside it in a checkout."""
    inside = _PACKAGE / "examples"
    return inside if inside.is_dir() else _PACKAGE.parent / "examples"


def _title(path: Path) -> str:
    """Return the comment that follows the schema line, joined into one line."""
    words: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        if not line.startswith("# "):
            break
        words.append(line[2:])
    return " ".join(words)
