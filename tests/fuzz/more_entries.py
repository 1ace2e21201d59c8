"""Readers of logs, of weights and of what servers and we ourselves wrote; the seeds are as small as they can be."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from advisor.engine.duckdb import connect
from advisor.engine.port import Bounds
from advisor.evals.labels import labels_path, read_labels
from advisor.licenses.evidence.cache import Replay
from advisor.licenses.evidence.hub import outcome_from_error
from advisor.licenses.evidence.metadata import parse_metadata
from advisor.licenses.evidence.model_card import parse_card
from advisor.licenses.targets.weights.caches import file_model
from advisor.monitor import kept
from advisor.monitor.mapping import load_mapping
from advisor.monitor.run import Asked, read_logs, tell

NOW = datetime(2026, 11, 30, tzinfo=UTC)

LOG = (
    b'{"at": "2026-11-02T10:00:00Z", "id": "1", "model": "m", "resolved": true, "input": "Where?", "output": "A."}\n'
    b'{"timestamp": 1793613600000, "attributes": {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 3, '
    b'"gen_ai.response.finish_reasons": ["stop"]}, "status": {"code": 2}}\n'
    b'{"startTime": "2026-11-02 10:00:00", "model": "m", "usage": {"total_tokens": 9}, "scores": [{"name": "ok", '
    b'"value": 1}], "metadata": {"user": {"id": "u"}}}\n'
)
SPANS = (
    b'{"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "s"}}]}, '
    b'"scopeSpans": [{"spans": [{"spanId": "a", "traceId": "b", "startTimeUnixNano": "1793613600000000000", '
    b'"attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": "m"}}]}]}]}]}\n'
)
LOG_CSV = b"at,id,model,resolved,input\n2026-11-02T10:00:00Z,1,m,true,Where?\n2026-11-02T10:01:00Z,2,m,false,Why?\n"
MAPPING = b"fields: {at: when, input: asked.text}\noutcomes: {solved: feedback.good}\n"
CURSOR = b'{"schema_version": 1, "files": {}, "calls": "calls.parquet", "halvings": 0}'
HUB = json.dumps(
    {
        "id": "org/name",
        "sha": "a8e808d04e9a02184762fa2e465ac2ff6519ea05",
        "gated": False,
        "disabled": False,
        "tags": ["license:mit", "base_model:finetune:a/b"],
        "siblings": [{"rfilename": "LICENSE"}, {"rfilename": "config.json"}],
        "cardData": {"license": "other", "base_model": ["a/b"], "license_link": "LICENSE"},
        "pipeline_tag": "text-generation",
        "config": {"architectures": ["X"], "model_type": "x", "quantization_config": {"bits": 4}},
    }
).encode()
LABELS = b'{"case": "a", "output": "b", "label": "pass", "by": "me", "policy": null, "at": "2026-11-02T10:00:00Z"}\n'
EVIDENCE = json.dumps(
    {
        "repository": "org/name",
        "requested_revision": None,
        "endpoint": "x",
        "read_at": "2026-11-02T10:00:00Z",
        "outcome": "read",
        "texts": [{"place": "LICENSE", "role": "license", "sha256": "0" * 64, "size_bytes": 1, "content": "x"}],
    }
).encode()


def _string(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


GGUF = b"GGUF" + struct.pack("<IQQ", 3, 0, 2)
GGUF += _string(b"general.license") + struct.pack("<I", 8) + _string(b"mit")
GGUF += _string(b"general.tags") + struct.pack("<IIQ", 9, 8, 1) + _string(b"x")
_TENSORS = b'{"__metadata__": {"license": "mit"}, "w": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}}'
SAFETENSORS = struct.pack("<Q", len(_TENSORS)) + _TENSORS + b"\0\0"
ONNX = b"\x08\x08\x12\x02pt\x72\x0c\x0a\x07license\x12\x01m"


def monitor(ending: str) -> Callable[[bytes, Path], object]:
    """Read the data as a log of that ending, and tell what it says."""

    def call(data: bytes, path: Path) -> object:
        log = path.with_suffix(ending)
        log.write_bytes(data)
        with connect(Bounds(256, 1)) as engine:
            asked = Asked([str(log)], keep=False, texts=100)
            return tell(engine, read_logs(engine, asked, NOW, str), asked)

    return call


def mapping(data: bytes, path: Path) -> object:
    """Read a mapping of columns."""
    path.write_bytes(data)
    return load_mapping(path)


def cursor(data: bytes, path: Path) -> object:
    """Read what monitoring kept of earlier runs."""
    folder = path.with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / "cursor.json").write_bytes(data)
    return kept.load(folder)


def hub(data: bytes, _: Path) -> object:
    """Read a Hub's answer; whatever goes wrong with it is an outcome."""
    try:
        info = parse_metadata(json.loads(data), "org/name")
        return parse_card(info.card, info.tags)
    except Exception as error:  # noqa: BLE001 - as the client does
        return outcome_from_error(error)


def labels(data: bytes, path: Path) -> object:
    """Read the labels beside a set of cases."""
    labels_path(path).write_bytes(data)
    return read_labels(path)


def evidence(data: bytes, path: Path) -> object:
    """Read saved evidence."""
    folder = path.with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / "org--name@x.json").write_bytes(data)
    return Replay(folder).evidence("org/name")


def weights(ending: str) -> Callable[[bytes, Path], object]:
    """Read the header of weights of that ending."""

    def call(data: bytes, path: Path) -> object:
        file = path.with_suffix(ending)
        file.write_bytes(data)
        return file_model(file)

    return call
