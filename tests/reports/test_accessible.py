"""The pages are clean by axe, fit a phone and ask no host, in the Chromium that is installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from advisor.reports.section import Cited, Page, Part, Section
from advisor.reports.writers import html
from tests.reports.test_memo import asked, memo

PHONE = 400
_QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def chromium() -> str | None:
    """Return the installed browser; None where there is none."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium is installed here, so the pages were not looked at by axe")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=_QUIET.split())
        yield running
        running.close()


def plain() -> str:
    """A page of the other reports: parts with verdicts, a table without a named first column, a long word."""
    rows = (("", "a", "b"), ("the first row", "$1.00", "x" * 300), ("the second", "$2.00", "y"))
    parts = tuple(
        Part(
            f"{verdict} {'z' * 80}",
            "An answer.",
            (Section("Rows", ("One.", Cited("Two.", ())), rows, more=2),),
            verdict,
        )
        for verdict in ("allowed", "conditional", "forbidden", "unknown")
    )
    return html.render(Page("A report", "as of 2026-11-23", parts, ("A note.",), "A footer.", "0" * 64))


PAGES = {
    "memo": lambda: memo("html", asked()),
    "several": lambda: memo("html", asked({}, {"budget_usd_per_month": 1})),
    "plain": plain,
}


@pytest.mark.parametrize(("name", "scheme"), [("memo", "light"), ("several", "dark"), ("plain", "light")])
def test_axe_finds_nothing_at_a_phones_width(
    name: str, scheme: Literal["light", "dark"], browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGES[name](), encoding="utf-8")
    page = browser.new_page(viewport={"width": PHONE, "height": 800})
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.emulate_media(color_scheme=scheme)
    page.goto(file.as_uri())
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert requested == [file.as_uri()]
    assert refused == []
    page.close()


def test_the_keyboard_reaches_every_link_and_every_table_that_scrolls(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(memo("html", asked()), encoding="utf-8")
    page = browser.new_page(viewport={"width": PHONE, "height": 800})
    page.goto(file.as_uri())
    wanted = page.evaluate("document.querySelectorAll('a[href], .scroll, pre').length")
    reached = set()
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(reached) == wanted
    page.close()


def test_printed_it_shows_all_that_scrolls_on_a_screen(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(memo("html", asked()), encoding="utf-8")
    page = browser.new_page(viewport={"width": 720, "height": 1000})
    page.goto(file.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    clipped = (
        "[...document.querySelectorAll('.scroll')].filter(one => getComputedStyle(one).overflowX !== 'visible').length"
    )
    assert page.evaluate(clipped) == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
