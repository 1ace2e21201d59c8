"""The commands around a license: show, search, diff, duties, watch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from advisor.cli import main
from tests.licenses.hub_server import Hub, Repo


def test_a_license_is_shown_by_its_hub_tag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["license", "show", "Apache-2.0", "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["license"]["id"] == "apache-2.0"


@pytest.mark.parametrize(
    ("name", "license_id"),
    [
        ("Llama 3.1", "llama3.1"),
        ("apache2", "apache-2.0"),
        ("GPL-3.0-or-later", "gpl-3.0"),
        ("GPLv3", "gpl-3.0"),
        ("CC BY-NC 4.0", "cc-by-nc-4.0"),
        ("The MIT License", "mit"),
    ],
)
def test_a_license_is_found_by_the_names_that_people_write(
    name: str, license_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["license", "show", name, "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["license"]["id"] == license_id


def test_a_name_that_several_licensors_use_shows_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["license", "show", "modified-mit"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("modified-mit is used for 3 licenses, kimi-k2, minimax-m2, mistral-modified-mit")
    assert main(["license", "show", "modified-mit", "-f", "json"]) == 0
    ids = [one["license"]["id"] for one in json.loads(capsys.readouterr().out)["licenses"]]
    assert ids == ["kimi-k2", "minimax-m2", "mistral-modified-mit"]


@pytest.mark.parametrize("name", ["lama3", ""])
def test_a_name_that_means_no_one_license_names_the_near_ones(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["license", "show", name]) == 2
    err = capsys.readouterr().err
    assert "hint:" in err


def test_two_versions_differ_in_the_clause_that_changed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["license", "diff", "openmdw-1.0", "openmdw-1.1", "-f", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (len(found["only_first"]), len(found["only_second"])) == (1, 1)
    assert "copyright" in found["only_second"][0]
    assert "copyright" not in found["only_first"][0]


def test_a_search_can_leave_out_what_is_forbidden(capsys: pytest.CaptureFixture[str]) -> None:
    main(["license", "search", "llama", "--use", "train-on-outputs"])
    found = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert {"llama3.1", "llama3.3"} <= found
    assert not {"llama2", "llama3"} & found


def test_duties_come_from_the_whole_lineage_and_check_the_name(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "apache-2.0", "base_model": "owls/egg"})
    hub.models["owls/egg"] = Repo(card={"license": "llama3.3"})
    asked = ["license", "obligations", "owls/owl", "--endpoint", hub.endpoint]
    assert main([*asked, "--name", "owls/Wise-Owl", "-f", "notice"]) == 1
    out, err = capsys.readouterr()
    assert "Llama 3.3 is licensed under the Llama 3.3 Community License" in out
    assert "begins with Llama" in err
    assert main([*asked, "--name", "owls/Llama-Wise-Owl"]) == 0
    assert "Built with Llama" in capsys.readouterr().out


def test_drift_is_named_with_field_and_commit(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "saved")
    hub.models["owls/owl"] = Repo(card={"license": "apache-2.0"}, files={"LICENSE": b"Be free."})
    main(["check-license", "owls/owl", "--endpoint", hub.endpoint, "--save-evidence", folder])
    capsys.readouterr()
    assert main(["license", "watch", folder, "--endpoint", hub.endpoint]) == 0
    hub.models["owls/owl"] = Repo(card={"license": "other"}, files={"LICENSE": b"Pay."}, sha="b" * 40)
    assert main(["license", "watch", folder, "--endpoint", hub.endpoint]) == 1
    out = capsys.readouterr().out
    assert "licenses: apache-2.0 is now other" in out
    assert "LICENSE was changed" in out
    assert "bbbbbbbbbbbb" in out


def test_watching_what_cannot_be_read_is_no_drift(hub: Hub, tmp_path: Path) -> None:
    folder = str(tmp_path / "saved")
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    main(["check-license", "owls/owl", "--endpoint", hub.endpoint, "--save-evidence", folder])
    hub.models["owls/owl"] = Repo(status=503)
    assert main(["license", "watch", folder, "--endpoint", hub.endpoint]) == 4


@pytest.mark.parametrize("folder", ["nowhere", "file"])
def test_a_folder_that_is_none_is_wrong_usage(folder: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main(["license", "watch", str(tmp_path / folder)]) == 2


def test_a_list_of_policies_and_a_broken_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["license", "policy"]) == 0
    assert "permissive-only" in capsys.readouterr().out
    (tmp_path / "p.yaml").write_text("schema_version: 1\nallow_clases: [permissive]\n", encoding="utf-8")
    assert main(["license", "policy", str(tmp_path / "p.yaml")]) == 2
    assert "p.yaml:2: allow_clases" in capsys.readouterr().err


def test_the_hook_passes_what_names_no_model_and_stops_what_is_forbidden(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plain.py").write_text("print('hello')\n", encoding="utf-8")
    Path("app.py").write_text("AutoModel.from_pretrained('owls/owl')\n", encoding="utf-8")
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
    asked = ["license", "hook", "--endpoint", hub.endpoint]
    assert main([*asked, "plain.py"]) == 0
    assert capsys.readouterr().out == ""
    assert main([*asked, "app.py", "plain.py"]) == 1
    assert "owls/owl" in capsys.readouterr().out
    Path("advisor-policy.yaml").write_text("schema_version: 1\nuses: [research]\n", encoding="utf-8")
    assert main([*asked, "app.py"]) == 0


def test_the_hook_and_the_action_are_what_their_readers_expect() -> None:
    root = Path(__file__).parents[2]
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert all({"id", "name", "entry", "language"} <= set(one) for one in hooks)
    action = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "composite"
    used = {name for name in action["inputs"] if f"inputs.{name} " in str(action["runs"])}
    assert used == set(action["inputs"])
