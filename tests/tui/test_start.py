"""The first two minutes: the start screen, the six questions, what each did, traffic and accelerators ready-made."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.requirements.templates import templates
from advisor.requirements.traffic.presets import PRESETS
from advisor.self_hosting.detect import DetectedGpus
from advisor.tui.app import AdvisorApp
from advisor.tui.reply_options import ready_made
from advisor.tui.screens.start import StartScreen
from advisor.tui.session import Session
from advisor.tui.topics import FIRST, page_of
from advisor.tui.widgets.questions import Questions
from advisor.tui.widgets.reply import Reply
from advisor.tui.widgets.row_list import Rows
from tests.tui.world import SUPPORT_BOT, main, press, running, settle, small_app, small_catalog

OWN = DetectedGpus("NVIDIA H100 80GB HBM3", 79.6, 2, "nvidia-smi", "h100-80gb")


@pytest.fixture(autouse=True)
def _in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("advisor.tui.app.detect_gpus", lambda _: (OWN,))


def starting() -> AdvisorApp:
    return AdvisorApp(catalog=small_catalog(), questionnaire=load_questionnaire(), starts=True)


async def test_the_start_offers_each_template_a_blank_and_a_file_and_nothing_asks_twice() -> None:
    async with starting().run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(pilot.app.screen, StartScreen)
        rows = pilot.app.screen.query_one(Rows)
        assert rows.keys == (*(f"template:{one.name}" for one in templates()), "blank", "open")
        assert "…" not in rows.text
        assert all(len(row.cells[2].text) <= 55 for row in rows._rows)
        await pilot.press(str(len(templates()) + 1))
        await settle(pilot)
        questions = main(pilot).query_one(Questions)
        assert questions.question == FIRST[0]
        assert main(pilot).query_one(Reply).has_focus_within
        # The arrows choose an answer to the first question; they do not leave it.
        await press(pilot, "down", "enter")
        assert main(pilot).session.answers.workloads[0] == {"dimension": "instruction-following"}
        assert questions.question == "requests"
        await press(pilot, "down", "enter")
        given = main(pilot).session.answers.workloads[0]
        assert (given["requests"], given["input_tokens"]) == (1_000, 1_000)
        assert questions.question == "regions"
        assert "goes on" in str(main(pilot).query_one(Reply).border_subtitle)
        await press(pilot, "enter")
        assert questions.question == "regions"
        await press(pilot, "right")
        assert questions.question == "api"
        await press(pilot, "down", "enter")
        whole = main(pilot).session.answers.whole
        assert (whole["api"], whole["own_gpus"], whole["own_gpus_count"]) == (False, "h100-80gb", 2)
        await press(pilot, "ctrl+z")
        assert "api" not in main(pilot).session.answers.whole


async def test_a_template_begins_with_its_answers_and_the_draft_comes_first_next_time() -> None:
    async with starting().run_test() as pilot:
        await pilot.pause()
        await pilot.press("end", "up", "up", "enter")
        await settle(pilot)
        kept = main(pilot).session.kept
        assert kept.workloads[0]["name"] == "support-bot"
        chosen = main(pilot).query_one("#options", Rows)
        assert chosen.key == kept.workloads[0]["dimension"]
    async with starting().run_test() as pilot:
        await pilot.pause()
        assert "not saved" in pilot.app.screen.query_one(Rows).text
        await pilot.press("1")
        await settle(pilot)
        assert main(pilot).session.kept == kept


async def test_what_an_answer_did_is_said_and_forgotten_with_it(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text(SUPPORT_BOT)
    async with running(small_app()) as pilot:
        main(pilot).query_one(Questions).go_to("training")
        await settle(pilot)
        await press(pilot, "enter", "down", "enter")
        main(pilot).query_one(Questions).go_to("training")
        await settle(pilot)
        did = str(main(pilot).query_one("#did", Static).render())
        now = len(main(pilot).solved.workload(0).standings)
        assert f"→ {now} pass" in did
        await press(pilot, "ctrl+z")
        assert not str(main(pilot).query_one("#did", Static).render())


def test_six_questions_come_first_and_the_rest_stands_under_its_topics() -> None:
    sitting = Session(small_catalog(), load_questionnaire())
    page = page_of(sitting)
    assert tuple(question.id for question in page.first) == FIRST
    rest = [question.id for topic in page.topics for question in topic.questions]
    assert sorted((*rest, *FIRST)) == sorted(question.id for question in sitting.visible())
    sitting.step(sitting.with_reply("api", False))
    assert [question.id for question in page_of(sitting).first][4:6] == ["own_gpus", "ttft"]


def test_no_choice_is_cut_however_narrow_its_list() -> None:
    for question in load_questionnaire().questions:
        labels = [option.label for option in ready_made(question, {}, (OWN,))]
        assert all(len(word) <= 30 for text in labels for word in text.split())


def test_a_preset_answers_three_questions_and_says_that_it_is_assumed() -> None:
    question = load_questionnaire().question("requests")
    options = ready_made(question, {}, ())
    assert [(option.reply, *option.also.values()) for option in options] == [
        (one.requests_per_month, one.input_tokens, one.output_tokens) for one in PRESETS
    ]
    assert all("assumption" in option.label for option in options)
    chosen = ready_made(question, dict(PRESETS[1].replies), ())
    assert [option.sign for option in chosen].index("(●)") == 1
