"""An answer of another model than the one asked for is not evidence of it."""

from __future__ import annotations

import pytest

from advisor.probe.served_models import is_same_model


@pytest.mark.parametrize(
    ("served", "asked"),
    [
        ("gpt-6-luna-2026-03-01", "openai/gpt-6-luna"),
        ("gpt-4-0613", "openai/gpt-4"),
        ("claude-sonnet-4-5-20250929", "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("claude-haiku-5-5", "anthropic/claude-haiku-5-5-latest"),
        ("models/gemini-3-pro", "gemini/gemini-3-pro"),
        ("meta-llama/Llama-3.3-70B-Instruct", "together_ai/meta-llama/Llama-3.3-70B-Instruct"),
        ("llama3.1:latest", "ollama_chat/llama3.1"),
        ("qwen/qwen3-32b:free", "openrouter/qwen/qwen3-32b"),
        ("/models/smollm2-135m.gguf", "openai/smollm2-135m"),
        ("gpt-6-luna and gpt-6-luna-2026-03-01", "openai/gpt-6-luna"),
        (None, "openai/anything"),
    ],
)
def test_the_same_model_under_another_name(served: str | None, asked: str) -> None:
    assert is_same_model(served, [asked])


@pytest.mark.parametrize(
    ("served", "asked"),
    [
        ("other-model-2025-01-01", "openai/p33-swapped"),
        ("gpt-4o-2024-08-06", "openai/gpt-4o-2024-05-13"),
        ("gpt-6-luna-mini", "openai/gpt-6-luna"),
        ("gpt-6-luna", "openai/gpt-6-luna-mini-2026-01-01"),
        ("llama3.1:8b", "ollama_chat/llama3.1:70b"),
        ("claude-haiku-5", "anthropic/claude-haiku-5-5"),
        ("[hidden]", "openai/gpt-6-luna"),
        ("gpt-6-luna and other-model", "openai/gpt-6-luna"),
    ],
)
def test_another_model(served: str, asked: str) -> None:
    assert not is_same_model(served, [asked])


def test_a_name_that_the_catalog_knows_is_the_same() -> None:
    assert is_same_model("gpt-luna-6", ["openai/gpt-6-luna", "gpt-luna-6"])
