"""Load a configuration into litellm's router on loopback servers, kill them one after another, say who answers."""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import yaml


def server(name: str) -> ThreadingHTTPServer:
    """A server of OpenAI's protocol whose answer is its own name."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            message = {"role": "assistant", "content": name}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            content = {
                "id": "x",
                "object": "chat.completion",
                "created": 1,
                "model": name,
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": usage,
            }
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=made.serve_forever, daemon=True).start()
    return made


def main(path: str) -> None:
    """Ask while all live, after the first died, and after the second died too."""
    servers = {name: server(name) for name in ("one", "two", "three")}
    for name, one in servers.items():
        os.environ[f"{name.upper()}_API_BASE"] = f"http://127.0.0.1:{one.server_address[1]}/v1"
        os.environ[f"{name.upper()}_API_KEY"] = "none"
    from litellm.router import Router

    config = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    router = Router(model_list=config["model_list"], **config["router_settings"], retry_after=0)

    def ask() -> str:
        answer: Any = router.completion(model="job", messages=[{"role": "user", "content": "who?"}])
        return str(answer.choices[0].message.content)

    said = {"alive": ask()}
    for name, words in (("one", "after the first died"), ("two", "after both died")):
        servers[name].shutdown()
        servers[name].server_close()
        said[words] = ask()
    print(json.dumps(said))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(sys.argv[1])
