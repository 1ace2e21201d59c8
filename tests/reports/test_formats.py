"""Every report has every format, a new one is a file, and nothing that is said can become markup."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from advisor.reports import writers
from advisor.reports.formats import FINDINGS, PAGES, Report, render
from advisor.reports.header import header
from advisor.reports.section import Page, Part, Section
from advisor.reports.writers.findings import FindingLog, PlacedFinding, Rule

EVIL = "<script>x</script> \x1b[2J [a](javascript:b) | `c` ~d~"


def report() -> Report:
    section = Section(f"Heading {EVIL}", (f"Sentence {EVIL}",), (("a", "b"), (EVIL, "$1.00")), more=3)
    page = Page(f"Title {EVIL}", "as of 2026-11-23", (Part(EVIL, EVIL, (section,)),), (EVIL,), EVIL)
    finding = PlacedFinding("a/b", "warning", EVIL, "advisor.lock", 3)
    log = FindingLog((Rule("a/b", "A rule."),), (finding, finding._replace(waived_by="w")), closing="done")
    return Report(header(date(2026, 11, 23), None, None), lambda: {"said": EVIL}, lambda: page, findings=lambda: log)


@pytest.mark.parametrize("form", FINDINGS)
def test_every_format_says_everything_and_no_control_character(form: str) -> None:
    text = render(form, report())
    assert "\x1b" not in text
    assert text.endswith("\n")
    assert "javascript:b" in text


def test_html_has_no_tag_of_a_card() -> None:
    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.seen: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.seen.add(tag)

    parser = Tags()
    parser.feed(render("html", report()))
    assert "script" not in parser.seen
    assert "table" in parser.seen


def test_annotations_stay_on_their_line_and_leave_out_what_is_waived() -> None:
    lines = render("github", report()).splitlines()
    assert lines[0].startswith("::warning file=advisor.lock,line=3,title=advisor: b::")
    assert lines[1:] == ["done"]


def test_a_new_format_is_one_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from importlib import reload

    from advisor.reports import formats

    folder = tmp_path
    (folder / "rot13.py").write_text(
        "from codecs import encode\n\ndef render(page):\n    return encode(page.title, 'rot13')\n"
    )
    monkeypatch.setattr(writers, "__path__", [*writers.__path__, str(folder)])
    try:
        again = reload(formats)
        assert set(again.PAGES) == {*PAGES, "rot13"}
        made: Callable[[], Page] = lambda: Page("advisor", "", ())  # noqa: E731
        assert again.render("rot13", again.Report(report().header, dict, made)) == "nqivfbe"
    finally:
        monkeypatch.undo()
        reload(formats)
