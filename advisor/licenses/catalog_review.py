"""Review a model that a decision chose: its weights by the evidence on the Hub, all else by the catalog's record.

A model without weights on the Hub has no text to read. It is judged as `recommend` judges it, by the licenses and
terms of service on record, and the review says so; what is not on record is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED, Offering
from advisor.licenses.aliases import Meaning
from advisor.licenses.conclude import Conclusion
from advisor.licenses.conditions import Circumstances
from advisor.licenses.evidence.lineage import Lineage
from advisor.licenses.evidence.records import Evidence, EvidenceSource, FetchOutcome
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import STRICTNESS, License, Verdict, license_from_record, strictest
from advisor.licenses.review import Reason, Review, Reviewer, UseVerdict, use_findings
from advisor.licenses.targets.target import Place, Target, parse_target
from advisor.licenses.verdict import binding_licenses, is_multimodal, judge_use, license_basis
from advisor.requirements.schema import Organization

NO_LICENSE = "no license is on record: read that of the model"

Bound = Sequence[tuple[str, License]]
"""Licenses that bind at once, each with the name of what it covers."""


class ChosenOffering(NamedTuple):
    """Offerings that a decision, or the answer to requirements, names and that one review answers for."""

    offerings: tuple[Offering, ...]
    """Of one model, under the same terms; the first one stands for all."""
    workloads: tuple[str, ...]
    by: str
    """How it is named: ``chosen in advisor.lock``."""
    place: Place | None = None
    """Where it is named."""
    revision: str | None = None
    """The commit that the decision is tied to; None: the newest is reviewed."""


class CatalogReview(NamedTuple):
    """By which catalog is judged, for whom, and for which uses."""

    catalog: Catalog
    organization: Organization
    uses: tuple[str, ...]


def repository_for(catalog: Catalog, offering: Offering) -> Target | None:
    """Return the Hub repository of an offering's weights, where it is on record."""
    fact = offering.fact("hub_repo", catalog.as_of)
    return parse_target(str(fact.value)) if fact.is_usable else None


def review_basis(catalog: Catalog, offering: Offering) -> tuple[object, ...]:
    """All that the review of an offering rests on: offerings of equal bases share one."""
    return (offering.model.id, repository_for(catalog, offering), *license_basis(catalog, offering))


def review_chosen(chosen: ChosenOffering, reviewer: Reviewer, source: EvidenceSource, judging: CatalogReview) -> Review:
    """Return the review of what is chosen: the evidence on the weights together with the channel's terms of service."""
    catalog, offering = judging.catalog, chosen.offerings[0]
    target = repository_for(catalog, offering)
    if target is None:
        review = review_on_record(offering, judging)
    else:
        review = reviewer.review(source, target.repository, chosen.revision or target.revision)
        review = _under(review, _channel_terms(catalog, offering), judging, offering)
    for_ = f" for {', '.join(chosen.workloads)}" if chosen.workloads else ""
    named = f"{', '.join(one.id for one in chosen.offerings)}{for_}, {chosen.by}"
    told = (
        LicenseFinding("chosen", Level.NOTE, review.lineage.root, named),
        *_about_record(review, chosen.offerings, catalog),
    )
    return review._replace(findings=(*told, *review.findings), place=chosen.place)


def review_on_record(offering: Offering, judging: CatalogReview) -> Review:
    """Return the review that the catalog alone allows; its target is the offering's id."""
    catalog = judging.catalog
    own, base, _ = binding_licenses(catalog, offering)
    fact = offering.fact("license", catalog.as_of)
    read_on = fact.source.read_on if fact.source else catalog.as_of
    evidence = Evidence(
        repository=offering.id,
        endpoint=f"catalog {catalog.version}",
        read_at=datetime.combine(read_on, time(tzinfo=UTC)),
        outcome=FetchOutcome.NO_REPOSITORY,
        detail="no repository of its weights is on record, so no text was read",
        licenses=(own,) if own else (),
    )
    named = [(offering.id, own), (_base(catalog, offering), base)]
    bound = [(name, license_from_record(catalog.licenses[id_])) for name, id_ in named if id_]
    terms = _channel_terms(catalog, offering)
    circumstances = Circumstances(judging.organization, is_multimodal(catalog, offering))
    uses = tuple(
        use_on_record(use, [*bound, *_other(terms, bound)], circumstances, known=own is not None)
        for use in judging.uses
    )
    conclusion = _concluded(tuple(one for _, one in bound), known=own is not None)
    lineage = Lineage(offering.id, {offering.id: evidence}, (), (), complete=True)
    verdict = strictest(use.verdict for use in uses) if uses else Verdict.UNKNOWN
    findings = (
        LicenseFinding(
            "no-repository", Level.WARNING, offering.id, f"{evidence.detail}; judged by the catalog's record"
        ),
        *use_findings(offering.id, uses),
    )
    return Review(offering.id, verdict, uses, conclusion, lineage, {offering.id: conclusion}, (), findings)


def use_on_record(use: str, bound: Bound, circumstances: Circumstances, *, known: bool) -> UseVerdict:
    """Return what the licenses on record say to a use together; ``known`` is whether the model's own is among them."""
    answers = [(name, terms, judge_use(terms, use, circumstances)) for name, terms in bound]
    verdict = strictest([*(answer.verdict for *_, answer in answers), *([] if known else [Verdict.UNKNOWN])])
    because = [
        Reason(name, terms.id, clause, None)
        for name, terms, answer in answers
        for clause in answer.because
        if verdict is Verdict.ALLOWED or answer.verdict is not Verdict.ALLOWED
    ]
    return UseVerdict(
        use,
        verdict,
        tuple(because),
        tuple(Reason(name, terms.id, clause, None) for name, terms, answer in answers for clause in answer.duties),
        tuple(sentence for *_, answer in answers for sentence in answer.exposure),
        tuple(
            dict.fromkeys(
                [*(() if known else (NO_LICENSE,)), *(sentence for *_, answer in answers for sentence in answer.read)]
            )
        ),
    )


def _channel_terms(catalog: Catalog, offering: Offering) -> Bound:
    """Return the terms of service under which the channel serves it, where they are on record."""
    name = binding_licenses(catalog, offering)[2]
    return [(offering.channel.name, license_from_record(catalog.licenses[name]))] if name else []


def _other(terms: Bound, bound: Bound) -> Bound:
    """Terms that are not those of the model already: labs serve under one agreement what they make."""
    ids = {one.id for _, one in bound}
    return [(name, one) for name, one in terms if one.id not in ids]


def _base(catalog: Catalog, offering: Offering) -> str:
    fact = offering.fact("base_model", catalog.as_of)
    return str(fact.value) if fact.is_usable else f"the base of {offering.model.id}"


def _concluded(binding: tuple[License, ...], *, known: bool) -> Conclusion:
    expression = " AND ".join(sorted({terms.spdx_id for terms in binding})) if known else "NOASSERTION"
    declared = tuple(Meaning(terms.id, (terms,), "catalog") for terms in binding)
    doubts = () if known else (NO_LICENSE,)
    only = binding[0] if len(binding) == 1 and known else None
    return Conclusion(declared, (), only, expression, binding, (), None, doubts, ())


def _under(review: Review, terms: Bound, judging: CatalogReview, offering: Offering) -> Review:
    """Return a review with the terms of a channel binding as well."""
    if not terms:
        return review
    circumstances = Circumstances(judging.organization, is_multimodal(judging.catalog, offering))
    uses = tuple(_joined(one, use_on_record(one.use, terms, circumstances, known=True)) for one in review.uses)
    kept = [one for one in review.findings if one.rule not in ("use-forbidden", "use-unknown")]
    verdict = strictest([review.verdict, *(use.verdict for use in uses)])
    return review._replace(verdict=verdict, uses=uses, findings=(*kept, *use_findings(review.lineage.root, uses)))


def _joined(one: UseVerdict, other: UseVerdict) -> UseVerdict:
    """Two answers to a use that hold at once: the stricter verdict with its clauses first; grants only if all grant."""
    verdict = strictest((one.verdict, other.verdict))
    ordered = sorted((one, other), key=lambda answer: -STRICTNESS[answer.verdict])
    because = [
        reason
        for answer in ordered
        for reason in answer.because
        if answer.verdict is not Verdict.ALLOWED or verdict is Verdict.ALLOWED
    ]
    return UseVerdict(
        one.use,
        verdict,
        tuple(because),
        one.duties + other.duties,
        one.exposure + other.exposure,
        one.read + other.read,
    )


def _about_record(review: Review, offerings: Sequence[Offering], catalog: Catalog) -> Iterator[LicenseFinding]:
    """Yield what the record lacks, and where it does not say what the evidence says."""
    own, _, service = binding_licenses(catalog, offerings[0])
    concluded = review.conclusion.license
    if own and concluded and concluded.id != own:
        message = f"the catalog records {own}; the evidence comes to {concluded.id}"
        yield LicenseFinding("catalog-differs", Level.WARNING, review.lineage.root, message)
    served = dict.fromkeys(one.channel.name for one in offerings if one.channel.kind != SELF_HOSTED)
    if service is None and served:
        message = f"the terms of service of {', '.join(served)} are not on record: read them"
        yield LicenseFinding("terms-unread", Level.WARNING, review.lineage.root, message)
