"""Models that code in other languages names: JavaScript, TypeScript, Go, Java, Rust and more, read as tokens.

Pygments takes the text apart, so comments are told from strings; what a string is given to are the words before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

from advisor.licenses.targets.mention import Found, Mention, Role, Unresolved
from advisor.licenses.targets.plain_text import examples
from advisor.licenses.targets.shell_code import shell_mentions
from advisor.licenses.targets.vocabulary import LOADERS, is_dataset_key, is_model_key

LANGUAGES = {
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript", ".ts": "typescript",
    ".mts": "typescript", ".cts": "typescript", ".tsx": "typescript", ".vue": "javascript", ".svelte": "javascript",
    ".go": "go", ".java": "java", ".kt": "kotlin", ".rs": "rust", ".cs": "csharp", ".rb": "ruby", ".php": "php",
    ".swift": "swift", ".scala": "scala", ".tf": "terraform", ".hcl": "terraform", ".r": "splus", ".dart": "dart",
    ".ex": "elixir", ".exs": "elixir", ".bicep": "javascript",
}  # fmt: skip
"""The language of each file name's ending."""

# Such as `AutoModel.from_pretrained`, not `readFile`.
_LOADING = re.compile(r"pipeline|from_pretrained|fromPretrained|pretrained|snapshotDownload|modelInfo|InferenceClient")
# Such as `ChatOpenAI` and `modelIds`, not `Colors`.
_OWNER = re.compile(r"\w*(?:openai|anthropic|mistral|cohere|gemini|genai|models?|modelnames?|modelids?)", re.IGNORECASE)
_CONSTANT = re.compile(r"[A-Z]\w*\d\w*")
"""A constant of a client's package that stands for a model: ``openai.GPT4o``, ``ChatModel.GPT_4O_MINI``."""

_OPENING = "([{"
_CLOSING = ")]}"


class _Token(NamedTuple):
    kind: str
    """word, string, mark or template."""
    text: str
    line: int


def other_code(text: str, ending: str) -> Found:
    """Return what a file of code names, by the ending of its name."""
    reader = _Reader(list(_tokens(text, LANGUAGES[ending])))
    mentions = [*reader.mentions(), *reader.comments]
    return Found(tuple(mentions), tuple(reader.unresolved))


def _tokens(text: str, language: str) -> Iterator[_Token]:
    token: Any = import_module("pygments.token").Token
    lexer: Any = import_module("pygments.lexers").get_lexer_by_name(language, stripnl=False, ensurenl=False)
    line, held, began = 1, "", 0
    for kind, value in lexer.get_tokens(text):
        if kind in token.Comment:
            yield _Token("comment", value, line)
        elif kind in token.Literal.String and value not in ("${", "}"):
            if not held:
                began = line
            held += value
            line += value.count("\n")
            if _is_closed(held):
                yield _Token("string", _content(held), began)
                held = ""
            continue
        elif held and (kind in token.Literal.String or "`" in held[:1]):
            held += "\0"
            line += value.count("\n")
            continue
        else:
            if held:
                yield _Token("string", _content(held), began)
                held = ""
            if value.strip():
                yield _Token("word" if re.match(r"[\w$@]", value.strip()) else "mark", value.strip(), line)
        line += value.count("\n")


def _is_closed(held: str) -> bool:
    mark = held.lstrip("@$frbuL#")[:1]
    return mark in "\"'`" and len(held) > 1 and held.endswith(mark) and not held.endswith("\\" + mark)


def _content(held: str) -> str:
    return held.strip().lstrip("@$").strip("\"'`#")


class _Reader:
    """Goes through tokens once, with the calls and tables that are open."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = [one for one in tokens if one.kind != "comment"]
        self._values: dict[str, list[_Token]] = {}
        self.unresolved: list[Unresolved] = []
        self.comments = [
            mention
            for one in tokens
            if one.kind == "comment" and len(one.text) > 8  # noqa: PLR2004 - nothing to name
            for mention in examples(one.text, one.line)
        ]
        self._assigned()

    def _assigned(self) -> None:
        """Which strings names are set to."""
        for index, token in enumerate(self._tokens):
            if token.kind == "string" and index > 1:
                name = self._key(index)
                if name:
                    self._values.setdefault(name, []).append(token)

    def _key(self, index: int) -> str:
        """Return the name that the string at a place is given to: ``name =``, ``name:``, ``env.NAME ||``.

        Else empty.
        """
        before = self._tokens[max(0, index - 12) : index]
        while before and before[-1].text in ("||", "??", "?", "?:", "or", "String", "as") and len(before) > 1:
            before = before[:-1]
            while before and before[-1].text not in ("=", ":", ":=", "=>", "(", ",", "{"):
                before = before[:-1]
        if len(before) > 1 and before[-1].text in ("=", ":", ":=", "=>", "->"):
            for token in reversed(before[:-1]):
                if token.kind in ("word", "string") and token.text not in (
                    "string",
                    "String",
                    "const",
                    "str",
                    "&",
                    "static",
                ):
                    return token.text.strip("\"'")
                if token.text not in (":", "&", "'", ">", "<", "?", "!"):
                    break
        return ""

    def mentions(self) -> Iterator[Mention]:
        """Every name with what it is given to."""
        calls: list[tuple[str, int, str]] = []
        """For each open bracket: what is called, how many arguments are past, and the key of a table."""
        for index, token in enumerate(self._tokens):
            if token.kind in ("mark", "word"):
                calls = self._brackets(index, token, calls)
                if token.kind == "word":
                    yield from self._variable(index, token, calls)
                    yield from self._constant(index, token)
            if token.kind == "string":
                yield from self._string(index, token, calls)

    def _constant(self, index: int, token: _Token) -> Iterator[Mention]:
        owner, mark = (self._tokens[index - 2], self._tokens[index - 1]) if index > 1 else (token, token)
        if mark.text == "." and _CONSTANT.fullmatch(token.text) and _OWNER.fullmatch(owner.text):
            yield Mention(f"{owner.text}.{token.text}", token.line, Role.LITERAL, owner.text)

    def _brackets(self, index: int, token: _Token, calls: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
        for mark in token.text if token.kind == "mark" else "":
            if mark in _OPENING:
                before = self._tokens[index - 1] if index else None
                name = before.text.rpartition(".")[2] if before and before.kind == "word" and mark == "(" else ""
                calls = [*calls[-40:], (name, 0, self._key(index))]
            elif mark in _CLOSING:
                calls = calls[:-1]
            elif mark == "," and calls:
                name, past, key = calls[-1]
                calls = [*calls[:-1], (name, past + 1, key)]
        return calls

    def _string(self, index: int, token: _Token, calls: list[tuple[str, int, str]]) -> Iterator[Mention]:
        text = token.text
        if "\n" in text or " " in text:
            yield from (examples if "\n" in text else shell_mentions)(text, token.line)
            return
        if "\0" in text or not text:
            return
        key = self._key(index)
        role = self._role(key, calls)
        yield Mention(text, token.line, role, key or (calls[-1][0] if calls else ""))

    def _role(self, key: str, calls: list[tuple[str, int, str]]) -> Role:  # noqa: PLR0911 - one a kind of place
        if key and is_dataset_key(key):
            return Role.DATASET
        names = [name for name, *_ in calls if name]
        of_ollama = any(LOADERS.get(name) is Role.OLLAMA or "ollama" in name.lower() for name in names)
        if of_ollama and (is_model_key(key) or calls[-1][0] == names[-1]):
            return Role.OLLAMA
        if key and is_model_key(key):
            return Role.KEYED
        if calls and calls[-1][0] and self._is_model_place(calls[-1][0], calls[-1][1]):
            return Role.HUB if calls[-1][0] != "pipeline" else Role.KEYED
        if not key and any(is_model_key(table) for *_, table in calls[-2:] if table):
            return Role.KEYED
        if key and calls and calls[-1][2] and is_model_key(calls[-1][2]) and not is_dataset_key(key):
            return Role.KEYED
        return Role.LITERAL

    def _is_model_place(self, name: str, past: int) -> bool:
        if name == "pipeline":
            return past == 1
        return past == 0 and name in ("from_pretrained", "fromPretrained", "snapshotDownload", "ChatOllama")

    def _variable(self, index: int, token: _Token, calls: list[tuple[str, int, str]]) -> Iterator[Mention]:
        """Yield a name that is given to a loader: what the file sets it to, else a word that it stays open."""
        after = self._tokens[index + 1].text if index + 1 < len(self._tokens) else ""
        before = self._tokens[index - 1].text if index else ""
        if not calls or not self._is_model_place(calls[-1][0], calls[-1][1]) or after not in (",", ")", "),", ");"):
            return
        if before not in ("(", ",", "."):
            return
        name = token.text.rpartition(".")[2]
        values = self._values.get(name, [])
        if values:
            yield from (Mention(one.text, one.line, Role.HUB, calls[-1][0]) for one in values)
        elif calls[-1][0] != "pipeline":
            self.unresolved.append(Unresolved(f"{calls[-1][0]}({name})", token.line, f"the variable {name}"))
