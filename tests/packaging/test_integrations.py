"""The pre-commit hook and the GitHub Action do their work: run as pre-commit and as a runner of GitHub run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.licenses.targets.read_file import ENDINGS, NAMES
from tests.licenses.hub_server import Hub, Repo, serve

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
CODE = 'from transformers import AutoModel\n\nmodel = AutoModel.from_pretrained("{}")\n'
POLICY = "schema_version: 1\nuses: [commercial]\ndeny_classes: [non-commercial]\nunknown: fail\n"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve() as running:
        running.models["owls/free"] = Repo(card={"license": "mit"})
        running.models["owls/kept"] = Repo(card={"license": "cc-by-nc-4.0"})
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project under git whose code names one model that the policy allows."""
    root = tmp_path / "project with spaces"
    root.mkdir()
    (root / "advisor-policy.yaml").write_text(POLICY, encoding="utf-8")
    (root / "serve.py").write_text(CODE.format("owls/free"), encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    return root


def environment(hub: Hub, home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "HF_"))}
    paths = {"PATH": f"{BIN}{os.pathsep}{kept['PATH']}", "XDG_CACHE_HOME": str(home), "PRE_COMMIT_HOME": str(home)}
    return {**kept, **paths, "HF_ENDPOINT": hub.endpoint, "NO_COLOR": "1", **more}


class TestHook:
    """``.pre-commit-hooks.yaml``, run by pre-commit with the command that is installed here."""

    def run(self, project: Path, hub: Hub, home: Path, *, staged: bool = False) -> subprocess.CompletedProcess[str]:
        hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]
        config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"}]}]}
        (project / ".pre-commit-config.yaml").write_text(json.dumps(config), encoding="utf-8")
        subprocess.run(["git", "add", "."], cwd=project, check=True)
        which = [] if staged else ["--all-files"]
        command = [sys.executable, "-m", "pre_commit", "run", *which, "--color", "never", "--verbose"]
        return subprocess.run(
            command, cwd=project, env=environment(hub, home), capture_output=True, text=True, check=False, timeout=120
        )

    def test_the_manifest_is_one_that_pre_commit_takes(self) -> None:
        command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def test_code_with_a_model_that_the_policy_allows_passes(self, project: Path, hub: Hub, tmp_path: Path) -> None:
        done = self.run(project, hub, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Passed" in done.stdout
        assert [path for path in hub.asked if path.startswith("/api/models/")] == ["/api/models/owls/free"]

    def test_a_commit_that_names_a_denied_model_is_stopped_with_the_clause(
        self, project: Path, hub: Hub, tmp_path: Path
    ) -> None:
        for number in range(3):
            (project / f"train{number}.py").write_text(CODE.format("owls/kept"), encoding="utf-8")
        done = self.run(project, hub, tmp_path, staged=True)
        assert done.returncode == 1
        assert "owls/kept: forbidden" in done.stdout
        assert "policy-denied" in done.stdout
        assert hub.asked.count("/api/models/owls/kept") == 1

    def test_a_hub_that_cannot_be_reached_is_no_pass(self, project: Path, hub: Hub, tmp_path: Path) -> None:
        (project / "advisor-policy.yaml").write_text(POLICY.replace("fail", "review"), encoding="utf-8")
        hub.models["owls/free"] = Repo(status=503)
        done = self.run(project, hub, tmp_path)
        assert done.returncode == 1
        assert "exit code: 4" in done.stdout

    def test_files_that_name_no_model_are_no_reason_to_ask(self, project: Path, hub: Hub, tmp_path: Path) -> None:
        (project / "serve.py").write_text("print('who?')\n", encoding="utf-8")
        (project / "notes.md").write_text(CODE.format("owls/kept"), encoding="utf-8")
        assert self.run(project, hub, tmp_path).returncode == 0
        assert hub.asked == []

    def test_it_looks_at_every_kind_of_file_that_a_folder_is_searched_for(self) -> None:
        hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]
        wanted = [f"src/a{ending}" for ending in ENDINGS] + [f"src/{name.capitalize()}.gpu" for name in NAMES]
        wanted += [".env", "ops/advisor.lock"]
        assert not [name for name in wanted if not re.search(hook["files"], name)]
        assert not re.search(hook["files"], "docs/notes.md")


class TestAction:
    """``action.yml``: its steps in bash, as a runner of GitHub starts them."""

    def run(self, project: Path, hub: Hub, tmp_path: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the last of the steps that are commands; the one before it installs, and here it is installed."""
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        assert set(inputs) <= set(action["inputs"])
        given = {name: inputs.get(name, one["default"]) for name, one in action["inputs"].items()}
        python = tmp_path / "advisor" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        step = [step for step in action["runs"]["steps"] if "run" in step][-1]
        script = tmp_path / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        own = {name: _expanded(value, given) for name, value in step["env"].items()}
        runner = {
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            "RUNNER_TEMP": str(tmp_path),
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=project,
            env=environment(hub, tmp_path, **runner, **own),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def test_it_is_one_that_the_published_schema_takes(self) -> None:
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
        done = subprocess.run([*command, str(ROOT / "action.yml")], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_what_it_installs_is_pinned_by_hash(self) -> None:
        text = (ROOT / "action.yml").read_text(encoding="utf-8")
        (file,) = re.findall(r"\$GITHUB_ACTION_PATH/(requirements/\S+\.txt)", text)
        assert "--require-hashes" in text
        assert (ROOT / file).is_file()

    def test_allowed_models_pass_and_leave_a_report_and_a_summary(
        self, project: Path, hub: Hub, tmp_path: Path
    ) -> None:
        done = self.run(project, hub, tmp_path)
        assert done.returncode == 0, done.stderr
        assert "owls/free: allowed" in done.stdout
        assert json.loads((project / "advisor-license.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
        assert "owls/free" in (tmp_path / "summary.md").read_text(encoding="utf-8")

    def test_a_denied_model_fails_the_job_after_the_report_is_written(
        self, project: Path, hub: Hub, tmp_path: Path
    ) -> None:
        (project / "a folder").mkdir()
        (project / "a folder" / "train.py").write_text(CODE.format("owls/kept"), encoding="utf-8")
        inputs = {"paths": "serve.py\na folder\n", "sarif": "found.sarif", "token": "hf_owl"}
        done = self.run(project, hub, tmp_path, **inputs)
        assert done.returncode == 1
        (run,) = json.loads((project / "found.sarif").read_text(encoding="utf-8"))["runs"]
        assert "policy-denied" in {result["ruleId"] for result in run["results"]}
        assert set(zip(hub.asked, hub.tokens, strict=True)) == {
            (f"/api/models/owls/{name}", "Bearer hf_owl") for name in ("free", "kept")
        }

    def test_a_ready_made_policy_and_a_mirror_are_used_where_they_are_named(
        self, project: Path, hub: Hub, tmp_path: Path
    ) -> None:
        endpoint, hub.endpoint = hub.endpoint, "http://127.0.0.1:9"
        (project / "serve.py").write_text(CODE.format("owls/kept"), encoding="utf-8")
        done = self.run(project, hub, tmp_path, policy="research", endpoint=endpoint)
        assert "owls/kept" in done.stdout, done.stderr
        assert "commercial is forbidden" not in done.stdout

    def test_no_module_of_the_reviewed_code_is_imported(self, project: Path, hub: Hub, tmp_path: Path) -> None:
        for name in ("yaml", "click", "advisor", "huggingface_hub"):
            (project / f"{name}.py").write_text("raise SystemExit('taken over')\n", encoding="utf-8")
        done = self.run(project, hub, tmp_path)
        assert done.returncode == 0, done.stderr

    def test_a_scan_fails_the_job_where_a_model_has_ended(self, project: Path, hub: Hub, tmp_path: Path) -> None:
        (project / "chat.py").write_text('create(model="gpt-3.5-turbo")\n', encoding="utf-8")
        done = self.run(project, hub, tmp_path, command="scan")
        assert done.returncode == 1, done.stderr
        (run,) = json.loads((project / "advisor-license.sarif").read_text(encoding="utf-8"))["runs"]
        assert "scan/ended" in {result["ruleId"] for result in run["results"]}
        assert "gpt-3.5-turbo" in (tmp_path / "summary.md").read_text(encoding="utf-8")
        assert hub.asked == []

    def test_a_command_that_is_none_is_refused(self, project: Path, hub: Hub, tmp_path: Path) -> None:
        done = self.run(project, hub, tmp_path, command="scan; touch taken")
        assert done.returncode == 2
        assert not (project / "taken").exists()

    def test_an_input_is_never_part_of_a_command(self, project: Path, hub: Hub, tmp_path: Path) -> None:
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        assert not [step for step in action["runs"]["steps"] if "${{" in step.get("run", "")]
        done = self.run(project, hub, tmp_path, paths="serve.py$(touch taken)`touch taken`\n", policy="; touch taken")
        assert done.returncode == 2
        assert not (project / "taken").exists()


def _expanded(text: str, inputs: Mapping[str, Any]) -> str:
    """The expressions that the file uses: its inputs by name."""
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: str(inputs[match[1]]), text)
