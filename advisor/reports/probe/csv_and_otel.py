"""A run's single requests for other programs: CSV, and OpenTelemetry's names for generative AI.

The attribute names are those of the OpenTelemetry semantic conventions for generative AI; what has no name there stands
under ``advisor.``.
"""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from advisor.probe.run_file import CandidateLine, RequestLine, Run
from advisor.probe.worker_protocol import Timing

_TIMES = tuple(Timing.model_fields)
_TOKENS = ("input", "cached", "reasoning", "output", "source")


def csv_text(run: Run) -> str:
    """One row a request; empty where nothing was measured."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    tokens = [f"tokens_{name}" for name in _TOKENS]
    writer.writerow(
        ["run", "candidate", "round", "phase", "started_at", "fault", "status", "clock", *_TIMES, *tokens, "usd"]
    )
    for line in run.requests:
        answer = line.answer
        writer.writerow(
            [run.head.id, _cell(line.candidate), line.round, line.phase.value, line.started_at.isoformat()]
            + [answer.fault.value if answer.fault else "", answer.status, answer.clock]
            + [getattr(answer.timing, name) for name in _TIMES]
            + [getattr(answer.tokens, name) for name in _TOKENS]
            + [line.usd]
        )
    return out.getvalue()


def otel_text(run: Run) -> str:
    """One span a line, as JSON with ``name``, ``start_time``, ``attributes``."""
    lines = {line.name: line for line in run.head.candidates}
    return "".join(json.dumps(_span(run, lines[line.candidate], line)) + "\n" for line in run.requests)


def _span(run: Run, candidate: CandidateLine, line: RequestLine) -> dict[str, Any]:
    answer = line.answer
    provider, _, model = candidate.model.partition("/")
    host, port = _server(candidate.api_base)
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model or provider,
        "gen_ai.request.max_tokens": run.head.max_tokens,
        "gen_ai.response.id": answer.response_id,
        "gen_ai.response.model": answer.served_model,
        "gen_ai.response.finish_reasons": [answer.finish_reason] if answer.finish_reason else None,
        "gen_ai.usage.input_tokens": answer.tokens.input,
        "gen_ai.usage.output_tokens": answer.tokens.output,
        "gen_ai.usage.cache_read.input_tokens": answer.tokens.cached,
        "gen_ai.usage.cache_creation.input_tokens": answer.tokens.cache_written,
        "gen_ai.usage.reasoning.output_tokens": answer.tokens.reasoning,
        "gen_ai.server.time_to_first_token": _seconds(answer.timing.ttft_ms),
        "gen_ai.server.time_per_output_token": _seconds(answer.timing.itl_ms),
        "gen_ai.client.operation.duration": _seconds(answer.timing.e2e_ms),
        "error.type": answer.fault.value if answer.fault else None,
        "http.response.status_code": answer.status,
        "server.address": host,
        "server.port": port,
        "advisor.probe.run": run.head.id,
        "advisor.probe.candidate": line.candidate,
        "advisor.probe.phase": line.phase.value,
        "advisor.probe.clock": answer.clock,
        "advisor.probe.usage_source": answer.tokens.source,
        "advisor.probe.usd": None if line.usd is None else float(line.usd),
    }
    known = {name: value for name, value in attributes.items() if value is not None}
    return {"name": f"chat {model or provider}", "start_time": line.started_at.isoformat(), "attributes": known}


def _server(address: str | None) -> tuple[str | None, int | None]:
    """Host and port of an address of the user's own; None of a provider's, which the client library chooses."""
    try:
        parts = urlsplit(address or "")
        return parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None, None


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 7)


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula and no terminal for a command."""
    plain = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    return f"'{plain}" if plain[:1] in ("=", "+", "-", "@") else plain
