"""Logs as their writers write them: OTLP, OpenInference, langfuse, litellm, tables, and packed."""

# ruff: noqa: S608, E501 - queries and rows of our own, a row a line

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from advisor.engine.duckdb import DuckEngine, connect
from advisor.engine.port import Bounds, quoted
from advisor.errors import MonitorError
from advisor.monitor.log_files import Lines, LogFile
from advisor.monitor.rows import CallTable, Counted
from advisor.monitor.text_sample import TextSample, answer_text, question

NOW = datetime(2026, 11, 30)  # noqa: DTZ001 - UTC by contract
NS = 1_793_613_600_000_000_000


@pytest.fixture
def engine() -> Iterator[DuckEngine]:
    with connect(Bounds(256, 1)) as made:
        yield made


def _read(engine: DuckEngine, path: Path) -> Counted:
    table = CallTable(engine, NOW, sample=TextSample())
    lines = Lines(LogFile(str(path)), engine)
    table.add(str(path), lines)
    for number, why in lines.rejected:
        table.refuse(f"{path}:{number}", why)
    return table.end()


def _calls(engine: DuckEngine, *columns: str) -> list[tuple[Any, ...]]:
    return list(engine.rows(f'SELECT {", ".join(columns)} FROM calls ORDER BY "at", key'))


def _attribute(key: str, **value: object) -> Mapping[str, object]:
    return {"key": key, "value": value}


def _span(number: int, *attributes: Mapping[str, object], **more: object) -> Mapping[str, object]:
    own = {"traceId": "t1", "spanId": f"s{number}", "name": "chat m", "kind": 3, "status": {}}
    times = {"startTimeUnixNano": str(NS + number * 1_000), "endTimeUnixNano": str(NS + number * 1_000 + 1_500_000_000)}
    return {**own, **times, "attributes": list(attributes), **more}


def _otlp() -> Mapping[str, object]:
    new = _span(
        1,
        _attribute("gen_ai.operation.name", stringValue="chat"),
        _attribute("gen_ai.provider.name", stringValue="openai"),
        _attribute("gen_ai.request.model", stringValue="gpt-x"),
        _attribute("gen_ai.response.model", stringValue="gpt-x-2026-09-01"),
        _attribute("gen_ai.response.finish_reasons", arrayValue={"values": [{"stringValue": "stop"}]}),
        _attribute("gen_ai.usage.input_tokens", intValue="120"),
        _attribute("gen_ai.usage.output_tokens", intValue=30),
        _attribute("gen_ai.response.time_to_first_chunk", doubleValue=0.25),
        _attribute(
            "gen_ai.output.messages", stringValue=json.dumps([{"role": "assistant", "parts": [{"content": "Hi"}]}])
        ),
        _attribute("user.feedback", stringValue="up"),
        status={"code": 1},
    )
    old = _span(
        2,
        _attribute("gen_ai.system", stringValue="openai"),
        _attribute("gen_ai.request.model", stringValue="gpt-x"),
        _attribute("gen_ai.usage.prompt_tokens", intValue="7"),
        _attribute("gen_ai.usage.completion_tokens", intValue="3"),
        events=[
            {"name": "gen_ai.content.completion", "attributes": [_attribute("gen_ai.completion", stringValue="ok")]}
        ],
        status={"code": 2, "message": "boom"},
    )
    tool = _span(3, _attribute("gen_ai.operation.name", stringValue="execute_tool"))
    http = _span(4, _attribute("http.request.method", stringValue="POST"))
    scope = {"scope": {"name": "x"}, "spans": [new, old, tool, http, new]}
    resource = {"attributes": [_attribute("service.name", stringValue="shop")]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


@pytest.mark.parametrize("indent", [None, 1])
def test_otlp_requests_on_a_line_or_as_one_document(engine: DuckEngine, tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "spans.json"
    path.write_text(json.dumps(_otlp(), indent=indent))
    counted = _read(engine, path)
    assert (counted.other, counted.doubles, counted.skipped) == (2, 1, 0)
    assert counted.from_outcomes == ("user.feedback",)
    columns = (
        "channel",
        "model_served",
        "finish_reason",
        "input_tokens",
        "output_tokens",
        "latency_ms",
        "first_token_ms",
    )
    assert _calls(engine, *columns, "fault", '"outcome:user.feedback"') == [
        ("openai", "gpt-x-2026-09-01", "stop", 120, 30, 1500, 250, None, 1),
        ("openai", None, None, 7, 3, 1500, None, "2", None),
    ]
    assert _calls(engine, "looked") == [(True,), (True,)]


def test_openinference_flat_nested_and_as_a_table(engine: DuckEngine, tmp_path: Path) -> None:
    flat = {
        "openinference.span.kind": "LLM", "llm.model_name": "m", "llm.token_count.prompt": 9, "input.value": "q",
        "llm.output_messages.0.message.content": "a", "llm.prompt_template.version": "v2",
    }  # fmt: skip
    nested = {
        "openinference": {"span": {"kind": "LLM"}}, "llm": {"model_name": "m", "token_count": {"prompt": 9},
        "prompt_template": {"version": "v2"}}, "input": {"value": "q"}, "output": {"value": "a"},
    }  # fmt: skip
    chain = {"openinference.span.kind": "CHAIN", "input.value": "q"}
    rows = [
        {"context": {"trace_id": "t", "span_id": str(n)}, "start_time": "2026-11-02T10:00:00+00:00", "attributes": one}
        for n, one in enumerate((flat, nested, chain))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert _read(engine, tmp_path / "a.jsonl").other == 1
    assert (
        _calls(engine, "model_asked", "input_tokens", "prompt", "looked", "output_chars")
        == [("m", 9, "@v2", True, 1)] * 2
    )


def test_a_table_in_parquet_with_a_column_for_each_attribute(engine: DuckEngine, tmp_path: Path) -> None:
    path = tmp_path / "spans.parquet"
    engine.run(
        "COPY (SELECT 'LLM' AS span_kind, 'm' AS \"attributes.llm.model_name\", 12 AS \"attributes.llm.token_count.prompt\","
        " TIMESTAMP '2026-11-02 10:00:00' AS start_time, TIMESTAMP '2026-11-02 10:00:02' AS end_time,"
        f' range AS "context.span_id" FROM range(3)) TO {quoted(str(path))} (FORMAT parquet)'
    )
    assert _read(engine, path).lines == 3
    assert _calls(engine, "model_asked", "input_tokens", "latency_ms") == [("m", 12, 2000)] * 3


def test_langfuse_observations_and_scores(engine: DuckEngine, tmp_path: Path) -> None:
    rows: list[Mapping[str, object]] = [
        {
            "id": "o1", "trace_id": "t1", "type": "GENERATION", "start_time": "2026-11-02T10:00:00Z",
            "end_time": "2026-11-02T10:00:01Z", "provided_model_name": "m", "usage_details": {"input": 5, "output": 6},
            "total_cost": 0.5, "prompt_name": "support", "prompt_version": 3, "level": "DEFAULT",
        },
        {"id": "o2", "trace_id": "t1", "type": "SPAN", "start_time": "2026-11-02T10:00:00Z", "input": "x"},
        {"id": "s1", "trace_id": "t1", "name": "user-feedback", "value": 1, "data_type": "NUMERIC"},
        {"id": "s2", "trace_id": "t1", "observation_id": "o1", "name": "accepted", "string_value": "no", "data_type": "X"},
        {"id": "s3", "trace_id": "t1", "name": "tone", "value": 0.3, "data_type": "NUMERIC"},
    ]  # fmt: skip
    (tmp_path / "export.json").write_text(json.dumps({"data": rows}, indent=1))
    counted = _read(engine, tmp_path / "export.json")
    assert counted.other == 2
    assert counted.from_outcomes == ("accepted", "user-feedback")
    columns = ("model_asked", "prompt", "input_tokens", "output_tokens", "usd", "latency_ms", "fault")
    assert _calls(engine, *columns, '"outcome:user-feedback"', '"outcome:accepted"') == [
        ("m", "support@3", 5, 6, 0.5, 1000, None, 1, 0)
    ]


def test_litellm_asks_for_a_group_and_a_model_answers(engine: DuckEngine, tmp_path: Path) -> None:
    answer = {
        "model": "gpt-x-0901",
        "choices": [{"finish_reason": "length", "message": {"role": "assistant", "content": "Hi"}}],
    }
    rows = [
        {
            "id": "1", "call_type": "acompletion", "status": "success", "startTime": 1_793_613_600.5, "endTime": 1_793_613_602.5,
            "completionStartTime": 1_793_613_601.0, "model": "gpt-x", "model_group": "chat", "response_cost": 0.01,
            "prompt_tokens": 8, "completion_tokens": 2, "custom_llm_provider": "openai", "response": answer,
            "messages": [{"role": "user", "content": "Hello"}],
        },
        {
            "request_id": "2", "call_type": "completion", "startTime": "2026-11-02 11:00:00", "model": "gpt-x",
            "model_group": "chat", "spend": 0.02, "status": "failure", "error_str": "RateLimitError",
        },
        {"request_id": "3", "call_type": "aembedding", "startTime": "2026-11-02 11:00:00", "model": "e"},
    ]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert _read(engine, tmp_path / "a.jsonl").other == 1
    columns = ("model_asked", "model_served", "usd", "finish_reason", "latency_ms", "first_token_ms", "fault")
    assert _calls(engine, *columns, '"verdict:cut"') == [
        ("chat", "gpt-x-0901", 0.01, "length", 2000, 500, None, True),
        ("chat", "gpt-x", 0.02, None, None, None, "RateLimitError", None),
    ]


def test_a_table_in_csv_names_rows_that_are_no_call_and_rows_with_too_few_columns(
    engine: DuckEngine, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv.gz"
    rows = ["at,model,resolved,output", '2026-11-02,m,yes,"a,\nb"', "2026-11-02,m", "2026-11-02,m,no,c", ",m,no,d"]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    counted = _read(engine, path)
    assert (counted.lines, counted.skipped) == (4, 2)
    assert min(counted.dead).startswith(f"{path}:3: expected ")
    assert _calls(engine, '"outcome:resolved"') == [(0,), (1,)] or _calls(engine, '"outcome:resolved"') == [(1,), (0,)]


def test_lines_packed_as_zst(engine: DuckEngine, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.zst"
    engine.run(
        'COPY (SELECT \'{"at": "2026-11-02", "model": "m,", "id": \' || range || \'}\' FROM range(5)) '
        f"TO {quoted(str(path))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIM '\\x01', COMPRESSION zstd)"
    )
    assert _read(engine, path).lines == 5
    assert _calls(engine, "model_asked") == [("m,",)] * 5


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.parquet", "a.jsonl.zst", "a.json", "a.csv.gz"])
def test_a_file_that_is_not_what_its_name_says_is_an_error_that_does_not_quote_it(
    engine: DuckEngine, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"{sk-secretsecretsecret1\n\n")
    with pytest.raises(MonitorError) as found:
        _read(engine, tmp_path / name)
    assert name in found.value.message
    assert "secret" not in found.value.message


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("plain", "plain"),
        ('{"answer": 5}', '{"answer": 5}'),
        ('[{"role": "assistant", "content": "Hi"}]', "Hi"),
        ('{"role": "assistant", "content": [{"type": "text", "text": "Hi"}]}', "Hi"),
        ('{"choices": [{"message": {"role": "assistant", "content": "Hi"}}]}', "Hi"),
        (
            '{"object": "response", "output": [{"type": "message", "role": "assistant", "content": [{"text": "Hi"}]}]}',
            "Hi",
        ),
        ('[{"role": "assistant", "parts": [{"type": "text", "content": "Hi"}]}]', "Hi"),
        ("{broken", "{broken"),
        ("[1, 2]", "[1, 2]"),
    ],
)
def test_the_text_of_an_answer_in_any_wrapping(given: str, text: str) -> None:
    assert answer_text(given) == text


def test_the_question_is_the_last_turn_of_the_user() -> None:
    said = [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "user", "content": "b"}]
    assert question(json.dumps(said)) == "b"
    assert question(json.dumps({"messages": said})) == "b"
    assert question("plain") == "plain"
    assert question(None) is None
