"""Nothing that speaks about rights goes unread: what is not understood is a doubt, what names the license is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import EvidenceError
from advisor.licenses.aliases import Licenses
from advisor.licenses.check import make_reviewer
from advisor.licenses.evidence.bases import card_parents, file_parents
from advisor.licenses.evidence.cache import Replay, save
from advisor.licenses.evidence.derivation import derived_as
from advisor.licenses.evidence.hub import Hub as Client
from advisor.licenses.review import Review, Reviewer
from advisor.licenses.settings import CheckSettings
from advisor.requirements.schema import Organization
from tests.licenses.hub_server import Hub, Repo
from tests.licenses.installed import installed_license

MIT = installed_license("pluggy", "Permission is hereby granted")
RESTRICTS = "The weights may be used for academic research only; any commercial use needs a contract with us."


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    asked = CheckSettings(
        uses=("commercial",), country="DE", monthly_active_users=1_000, yearly_revenue_usd=Decimal(1_000)
    )
    return make_reviewer(asked)[0]


@pytest.fixture
def review(hub: Hub, reviewer: Reviewer) -> Callable[[Repo], Review]:
    """The review of ``owls/owl``."""

    def run(repo: Repo) -> Review:
        hub.models["owls/owl"] = repo
        return reviewer.review(Client(hub.endpoint), "owls/owl")

    return run


Run = Callable[[Repo], Review]


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE.en", "LICENSE_zh", "License.html", "docs/terms/LICENSE", "EULA",
        "TERMS_OF_SERVICE.md", "TermsOfUse.txt", "AUP.md", "PROHIBITED_USES.txt",
        "Attachment A.txt", "模型许可协议.md", "利用規約.txt", "LIZENZ.txt", "LICENCIA", "COPYING.orig",
        "Weights-Agreement.rst", "OwlModelLicense", "ADDENDUM.md", "acceptable_use.md", "NOTICE.md",
        "a/b/c/LICENSE", "CC-BY-NC-4.0.txt", "third_party/LICENSES.txt", "USE_RESTRICTIONS",
        "LEGAL.txt",
    ],
)  # fmt: skip
def test_a_file_that_by_its_name_speaks_of_rights_is_read(review: Run, name: str) -> None:
    result = review(Repo(card={"license": "apache-2.0"}, files={name: RESTRICTS.encode()}))
    assert result.verdict == "unknown"
    assert any(one.place == name for one in result.findings)


@pytest.mark.parametrize(
    "name", ["license_plate_reader.md", "special_tokens_map.json", "terms.bin", "agreement_score.py", "README.md"]
)
def test_a_file_that_holds_no_terms_is_none_of_a_license(review: Run, name: str) -> None:
    assert review(Repo(card={"license": "apache-2.0"}, files={name: b"x"})).verdict == "allowed"


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        ("MIT", "allowed"),
        ("MIT License", "allowed"),
        ("This model is released under the MIT License: https://opensource.org/licenses/MIT", "allowed"),
        ("SPDX-License-Identifier: MIT", "allowed"),
        ("", "allowed"),
        ("Research use only", "unknown"),
        ("禁止商用", "unknown"),
        ("Nur für Forschungszwecke.", "unknown"),
        ("MIT, except for companies", "unknown"),
        ("CC BY-NC 4.0: https://creativecommons.org/licenses/by-nc/4.0/", "unknown"),
        ("See https://acme.example/terms", "unknown"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "unknown"),
        ("../elsewhere/LICENSE", "unknown"),
        ("<html><head><title>x</title></head><body><p>MIT License</p></body></html>", "allowed"),
        ("<html><body><p>Hobby projects only</p></body></html>", "unknown"),
        ("%PDF-1.7 text", "unknown"),
    ],
)
def test_a_short_text_passes_only_if_it_names_what_is_declared(review: Run, content: str, verdict: str) -> None:
    assert review(Repo(card={"license": "mit"}, files={"LICENSE": content.encode()})).verdict == verdict


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"license_name": "owl-noncommercial-2"}, "unknown"),
        ({"license_name": "The Apache License, Version 2.0"}, "allowed"),
        ({"license_name": "Llama 3.1 Community License Agreement"}, "conditional"),
        ({"license_name": ["apache-2.0", "owl-terms"]}, "unknown"),
        ({"license": ["apache-2.0", {"name": "owl"}]}, "unknown"),
        ({"license_details": "hobbyists only"}, "unknown"),
        ({"license_details": "Apache-2.0"}, "allowed"),
        ({"commercial_use": False}, "unknown"),
        ({"terms_of_use": "ask us first, no companies"}, "unknown"),
        ({"license_link": "https://acme.example/license"}, "unknown"),
        ({"license_link": "https://www.apache.org/licenses/LICENSE-2.0.txt"}, "allowed"),
        ({"license_link": "https://choosealicense.com/licenses/apache-2.0/"}, "allowed"),
        ({"license_link": "https://creativecommons.org/licenses/by-nc-sa/4.0/deed.de"}, "unknown"),
        ({"license_link": "https://ai.google.dev/gemma/terms"}, "unknown"),
        ({"license_link": "https://[::1"}, "unknown"),
        ({"extra_gated_prompt": "You will ask us before you put it into a product."}, "unknown"),
        ({"extra_gated_description": "仅供学术研究使用"}, "unknown"),
        ({"extra_gated_heading": "Pour la recherche uniquement"}, "unknown"),
        ({"extra_gated_fields": {"I will not use it in a product": "checkbox"}}, "unknown"),
        ({"extra_gated_fields": {"Use": {"type": "select", "options": ["Only for my own studies"]}}}, "unknown"),
        ({"extra_gated_fields": {"Company": "text", "Country": "country", "Website": "text"}}, "allowed"),
        ({"extra_gated_prompt": "You agree to share your contact information to access this model."}, "allowed"),
        ({"extra_gated_prompt": "By clicking you accept the Apache 2.0 license."}, "allowed"),
        ({"extra_gated_prompt": "You agree to be bound by the Owl Labs terms of use."}, "unknown"),
    ],
)
def test_every_field_that_speaks_of_rights_is_read(review: Run, more: dict[str, Any], verdict: str) -> None:
    assert review(Repo(card={"license": "apache-2.0"} | more)).verdict == verdict


@pytest.mark.parametrize(
    ("readme", "verdict"),
    [
        ("## License\nThe model is under Apache 2.0. You may use it commercially without restrictions.", "allowed"),
        ("## Usage\nLoad it. You must not forget the tokenizer.\n## License\nApache-2.0", "allowed"),
        ("# Owl\n## License\nThe weights are for research purposes only.", "unknown"),
        ("## License\nWeights: CC-BY-NC-4.0, code: Apache-2.0", "unknown"),
        ("**License:** Llama 3.1 Community License", "unknown"),
        ("This model is not for commercial use.", "unknown"),
        ("## 许可证\n本模型禁止商用\u3002", "unknown"),
    ],
)
def test_what_the_readme_says_of_the_license_counts(review: Run, readme: str, verdict: str) -> None:
    assert review(Repo(card={"license": "apache-2.0"}, files={"README.md": readme.encode()})).verdict == verdict


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2025 Acme. Enterprises Talk To Sales Before They Ship",
        "Copyright 2025 Acme Gmbh. Nur Für Forschung Und Lehre, Keine Geschäfte",
        "\u00a9 2025 Acme \u2014 Только Для Исследований",
        "COPYRIGHT (C) 2025 ACME. BUSINESSES NEED A SIGNED CONTRACT",
        "Copyright (c) 2025 小鹰科技\uff0c仅限学术使用",
        "Copyright (c) 2025 Acme; Governments Excluded",
    ],
)
def test_a_rider_in_a_copyright_line_makes_the_text_another(review: Run, line: str) -> None:
    result = review(Repo(card={"license": "mit"}, files={"LICENSE": f"{line}\n\n{MIT}".encode()}))
    assert result.verdict == "unknown"
    said = result.conclusion.found[0].identification
    assert said.match == "near"
    assert said.differing


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2010-2024 The Owl Authors. All rights reserved.",
        "Copyright 2024 Owl Research, Inc.",
        "\u00a9 2024 Owl Co., Ltd. <legal@owl.example>",
        "Copyright (c) 2023 上海猫头鹰实验室",
        "Copyright (c) Owl Platforms, Inc. and its affiliates",
    ],
)
def test_a_line_that_only_names_a_holder_makes_no_difference(review: Run, line: str) -> None:
    result = review(Repo(card={"license": "mit"}, files={"LICENSE": f"{line}\n\n{MIT}".encode()}))
    assert (result.verdict, result.conclusion.found[0].identification.match) == ("allowed", "exact")


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("owls/egg", ["owls/egg"]),
        ("https://huggingface.co/owls/egg/tree/main", ["owls/egg"]),
        ("owls/egg@v1.0", ["owls/egg"]),
        ("owls/egg, owls/nest", ["owls/egg", "owls/nest"]),
        ("['owls/egg', 'owls/nest']", ["owls/egg", "owls/nest"]),
        ({"name": "owls/egg", "revision": "main"}, ["owls/egg"]),
        ([{"model": "owls/egg"}, "owls/nest"], ["owls/egg", "owls/nest"]),
        ("gpt2", ["gpt2"]),
    ],
)
def test_a_base_is_read_however_it_is_named(value: object, ids: list[str]) -> None:
    assert sorted(one.id for one in card_parents({"base_model": value}, ())) == sorted(ids)
    if ids != ["gpt2"]:
        assert sorted(one.id for one in card_parents({"base_models": value}, ())) == sorted(ids)


def test_files_of_tools_name_bases() -> None:
    adapter = file_parents("adapter_config.json", '{"base_model_name_or_path": "owls/egg"}')
    merge = file_parents(
        "mergekit_config.yml", "slices:\n- sources:\n  - model: owls/egg\n  - {model: owls/nest+owls/lora}\n"
    )
    assert [one.id for one in adapter] == ["owls/egg"]
    assert [one.id for one in merge] == ["owls/egg", "owls/nest", "owls/lora"]
    assert file_parents("adapter_config.json", '{"base_model_name_or_path": "/home/owl/models/egg"}') == ()
    assert file_parents("adapter_config.json", "[" * 100_000) == ()


@pytest.mark.parametrize(
    ("paths", "tags", "kind"),
    [
        (("onnx/model.onnx",), (), "quantized"),
        (("owl.llamafile",), (), "quantized"),
        (("ggml-model-q4_0.bin",), (), "quantized"),
        (("openvino_model.xml",), (), "quantized"),
        (("model.bin", "shared_vocabulary.json"), (), "quantized"),
        ((), ("compressed-tensors",), "quantized"),
        ((), ("bitsandbytes",), "quantized"),
        (("pytorch_lora_weights.safetensors",), (), "adapter"),
        (("mergekit_config.yml",), (), "merge"),
        ((), ("generated_from_trainer",), "finetune"),
        (("model.safetensors", "config.json"), ("transformers", "pytorch"), None),
    ],
)
def test_what_is_another_models_work_is_seen_by_file_and_tag(
    paths: tuple[str, ...], tags: tuple[str, ...], kind: str | None
) -> None:
    assert derived_as(paths, tags) == kind


def test_a_base_that_was_made_out_binds_as_a_doubt(review: Run, hub: Hub) -> None:
    hub.models["owls/egg"] = Repo(card={"license": "cc-by-nc-4.0"})
    hub.models["owls/nest"] = Repo(card={"license": "mit"})
    plain = review(Repo(card={"license": "mit", "base_model": "owls/egg"}))
    odd = review(Repo(card={"license": "mit", "base_model": "https://huggingface.co/owls/egg"}, sha="b" * 40))
    good = review(Repo(card={"license": "mit", "base_model": "owls/nest@main"}, sha="c" * 40))
    assert [one.verdict for one in (plain, odd, good)] == ["forbidden", "unknown", "allowed"]


@pytest.mark.parametrize("base", ["owls/owl", "Owls/Owl"])
def test_a_model_is_no_base_of_itself(review: Run, base: str) -> None:
    card = {"license": "apache-2.0", "base_model": base}
    assert review(Repo(card=card, files={"owl.gguf": b"x"})).verdict == "unknown"
    assert review(Repo(card=card, sha="b" * 40)).verdict == "allowed"


def test_bases_in_a_circle_are_no_base(review: Run, hub: Hub) -> None:
    hub.models["owls/egg"] = Repo(card={"license": "apache-2.0", "base_model": "owls/owl"})
    assert review(Repo(card={"license": "apache-2.0", "base_model": "owls/egg"})).verdict == "unknown"


@pytest.mark.parametrize(("users", "verdict"), [(1_000, "conditional"), (800_000_000, "forbidden")])
def test_what_the_catalog_knows_of_a_repository_binds(hub: Hub, users: int, verdict: str) -> None:
    name = "deepseek-ai/DeepSeek-R1-Distill-Llama-8B"
    hub.models[name] = Repo(card={"license": "mit"}, tags=("llama",))
    reviewer = make_reviewer(CheckSettings(uses=("commercial",), country="US", monthly_active_users=users))[0]
    found = reviewer.review(Client(hub.endpoint), name)
    assert found.verdict == verdict
    assert any("on record" in node for node in found.lineage.nodes)


def test_texts_of_parts_bind_beside_that_of_the_whole_and_other_texts_are_a_doubt(review: Run) -> None:
    part = review(Repo(card={"license": "mit"}, files={"LICENSE": MIT.encode(), "vae_decoder/LICENSE": b"GPL only"}))
    assert part.verdict == "unknown"
    many = {f"LICENSE-{number:02}": MIT.encode() for number in range(12)} | {"LICENSE-zz": RESTRICTS.encode()}
    assert review(Repo(card={"license": "mit"}, files=many, sha="b" * 40)).verdict == "unknown"


def test_a_disabled_repository_and_a_gated_text_permit_nothing(review: Run) -> None:
    gated = Repo(card={"license": "mit"}, gated="auto", readable=False, files={"LICENSE": MIT.encode()})
    assert review(gated).verdict == "unknown"
    assert review(Repo(card={"license": "mit"}, gated="auto", sha="b" * 40)).verdict == "allowed"


@pytest.mark.parametrize(
    ("before", "after"),
    [('"cc-by-nc-4.0"', '"mit"'), ("research only", "research and sale"), ('"commit": "a8e8', '"commit": "b8e8')],
)
def test_saved_evidence_that_was_edited_is_refused(tmp_path: Path, hub: Hub, before: str, after: str) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"}, files={"LICENSE": RESTRICTS.encode()})
    path = save(tmp_path, Client(hub.endpoint).evidence("owls/owl"))
    assert Replay(tmp_path).evidence("owls/owl").licenses == ("cc-by-nc-4.0",)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(before, after), encoding="utf-8")
    with pytest.raises(EvidenceError, match=path.name):
        Replay(tmp_path).evidence("owls/owl")


def test_a_text_without_the_digest_of_the_file_is_still_verified(tmp_path: Path, hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"}, files={"LICENSE": RESTRICTS.encode()})
    path = save(tmp_path, Client(hub.endpoint).evidence("owls/owl"))
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["sha256"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert Replay(tmp_path).evidence("owls/owl").texts
    content["texts"][0]["content"] += " and sale"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(EvidenceError, match="LICENSE"):
        Replay(tmp_path).evidence("owls/owl")


def test_a_data_set_whose_license_bars_a_use_leaves_that_use_open(licenses: Licenses, hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit", "datasets": ["owls/eggs"]})
    hub.datasets["owls/eggs"] = Repo(card={"license": "cc-by-nc-4.0"}, pipeline=None)
    client = Client(hub.endpoint)
    uses = ("commercial", "research")
    reviewer = Reviewer(licenses, (), uses, Organization(), dataset_licenses=client.dataset_licenses)
    found = {use.use: use for use in reviewer.review(client, "owls/owl").uses}
    assert {name: use.verdict for name, use in found.items()} == {"commercial": "unknown", "research": "allowed"}
    assert any("owls/eggs" in one for one in found["commercial"].read)


def test_several_permissive_texts_all_bind_and_another_among_them_is_a_doubt(review: Run) -> None:
    apache = (Path(__file__).parents[2] / "LICENSE").read_bytes()
    mit = installed_license("pytest", "Permission is hereby granted").encode()
    both = {"LICENSE": apache, "LICENSE-CODE": mit}
    result = review(Repo(card={"license": "apache-2.0"}, files=both))
    assert result.verdict == "allowed"
    assert {terms.id for terms in result.conclusion.binding} == {"apache-2.0", "mit"}
    assert review(Repo(card={"license": "cc-by-nc-4.0"}, files=both)).verdict != "allowed"
    assert review(Repo(card={}, files=both)).verdict == "unknown"
    restricted = {**both, "LICENSE-OTHER": b"Non-commercial use only."}
    assert review(Repo(card={"license": "apache-2.0"}, files=restricted)).verdict != "allowed"


@pytest.mark.parametrize("name", ["vscode-LICENSE", "unicode-license.txt", "Codex-LICENSE"])
def test_a_word_that_only_holds_code_does_not_set_a_text_aside(review: Run, name: str) -> None:
    apache = (Path(__file__).parents[2] / "LICENSE").read_bytes()
    files = {"MODEL_LICENSE": apache, name: b"Non-commercial use only."}
    assert review(Repo(card={"license": "apache-2.0"}, files=files)).verdict != "allowed"


def test_a_text_of_the_code_is_set_aside_beside_one_of_the_model_however_it_is_written(review: Run) -> None:
    apache = (Path(__file__).parents[2] / "LICENSE").read_bytes()
    files = {"MODEL_LICENSE": apache, "LICENSE-CODE": b"Non-commercial use only."}
    assert review(Repo(card={"license": "apache-2.0"}, files=files)).verdict == "allowed"
