"""The door for agents, through the protocol's own client and a real process."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import advisor
from advisor.decision.lock_file import save
from advisor.decision.lock_schema import Decision
from tests.licenses.hub_server import Repo, serve

mcp = pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from advisor.mcp.server import make_server  # noqa: E402 - only where the protocol's package is

MOST_BYTES = 8_192
TOOLS = {
    "recommend",
    "explain",
    "compare",
    "check_license",
    "catalog_search",
    "catalog_show",
    "check_decision",
    "plan_probe",
    "scan",
}


@asynccontextmanager
async def connected() -> AsyncIterator[Any]:
    async with mcp.Client(make_server()) as client:
        yield client


async def call(client: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    found = await client.call_tool(tool, arguments)
    assert not found.is_error, found.content
    assert len(json.dumps(found.structured_content)) < MOST_BYTES
    return dict(found.structured_content)


def decided() -> Decision:
    """A decision for a template, committed in this folder."""
    text = (Path(__file__).parents[2] / "examples" / "support-bot.yaml").read_text(encoding="utf-8")
    Path("advisor.yaml").write_text(text, encoding="utf-8")
    decision = advisor.decide(advisor.load_requirements("advisor.yaml"))
    save(decision, Path("advisor.lock"))
    return decision


async def test_every_tool_says_what_it_takes_and_gives() -> None:
    async with connected() as client:
        tools = (await client.list_tools()).tools
    assert {one.name for one in tools} == TOOLS
    for one in tools:
        assert one.description
        assert one.output_schema["properties"]["next"], one.name


@pytest.mark.parametrize("template", ["support-bot", "code-assistant"])
async def test_a_template_is_answered_shortly_with_what_to_ask_next(template: str) -> None:
    async with connected() as client:
        known = await client.call_tool("recommend", {"template": "no such one"})
        assert known.is_error
        assert "support-bot" in known.content[0].text
        name = template if template in known.content[0].text else "support-bot"
        found = await call(client, "recommend", template=name, as_of="2026-11-29")
    (workload,) = found["workloads"]
    assert workload["recommended"]["id"]
    assert workload["why"]
    assert any("explain" in one for one in found["next"])


async def test_an_infeasible_question_gives_edits_that_an_agent_can_apply() -> None:
    asked: dict[str, Any] = {
        "workloads": [
            {
                "name": "job",
                "traffic": {"requests_per_month": 1_000_000, "input_tokens": 4000, "output_tokens": 400},
                "budget_usd_per_month": 1,
            }
        ]
    }
    async with connected() as client:
        found = await call(client, "recommend", requirements=asked)
        (workload,) = found["workloads"]
        assert (workload["status"], workload["recommended"]) == ("infeasible", None)
        (budget,) = workload["what_to_relax"][0]["edits"].values()
        asked["workloads"][0]["budget_usd_per_month"] = budget
        again = await call(client, "recommend", requirements=asked)
    (then,) = again["workloads"]
    assert (then["recommended"] is None) == (then["status"] == "undecided")
    assert then["recommended"] or then["would_lead"]


async def test_explain_compare_search_and_show() -> None:
    async with connected() as client:
        advice = await call(client, "recommend", template="support-bot")
        leader = advice["workloads"][0]["recommended"]["id"]
        other = advice["workloads"][0]["alternatives"][0]
        told = await call(client, "explain", candidate=leader, template="support-bot")
        assert told["candidates"][0]["passes"]
        beside = await call(client, "compare", candidates=[leader, other], template="support-bot")
        assert beside["candidates"] == [leader, other]
        assert beside["rows"]
        found = await call(client, "catalog_search", query="luna")
        assert found["found"]
        shown = await call(client, "catalog_show", name=advice["workloads"][0]["recommended"]["model"])
        assert shown["facts"]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("recommend", {}, "either requirements or a template"),
        ("recommend", {"requirements": {"workloads": "none"}}, "workloads"),
        ("recommend", {"requirements": {"workloads": [{"name": "a", "dimension": "codng"}]}}, "coding"),
        ("recommend", {"template": "support-bot", "as_of": "tomorrow"}, "YYYY-MM-DD"),
        ("explain", {"candidate": "gpt-99", "template": "support-bot"}, "gpt-99"),
        ("compare", {"candidates": ["gpt-6-luna"]}, "two to four"),
        ("catalog_show", {"name": "nothing-of-that-name"}, "nothing-of-that-name"),
        ("check_decision", {"lock": "no/such.lock"}, "no/such.lock"),
        ("check_license", {"targets": ["a/b"], "uses": ["sell"]}, "sell"),
    ],
)
async def test_a_mistake_comes_back_as_what_is_wrong(tool: str, arguments: dict[str, Any], said: str) -> None:
    async with connected() as client:
        found = await client.call_tool(tool, arguments)
    assert found.is_error
    assert said in found.content[0].text
    assert "Traceback" not in found.content[0].text


async def test_a_license_is_reviewed_on_the_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with serve() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
        async with connected() as client:
            found = await call(client, "check_license", targets=["owls/owl"], uses=["commercial"])
    (target,) = found["targets"]
    assert (target["verdict"], target["license"]) == ("forbidden", "cc-by-nc-4.0")
    assert target["uses"][0]["because"]


async def test_a_decision_is_checked_and_a_probe_is_only_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    decision = decided()
    async with connected() as client:
        found = await call(client, "check_decision")
        assert found["outcome"] in ("stands", "undecided")
        planned = await call(client, "plan_probe", offerings=[decision.workloads[0].chosen], max_usd=0.01)
    assert planned["usd_at_most"] <= 0.01
    assert planned["command"].startswith("advisor probe ")
    assert [one.name for one in sorted(tmp_path.iterdir())] == ["advisor.lock", "advisor.yaml"]  # noqa: ASYNC240


async def test_a_folder_is_scanned(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("client.chat.completions.create(model='gpt-4o-2024-05-13')\n", encoding="utf-8")
    async with connected() as client:
        found = await call(client, "scan", path=str(tmp_path))
        missing = await client.call_tool("scan", {"path": str(tmp_path / "nothing")})
    (model,) = found["models"]
    assert (model["name"], model["end"]) == ("gpt-4o-2024-05-13", "ended")
    assert model["places"][0].endswith("app.py:1")
    assert missing.is_error


async def test_resources_say_how_fresh_and_which_schema() -> None:
    async with connected() as client:
        fresh = (await client.read_resource("advisor://catalog/freshness")).contents[0].text
        schema = (await client.read_resource("advisor://requirements/schema")).contents[0].text
    assert json.loads(fresh)["catalog_sha256"]
    assert "workloads" in json.loads(schema)["properties"]


async def test_a_real_process_answers_over_standard_input_and_output() -> None:
    from mcp import StdioServerParameters

    server = StdioServerParameters(command=sys.executable, args=["-m", "advisor", "mcp"], env=dict(os.environ))
    async with mcp.Client(server) as client:
        found = await call(client, "catalog_search", query="luna")
    assert found["found"]
