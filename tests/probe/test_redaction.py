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


@given(st.text("abcdefXYZ0123456789-_", min_size=8, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_no_secret_survives_in_any_surroundings(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor({"MY_TOKEN": secret}).clean(f"{before} {secret} {after}")


def test_a_value_can_be_hidden_whatever_its_variable_is_called() -> None:
    redactor = Redactor({"MY_PASS": "plain-words-1"})
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
