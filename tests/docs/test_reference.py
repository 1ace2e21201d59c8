"""The reference follows from the code, and the reports from the reference."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import jsonschema
import pytest

from tests.command_line import advisor_once

ROOT = Path(__file__).parents[2]


def test_reference_pages_are_fresh() -> None:
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, text in module.generated().items():
        assert (ROOT / path).read_text() == text, f"{path} is stale: run `make docs`"


@pytest.mark.parametrize("template", ["support-bot", "contract-analysis", "code-assistant", "document-batch"])
def test_recommendations_follow_the_published_schema(template: str) -> None:
    schema = json.loads((ROOT / "docs/reference/recommendation.schema.json").read_text())
    done = advisor_once("recommend", "--template", template, "--as-of", "2026-11-23", "-f", "json")
    jsonschema.Draft202012Validator(schema).validate(json.loads(done.stdout))


def test_every_command_has_help() -> None:
    page = (ROOT / "docs/reference/cli.md").read_text()
    from advisor.cli import COMMANDS

    assert [name for name in COMMANDS if f"## advisor {name}\n" not in page] == []


def test_examples_stand_as_they_were_written() -> None:
    assert "\\b" not in (ROOT / "docs/reference/cli.md").read_text()


def test_the_manual_page_has_every_command_and_troff_takes_it_without_a_word() -> None:
    path = ROOT / "docs/reference/advisor.1"
    page = path.read_text(encoding="utf-8").replace("\\-", "-")
    from advisor.cli import COMMANDS

    assert [name for name in COMMANDS if f".SS advisor {name}\n" not in page] == []
    requests = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert requests <= {".ad", ".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".nf", ".fi"}
    groff = shutil.which("groff")
    if groff:
        done = subprocess.run([groff, "-man", "-Tutf8", "-ww", str(path)], capture_output=True, text=True, check=True)
        assert done.stderr == ""
        assert ".advisor/" in done.stdout
