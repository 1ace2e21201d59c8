"""Which repository of the Hub a name means, by the place that it stands in; None where it means none.

A path, a placeholder, a media type, a page of the Hub and a model behind an API are no repositories. Short names of
libraries are looked up in tables; one that no table holds is said and never left out.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from advisor.licenses.targets.mention import Mention, Role, words
from advisor.licenses.targets.ollama_library import ollama_repository
from advisor.licenses.targets.short_names import (
    FASTER_WHISPER,
    SENTENCE_TRANSFORMERS_ELSEWHERE,
    WHISPER_SIZES,
    WITHOUT_OWNER,
)

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96}")
_PAGES = words(
    "datasets spaces docs blog api papers settings models join login logout pricing organizations tasks learn "
    "posts collections chat new search terms-of-service privacy support enterprise inference-endpoints buckets t "
    "front notifications changelog kernels brand autotrain inference subscribe pro storage jobs metrics evaluate- "
    "metric evaluate-measurement assets avatars course deep-rl-course oauth docker-spaces security content-policy "
    "code-of-conduct"
)
# Such as `your-org` and `<owner>`, not `acme`.
_PLACEHOLDERS = re.compile(
    r"(?:user|username|your.*|hf[-_]?user(?:name)?|<.*|\{.*|my[-_](?:user|username|org|name|account|hf.*)|some[-_].*|xxx+|"
    r"path|path[-_]?to|namespace|repo[-_]?owner|to|foo|bar|None|N|owner)",
    re.IGNORECASE,
)
# Such as `my-cool-model` and `model_id`, not `model-7b`.
_PLACEHOLDER_NAMES = re.compile(
    r"(?:your[-_].*|my[-_](?:cool[-_])?(?:model|repo|adapter|lora).*|repo|repo[-_](?:id|name)|model|model[-_](?:name|id)|"
    r"bar|xxx+|\.\.\.|<.*|\{.*|non-?existing.*)",
    re.IGNORECASE,
)
_FOLDERS = words(
    "data datasets models model checkpoints checkpoint ckpt outputs output out results result runs logs log src "
    "lib bin tmp temp assets configs config conf scripts script examples example tests test docs doc weights "
    "saved saved_models saved_model build dist cache .cache images img public static app etc home root usr var "
    "opt mnt workspace content notebooks utils tools core pretrained pretrained_models trained_models exp "
    "experiments experiment save saves artifacts train training eval evaluation inference finetuned fine_tuned "
    "adapters adapter embeddings checkpoints_dir http: https:"
)
_MEDIA = words("text application image audio video multipart font message")
# Such as `.json`, not `.5`.
_FILES = re.compile(
    r"\.(?:py|js|ts|tsx|jsx|json|jsonl|ya?ml|toml|txt|md|rst|html?|css|csv|tsv|png|jpe?g|gif|svg|webp|pdf|zip|tar|gz|tgz|sh|"
    r"cfg|ini|ipynb|parquet|arrow|pkl|pickle|pth|pt|ckpt|bin|safetensors|gguf|onnx|h5|npz|npy|lock|log|mp[34]|wav|flac|git|"
    r"cpp|cu|c|h|hpp|java|go|rs|whl|xml|so|dll|exe|index|model|tex|jinja|j2|proto|sql|db|sqlite|tflite|pb|mlmodel)",
    re.IGNORECASE,
)
_PREFIXES = (
    "https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf.co/", "hf://",
    "hf_hub:", "hf-hub:",
    "huggingface/", "hosted_vllm/", "vllm/", "local:", "huggingface:", "hf:", "text-generation-inference/",
    "lm_studio/", "llamafile/", "sglang/", "xinference/", "nebius/", "together_ai/", "together/", "deepinfra/",
    "featherless_ai/", "hyperbolic/", "novita/", "nscale/", "siliconflow/", "lambda_ai/", "local/", "tgi/", "HF/",
    "transformers/", "mlx/", "custom_openai/", "openai-compatible/",
)  # fmt: skip
"""What is written before the name of a repository to say by what it is loaded or served."""

_OLLAMA_PREFIXES = ("ollama/", "ollama_chat/", "ollama:", "ollama-")
API_OWNERS = words(
    "openai anthropic gemini vertex_ai vertex azure azure_ai bedrock bedrock_converse openrouter groq mistral "
    "cohere cohere_chat fireworks_ai fireworks replicate perplexity xai sagemaker watsonx databricks cerebras "
    "sambanova dashscope volcengine moonshot zai minimax codestral text-completion-openai text-completion- "
    "codestral ai21 voyage jina_ai cloudflare nvidia_nim github github_copilot palm predibase litellm_proxy oci "
    "snowflake vercel_ai_gateway accounts publishers models tunedModels projects google_genai google_vertexai "
    "openai_like aws_bedrock google-gla google-vertex chatgpt llm eu us apac global deepseek amazon"
)
"""First words of names by which routers and clients name models behind an API."""
_OWNERS_TOO = frozenset(("openai", "mistral", "nvidia_nim", "deepseek", "amazon", "cerebras", "perplexity", "ai21"))
# Such as `openai/gpt-oss-20b`, not `openai/gpt-4o`.
_HUB_NAMES = re.compile(
    r"openai/(?:gpt-oss|whisper|clip|shap-e|privacy|circuit)|amazon/(?:chronos|MistralLite)|cerebras/(?:[A-Z]|btlm)"
)
_MIN_PARTS = 2


class Named(NamedTuple):
    """A repository that a mention means, or why it means none that is known."""

    repository: str
    revision: str | None = None
    missing: str | None = None


def hub_name(mention: Mention) -> Named | None:
    """Return the repository that a mention means."""
    if mention.role in (Role.DATASET, Role.LITERAL):
        return None
    text = mention.text.strip().rstrip("/")
    if not text or _is_elsewhere(text):
        return None
    plain = next((text.removeprefix(one) for one in _OLLAMA_PREFIXES if text.startswith(one)), None)
    if plain is not None or mention.role is Role.OLLAMA:
        return _ollama(plain if plain is not None else text, mention)
    bare = _without_prefix(text)
    if "/" not in bare:
        return _short_name(bare, mention) if bare == text or text.startswith(("hf", "local:", "huggingface")) else None
    if _is_api(bare, text):
        return None
    return _repository(bare, mention)


@cache
def _without_prefix(text: str) -> str:
    changed = True
    while changed:
        changed = False
        for prefix in _PREFIXES:
            if text.startswith(prefix) and len(text) > len(prefix):
                text, changed = text.removeprefix(prefix).lstrip("/"), True
    parts = text.split("/")
    if len(parts) == _MIN_PARTS + 1 and parts[0] in _PROVIDERS:
        return "/".join(parts[1:])
    return text


_PROVIDERS = words("together fireworks-ai sambanova hf-inference novita nebius cerebras groq featherless-ai")


def _is_api(bare: str, text: str) -> bool:
    owner = bare.partition("/")[0].lower()
    if owner not in API_OWNERS:
        return False
    return not (owner in _OWNERS_TOO and _HUB_NAMES.match(bare)) or text.startswith(("bedrock", "openrouter"))


def _is_elsewhere(text: str) -> bool:
    """Whether a name is a path on a machine, an address of another host, or no name at all."""
    if text.startswith((".", "/", "~", "\\", "$", "<", "{", "-", "@", "s3:", "gs:", "file:", "azureml:", "models:")):
        return True
    if "://" in text and not re.match(r"(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://)", text):
        return True
    return any(mark in text for mark in ("\\", "{", "}", "<", ">", "$", "*", "(", ")", ",", "?", " ", "=", "%", "|"))


def _repository(bare: str, mention: Mention) -> Named | None:
    name, _, after = bare.partition("@")
    parts = name.partition(":")[0].split("/")
    revision = mention.revision or after or None
    if len(parts) > _MIN_PARTS:
        if parts[_MIN_PARTS] in ("tree", "blob", "resolve", "raw") and len(parts) > _MIN_PARTS + 1:
            revision = revision or (parts[_MIN_PARTS + 1] if parts[_MIN_PARTS + 1] != "main" else None)
        elif mention.role not in (Role.HUB, Role.ADDRESS) or not _FILES.fullmatch(f".{parts[-1].rpartition('.')[2]}"):
            return None
        parts = parts[:_MIN_PARTS]
    owner, repository = parts[0], parts[1].rstrip(".")
    full = f"{owner}/{repository}"
    if not _REPOSITORY.fullmatch(full) or _is_no_name(owner, repository, mention):
        return None
    return Named(full, revision)


def _is_no_name(owner: str, name: str, mention: Mention) -> bool:
    lower = owner.lower()
    if lower in _PAGES or lower in _MEDIA or _PLACEHOLDERS.fullmatch(owner) or _PLACEHOLDER_NAMES.fullmatch(name):
        return True
    suffix = f".{name.rpartition('.')[2]}" if "." in name else ""
    if suffix and _FILES.fullmatch(suffix):
        return True
    if not re.search(r"[A-Za-z]", owner) or (not re.search(r"[A-Za-z]", name)):
        return True
    if lower in _FOLDERS or lower.endswith(("_dir", "_output", "_outputs", "_results")):
        return True
    # Such as `checkpoint-500` and `final`, not `final-owl`.
    return bool(re.fullmatch(r"checkpoint[-_]?\d+|epoch[-_]?\d+|step[-_]?\d+|final|best|latest|last", name)) or (
        mention.role is Role.KEYED and "." in owner and bool(re.search(r"\.(?:com|io|org|net|dev|ai|cloud|co)$", owner))
    )


def _short_name(name: str, mention: Mention) -> Named | None:  # noqa: PLR0911 - one a library
    """Return the repository of a name without an owner, as the library that it is given to reads it."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]{1,95}", name):
        return None
    if mention.role is Role.SENTENCE_TRANSFORMERS:
        if name in WITHOUT_OWNER or name in SENTENCE_TRANSFORMERS_ELSEWHERE:
            return Named(SENTENCE_TRANSFORMERS_ELSEWHERE.get(name, name), mention.revision)
        return None if _looks_local(name) else Named(f"sentence-transformers/{name}", mention.revision)
    if mention.role is Role.FASTER_WHISPER:
        known = FASTER_WHISPER.get(name)
        return (
            Named(known, mention.revision) if known else Named(name, missing="faster-whisper has no size of this name")
        )
    if mention.role is Role.WHISPER:
        return Named(f"openai/whisper-{name}") if name in WHISPER_SIZES else None
    if mention.role is Role.TIMM:
        return Named(
            name, missing="a short name of timm: the repository that it loads is not stated; write hf_hub:timm/..."
        )
    if name in WITHOUT_OWNER:
        return Named(name, mention.revision)
    return None


def _looks_local(name: str) -> bool:
    return bool(re.fullmatch(r"(?:output|outputs|model|models|my[-_].*|checkpoint.*|.*_dir)", name, re.IGNORECASE))


def _ollama(name: str, mention: Mention) -> Named | None:
    if name.startswith(("hf.co/", "huggingface.co/")):
        return _repository(name.partition("/")[2], mention)
    if _FILES.fullmatch(f".{name.rpartition('.')[2]}") and "." in name:
        return None
    if not re.fullmatch(r"[a-zA-Z0-9][\w.-]*(?:/[\w.-]+)?(?::[\w.-]+)?", name):
        return None
    if mention.role is not Role.OLLAMA and mention.text.startswith("ollama-"):
        return None
    known = ollama_repository(name)
    if known:
        return Named(known)
    return Named(name, missing="a name of Ollama's library that is not in the table of repositories: name its source")
