"""Which variables hold the keys of each provider: all that is needed and nothing that is not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import CallTarget, Keys
from tests.probe.truth import environment

HERE = "http://127.0.0.1:9"

TARGETS = {
    "azure": CallTarget(model="azure/deployment"),
    "azure there": CallTarget(model="azure/deployment", api_base=HERE),
    "bedrock": CallTarget(model="bedrock/amazon.nova-lite-v1:0"),
    "cohere": CallTarget(model="cohere_chat/command-a"),
    "gemini": CallTarget(model="gemini/gemini-3.8-flash"),
    "named": CallTarget(model="openai/gpt", key_variable="MINE"),
    "ollama there": CallTarget(model="ollama_chat/llama", api_base=HERE),
    "openai": CallTarget(model="openai/gpt"),
    "without": CallTarget(model="openai/gpt", key_variable=""),
    "zai": CallTarget(model="zai/glm"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("amazon")
    (path / "credentials").write_text("[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n")
    return path


def check(bytecode: Path, **variables: str) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Of each target what is missing and what is there, as the worker finds it."""

    async def run() -> Keys:
        link = WorkerClient(environment(bytecode, AWS_EC2_METADATA_DISABLED="true", **variables))
        try:
            await link.attach()
            return await link.keys(tuple(TARGETS.values()))
        finally:
            link.close()

    keys = asyncio.run(run())
    return dict(zip(TARGETS, zip(keys.missing, keys.found, strict=True), strict=True))


def test_what_is_missing_is_named(bytecode: Path, folder: Path) -> None:
    nowhere = {name: str(folder / "none") for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE")}
    found = check(bytecode, **nowhere)
    assert {name: missing for name, (missing, _) in found.items()} == {
        "azure": ("AZURE_API_BASE", "AZURE_API_KEY"),
        "azure there": ("AZURE_API_KEY",),
        "bedrock": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        "cohere": ("COHERE_API_KEY",),
        "gemini": ("GEMINI_API_KEY",),
        "named": ("MINE",),
        "ollama there": (),
        "openai": ("OPENAI_API_KEY",),
        "without": (),
        "zai": ("ZAI_API_KEY",),
    }


def test_any_way_that_a_provider_takes_is_enough(bytecode: Path, folder: Path) -> None:
    found = check(
        bytecode,
        AWS_SHARED_CREDENTIALS_FILE=str(folder / "credentials"),
        AZURE_AD_TOKEN="t",  # noqa: S106 - not one
        CO_API_KEY="c",
        GOOGLE_API_KEY="g",
        MINE="m",
        OPENAI_API_KEY="o",
        ZAI_API_KEY="z",
    )
    assert {name: there for name, (_, there) in found.items()} == {
        "azure": ("AZURE_AD_TOKEN",),
        "azure there": ("AZURE_AD_TOKEN",),
        "bedrock": ("shared-credentials-file",),
        "cohere": ("CO_API_KEY",),
        "gemini": ("GOOGLE_API_KEY",),
        "named": ("MINE",),
        "ollama there": (),
        "openai": ("OPENAI_API_KEY",),
        "without": (),
        "zai": ("ZAI_API_KEY",),
    }
    assert found["azure"][0] == ("AZURE_API_BASE",)
