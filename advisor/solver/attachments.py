"""What requests carry besides text, and the tokens that a model makes of it.

Each maker counts images and pages by a rule of its own (:mod:`advisor.catalog.input_tokens`). What is sent and has no
rule on record is left out and said, and the cost is not whole: it satisfies no budget.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog.input_tokens import InputTokens, count_image_tokens, count_page_tokens
from advisor.catalog.records import Model

if TYPE_CHECKING:
    from advisor.requirements.traffic_schema import Traffic


class Attachments(NamedTuple):
    """What a request carries that its tokens do not hold."""

    images: float
    width: int
    height: int
    pdf_pages: float
    audio_seconds: float


NOTHING = Attachments(0, 1024, 1024, 0, 0)


class CountedAttachments(NamedTuple):
    """What a model makes of the attachments of a request."""

    tokens: InputTokens
    counted: tuple[str, ...]
    """What was counted, in words: ``2 images of 1024x1024 pixels are 2,738 tokens``."""
    left_out: tuple[str, ...]
    """What has no rule on record."""


def attachments(traffic: Traffic) -> Attachments:
    """Return what a workload's requests carry besides their tokens."""
    width, _, height = traffic.image_size.partition("x")
    return Attachments(
        traffic.images_per_request or 0,
        int(width),
        int(height),
        traffic.pdf_pages_per_request or 0,
        traffic.audio_seconds_per_request or 0,
    )


def count_attachments(sent: Attachments, model: Model, day: date) -> CountedAttachments:
    """Return the tokens of what a request carries, by the model's rules of that day."""
    total, counted, left_out = InputTokens(0, 0), [], []
    for words, each in (
        (_plural(sent.images, "image", f" of {sent.width}x{sent.height} pixels"), _of_image(sent, model, day)),
        (_plural(sent.pdf_pages, "page", " of PDF"), _of_page(sent, model, day)),
        (_plural(sent.audio_seconds, "second", " of audio"), None),
    ):
        if words and each is None:
            left_out.append(f"{words} a request")
        elif words and each is not None:
            total = total.plus(each)
            counted.append(f"{words} a request: {_span(each)} tokens")
    return CountedAttachments(total, tuple(counted), tuple(left_out))


def _of_image(sent: Attachments, model: Model, day: date) -> InputTokens | None:
    rule = model.facts.at("image_tokens", day)
    return count_image_tokens(str(rule.value), sent.width, sent.height).times(sent.images) if rule.is_usable else None


def _of_page(sent: Attachments, model: Model, day: date) -> InputTokens | None:
    rule = model.facts.at("pdf_page_tokens", day)
    return count_page_tokens(str(rule.value)).times(sent.pdf_pages) if rule.is_usable else None


def _plural(count: float, one: str, more: str) -> str:
    return f"{count:g} {one}{'' if count == 1 else 's'}{more}" if count else ""


def _span(tokens: InputTokens) -> str:
    low, high = f"{tokens.low:,.0f}", f"{tokens.high:,.0f}"
    return low if low == high else f"{low} to {high}"
