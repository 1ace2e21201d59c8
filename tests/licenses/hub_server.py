"""A Hub on loopback that answers as the real one does: the same paths, fields, statuses and error headers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SHA = "a8e808d04e9a02184762fa2e465ac2ff6519ea05"


@dataclass
class Repo:
    """A model repository."""

    card: Any = None
    tags: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    gated: str | bool = False
    readable: bool = True
    """Whether the files of a gated repository may be read."""
    pipeline: str | None = "text-generation"
    sha: str = SHA
    moved_to: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """A raw answer in place of the metadata."""

    def metadata(self, name: str) -> dict[str, Any]:
        """What /api/models answers."""
        return {
            "_id": "69fd1f6afa2150562b3cc474",
            "id": name,
            "modelId": name,
            "private": False,
            "sha": self.sha,
            "gated": self.gated,
            "disabled": False,
            "downloads": 1,
            "likes": 1,
            "tags": list(self.tags),
            "siblings": [{"rfilename": path} for path in self.files],
            "createdAt": "2026-05-07T23:25:30.000Z",
            "lastModified": "2026-05-10T22:11:12.000Z",
            **({"cardData": self.card} if self.card is not None else {}),
            **({"pipeline_tag": self.pipeline} if self.pipeline else {}),
        }


class Hub:
    """The server's repositories, and every path that was asked for."""

    def __init__(self) -> None:
        self.models: dict[str, Repo] = {}
        self.datasets: dict[str, Repo] = {}
        self.asked: list[str] = []
        self.tokens: list[str | None] = []
        self.endpoint = ""
        self.limits: list[Mapping[str, str] | None] = []
        """For each of the next requests the headers of a rate limit, or None where it is answered."""
        self.delay_s = 0.0
        """How long each answer takes."""


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(path)
        self.hub.tokens.append(self.headers.get("Authorization"))
        time.sleep(self.hub.delay_s)
        limit = self.hub.limits.pop(0) if self.hub.limits else None
        if limit is not None:
            self._answer(429, b"{}", limit)
            return
        for kind, repos in (("models", self.hub.models), ("datasets", self.hub.datasets)):
            if path.startswith(f"/api/{kind}/"):
                self._metadata(kind, repos, path.removeprefix(f"/api/{kind}/"))
                return
        self._file(path)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        """``paths-info``, by which a mirror asks how large a file is."""
        path = unquote(urlsplit(self.path).path)
        asked = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
        name = path.removeprefix("/api/models/").partition("/paths-info/")[0]
        repo = self.hub.models.get(name, Repo())
        found = [
            {"type": "file", "path": one, "size": len(repo.files[one]), "oid": "0" * 40}
            for one in asked.get("paths", [])
            if one in repo.files
        ]
        self._answer(200, json.dumps(found).encode(), {"Content-Type": "application/json"})

    def _metadata(self, kind: str, repos: Mapping[str, Repo], path: str) -> None:
        name, _, revision = path.partition("/revision/")
        repo = repos.get(name)
        if repo is None:
            self._fail(401, "RepoNotFound", "Repository not found")
        elif repo.moved_to:
            self._answer(307, b"", {"Location": f"/api/{kind}/{repo.moved_to}"})
        elif repo.status != 200:
            self._answer(repo.status, b"{}", repo.headers)
        elif revision not in ("", "main", repo.sha):
            self._fail(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        else:
            body = repo.body if repo.body is not None else json.dumps(repo.metadata(name)).encode()
            self._answer(200, body, {"Content-Type": "application/json"})

    def _file(self, path: str) -> None:
        name, _, rest = path.lstrip("/").partition("/resolve/")
        file = rest.partition("/")[2]
        repo = self.hub.models.get(name)
        if repo is None:
            self._fail(401, "RepoNotFound", "Repository not found")
        elif repo.gated and not repo.readable:
            self._fail(401, "GatedRepo", f"Access to model {name} is restricted.")
        elif file not in repo.files:
            self._fail(404, "EntryNotFound", "Entry not found")
        else:
            self._answer(200, repo.files[file], {"X-Repo-Commit": repo.sha, "ETag": '"0"'})

    def _fail(self, status: int, code: str, message: str) -> None:
        self._answer(status, b'{"error":"x"}', {"X-Error-Code": code, "X-Error-Message": message})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            with suppress(BrokenPipeError, ConnectionResetError):  # the client has read enough
                self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serve() -> Iterator[Hub]:
    """A running Hub; its address is ``endpoint``."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
