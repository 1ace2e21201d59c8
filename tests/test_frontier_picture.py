"""The picture of quality against cost: every name is readable and stands once."""

from __future__ import annotations

import itertools
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from advisor.catalog import load_catalog
from advisor.reports.recommendation.frontier_svg import frontier_svg
from advisor.requirements.templates import load_template
from advisor.solver import advise

LETTER_WIDTH = 7.0
"""Of 12 px sans-serif, on the wide side."""


@pytest.mark.parametrize("template", ["proof-of-concept", "support-bot", "document-batch"])
def test_no_text_is_cut_off_or_covers_another(template: str) -> None:
    advice = advise(load_catalog(date(2026, 11, 23), overlay=False), load_template(template))
    picture = ET.fromstring(frontier_svg(advice.workloads[0]))  # noqa: S314 - our own
    width, height = (float(part) for part in picture.attrib["viewBox"].split()[2:])
    names = [text for text in picture.iter("text") if re.search("/", text.text or "")]
    assert names
    for text in names:
        assert float(text.attrib["x"]) + LETTER_WIDTH * len(text.text or "") <= width
        assert 0 < float(text.attrib["y"]) <= height
    rows = sorted(float(text.attrib["y"]) for text in names)
    assert all(below - above >= 12 for above, below in itertools.pairwise(rows))
    assert len({text.text for text in names}) == len(names)
