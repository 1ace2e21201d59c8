"""Models that commands name: shell scripts, Dockerfiles, Makefiles, Modelfiles, and commands inside other files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from advisor.licenses.targets.mention import Found, Mention, Role, Unresolved
from advisor.licenses.targets.vocabulary import is_dataset_key, is_model_key

# Such as `export MODEL=acme/owl` and `MODEL ?= acme/owl`, not `vllm serve acme/owl`.
_ASSIGN = re.compile(
    r"(?:(?:export|readonly|local|declare|ENV|ARG|env)\s+)*(?P<name>[A-Za-z_]\w*)\s*(?:[:?+]?=)\s*(?P<rest>.*)"
)
# Such as `${MODEL:-acme/owl}`, `$(MODEL)` and `$MODEL`, not `MODEL`.
_VARIABLE = re.compile(r"\$\{(?P<braced>\w+)(?::?[-=](?P<default>[^}]*))?\}|\$\((?P<made>\w+)\)|\$(?P<plain>\w+)")
_MOST_LINES = 20_000
_SERVERS = {("vllm", "serve"), ("sglang", "serve"), ("lms", "get"), ("lms", "load"), ("mlx_lm.server", ""), ("tgi", "")}
_FETCHERS = {("hf", "download"), ("huggingface-cli", "download"), ("trtllm-serve", "")}
_OLLAMA = {("ollama", "run"), ("ollama", "pull"), ("ollama", "show"), ("ollama", "create")}
# Such as `vllm serve acme/owl` and `run.py --base-model acme/owl`, not `cp -r docs site`.
_COMMAND = re.compile(
    r"--?[\w-]{0,40}(?:model|hf|lora|adapter|tokenizer|checkpoint|repo|embed|pretrained)|vllm"
    r"|\s-m\s|ollama|download|lms "
    r"|sglang|trtllm|\bmodel\b|\$|=|\bFROM\b|hf\.co|huggingface",
    re.IGNORECASE,
)
# Such as `"model": "acme/owl"` and `\"model\": \"acme/owl\"`, not `"model": 7`.
_BODY = re.compile(r"\\?[\"'](?P<key>\w{2,40})\\?[\"']\s*:\s*\\?[\"'](?P<text>[\w.:@/-]{2,200})\\?[\"']")
# Such as `run it with --model acme/owl` and `hf download acme/owl`, not `a model of owls`.
_INSIDE = re.compile(
    r"(?:^|[\s\"'\[,])-{1,2}(?:hfr?|m|[\w-]{0,40}(?:model|lora|adapter|tokenizer|checkpoint|repo|pretrained)[\w-]{0,40})[\s=\"',]"
    r"|\b(?:vllm|sglang)\b|\bollama\s+(?:run|pull|show)|\b(?:hf|huggingface-cli)\s+download|\blms\s+(?:get|load)|trtllm"
)
"""Commands among other text: only with a word that names a model."""
_WITH_VALUE = frozenset(("--local-dir", "--revision", "--cache-dir", "--token", "--repo-type", "--include", "--exclude",
                         "--max-workers", "--endpoint"))  # fmt: skip


class Shell:
    """Reads commands line by line, and keeps what variables were set to."""

    def __init__(self) -> None:
        self._set: dict[str, tuple[str, int]] = {}
        self.unresolved: list[Unresolved] = []

    def script(self, text: str, first_line: int = 1) -> Iterator[Mention]:
        """Yield what every command of a script names; continued lines are one."""
        for number, line in _logical_lines(text, first_line):
            plain = line.strip()
            if not plain or plain.startswith(("#", "//")) or not _COMMAND.search(plain):
                continue
            yield from self._bodies(plain, number)
            yield from self._line(plain, number)

    def _bodies(self, line: str, number: int) -> Iterator[Mention]:
        """Yield the models of requests whose body a command holds: ``"model": "x"``."""
        for match in _BODY.finditer(line):
            if is_model_key(match["key"]) and "$" not in match["text"]:
                yield Mention(match["text"], number, Role.KEYED, match["key"])

    def _line(self, line: str, number: int) -> Iterator[Mention]:
        match = _ASSIGN.match(line)
        if match is None or line.startswith("-"):
            yield from self._command([self._expanded(word) for word in _words(line.lstrip("@-+ "))], number, line)
            return
        given = _words(match["rest"])
        yield from self._assign(match["name"], self._expanded(given[0]) if given else "", number)
        for index, word in enumerate(given[1:], 1):
            name, equals, value = word.partition("=")
            if not (equals and name.isidentifier()):
                yield from self._command([self._expanded(one) for one in given[index:]], number, line)
                return
            yield from self._assign(name, self._expanded(value), number)

    def _assign(self, name: str, value: str, number: int) -> Iterator[Mention]:
        self._set[name] = (value, number)
        if is_model_key(name) or is_dataset_key(name):
            role = Role.DATASET if is_dataset_key(name) else _role_of_key(name)
            yield from (Mention(one, number, role, name) for one in value.split(",") if one)

    def _expanded(self, word: str) -> str:
        def put(match: re.Match[str]) -> str:
            name = match["braced"] or match["made"] or match["plain"]
            if name in self._set:
                return self._set[name][0]
            return match["default"] or match[0]

        return _VARIABLE.sub(put, word)

    def _command(self, words: Sequence[str], number: int, line: str) -> Iterator[Mention]:
        """Yield the model of a command: behind its flags, or where the command takes it."""
        if line.startswith(("CMD", "ENTRYPOINT", "RUN", "command:", "args:", "[")) and "[" in line:
            inside = re.findall(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'", line)
            words = [self._expanded(first or second) for first, second in inside]
            if len(words) >= 3 and words[1] == "-c":  # noqa: PLR2004 - a shell, its flag and the command
                yield from self.script(words[2].replace("\\n", "\n"), number)
                return
        for one in flagged([(word, number) for word in words]):
            if "$" in one.text:
                self._open(one, line)
            else:
                yield one

    def _open(self, mention: Mention, line: str) -> None:
        why = f"the variable {mention.text}"
        if mention.role is not Role.DATASET and is_model_key(mention.key):
            self.unresolved.append(Unresolved(" ".join(line.split())[:100], mention.line, why))


def _role_of_key(key: str) -> Role:
    return Role.OLLAMA if "ollama" in key.lower() else Role.KEYED


def shell_mentions(text: str, first_line: int = 1) -> Iterator[Mention]:
    """Yield what the commands of a text name; where a variable stays open nothing is said."""
    if _INSIDE.search(text):
        yield from Shell().script(text, first_line)


def shell_file(text: str) -> Found:
    """Return what a script names, with the loaders that stayed open."""
    shell = Shell()
    mentions = tuple(shell.script(text))
    return Found(mentions, tuple(shell.unresolved))


def flagged(words: Sequence[tuple[str, int]]) -> Iterator[Mention]:
    """Yield what the words of one command name, each with its line.

    Values of flags, and the model that a command takes.
    """
    repo_type = next((words[i + 1][0] for i, (word, _) in enumerate(words[:-1]) if word == "--repo-type"), "model")
    kind = Role.HUB if repo_type == "model" else Role.DATASET
    revision = next((words[i + 1][0] for i, (word, _) in enumerate(words[:-1]) if word == "--revision"), None)
    for index, (word, line) in enumerate(words):
        if word.startswith("-"):
            yield from _flag(words, index, revision)
            continue
        name, equals, value = word.partition("=")
        key = name.replace(".", "_")
        if equals and value and is_model_key(key):
            yield Mention(value.strip("\"'"), line, _role_of_key(key), key, revision)
            continue
        following = words[index + 1][0] if index + 1 < len(words) else ""
        tool = word.rpartition("/")[2]
        if (tool, following) in _SERVERS | _FETCHERS | _OLLAMA or (tool, "") in _SERVERS | _FETCHERS:
            start = index + (2 if (tool, following) in _SERVERS | _FETCHERS | _OLLAMA else 1)
            role = Role.OLLAMA if (tool, following) in _OLLAMA else kind
            named = _positional(words, start)
            if named is not None:
                yield Mention(named[0], named[1] or line, role, f"{tool} {following}".strip(), revision)
        elif word == "serve" and index == 0 and following and not following.startswith("-"):
            yield Mention(following, words[1][1], Role.KEYED, "serve", revision)


def _flag(words: Sequence[tuple[str, int]], index: int, revision: str | None) -> Iterator[Mention]:
    word, line = words[index]
    flag, equals, value = word.partition("=")
    if not equals and index + 1 < len(words):
        value, line = words[index + 1]
    if not value or value.startswith("-"):
        return
    short = flag in ("-m", "-hf", "-hfr", "-hfv", "--hf", "--hf-repo", "--hf-repo-draft")
    if short or is_model_key(flag.lstrip("-")):
        role = Role.HUB if flag.startswith(("-hf", "--hf")) else Role.KEYED
        yield Mention(value, line, role, flag, revision)
    elif is_dataset_key(flag):
        yield Mention(value, line, Role.DATASET, flag)


def _positional(words: Sequence[tuple[str, int]], start: int) -> tuple[str, int] | None:
    """Return the first word that is no flag and no flag's value."""
    index = start
    while index < len(words):
        word = words[index][0]
        if not word.startswith("-"):
            return words[index] if word else None
        index += 2 if word in _WITH_VALUE else 1
    return None


def _logical_lines(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Lines with those that they are continued on, each with the number of its first."""
    held, start = "", first_line
    for number, line in enumerate(text.splitlines()[:_MOST_LINES], first_line):
        if not held:
            start = number
        if line.rstrip().endswith("\\"):
            held += line.rstrip()[:-1] + " "
            continue
        yield start, held + line
        held = ""
    if held:
        yield start, held


def _words(line: str) -> list[str]:
    """Return the words of a command as a shell takes it apart; where quotes do not close, as blanks do."""
    try:
        plain = re.sub(r"\$\((\w+)\)", r"${\1}", line)
        lexer = shlex.shlex(plain, posix=True, punctuation_chars=";|&()<>")
        lexer.whitespace_split = True
        lexer.commenters = "#" if re.search(r"\s#", line) else ""
        return list(lexer)[:2_000]
    except ValueError:
        return [word.strip("\"'") for word in line.split()][:2_000]


def modelfile(text: str) -> Iterator[Mention]:
    """Yield the base of an Ollama Modelfile and its adapter."""
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r"\s*(FROM|ADAPTER)\s+(\S+)", line, re.IGNORECASE)
        if match:
            role = Role.OLLAMA if match[1].upper() == "FROM" else Role.KEYED
            yield Mention(match[2].strip("\"'"), number, role, match[1].upper())
