"""License reviews as records, whose fields are the keys of docs/reference/check-license.schema.json."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from advisor.facts import Source
from advisor.licenses.compatibility import LicenseConflict
from advisor.licenses.conclude import Conclusion
from advisor.licenses.datasets import DatasetTerms
from advisor.licenses.evidence.lineage import Edge
from advisor.licenses.evidence.records import Evidence, FetchOutcome, Parent, Unread
from advisor.licenses.findings import LicenseFinding
from advisor.licenses.license import Verdict
from advisor.licenses.license_texts import IdentifiedText
from advisor.licenses.review import Reason, Review, UseVerdict
from advisor.licenses.targets.target import Place
from advisor.licenses.text.identify import Identification, Match, Passage
from advisor.licenses.text.quote import Quote


class ClauseRecord(NamedTuple):
    """A clause behind a verdict, or an obligation."""

    model: str
    license: str
    section: str
    kind: str
    says: str
    form: str | None
    words: str | None
    quote: Quote | None
    source: Source | None


class UseRecord(NamedTuple):
    """What is said to one use."""

    verdict: Verdict
    because: tuple[str, ...]
    clauses: tuple[ClauseRecord, ...]
    exposure: tuple[str, ...]
    read: tuple[str, ...]


class FoundRecord(NamedTuple):
    """The license text that says most; ``match`` none where there is no text."""

    match: Match
    id: str | None
    similarity: float
    differing: tuple[Passage, ...]


class CloseLicense(NamedTuple):
    """A license that a text is close to."""

    id: str
    similarity: float


class TextRecord(NamedTuple):
    """A text of the repository and what it is."""

    place: str
    role: str
    sha256: str
    match: Match
    id: str | None
    version: str | None
    similarity: float
    differing: tuple[Passage, ...]
    missing: tuple[str, ...]
    candidates: tuple[CloseLicense, ...]
    note: str | None


class LicenseRecord(NamedTuple):
    """What is concluded."""

    id: str | None
    name: str | None
    class_: str
    expression: str
    binding: tuple[str, ...]
    doubts: tuple[str, ...]


class NodeRecord(NamedTuple):
    """A model of the lineage."""

    id: str
    commit: str | None
    outcome: FetchOutcome
    license: str | None
    class_: str
    declared: tuple[str, ...]
    doubts: tuple[str, ...]


class LineageRecord(NamedTuple):
    """Every model that was reached."""

    nodes: tuple[NodeRecord, ...]
    edges: tuple[Edge, ...]
    conflicts: tuple[LicenseConflict, ...]
    complete: bool


class DatasetRecord(NamedTuple):
    """A data set that the card names; ``declared`` null where it could not be read."""

    id: str
    declared: tuple[str, ...] | None
    licenses: tuple[str, ...]
    class_: str


class TextStamp(NamedTuple):
    """A text that was read, without what it holds."""

    place: str
    role: str
    sha256: str
    size_bytes: int


class EvidenceRecord(NamedTuple):
    """What was read of a repository, without the texts themselves."""

    repository: str
    id: str | None
    requested_revision: str | None
    commit: str | None
    endpoint: str
    read_at: datetime
    outcome: FetchOutcome
    detail: str
    retry_after_s: float | None
    licenses: tuple[str, ...]
    license_tags: tuple[str, ...]
    license_name: str | None
    license_link: str | None
    gated: str | None
    eu_disallowed: bool
    parents: tuple[Parent, ...]
    datasets: tuple[str, ...]
    pipeline: str | None
    derived_as: str | None
    texts: tuple[TextStamp, ...]
    unread: tuple[Unread, ...]
    remarks: tuple[str, ...]


class ResultRecord(NamedTuple):
    """One target."""

    target: str
    place: Place | None
    verdict: Verdict
    outcome: FetchOutcome
    uses: Mapping[str, UseRecord]
    declared: tuple[str, ...]
    found: FoundRecord
    texts: tuple[TextRecord, ...]
    license: LicenseRecord
    obligations: tuple[ClauseRecord, ...]
    lineage: LineageRecord
    datasets: tuple[DatasetRecord, ...]
    findings: tuple[LicenseFinding, ...]
    evidence: EvidenceRecord


class CheckRecord(NamedTuple):
    """``advisor check-license -f json``."""

    uses: tuple[str, ...]
    organization: Mapping[str, Any]
    results: tuple[ResultRecord, ...]


def result_record(review: Review) -> ResultRecord:
    """One target."""
    conclusion = review.conclusion
    return ResultRecord(
        target=review.target,
        place=review.place,
        verdict=review.verdict,
        outcome=review.evidence.outcome,
        uses={use.use: _use(use) for use in review.uses},
        declared=tuple(meaning.name for meaning in conclusion.declared),
        found=_best_found(conclusion),
        texts=tuple(_text(one) for one in conclusion.found),
        license=_license(conclusion),
        obligations=tuple(_clause(reason) for reason in review.duties),
        lineage=LineageRecord(
            tuple(_node(name, review) for name in review.lineage.nodes),
            tuple(review.lineage.edges),
            tuple(review.conflicts),
            review.lineage.complete,
        ),
        datasets=tuple(_dataset(one) for one in review.datasets),
        findings=tuple(review.findings),
        evidence=evidence_record(review.evidence),
    )


def evidence_record(evidence: Evidence) -> EvidenceRecord:
    """What was read of a repository, without the texts themselves."""
    kept = {name: getattr(evidence, name) for name in EvidenceRecord._fields if name != "texts"}
    stamps = (TextStamp(one.place, one.role, one.sha256, one.size_bytes) for one in evidence.texts)
    return EvidenceRecord(**kept, texts=tuple(stamps))


def _license(conclusion: Conclusion) -> LicenseRecord:
    concluded = conclusion.license
    return LicenseRecord(
        concluded.id if concluded else None,
        concluded.name if concluded else None,
        conclusion.license_class,
        conclusion.expression,
        tuple(terms.id for terms in conclusion.binding),
        conclusion.doubts,
    )


def _use(use: UseVerdict) -> UseRecord:
    return UseRecord(
        use.verdict,
        tuple(f"{reason.license} {reason.clause.text}" for reason in use.because),
        tuple(_clause(reason) for reason in use.because),
        use.exposure,
        use.read,
    )


def _clause(reason: Reason) -> ClauseRecord:
    clause = reason.clause
    return ClauseRecord(
        reason.model,
        reason.license,
        clause.section,
        clause.kind,
        clause.says,
        clause.form,
        clause.words,
        reason.quote,
        clause.source,
    )


def _best_found(conclusion: Conclusion) -> FoundRecord:
    order = ("exact", "ambiguous", "near", "none")
    texts = [one.identification for one in conclusion.found if one.text.role == "license"]
    best = min(texts, key=lambda one: order.index(one.match.value), default=Identification(Match.NONE))
    return FoundRecord(best.match, best.id, best.similarity, best.differing)


def _text(one: IdentifiedText) -> TextRecord:
    text, found = one.text, one.identification
    return TextRecord(
        place=text.place,
        role=text.role,
        sha256=text.sha256,
        match=found.match,
        id=found.id,
        version=found.version,
        similarity=found.similarity,
        differing=found.differing,
        missing=found.missing,
        candidates=tuple(CloseLicense(*close) for close in found.candidates),
        note=found.note,
    )


def _node(name: str, review: Review) -> NodeRecord:
    evidence, conclusion = review.lineage.nodes[name], review.conclusions[name]
    return NodeRecord(
        name,
        evidence.commit,
        evidence.outcome,
        conclusion.license.id if conclusion.license else None,
        conclusion.license_class,
        tuple(meaning.name for meaning in conclusion.declared),
        conclusion.doubts,
    )


def _dataset(one: DatasetTerms) -> DatasetRecord:
    return DatasetRecord(one.name, one.declared, one.licenses, one.license_class)
