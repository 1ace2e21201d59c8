"""Secrets do not come through, whatever form the provider echoes them in."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.redaction import Redactor

SECRET = "A1b2/C3d4+E5f6=G7h8"  # noqa: S105 - made up


@pytest.mark.parametrize(
    "text",
    [
        f"wrong key {SECRET}",
        "wrong key A1b2%2FC3d4%2BE5f6%3DG7h8",
        f"Authorization: Basic {b64encode(SECRET.encode()).decode()}",
    ],
)
def test_the_value_of_a_secret_variable_is_hidden(text: str) -> None:
    cleaned = Redactor({"SERVICE_API_KEY": SECRET}).clean(text)
    assert SECRET not in cleaned
    assert "C3d4" not in cleaned
    assert "[hidden]" in cleaned


@pytest.mark.parametrize(
    "shape",
    [
        "sk-proj-abcdefghijkl",
        "sk-ant-api03-abcdef",
        "sk-ab***********wxyz",
        "AIzaSyA1234567890abc",
        "hf_abcdefghijklmnop",
        "Bearer abcdef.ghijkl",
        "https://host/v1?key=abcdefghijkl",
        "gsk_abcdefghijk",
        "https://user:abcdefgh@host/v1",
        "https://host/v1?subscription-key=abcdefgh&x=1",
        "GET /v1?access_token=abcdefgh HTTP/1.1",
        "{'x-api-key': 'abcdefgh123'}",
        '{"Ocp-Apim-Subscription-Key": "abcdefgh"}',
        "<html><b>Blocked</b> apikey=abcdefgh</html>",
    ],
)
def test_what_looks_like_a_key_is_hidden_though_nobody_set_it(shape: str) -> None:
    assert "abcdef" not in Redactor({}).clean(f"Incorrect API key provided: {shape}.")
    assert "wxyz" not in Redactor({}).clean(shape)
    kept = Redactor({}).without_keys(f"{'Long text. ' * 900}Key provided: {shape}. End.")
    assert "abcdef" not in kept
    assert "wxyz" not in kept
    assert kept.startswith("Long text. " * 900)
    assert kept.endswith(" End.")


@pytest.mark.parametrize(
    "words",
    [
        "A basic question, key-value stores, sk-learn and key_performance_indicator_2024.",
        "The key: compare both. Bearer of bad news, token: required, order 4711.",
    ],
)
def test_a_text_that_is_kept_loses_no_words_that_only_look_like_keys(words: str) -> None:
    assert Redactor({}).without_keys(words) == words


@given(st.text("abcdefXYZ0123456789-_", min_size=8, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_no_secret_survives_in_any_surroundings(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor({"MY_TOKEN": secret}).clean(f"{before} {secret} {after}")


def test_a_value_can_be_hidden_whatever_its_variable_is_called() -> None:
    redactor = Redactor({"MY_WORDS": "plain-words-1"})
    redactor.hide(SECRET)
    assert redactor.clean(f"no such account: {SECRET}, plain-words-1") == "no such account: [hidden], plain-words-1"


@pytest.mark.parametrize(
    "words",
    [
        "The model does not exist or you do not have access to it.",
        "max_tokens: 1280000 is more than 4096000 tokens",
        "monkey=banana; the keyboard: unplugged",
        "https://host.example/v1/models: not found, mail help@example.org",
    ],
)
def test_ordinary_words_stay(words: str) -> None:
    assert Redactor({"PATH_KEY": "is", "HOME": "model"}).clean(words) == words


KEY = "sk-proj-Zq7WvR2mXb9KtLp4NsYc8HdJ"


def _forms(key: str) -> dict[str, str]:
    return {
        "as it is": key,
        "upper": key.upper(),
        "base64": b64encode(key.encode()).decode(),
        "base64 of bearer": b64encode(f"Bearer {key}".encode()).decode(),
        "base64 of a user": b64encode(f"{key}:".encode()).decode(),
        "hexadecimal": key.encode().hex(),
        "hexadecimal with colons": key.encode().hex(":"),
        "escaped": "".join(f"\\u{ord(one):04x}" for one in key),
        "escaped twice": "".join(f"\\\\u{ord(one):04x}" for one in key),
        "percent": "".join(f"%{ord(one):02X}" for one in key),
        "entities": "".join(f"&#{ord(one)};" for one in key),
        "entities in hexadecimal": "".join(f"&#x{ord(one):x};" for one in key),
        "numbers": ", ".join(str(ord(one)) for one in key),
        "numbers in hexadecimal": ", ".join(f"0x{ord(one):02X}" for one in key),
        "places of Unicode": " ".join(f"U+{ord(one):04X}" for one in key),
        "spaced": " ".join(key),
        "a list": ", ".join(f'"{one}"' for one in key),
        "in tags": "".join(f"<b>{one}</b>" for one in key),
        "a tag between": f"{key[:12]}<wbr>{key[12:]}",
        "full width": "".join(chr(ord(one) + 0xFEE0) for one in key),
        "with accents": "".join(f"{one}\u0301" for one in key),
        "split": f"{key[:12]}\n{key[12:]}",
        "quoted in two": f'"{key[:14]}" + "{key[14:]}"',
        "reversed": key[::-1],
        "base64 reversed": b64encode(key.encode()).decode()[::-1],
        "hexadecimal reversed": key.encode().hex()[::-1],
        "head": key[:18],
        "tail": key[-10:],
    }


@pytest.mark.parametrize("form", _forms(KEY))
def test_a_key_is_found_in_every_form(form: str) -> None:
    shown = _forms(KEY)[form]
    for text in (shown, f"said: {shown} and more", f'{{"error": "{shown}"}}'):
        cleaned = Redactor({"OPENAI_API_KEY": KEY}).without_secrets(text)
        assert "[hidden]" in cleaned
        for piece in (KEY[8:16], KEY[-9:], b64encode(KEY.encode()).decode()[12:28], KEY.encode().hex()[20:40]):
            assert piece not in cleaned


def test_a_key_without_digits_is_no_words() -> None:
    redactor = Redactor({"OPENAI_API_KEY": "hf_qzBKzZTeyMSTsZgk"})
    assert redactor.without_secrets("wrong: qzBKzZTeyM") == "wrong: [hidden]"


def test_parts_of_a_secret_that_is_words_are_left_where_they_stand() -> None:
    redactor = Redactor({"MY_TOKEN": "production-environment"})
    assert redactor.without_secrets("the production deployment") == "the production deployment"
    assert redactor.without_secrets("production-environment") == "[hidden]"


def test_a_name_from_a_server_is_one_printable_line() -> None:
    redactor = Redactor({"OPENAI_API_KEY": KEY})
    assert redactor.name(f"m-{KEY}\x1b[2J") == "m-[hidden] [2J"
    assert redactor.name("key-value-7b-2026-01-01") == "key-value-7b-2026-01-01"
    assert redactor.name(["x"]) is None
