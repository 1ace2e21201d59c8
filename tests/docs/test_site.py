"""The site is built without a warning, every link inside it leads somewhere, and no page asks another host."""

from __future__ import annotations

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from advisor.catalog import load_catalog

ROOT = Path(__file__).parents[2]
_LOADS = {
    "img": "src",
    "script": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "link": "href",
    "form": "action",
}


class Reader(HTMLParser):
    """The ids of a page, what it links to and what it loads."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found["id"]} if "id" in found else set()
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in _LOADS and _LOADS[tag] in found and found.get("rel") != "canonical":
            self.loads.append(found[_LOADS[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr  # not --quiet, with which no warning is counted
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Reader]:
    return {page: Reader(page) for page in sorted(site.rglob("*.html"))}


def test_every_link_inside_the_site_leads_somewhere(pages: dict[Path, Reader]) -> None:
    broken = []
    for page, read in pages.items():
        for link in read.links:
            address, anchor = urldefrag(link)
            if address.startswith(("http:", "https:", "mailto:")) or page.name == "404.html":
                continue
            target = (page.parent / unquote(address)).resolve() if address else page
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (anchor and target in pages and unquote(anchor) not in pages[target].ids):
                broken.append((page.name, link))
    assert broken == []


def test_no_page_loads_anything_from_another_host(site: Path, pages: dict[Path, Reader]) -> None:
    assert [
        (page.name, one) for page, read in pages.items() for one in read.loads if one.startswith(("http", "//"))
    ] == []
    styles = [path for path in site.rglob("*.css") if "url(http" in path.read_text(encoding="utf-8")]
    assert styles == []


def test_it_has_a_page_for_each_kind_of_reader(site: Path) -> None:
    for page in ("index", "tutorial", "guides/install", "reference/cli", "concepts/quality", "compared"):
        assert (site / f"{page}.html").is_file()


def test_the_tables_of_the_reference_have_every_license_and_every_dimension(site: Path) -> None:
    catalog = load_catalog(overlay=False)
    licenses = (site / "reference" / "licenses.html").read_text(encoding="utf-8")
    assert [name for name in catalog.licenses if f"<code>{name}</code>" not in licenses] == []
    dimensions = (site / "reference" / "dimensions.html").read_text(encoding="utf-8")
    assert [name for name in catalog.dimensions if f"<code>{name}</code>" not in dimensions] == []
    assert "leaderboard-dataset" in dimensions
