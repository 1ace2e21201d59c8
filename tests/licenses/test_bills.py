"""Bills of materials: CycloneDX as JSON and XML, SPDX 2 and 3, and package URLs of any type that hold a Hub name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import UsageError
from advisor.licenses.targets.discover import targets_in
from advisor.licenses.targets.purls import parse_purl

COMMIT = "a8e808d04e9a02184762fa2e465ac2ff6519ea05"
SHARED = Path(__file__).parents[2].parent / "shared" / "cases" / "targets"


def _found(tmp_path: Path, name: str, content: str) -> list[str]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return [f"{one}?" if one.missing else str(one) for one in targets_in(str(path), may_be_empty=True)]


def _bom(**component: Any) -> str:
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": component}})


@pytest.mark.parametrize(
    ("purl", "repository", "revision"),
    [
        ("pkg:huggingface/org/name@abc1234", "org/name", "abc1234"),
        ("pkg:huggingface/org/name@v1.0", "org/name", "v1.0"),
        ("pkg:huggingface/org/name@1.0", "org/name", None),
        ("pkg:huggingface/org%2Fname", "org/name", None),
        ("pkg:huggingface/gpt2", "gpt2", None),
        ("pkg:generic/org%2Fname@1.0", "org/name", None),
        (f"pkg:generic/org/name@{COMMIT}?x=1#y", "org/name", COMMIT),
        ("pkg:generic/name@1.0", None, None),
        ("pkg:mlflow/org/name@3", "org/name", None),
    ],
)
def test_a_package_url_of_any_type_gives_the_name_that_it_holds(
    purl: str, repository: str | None, revision: str | None
) -> None:
    parsed = parse_purl(purl)
    assert parsed is not None
    assert (parsed.repository, parsed.revision) == (repository, revision)


def test_a_model_is_found_by_its_url_its_addresses_or_its_name(tmp_path: Path) -> None:
    model = {"type": "machine-learning-model"}
    address = [{"type": "distribution", "url": "https://huggingface.co/org/name/tree/v2"}]
    cases = {
        _bom(type="application", name="name", purl="pkg:generic/org%2Fname@1.0"): ["org/name"],
        _bom(**model, name="name", externalReferences=address): ["org/name@v2"],
        _bom(**model, group="org", name="name", version="1.0"): ["org/name"],
        _bom(**model, name="org/name", version=COMMIT): [f"org/name@{COMMIT}"],
        _bom(type="library", name="x", modelCard={"modelParameters": {}}): ["x?"],
        _bom(type="application", name="app", pedigree={"ancestors": [{**model, "name": "org/base"}]}): ["org/base"],
        _bom(type="library", name="three", purl="pkg:pypi/three@1"): [],
        _bom(type="application", name="app", purl="pkg:npm/%40org/name@1"): [],
    }
    for content, expected in cases.items():
        assert _found(tmp_path, "bom.json", content) == expected


def test_cyclonedx_xml_is_read_as_its_json_is(tmp_path: Path) -> None:
    text = """<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><tools><components><component type="application"
  ><name>tool</name><purl>pkg:generic/tool%2Fx@1</purl></component></components></tools></metadata>
<components>
 <component type="machine-learning-model"><name>one</name><purl>pkg:huggingface/org/one@abcdef0</purl></component>
 <component type="application"><name>app</name><components>
  <component type="machine-learning-model"><group>org</group><name>two</name></component></components></component>
 <component type="machine-learning-model"><name>three</name><externalReferences>
  <reference type="website"><url>https://huggingface.co/org/three</url></reference></externalReferences></component>
</components></bom>"""
    assert _found(tmp_path, "bom.xml", text) == ["org/one@abcdef0", "org/two", "org/three"]
    with pytest.raises(UsageError, match="document type"):
        _found(tmp_path, "bom.xml", '<!DOCTYPE a [<!ENTITY b "c">]><bom xmlns="http://cyclonedx.org/x"/>')
    with pytest.raises(UsageError, match="expected XML"):
        _found(tmp_path, "bom.xml", '<bom xmlns="http://cyclonedx.org/x"><')


def test_spdx_2_names_models_by_url_place_or_name(tmp_path: Path) -> None:
    packages = [
        {"name": "one", "externalRefs": [{"referenceLocator": f"pkg:huggingface/org/one@{COMMIT}"}]},
        {"name": "two", "downloadLocation": "git+https://huggingface.co/org/two.git"},
        {"name": "org/three", "versionInfo": "1.0"},
        {"name": "@scope/four", "externalRefs": [{"referenceLocator": "pkg:npm/%40scope/four@1"}]},
        {"name": "five", "primaryPackagePurpose": "MACHINE-LEARNING-MODEL"},
        {"name": "six"},
    ]
    text = json.dumps({"spdxVersion": "SPDX-2.3", "packages": packages})
    assert _found(tmp_path, "a.spdx.json", text) == [f"org/one@{COMMIT}", "org/two", "org/three", "five?"]
    tags = f"""SPDXVersion: SPDX-2.3
PackageName: one
ExternalRef: PACKAGE-MANAGER purl pkg:huggingface/org/one@{COMMIT}
PackageName: org/two
PackageVersion: 1.0
PackageName: three
PackageDownloadLocation: https://huggingface.co/org/three
"""
    assert _found(tmp_path, "a.spdx", tags) == [f"org/one@{COMMIT}", "org/two", "org/three"]


def test_spdx_3_names_models_by_their_type(tmp_path: Path) -> None:
    graph = [
        {"type": "CreationInfo"},
        {"type": "ai_AIPackage", "name": "org/one", "software_packageVersion": COMMIT},
        {"type": "ai_AIPackage", "name": "house model"},
        {"type": "software_Package", "name": "two", "software_packageUrl": "pkg:huggingface/org/two"},
        {"type": "software_Package", "name": "numpy", "software_packageUrl": "pkg:pypi/numpy@2"},
    ]
    text = json.dumps({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph})
    assert _found(tmp_path, "a.json", text) == [f"org/one@{COMMIT}", "house model?", "org/two"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("f06-aibomgen.json", ["acme/nc-model"]),
        ("f09c-spdx-nopurl.json", ["acme/nc-model"]),
        (
            "f10-own.spdx.json",
            [f"{one}@{COMMIT}" for one in ("acme/colview-7b-v1", "acme/colview-base", "Qwen/Qwen2.5-VL-3B-Instruct")],
        ),
    ],
)
def test_bills_of_others_and_our_own_are_read(name: str, expected: list[str]) -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared cases are not on this disk")
    assert [str(one) for one in targets_in(str(SHARED / name))] == expected


def test_a_file_without_a_model_is_a_mistake_and_says_what_else_is_meant(tmp_path: Path) -> None:
    for name, text in (
        ("a.py", "print(1)"),
        ("bom.json", '{"bomFormat": "CycloneDX", "components": []}'),
        ("a.json", "{}"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match="no model is named"):
            list(targets_in(str(tmp_path / name)))
    (tmp_path / "b.py").write_text('create(model="gpt-4o")', encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        list(targets_in(str(tmp_path / "b.py")))
    assert "advisor scan" in (caught.value.hint or "")


def test_a_loader_that_stays_open_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(
        'import sys\n\nfrom_pretrained(sys.argv[1])\nLLM("org/a", revision=os.environ["REV"])\n', encoding="utf-8"
    )
    named, opened = targets_in(str(path))
    assert (str(named), named.revision) == ("org/a", None)
    assert "environment variable REV" in (named.note or "")
    assert opened.place is not None
    assert opened.place.line == 3
    assert "sys.argv" in (opened.missing or "")
