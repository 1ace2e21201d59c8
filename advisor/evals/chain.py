"""A chain is a command: one case as JSON on stdin, one answer as JSON on stdout, every call through a proxy of ours.

The command finds the model under test in ``ADVISOR_MODEL`` and calls it at ``OPENAI_BASE_URL``; keys of providers are
taken out of its environment, so that no call goes past the cap. Its version is the hash of the prompt files that it
read. Answers are kept by the hash of all the code and prompts around it: a change anywhere asks again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import EvaluationError
from advisor.evals import git
from advisor.evals.cases import Case

PROMPTS = Path("prompts")
MOST_OUTPUT_BYTES = 1 << 20
_MOST_FILES = 5_000
_SUFFIXES = frozenset(
    {".py", ".md", ".js", ".ts", ".mjs", ".json", ".yaml", ".yml", ".toml", ".txt", ".sh", ".rb", ".go"}
)
_SKIPPED = frozenset({".git", ".venv", "venv", "node_modules", ".advisor", "__pycache__", "evals", "dist", "build"})
# Such as `OPENAI_API_KEY` and `OPENAI_BASE_URL`, not `API_KEY_FILE`.
_KEYS = re.compile(r"_API_KEY$|_AUTH_TOKEN$|^AWS_SECRET|^AWS_SESSION|_API_BASE$|_BASE_URL$")

_WATCH = """\
import os, sys
_out, _top = os.environ.get("ADVISOR_READ_FILES"), os.getcwd() + os.sep
def _hook(event, args):
    if event == "open" and _out and isinstance(args[0], str) and not (isinstance(args[1], str) and "r" not in args[1]):
        path = os.path.abspath(args[0])
        if path.startswith(_top + "prompts" + os.sep):
            try:
                handle = os.open(_out, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            except OSError:
                return
            os.write(handle, (path[len(_top):] + "\\n").encode())
            os.close(handle)
sys.addaudithook(_hook)
"""
"""Python runs this first in the command and notes which prompts it opens."""


class ChainAnswer(NamedTuple):
    """What a command gave for a case; ``wrong`` says why it is no answer."""

    text: str
    wrong: str | None


def split_command(command: str) -> tuple[str, ...]:
    """Return the words of a command. Raises EvaluationError for what is none."""
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise EvaluationError(f"--run: expected a command, found {command!r}: {error}") from None
    if not words:
        raise EvaluationError("--run: expected a command, found nothing", hint="--run 'python app.py'")
    return words


def surroundings_hash(folder: Path) -> str:
    """Return the hash of the code and prompts in a folder, by which a chain's answers are kept."""
    digest = hashlib.sha256()
    for number, path in enumerate(_files(folder)):
        if number >= _MOST_FILES:
            raise EvaluationError(
                f"{folder}: expected at most {_MOST_FILES:,} files of code around a chain, found more",
                hint="call it in the folder of the chain alone",
            )
        digest.update(f"{path.relative_to(folder)}\0".encode())
        with suppress(OSError):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:40]


def prompts_version(read: frozenset[str]) -> tuple[str, bool]:
    """Give the hash of the prompts that were read, of all where nothing is known, and whether one is not committed."""
    paths = sorted(map(Path, read)) or sorted(path for path in PROMPTS.rglob("*") if path.is_file())
    digest, dirty = hashlib.sha256(), False
    for path in paths:
        with suppress(OSError):
            known = git.version(path, path.read_bytes())
            digest.update(f"{path}\0{known.blob}".encode())
            dirty = dirty or known.dirty
    return digest.hexdigest()[:40], dirty


def chain_environment(environment: Mapping[str, str], own: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Give the command's environment: no key of a provider, ours instead, and what notes the prompts that are read."""
    kept = {name: value for name, value in environment.items() if not _KEYS.search(name)}
    watch = folder / "watch"
    watch.mkdir(exist_ok=True)
    (watch / "sitecustomize.py").write_text(_WATCH)
    path = os.pathsep.join(part for part in (str(watch), kept.get("PYTHONPATH", "")) if part)
    return {**kept, **own, "PYTHONPATH": path, "ADVISOR_READ_FILES": str(folder / "read.txt")}


def read_prompts(folder: Path) -> frozenset[str]:
    """Return the prompts that commands have opened so far."""
    try:
        return frozenset((folder / "read.txt").read_text().splitlines())
    except OSError:
        return frozenset()


async def run_command(
    words: tuple[str, ...], case: Case, environment: Mapping[str, str], limit_s: float
) -> ChainAnswer:
    """Give a case to the command and read its answer; never raises for what the command does."""
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(environment),
            start_new_session=True,
        )
    except OSError as error:
        return ChainAnswer("", f"cannot be started: {error.strerror}")
    try:
        async with asyncio.timeout(limit_s):
            out, err = await process.communicate(json.dumps(_asked(case), ensure_ascii=False).encode() + b"\n")
    except TimeoutError:
        return ChainAnswer("", f"no answer within {limit_s:g} s")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            await process.wait()
    if process.returncode:
        return ChainAnswer("", f"ended with {process.returncode}: {_tail(err)}")
    return _answer(out[:MOST_OUTPUT_BYTES], len(out) > MOST_OUTPUT_BYTES)


def _asked(case: Case) -> dict[str, Any]:
    """Return what the command gets: the case without what is expected of it."""
    asked: dict[str, Any] = {"id": case.id}
    if case.input is not None:
        asked["input"] = case.input
    if case.messages:
        asked["messages"] = [message.model_dump() for message in case.messages]
    return asked | ({"vars": dict(case.vars)} if case.vars else {})


def _answer(out: bytes, is_cut: bool) -> ChainAnswer:
    if is_cut:
        return ChainAnswer("", f"expected an answer of at most {MOST_OUTPUT_BYTES:,} bytes, found more")
    lines = [line for line in out.decode(errors="replace").splitlines() if line.strip()]
    try:
        content = json.loads(lines[-1]) if lines else None
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, str):
        return ChainAnswer(content, None)
    text = content.get("answer", content.get("output")) if isinstance(content, dict) else None
    if text is None:
        return ChainAnswer("", 'expected {"answer": ...} as JSON on the last line of stdout')
    return ChainAnswer(text if isinstance(text, str) else json.dumps(text, ensure_ascii=False), None)


def _tail(err: bytes) -> str:
    lines = err.decode(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "without a word"


def _files(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        yield from (Path(top) / name for name in sorted(names) if Path(name).suffix in _SUFFIXES)
