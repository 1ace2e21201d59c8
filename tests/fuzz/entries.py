"""Every reader of what others wrote: what it is given, and nothing but an error of ours may come out.

A seed is a small file as it should be; what is tried are seeds that were cut, doubled, spliced, retyped and sprinkled
with what breaks parsers. An entry that raises anything but `AdvisorError` has a fault.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.price_overlay import apply
from advisor.catalog.source.price_sheet import compile_sheet
from advisor.decision import lock_file
from advisor.errors import AdvisorError, EvaluationError
from advisor.evals.cases import load_cases
from advisor.evals.prompts import parse_prompt
from advisor.evals.readers import read_scores
from advisor.evals.traffic import read_traffic
from advisor.files.tables import read_rows
from advisor.licenses.evidence.model_card import parse_card
from advisor.licenses.policy import load_policy, ready_made
from advisor.licenses.targets.read_file import read_mentions
from advisor.licenses.text.fingerprints import load_fingerprints
from advisor.licenses.text.identify import identify
from advisor.probe.prompts import from_files
from advisor.probe.run_file import read_run
from advisor.probe.wire.documents import document_fault
from advisor.probe.wire.stream import read_stream
from advisor.probe.wire.stream_content import Protocol
from advisor.requirements.file import parse_requirements
from tests.fuzz import more_entries as more

DAY = date(2026, 11, 29)


class Entry(NamedTuple):
    """One reader: its seeds, the ending of the file that they stand in, and the call."""

    seeds: tuple[bytes, ...]
    ending: str
    read: Callable[[bytes, Path], object]
    is_slow: bool = False
    """Whether it takes tens of milliseconds: tried less often."""


def _text(read: Callable[[str, Path], object]) -> Callable[[bytes, Path], object]:
    """For readers of text that has been decoded before: what is no UTF-8 is not theirs."""
    return lambda data, path: read(data.decode("utf-8", "replace"), path)


def _file(read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    def call(data: bytes, path: Path) -> object:
        path.write_bytes(data)
        return read(path)

    return call


@cache
def _catalog() -> Catalog:
    return load_catalog(DAY, overlay=False)


_PRINTS = cache(load_fingerprints)

_REQUIREMENTS = b"""schema_version: 1
stage: production
uses: [commercial, serve]
data: {training_on_inputs: forbidden, retention_days: {at_most: 30}, regions: [eu]}
workloads:
  - name: bot
    dimension: writing
    traffic: {requests_per_month: 300_000, input_tokens: 1_800, output_tokens: 350}
    budget_usd_per_month: 900
"""
_EXAMPLES = tuple(path.read_bytes() for path in sorted((Path(__file__).parents[2] / "examples").glob("*.yaml")))
_LOCK = b"""schema_version: 2
decided_on: 2026-11-20
catalog: {version: "2026.11.20", sha256: "00"}
workloads: [{name: bot, candidate: openai/gpt-6-luna, usd_per_month: "12.5"}]
"""
_POLICY = b"""schema_version: 1
name: house
fail_on: conditional
waivers: [{target: org/name, use: serve, reason: asked, until: 2027-01-01}]
"""
_CYCLONEDX = b"""{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "machine-learning-model",
"name": "org/name", "version": "1", "purl": "pkg:huggingface/org/name@abc",
"licenses": [{"license": {"id": "MIT"}}]}]}"""
_CYCLONEDX_XML = b"""<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component
type="machine-learning-model"><name>org/name</name><purl>pkg:huggingface/org/name@abc</purl></component></components></bom>"""
_SPDX = b"""{"spdxVersion": "SPDX-2.3", "name": "x", "packages": [{"name": "org/name", "SPDXID": "SPDXRef-1",
"downloadLocation": "https://huggingface.co/org/name", "externalRefs": [{"referenceType": "purl",
"referenceLocator": "pkg:huggingface/org/name"}]}]}"""
_NOTEBOOK = b"""{"cells": [{"cell_type": "code", "source": ["from transformers import AutoModel\\n",
"AutoModel.from_pretrained('org/name', revision='abc')"]}], "nbformat": 4, "metadata": {}}"""
_PYTHON = (
    b"from transformers import pipeline\nMODEL = 'org/name'\npipe = pipeline('x', model=MODEL, revision=f'a{1}')\n"
)
_CASES = b'{"id": "a", "input": "2+2?", "answer": "4", "checks": [{"type": "regex", "pattern": "4"}]}\n'
_PROMPT = b"---\nvars: [name]\nparams: {temperature: 0.2}\nsystem: Be kind.\n---\nHello {{name}}: {{input}}\n"
_LOG = (
    b'{"attributes": {"gen_ai.request.model": "m", "gen_ai.input.messages": "[{\\"role\\": \\"user\\"}]"}}\n'
    b'{"input": "Where is it?", "output": "There.", "feedback": -1}\n'
)
_SHEET = b"channel,model,input,output,valid_from\nopenai,gpt-6-luna,1,2,2026-02-03\n"
_SHEET_YAML = (
    b"offerings:\n  - {channel: openai, model: gpt-6-luna, prices: [{input: 1, output: 2, valid_from: 2026-02-03}]}\n"
)
_OVERLAY = b'{"channels": [], "models": [], "offerings": [], "sources": {}, "on": "2026-11-01"}'
_CARD = b"""{"license": "other", "license_name": "x", "license_link": "LICENSE", "base_model": ["a/b"],
"base_model_relation": "merge", "tags": ["license:mit"], "datasets": ["c/d"], "extra_gated_prompt": "no"}"""
_SCORES = b'{"results": [{"id": "a", "candidate": "m", "score": 0.5, "vars": {"input": "x"}}]}'
_CHAT = (
    b'data: {"id": "r", "model": "m", "choices": [{"index": 0, "delta": {"content": "a", "tool_calls": [{"index": 0, '
    b'"function": {"name": "f", "arguments": "{}"}}]}, "finish_reason": null}]}\n\n'
    b'data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}\n\n'
    b"data: [DONE]\n\n"
)
_RUN_HEAD: dict[str, object] = {
    "kind": "run",
    "id": "a",
    "started_at": "2026-11-20T12:00:00Z",
    "advisor_version": "1",
    "litellm_version": "1",
    "python_version": "3",
    "platform": "p",
    "place": None,
    "catalog_version": "1",
    "mode": "rounds",
    "rounds": 1,
    "streams": 1,
    "rate_per_s": None,
    "tools": False,
    "prompt": "p",
    "prompt_bytes": 1,
    "max_tokens": 9,
    "limits": {},
    "candidates": [],
}
_RUN = json.dumps(_RUN_HEAD).encode() + b"\n"
_LICENSE = (
    b"MIT License\n\nCopyright (c) 2026 Somebody\n\nPermission is hereby granted, free of charge, to any person\n"
)


def _mentions(name: str) -> Callable[[bytes, Path], object]:
    return _text(lambda text, path: read_mentions(text, str(path.with_name(name))))


def _streams(data: bytes, _: Path) -> None:
    for protocol in Protocol:
        read_stream([(1, data[:7]), (2, data[7:])], protocol)
    document_fault(data)


def _card(data: bytes, _: Path) -> object:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None  # the Hub's client reads the JSON itself
    return parse_card(content, ("license:mit",))


ENTRIES: Mapping[str, Entry] = {
    "advisor.yaml": Entry((_REQUIREMENTS, *_EXAMPLES), ".yaml", _text(lambda text, _: parse_requirements(text))),
    "lock": Entry((_LOCK,), ".lock", _file(lock_file.load)),
    "policy": Entry(
        (_POLICY, *(path.read_bytes() for path in ready_made().values())),
        ".yaml",
        _file(lambda path: load_policy(str(path))),
    ),
    "cyclonedx": Entry((_CYCLONEDX,), ".json", _mentions("bom.cdx.json")),
    "spdx": Entry((_SPDX,), ".json", _mentions("bom.spdx.json")),
    "notebook": Entry((_NOTEBOOK,), ".ipynb", _mentions("a.ipynb")),
    "python": Entry((_PYTHON,), ".py", _mentions("a.py")),
    "source code": Entry((b"const m = await load('org/name', {revision: 'abc'});\n",), ".ts", _mentions("a.ts")),
    "configuration": Entry(
        (b"model_list:\n  - {model_name: x, litellm_params: {model: huggingface/a/b}}\n",),
        ".yaml",
        _mentions("litellm.yaml"),
    ),
    "csv": Entry((b"input,answer\n1,2\n",), ".csv", _file(lambda path: list(read_rows(path, error=EvaluationError)))),
    "json lines": Entry((_CASES,), ".jsonl", _file(lambda path: list(read_rows(path, error=EvaluationError)))),
    "probe prompts": Entry(
        (_CASES, b'[{"instruction": "a", "input": "b"}]'), ".json", _file(lambda p: from_files([p]))
    ),
    "license text": Entry((_LICENSE,), ".txt", _text(lambda text, _: identify(text, _PRINTS()))),
    "model card": Entry((_CARD,), ".json", _card),
    "run file": Entry((_RUN,), ".jsonl", _file(read_run)),
    "overlay": Entry(
        (_OVERLAY,), ".json", lambda data, _: apply({"version": "1", "offerings": [], "sources": []}, data)
    ),
    "price sheet": Entry((_SHEET,), ".csv", _file(lambda path: compile_sheet(path, _catalog(), today=DAY))),
    "price sheet in yaml": Entry((_SHEET_YAML,), ".yaml", _file(lambda p: compile_sheet(p, _catalog(), today=DAY))),
    "cases": Entry((_CASES,), ".jsonl", _file(load_cases)),
    "prompt": Entry((_PROMPT,), ".md", _text(lambda text, _: parse_prompt(text, "p.md", version="1", dirty=True))),
    "logs": Entry((_LOG,), ".jsonl", _file(lambda path: read_traffic([path], []))),
    "foreign scores": Entry((_SCORES,), ".json", _file(lambda path: read_scores(path, None, "m"))),
    "streams": Entry((_CHAT,), ".sse", _streams),
    "monitor's logs": Entry((more.LOG, more.SPANS), ".x", more.monitor(".jsonl"), is_slow=True),
    "monitor's csv": Entry((more.LOG_CSV,), ".x", more.monitor(".csv"), is_slow=True),
    "monitor's mapping": Entry((more.MAPPING,), ".yaml", more.mapping),
    "monitor's cursor": Entry((more.CURSOR,), ".x", more.cursor),
    "Hub's answer": Entry((more.HUB,), ".json", more.hub),
    "saved evidence": Entry((more.EVIDENCE,), ".x", more.evidence),
    "labels": Entry((more.LABELS,), ".jsonl", more.labels),
    "gguf": Entry((more.GGUF,), ".x", more.weights(".gguf")),
    "safetensors": Entry((more.SAFETENSORS,), ".x", more.weights(".safetensors")),
    "onnx": Entry((more.ONNX,), ".x", more.weights(".onnx")),
    "cyclonedx in xml": Entry((_CYCLONEDX_XML,), ".xml", _mentions("bom.cdx.xml")),
}
"""By what is read."""

_BREAKERS = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\xc3\x28", b"\\ud800", b"\xe2\x80\xae", b"\x1b[2J"),
    *(b"NaN", b"Infinity", b"1e999", b"-1", b"9" * 400, b"0x1F", b"2026-02-30", b"null", b"true", b"[]", b"{}", b'""'),
    *(
        b"[" * 2_000,
        b'{"a":' * 2_000,
        b"&a [*a]",
        b"!!python/object:os.system",
        b"? ",
        b"- - - ",
        b"---\n",
        b"|\n",
        b"'",
        b'"',
    ),
)


def mutated(seed: bytes, random: Random) -> bytes:
    """The seed with some damage done to it."""
    data = bytearray(seed)
    for _ in range(random.randint(1, 4)):
        first, last = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
        kind = random.randrange(6)
        if kind == 0:
            data[first:first] = random.choice(_BREAKERS)
        elif kind == 1:
            data[first:last] = random.choice(_BREAKERS)
        elif kind == 2:
            del data[first:last]
        elif kind == 3:
            data[first:first] = data[first:last]
        elif kind == 4 and data:
            data[min(first, len(data) - 1)] = random.randrange(256)
        else:
            data = data[:first]
    return bytes(data)


def fault(entry: Entry, data: bytes, folder: Path) -> Exception | None:
    """What came out that must not; None if the data was read, or refused as it should be."""
    try:
        entry.read(data, folder / f"input{entry.ending}")
    except AdvisorError:
        return None
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return error
    return None
