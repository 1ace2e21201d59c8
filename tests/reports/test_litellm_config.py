"""The configuration for litellm's router is loaded by it, and survives the death of the first server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from advisor.reports.recommendation.report import Recommendation, render
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.backup import backups
from tests.made_catalogs import Document, catalog, document, model, offering, price

DAY = date(2026, 11, 23)
TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}
ROUTER = Path(__file__).with_name("router_program.py")


def world() -> Document:
    """best on two channels of one lab, and another lab's on a third; all of known quality."""
    models = [
        model("best", lab="a", quality={"general": (1500, 5)}),
        model("next", lab="b", quality={"general": (1450, 5)}),
    ]
    offerings = [
        offering("best", "one", prices=[price("1", "5")]),
        offering("best", "two", prices=[price("2", "10")]),
        offering("next", "three", prices=[price("1", "6")]),
        offering("next", "one", prices=[price("9", "60")]),
    ]
    return document(models, offerings)


def recommendation(**stated: Any) -> Recommendation:
    workload = {"name": "job", "traffic": TRAFFIC, "budget_usd_per_month": 90_000, "needs": {"output_tokens": 100}}
    asked = Requirements.model_validate(
        {
            "stage": "production",
            "preferences": ["quality", "cost"],
            "unknown": {"needs": "accept"},
            "workloads": [workload],
        }
        | stated
    )
    return Recommendation(asked, advise(catalog(world(), DAY), asked), "advisor.yaml")


def test_a_backup_is_on_another_channel_and_one_of_another_lab() -> None:
    made = recommendation()
    (answer,) = made.advice.workloads
    found = backups(answer)
    assert answer.recommended == "one/best"
    assert found is not None
    assert found.channel is not None
    assert found.lab is not None
    assert (found.channel.id, found.channel.points_less, float(found.channel.usd_more or 0)) == ("two/best", 0, 1500)
    assert found.channel.shares == ("a change of what a allows or asks", "the end or a fault of best")
    assert (found.lab.id, found.lab.points_less, float(found.lab.usd_more or 0)) == ("three/next", 50, 100)
    assert found.lab.shares == ()
    report = json.loads(render("json", made))["workloads"][0]["backup"]
    assert (report["channel"]["id"], report["lab"]["id"]) == ("two/best", "three/next")
    assert "three/next" in render("table", made).partition("Backup")[2].partition("\n\n")[0]


def test_a_proof_of_concept_names_no_backup() -> None:
    made = recommendation(stage="proof-of-concept", preferences=[])
    assert json.loads(render("json", made))["workloads"][0]["backup"] is None
    assert "Backup" not in render("table", made)


def test_the_configuration_has_pinned_names_caps_and_no_key() -> None:
    config = yaml.safe_load(render("litellm", recommendation()))
    first = config["model_list"][0]
    assert first["model_name"] == "job"
    assert first["litellm_params"] == {
        "model": "openai/best",
        "api_key": "os.environ/ONE_API_KEY",
        "api_base": "os.environ/ONE_API_BASE",
        "max_tokens": 100,
    }
    assert config["litellm_settings"] == {"max_budget": 90_000.0, "budget_duration": "30d"}
    assert config["router_settings"]["fallbacks"] == [{"job": ["job-another-channel", "job-another-lab"]}]


def test_the_router_answers_when_the_first_server_is_dead(tmp_path: Path) -> None:
    path = tmp_path / "router.yaml"
    path.write_text(render("litellm", recommendation()), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(ROUTER), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "CRITICAL"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said == {"alive": "one", "after the first died": "two", "after both died": "three"}
