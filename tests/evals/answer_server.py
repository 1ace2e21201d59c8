"""A chat server on loopback whose answers a test decides, and which writes down whatever it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = str | int | dict[str, Any]
"""A text, the status of a refusal, or the delta of a message."""

Answering = Callable[[dict[str, Any]], Reply]


class AnswerServer:
    """Answers each request of the chat protocol, streamed or whole, with what ``answer`` gives for its body."""

    def __init__(self, answer: Answering) -> None:
        self.asked: list[dict[str, Any]] = []
        self.served_model: str | None = None
        self.answer = answer
        self.base = ""

    def of_model(self, model: str) -> list[dict[str, Any]]:
        """What was asked of one model."""
        return [body for body in self.asked if body["model"] == model]


@contextmanager
def serving(answer: Answering) -> Iterator[AnswerServer]:
    """A server in a thread, at ``server.base``, until the end of the block."""
    state = AnswerServer(answer)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
            """Nothing on stderr."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                state.asked.append(body)
            reply = state.answer(body)
            if isinstance(reply, int):
                self._send(reply, "application/json", json.dumps({"error": {"message": f"status {reply}"}}))
            elif body.get("stream"):
                self._send(200, "text/event-stream", "".join(_events(reply, body, state.served_model)))
            else:
                self._send(200, "application/json", json.dumps(_whole(reply, body, state.served_model)))

        def _send(self, status: int, kind: str, text: str) -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked was killed
                self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.base = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def last_text(body: dict[str, Any]) -> str:
    """What the last message of a request says."""
    return str(body["messages"][-1]["content"])


def _usage(reply: Reply) -> dict[str, int]:
    return {"prompt_tokens": 20, "completion_tokens": max(1, len(str(reply)) // 4), "total_tokens": 20}


def _delta(reply: Reply) -> dict[str, Any]:
    return reply if isinstance(reply, dict) else {"content": str(reply)}


def _whole(reply: Reply, body: dict[str, Any], served: str | None) -> dict[str, Any]:
    message = {"role": "assistant", "content": None, **_delta(reply)}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    head = {"id": "chat-1", "object": "chat.completion", "created": 1, "model": served or body["model"]}
    return {**head, "choices": [choice], "usage": _usage(reply)}


def _events(reply: Reply, body: dict[str, Any], served: str | None) -> Iterator[str]:
    head = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": served or body["model"]}
    steps: list[tuple[dict[str, Any], str | None]] = [
        ({"role": "assistant"}, None),
        (_delta(reply), None),
        ({}, "stop"),
    ]
    for delta, reason in steps:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        yield f"data: {json.dumps({**head, 'choices': [choice]})}\n\n"
    yield f"data: {json.dumps({**head, 'choices': [], 'usage': _usage(reply)})}\n\ndata: [DONE]\n\n"
