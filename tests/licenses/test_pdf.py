"""License files that are PDF: read through pypdf where all of one can be, a doubt in every other case."""

from __future__ import annotations

import re
import tomllib
import zlib
from pathlib import Path

import pytest

from advisor.errors import install_hint
from advisor.licenses.check import text_evidence
from advisor.licenses.evidence import pdf as reader
from advisor.licenses.evidence.read_text import read_content
from advisor.licenses.evidence.records import FetchOutcome, Text, Unread
from advisor.licenses.text.fingerprints import load_fingerprints
from advisor.licenses.text.identify import Match, identify
from tests.licenses.pdf_files import pdf, stream

ROOT = Path(__file__).parents[2]
APACHE = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()
BOMB = stream(zlib.compress(b"(x) Tj " * 20_000_000, 9), b"/Filter /FlateDecode ")


def read(content: bytes, seconds: float = 10.0) -> Text | Unread:
    return read_content("LICENSE.pdf", "license", content, seconds=seconds)


def test_the_words_of_a_pdf_are_identified(tmp_path: Path) -> None:
    path = tmp_path / "LICENSE.pdf"
    path.write_bytes(pdf(APACHE))
    (text,) = text_evidence(path).texts
    found = identify(text.content, load_fingerprints())
    assert (found.match, found.id) == (Match.EXACT, "apache-2.0")
    assert text.size_bytes == path.stat().st_size


def test_a_rider_on_a_page_of_its_own_is_read() -> None:
    text = read(pdf([*APACHE, *[""] * 60, "Commercial use is not permitted."]))
    assert isinstance(text, Text)
    assert identify(text.content, load_fingerprints()).match is not Match.EXACT


NOTE = b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] /Contents (No commercial use at all) >>"
STAMP = b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] >>"
PICTURE = stream(
    b"\0\0\0", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
)
FILE = stream(b"Not for sale.", b"/Type /EmbeddedFile ")


def test_what_is_written_into_a_comment_is_read() -> None:
    text = read(pdf(["Use it freely."], more=[NOTE], on_page=b">> /Annots [4 0 R] /X << "))
    assert isinstance(text, Text)
    assert "No commercial use at all" in text.content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7 rubbish", "cannot be read"),
        (pdf(["words"], more=[PICTURE], on_page=b"/XObject << /P 4 0 R >> "), "holds a picture"),
        (pdf(["words"], more=[STAMP], on_page=b">> /Annots [4 0 R] /X << "), "a mark that may hold words"),
        (
            pdf(
                ["words"],
                more=[FILE, b"<< /Type /Filespec /F (more.txt) /EF << /F 4 0 R >> >>"],
                catalog=b"/Names << /EmbeddedFiles << /Names [(more.txt) 5 0 R] >> >> ",
            ),
            "attachments",
        ),
        (pdf([""]), "no words"),
        (pdf(["words"] * 60 * 81), "81 pages"),
        (pdf(["words"]).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"), ""),
        (pdf(["words"], more=[BOMB], catalog=b"").replace(b"/Contents 6 0 R", b"/Contents 4 0 R"), ""),
    ],
    ids=["damaged", "picture", "stamp", "attachment", "empty", "long", "circle", "bomb"],
)
def test_a_pdf_of_which_not_all_can_be_read_is_a_doubt(content: bytes, reason: str) -> None:
    found = read(content, seconds=3.0)
    assert isinstance(found, Unread)
    assert found.outcome is FetchOutcome.BINARY
    assert reason in found.detail


def test_a_pdf_that_takes_too_long_is_a_doubt() -> None:
    found = read(pdf(APACHE), seconds=0.0)
    assert isinstance(found, Unread)
    assert "not read within" in found.detail


def test_without_the_package_a_pdf_is_a_doubt_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "find_spec", lambda _: None)
    found = read(pdf(APACHE))
    assert isinstance(found, Unread)
    assert "pip install 'model-advisor[pdf]'" in found.detail


def test_every_missing_package_is_told_in_one_way_and_by_an_extra_that_exists() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    asked: set[str] = set()
    for path in (ROOT / "advisor").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert path.name == "errors.py" or "model-advisor[" not in source, path
        asked |= set(re.findall(r"install_hint\([\"'](\w+)[\"']", source))
    assert {"pdf", "parquet", "mcp", "loop"} <= asked <= set(extras)
    assert install_hint("pdf") == "pip install 'model-advisor[pdf]'"
