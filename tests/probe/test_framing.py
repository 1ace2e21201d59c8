"""How bytes become events, whatever the ends of lines, and what is no stream at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.faults import Fault
from advisor.probe.wire.documents import document_fault
from advisor.probe.wire.framing import Lines
from advisor.probe.wire.stream import StreamReader, read_stream
from advisor.probe.wire.stream_content import Protocol, TokenKind
from tests.probe.test_stream import chat, sse


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_end_of_line_is_one(end: bytes) -> None:
    body = b"\xef\xbb\xbf" + sse(chat({"content": "a"}), chat({"content": "b"})).replace(b"\n", end)
    found = read_stream([(number, bytes([byte])) for number, byte in enumerate(body)], Protocol.CHAT)
    assert (found.text(TokenKind.ANSWER), found.is_complete, found.malformed) == ("ab", True, 0)


def test_several_lines_of_data_are_one_event() -> None:
    pretty = json.dumps(chat({"content": "a"}), indent=1).splitlines()
    body = "".join(f"data: {line}\n" for line in pretty) + "\n"
    found = read_stream([(1, body.encode())], Protocol.CHAT)
    assert (found.text(), found.malformed) == ("a", 0)


def test_events_without_an_empty_line_between_are_two() -> None:
    body = b"".join(sse(chat({"content": text}), end=False).rstrip(b"\n") + b"\n" for text in "ab")
    assert read_stream([(1, body)], Protocol.CHAT).text() == "ab"


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_lines_do_not_depend_on_where_the_bytes_are_cut(pieces: list[bytes]) -> None:
    whole, cut = Lines(), Lines()
    expected = [*whole.feed(b"".join(pieces)), whole.close()]
    assert [*(line for piece in pieces for line in cut.feed(piece)), cut.close()] == expected


def test_thinking_in_details_is_read_once() -> None:
    detail = [{"type": "reasoning.text", "text": "hm"}, {"type": "reasoning.encrypted", "data": "xx"}]
    found = read_stream([(1, sse(chat({"reasoning": "hm", "reasoning_details": detail})))], Protocol.CHAT)
    assert found.text(TokenKind.REASONING) == "hm"
    found = read_stream([(1, sse(chat({"reasoning_details": detail})))], Protocol.CHAT)
    assert found.text(TokenKind.REASONING) == "hmxx"


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (b'event: error\ndata: {"code": 500, "message": "boom"}\n\n', Fault.ERROR_EVENT),
        (b'data: {"error": {"message": "boom"}}\n\n', Fault.ERROR_IN_STREAM),
        (b'data: {"choices": [{"delta": {}, "finish_reason": "error", "error": {"message": "boom"}}]}\n\n',
         Fault.ERROR_IN_CHOICE),
        (b'data: {"choices": [{"delta": {}, "finish_reason": "error"}]}\n\n', Fault.FINISHED_IN_ERROR),
    ],
)  # fmt: skip
def test_each_way_to_tell_an_error_is_its_own_class(event: bytes, fault: Fault) -> None:
    found = read_stream([(1, sse(chat({"content": "a"}), end=False) + event + b"data: [DONE]\n\n")], Protocol.CHAT)
    assert found.error_kind is fault


@pytest.mark.parametrize(
    ("body", "fault", "words"),
    [
        ("", Fault.EMPTY_BODY, "nothing came"),
        ("<html><script>x()</script><h1>Log in</h1> &amp; go</html>", Fault.HTML, "Log in & go"),
        ('{"error": {"message": "no credit"}}', Fault.ERROR_DOCUMENT, "no credit"),
        ('{\n "error": "no credit"\n}', Fault.ERROR_DOCUMENT, "no credit"),
        ('{"message": "quota", "status": "error", "code": 1113}', Fault.ERROR_DOCUMENT, "quota"),
        ('{"choices": [{"message": {"content": "hi"}}]}', Fault.WHOLE_ANSWER, None),
        ('{"type": "message", "role": "assistant", "content": []}', Fault.WHOLE_ANSWER, None),
        ('[{"candidates": []}]', Fault.WHOLE_ANSWER, None),
        ("[1, 2]", Fault.DOCUMENT, "[1, 2]"),
        ("SSH-2.0", Fault.DOCUMENT, "SSH-2.0"),
    ],
)
def test_what_is_no_stream_has_its_class_and_its_words(body: str, fault: Fault, words: str | None) -> None:
    found = document_fault(body.encode())
    assert found is not None
    assert found[0] is fault
    assert words is None or found[1] == words


def test_a_long_line_in_small_pieces_is_read_in_time_that_grows_with_it() -> None:
    """Each byte is looked at once: ten thousand pieces of one line are put together once."""
    reader = StreamReader(Protocol.CHAT)
    reader.feed([(number, b"x" * 100) for number in range(10_000)])
    assert reader.close().pieces == []
