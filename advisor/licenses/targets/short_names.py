"""The names by which libraries know models of the Hub: Whisper's sizes, and names without an owner.

The sizes are those of the table in faster-whisper and openai-whisper; the names without an owner are the repositories
that were on the Hub before it had owners.
"""

from __future__ import annotations

from collections.abc import Mapping

from advisor.licenses.targets.mention import words

WHISPER_SIZES = words(
    "tiny tiny.en base base.en small small.en medium medium.en large large-v1 large-v2 large-v3 large-v3-turbo turbo"
)
_FASTER_SIZES = "tiny tiny.en base base.en small small.en medium medium.en large-v1 large-v2 large-v3"
FASTER_WHISPER: Mapping[str, str] = {
    **{size: f"Systran/faster-whisper-{size}" for size in _FASTER_SIZES.split()},
    "large": "Systran/faster-whisper-large-v3",
    "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
    "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
    "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
    "distil-small.en": "Systran/faster-distil-whisper-small.en",
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}

WITHOUT_OWNER = words(
    "gpt2 gpt2-medium gpt2-large gpt2-xl distilgpt2 openai-gpt ctrl t5-small t5-base t5-large t5-3b t5-11b bert- "
    "base-uncased bert-large-uncased bert-base-cased bert-large-cased bert-base-multilingual-uncased bert-base- "
    "multilingual-cased bert-base-chinese bert-base-german-cased bert-base-german-dbmdz-cased bert-base-german- "
    "dbmdz-uncased bert-large-uncased-whole-word-masking bert-large-cased-whole-word-masking bert-large-uncased- "
    "whole-word-masking-finetuned-squad bert-large-cased-whole-word-masking-finetuned-squad bert-base-cased- "
    "finetuned-mrpc roberta-base roberta-large roberta-large-mnli roberta-base-openai-detector roberta-large- "
    "openai-detector distilbert-base-uncased distilbert-base-cased distilbert-base-uncased-distilled-squad "
    "distilbert-base-cased-distilled-squad distilbert-base-german-cased distilbert-base-multilingual-cased "
    "distilbert-base-uncased-finetuned-sst-2-english distilroberta-base xlnet-base-cased xlnet-large-cased "
    "albert-base-v1 albert-large-v1 albert-xlarge-v1 albert-xxlarge-v1 albert-base-v2 albert-large-v2 albert- "
    "xlarge-v2 albert-xxlarge-v2 xlm-roberta-base xlm-roberta-large xlm-mlm-en-2048 xlm-clm-enfr-1024 xlm- "
    "mlm-17-1280 xlm-mlm-100-1280 xlm-roberta-large-finetuned-conll03-english camembert-base transfo-xl-wt103 "
    "dbmdz-bert"
)
"""Repositories that are still reached without an owner."""

SENTENCE_TRANSFORMERS_ELSEWHERE: Mapping[str, str] = {}
"""Short names of sentence-transformers that lead to another owner."""
