"""The header of a weights file, by its ending or its first bytes."""

from __future__ import annotations

from pathlib import Path

from advisor.licenses.targets.weights.gguf import gguf_values
from advisor.licenses.targets.weights.header import BrokenHeaderError, Header
from advisor.licenses.targets.weights.onnx import onnx_values
from advisor.licenses.targets.weights.safetensors import safetensors_values


def _by_content(path: Path) -> str:
    """Return the ending that a file's first bytes stand for; blobs of a cache have none."""
    try:
        with path.open("rb") as file:
            return ".gguf" if file.read(4) == b"GGUF" else ""
    except OSError:
        return ""


def read_header(path: Path) -> Header | None:
    """Return the header of a weights file by its ending; None for what is none. Never raises for what is inside."""
    readers = {".gguf": gguf_values, ".safetensors": safetensors_values, ".onnx": onnx_values}
    ending = path.suffix.lower() if path.suffix.lower() in readers else _by_content(path)
    if ending not in readers:
        return None
    values: dict[str, str] = {}
    try:
        with path.open("rb") as file:
            readers[ending](file, path.stat().st_size, values)
    except BrokenHeaderError as error:
        return Header(ending[1:], values, str(error))
    except OSError as error:
        return Header(ending[1:], values, error.strerror or "cannot be read")
    return Header(ending[1:], values)
