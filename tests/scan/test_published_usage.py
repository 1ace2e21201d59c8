"""Models are found in the ways in which their makers' pages and common tools tell people to name them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.scan.scan import scan
from advisor.scan.use import UseKind

DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DAY)


USAGE: dict[str, tuple[str, str, dict[str, int]]] = {
    "OpenAI in Python": (
        "a.py",
        "from openai import OpenAI\nclient = OpenAI()\nclient.chat.completions.create(\n    model='gpt-4o',\n)",
        {"gpt-4o": 4},
    ),
    "OpenAI before 1.0": (
        "a.py",
        'openai.ChatCompletion.create(engine="gpt-3.5-turbo", messages=[])',
        {"gpt-3.5-turbo": 1},
    ),
    "OpenAI in Node": (
        "a.mjs",
        'const r = await client.responses.create({\n  model: "gpt-5.6-sol",\n  input: "x",\n});',
        {"gpt-5.6-sol": 2},
    ),
    "Anthropic in Python": (
        "a.py",
        'MODEL = "claude-3-opus-20240229"\nmessages.create(model=MODEL)',
        {"claude-3-opus-20240229": 1},
    ),
    "Anthropic in TypeScript": (
        "a.ts",
        "new Anthropic().messages.create({ model: 'claude-sonnet-4-5' })",
        {"claude-sonnet-4-5": 1},
    ),
    "Gemini by the new client": (
        "a.py",
        'from google import genai\nclient.models.generate_content(model="models/gemini-2.5-pro", contents="x")',
        {"models/gemini-2.5-pro": 2},
    ),
    "Gemini by the old client": ("a.py", 'genai.GenerativeModel("gemini-1.5-pro")', {"gemini-1.5-pro": 1}),
    "Bedrock Converse": (
        "a.py",
        '\nclient("bedrock-runtime").converse(\n  modelId="us.anthropic.claude-3-7-sonnet-20250219-v1:0")',
        {"us.anthropic.claude-3-7-sonnet-20250219-v1:0": 3},
    ),
    "Bedrock in Terraform": (
        "main.tf",
        'resource "x" "y" {\n  foundation_model = "anthropic.claude-v2"\n}',
        {"anthropic.claude-v2": 2},
    ),
    "litellm in Python": (
        "a.py",
        'completion(model="azure/gpt-4o")\nacompletion("groq/llama-3.3-70b-versatile")',
        {"azure/gpt-4o": 1, "groq/llama-3.3-70b-versatile": 2},
    ),
    "a proxy of litellm": (
        "config.yaml",
        "model_list:\n  - model_name: x\n    litellm_params:\n      model: anthropic/claude-haiku-4-5-20251001",
        {"anthropic/claude-haiku-4-5-20251001": 4},
    ),
    "LangChain": (
        "a.py",
        'ChatOpenAI(model_name="gpt-4-turbo")\ninit_chat_model("gpt-4.1", model_provider="openai")',
        {"gpt-4-turbo": 1, "gpt-4.1": 2},
    ),
    "LlamaIndex": (
        "a.py",
        'Settings.embed_model = OpenAIEmbedding(model="text-embedding-ada-002")',
        {"text-embedding-ada-002": 1},
    ),
    "Pydantic AI": ("a.py", "agent = Agent('anthropic:claude-sonnet-4-5')", {"anthropic:claude-sonnet-4-5": 1}),
    "Vercel's SDK": ("a.tsx", 'streamText({ model: openai("gpt-4.1-mini") })', {"gpt-4.1-mini": 1}),
    "DSPy": ("a.py", "dspy.configure(lm=dspy.LM('openai/gpt-4o-mini'))", {"openai/gpt-4o-mini": 1}),
    "promptfoo": (
        "promptfooconfig.yaml",
        "providers:\n  - openai:gpt-4.1\n  - id: anthropic:messages:claude-opus-4-1",
        {"openai:gpt-4.1": 2, "anthropic:messages:claude-opus-4-1": 3},
    ),
    "Aider": (".aider.conf.yml", "model: o3-mini\nweak-model: gpt-4o-mini", {"o3-mini": 1, "gpt-4o-mini": 2}),
    "Continue": (
        "config.json",
        '{"models": [\n {"title": "x", "provider": "mistral", "model": "codestral-latest"}]}',
        {"codestral-latest": 2},
    ),
    "an environment file": (".env", "OPENAI_API_KEY=x\nOPENAI_MODEL=gpt-5-mini  # fast\nLLM=x", {"gpt-5-mini": 2}),
    "Compose": ("docker-compose.yml", "services:\n  a:\n    environment:\n      - CHAT_MODEL=gpt-4o\n", {"gpt-4o": 4}),
    "Kubernetes": (
        "deploy.yaml",
        "spec:\n  containers:\n  - env:\n    - name: LLM_MODEL\n      value: gemini-2.5-flash\n",
        {"gemini-2.5-flash": 5},
    ),
    "Spring AI": ("application.properties", "spring.ai.openai.chat.options.model=gpt-4o\n", {"gpt-4o": 1}),
    "LangChain4j": ("A.java", 'OpenAiChatModel.builder()\n  .modelName("gpt-4o-mini").build();', {"gpt-4o-mini": 2}),
    "Go": ("main.go", 'package main\nvar m = anthropic.Model("claude-opus-4-1")\n', {"claude-opus-4-1": 2}),
    "a constant in Go": (
        "main.go",
        "package main\nvar r = R{Model: openai.GPT3Dot5Turbo}\nvar m = anthropic.ModelClaudeOpus4_1_20250805",
        {"openai.GPT3Dot5Turbo": 2, "anthropic.ModelClaudeOpus4_1_20250805": 3},
    ),
    "a constant in Java": (
        "A.java",
        "import com.openai.models.ChatModel;\nclass A { B b = c.model(ChatModel.GPT_4O_MINI); }\n",
        {"ChatModel.GPT_4O_MINI": 2},
    ),
    "Bicep": (
        "main.bicep",
        (
            "resource d 'Microsoft.CognitiveServices/accounts/deployments@2023-05-01' = {\n properties: { model: {\n"
            "  format: 'OpenAI'\n  name: 'gpt-4o'\n  version: '2024-08-06'\n } } }\n"
        ),
        {"gpt-4o-2024-08-06": 4},
    ),
    "Terraform for Azure": (
        "main.tf",
        'resource "azurerm_cognitive_deployment" "x" {\n model {\n  name = "gpt-4o"\n  version = "2024-08-06"\n }\n}\n',
        {"gpt-4o-2024-08-06": 3},
    ),
    "C#": ("a.cs", 'ChatClient c = new("gpt-4.1-nano", key);', {"gpt-4.1-nano": 1}),
    "Rust": ("a.rs", 'let r = Args::default().model("gpt-4o").build()?;', {"gpt-4o": 1}),
    "curl": ("a.sh", 'curl https://api.openai.com/v1/chat/completions -d \'{\n "model": "gpt-4"}\'', {"gpt-4": 2}),
    "a command": (
        "a.sh",
        "llm -m gpt-4o 'x'\naider --model deepseek/deepseek-chat",
        {"gpt-4o": 1, "deepseek/deepseek-chat": 2},
    ),
    "a tuned model": (
        "a.py",
        'create(model="ft:gpt-4o-mini-2024-07-18:acme::abc")',
        {"ft:gpt-4o-mini-2024-07-18:acme::abc": 1},
    ),
    "a table": (
        "a.py",
        'MODELS = {\n "fast": "gpt-4o-mini",\n "best": "claude-opus-4-1",\n}',
        {"gpt-4o-mini": 2, "claude-opus-4-1": 3},
    ),
    "a type": ("a.ts", 'type M =\n  | "gpt-4o"\n  | "o3-mini-2025-01-31";', {"gpt-4o": 2, "o3-mini-2025-01-31": 3}),
    "a notebook": (
        "a.ipynb",
        '{"cells": [\n {"cell_type": "code", "source": [\n  "create(model=\'gpt-4o\')"\n ]}]}',
        {"gpt-4o": 3},
    ),
}


@pytest.mark.parametrize("kind", USAGE)
def test_every_published_way_of_naming_a_model_is_found_on_its_line(
    tmp_path: Path, catalog: Catalog, kind: str
) -> None:
    name, text, expected = USAGE[kind]
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = {use.name: use.places[0].line for use in scan([tmp_path], catalog).uses}
    assert expected.items() <= found.items()


def test_what_only_looks_like_a_model_is_none(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "a.py").write_text(
        'x = "text/plain"\nversion = "gpt-neo"\nkind = "o1"\nnames = ["auto", "sonar", "nova"]\n', encoding="utf-8"
    )
    assert not [use.name for use in scan([tmp_path], catalog).uses if use.kind is not UseKind.UNLISTED]


def test_a_deployment_of_azure_ends_on_the_day_of_its_version_there(tmp_path: Path, catalog: Catalog) -> None:
    name, text, _ = USAGE["Bicep"]
    (tmp_path / name).write_text(text, encoding="utf-8")
    (use,) = scan([tmp_path], catalog).uses
    assert use.channel == "azure"
    assert use.end.on == catalog.offerings["azure/gpt-4o-2024-08-06"].fact("retirement_date", catalog.as_of).value
