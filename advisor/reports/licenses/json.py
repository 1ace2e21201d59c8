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
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import Verdict
from advisor.licenses.license_texts import IdentifiedText
from advisor.licenses.review import Reason, Review, UseVerdict
from advisor.licenses.targets.target import Place
from advisor.licenses.text.identify import Identification, Match, Passage
from advisor.reports.json_writer import sparse


class QuotePlace(NamedTuple):
    """Where the passage of a clause stands in the text that was read: the file, and its first character."""

    place: str
    start: int


@sparse
class ClauseRecord(NamedTuple):
    """A clause behind a verdict, or an obligation; uses and obligations refer to it by its number."""

    number: int
    model: str | None
    """Whose license it is; null where it is that of the target."""
    license: str
    section: str
    kind: str
    says: str
    form: str | None
    words: str | None
    quote: QuotePlace | None
    source: Source | None


class UseRecord(NamedTuple):
    """What is said to one use."""

    verdict: Verdict
    because: tuple[str, ...]
    """The clauses behind the verdict by license and section."""
    clauses: tuple[int, ...]
    """The numbers of all clauses behind it."""
    exposure: tuple[int, ...]
    """The numbers, from 1, of what would change it, in the list of the result."""
    read: tuple[int, ...]
    """The numbers, from 1, of what a person must read or state, in the list of the result."""


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


@sparse
class TextRecord(NamedTuple):
    """A text of the repository and what it is."""

    place: str
    role: str
    sha256: str
    size_bytes: int
    match: Match
    id: str | None
    version: str | None
    similarity: float
    differing: tuple[Passage, ...] | None
    """Left out of the text that ``found`` is about: it stands there."""
    missing: tuple[str, ...] | None
    candidates: tuple[CloseLicense, ...] | None
    """Left out where it is exactly one."""
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
    """A text that was read besides the license texts, without what it holds."""

    place: str
    role: str
    sha256: str
    size_bytes: int


@sparse
class FindingRecord(NamedTuple):
    """What a review has to say beside its verdicts."""

    rule: str
    level: Level
    subject: str | None
    """The model that it is about; left out where that is the target."""
    message: str
    place: str | None
    waived_by: str | None
    use: str | None


@sparse
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
    clauses: tuple[ClauseRecord, ...]
    exposure: tuple[str, ...]
    read: tuple[str, ...]
    declared: tuple[str, ...]
    found: FoundRecord
    texts: tuple[TextRecord, ...]
    license: LicenseRecord
    obligations: tuple[int, ...]
    """The numbers of the clauses that are owed."""
    lineage: LineageRecord
    datasets: tuple[DatasetRecord, ...]
    findings: tuple[FindingRecord, ...]
    evidence: EvidenceRecord


class CheckRecord(NamedTuple):
    """``advisor check-license -f json``."""

    uses: tuple[str, ...]
    organization: Mapping[str, Any]
    results: tuple[ResultRecord, ...]


def result_record(review: Review) -> ResultRecord:
    """One target."""
    conclusion = review.conclusion
    told = _Told(review)
    best = _best_text(conclusion)
    return ResultRecord(
        target=review.target,
        place=review.place,
        verdict=review.verdict,
        outcome=review.evidence.outcome,
        uses={use.use: told.use(use) for use in review.uses},
        clauses=told.clauses,
        exposure=told.exposure,
        read=told.read,
        declared=tuple(meaning.name for meaning in conclusion.declared),
        found=_found(best),
        texts=tuple(_text(one, is_best=one is best) for one in conclusion.found),
        license=_license(conclusion),
        obligations=tuple(told.number(reason) for reason in review.duties),
        lineage=LineageRecord(
            tuple(_node(name, review) for name in review.lineage.nodes),
            tuple(review.lineage.edges),
            tuple(review.conflicts),
            review.lineage.complete,
        ),
        datasets=tuple(_dataset(one) for one in review.datasets),
        findings=tuple(_finding(one, review.target) for one in review.findings),
        evidence=_other_evidence(review),
    )


def evidence_record(evidence: Evidence) -> EvidenceRecord:
    """Return what was read of a repository, without the texts themselves."""
    kept = {name: getattr(evidence, name) for name in EvidenceRecord._fields if name != "texts"}
    stamps = (TextStamp(one.place, one.role, one.sha256, one.size_bytes) for one in evidence.texts)
    return EvidenceRecord(**kept, texts=tuple(stamps))


def _other_evidence(review: Review) -> EvidenceRecord:
    """Return what was read besides the texts that the result tells of already."""
    told = {(one.text.place, one.text.sha256) for one in review.conclusion.found}
    whole = evidence_record(review.evidence)
    return whole._replace(texts=tuple(one for one in whole.texts if (one.place, one.sha256) not in told))


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


def _finding(one: LicenseFinding, target: str) -> FindingRecord:
    """Return a finding; of one about a use the clause is told by its number."""
    message = one.message.partition(": ")[0] if one.use else one.message
    subject = None if one.subject == target else one.subject
    return FindingRecord(one.rule, one.level, subject, message, one.place, one.waived_by, one.use)


class _Told:
    """What a result says more than once: each clause and each sentence once, with its number."""

    def __init__(self, review: Review) -> None:
        reasons = [*(one for use in review.uses for one in use.because), *review.duties]
        self._numbers = {key: number for number, key in enumerate(dict.fromkeys(_key(one) for one in reasons), start=1)}
        once = {_key(one): one for one in reversed(reasons)}
        self.clauses = tuple(_clause(number, once[key], review.lineage.root) for key, number in self._numbers.items())
        self.exposure = tuple(dict.fromkeys(one for use in review.uses for one in use.exposure))
        self.read = tuple(dict.fromkeys(one for use in review.uses for one in use.read))

    def number(self, reason: Reason) -> int:
        """Return the number of a clause."""
        return self._numbers[_key(reason)]

    def use(self, use: UseVerdict) -> UseRecord:
        """Return what is said to a use, by numbers."""
        return UseRecord(
            use.verdict,
            tuple(dict.fromkeys(f"{reason.license} section {reason.clause.section}" for reason in use.because)),
            tuple(dict.fromkeys(self.number(reason) for reason in use.because)),
            tuple(self.exposure.index(one) + 1 for one in dict.fromkeys(use.exposure)),
            tuple(self.read.index(one) + 1 for one in dict.fromkeys(use.read)),
        )


def _key(reason: Reason) -> tuple[object, ...]:
    return (reason.model, reason.license, reason.clause)


def _clause(number: int, reason: Reason, target: str) -> ClauseRecord:
    clause = reason.clause
    return ClauseRecord(
        number,
        reason.model if reason.model != target else None,
        reason.license,
        clause.section,
        clause.kind,
        clause.says,
        clause.form,
        clause.words,
        QuotePlace(reason.quote.place, reason.quote.start) if reason.quote else None,
        clause.source,
    )


def _best_text(conclusion: Conclusion) -> IdentifiedText | None:
    order = ("exact", "ambiguous", "near", "none")
    texts = [one for one in conclusion.found if one.text.role == "license"]
    return min(texts, key=lambda one: order.index(one.identification.match.value), default=None)


def _found(text: IdentifiedText | None) -> FoundRecord:
    best = text.identification if text else Identification(Match.NONE)
    return FoundRecord(best.match, best.id, best.similarity, best.differing)


def _text(one: IdentifiedText, *, is_best: bool) -> TextRecord:
    text, found = one.text, one.identification
    return TextRecord(
        place=text.place,
        role=text.role,
        sha256=text.sha256,
        size_bytes=text.size_bytes,
        match=found.match,
        id=found.id,
        version=found.version,
        similarity=found.similarity,
        differing=None if is_best else found.differing,
        missing=found.missing or None,
        candidates=None if found.match is Match.EXACT else tuple(CloseLicense(*close) for close in found.candidates),
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
