"""A policy decides what passes; a waiver needs an owner and a last day, and expires."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.errors import PolicyError
from advisor.licenses.policy import load_policy, ready_made, schema
from tests.licenses.hub_server import SHA, Hub, Repo

WAIVER = """
schema_version: 1
uses: [commercial]
waivers:
  - id: W-1
    rule: {rule}
    model: owls/owl
    reason: A commercial license was signed on 2026-10-01.
    owner: legal@example.org
    expires: {expires}
"""


def _check(hub: Hub, policy: str, *args: str) -> int:
    return main(["check-license", "owls/owl", "--endpoint", hub.endpoint, "--policy", policy, "-f", "json", *args])


@pytest.mark.parametrize(
    ("rule", "expires", "code"),
    [
        ("use-forbidden", "2026-12-31", 0),
        ("use-forbidden", "2026-11-23", 0),
        ("use-forbidden", "2026-11-22", 1),
        ("no-text", "2026-12-31", 1),
    ],
)
def test_a_waiver_covers_its_finding_until_its_last_day(
    hub: Hub, tmp_path: Path, rule: str, expires: str, code: int
) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
    policy = tmp_path / "advisor-policy.yaml"
    policy.write_text(WAIVER.format(rule=rule, expires=expires), encoding="utf-8")
    assert _check(hub, str(policy), "--as-of", "2026-11-23") == code


def test_an_expired_waiver_is_a_finding_and_an_unused_one_a_warning(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
    policy = tmp_path / "advisor-policy.yaml"
    found: dict[str, set[str]] = {}
    for rule, expires in (("use-forbidden", "2026-01-01"), ("looser-tag", "2026-12-31")):
        policy.write_text(WAIVER.format(rule=rule, expires=expires), encoding="utf-8")
        _check(hub, str(policy), "--as-of", "2026-11-23")
        report: Any = json.loads(capsys.readouterr().out)
        found[rule] = {finding["rule"] for finding in report["results"][0]["findings"]}
    assert "waiver-expired" in found["use-forbidden"]
    assert "waiver-unused" in found["looser-tag"]


@pytest.mark.parametrize(
    ("tie", "code"),
    [
        ("license: cc-by-nc-4.0", 0),
        ("license: cc-by-nc-sa-4.0", 1),
        (f"commit: {SHA}", 0),
        (f"commit: {'b' * 40}", 1),
        (f"text_sha256: {'0' * 64}", 1),
    ],
)
def test_a_waiver_lapses_when_what_it_is_tied_to_changes(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str], tie: str, code: int
) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
    policy = tmp_path / "advisor-policy.yaml"
    written = WAIVER.format(rule="use-forbidden", expires="2026-12-31") + f"    {tie}\n"
    policy.write_text(written, encoding="utf-8")
    assert _check(hub, str(policy), "--as-of", "2026-11-23") == code
    messages = [one["message"] for one in json.loads(capsys.readouterr().out)["results"][0]["findings"]]
    assert any("has lapsed" in one for one in messages) == (code == 1)


@pytest.mark.parametrize("missing", ["id", "reason", "owner", "expires", "model", "rule"])
def test_a_waiver_needs_all_its_parts(tmp_path: Path, missing: str) -> None:
    policy = tmp_path / "advisor-policy.yaml"
    text = WAIVER.format(rule="use-forbidden", expires="2026-12-31").replace("- id: W-1", "-\n    id: W-1")
    lines = [line for line in text.splitlines() if not line.strip().startswith(f"{missing}:")]
    policy.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"advisor-policy\.yaml:\d+: waivers\.0\.{missing}: Field required"):
        load_policy(str(policy))


@pytest.mark.parametrize(
    ("license_tag", "policy", "code"),
    [
        ("apache-2.0", "permissive-only", 0),
        ("gpl-3.0", "permissive-only", 1),
        ("openrail", "permissive-only", 1),
        ("gpl-3.0", "commercial-product", 0),
        ("openrail", "commercial-product", 3),
        ("cc-by-nc-4.0", "commercial-product", 1),
        ("cc-by-nc-4.0", "research", 0),
    ],
)
def test_ready_made_policies_decide_as_they_say(hub: Hub, license_tag: str, policy: str, code: int) -> None:
    hub.models["owls/owl"] = Repo(card={"license": license_tag})
    assert _check(hub, policy) == code


def test_every_ready_made_policy_loads_and_the_schema_is_published() -> None:
    for name in ready_made():
        load_policy(name)
    published = Path(__file__).parents[2] / "catalog" / "schema" / "policy.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("option", ["--exit-zero", "--fail-on=never"])
def test_a_report_only_run_ends_with_0_or_says_what_is_undecided(hub: Hub, option: str) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
    assert _check(hub, "commercial-product", option) == 0
