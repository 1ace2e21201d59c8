"""Headers of safetensors files: the ``__metadata__`` of their JSON, which is read and never the tensors.

Format: https://github.com/huggingface/safetensors (8 bytes of length, then JSON).
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from advisor.licenses.targets.weights.header import LONGEST_TEXT, BrokenHeaderError, Reader

MOST_BYTES = 100_000_000
"""Bytes of a header, as the format itself limits it."""


def safetensors_values(file: BinaryIO, size: int, values: dict[str, str]) -> None:
    """Put the metadata into ``values``. Raises BrokenHeaderError."""
    reader = Reader(file, size, MOST_BYTES + 8)
    length = int.from_bytes(reader.take(8), "little")
    raw = reader.take(length)
    try:
        header: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise BrokenHeaderError("its header is no JSON") from None
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    if isinstance(metadata, dict):
        values.update({str(k): v for k, v in metadata.items() if isinstance(v, str) and len(v) <= LONGEST_TEXT})
