"""The shapes of a probe's JSON report: what scripts may rely on, type-checked and published as JSON schema."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict  # pydantic asks for it below Python 3.12

from advisor.reports.recommendation.json_types import HeaderDocument


class FigureDocument(TypedDict):
    """A quantity over the requests that were measured.

    ``low`` and ``high`` bound the median and ``p95_low`` and ``p95_high`` the 95th percentile, each at ``confidence``.
    What ``n`` requests cannot tell is null; ``p50_needs`` and ``p95_needs`` say how many can.
    """

    p50: float | None
    p95: float | None
    low: float | None
    high: float | None
    p95_low: float | None
    p95_high: float | None
    n: int
    p50_needs: int
    p95_needs: int
    confidence: float


class ShareDocument(TypedDict):
    """A share with its interval; null where nothing was tried."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class TokensDocument(TypedDict):
    """Tokens of all requests that were answered, and who counted them."""

    input: int
    cached: int
    reasoning: int
    output: int
    sources: list[str]


class ProbedDocument(TypedDict):
    """What was found of one candidate; times in milliseconds, from the request's first byte out."""

    candidate: str
    counts_for: str | None
    requests: int
    measured: int
    errors: dict[str, int]
    error_rate: ShareDocument
    advice: dict[str, str]
    messages: dict[str, str]
    notices: dict[str, int]
    ttft_ms: FigureDocument
    answer_ttft_ms: FigureDocument
    itl_ms: FigureDocument
    output_tokens_per_s: FigureDocument
    longest_gap_ms: FigureDocument
    e2e_ms: FigureDocument
    first_byte_ms: FigureDocument
    connect_ms: FigureDocument
    tls_ms: FigureDocument
    cached: dict[str, FigureDocument]
    cached_share: float | None
    cost_usd: float | None
    tokens: TokensDocument
    usage_source: str | None
    clock: list[str]
    conditions: dict[str, Any]


class PairDocument(TypedDict):
    """Two candidates compared; ``ratio`` is the first one's quantity over the second's, ``error`` what is allowed."""

    first: str
    second: str
    quantity: str
    verdict: str
    ratio: float | None
    low: float | None
    high: float | None
    pairs: int
    error: float


class ProbeDocument(HeaderDocument):
    """A run."""

    run: str
    file: str
    started_at: str
    ended: str
    spent_usd: float | None
    results: list[ProbedDocument]
    comparisons: list[PairDocument]
