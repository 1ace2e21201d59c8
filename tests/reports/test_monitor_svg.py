"""The pictures of monitoring: what they show is right, inside the frame, and told to who cannot see them."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

from advisor.reports.monitor_svg import WIDTH, Bar, DayRate, Panel, rates_svg, themes_svg

START = date(2026, 11, 1)
LETTER_WIDTH = 7.0


def _panel(name: str, days: list[int], alarms: tuple[date, ...] = ()) -> Panel:
    rates = [0.9 - 0.01 * day for day in days]
    found = [DayRate(START + timedelta(days=d), r, r - 0.05, r + 0.05) for d, r in zip(days, rates, strict=True)]
    return Panel(name, tuple(found), alarms)


def _read(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own


def test_each_rate_has_a_panel_with_its_interval_and_its_alarms() -> None:
    alarm = START + timedelta(days=20)
    picture = rates_svg([_panel("outcome:resolved", list(range(30)), (alarm,)), _panel("<refusal>", [0, 1, 5, 6])])
    found = _read(picture)
    told = found.attrib["aria-label"]
    assert "outcome:resolved 90% on the first day and 61% on the last, alarm on 2026-11-21" in told
    titles = [one.text for one in found.iter("title")]
    assert titles.count("Alarm: changed on 2026-11-21") == 1
    assert "2026-11-01: 90.0% [85.0%, 95.0%]" in titles
    bands = [one for one in found.iter("path") if one.attrib.get("d", "").endswith("Z")]
    assert len(bands) == 1 + 2, "a gap of days is not drawn over"
    height = float(found.attrib["viewBox"].split()[3])
    for dot in found.iter("circle"):
        assert 0 < float(dot.attrib["cx"]) <= WIDTH
        assert 0 < float(dot.attrib["cy"]) < height


def test_a_single_day_or_no_theme_draws_nothing() -> None:
    assert not rates_svg([_panel("x", [3])])
    assert not rates_svg([])
    assert not themes_svg([])


def test_themes_stand_by_size_with_what_failed_and_no_text_is_cut() -> None:
    bars = [Bar("refund, money, returned, " * 4, 1200, 400), Bar("<b>deliver</b>", 300, None), Bar("size", 10, 0)]
    found = _read(themes_svg(bars))
    widths = [float(one.attrib["width"]) for one in found.iter("rect")]
    assert widths[0] == max(widths)
    assert abs(widths[1] / widths[0] - 1 / 3) < 0.01
    for text in found.iter("text"):
        long = LETTER_WIDTH * len(text.text or "")
        at = float(text.attrib["x"])
        assert at - long >= 0 if text.attrib.get("text-anchor") == "end" else at + long <= WIDTH
    rows = sorted({float(text.attrib["y"]) for text in found.iter("text")})
    assert all(below - above >= 14 for above, below in itertools.pairwise(rows))
    assert "<b>deliver</b>: 300 calls" in found.attrib["aria-label"]


def test_colors_are_the_page_s_and_nothing_comes_from_elsewhere() -> None:
    picture = rates_svg([_panel("x", [0, 1])]) + themes_svg([Bar("x", 1, 1)])
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', picture)) <= {
        *("currentColor", "none", "var(--front, #2a6fdb)", "var(--bad, #b42318)", "var(--rest, #8a8f96)")
    }
    assert not re.search(r"https?://|<script|href", picture)
