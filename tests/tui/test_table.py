"""The table, the ladder and the frontier: nothing cut, found, sorted, narrowed, and why something is out."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, Static

from advisor.tui.app import AdvisorApp
from advisor.tui.preferences import Preferences, read_preferences, write_preferences
from advisor.tui.screens.dialogs import Pick
from advisor.tui.table_view import SORTS, TableView, facets, shown
from advisor.tui.widgets.answer import Answer, Table
from advisor.tui.widgets.fit import TableColumn, TableRow, fitted_columns
from advisor.tui.widgets.frontier import Plot
from advisor.tui.widgets.ladder import Ladder
from advisor.tui.widgets.row_list import Cell, Rows
from tests.tui.world import SUPPORT_BOT, few_questions, main, press, running, settle, small_app, small_catalog

NAMES = (TableColumn("name", "Name", least=12), TableColumn("much", "Much", order=1), TableColumn("more", "", order=2))


@pytest.fixture(autouse=True)
def _in_folder_with_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("advisor.tui.app.detect_gpus", lambda _: ())
    Path("advisor.yaml").write_text(SUPPORT_BOT)


def row(name: str, much: str = "1234", more: str = "") -> TableRow:
    return TableRow(name, {"name": Cell(name), "much": Cell(much), "more": Cell(more)})


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (60, {"name": 20, "much": 4, "more": 7}),
        (32, {"name": 15, "much": 4, "more": 7}),
        (26, {"name": 17, "much": 4}),
        (20, {"name": 16}),
        (9, {"name": 10}),
    ],
)
def test_columns_are_as_wide_as_what_stands_in_them(width: int, expected: dict[str, int]) -> None:
    assert fitted_columns(NAMES, [row("n" * 20, more="m" * 7)], width) == expected


def test_a_column_of_nothing_takes_no_place() -> None:
    assert fitted_columns(NAMES, [row("name")], 60) == {"name": 4, "much": 4}


def lines(table: Rows) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


async def test_the_table_is_found_in_sorted_narrowed_and_opened_and_nothing_is_cut() -> None:
    async with running(small_app(), (200, 40)) as pilot:
        await press(pilot, "f2")
        answer, table = main(pilot).query_one(Answer), main(pilot).query_one(Table)
        found = main(pilot).solved.workload(0)
        drawn = lines(table)
        assert drawn[0].count("95 %") == 2
        assert "Thinks" in drawn[0]
        assert not [line for line in drawn if "…" in line]
        models = list(dict.fromkeys(one.candidate.offering.model.id for one in found.standings))
        assert len(table.keys) == len(models)

        await press(pilot, "down", "right")
        assert table.key == "coastal/osprey-2"
        assert "harbour/osprey-2" in table.keys
        await press(pilot, "left")
        assert "harbour/osprey-2" not in table.keys
        await press(pilot, "g")
        assert table.keys == tuple(one.id for one in found.standings)

        await press(pilot, "slash", *"wren")
        assert table.keys == ("harbour/wren-70b",)
        await press(pilot, "enter")
        assert main(pilot).focused is table
        await press(pilot, "escape")
        assert len(table.keys) == len(found.standings)

        await press(pilot, "s")
        best = max(found.standings, key=lambda one: one.quality.estimate)
        assert found.standing(table.keys[0]).quality.estimate == best.quality.estimate
        assert "sorted by quality" in str(answer.query_one("#view", Static).render())
        await press(pilot, "s")
        costs = [found.standing(key).cost.usd_per_month_mean for key in table.keys]
        assert costs == sorted(costs)

        await press(pilot, "f")
        assert isinstance(pilot.app.screen, Pick)
        pilot.app.screen.query_one(Rows).go_to("license:permissive")
        await press(pilot, "enter")
        assert table.keys == ("harbour/wren-70b",)
        await press(pilot, "slash", *"heron")
        assert table.keys == ()
        assert "Esc shows all" in table.text
        await press(pilot, "escape")
        assert answer.query_one("#find", Input).value == ""
        assert len(table.keys) == len(found.standings)


async def test_every_facet_and_order_keeps_to_what_passes() -> None:
    async with running(small_app()) as pilot:
        found, day = main(pilot).solved.workload(0), main(pilot).session.catalog.as_of
        for facet in facets(found, day):
            assert len(shown(found, TableView(facet=facet.key), day)) == facet.number
        for sort in SORTS:
            assert {one.id for one in shown(found, TableView(sort=sort), day)} == {one.id for one in found.standings}


async def test_the_theme_and_the_table_are_remembered() -> None:
    def app() -> AdvisorApp:
        return AdvisorApp(catalog=small_catalog(), questionnaire=few_questions(), starts=True)

    async with running(app()) as pilot:
        pilot.app.theme = "textual-light"
        await press(pilot, "f2", "s", "g")
    assert read_preferences() == Preferences("textual-light", "quality", by_model=False)
    async with running(app()) as pilot:
        assert pilot.app.theme == "textual-light"
        assert main(pilot).query_one(Answer).view == TableView(sort="quality", by_model=False)
    write_preferences(Preferences("no such theme", "by mood"))
    assert read_preferences() == Preferences("no such theme")
    async with running(app()) as pilot:
        assert pilot.app.theme in pilot.app.available_themes


async def test_the_ladder_names_the_limit_that_fails_and_the_frontier_why_something_is_out() -> None:
    async with running(small_app(), (120, 34)) as pilot:
        await press(pilot, "f7")
        ladder = main(pilot).query_one(Ladder)
        failing = [step for step in main(pilot).solved.workload(0).ladder if not step.passes]
        assert failing
        for step in failing:
            ladder.query_one(Rows).go_to(step.candidate)
            await pilot.pause()
            because = main(pilot).solved.workload(0).excluded.find(step.candidate).because
            said = str(ladder.query_one("#also", Static).render())
            assert all(cause.required in said for cause in because)

        await press(pilot, "f6")
        plot = main(pilot).query_one(Plot)
        picture = "\n".join(plot.render_line(y).text for y in range(plot.size.height))
        assert "plover-140b" in picture
        assert len(plot.out) >= 3
        await press(pilot, "down")
        assert plot.current is plot.out[plot.at_out]
        out = main(pilot).solved.workload(0).excluded.find(plot.current.id)
        said = str(main(pilot).query_one("#point", Static).render())
        assert out.because[0].required in said
        await press(pilot, "left")
        assert plot.at_out is None


async def test_the_map_has_every_model_under_the_class_of_its_license() -> None:
    async with running(small_app()) as pilot:
        await press(pilot, "f10")
        rows = main(pilot).query_one("#tiers", Rows)
        shown_models = {row.cells[1].text.strip(): row.cells[0].text for row in rows._rows if row.key}
        assert set(shown_models) == set(main(pilot).session.catalog.models)
        found = main(pilot).solved.workload(0)
        passing = {one.candidate.offering.model.id for one in found.standings}
        assert {name for name, sign in shown_models.items() if sign == "✓"} == passing
        titles = [row.cells[1].text for row in rows._rows if row.key is None]
        assert titles == [
            "Permissive · 2 models",
            "Restricted · 1 model",
            "Non-commercial · 1 model",
            "Proprietary · 4 models",
        ]
        rows.go_to(next(key for key in rows.keys if key.endswith("dunlin-24b")))
        await pilot.pause()
        said = str(main(pilot).query_one("#tier", Static).render())
        assert "open weights, is ruled out" in said
        assert "no commercial use" in said


async def test_a_terminal_that_is_too_small_says_so_and_comes_back() -> None:
    async with running(small_app()) as pilot:
        await pilot.resize_terminal(50, 12)
        await settle(pilot)
        words = main(pilot).query_one("#too-small", Static)
        assert words.display
        assert "50 x 12; it takes 60 x 18" in str(words.render())
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert not words.display
        assert main(pilot).focused is not None
