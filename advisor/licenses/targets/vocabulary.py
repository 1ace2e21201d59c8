"""The words by which code, flags and settings say that what follows is a model: loaders, keys, commands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from advisor.licenses.targets.mention import Role, words

_HUB = (
    "from_pretrained hf_hub_download snapshot_download cached_download InferenceClient AsyncInferenceClient LLM "
    "EngineArgs AsyncEngineArgs PeftModel AutoPeftModel from_model_id HuggingFaceEndpoint HuggingFaceHub "
    "HuggingFaceLLM HfApiModel InferenceClientModel TransformersModel VLLMModel MLXModel FastLanguageModel "
    "CTransformers HuggingFaceInferenceAPI HuggingFaceInferenceAPIEmbeddings HuggingFaceEndpointEmbeddings "
    "HuggingFaceHubEmbeddings get_peft_model_from_hub load_textual_inversion load_lora_weights load_ip_adapter "
    "load_adapter from_distillation from_model2vec MLMTransformer ChatHuggingFace SGLangEngine"
)
_SENTENCES = (
    "SentenceTransformer SparseEncoder HuggingFaceEmbeddings HuggingFaceEmbedding HuggingFaceBgeEmbeddings "
    "HuggingFaceInstructEmbeddings SentenceTransformerEmbeddings SentenceTransformerEmbeddingFunction "
    "SentenceTransformersDocumentEmbedder SentenceTransformersTextEmbedder SetFitModel"
)
_OLLAMA = "Ollama ChatOllama OllamaLLM OllamaEmbeddings OllamaEmbedding OllamaGenerator OllamaChatGenerator OllamaModel"
LOADERS: Mapping[str, Role] = {
    **dict.fromkeys(_HUB.split(), Role.HUB),
    **dict.fromkeys(_SENTENCES.split(), Role.SENTENCE_TRANSFORMERS),
    **dict.fromkeys(_OLLAMA.split(), Role.OLLAMA),
    "CrossEncoder": Role.HUB,
    "HuggingFaceCrossEncoder": Role.HUB,
    "SentenceTransformerRerank": Role.HUB,
    "WhisperModel": Role.FASTER_WHISPER,
}
"""What loads a model by the name that it is given, by the last word of its name."""

BY_MODULE: Mapping[tuple[str, str], Role] = {
    ("mlx_lm", "load"): Role.HUB,
    ("mlx_vlm", "load"): Role.HUB,
    ("mlx_whisper", "transcribe"): Role.HUB,
    ("whisper", "load_model"): Role.WHISPER,
    ("whisperx", "load_model"): Role.FASTER_WHISPER,
    ("timm", "create_model"): Role.TIMM,
    ("sentence_transformers", "Transformer"): Role.HUB,
    ("ollama", "chat"): Role.OLLAMA,
    ("ollama", "generate"): Role.OLLAMA,
    ("ollama", "pull"): Role.OLLAMA,
    ("ollama", "embed"): Role.OLLAMA,
    ("ollama", "embeddings"): Role.OLLAMA,
    ("ollama", "create"): Role.OLLAMA,
    ("ollama", "show"): Role.OLLAMA,
}
"""Words that load a model only where they are those of a module."""

FIRST_ARGUMENTS = (
    "pretrained_model_name_or_path", "pretrained_model_name_or_path_or_dict", "model_name_or_path", "repo_id",
    "model_id", "model", "model_name", "model_size_or_path", "repo_id_or_path",
    "path_or_hf_repo", "repo", "model_path", "modelId",
)  # fmt: skip
"""The names under which loaders take the model."""

_MODEL_WORDS = words(
    "model models checkpoint checkpoints ckpt llm llms encoder embedder embedding embeddings reranker rerank "
    "tokenizer adapter adapters lora pretrained generator judge vae unet controlnet engine deployment slm vlm "
    "retriever backbone draft drafter assistant teacher student repo"
)
_NEVER = words("dataset datasets output resume push save saved dir folder directory license bucket space github git")
_NO_HEADS = words(
    "kwargs args params options settings "
    "data author owner task type class dtype device provider file filename token url uri link endpoint version "
    "revision branch docs homepage website issue issues org namespace username user kind family arch config "
    "prefix suffix card hub"
)
_TRAILING = words("name names id ids path or default str key list repo")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@cache
def is_model_key(key: str) -> bool:
    """Whether a key, variable, parameter or flag is called after a model: ``MODEL_ID``, ``modelName``, ``--model``."""
    parts = [word.lower() for word in _WORD.findall(key)]
    known = set(parts)
    if not known or "/" in key or known & _NEVER or {"hub", "model", "id"} == known:
        return False
    if known & _MODEL_WORDS == {"repo"}:
        return parts[-1] in ("id", "ids", "name", "names") or parts[0] in ("hf", "hub")
    while len(parts) > 1 and parts[-1] in _TRAILING:
        parts.pop()
    return parts[-1] not in _NO_HEADS and bool(known & _MODEL_WORDS)


@cache
def is_dataset_key(key: str) -> bool:
    """Whether a key is called after a data set."""
    parts = {word.lower() for word in _WORD.findall(key)}
    return bool(parts & {"dataset", "datasets"})


_APIS = (
    r"gpt[-_\d]|chatgpt|claude|gemini|mistral|llama|deepseek|grok-|command-|embed|dall-e|davinci|qwen|kimi|nova-|glm-|minimax"
    r"|jamba|sonar|palm|bison|text-|whisper|tts-|codex|sora|imagen|veo-|phi-|ministral|pixtral|devstral|magistral|voyage"
    r"|rerank|titan|\bo[134]\b|moderation|babbage|curie|\bada\b|mercury|hermes"
)
# Such as `BASE = "acme/owl"` and `vllm serve owl`, not `print(1 / 2)`.
HINT = re.compile(
    rf"from_pretrained|{'|'.join(LOADERS)}|huggingface|hf\.co|hf://|hf_hub|ollama|pkg:|vllm|pipeline\(|{_APIS}"
    r"|(?:model|repo|checkpoint|ckpt|tokenizer|adapter|lora|coder|llm|backbone|retriever|pretrained|judge|teacher|student)"
    r"[^\n]{0,60}[\"'=: ][A-Za-z0-9][\w.-]{0,95}/[\w.-]+|[\"'][A-Za-z0-9][\w.-]{0,95}/[\w.-]+[\"']|timm|mlx"
    r"|FROM |--\S{0,40}model",
    re.IGNORECASE,
)
"""A text without any of these says nothing about a model, and is not parsed."""
