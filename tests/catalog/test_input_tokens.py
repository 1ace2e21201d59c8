"""Images and pages by each maker's rule, held against what a third party measured of ten sizes.

Source of the figures: the data sets image-token-cost and pdf-token-cost on the Hub (October 2026), less the tokens of
the question that was sent with each image.
"""

from __future__ import annotations

from datetime import date

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.input_tokens import count_image_tokens, count_page_tokens

CLAUDE, OLDER_CLAUDE, GPT_6, GPT_5_5 = (
    "patches 28 most 2990 to 4784",
    "patches 28 most 1560 to 1600",
    "patches 32 times 1.2 most 30000",
    "patches 32 times 1.2 most 10000",
)
MEASURED = {
    (256, 256): {CLAUDE: 100, OLDER_CLAUDE: 100, GPT_6: 77, GPT_5_5: 77},
    (512, 512): {CLAUDE: 361, OLDER_CLAUDE: 361, GPT_6: 308, GPT_5_5: 308},
    (768, 768): {CLAUDE: 784, OLDER_CLAUDE: 784, GPT_6: 692, GPT_5_5: 692},
    (1024, 1024): {CLAUDE: 1369, OLDER_CLAUDE: 1369, GPT_6: 1229, GPT_5_5: 1229},
    (1280, 720): {CLAUDE: 1196, OLDER_CLAUDE: 1196, GPT_6: 1104, GPT_5_5: 1104},
    (1920, 1080): {CLAUDE: 2691, GPT_6: 2448, GPT_5_5: 2448},
    (2560, 1440): {GPT_6: 4320, GPT_5_5: 4320},
    (3840, 2160): {GPT_6: 9792, GPT_5_5: 9792},
    (4032, 3024): {GPT_6: 14364, GPT_5_5: 11868},
}
SHRUNK = {(2560, 1440): (2992, 1592), (3840, 2160): (2992, 1592), (4032, 3024): (3928, 1596)}
"""Sizes that the makers of Claude shrink: only an interval is known."""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(date(2026, 11, 29), overlay=False)


@pytest.mark.parametrize(("size", "by_rule"), MEASURED.items())
def test_the_rules_give_what_was_measured(size: tuple[int, int], by_rule: dict[str, int]) -> None:
    assert {rule: count_image_tokens(rule, *size) for rule in by_rule} == {
        rule: (tokens, tokens) for rule, tokens in by_rule.items()
    }


@pytest.mark.parametrize(("size", "tokens"), SHRUNK.items())
def test_where_the_shrinking_is_not_told_the_interval_holds_what_was_measured(
    size: tuple[int, int], tokens: tuple[int, int]
) -> None:
    for rule, measured in zip((CLAUDE, OLDER_CLAUDE), tokens, strict=True):
        low, high = count_image_tokens(rule, *size)
        assert low <= measured <= high


@pytest.mark.parametrize(
    ("rule", "size", "tokens"),
    [
        ("tiles 85 170", (1024, 1024), (765, 765)),  # 4 tiles
        ("tiles 85 170", (2048, 4096), (1105, 1105)),  # fitted to 768 x 1536: 6 tiles
        ("tiles 85 170", (400, 300), (255, 255)),  # never made larger
        ("patches 32 times 1 most 1536", (1800, 2400), (1452, 1452)),  # the example of OpenAI's guide
        ("crops 768 258", (300, 200), (258, 258)),
        ("crops 768 258", (960, 540), (516, 1548)),
        ("fixed 70 to 1120", (9, 9), (70, 1120)),
        ("patches 28", (1, 1), (1, 1)),
    ],
)
def test_each_kind_of_rule(rule: str, size: tuple[int, int], tokens: tuple[float, float]) -> None:
    assert count_image_tokens(rule, *size) == tokens


@pytest.mark.parametrize("rule", ["", "patches", "patches x", "tiles 85", "fixed 1 to", "768 tokens"])
def test_a_rule_of_no_known_kind_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="expected patches, tiles, crops or fixed"):
        count_image_tokens(rule, 10, 10)


def test_a_page_is_never_counted_by_its_size() -> None:
    assert count_page_tokens("fixed 560") == (560, 560)
    with pytest.raises(ValueError, match="expected fixed"):
        count_page_tokens("patches 28")


def test_what_was_measured_on_a_model_is_its_fact(catalog: Catalog) -> None:
    day = date(2026, 11, 29)
    rules = {
        name: catalog.models[name].facts.at("image_tokens", day).value
        for name in ("claude-opus-5-5", "claude-haiku-4-5", "gpt-6-astra", "gpt-5.5", "grok-4.5")
    }
    assert rules == {
        "claude-opus-5-5": CLAUDE,
        "claude-haiku-4-5": OLDER_CLAUDE,
        "gpt-6-astra": GPT_6,
        "gpt-5.5": GPT_5_5,
        "grok-4.5": None,
    }
    pages = catalog.models["gemini-3.5-flash"].facts.at("pdf_page_tokens", day)
    assert count_page_tokens(str(pages.value)) == (560, 560)
