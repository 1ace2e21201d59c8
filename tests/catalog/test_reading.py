"""A broken file is reported with its path, its line and its key, never with a traceback."""

from __future__ import annotations

import pytest

from advisor.catalog.source.build import build
from advisor.errors import CatalogError
from tests.catalog_files import Files, license_file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lab: {id: owls, name: Owls}\nmodels:\n  - id: owl-1\n    size: 7\n", r"owls\.yaml:4: models\.0\.size"),
        ("lab: {id: Owls, name: Owls}\n", r"owls\.yaml:1: lab\.id: .*lower-case"),
        ("lab: [unclosed\n", r"owls\.yaml:\d: not YAML"),
        (
            "lab: {id: owls, name: Owls}\nsources:\n  a: {url: 'https://pypi.org/project/x', read_on: 2026-11-20}\n",
            r"owls\.yaml:3: sources\.a\.url: .*registry is no source",
        ),
        (
            "lab: {id: owls, name: Owls}\nmodels:\n- id: owl-1\n  facts:\n    weights: {value: open}\n",
            r"owls\.yaml:5: models\.0\.facts\.weights\.0\.source: Field required",
        ),
        (
            "lab: {id: owls, name: Owls}\nmodels:\n- id: owl-1\n  facts:\n    weights: {source: page}\n",
            r"known needs a value",
        ),
    ],
)
def test_place_of_a_mistake(files: Files, text: str, expected: str) -> None:
    (files.root / "models" / "owls.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=expected):
        build(files.root)


def test_bytes_that_are_no_text(files: Files) -> None:
    (files.root / "models" / "owls.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogError, match="expected UTF-8"):
        build(files.root)


def test_a_missing_file_and_a_missing_folder(files: Files) -> None:
    (files.root / "hardware.yaml").unlink()
    with pytest.raises(CatalogError, match=r"hardware\.yaml: cannot read"):
        build(files.root)
    with pytest.raises(CatalogError, match="expected the folder"):
        build(files.root / "nowhere")


def test_a_license_record_is_named_like_its_file(files: Files) -> None:
    files.write("licenses/mit.yaml", license_file("apache"))
    with pytest.raises(CatalogError, match="expected 'mit' as the file is called"):
        build(files.root)
