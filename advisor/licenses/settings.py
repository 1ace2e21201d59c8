"""What a license check is asked: the options of the command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from advisor.licenses.catalog_review import ChosenOffering

DEFAULT_USES = ("commercial", "serve")
"""What is asked when neither a flag nor a file says it."""


class CheckSettings(NamedTuple):
    """What is to be checked, for whom, and where evidence comes from; the fields are the command's options."""

    targets: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    chosen: tuple[ChosenOffering, ...] = ()
    """Offerings of the catalog that a decision, or the answer to requirements, names."""
    datasets: bool = False
    policy: str | None = None
    requirements: str | None = None
    country: str | None = None
    monthly_active_users: int | None = None
    yearly_revenue_usd: Decimal | None = None
    business: str | None = None
    endpoint: str | None = None
    follow_links: bool = False
    evidence: str | None = None
    save_evidence: str | None = None
    no_cache: bool = False
    hash_weights: bool = False
    """Whether weights on disk are compared with the hashes that the Hub keeps."""
    may_be_empty: bool = False
    """Whether files may name no model; else that is a mistake."""
    as_of: date | None = None
    say: Callable[[str], None] = lambda _: None
    """Told of progress."""
