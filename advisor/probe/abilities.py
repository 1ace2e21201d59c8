"""What a model is asked to show that it can do a thing, and whether the answer shows it.

Each question is made so that neither a guess nor an answer that ignores the request passes: names and values are drawn
at random, and stand in nothing but the part of the request that is under test.
"""

from __future__ import annotations

import json
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from enum import StrEnum
from random import Random
from typing import Any, NamedTuple

from advisor.probe.faults import Fault
from advisor.probe.worker_protocol import CallAnswer, Message, Params

SMALL_TOKENS = 300
"""What each answer may have: a tool call or an object, and a little thinking before."""

CACHED_WORDS = 3_000
"""Words of the prompt that is asked twice: providers cache from about a thousand tokens."""

_REFUSALS = (Fault.BAD_REQUEST, Fault.UNPROCESSABLE, Fault.UNSUPPORTED, Fault.NOT_FOUND)


class Outcome(StrEnum):
    """What came of asking."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    """The provider, or litellm before it, says that it does not take this."""
    IGNORED = "ignored"
    """It answered as if it had not been asked for."""
    OPEN = "open"
    """The request failed for another reason, or did not fit the cap."""


class AbilityCheck(NamedTuple):
    """One ability: what to ask, and how to judge the last answer."""

    name: str
    messages: tuple[Message, ...]
    params: Params
    shows: Callable[[CallAnswer], bool]
    max_tokens: int = SMALL_TOKENS
    times: int = 1
    effort: str | None = None


def outcome(check: AbilityCheck, answer: CallAnswer) -> tuple[Outcome, str | None]:
    """Return what an answer says of the ability, and the error if there is one."""
    if answer.fault in _REFUSALS:
        return Outcome.REFUSED, answer.message
    if answer.fault is not None and not (answer.fault is Fault.USED_UP and check.name == "max_output_tokens"):
        return Outcome.OPEN, f"{answer.fault.value}: {answer.message or ''}".rstrip(": ")
    return (Outcome.CONFIRMED if check.shows(answer) else Outcome.IGNORED), None


def plain(random: Random) -> AbilityCheck:
    """Return a request without any of it: one that fails too says nothing of an ability."""
    return AbilityCheck("answers", _say(f"Say yes to {_word(random)}."), Params(), _always)


def checks(random: Random, *, efforts: tuple[str, ...], max_output_tokens: int | None) -> tuple[AbilityCheck, ...]:
    """Every ability that is looked at, the cheap ones first."""
    found = [_tool(random), _parallel(random), _object(), _schema(random, is_strict=False)]
    found += [_schema(random, is_strict=True), _image(random)]
    found += [_effort(effort) for effort in efforts]
    found.append(_cache(random))
    if max_output_tokens:
        found.append(_longest(max_output_tokens))
    return tuple(found)


def _say(text: str, *images: str) -> tuple[Message, ...]:
    return (Message(role="user", content=text, images=images),)


def _word(random: Random) -> str:
    return "k" + "".join(random.choices("bcdfghjklmnpqrstvwxz", k=8))


def _definition(name: str, argument: str) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]}
    function = {"name": name, "description": "Look up an order by its number.", "parameters": parameters}
    return {"type": "function", "function": function}


def _tool(random: Random) -> AbilityCheck:
    name, argument = _word(random), _word(random)
    params = Params(tools=(_definition(name, argument),), tool_choice="required")

    def shows(answer: CallAnswer) -> bool:
        calls = answer.content.tool_calls if answer.content else ()
        return any(call.name == name and argument in (_read(call.arguments) or {}) for call in calls)

    return AbilityCheck("tools", _say("Look up order 4711."), params, shows)


def _parallel(random: Random) -> AbilityCheck:
    name, argument = _word(random), _word(random)
    params = Params(tools=(_definition(name, argument),), tool_choice="auto")

    def shows(answer: CallAnswer) -> bool:
        calls = answer.content.tool_calls if answer.content else ()
        given = [str((_read(call.arguments) or {}).get(argument)) for call in calls if call.name == name]
        return any("4711" in one for one in given) and any("4712" in one for one in given)

    ask = "Look up the orders 4711 and 4712, both at once, in one turn with two calls."
    return AbilityCheck("parallel_tools", _say(ask), params, shows)


def _object() -> AbilityCheck:
    params = Params(response_format={"type": "json_object"})
    ask = "Name three rivers. Write no prose if you were told to answer in JSON, else write prose only."

    def shows(answer: CallAnswer) -> bool:
        return answer.content is not None and _read(answer.content.text) is not None

    return AbilityCheck("json_object", _say(ask), params, shows)


def _schema(random: Random, *, is_strict: bool) -> AbilityCheck:
    first, second, value = _word(random), _word(random), _word(random)
    properties: dict[str, Any] = {first: {"type": "string"}, second: {"type": "integer"}}
    if is_strict:
        properties[first] = {"type": "string", "enum": [value, _word(random)]}
        properties[second] = {"type": "array", "items": {"type": "integer"}}
    schema = {
        "type": "object",
        "properties": properties,
        "required": [first, second],
        "additionalProperties": False,
    }
    form = {"name": "answer", "schema": schema, "strict": is_strict}

    def shows(answer: CallAnswer) -> bool:
        return answer.content is not None and _fits(_read(answer.content.text), properties)

    name = "json_strict" if is_strict else "json_schema"
    ask = "Describe a harbour in the form that you were given, in JSON."
    return AbilityCheck(name, _say(ask), Params(response_format={"type": "json_schema", "json_schema": form}), shows)


def _fits(found: Mapping[str, Any] | None, properties: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether an object has these properties, of their types and values, and no others."""
    if found is None or found.keys() != properties.keys():
        return False
    kinds: Mapping[str, type] = {"string": str, "integer": int, "array": list}
    return all(
        isinstance(found[name], kinds[rule["type"]])
        and not isinstance(found[name], bool)
        and found[name] in rule.get("enum", [found[name]])
        for name, rule in properties.items()
    )


_COLORS: Mapping[str, tuple[int, int, int]] = {
    "red": (220, 20, 20),
    "green": (20, 160, 40),
    "blue": (20, 40, 220),
    "yellow": (240, 220, 20),
    "black": (0, 0, 0),
    "white": (255, 255, 255),
}


def _image(random: Random) -> AbilityCheck:
    left, right = random.sample(sorted(_COLORS), 2)

    def shows(answer: CallAnswer) -> bool:
        words = answer.content.text.lower() if answer.content else ""
        return 0 <= words.find(left) < words.find(right) and sum(color in words for color in _COLORS) == 2  # noqa: PLR2004

    ask = "Name the color of the left half of this picture, then that of the right half: two words, no others."
    return AbilityCheck("image", _say(ask, _picture(_COLORS[left], _COLORS[right])), Params(), shows)


def _picture(left: tuple[int, int, int], right: tuple[int, int, int], half: int = 32) -> str:
    """Return a PNG of two halves as a data address."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = 2 * half
    row = b"\0" + bytes(left) * half + bytes(right) * half
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(row * size)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + b64encode(b"\x89PNG\r\n\x1a\n" + head + body).decode()


def _effort(effort: str) -> AbilityCheck:
    return AbilityCheck(f"effort:{effort}", _say("What is 17 times 23?"), Params(), _always, effort=effort)


def _cache(random: Random) -> AbilityCheck:
    text = " ".join(_word(random) for _ in range(CACHED_WORDS // 4)) + "\nSay yes."

    def shows(answer: CallAnswer) -> bool:
        return bool(answer.tokens.cached)

    return AbilityCheck("prompt_cache", _say(text), Params(), shows, times=2)


def _longest(tokens: int) -> AbilityCheck:
    return AbilityCheck("max_output_tokens", _say("Say yes."), Params(), _always, max_tokens=tokens)


def _always(_: CallAnswer) -> bool:
    """Where it is enough that the request was taken."""
    return True


def _read(text: str) -> dict[str, Any] | None:
    """Return a JSON object; None for anything else, a fence around it included."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
