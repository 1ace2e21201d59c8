"""Models that running text names: addresses on the Hub, and examples of code in documentation and comments."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from advisor.licenses.targets.mention import Mention, Role
from advisor.licenses.targets.shell_code import shell_mentions
from advisor.licenses.targets.vocabulary import LOADERS, is_model_key

_NAME = r"[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96}"
# Such as `https://hf.co/acme/owl/tree/main` and `hf://acme/owl`, not `elf.co/acme/owl`.
_ADDRESS = re.compile(
    rf"(?:(?<![\w.-])(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://|hf[_-]hub:"
    rf"|(?:api-inference|router)\.huggingface\.co/(?:hf-inference/)?models/)(?P<id>{_NAME})(?P<rest>(?:/[\w.%-]+)*)"
)
_PURL = re.compile(rf"pkg:huggingface/(?P<id>{_NAME})(?:@(?P<revision>[\w./-]+))?")
# Such as `AutoModel.from_pretrained("acme/owl", revision="v1")`, not `open("acme/owl")`.
_LOADED = re.compile(
    rf"\b(?P<loader>{'|'.join(LOADERS)}|load_model)\s*\(\s*(?:[\w.]+\s*,\s*)?(?:\w+\s*=\s*)?[\"'](?P<id>[\w./-]{{2,200}})[\"']"
    r"(?P<rest>[^()\n]{0,200})"
)
# Such as `pipeline("text-generation", model="acme/owl")`, not `pipeline("text-generation")`.
_PIPELINE = re.compile(rf"\bpipeline\s*\(\s*[\"'][\w-]+[\"']\s*,\s*(?:model\s*=\s*)?[\"'](?P<id>{_NAME})[\"']")
# Such as `model_id = "acme/owl"` and `"model": "acme/owl"`, not `model = "owl"`.
_KEYED = re.compile(rf"(?P<key>[A-Za-z_][\w-]{{1,60}})(?:\s*,\s*\w+\s*(?==))?[\"']?\s*[:=]\s*[\"'](?P<id>{_NAME})[\"']")
_REVISION = re.compile(r"revision\s*=\s*[\"'](?P<revision>[\w./-]+)[\"']")
_PROMPTS = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(?= )", re.MULTILINE)
_WORTH = re.compile(r"[\w.-]/[\w.-]|from_pretrained|ollama|SentenceTransformer|Whisper")
_PLACES = ("tree", "blob", "resolve", "raw")


def addresses(text: str, first_line: int = 1) -> Iterator[Mention]:
    """Yield the addresses on the Hub in a text that begins on a line, with the revision that one leads to."""
    lines = _Lines(text, first_line)
    for match in _ADDRESS.finditer(text):
        parts = match["rest"].strip("/").split("/")
        revision = parts[1] if len(parts) > 1 and parts[0] in _PLACES and parts[1] != "main" else None
        yield Mention(match["id"].rstrip("."), lines.at(match.start()), Role.ADDRESS, "address", revision)
    for match in _PURL.finditer(text):
        yield Mention(match["id"].rstrip("."), lines.at(match.start()), Role.ADDRESS, "purl", match["revision"])


def examples(text: str, first_line: int = 1) -> Iterator[Mention]:
    """Yield the models that examples of code and commands in a text name: loaders, keywords, addresses."""
    if not _WORTH.search(text):
        return
    text = _PROMPTS.sub(lambda match: " " * len(match[0]), text)
    lines = _Lines(text, first_line)
    for match in _LOADED.finditer(text):
        revision = _REVISION.search(match["rest"])
        role = LOADERS.get(match["loader"], Role.KEYED)
        yield Mention(
            match["id"], lines.at(match.start("id")), role, match["loader"], revision and revision["revision"]
        )
    for match in _PIPELINE.finditer(text):
        yield Mention(match["id"], lines.at(match.start("id")), Role.HUB, "pipeline")
    for match in _KEYED.finditer(text):
        if is_model_key(match["key"]):
            yield Mention(match["id"], lines.at(match.start("id")), Role.KEYED, match["key"])
    yield from addresses(text, first_line)
    yield from shell_mentions(text, first_line)


def comments(source: str, mark: str) -> Iterator[Mention]:
    """Yield what comments name: of lines that begin with the mark everything, of others the addresses."""
    for number, line in enumerate(source.splitlines(), 1):
        plain = line.lstrip()
        if plain.startswith(mark):
            yield from examples(plain.removeprefix(mark), number)
        elif "hf" in line or "huggingface" in line:
            yield from addresses(line, number)


class _Lines:
    """The line of a place in a text."""

    def __init__(self, text: str, first: int) -> None:
        self._starts = [0, *(one.end() for one in re.finditer("\n", text))]
        self._first = first

    def at(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1 + self._first
