"""What cards on the Hub really look like: tags beside cards, adapters and conversions that name no base."""

from __future__ import annotations

import json
from typing import Any

import pytest

from advisor.cli import main
from advisor.licenses.evidence.derivation import derived_as
from advisor.licenses.evidence.model_card import parse_card
from tests.licenses.hub_server import Hub, Repo

SMALL = ("--monthly-active-users", "1000", "--yearly-revenue-usd", "1000", "--country", "US")


@pytest.fixture
def verdict(hub: Hub, capsys: pytest.CaptureFixture[str]) -> Any:
    """The verdict on ``owls/owl`` for one use, and the rules of its findings."""

    def run(use: str, *flags: str) -> tuple[str, set[str]]:
        main(["check-license", "owls/owl", "--use", use, *(flags or SMALL), "--endpoint", hub.endpoint, "-f", "json"])
        result = json.loads(capsys.readouterr().out)["results"][0]
        return result["verdict"], {finding["rule"] for finding in result["findings"]}

    return run


@pytest.mark.parametrize(
    ("card", "tags", "expected"),
    [
        ({"license": "apache-2.0"}, ("license:apache-2.0",), "allowed"),
        ({"license": "Apache-2.0"}, ("license:apache-2.0",), "allowed"),
        ({"license": "apache-2.0"}, ("license:cc-by-nc-4.0",), "forbidden"),
        ({"license": "apache-2.0"}, ("license:other",), "unknown"),
        ({"license": ["apache-2.0", "mit"]}, ("license:apache-2.0", "license:mit"), "allowed"),
        ({"license": ["apache-2.0", "other"]}, (), "unknown"),
        ({"license": ["apache-2.0", "unknown"], "license_name": "gemma"}, (), "conditional"),
        ({"license": "mit", "license_name": "qwen-research"}, (), "forbidden"),
        ({"license": "mit", "license_name": "our own words for it"}, (), "unknown"),
        ({}, ("license:cc-by-nc-4.0",), "forbidden"),
    ],
)
def test_card_and_tags_both_count_where_they_differ(
    hub: Hub, verdict: Any, card: Any, tags: tuple[str, ...], expected: str
) -> None:
    hub.models["owls/owl"] = Repo(card=card, tags=tags)
    assert verdict("commercial")[0] == expected


def test_a_base_that_only_the_tags_name_is_a_base(hub: Hub, verdict: Any) -> None:
    tags = ("license:mit", "base_model:owls/egg", "base_model:quantized:owls/nest", "base_model:owls/nest")
    hub.models["owls/owl"] = Repo(card={"license": "mit", "base_model": "owls/egg"}, tags=tags)
    hub.models |= {"owls/egg": Repo(card={"license": "mit"}), "owls/nest": Repo(card={"license": "cc-by-nc-4.0"})}
    assert verdict("commercial")[0] == "forbidden"
    card = parse_card({"base_model": "Owls/Egg"}, ("base_model:owls/egg",))
    assert [parent.id for parent in card.parents] == ["Owls/Egg"]


@pytest.mark.parametrize(
    ("paths", "tags", "kind"),
    [
        (("adapter_config.json",), (), "adapter"),
        ((), ("peft",), "adapter"),
        (("owl-Q4_K_M.gguf",), (), "quantized"),
        (("model.safetensors",), ("gptq",), "quantized"),
        (("model.safetensors", "config.json"), ("transformers", "fp8"), "quantized"),
        (("model.safetensors", "config.json"), ("transformers", "license:mit"), None),
    ],
)
def test_an_adapter_or_a_conversion_without_a_base_permits_nothing(
    hub: Hub, verdict: Any, paths: tuple[str, ...], tags: tuple[str, ...], kind: str | None
) -> None:
    assert derived_as(paths, tags) == kind
    files = dict.fromkeys(paths, b"0")
    hub.models["owls/owl"] = Repo(card={"license": "apache-2.0"}, tags=tags, files=files)
    said, rules = verdict("commercial")
    assert (said, "base-unnamed" in rules) == (("unknown", True) if kind else ("allowed", False))
    card = {"license": "apache-2.0", "base_model": "owls/egg"}
    hub.models["owls/owl"] = Repo(card=card, tags=tags, files=files, sha="b" * 40)
    hub.models["owls/egg"] = Repo(card={"license": "apache-2.0"})
    assert verdict("commercial")[0] == "allowed"


@pytest.mark.parametrize(
    ("name", "relation", "warned"),
    [
        ("Llama3-owl", "finetune", False),
        ("llama_3_owl", "finetune", False),
        ("owl-of-Llama-3", "finetune", True),
    ],
)
def test_a_name_begins_as_asked_however_its_parts_are_joined(
    hub: Hub, capsys: pytest.CaptureFixture[str], name: str, relation: str, warned: bool
) -> None:
    card = {"license": "llama3", "base_model": "owls/base", "base_model_relation": relation}
    hub.models |= {f"owls/{name}": Repo(card=card), "owls/base": Repo(card={"license": "llama3"})}
    main(["check-license", f"owls/{name}", "--endpoint", hub.endpoint, "-f", "json"])
    report = json.loads(capsys.readouterr().out)["results"][0]
    assert ("name-duty" in {finding["rule"] for finding in report["findings"]}) == warned


WHO = {"small": SMALL, "german": ("--country", "DE"), "huge": ("--monthly-active-users", "800000000")}


@pytest.mark.parametrize(
    ("derived", "asked", "expected"),
    [
        ("apache-2.0 adapter qwen-research", "commercial small", "forbidden looser-than-base"),
        ("apache-2.0 finetune tencent-hunyuan-community", "serve small", "unknown looser-than-base"),
        ("apache-2.0 finetune tencent-hunyuan-community", "serve german", "forbidden"),
        ("apache-2.0 adapter llama-license", "commercial small", "forbidden looser-than-base"),
        ("apache-2.0 quantized mrl", "internal small", "forbidden looser-than-base"),
        ("mit finetune llama3.3", "commercial small", "conditional looser-than-base name-duty"),
        ("mit finetune llama3.3", "commercial huge", "forbidden"),
        ("mit finetune llama3", "train-on-outputs small", "forbidden looser-than-base"),
        ("llama3.1 merge cc-by-nc-4.0", "commercial small", "forbidden looser-than-base"),
        ("cc-by-nc-4.0 merge mit", "commercial small", "forbidden"),
        ("gemma quantized gemma", "redistribute small", "conditional"),
        ("apache-2.0 quantized cc-by-nd-4.0", "redistribute small", "forbidden looser-than-base"),
        ("mit quantized modified-mit", "commercial small", "unknown"),
    ],
)
def test_a_base_binds_what_derives_from_it(hub: Hub, verdict: Any, derived: str, asked: str, expected: str) -> None:
    own, relation, base = derived.split()
    use, who = asked.split()
    hub.models["owls/owl"] = Repo(card={"license": own, "base_model": "owls/egg", "base_model_relation": relation})
    tagged = base in ("llama3", "llama3.3", "cc-by-nc-4.0", "cc-by-nd-4.0", "mit", "gemma")
    hub.models["owls/egg"] = Repo(card={"license": base} if tagged else {"license": "other", "license_name": base})
    said, rules = verdict(use, *WHO[who])
    assert said == expected.split(maxsplit=1)[0]
    assert set(expected.split()[1:]) <= rules


@pytest.mark.parametrize(("value", "barred"), [(True, True), ("true", True), (1, True), (False, False), (None, False)])
def test_a_card_bars_the_european_union_however_it_writes_it(value: object, barred: bool) -> None:
    assert parse_card({"extra_gated_eu_disallowed": value}, ()).eu_disallowed is barred


@pytest.mark.parametrize(
    ("license_", "policy", "expected"),
    [
        ("apache-2.0", "By using it you agree to comply with all applicable law.", "allowed"),
        ("apache-2.0", "You may not use it for surveillance.", "unknown"),
        ("llama3.1", "You may not use it for surveillance.", "conditional"),
    ],
)
def test_a_use_policy_may_bar_what_the_license_permits(
    hub: Hub, verdict: Any, license_: str, policy: str, expected: str
) -> None:
    hub.models["owls/owl"] = Repo(card={"license": license_}, files={"USE_POLICY.md": policy.encode()})
    said, rules = verdict("commercial")
    assert (said, "policy-unknown" in rules) == (expected, True)
