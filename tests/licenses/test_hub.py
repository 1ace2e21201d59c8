"""Evidence through the real client from a Hub that answers as the real one does; every failure is its own outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.licenses.evidence.cache import Cached
from advisor.licenses.evidence.hub import Hub as Client
from advisor.licenses.evidence.hub import wait_from_headers
from advisor.licenses.evidence.read_text import LARGEST_TEXT_BYTES
from advisor.licenses.evidence.records import FetchOutcome
from tests.licenses.hub_server import SHA, Hub, Repo, serve


def test_a_repository_is_read_with_the_place_of_each_fact(hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(
        card={"license": "apache-2.0", "base_model": ["owls/egg"], "datasets": ["owls/mice"]},
        tags=("license:apache-2.0", "base_model:owls/egg", "base_model:adapter:owls/egg"),
        files={"LICENSE": b"Be wise.", "README.md": b"#", "model.safetensors": b"\0"},
    )
    found = Client(hub.endpoint).evidence("owls/owl")
    assert (found.outcome, found.commit, found.licenses) == (FetchOutcome.READ, SHA, ("apache-2.0",))
    assert [(parent.id, parent.relation) for parent in found.parents] == [("owls/egg", "adapter")]
    assert [(text.place, text.content) for text in found.texts] == [("LICENSE", "Be wise."), ("README.md", "#")]
    assert not [path for path in hub.asked if "safetensors" in path]


@pytest.mark.parametrize(
    ("repo", "outcome"),
    [
        (None, FetchOutcome.NOT_FOUND),
        (Repo(status=403, headers={"X-Error-Code": "GatedRepo"}), FetchOutcome.GATED),
        (Repo(status=403, headers={"X-Error-Message": "Access to this resource is disabled."}), FetchOutcome.DISABLED),
        (Repo(status=403), FetchOutcome.DENIED),
        (Repo(status=429, headers={"Retry-After": "42"}), FetchOutcome.RATE_LIMITED),
        (Repo(status=500), FetchOutcome.SERVER_DOWN),
        (Repo(status=503), FetchOutcome.SERVER_DOWN),
        (Repo(body=b"<html>not json"), FetchOutcome.MALFORMED),
        (Repo(body=b"[]"), FetchOutcome.MALFORMED),
        (Repo(body=b'{"sha": "x"}'), FetchOutcome.MALFORMED),
    ],
)
def test_each_failure_is_its_own_outcome(hub: Hub, repo: Repo | None, outcome: FetchOutcome) -> None:
    if repo is not None:
        hub.models["owls/owl"] = repo
    found = Client(hub.endpoint).evidence("owls/owl")
    assert found.outcome is outcome
    assert found.retry_after_s == (42 if outcome is FetchOutcome.RATE_LIMITED else None)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "42"}, 42),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"RateLimit": '"api";r=0;t=55', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}, 55),
        ({"Retry-After": "soon", "RateLimit": '"api";r=0;t=5'}, 5),
        ({"Retry-After": "\u00b2"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1 Jan"}, None),
        ({"RateLimit": "none"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_a_limit_asks_for_is_understood(headers: dict[str, str], wait: float | None) -> None:
    assert wait_from_headers({"Retry-After": "", **headers}) == wait


def test_a_missing_revision_is_not_a_missing_repository(hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    assert Client(hub.endpoint).evidence("owls/owl", "v9").outcome is FetchOutcome.REVISION_MISSING


def test_a_host_that_does_not_answer_is_offline() -> None:
    assert Client("http://127.0.0.1:9").evidence("owls/owl").outcome is FetchOutcome.OFFLINE


def test_a_host_that_cannot_prove_itself_is_not_offline_and_nothing_older_stands_in(hub: Hub, tmp_path: Path) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    assert Cached(Client(hub.endpoint), tmp_path).evidence("owls/owl").outcome is FetchOutcome.READ
    untrusted = Client(hub.endpoint.replace("http://", "https://"))
    assert Cached(untrusted, tmp_path).evidence("owls/owl").outcome is FetchOutcome.UNTRUSTED
    assert Cached(Client("http://127.0.0.1:9"), tmp_path).evidence("owls/owl").outcome is FetchOutcome.READ


def test_a_cache_that_cannot_be_written_costs_no_answer(hub: Hub, tmp_path: Path) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    (tmp_path / "file").write_text("no folder")
    assert Cached(Client(hub.endpoint), tmp_path / "file").evidence("owls/owl").outcome is FetchOutcome.READ


def test_offline_mode_asks_nobody(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert Client(hub.endpoint).evidence("owls/owl").outcome is FetchOutcome.OFFLINE
    assert hub.asked == []


def test_a_name_that_no_repository_can_have_is_not_asked_for(hub: Hub) -> None:
    assert Client(hub.endpoint).evidence("a/b/c").outcome in (FetchOutcome.NOT_FOUND, FetchOutcome.MALFORMED)


def test_gated_files_leave_the_metadata_and_the_prompt(hub: Hub) -> None:
    card = {"license": "other", "license_name": "owl-terms", "extra_gated_prompt": "OWL TERMS"}
    hub.models["owls/owl"] = Repo(card=card, gated="manual", readable=False, files={"LICENSE": b"secret"})
    found = Client(hub.endpoint).evidence("owls/owl")
    assert (found.outcome, found.gated) == (FetchOutcome.READ, "manual")
    assert [(one.place, one.outcome) for one in found.unread] == [("LICENSE", FetchOutcome.GATED)]
    assert [(text.place, text.content) for text in found.texts] == [("extra_gated_prompt", "OWL TERMS")]


def test_a_moved_repository_is_followed_and_its_new_name_kept(hub: Hub) -> None:
    hub.models["owls/old"] = Repo(moved_to="owls/new")
    hub.models["owls/new"] = Repo(card={"license": "mit"})
    found = Client(hub.endpoint).evidence("owls/old")
    assert (found.outcome, found.id, found.licenses) == (FetchOutcome.READ, "owls/new", ("mit",))


def test_a_huge_file_costs_no_more_than_the_limit(hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"}, files={"LICENSE": b"x" * (100 << 20)})
    found = Client(hub.endpoint).evidence("owls/owl")
    assert [one.outcome for one in found.unread] == [FetchOutcome.TOO_LARGE]
    assert f"{LARGEST_TEXT_BYTES:,}" in found.unread[0].detail


@pytest.mark.parametrize("content", [b"MZ\0\0\0", bytes(range(128, 256)) * 40])
def test_what_is_no_text_is_binary(hub: Hub, content: bytes) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"}, files={"LICENSE": content})
    assert [one.outcome for one in Client(hub.endpoint).evidence("owls/owl").unread] == [FetchOutcome.BINARY]


@pytest.mark.parametrize(
    ("link", "outcome"),
    [
        ("https://elsewhere.example/LICENSE", FetchOutcome.ELSEWHERE),
        ("file:///etc/passwd", FetchOutcome.NOT_FOUND),
        ("../../../../etc/passwd", FetchOutcome.NOT_FOUND),
        ("//elsewhere.example/LICENSE", FetchOutcome.NOT_FOUND),
        ("LICENSE.gone", FetchOutcome.NOT_FOUND),
    ],
)
def test_a_link_never_leads_out_of_the_hub_by_itself(hub: Hub, link: str, outcome: FetchOutcome) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "other", "license_link": link}, files={"README.md": b"#"})
    found = Client(hub.endpoint).evidence("owls/owl")
    assert [(one.place, one.outcome) for one in found.unread] == [(link, outcome)]
    assert not [path for path in hub.asked if "passwd" in path]


def test_a_link_to_another_repository_of_the_hub_is_read(hub: Hub) -> None:
    hub.models["owls/egg"] = Repo(files={"legal/TERMS.txt": b"Be an egg."})
    link = f"{hub.endpoint}/owls/egg/blob/main/legal/TERMS.txt"
    hub.models["owls/owl"] = Repo(card={"license": "other", "license_link": link})
    found = Client(hub.endpoint).evidence("owls/owl")
    assert [(text.place, text.content) for text in found.texts] == [(link, "Be an egg.")]


@pytest.mark.parametrize(
    "card", ["text", 7, ["x"], {"license": {"a": 1}}, {"base_model": [1, None]}, {"license": [[]]}]
)
def test_an_odd_card_is_a_remark_and_no_crash(hub: Hub, card: object) -> None:
    hub.models["owls/owl"] = Repo(card=card)
    found = Client(hub.endpoint).evidence("owls/owl")
    assert found.outcome in (FetchOutcome.READ, FetchOutcome.MALFORMED)
    assert found.remarks or found.outcome is FetchOutcome.MALFORMED
    assert found.licenses == ()


def test_a_token_goes_to_the_hub_and_to_no_other_host(hub: Hub) -> None:
    with serve() as other:
        other.models["owls/egg"] = Repo(files={"LICENSE": b"Be an egg."})
        link = f"{other.endpoint}/owls/egg/resolve/main/LICENSE"
        hub.models["owls/owl"] = Repo(card={"license_link": link}, files={"NOTICE": b"Owls."})
        found = Client(hub.endpoint, token="hf_test", follow_links=True).evidence("owls/owl")  # noqa: S106 - no secret
    assert {text.place for text in found.texts} == {"NOTICE"}
    assert set(hub.tokens) == {"Bearer hf_test"}
    assert [(one.place, one.outcome) for one in found.unread] == [(link, FetchOutcome.ELSEWHERE)]
    assert "private network" in found.unread[0].detail
    assert other.tokens == []
