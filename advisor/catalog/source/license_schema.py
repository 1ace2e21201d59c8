"""The record of a license that people write in ``catalog/licenses/<id>.yaml``, and the rules that hold inside it.

A record says in our own words what each clause gives, asks and bars. It carries no text of the license apart from
the sentences that the license itself makes its users repeat.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from advisor.catalog.source.schema import Authored, Slug, SourceEntry

UseName = Literal[
    "internal",
    "commercial",
    "serve",
    "model-as-a-service",
    "redistribute",
    "redistribute-modified",
    "fine-tune",
    "quantize",
    "train-on-outputs",
    "publish-outputs",
    "research",
]
"""What is done with a model or its outputs; every record has a verdict for each."""

VerdictName = Literal["allowed", "conditional", "unknown", "forbidden"]

FULL_TEXT = "full-text"
"""The evidence without which nothing is allowed."""

UNSOURCED = "unsourced"
"""The evidence on which nothing is permitted: nobody read the text."""

TAKES_HOLD = frozenset(("threshold", "territory", "business"))
"""Kinds of clauses that take hold by who asks; ``then`` says with which verdict."""

CONDITIONING = frozenset(("duty", "policy", "threshold", "prohibition", "territory", "business", "termination"))
"""Kinds of clauses that can make a use conditional."""

GIVING = CONDITIONING | {"grant"}
"""Kinds of clauses that a permission can rest on where not all of the text was read."""


class ClauseEntry(Authored):
    """One clause: where it stands, what kind of thing it does, to which uses, in our own words."""

    section: str
    """The section's number as the text has it (``1.b.iv``), or the part's name where it has no number."""
    kind: Literal[
        "grant", "duty", "prohibition", "threshold", "territory", "business", "policy", "termination", "change"
    ]
    """grant: a right; obligation: what is owed in return; prohibition: never, or only by another agreement; threshold:
    from a size of the organization on; territory and business: not there, not for them; policy: an incorporated
    policy or field of use; termination: what ends it; change: how it may be changed later."""
    uses: list[UseName] = Field(default=[])
    """The uses that it concerns; left out: all of them."""
    says: str
    """What it says, in our own words."""
    source: str = "text"
    """The short name of a source of this file."""
    measure: Literal["monthly_active_users", "yearly_revenue_usd", "daily_active_users"] | None = None
    """What a threshold measures."""
    above: int | None = Field(default=None, gt=0)
    """The figure above which it takes hold; where the text says "at or above", one less."""
    counted: str | None = None
    """Whose figure and of which time, where the text says so."""
    then: VerdictName = "forbidden"
    """The verdict once the threshold is passed, or in the excluded territory or business."""
    territory: list[str] = Field(default=[])
    """Where nothing is granted: two letters (ISO 3166) or ``eu``."""
    business: list[str] = Field(default=[])
    """The kinds of business that a threshold or exclusion is about; left out of a threshold: every kind."""
    modality: Literal["multimodal"] | None = None
    """The clause is about multimodal models only."""
    form: (
        Literal[
            "copy",
            "notice-file",
            "keep-notices",
            "mark-changes",
            "display",
            "name",
            "credit",
            "pass-through",
            "share-alike",
            "source",
            "registration",
            "disclosure",
        ]
        | None
    ) = None
    """How an obligation is met: a copy of the license, a sentence in a NOTICE file, a display, a name that begins so...
    """
    words: str | None = None
    """The sentence or name that the license makes its users repeat, exactly."""


class LicenseEntry(Authored):
    """A license or the terms of a service."""

    id: Slug
    """The name used as a key; the file is called so."""
    name: str
    """The title."""
    version: str | None = None
    """Number or date of the text."""
    klass: Literal["permissive", "copyleft", "restricted", "non-commercial", "proprietary", "unknown"] = Field(
        alias="class"
    )
    """What kind of license it is, all in all."""
    licensor: str
    """Who gives it."""
    evidence: Literal["full-text", "excerpt", "secondary", "unsourced"]
    """What the record rests on: the whole text, parts of it, what others say, or nothing."""
    hub_ids: list[str] = Field(default=[])
    """The Hub's ``license`` tags that mean it."""
    license_names: list[str] = Field(default=[])
    """Values of ``license_name`` on the Hub that are used for it."""
    spdx: str | None = None
    """Its SPDX id; left out: it has none."""
    family: bool = False
    """The tag stands for several texts and does not say which: nothing can be concluded from it."""
    successors: list[str] = Field(default=[])
    """Licenses under which adapted material may be passed on, where sharing is bound to the same license."""
    note: str | None = None
    """A remark in our own words."""
    sources: dict[str, SourceEntry] = Field(default={})
    """Where it was read, by short name."""
    clauses: list[ClauseEntry] = Field(default=[])
    """Clause by clause."""
    uses: dict[UseName, VerdictName]
    """The verdict for each use before thresholds, territory and business are looked at."""


def license_mistakes(entry: LicenseEntry) -> Iterator[tuple[str, str]]:
    """Every (place, message) in which a record contradicts itself, claims too much, or rests on nothing."""
    missing = [use for use in UseName.__args__ if use not in entry.uses]  # type: ignore[attr-defined]
    if missing:
        yield "uses", f"expected a verdict for each use; {', '.join(missing)} missing"
    for use, verdict in entry.uses.items():
        yield from _verdict_mistakes(entry, use, verdict)
    for number, clause in enumerate(entry.clauses):
        for message in _clause_mistakes(clause, entry):
            yield f"clauses.{number}", message


def _verdict_mistakes(entry: LicenseEntry, use: UseName, verdict: VerdictName) -> Iterator[tuple[str, str]]:
    kinds = {clause.kind for clause in entry.clauses if not clause.uses or use in clause.uses}
    if verdict == "allowed" and (entry.evidence != FULL_TEXT or entry.family):
        yield f"uses.{use}", f"evidence is {entry.evidence}: nothing below {FULL_TEXT} may be allowed by itself"
    if verdict == "allowed" and kinds & {"duty", "policy", "prohibition"}:
        yield f"uses.{use}", "allowed, and yet a clause asks or bars something: expected conditional"
    if verdict in ("allowed", "conditional") and entry.evidence == UNSOURCED:
        yield f"uses.{use}", f"evidence is {UNSOURCED}: expected unknown until the text was read"
    if verdict == "conditional" and not kinds & (CONDITIONING if entry.evidence == FULL_TEXT else GIVING):
        yield f"uses.{use}", "conditional on nothing: expected a clause that names this use"
    if verdict == "forbidden" and "prohibition" not in kinds:
        yield f"uses.{use}", "forbidden by nothing: expected a prohibition that names this use"


def _clause_mistakes(clause: ClauseEntry, entry: LicenseEntry) -> Iterator[str]:
    if clause.source not in entry.sources:
        yield f"no source named {clause.source!r} in the file's sources"
    if (clause.kind == "threshold") != (clause.measure is not None and clause.above is not None):
        yield "a threshold, and nothing else, has measure and above"
    if clause.kind == "territory" and not clause.territory:
        yield "expected the territory that is left out"
    if clause.kind == "business" and not clause.business:
        yield "expected the kinds of business that are left out"
    if clause.form and clause.kind != "duty":
        yield "form says how an obligation is met: expected kind duty"
    if clause.words and clause.form not in ("notice-file", "display", "name", "credit"):
        yield "words are those of a notice, a display, a credit or a name: expected that form"
