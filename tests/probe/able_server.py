"""Servers for abilities: one can do all, one refuses all, one ignores what it is asked for, one is another model."""

from __future__ import annotations

import json
import re
import threading
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NAMES = {(220, 20, 20): "red", (20, 160, 40): "green", (20, 40, 220): "blue", (240, 220, 20): "yellow"}
NAMES |= {(0, 0, 0): "black", (255, 255, 255): "white"}


@contextmanager
def serving() -> Iterator[str]:
    """The address, below which the first part of the path says which of the four it is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.seen = {}  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        kind = self.path.split("/")[1]
        seen: dict[str, int] = self.server.seen  # type: ignore[attr-defined]
        text = json.dumps(asked["messages"])
        cached = 3_000 if kind in ("able", "other") and seen.get(text) else 0
        seen[text] = seen.get(text, 0) + 1
        if kind == "refuses" and (what := _special(asked)):
            body = json.dumps({"error": {"message": f"{what} is not supported", "code": "invalid"}}).encode()
            self._send(400, "application/json", body)
            return
        delta = {"content": "yes"} if kind in ("refuses", "ignores") else _able(asked)
        model = "another-model-9" if kind == "other" else asked["model"]
        usage = {"prompt_tokens": 3_500, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": cached}}
        events: list[Mapping[str, Any]] = [
            {"id": "r", "model": model, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
            {"id": "r", "model": model, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"id": "r", "model": model, "choices": [], "usage": usage},
        ]
        lines = [f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"]
        self._send(200, "text/event-stream", "".join(lines).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _special(asked: Mapping[str, Any]) -> str | None:
    """What of a request is more than a plain question."""
    for name in ("tools", "response_format", "reasoning_effort"):
        if asked.get(name):
            return name
    if "image_url" in json.dumps(asked["messages"]):
        return "image"
    return "max_tokens" if (asked.get("max_tokens") or asked.get("max_completion_tokens") or 0) > 1_000 else None


def _able(asked: Mapping[str, Any]) -> dict[str, Any]:
    text = json.dumps(asked["messages"])
    if asked.get("tools"):
        function = asked["tools"][0]["function"]
        (argument,) = function["parameters"]["properties"]
        orders = re.findall(r"471\d", text)
        return {
            "tool_calls": [
                {
                    "index": place,
                    "id": f"t{place}",
                    "type": "function",
                    "function": {"name": function["name"], "arguments": json.dumps({argument: order})},
                }
                for place, order in enumerate(orders)
            ]
        }
    form = asked.get("response_format") or {}
    if form.get("type") == "json_object":
        return {"content": '{"rivers": 3}'}
    if form.get("type") == "json_schema":
        values: Mapping[str, Any] = {"string": "x", "integer": 3, "array": [1]}
        properties = form["json_schema"]["schema"]["properties"]
        filled = {key: rule.get("enum", [values[rule["type"]]])[0] for key, rule in properties.items()}
        return {"content": json.dumps(filled)}
    if picture := re.search(r"data:image/png;base64,([A-Za-z0-9+/=]+)", text):
        return {"content": _halves(b64decode(picture[1]))}
    return {"content": "391"}


def _halves(picture: bytes) -> str:
    at = picture.index(b"IDAT")
    size = int.from_bytes(picture[at - 4 : at])
    row = zlib.decompress(picture[at + 4 : at + 4 + size])
    width = int.from_bytes(picture[16:20])
    return f"{NAMES[tuple(row[1:4])]} {NAMES[tuple(row[1 + 3 * (width - 1) : 1 + 3 * width])]}"  # type: ignore[index]
