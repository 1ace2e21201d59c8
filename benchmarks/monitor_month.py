"""Make the synthetic month of the example: ``python benchmarks/monitor_month.py examples/monitor/month.jsonl.gz``.

Four weeks of a shop's support bot as OpenTelemetry spans, ending on a Sunday. On the last Friday the shop begins a week
of vouchers: a third of the customers then ask whether they may use two of them, and the prompt, which says nothing of
vouchers, lets the model promise what the shop does not do. The seed makes the same month every time.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

SEED = 14
FIRST = datetime(2026, 10, 26, tzinfo=UTC)
DAYS = 28
BAD_FRIDAY = datetime(2026, 11, 20, 8, tzinfo=UTC)
VOUCHERS = 0.35
"""The share of the questions from then on."""

RESOLVED = 0.92
OF_VOUCHERS = 0.08

THINGS = (
    *("shirt", "jacket", "lamp", "kettle", "chair", "bicycle", "camera", "clock", "bag", "scarf", "mug", "tent"),
    *("desk", "pillow", "blanket", "radio", "umbrella", "mirror", "carpet", "helmet"),
)
OPENINGS = (
    "",
    "",
    "",
    "Hi, ",
    "Hello, ",
    "Good morning, ",
    "Sorry to ask again: ",
    "Quick question: ",
    "Please help, ",
)
ENDS = (
    "",
    "",
    "",
    " Thanks!",
    " Thank you.",
    " I need it soon.",
    " You can reach me at {mail}.",
    " My order is {order}.",
)

ASKED: dict[str, tuple[tuple[str, ...], str]] = {
    "delivery": (
        (
            *("where is my {thing}?", "when will the {thing} be delivered?", "has my {thing} been shipped yet?"),
            *("the tracking of my {thing} has not moved for days.", "my parcel with the {thing} has not arrived."),
        ),
        "Order {order} is on its way and should reach you within three days.",
    ),
    "return": (
        (
            *("how do I send the {thing} back?", "I want to return the {thing}, it does not suit me."),
            *("where do I find the return label for my {thing}?", "is the {thing} too old to be returned?"),
        ),
        "You may return it within 30 days of delivery; the label is in your account under Orders.",
    ),
    "refund": (
        (
            *("when do I get my money back for the {thing}?", "the refund for the {thing} is not on my account."),
            *("you refunded too little for the {thing}.", "how long does a refund for a {thing} take?"),
        ),
        "Refunds take up to five working days after the parcel has reached us.",
    ),
    "damage": (
        (
            *("the {thing} arrived broken.", "there is a crack in my {thing}.", "my {thing} came with a part missing."),
            *("the {thing} stopped working after a day.",),
        ),
        "I am sorry. Please send a photo to support@shop and we replace it at no cost.",
    ),
    "size": (
        (
            *("which size of the {thing} fits somebody of {number} cm?", "is the {thing} true to size?"),
            *("how large is the {thing} exactly?", "does the {thing} come in extra large?"),
        ),
        "The table of sizes stands below the pictures; between two sizes, take the larger one.",
    ),
    "invoice": (
        (
            *("I need an invoice for the {thing} with a company name.", "the invoice of order {order} is wrong."),
            *("can I pay for the {thing} by bank transfer?", "please send the invoice for the {thing} again."),
        ),
        "Your invoice is in your account under Payments, where you can change the name on it.",
    ),
    "account": (
        (
            *("I cannot log in to my account.", "how do I change the password of my account?"),
            *("please change the mail address of my account to {mail}.", "the code for my login does not come."),
        ),
        "Choose Forgot password on the login page; the code is valid for ten minutes.",
    ),
}  # fmt: skip

VOUCHER = (
    *("can I combine two vouchers for the {thing}?", "may I use the voucher of this week together with my old one?"),
    *("how many voucher codes does one order take?", "the second voucher code is not accepted for my {thing}."),
    *("can I add another voucher to order {order}?", "I have two vouchers of 10 euros, do both count for the {thing}?"),
    *("will the voucher also work with the discount code of my newsletter?", "why can I not enter both voucher codes?"),
)
PROMISE = "Yes, just enter both voucher codes at the checkout and both will be taken off."


def spans() -> Iterator[dict[str, Any]]:
    """The calls in the order of their time."""
    random = Random(SEED)
    for day in range(DAYS):
        midnight = FIRST + timedelta(days=day)
        count = round((34 if midnight.weekday() >= 5 else 60) * random.uniform(0.9, 1.1))
        minutes = sorted(min(max(random.gauss(14 * 60, 210), 0), 24 * 60 - 1) for _ in range(count))
        yield from (_span(random, midnight + timedelta(minutes=at)) for at in minutes)


def _span(random: Random, at: datetime) -> dict[str, Any]:
    is_voucher = at >= BAD_FRIDAY and random.random() < VOUCHERS
    kind = random.choices(tuple(ASKED), (30, 16, 14, 12, 10, 10, 8))[0]
    asked, answer = (VOUCHER, PROMISE) if is_voucher else ASKED[kind]
    slots = {
        "thing": random.choice(THINGS),
        "order": random.randint(10_000, 99_999),
        "number": random.randint(150, 200),
        "mail": f"{random.choice(('jane', 'omar', 'li', 'ana', 'tom'))}{random.randint(10, 99)}@example.org",
    }
    opening, body, end = random.choice(OPENINGS), random.choice(asked), random.choice(ENDS)
    question = f"{opening}{body if opening.endswith((', ', ': ')) else body[:1].upper() + body[1:]}{end}".format(
        **slots
    )
    # Fewer are resolved at the weekend, when nobody of the shop can step in.
    resolved = OF_VOUCHERS if is_voucher else RESOLVED - 0.03 * (at.weekday() >= 5)
    tokens = 12 + len(answer) // 4 + random.randint(0, 9)
    took = timedelta(milliseconds=round(600 + 18 * tokens * random.uniform(0.8, 1.4)))
    return {
        "trace_id": f"{random.getrandbits(64):016x}",
        "span_id": f"{random.getrandbits(32):08x}",
        "start_time": _iso(at),
        "end_time": _iso(at + took),
        "attributes": {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-6-luna",
            "gen_ai.response.model": "gpt-6-luna",
            "gen_ai.prompt.name": "support",
            "gen_ai.prompt.version": "1",
            "gen_ai.input.messages": [{"role": "user", "content": question}],
            "gen_ai.output.messages": [{"role": "assistant", "content": answer.format(**slots)}],
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.input_tokens": 70 + len(question) // 4,
            "gen_ai.usage.output_tokens": tokens,
            "resolved": random.random() < resolved,
        },
    }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text() -> str:
    """The whole month, a span a line."""
    return "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in spans())


def main() -> None:
    content = text()
    Path(sys.argv[1]).write_bytes(gzip.compress(content.encode(), 9, mtime=0))
    print(f"{content.count(chr(10)):,} calls, {len(content):,} bytes")


if __name__ == "__main__":
    main()
