"""Reviewing licenses on the screen: through the real client, against a Hub on loopback."""

from __future__ import annotations

import html
import importlib.metadata
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from advisor.catalog import Catalog, load_catalog
from advisor.errors import PolicyError
from advisor.licenses.add_waiver import add_waiver
from advisor.licenses.datasets import MOST_DATASETS
from advisor.licenses.evidence.records import Evidence, FetchOutcome, Parent
from advisor.licenses.policy import Waiver, load_policy
from advisor.tui.app import AdvisorApp
from advisor.tui.license_review import Online
from advisor.tui.screens.review import ReviewScreen
from advisor.tui.screens.waiver import WaiverForm
from advisor.tui.widgets.row_list import POINTER, Rows
from tests.licenses.hub_server import Hub, Repo, serve
from tests.made_catalogs import catalog, document, license_record, model, offering, price
from tests.tui.world import NARROW, WIDE, few_questions, press, running, settle

FILE = Path("advisor.yaml")
ANSWERS = "schema_version: 1\nuses: [commercial]\nworkloads:\n  - {name: bot, dimension: general}\n"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    FILE.write_text(ANSWERS, encoding="utf-8")
    with serve() as running_hub:
        monkeypatch.setenv("HF_ENDPOINT", running_hub.endpoint)
        yield running_hub


def owls() -> Catalog:
    """One model with weights on the Hub, under a license of its own; the licenses of the catalog besides."""
    own = license_record("owl-terms", every="conditional", serve="forbidden")
    own["clauses"] = [
        {"section": "2.a", "kind": "duty", "says": "Owls are named.", "form": "display", "words": "Built with Owls"},
        {"section": "3", "kind": "prohibition", "uses": ["serve"], "says": "No owls for hire."},
        {"section": "4", "kind": "threshold", "uses": ["serve"], "says": "Large flocks ask first.",
         "measure": "monthly_active_users", "above": 1000, "then": "forbidden"},
    ]  # fmt: skip
    real = [dict(record) for record in load_catalog().licenses.values()]
    owl = model("owl-1", lab="owls", quality={"general": (1400, 9)}, license="owl-terms", hub_repo="owls/owl")
    served = offering("owl-1", "barn", prices=[price("1.00", "2.00")], context_window_tokens=64_000)
    return catalog(document([owl], [served], licenses=[own, *real]))


def app() -> AdvisorApp:
    return AdvisorApp(FILE, catalog=owls(), questionnaire=few_questions())


async def reviewed(pilot: Pilot[Any], *names: str) -> ReviewScreen:
    """The review screen after keys, its answer painted."""
    for name in names:
        await pilot.press(name)
        await pilot.app.workers.wait_for_complete() if name == "h" else None
        await pilot.pause()
    screen = pilot.app.screen
    while isinstance(screen, ReviewScreen) and screen.is_busy:
        await pilot.pause(0.01)
    await pilot.pause()
    assert isinstance(screen, ReviewScreen)
    return screen


def listed(screen: ReviewScreen) -> str:
    return screen.query_one(Rows).text


async def in_full(pilot: Pilot[Any], screen: ReviewScreen, key: str) -> str:
    """What is said of a line, in full."""
    rows = screen.query_one(Rows)
    rows.cursor = next(index for index, row in enumerate(rows._rows) if row.key == key)
    await pilot.pause()
    return str(screen.query_one("#said", Static).content)


async def test_the_record_is_shown_without_asking_the_hub(hub: Hub) -> None:
    async with running(app()) as pilot:
        screen = await reviewed(pilot, "ctrl+l")
        assert "! conditional commercial (asked)" in listed(screen)
        assert "✗ forbidden serve" in listed(screen)
        words = await in_full(pilot, screen, "use:serve")
        assert "owl-terms (model), section 3: No owls for hire." in words
        assert "read 2026-11-01" in words
        assert "above 1,000 monthly active users" in listed(screen)
        assert "Built with Owls" in await in_full(pilot, screen, "duty:0")
        assert hub.asked == []


def apache_text() -> bytes:
    """A license text that an installed package carries."""
    (place,) = [one for one in importlib.metadata.files("huggingface_hub") or () if one.name == "LICENSE"]
    return Path(str(place.locate())).read_bytes()


async def test_a_key_reads_the_evidence_and_quotes_the_clause_from_it(hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(
        card={"license": "apache-2.0", "base_model": "owls/egg"},
        files={"LICENSE": apache_text()},
    )
    hub.models["owls/egg"] = Repo(card={"license": "cc-by-nc-4.0"})
    async with running(app(), NARROW) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        assert "✗ forbidden commercial (asked)" in listed(screen)
        assert "└ owls/egg · unknown · cc-by-nc-4.0" in listed(screen)
        assert "looser-than-base" in listed(screen)
        duties = [await in_full(pilot, screen, key) for key in screen.query_one(Rows).keys if key.startswith("duty:")]
        quoted = [words for words in duties if "apache-2.0 (owls/owl)" in words and "LICENSE, character" in words]
        assert any("“" in words for words in quoted)
        assert hub.endpoint in listed(screen)


FAILURES = {
    "not-found": (None, "check the name"),
    "gated": (Repo(status=401, headers={"X-Error-Code": "GatedRepo"}), "accept the terms"),
    "denied": (Repo(status=403), "HF_TOKEN"),
    "rate-limited": (Repo(status=429, headers={"Retry-After": "7"}), "wait"),
    "server-down": (Repo(status=500), "again later"),
    "malformed": (Repo(body=b"{"), "broken"),
    "disabled": (
        Repo(status=403, headers={"X-Error-Message": "Access to this resource is disabled."}),
        "taken it down",
    ),
}


@pytest.mark.parametrize("outcome", FAILURES)
async def test_every_failure_is_its_own_outcome_with_a_way_out(hub: Hub, outcome: str) -> None:
    repo, hint = FAILURES[outcome]
    if repo is not None:
        hub.models["owls/owl"] = repo
    async with running(app()) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        words = await in_full(pilot, screen, "failed:target")
        assert outcome in words
        assert "hint: " in words
        assert hint in words
        assert "? unknown commercial (asked)" in listed(screen)
        assert ("7 s" in words) == (outcome == "rate-limited")


async def test_offline_is_an_outcome_too(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    async with running(app()) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        assert "HF_ENDPOINT" in await in_full(pilot, screen, "failed:target")
        assert hub.asked == []


async def test_any_repository_can_be_named(hub: Hub) -> None:
    hub.models["wrens/wren"] = Repo(card={"license": "mit"})
    async with running(app()) as pilot:
        await press(pilot, "ctrl+l", "o")
        pilot.app.screen.query_one(Input).value = "wrens/wren"
        await pilot.press("enter")
        await pilot.app.workers.wait_for_complete()
        screen = await reviewed(pilot)
        assert "✓ allowed commercial (asked)" in listed(screen)
        await press(pilot, "o")
        pilot.app.screen.query_one(Input).value = "../../etc/passwd"
        await pilot.press("enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        said = " ".join(str(one.content) for one in pilot.app.screen.query(Static))
        assert "expected a repository" in said


EVIL = "\x1b[2J\x1b]0;pwned\x07[bold red]evil[/] [@click=app.quit]x[/]\u202e"


async def test_what_a_card_smuggles_in_is_shown_as_text(hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(
        card={"license": "other", "license_name": EVIL, "license_link": EVIL, "base_model": "a/" + EVIL}
    )
    async with running(app()) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        words = [await in_full(pilot, screen, key) for key in screen.query_one(Rows).keys]
        everything = listed(screen) + "".join(words)
        assert "[bold red]evil" in everything
        drawn = pilot.app.export_screenshot()
        assert not set("\x1b\x07\u202e") & set(everything + drawn)


async def filled(pilot: Pilot[Any], **values: str) -> None:
    """The form with values, written."""
    for name, value in values.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = value
    await pilot.press("ctrl+s")
    await pilot.pause()


async def test_a_waiver_is_written_and_covers_its_finding(hub: Hub, tmp_path: Path) -> None:
    policy = tmp_path / "advisor-policy.yaml"
    policy.write_text("# Ours.\nschema_version: 1\nwaivers: []\nunknown: fail\n", encoding="utf-8")
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
    async with running(app()) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        await in_full(pilot, screen, "use:commercial")
        await pilot.press("w")
        await pilot.pause()
        before = policy.read_bytes()
        await filled(pilot, id="W-1", reason="Agreement of 2026-10-01.", owner="legal", expires="2026-11-22")
        assert isinstance(pilot.app.screen, WaiverForm)
        await filled(pilot, expires="")
        assert "expires: it is missing" in str(pilot.app.screen.query_one("#wrong", Static).content)
        assert policy.read_bytes() == before
        await filled(pilot, expires="2026-12-31")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "◇ waived use-forbidden" in listed(screen)
    (waiver,) = load_policy(str(policy)).waivers
    assert (waiver.model, waiver.use, waiver.owner, waiver.expires) == (
        "owls/owl", "commercial", "legal", date(2026, 12, 31)
    )  # fmt: skip
    assert policy.read_text(encoding="utf-8").startswith("# Ours.\n")
    assert "unknown: fail" in policy.read_text(encoding="utf-8")


async def test_a_broken_policy_is_told_and_left_alone(hub: Hub, tmp_path: Path) -> None:
    policy = tmp_path / "advisor-policy.yaml"
    policy.write_text("schema_version: 1\nwaivers: 3\n", encoding="utf-8")
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    async with running(app()) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        assert "advisor-policy.yaml:2" in await in_full(pilot, screen, "failed:policy")
    assert policy.read_text(encoding="utf-8") == "schema_version: 1\nwaivers: 3\n"


async def test_data_sets_are_told_with_their_licenses_and_leave_what_they_forbid_open(hub: Hub) -> None:
    named = ["owls/mice", "owls/voles", "owls/gone", EVIL]
    hub.models["owls/owl"] = Repo(card={"license": "mit", "datasets": named})
    hub.datasets["owls/mice"] = Repo(card={"license": "cc-by-nc-4.0"})
    hub.datasets["owls/voles"] = Repo(card={"license": ["mit", EVIL]})
    async with running(app(), WIDE) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        lines = listed(screen).split("Data sets\n")[1].split("\n")
        assert lines[0] == "! restricts non-commercial owls/mice declares cc-by-nc-4.0"
        assert lines[1].startswith("? unknown unknown owls/voles declares mit, ")
        assert lines[2] == "? unknown unknown owls/gone could not be read"
        assert "is undecided" in await in_full(pilot, screen, "dataset:0")
        assert "? unknown commercial (asked)" in listed(screen)
        assert "trained on owls/mice, which is under cc-by-nc-4.0" in listed(screen)
        words = [await in_full(pilot, screen, key) for key in screen.query_one(Rows).keys]
        assert not set("\x1b\x07\u202e") & set(listed(screen) + "".join(words))


async def test_no_more_than_so_many_data_sets_are_looked_up(hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit", "datasets": [f"owls/d{number}" for number in range(5_000)]})
    async with running(app()) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        assert f"{5_000 - MOST_DATASETS:,} more data sets are named" in listed(screen)
    assert sum(path.startswith("/api/datasets/") for path in hub.asked) <= MOST_DATASETS


FRAME = {"c5c8c6", "28c840", "febc2e", "ff5f57"}
"""What Textual draws around every picture."""


def gray(picture: str) -> bool:
    """Whether a picture has no color but shades of gray."""
    colors = {one.lower() for one in re.findall(r"#([0-9a-fA-F]{6})\b", picture)} - FRAME
    return bool(colors) and all(one[:2] == one[2:4] == one[4:] for one in colors)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x34"])
async def test_without_colour_signs_and_words_say_everything(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("advisor.tui.screens.review.hub_source", lambda: Online(Replayed()))
    async with running(app(), size) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h", "down")
        drawn = html.unescape(pilot.app.export_screenshot()).replace("\xa0", " ")
        assert gray(drawn)
        assert all(sign in listed(screen) for sign in ("✗ forbidden", "✗ error", "! warning", "✗ gated"))
        assert POINTER.strip() in drawn
        await in_full(pilot, screen, "use:commercial")
        await pilot.press("w")
        await pilot.pause()
        await filled(pilot, id="W-1")
        drawn = html.unescape(pilot.app.export_screenshot()).replace("\xa0", " ")
        assert gray(drawn)
        assert "✗ owner: it is missing" in drawn


def at(screen: ReviewScreen, key: str) -> tuple[int, int]:
    """Where a line of the list stands, from the corner of the list with its border."""
    rows = screen.query_one(Rows)
    index = next(index for index, row in enumerate(rows._rows) if row.key == key)
    return (6, index - rows.scroll_offset.y + 1)


async def test_the_mouse_reads_reviews_and_writes_a_waiver(hub: Hub, tmp_path: Path) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
    async with running(app(), WIDE) as pilot:
        screen = await reviewed(pilot, "ctrl+l", "h")
        rows = screen.query_one(Rows)
        await pilot.click("#review", offset=at(screen, "use:serve"))
        await pilot.pause()
        assert rows.key == "use:serve"
        assert "! conditional serve" in str(screen.query_one("#said", Static).content)
        await pilot.click("#review", offset=at(screen, "use:commercial"), times=2)
        await pilot.pause()
        assert screen.focused is screen.query_one("#clause")
        await pilot.press("w")
        await pilot.pause()
        await pilot.click("#back")
        await pilot.pause()
        assert pilot.app.screen is screen
        await pilot.press("w")
        await pilot.pause()
        for name, value in {
            "id": "W-1",
            "reason": "Agreement of 2026.",
            "owner": "me",
            "expires": "2027-01-01",
        }.items():
            await pilot.click(f"#{name}")
            assert pilot.app.focused is pilot.app.screen.query_one(f"#{name}")
            pilot.app.screen.query_one(f"#{name}", Input).value = value
        await pilot.click("#write")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "◇ waived use-forbidden" in listed(screen)
    assert load_policy(str(tmp_path / "advisor-policy.yaml")).waivers[0].use == "commercial"


def waiver(name: str) -> Waiver:
    return Waiver(
        id=name,
        rule="use-forbidden",
        model="owls/owl",
        reason='They said: "yes" # 1',
        owner="NO",
        expires=date(2027, 1, 1),
    )


HEAD = "schema_version: 1\n"
ITEM = "- {id: A, rule: no-text, model: a/b, reason: because it is so, owner: me, expires: 2027-01-01}"
LAYOUTS = {
    "nothing": None,
    "no list": HEAD + "unknown: fail",
    "empty list": HEAD + "waivers: []  # none yet\nunknown: fail\n",
    "empty key": HEAD + "waivers:  # none yet\nunknown: fail\n",
    "nothing behind the key": HEAD + "unknown: fail\nwaivers: ~",
    "flow": HEAD + f"waivers: [{ITEM[2:]}]\nunknown: fail\n",
    "block": HEAD + f"waivers:\n  # Signed.\n  {ITEM}\n\n# What else.\nunknown: fail\n",
    "flush": HEAD + f"waivers:\n{ITEM}\n",
    "folded": HEAD + "waivers:\n- id: A\n  rule: no-text\n  model: a/b\n  owner: me\n  expires: 2027-01-01\n"
    "  reason: >\n    because\n    it is so\n",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_waiver_is_added_and_everything_else_stays(tmp_path: Path, layout: str) -> None:
    path, text = tmp_path / "advisor-policy.yaml", LAYOUTS[layout]
    if text is not None:
        path.write_text(text, encoding="utf-8")
    before = load_policy(str(path)) if text is not None else None
    written = add_waiver(path, waiver("B"))
    after = load_policy(str(path))
    assert after == written
    assert after.waivers == (*(before.waivers if before else ()), waiver("B"))
    assert before is None or after.unknown == before.unknown
    comments = [line for line in (text or "").splitlines() if line.lstrip().startswith("#")]
    assert all(comment in path.read_text(encoding="utf-8") for comment in comments)


def test_where_no_place_is_found_the_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "advisor-policy.yaml"
    path.write_text('{"schema_version": 1, "unknown": "fail"}', encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        add_waiver(path, waiver("B"))
    assert 'id: "B"' in (caught.value.hint or "")
    assert path.read_text(encoding="utf-8") == '{"schema_version": 1, "unknown": "fail"}'


def test_an_id_that_is_taken_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "advisor-policy.yaml"
    add_waiver(path, waiver("B"))
    before = path.read_bytes()
    with pytest.raises(PolicyError, match="there is a waiver with the id 'B'"):
        add_waiver(path, waiver("B"))
    assert path.read_bytes() == before


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x34"])
async def test_the_keys_that_matter_are_on_the_screen(hub: Hub, size: tuple[int, int]) -> None:
    async with running(app(), size) as pilot:
        await settle(pilot)
        await reviewed(pilot, "ctrl+l")
        drawn = pilot.app.export_screenshot()
        assert all(words in drawn for words in ("Waiver", "owl-1", "conditional"))


class Replayed:
    """Fixed evidence, for pictures."""

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """That of an owl and of the egg that it comes from; the nest cannot be read."""
        asked: dict[str, Any] = {
            "repository": repository,
            "requested_revision": revision,
            "endpoint": "https://hub.example.org",
            "read_at": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        }
        if repository == "owls/nest":
            return Evidence(**asked, outcome=FetchOutcome.GATED, detail="Access is restricted.")
        tag, parents = ("mit", ("owls/egg", "owls/nest")) if repository == "owls/owl" else ("cc-by-nc-4.0", ())
        above = tuple(Parent(id=name, relation="merge") for name in parents)
        return Evidence(**asked, id=repository, commit="a8e808d04e9a02184762fa2e465ac2ff6519ea05", licenses=(tag,),
                        parents=above, pipeline="text-generation")  # fmt: skip


def pictured(*names: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def lead(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("ctrl+l")
        await pilot.pause()
        await reviewed(pilot, *names)

    return lead


async def form(pilot: Pilot[Any]) -> None:
    await pictured("h")(pilot)
    await pilot.press("w")
    await pilot.pause()
    await filled(pilot, id="W-1", reason="short", owner="legal", expires="2027")


PICTURES = {
    "record": pictured(),
    "evidence": pictured("h"),
    "finding": pictured("h", *["down"] * 12),
    "lineage": pictured("h", "end", *["up"] * 3),
    "waiver": form,
}


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x34"])
@pytest.mark.parametrize("screen", PICTURES)
def test_picture(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, snap_compare: Callable[..., bool], screen: str, size: tuple[int, int]
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(Input, "cursor_blink", property(lambda _: False, lambda *_: None), raising=False)
    monkeypatch.setattr("advisor.tui.screens.review.hub_source", lambda: Online(Replayed()))
    assert snap_compare(app(), terminal_size=size, run_before=PICTURES[screen])
