"""Verdicts of vendors' licenses that are easily got wrong, read off their texts: who may do what, and from when not."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.catalog import load_catalog
from advisor.licenses.verdict import is_multimodal, judge
from advisor.requirements.schema import Organization

PRODUCT = {
    "country": "US",
    "monthly_active_users": 10_000,
    "yearly_revenue_usd": 500_000,
    "business": "end-user-product",
}
SELLER = PRODUCT | {"business": "model-as-a-service"}


def _verdict(name: str, use: str, facts: dict[str, Any], *, multimodal: bool | None = False) -> str:
    record = load_catalog().licenses[name]
    return judge(record, [use], Organization.model_validate(facts), multimodal=multimodal).verdict.value


@pytest.mark.parametrize(
    ("name", "use", "change", "verdict"),
    [
        # Outputs for other models: barred by Llama 2 and 3, a matter of the name since 3.1.
        ("llama2", "train-on-outputs", {}, "forbidden"),
        ("llama3", "train-on-outputs", {}, "forbidden"),
        ("llama3.1", "train-on-outputs", {}, "conditional"),
        ("tongyi-qianwen", "train-on-outputs", {}, "forbidden"),
        ("qwen", "train-on-outputs", {}, "conditional"),
        ("databricks-open-model-license", "train-on-outputs", {}, "forbidden"),
        ("stability-ai-community", "train-on-outputs", {}, "forbidden"),
        ("tencent-hunyuan-community", "train-on-outputs", {}, "forbidden"),
        ("gemma", "train-on-outputs", {}, "conditional"),
        # Size: of the licensee, or of the product.
        ("llama3.1", "commercial", {"monthly_active_users": 700_000_000}, "conditional"),
        ("llama3.1", "commercial", {"monthly_active_users": 700_000_001}, "forbidden"),
        ("llama3.1", "research", {"monthly_active_users": 700_000_001}, "forbidden"),
        ("qwen", "redistribute", {"monthly_active_users": 200_000_000}, "forbidden"),
        ("tencent-hunyuan-community", "commercial", {"monthly_active_users": 2_000_000}, "conditional"),
        ("tencent-hunyuan-3d-2.0", "commercial", {"monthly_active_users": 2_000_000}, "forbidden"),
        ("hyperclovax-seed", "internal", {"monthly_active_users": 20_000_000}, "forbidden"),
        ("minicpm-model-license", "commercial", {"monthly_active_users": 900_000}, "conditional"),
        ("minicpm-model-license", "commercial", {"monthly_active_users": 5_000_000}, "unknown"),
        ("stability-ai-community", "commercial", {"yearly_revenue_usd": 1_000_001}, "forbidden"),
        ("stability-ai-community", "research", {"yearly_revenue_usd": 1_000_001}, "unknown"),
        ("lfm1.0", "commercial", {}, "allowed"),
        ("lfm1.0", "commercial", {"yearly_revenue_usd": 10_000_000}, "forbidden"),
        ("lfm1.0", "publish-outputs", {"yearly_revenue_usd": 10_000_000}, "unknown"),
        # One name, three texts: a display, or no rights at all.
        ("kimi-k2", "commercial", {}, "allowed"),
        ("kimi-k2", "commercial", {"monthly_active_users": 100_000_001}, "conditional"),
        ("minimax-m2", "commercial", {"yearly_revenue_usd": 30_000_001}, "conditional"),
        ("mistral-modified-mit", "internal", {"yearly_revenue_usd": 240_000_001}, "forbidden"),
        ("mistral-modified-mit", "internal", {"yearly_revenue_usd": 30_000_000}, "unknown"),
        # Territory.
        ("tencent-hunyuan-community", "internal", {"country": "DE"}, "forbidden"),
        ("tencent-hunyuan-community", "internal", {"country": "GB"}, "forbidden"),
        ("tencent-hunyuan-community", "internal", {"country": "KR"}, "forbidden"),
        ("tencent-hunyuan-community", "internal", {"country": "GF"}, "forbidden"),
        ("tencent-hunyuan-community-eu", "internal", {"country": "GB"}, "conditional"),
        ("tencent-hunyuan-community", "internal", {"country": "CN"}, "conditional"),
        ("llama4", "commercial", {"country": "DE"}, "unknown"),
        ("llama3.3", "commercial", {"country": "DE"}, "conditional"),
        # Research and evaluation only.
        ("qwen-research", "internal", {}, "forbidden"),
        ("exaone-1.2-nc", "train-on-outputs", {"business": "research"}, "forbidden"),
        ("minimax-m2.7-non-commercial", "internal", {}, "forbidden"),
        ("mistral-research-license", "redistribute", {}, "forbidden"),
        ("mistral-research-license", "redistribute", {"business": "research"}, "conditional"),
        ("mistral-research-license", "fine-tune", {}, "unknown"),
        ("mistral-research-license", "train-on-outputs", {"business": "research"}, "conditional"),
        ("codegeex", "redistribute", {"business": "research"}, "unknown"),
        # Commercial, but not for third parties.
        ("k-exaone", "internal", {}, "conditional"),
        ("k-exaone", "model-as-a-service", {}, "forbidden"),
        ("k-exaone", "serve", {}, "unknown"),
    ],
)
def test_a_product_company_of_the_united_states_and_one_change(
    name: str, use: str, change: dict[str, Any], verdict: str
) -> None:
    assert _verdict(name, use, PRODUCT | change) == verdict


@pytest.mark.parametrize(
    ("name", "use", "change", "verdict"),
    [
        ("kimi-k3", "commercial", {}, "conditional"),
        ("kimi-k3", "commercial", {"yearly_revenue_usd": 20_000_001}, "forbidden"),
        ("kimi-k3", "redistribute", {"yearly_revenue_usd": 20_000_001}, "forbidden"),
        ("kimi-k3", "internal", {"yearly_revenue_usd": 20_000_001}, "conditional"),
        ("kimi-k3", "commercial", {"yearly_revenue_usd": 20_000_001, "business": "end-user-product"}, "conditional"),
        ("kimi-k3", "commercial", {"yearly_revenue_usd": 20_000_001, "business": None}, "unknown"),
        ("kimi-k3", "model-as-a-service", {"yearly_revenue_usd": 20_000_001, "business": "internal"}, "forbidden"),
        ("glm-5.3", "commercial", {"yearly_revenue_usd": 9_000_000_000}, "conditional"),
        ("glm-5.3", "internal", {"yearly_revenue_usd": 10_000_000_001}, "forbidden"),
        (
            "glm-5.3",
            "commercial",
            {"yearly_revenue_usd": 10_000_000_001, "business": "end-user-product"},
            "conditional",
        ),
        ("qwen3.8-max", "commercial", {"yearly_revenue_usd": 50_000_000}, "conditional"),
        ("qwen3.8-max", "commercial", {"yearly_revenue_usd": 50_000_001}, "forbidden"),
        ("qwen-community-1.0", "commercial", {}, "forbidden"),
        ("qwen-community-1.0", "publish-outputs", {}, "forbidden"),
        ("qwen-community-1.0", "internal", {}, "conditional"),
        ("qwen-community-1.0", "commercial", {"business": "end-user-product"}, "conditional"),
        ("qwen-community-1.0", "commercial", {"business": None}, "unknown"),
        ("qwen-community-1.0", "model-as-a-service", {"business": "internal"}, "forbidden"),
    ],
)
def test_a_seller_of_model_access_and_one_change(name: str, use: str, change: dict[str, Any], verdict: str) -> None:
    assert _verdict(name, use, SELLER | change) == verdict


@pytest.mark.parametrize("multimodal", [True, None])
def test_a_multimodal_llama_is_not_for_the_european_union(multimodal: bool | None) -> None:
    facts = PRODUCT | {"country": "DE"}
    expected = "forbidden" if multimodal else "unknown"
    assert _verdict("llama3.2", "internal", facts, multimodal=multimodal) == expected
    assert _verdict("llama4", "internal", facts, multimodal=True) == "forbidden"


@pytest.mark.parametrize(("code", "expected"), [("UK", "GB"), ("EL", "GR"), ("EU", "no country"), ("ZZ", "no country")])
def test_a_code_that_names_no_country_is_refused_before_a_territory_is_missed(code: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Organization.model_validate({"country": code})


def test_a_channel_that_takes_text_alone_makes_no_text_model_of_a_multimodal_one() -> None:
    catalog = load_catalog()
    served = [one for one in catalog.offerings.values() if one.model.id == "llama-4-maverick-17b-128e-instruct"]
    assert len(served) > 1
    assert all(is_multimodal(catalog, one) for one in served)
