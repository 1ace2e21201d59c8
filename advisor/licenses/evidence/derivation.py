"""What of another model a repository holds, by the files and tags of tools: an adapter, a conversion, a merge."""

from __future__ import annotations

import re
from collections.abc import Iterable

from advisor.licenses.evidence.bases import LINEAGE_FILES
from advisor.licenses.evidence.records import Derivation

# Such as `qlora` and `prefix-tuning`, not `flora`.
_ADAPTER_TAG = re.compile(
    r"(?:[a-z0-9]+-)?(?:[qv]?lo|do)ra(?:-adapters?)?s?|peft|adapters?|adapter-transformers|ia3|textual-inversion"
    r"|(?:prefix|prompt)-tuning|lycoris|locon|loha|controlnet-lora"
)
# Such as `gguf`, `4-bit` and `w4a16`, not `32-bit`.
_CONVERTED_TAG = re.compile(
    r"ggu?f.*|ggml.*|llamafile|(?:auto-?)?gptq.*|(?:auto-?)?awq.*|exl[23].*|mlx.*|onnx.*|openvino.*|ctranslate2|ct2.*"
    r"|bitsandbytes.*|bnb.*|[2-8]-?bits?|fp[48](?:[-_].*)?|nvfp4.*|mxfp[48].*|int[48](?:[-_].*)?|w\d+a\d+.*"
    r"|compressed-tensors|llm-?compressor|core-?ml|tflite|litert.*|tensorrt.*|trt-llm|quant(?:ized?|ization|o|s)?|hqq.*"
    r"|aqlm.*|quip.*|eetq|torchao.*|auto-?round.*|marlin.*|modelopt|rknn|rkllm|qnn|mnn|ncnn|executorch|transformers\.js"
    r"|optimum-.*|nncf|llama-?\.?cpp|imatrix|spqr|vptq|mlc.*|(?:amd-)?quark|neuron|sparsegpt|deepsparse|pruned"
)
# Such as `mergekit` and `dare_ties`, not `emergent`.
_MERGE_TAG = re.compile(
    r"merged?(?:-models?)?|(?:lazy)?merge-?kit|model-merge|frankenmerge|moerge|slerp|dare(?:_ties)?|ties"
)
# Such as `generated_from_trainer` and `fine-tuned`, not `finetunes`.
_TUNED_TAG = re.compile(
    r"generated[_-]from[_-]trainer|fine-?_?tun(?:e|ed|ing)|trl|sft|dpo|orpo|grpo|kto|rlhf|axolotl|unsloth|llama-factory"
    r"|autotrain|abliterated?|uncensored|distill(?:ed|ation)|continued-pre-?training|instruction-tuned-from"
)
# Such as `adapter_config.json` and `owl-lora-v2.safetensors`, not `explore.bin`.
_ADAPTER_FILE = re.compile(
    r"(?:^|/)adapter_(?:config\.json|model\.)|(?:^|[/_.-])lora(?=[_.-])[^/]*\.(?:safetensors|bin|pt|pth|ckpt|gguf)$"
    r"|(?:^|/)learned_embeds\."
)
# Such as `owl.gguf`, `onnx/model.bin` and `owl-q4_k_m.bin`, not `model-00001-of-00002.safetensors`.
_CONVERTED_FILE = re.compile(
    r"\.(?:gguf|ggml|llamafile|onnx|onnx_data|ort|tflite|litertlm|mlmodel|mlmodelc|mlpackage|engine|plan|pte|mnn|rkllm|rknn"
    r"|exl2|exl3|dlc|nemo_trt)(?:/|$)"
    r"|(?:^|/)(?:ggml[-_.][^/]*\.bin|openvino_[^/]*\.(?:bin|xml)|(?:hf_)?quant(?:ize|ization)?_config\.json|mlc-chat-config\.json"
    r"|params_shard_\d+\.bin)$"
    r"|(?:^|[/_.-])(?:gptq|awq|exl2|q[2-8]_[k0-9]\w*|iq[1-4]_\w+|q\d+f(?:16|32)\w*)(?:[-_.]|$)"
    r"|(?:^|/)(?:ctranslate2|ct2|onnx|openvino|ggu?f|ggml|mlx|tensorrt|coreml|awq|gptq|exl2|mlc)(?:[-_][^/]*)?/"
)
_CT2_FILES = frozenset(("shared_vocabulary.json", "shared_vocabulary.txt", "vocabulary.json", "vocabulary.txt"))
_TUNED_FILES = frozenset(("trainer_state.json", "training_args.bin", "all_results.json", "train_results.json"))


def derived_as(paths: Iterable[str], tags: Iterable[str], *, is_quantized: bool = False) -> Derivation | None:
    """Return what a repository holds of another model; None where nothing says so.

    ``is_quantized`` is what its configuration says.
    """
    places = [path.lower() for path in paths]
    names = {place.rpartition("/")[2] for place in places}
    labels = {tag.lower().rpartition(":")[2].replace(" ", "-") for tag in tags if not tag.startswith(_NO_LABELS)}
    if _any(_ADAPTER_TAG, labels) or any(_ADAPTER_FILE.search(place) for place in places):
        return "adapter"
    is_ct2 = "model.bin" in names and bool(names & _CT2_FILES)
    is_file = is_quantized or is_ct2 or any(_CONVERTED_FILE.search(place) for place in places)
    if is_file or _any(_CONVERTED_TAG, labels):
        return "quantized"
    if _any(_MERGE_TAG, labels) or names & set(LINEAGE_FILES[1:]):
        return "merge"
    return "finetune" if _any(_TUNED_TAG, labels) or names & _TUNED_FILES else None


_NO_LABELS = ("license:", "base_model:", "dataset:", "region:", "arxiv:", "doi:", "language:")
"""Tags that name something else."""


def _any(pattern: re.Pattern[str], labels: Iterable[str]) -> bool:
    return any(pattern.fullmatch(label) for label in labels)
