"""Repositories are found where they are named: lists, bills of materials, code, notebooks, deployments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.errors import UsageError
from advisor.licenses.sources import hub_cache, targets_in
from advisor.licenses.targets import Target, parse_target


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("org/name", Target("org/name")),
        ("org/name@v1.0", Target("org/name", "v1.0")),
        ("gpt2", Target("gpt2")),
        ("https://huggingface.co/org/name", Target("org/name")),
        ("https://huggingface.co/org/name/tree/main", Target("org/name", "main")),
        ("hf://org/name", Target("org/name")),
    ],
)
def test_a_target_is_understood_in_every_usual_form(text: str, expected: Target) -> None:
    assert parse_target(text) == expected


@pytest.mark.parametrize("text", ["", "a/b/c", "../x", "org/na me", "org/name@", "-x/y", "org/\x1b[0m"])
def test_what_is_no_repository_is_refused(text: str) -> None:
    if text == "org/name@":
        assert parse_target(text) == Target("org/name")
        return
    with pytest.raises(UsageError, match="expected a repository"):
        parse_target(text)


def _found(tmp_path: Path, name: str, content: str) -> list[str]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return [str(target) for target in dict.fromkeys(targets_in(str(path)))]


def test_python_is_read_where_it_loads(tmp_path: Path) -> None:
    code = """
model = AutoModel.from_pretrained("org/one", torch_dtype="auto", revision="abc123")
path = hf_hub_download(repo_id="org/two", filename="x")
pipe = pipeline("text-generation", model="org/three")
llm = LLM(model='org/four')
note = "and/or is no model, nor is docs/readme"
url = "https://huggingface.co/org/five/resolve/main/x"
data = "https://huggingface.co/datasets/org/no"
"""
    assert _found(tmp_path, "app.py", code) == ["org/one@abc123", "org/two", "org/four", "org/three", "org/five"]


def test_notebooks_deployments_and_images_are_read(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": ["m = AutoModel.from_pretrained(\n", "  'org/note')"]}
    text = {"cell_type": "markdown", "source": ["from_pretrained('org/prose')"]}
    assert _found(tmp_path, "a.ipynb", json.dumps({"cells": [cell, text]})) == ["org/note"]
    assert _found(tmp_path, "Dockerfile", "CMD vllm serve org/served --max-model-len 8192\n") == ["org/served"]
    assert _found(tmp_path, "Modelfile", "FROM hf.co/org/quant:Q4_K_M\n") == ["org/quant"]
    assert _found(tmp_path, "deploy.yaml", "args: [--model, x]\nmodel_id: org/yaml\n") == ["org/yaml"]


def test_a_bill_of_materials_names_models_by_package_url(tmp_path: Path) -> None:
    bom = {
        "bomFormat": "CycloneDX",
        "components": [
            {"type": "machine-learning-model", "name": "x", "purl": "pkg:huggingface/org/one@abc"},
            {"type": "machine-learning-model", "group": "org", "name": "two"},
            {"type": "library", "name": "org/three", "purl": "pkg:pypi/three@1"},
            "odd",
        ],
    }
    assert _found(tmp_path, "bom.json", json.dumps(bom)) == ["org/one@abc", "org/two"]


def test_a_list_names_its_bad_line(tmp_path: Path) -> None:
    assert _found(tmp_path, "list.txt", "org/one  # kept\n\norg/two@v1\n") == ["org/one", "org/two@v1"]
    with pytest.raises(UsageError, match=r"list\.txt:2: 'a b'"):
        _found(tmp_path, "list.txt", "org/one\na b\n")


def test_a_folder_is_walked_without_what_was_installed(tmp_path: Path) -> None:
    for name in ("src/app.py", "node_modules/x/app.py", ".venv/lib/app.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(f'from_pretrained("org/{name.split("/")[0].strip(".")}")', encoding="utf-8")
    assert [str(target) for target in targets_in(str(tmp_path))] == ["org/src"]


def test_a_local_cache_gives_the_commits_it_holds(tmp_path: Path) -> None:
    refs = tmp_path / "models--org--name" / "refs"
    refs.mkdir(parents=True)
    (refs / "main").write_text("c" * 40, encoding="ascii")
    (tmp_path / "models--gpt2").mkdir()
    assert list(targets_in(str(tmp_path))) == list(hub_cache(tmp_path))
    assert list(hub_cache(tmp_path)) == [Target("gpt2"), Target("org/name", "c" * 40)]
