"""The workflows are ones that GitHub takes, and what a release runs does its work."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from advisor.version import __version__

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def workflow(name: str) -> dict[str, Any]:
    text = (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes nothing but text
    return found


def test_the_published_schema_takes_every_workflow() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, *map(str, WORKFLOWS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_states_its_rights_names_files_that_exist_and_builds_no_command_from_an_event(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = workflow(path.name)
    assert found["permissions"]
    steps = [step for job in found["jobs"].values() for step in job.get("steps", ())]
    assert not [step["run"] for step in steps if "${{" in step.get("run", "")]
    assert all(re.search(r"@(v\d|release/v\d)", step["uses"]) for step in steps if "uses" in step)
    named = re.findall(r"(?<![\w/])((?:requirements|tests|\.ci)/[\w/.-]*\w)", text)
    assert [name for name in named if not (ROOT / name).exists() and "*" not in name] == []


def test_every_supported_python_is_tested_on_every_system() -> None:
    jobs = workflow("tests.yml")["jobs"]
    supported = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert jobs["linux"]["strategy"]["matrix"]["python"] == supported
    assert jobs["others"]["strategy"]["matrix"]["python"] == supported
    assert jobs["others"]["strategy"]["matrix"]["os"] == ["macos-latest", "windows-latest"]


def test_a_release_is_made_by_a_tag_after_the_tests_and_only_the_last_steps_may_write() -> None:
    found = workflow("release.yml")
    assert found["on"] == {"push": {"tags": ["v*"]}}
    assert found["permissions"] == {"contents": "read"}
    assert found["jobs"]["build"]["needs"] == "tests"
    writers = {name for name, job in found["jobs"].items() if "write" in dict(job.get("permissions", {})).values()}
    assert writers == {"build", "release", "publish"}
    assert "contents" not in found["jobs"]["publish"]["permissions"]


def test_the_bill_of_materials_is_valid_and_holds_every_pin_with_its_hashes() -> None:
    made = subprocess.run([sys.executable, ".ci/sbom.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    bill = json.loads(made)
    # All components are made alike, and the validator takes a minute for thousands of hashes.
    fewest = sorted(bill["components"], key=lambda one: len(one["externalReferences"]))[:6]
    few = json.dumps({**bill, "components": fewest})
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(few) is None
    assert bill["metadata"]["component"]["version"] == __version__
    pins = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements/run.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert {(one["name"], one["version"]) for one in bill["components"]} == {
        (re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in pins
    }
    assert all(one["externalReferences"] for one in bill["components"])


def test_the_notes_of_a_release_are_its_section_of_the_changelog() -> None:
    notes = runpy.run_path(str(ROOT / ".ci" / "release_notes.py"))["notes"]
    changelog = "# Changelog\n\n## Unreleased\n\n- later\n\n## 1.2.0 (2026-12-01)\n\n- new\n\n## 1.1.0\n\n- old\n"
    assert notes("v1.2.0", changelog, "1.2.0") == "- new\n"
    for tag, version in (("v1.3.0", "1.2.0"), ("v2.0.0", "2.0.0")):
        with pytest.raises(SystemExit, match="expected"):
            notes(tag, changelog, version)
