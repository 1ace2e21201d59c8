"""Weights on disk and local caches: headers of each format, files beside them, hostile headers; trees made here."""

from __future__ import annotations

import json
import struct
from hashlib import sha256
from pathlib import Path

import pytest

from advisor.cli import main
from advisor.errors import UsageError
from advisor.licenses.targets.discover import targets_in
from advisor.licenses.targets.target import Target
from advisor.licenses.targets.weights.read_header import read_header
from tests.licenses.hub_server import Hub, Repo


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _gguf(values: dict[str, str | list[str] | int], *, version: int = 3, order: str = "<") -> bytes:
    def number(kind: str, value: int) -> bytes:
        return struct.pack(order + kind, value)

    def text(value: str) -> bytes:
        return number("Q", len(value.encode())) + value.encode()

    made = b"GGUF" + number("I", version) + number("Q", 0) + number("Q", len(values))
    for key, value in values.items():
        made += text(key)
        if isinstance(value, str):
            made += number("I", 8) + text(value)
        elif isinstance(value, int):
            made += number("I", 4) + number("I", value)
        else:
            made += number("I", 9) + number("I", 8) + number("Q", len(value)) + b"".join(map(text, value))
    return made + b"\0" * 64


def _safetensors(metadata: dict[str, str]) -> bytes:
    header = json.dumps(
        {"__metadata__": metadata, "w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    ).encode()
    return struct.pack("<Q", len(header)) + header + b"\0" * 4


def _onnx(properties: dict[str, str]) -> bytes:
    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    made = b"\x08\x09" + field(2, b"pytorch") + field(7, b"graph")
    return made + b"".join(field(14, field(1, k.encode()) + field(2, v.encode())) for k, v in properties.items())


def _one(path: Path) -> Target:
    (found,) = (one for one in targets_in(str(path)) if one.on_disk)
    assert found.on_disk is not None
    return found


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_gguf_says_its_license_and_its_base(tmp_path: Path, order: str) -> None:
    values: dict[str, str | list[str] | int] = {
        "general.architecture": "llama",
        "tokenizer.ggml.tokens": ["a", "b"] * 200,
        "general.license": "apache-2.0",
        "general.license.link": "https://example.org/license",
        "general.base_model.count": 1,
        "general.base_model.0.repo_url": "https://huggingface.co/org/base",
        "general.source.url": "https://huggingface.co/org/source",
    }
    (tmp_path / "m.gguf").write_bytes(_gguf(values, order=order))
    evidence = _one(tmp_path / "m.gguf").on_disk
    assert evidence is not None
    assert (evidence.licenses, evidence.license_link) == (("apache-2.0",), "https://example.org/license")
    assert {parent.id for parent in evidence.parents} == {"org/base", "org/source"}
    assert evidence.derived_as == "quantized"


def test_safetensors_and_onnx_say_what_their_metadata_hold(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "m.safetensors").write_bytes(_safetensors({"license": "mit", "base_model": "org/base"}))
    evidence = _one(tmp_path / "a" / "m.safetensors").on_disk
    assert evidence is not None
    assert (evidence.licenses, [one.id for one in evidence.parents]) == (("mit",), ["org/base"])
    (tmp_path / "m.onnx").write_bytes(_onnx({"license": "cc-by-4.0"}))
    evidence = _one(tmp_path / "m.onnx").on_disk
    assert evidence is not None
    assert (evidence.licenses, evidence.derived_as) == (("cc-by-4.0",), "quantized")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GGUF",
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 62),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + _text("general.x") + struct.pack("<IIQ", 9, 8, 1 << 40),
        b"GGUF" + struct.pack("<IQQ", 99, 0, 1),
        b"\xff" * 64,
    ],
)
def test_a_broken_header_is_said_and_nothing_is_taken_from_it(tmp_path: Path, content: bytes) -> None:
    for name in ("m.gguf", "m.safetensors", "m.onnx"):
        (tmp_path / name).write_bytes(content)
        header = read_header(tmp_path / name)
        assert header is not None
        assert not header.values or header.odd


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "m.bin").write_bytes(b"\x80\x04")
    with pytest.raises(UsageError, match="not opened"):
        list(targets_in(str(tmp_path / "m.bin")))
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert "was not opened" in " ".join(_one(tmp_path).on_disk.remarks)  # type: ignore[union-attr]


def test_a_folder_is_read_with_its_card_its_texts_and_its_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(_safetensors({"format": "pt"}))
    (folder / "README.md").write_text("---\nlicense: gemma\nbase_model: org/base\n---\n# x", encoding="utf-8")
    (folder / "LICENSE").write_text("Some terms.", encoding="utf-8")
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "org/other"}', encoding="utf-8")
    evidence = _one(tmp_path).on_disk
    assert evidence is not None
    assert (evidence.licenses, evidence.derived_as) == (("gemma",), "adapter")
    assert {parent.id for parent in evidence.parents} == {"org/base", "org/other"}
    assert [text.place for text in evidence.texts if text.role == "license"] == ["LICENSE"]


def test_ollamas_folder_gives_each_model_with_its_license_blobs(tmp_path: Path) -> None:
    digest = "sha256:" + "a" * 64
    weights = "sha256:" + "b" * 64
    manifest = tmp_path / "models" / "manifests" / "registry.ollama.ai" / "library" / "llama3.1" / "8b"
    manifest.parent.mkdir(parents=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.model", "digest": weights},
        {"mediaType": "application/vnd.ollama.image.license", "digest": digest},
        {"mediaType": "application/vnd.ollama.image.license", "digest": "../../etc/passwd"},
    ]
    manifest.write_text(json.dumps({"layers": layers}), encoding="utf-8")
    blobs = tmp_path / "models" / "blobs"
    blobs.mkdir()
    (blobs / digest.replace(":", "-")).write_text("LLAMA 3.1 COMMUNITY LICENSE", encoding="utf-8")
    (blobs / weights.replace(":", "-")).write_bytes(_gguf({"general.license": "llama3.1"}))
    found = _one(tmp_path)
    assert found.repository == "ollama/llama3.1:8b"
    assert found.on_disk is not None
    assert found.on_disk.licenses == ("llama3.1",)
    assert [one.id for one in found.on_disk.parents] == ["meta-llama/Llama-3.1-8B-Instruct"]
    assert [one.content for one in found.on_disk.texts] == ["LLAMA 3.1 COMMUNITY LICENSE"]


def test_the_caches_of_lm_studio_and_the_hub_say_which_repository_they_hold(tmp_path: Path) -> None:
    folder = tmp_path / ".lmstudio" / "models" / "org" / "name-GGUF"
    folder.mkdir(parents=True)
    (folder / "name-Q4.gguf").write_bytes(_gguf({}))
    evidence = _one(tmp_path / ".lmstudio").on_disk
    assert evidence is not None
    assert [one.id for one in evidence.parents] == ["org/name-GGUF"]
    snapshot = tmp_path / "huggingface" / "hub" / "models--org--name" / "snapshots" / ("c" * 40)
    snapshot.mkdir(parents=True)
    assert [str(one) for one in targets_in(str(tmp_path / "huggingface"))] == [f"org/name@{'c' * 40}"]


def test_files_are_compared_with_the_hashes_of_the_hub(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    content = _gguf({"general.source.url": "https://huggingface.co/org/source"})
    (tmp_path / "same.gguf").write_bytes(content)
    (tmp_path / "other.gguf").write_bytes(content + b"changed")
    repository = Repo(card={"license": "mit"}, files={"README.md": b""})
    lfs = {"sha256": sha256(content).hexdigest(), "size": len(content), "pointerSize": 100}
    answer = repository.metadata("org/source")
    answer["siblings"] = [{"rfilename": name, "lfs": lfs} for name in ("same.gguf", "other.gguf")]
    hub.models["org/source"] = Repo(body=json.dumps(answer).encode())

    def rules(name: str) -> set[str]:
        main(["check-license", "--hash", "--file", str(tmp_path / name), "--endpoint", hub.endpoint, "-f", "json"])
        (result,) = json.loads(capsys.readouterr().out)["results"]
        return {one["rule"] for one in result["findings"] if one["rule"].startswith("hash")}

    assert rules("same.gguf") == {"hash-same"}
    (tmp_path / "same.gguf").write_bytes(content[:-1])
    assert rules("same.gguf") == {"hash-differs"}


def test_weights_are_judged_with_the_base_that_they_name(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    hub.models["org/open"] = Repo(card={"license": "apache-2.0"})
    hub.models["org/closed"] = Repo(card={"license": "cc-by-nc-4.0"})

    def verdict(name: str, base: str | None) -> tuple[int, str]:
        values: dict[str, str | list[str] | int] = {"general.license": "apache-2.0"}
        if base:
            values["general.base_model.0.repo_url"] = f"https://huggingface.co/{base}"
        (tmp_path / name).write_bytes(_gguf(values))
        asked = ["check-license", "--file", str(tmp_path / name), "--endpoint", hub.endpoint, "--no-cache"]
        code = main([*asked, "--use", "commercial", "-f", "json"])
        (result,) = json.loads(capsys.readouterr().out)["results"]
        return code, result["verdict"]

    assert verdict("a.gguf", "org/open") == (0, "allowed")
    assert verdict("b.gguf", "org/closed") == (1, "forbidden")
    assert verdict("c.gguf", "org/gone")[1] == "unknown"
    assert verdict("d.gguf", None) == (3, "unknown")
