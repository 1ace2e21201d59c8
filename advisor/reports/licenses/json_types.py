"""The shape of ``advisor check-license -f json``; its JSON schema is published from here."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from advisor.reports.recommendation.json_types import HeaderDocument

Verdict = Literal["allowed", "conditional", "unknown", "forbidden"]
LicenseClass = Literal["permissive", "copyleft", "restricted", "non-commercial", "proprietary", "unknown"]
Match = Literal["exact", "near", "ambiguous", "none"]


class PassageDocument(TypedDict):
    """A passage of a text as found, and the place of its first character."""

    text: str
    start: int


class QuoteDocument(PassageDocument):
    """The passage of a clause."""

    place: str


class ClauseDocument(TypedDict):
    """A clause behind a verdict, or a duty."""

    model: str
    license: str
    section: str
    kind: str
    says: str
    form: str | None
    words: str | None
    quote: QuoteDocument | None
    source: str | None
    read_on: str | None


class UseDocument(TypedDict):
    """What is said to one use."""

    verdict: Verdict
    because: list[str]
    clauses: list[ClauseDocument]
    exposure: list[str]
    read: list[str]


class FoundDocument(TypedDict):
    """The license text that says most."""

    match: Match
    id: str | None
    similarity: float
    differing: list[PassageDocument]


class CandidateDocument(TypedDict):
    """A license that a text is close to."""

    id: str
    similarity: float


class TextDocument(FoundDocument):
    """A text of the repository and what it is."""

    place: str
    role: Literal["license", "notice", "use-policy"]
    sha256: str
    version: str | None
    missing: list[str]
    candidates: list[CandidateDocument]
    note: str | None


# Written as a call because ``class`` is a word of Python.
LicenseDocument = TypedDict(
    "LicenseDocument",
    {
        "id": str | None,
        "name": str | None,
        "class": LicenseClass,
        "expression": str,
        "binding": list[str],
        "doubts": list[str],
    },
)

NodeDocument = TypedDict(
    "NodeDocument",
    {
        "id": str,
        "commit": str | None,
        "outcome": str,
        "license": str | None,
        "class": LicenseClass,
        "declared": list[str],
        "doubts": list[str],
    },
)


DatasetDocument = TypedDict(
    "DatasetDocument",
    {"id": str, "declared": list[str] | None, "licenses": list[str], "class": LicenseClass},
)


class EdgeDocument(TypedDict):
    """A model and one that it derives from."""

    child: str
    parent: str
    relation: str


class ConflictDocument(TypedDict):
    """Two models whose licenses do not fit together."""

    rule: str
    child: str
    parent: str
    message: str
    level: str


class LineageDocument(TypedDict):
    """Every model that was reached."""

    nodes: list[NodeDocument]
    edges: list[EdgeDocument]
    conflicts: list[ConflictDocument]
    complete: bool


class FindingDocument(TypedDict):
    """One thing to say about a model."""

    rule: str
    level: Literal["note", "warning", "error"]
    subject: str
    message: str
    place: str | None
    waived_by: str | None
    use: str | None


class PlaceDocument(TypedDict):
    """Where a target is named: a file, and the line from 1 where that is known."""

    path: str
    line: int | None


class ResultDocument(TypedDict):
    """One target."""

    target: str
    place: PlaceDocument | None
    verdict: Verdict
    outcome: str
    uses: dict[str, UseDocument]
    declared: list[str]
    found: FoundDocument
    texts: list[TextDocument]
    license: LicenseDocument
    duties: list[ClauseDocument]
    lineage: LineageDocument
    datasets: list[DatasetDocument]
    findings: list[FindingDocument]
    evidence: dict[str, Any]


class CheckDocument(HeaderDocument):
    """The whole report."""

    uses: list[str]
    organization: dict[str, Any]
    results: list[ResultDocument]
