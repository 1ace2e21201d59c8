"""Files that are wrong, in the way, or not to be written: the screen says so and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from advisor.errors import AdvisorError
from advisor.requirements.questionnaire.answers import Answers
from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.tui.app import AdvisorApp
from advisor.tui.draft import read_draft, write_draft
from advisor.tui.screens.dialogs import Ask
from advisor.tui.session import Session
from advisor.tui.storage import Stamp, doubts, open_file, save_file
from tests.tui.world import SUPPORT_BOT, main, press, running, settle, small_app, small_catalog


@pytest.fixture(autouse=True)
def _in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(pilot: Pilot[Any]) -> str:
    assert isinstance(pilot.app.screen, Ask)
    return str(pilot.app.screen.query_one(Static).render())


BROKEN = {
    "not yaml": b"workloads: [unclosed",
    "not text": b"\xff\xfe\x00stage",
    "unknown key": b"stages: production\nworkloads: [{name: a}]\n",
    "negative traffic": b"workloads: [{name: a, traffic: {requests_per_month: -1, sample: a.jsonl}}]\n",
    "aliases": b"a: &a [1]\nworkloads: [*a, *a]\n",
    "too large": b"#" * (2 << 20),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_file_is_shown_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "advisor.yaml"
    path.write_bytes(content)
    async with running(small_app(path)) as pilot:
        assert "advisor.yaml" in said(pilot)
        await press(pilot, "enter")
        assert pilot.app.screen is main(pilot)
        assert main(pilot).session.path is None
        await press(pilot, "f8", "ctrl+s", "enter")
        assert "will be replaced" in said(pilot)
        await press(pilot, "enter")
    assert path.read_bytes() == content


async def test_a_folder_in_place_of_a_file_is_an_error_with_a_hint(tmp_path: Path) -> None:
    async with running(small_app(tmp_path)) as pilot:
        assert "found a directory" in said(pilot)
        assert "hint" in said(pilot)


async def test_a_missing_file_is_the_place_to_save_to(tmp_path: Path) -> None:
    async with running(small_app(tmp_path / "new.yaml")) as pilot:
        await press(pilot, "f8", "ctrl+s")
        assert not main(pilot).session.is_unsaved
    assert (tmp_path / "new.yaml").exists()


async def test_saving_where_no_folder_is_says_so_and_keeps_the_answers(tmp_path: Path) -> None:
    async with running(small_app(tmp_path / "no" / "such" / "new.yaml")) as pilot:
        await press(pilot, "f8", "ctrl+s")
        assert "new.yaml" in said(pilot)
        await press(pilot, "enter")
        assert main(pilot).session.is_unsaved


async def test_opening_a_broken_file_keeps_what_was_answered(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SUPPORT_BOT)
    (tmp_path / "bad.yaml").write_text("workloads: 3\n")
    async with running(small_app(tmp_path / "good.yaml")) as pilot:
        answers = main(pilot).session.answers
        await press(pilot, "ctrl+o")
        pilot.app.screen.query_one(Input).value = "bad.yaml"
        await press(pilot, "enter")
        assert "bad.yaml" in said(pilot)
        await press(pilot, "enter")
        assert main(pilot).session.answers == answers
        assert main(pilot).session.path == tmp_path / "good.yaml"


@pytest.mark.parametrize(("name", "begins"), [("a.md", "# "), ("a.html", "<!"), ("a.json", "{"), ("a.txt", "advisor")])
async def test_the_report_is_written_in_the_format_of_its_name(tmp_path: Path, name: str, begins: str) -> None:
    (tmp_path / "advisor.yaml").write_text(SUPPORT_BOT)
    async with running(small_app()) as pilot:
        await press(pilot, "ctrl+e")
        pilot.app.screen.query_one(Input).value = name
        await press(pilot, "enter")
    text = (tmp_path / name).read_text()
    assert text.startswith(begins)
    if name.endswith("json"):
        assert json.loads(text)["workloads"][0]["recommended"]


async def test_a_report_replaces_a_file_only_when_told_to(tmp_path: Path) -> None:
    (tmp_path / "kept.md").write_text("mine")
    async with running(small_app()) as pilot:
        await press(pilot, "ctrl+e")
        pilot.app.screen.query_one(Input).value = "kept.md"
        await press(pilot, "enter")
        assert "will be replaced" in said(pilot)
        await press(pilot, "enter")
    assert (tmp_path / "kept.md").read_text() == "mine"


async def test_a_name_that_tells_no_format_writes_nothing(tmp_path: Path) -> None:
    async with running(small_app()) as pilot:
        await press(pilot, "ctrl+e")
        pilot.app.screen.query_one(Input).value = "report.docx"
        await press(pilot, "enter")
        assert "expected a name that ends in" in said(pilot)
    assert not (tmp_path / "report.docx").exists()


def session() -> Session:
    return Session(small_catalog(), load_questionnaire())


def test_what_a_save_would_lose_is_said_before(tmp_path: Path) -> None:
    path = tmp_path / "advisor.yaml"
    path.write_text("# why we ask for this\n" + SUPPORT_BOT)
    sitting, stamp = session(), Stamp()
    open_file(sitting, stamp, path)
    sitting.step(sitting.without_reply("input_tokens"))
    found = doubts(sitting, stamp, sitting.solve(sitting.kept), path)
    assert any("comments" in doubt for doubt in found)
    assert any("traffic" in doubt for doubt in found)


def test_a_file_that_somebody_else_changed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "advisor.yaml"
    path.write_text(SUPPORT_BOT)
    sitting, stamp = session(), Stamp()
    open_file(sitting, stamp, path)
    assert doubts(sitting, stamp, sitting.solve(sitting.kept), path) == ()
    path.write_text(SUPPORT_BOT + "\n")
    assert "somebody else" in doubts(sitting, stamp, sitting.solve(sitting.kept), path)[0]


def test_nothing_is_written_while_a_needed_answer_is_wrong(tmp_path: Path) -> None:
    sitting = session()
    sitting.step(Answers({"api": False}))
    solved = sitting.solve(sitting.kept)
    assert solved.advice is None
    with pytest.raises(AdvisorError, match="own_gpus"):
        save_file(sitting, Stamp(), solved, tmp_path / "advisor.yaml")
    assert not (tmp_path / "advisor.yaml").exists()


async def test_what_was_not_saved_is_offered_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "advisor.yaml"
    path.write_text(SUPPORT_BOT)
    async with running(small_app()) as pilot:
        await press(pilot, "f8")
        answers = main(pilot).session.kept
        draft = main(pilot).find_draft()
        assert draft is None
    async with running(small_app()) as pilot:
        assert "not saved" in said(pilot)
        await press(pilot, "enter")
        assert main(pilot).session.kept == answers
        await press(pilot, "ctrl+s")
        assert not main(pilot).session.is_unsaved
    async with running(small_app()) as pilot:
        assert pilot.app.screen is main(pilot)


async def test_a_draft_is_dropped_when_told_to_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text(SUPPORT_BOT)
    async with running(small_app()) as pilot:
        await press(pilot, "f8")
        kept = main(pilot)._draft
    async with running(small_app()) as pilot:
        await pilot.click("#discard")
        await pilot.pause()
        assert not kept.exists()
        await press(pilot, "f8", "ctrl+z")
        assert not kept.exists()
    for content in (b"{", b"[]", b'{"written_at": "2026-11-23T10:00:00", "whole": {}, "workloads": [], "unasked": {}}'):
        kept.write_bytes(content)
        assert read_draft(kept, load_questionnaire()) is None


def test_a_draft_keeps_what_is_not_known_and_leaves_out_what_no_longer_fits(tmp_path: Path) -> None:
    answers = Answers({"stage": "production", "retention": None}, ({"budget": 20.5}, {}), {"x": {"y": 1}})
    path = tmp_path / "some" / "draft.json"
    write_draft(path, tmp_path / "advisor.yaml", answers)
    found = read_draft(path, load_questionnaire())
    assert found is not None
    assert found.answers == answers
    content = json.loads(path.read_text())
    content["whole"] |= {"stage": "on the moon", "no such question": 1}
    path.write_text(json.dumps(content))
    found = read_draft(path, load_questionnaire())
    assert found is not None
    assert found.answers.whole == {"retention": None}


async def test_a_template_replaces_answers_only_when_told_to(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text(SUPPORT_BOT)
    async with running(AdvisorApp(catalog=small_catalog())) as pilot:
        answers = main(pilot).session.kept
        for reply in ("back", "replace"):
            await press(pilot, "f9", "enter")
            assert "will be replaced by those of code-assistant" in said(pilot)
            assert main(pilot).session.kept == answers
            await pilot.click(f"#{reply}")
            await settle(pilot)
        assert main(pilot).session.kept != answers
