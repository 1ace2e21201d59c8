"""Ollama's library: which repository of the Hub the weights behind a name are from.

One row a name and size; the first row of a name is what it stands for without a size. Written down by hand, and every
review that rests on a row says so. A name that has meant weights under different licenses (``deepseek-r1:8b``), or that
is not here, is said to be unknown and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ROWS = """
llama2:7b meta-llama/Llama-2-7b-chat-hf
llama2:13b meta-llama/Llama-2-13b-chat-hf
llama2:70b meta-llama/Llama-2-70b-chat-hf
llama3:8b meta-llama/Meta-Llama-3-8B-Instruct
llama3:70b meta-llama/Meta-Llama-3-70B-Instruct
llama3.1:8b meta-llama/Llama-3.1-8B-Instruct
llama3.1:70b meta-llama/Llama-3.1-70B-Instruct
llama3.1:405b meta-llama/Llama-3.1-405B-Instruct
llama3.2:3b meta-llama/Llama-3.2-3B-Instruct
llama3.2:1b meta-llama/Llama-3.2-1B-Instruct
llama3.2-vision:11b meta-llama/Llama-3.2-11B-Vision-Instruct
llama3.2-vision:90b meta-llama/Llama-3.2-90B-Vision-Instruct
llama3.3:70b meta-llama/Llama-3.3-70B-Instruct
llama4:scout meta-llama/Llama-4-Scout-17B-16E-Instruct
llama4:maverick meta-llama/Llama-4-Maverick-17B-128E-Instruct
codellama:7b codellama/CodeLlama-7b-Instruct-hf
codellama:13b codellama/CodeLlama-13b-Instruct-hf
codellama:34b codellama/CodeLlama-34b-Instruct-hf
codellama:70b codellama/CodeLlama-70b-Instruct-hf
mistral:7b mistralai/Mistral-7B-Instruct-v0.3
mistral-nemo:12b mistralai/Mistral-Nemo-Instruct-2407
mistral-small:24b mistralai/Mistral-Small-24B-Instruct-2501
mistral-small:22b mistralai/Mistral-Small-Instruct-2409
mistral-small3.1:24b mistralai/Mistral-Small-3.1-24B-Instruct-2503
mistral-small3.2:24b mistralai/Mistral-Small-3.2-24B-Instruct-2506
mistral-large:123b mistralai/Mistral-Large-Instruct-2411
mixtral:8x7b mistralai/Mixtral-8x7B-Instruct-v0.1
mixtral:8x22b mistralai/Mixtral-8x22B-Instruct-v0.1
codestral:22b mistralai/Codestral-22B-v0.1
mathstral:7b mistralai/Mathstral-7B-v0.1
devstral:24b mistralai/Devstral-Small-2507
magistral:24b mistralai/Magistral-Small-2506
gemma:7b google/gemma-1.1-7b-it
gemma:2b google/gemma-1.1-2b-it
gemma2:9b google/gemma-2-9b-it
gemma2:2b google/gemma-2-2b-it
gemma2:27b google/gemma-2-27b-it
gemma3:4b google/gemma-3-4b-it
gemma3:270m google/gemma-3-270m-it
gemma3:1b google/gemma-3-1b-it
gemma3:12b google/gemma-3-12b-it
gemma3:27b google/gemma-3-27b-it
gemma3n:e4b google/gemma-3n-E4B-it
gemma3n:e2b google/gemma-3n-E2B-it
codegemma:7b google/codegemma-7b-it
codegemma:2b google/codegemma-2b
embeddinggemma:300m google/embeddinggemma-300m
qwen:4b Qwen/Qwen1.5-4B-Chat
qwen:0.5b Qwen/Qwen1.5-0.5B-Chat
qwen:1.8b Qwen/Qwen1.5-1.8B-Chat
qwen:7b Qwen/Qwen1.5-7B-Chat
qwen:14b Qwen/Qwen1.5-14B-Chat
qwen:32b Qwen/Qwen1.5-32B-Chat
qwen:72b Qwen/Qwen1.5-72B-Chat
qwen:110b Qwen/Qwen1.5-110B-Chat
qwen2:7b Qwen/Qwen2-7B-Instruct
qwen2:0.5b Qwen/Qwen2-0.5B-Instruct
qwen2:1.5b Qwen/Qwen2-1.5B-Instruct
qwen2:72b Qwen/Qwen2-72B-Instruct
qwen2.5:7b Qwen/Qwen2.5-7B-Instruct
qwen2.5:0.5b Qwen/Qwen2.5-0.5B-Instruct
qwen2.5:1.5b Qwen/Qwen2.5-1.5B-Instruct
qwen2.5:3b Qwen/Qwen2.5-3B-Instruct
qwen2.5:14b Qwen/Qwen2.5-14B-Instruct
qwen2.5:32b Qwen/Qwen2.5-32B-Instruct
qwen2.5:72b Qwen/Qwen2.5-72B-Instruct
qwen2.5-coder:7b Qwen/Qwen2.5-Coder-7B-Instruct
qwen2.5-coder:0.5b Qwen/Qwen2.5-Coder-0.5B-Instruct
qwen2.5-coder:1.5b Qwen/Qwen2.5-Coder-1.5B-Instruct
qwen2.5-coder:3b Qwen/Qwen2.5-Coder-3B-Instruct
qwen2.5-coder:14b Qwen/Qwen2.5-Coder-14B-Instruct
qwen2.5-coder:32b Qwen/Qwen2.5-Coder-32B-Instruct
qwen2.5vl:7b Qwen/Qwen2.5-VL-7B-Instruct
qwen2.5vl:3b Qwen/Qwen2.5-VL-3B-Instruct
qwen2.5vl:32b Qwen/Qwen2.5-VL-32B-Instruct
qwen2.5vl:72b Qwen/Qwen2.5-VL-72B-Instruct
qwen3:8b Qwen/Qwen3-8B
qwen3:0.6b Qwen/Qwen3-0.6B
qwen3:1.7b Qwen/Qwen3-1.7B
qwen3:4b Qwen/Qwen3-4B
qwen3:14b Qwen/Qwen3-14B
qwen3:32b Qwen/Qwen3-32B
qwen3:30b Qwen/Qwen3-30B-A3B-Thinking-2507
qwen3:235b Qwen/Qwen3-235B-A22B-Thinking-2507
qwen3-coder:30b Qwen/Qwen3-Coder-30B-A3B-Instruct
qwen3-coder:480b Qwen/Qwen3-Coder-480B-A35B-Instruct
qwen3-vl:8b Qwen/Qwen3-VL-8B-Instruct
qwen3-vl:2b Qwen/Qwen3-VL-2B-Instruct
qwen3-vl:4b Qwen/Qwen3-VL-4B-Instruct
qwen3-vl:32b Qwen/Qwen3-VL-32B-Instruct
qwen3-embedding:8b Qwen/Qwen3-Embedding-8B
qwen3-embedding:0.6b Qwen/Qwen3-Embedding-0.6B
qwen3-embedding:4b Qwen/Qwen3-Embedding-4B
qwq:32b Qwen/QwQ-32B
deepseek-r1:8b ?
deepseek-r1:1.5b deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B
deepseek-r1:7b deepseek-ai/DeepSeek-R1-Distill-Qwen-7B
deepseek-r1:14b deepseek-ai/DeepSeek-R1-Distill-Qwen-14B
deepseek-r1:32b deepseek-ai/DeepSeek-R1-Distill-Qwen-32B
deepseek-r1:70b deepseek-ai/DeepSeek-R1-Distill-Llama-70B
deepseek-r1:671b deepseek-ai/DeepSeek-R1-0528
deepseek-v3:671b deepseek-ai/DeepSeek-V3
deepseek-v3.1:671b deepseek-ai/DeepSeek-V3.1
deepseek-coder:1.3b deepseek-ai/deepseek-coder-1.3b-instruct
deepseek-coder:6.7b deepseek-ai/deepseek-coder-6.7b-instruct
deepseek-coder:33b deepseek-ai/deepseek-coder-33b-instruct
deepseek-coder-v2:16b deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct
deepseek-coder-v2:236b deepseek-ai/DeepSeek-Coder-V2-Instruct
phi:2.7b microsoft/phi-2
phi3:3.8b microsoft/Phi-3-mini-128k-instruct
phi3:mini microsoft/Phi-3-mini-128k-instruct
phi3:14b microsoft/Phi-3-medium-128k-instruct
phi3:medium microsoft/Phi-3-medium-128k-instruct
phi3.5:3.8b microsoft/Phi-3.5-mini-instruct
phi4:14b microsoft/phi-4
phi4-mini:3.8b microsoft/Phi-4-mini-instruct
phi4-reasoning:14b microsoft/Phi-4-reasoning
phi4-reasoning:plus microsoft/Phi-4-reasoning-plus
gpt-oss:20b openai/gpt-oss-20b
gpt-oss:120b openai/gpt-oss-120b
command-r:35b CohereLabs/c4ai-command-r-08-2024
command-r-plus:104b CohereLabs/c4ai-command-r-plus-08-2024
command-r7b:7b CohereLabs/c4ai-command-r7b-12-2024
command-a:111b CohereLabs/c4ai-command-a-03-2025
aya:8b CohereLabs/aya-23-8B
aya:35b CohereLabs/aya-23-35B
aya-expanse:8b CohereLabs/aya-expanse-8b
aya-expanse:32b CohereLabs/aya-expanse-32b
granite3.3:8b ibm-granite/granite-3.3-8b-instruct
granite3.3:2b ibm-granite/granite-3.3-2b-instruct
granite3.2:8b ibm-granite/granite-3.2-8b-instruct
granite3.2:2b ibm-granite/granite-3.2-2b-instruct
granite3.1-dense:8b ibm-granite/granite-3.1-8b-instruct
granite3.1-dense:2b ibm-granite/granite-3.1-2b-instruct
smollm2:1.7b HuggingFaceTB/SmolLM2-1.7B-Instruct
smollm2:135m HuggingFaceTB/SmolLM2-135M-Instruct
smollm2:360m HuggingFaceTB/SmolLM2-360M-Instruct
tinyllama:1.1b TinyLlama/TinyLlama-1.1B-Chat-v1.0
falcon:7b tiiuae/falcon-7b-instruct
falcon:40b tiiuae/falcon-40b-instruct
falcon3:7b tiiuae/Falcon3-7B-Instruct
falcon3:1b tiiuae/Falcon3-1B-Instruct
falcon3:3b tiiuae/Falcon3-3B-Instruct
falcon3:10b tiiuae/Falcon3-10B-Instruct
starcoder2:3b bigcode/starcoder2-3b
starcoder2:7b bigcode/starcoder2-7b
starcoder2:15b bigcode/starcoder2-15b
stablelm2:1.6b stabilityai/stablelm-2-zephyr-1_6b
stablelm2:12b stabilityai/stablelm-2-12b-chat
yi:6b 01-ai/Yi-1.5-6B-Chat
yi:9b 01-ai/Yi-1.5-9B-Chat
yi:34b 01-ai/Yi-1.5-34B-Chat
solar:10.7b upstage/SOLAR-10.7B-Instruct-v1.0
zephyr:7b HuggingFaceH4/zephyr-7b-beta
openhermes:7b teknium/OpenHermes-2.5-Mistral-7B
hermes3:8b NousResearch/Hermes-3-Llama-3.1-8B
hermes3:3b NousResearch/Hermes-3-Llama-3.2-3B
hermes3:70b NousResearch/Hermes-3-Llama-3.1-70B
hermes3:405b NousResearch/Hermes-3-Llama-3.1-405B
llava:7b liuhaotian/llava-v1.6-mistral-7b
llava:13b liuhaotian/llava-v1.6-vicuna-13b
llava:34b liuhaotian/llava-v1.6-34b
vicuna:7b lmsys/vicuna-7b-v1.5
vicuna:13b lmsys/vicuna-13b-v1.5
nomic-embed-text:v1.5 nomic-ai/nomic-embed-text-v1.5
mxbai-embed-large:335m mixedbread-ai/mxbai-embed-large-v1
mxbai-embed-large:v1 mixedbread-ai/mxbai-embed-large-v1
all-minilm:22m sentence-transformers/all-MiniLM-L6-v2
all-minilm:33m sentence-transformers/all-MiniLM-L12-v2
bge-m3:567m BAAI/bge-m3
bge-large:335m BAAI/bge-large-en-v1.5
snowflake-arctic-embed:335m Snowflake/snowflake-arctic-embed-l
snowflake-arctic-embed2:568m Snowflake/snowflake-arctic-embed-l-v2.0
nemotron:70b nvidia/Llama-3.1-Nemotron-70B-Instruct-HF
olmo2:7b allenai/OLMo-2-1124-7B-Instruct
olmo2:13b allenai/OLMo-2-1124-13B-Instruct
exaone3.5:7.8b LGAI-EXAONE/EXAONE-3.5-7.8B-Instruct
exaone3.5:2.4b LGAI-EXAONE/EXAONE-3.5-2.4B-Instruct
exaone3.5:32b LGAI-EXAONE/EXAONE-3.5-32B-Instruct
cogito:8b deepcogito/cogito-v1-preview-llama-8B
cogito:70b deepcogito/cogito-v1-preview-llama-70B
openthinker:7b open-thoughts/OpenThinker2-7B
openthinker:32b open-thoughts/OpenThinker2-32B
moondream:1.8b vikhyatk/moondream2
"""


def _read(rows: str) -> Mapping[str, Mapping[str, str]]:
    """Each name with its sizes, the default first."""
    found: dict[str, dict[str, str]] = {}
    for row in rows.split("\n"):
        name, _, repository = row.partition(" ")
        family, _, size = name.partition(":")
        if repository:  # "?" stands for a size whose weights have changed
            found.setdefault(family, {})[size] = repository
    return found


_LIBRARY = _read(_ROWS)


def ollama_repository(name: str) -> str | None:
    """Return the repository of the weights behind ``name[:tag]`` of Ollama's library; None where no row holds it."""
    family, _, tag = name.lower().removeprefix("library/").partition(":")
    sizes = _LIBRARY.get(family, {})
    default = next(iter(sizes.values()), None)
    if tag in ("", "latest") or default is None:
        return _known(default)
    if re.search(r"(?:^|-)(?:text|base)(?:-|$)", tag):
        return None
    longest_first = sorted(sizes, key=len, reverse=True)
    found = next((size for size in longest_first if tag == size or tag.startswith(f"{size}-")), None)
    if found is not None:
        return _known(sizes[found])
    return _known(default) if re.match(r"(?:instruct|chat|q\d|fp16|it)\b", tag) else None


def _known(repository: str | None) -> str | None:
    return None if repository == "?" else repository
