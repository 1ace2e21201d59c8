"""Write a waiver into a policy file: everything that stands there stays, comments and other waivers included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from advisor.errors import PolicyError
from advisor.files.atomic import replace_text
from advisor.files.yaml import parse_document, read_text
from advisor.licenses.policy import Policy, Waiver, load_policy

DEFAULT_FILE = Path("advisor-policy.yaml")
"""Where the hook and the review screen look for the policy of a project; a check is told which one."""


def add_waiver(path: Path, waiver: Waiver) -> Policy:
    """Return the policy with the waiver in it, as it now stands in the file; a file that is missing is begun.

    The file is replaced whole or not at all. Raises PolicyError if it is no policy, already has a waiver of that id,
    or cannot be written, and then it is as it was.
    """
    if not path.exists():
        before, text = Policy(schema_version=1), "schema_version: 1\n"
    else:
        before, text = load_policy(str(path)), read_text(path, error=PolicyError)
    if any(waiver.id == one.id for one in before.waivers):
        raise PolicyError(f"{path}: there is a waiver with the id {waiver.id!r}", hint="choose another id")
    wanted = before.model_copy(update={"waivers": (*before.waivers, waiver)})
    written = _with(text, before, waiver)
    if _policy(written, path) != wanted:
        lines = "\n".join(_item(waiver, 2))
        raise PolicyError(f"{path}: no place was found for the waiver", hint=f"put it under waivers:\n{lines}")
    replace_text(path, written, error=PolicyError)
    return wanted


def _policy(text: str, path: Path) -> Policy | None:
    try:
        return Policy.model_validate(parse_document(text, path=str(path), error=PolicyError).content)
    except (PolicyError, ValueError):
        return None


def _with(text: str, before: Policy, waiver: Waiver) -> str:
    """Return the text with the waiver behind the last one, or with a list of its own at the end."""
    text = text if text.endswith("\n") else text + "\n"
    node = _waivers(text)
    if node is None:
        return text + "\n".join(["waivers:", *_item(waiver, 2)]) + "\n"
    if node.id == "sequence" and node.value and not node.flow_style:
        lines = text.splitlines(keepends=True)
        last = node.end_mark.line
        while last > 0 and _is_aside(lines[last - 1]):
            last -= 1
        added = "\n".join(_item(waiver, node.start_mark.column)) + "\n"
        return "".join(lines[:last]) + added + "".join(lines[last:])
    items = [line for one in (*before.waivers, waiver) for line in _item(one, 2)]
    return text[: node.start_mark.index].rstrip() + "\n" + "\n".join(items) + text[node.end_mark.index :]


def _waivers(text: str) -> Any:
    """Return what stands behind the key of waivers, with its place in the text; None where there is no such key."""
    import yaml

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for key, value in root.value if key.value == "waivers"), None)


def _is_aside(line: str) -> bool:
    return not line.strip() or line.startswith("#")


def _item(waiver: Waiver, column: int) -> list[str]:
    """Return a waiver as an item of a block list; quoted, so that every word stays a word."""
    fields = waiver.model_dump(mode="json", exclude_none=True)
    lines = [
        f"{key}: {value if key == 'expires' else json.dumps(value, ensure_ascii=False)}"
        for key, value in fields.items()
    ]
    lead = " " * column
    return [f"{lead}- {lines[0]}", *(f"{lead}  {line}" for line in lines[1:])]
