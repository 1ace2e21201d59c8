"""Review a target that is a name of the catalog: an offering, a model, or a license and terms of service on record.

A model behind an API has no text to read on the Hub. It is judged by the license and the terms of service on record,
and everything that these say of the service is told with its address and day; what no record says is told too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED, Offering
from advisor.errors import UnknownName
from advisor.facts import Fact
from advisor.licenses.aliases import Meaning
from advisor.licenses.catalog_review import (
    CatalogReview,
    ChosenOffering,
    repository_for,
    review_chosen,
    review_on_record,
    use_on_record,
)
from advisor.licenses.conclude import Conclusion
from advisor.licenses.conditions import Circumstances
from advisor.licenses.evidence.lineage import Lineage
from advisor.licenses.evidence.records import Evidence, EvidenceSource, FetchOutcome
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import FULL_TEXT, License, Verdict, license_from_record, strictest
from advisor.licenses.review import Review, Reviewer, use_findings
from advisor.licenses.targets.target import Target

_TOPICS = (
    ("training_on_inputs", "training on inputs"),
    ("retention_days", "retention in days"),
    ("zero_retention", "who may switch retention off"),
    ("processing_regions", "where it is processed"),
    ("certifications", "certifications"),
    ("content_screening", "screening of content"),
    ("indemnity", "indemnity and its conditions"),
    ("subprocessors", "subprocessors"),
    ("retirement_notice", "notice of changes to models"),
    ("terms_notice", "notice of changes to the terms"),
)
"""What a reviewer asks of a service: the name of the fact and how it is called."""

_ONLY_IF_KNOWN = ("content_screening",)

_SWITCH = {
    "on-approval": "the provider, on approval of a request",
    "self-serve": "the customer, in the settings",
    "default": "nobody needs to: nothing is kept",
    "none": "nobody: it is not offered",
}


class CatalogName(NamedTuple):
    """What a target means in the catalog."""

    offering: Offering | None = None
    license: str | None = None


def find_in_catalog(catalog: Catalog, target: Target) -> CatalogName | None:
    """Return the offering, or the license on record, that a target names; None for a repository of the Hub.

    A name that is the repository of weights on record is that repository, unless ``catalog:`` stands before it.
    """
    if target.meant == "hub" or target.missing or target.on_disk is not None:
        return None
    name = f"{target.repository}@{target.revision}" if target.revision else target.repository
    if target.meant != "catalog" and target.repository.lower() in _repositories(catalog):
        return None
    if name in catalog.offerings:
        return CatalogName(offering=catalog.offerings[name])
    if target.revision is None and name in catalog.licenses:
        return CatalogName(license=name)
    return _model(catalog, name) if target.meant == "catalog" or "/" not in name else None


def _repositories(catalog: Catalog) -> frozenset[str]:
    facts = (model.facts.at("hub_repo", catalog.as_of) for model in catalog.models.values())
    return frozenset(str(fact.value).lower() for fact in facts if fact.is_usable)


def _model(catalog: Catalog, name: str) -> CatalogName | None:
    """Return the offering by which a model's own maker serves it, else the first one."""
    try:
        model = catalog.find_model(name)
    except UnknownName:
        return None
    offerings = [one for one in catalog.offerings.values() if one.model is model and one.channel.kind != SELF_HOSTED]
    offerings.sort(key=lambda one: (one.channel.kind != "lab", one.region is not None, one.id))
    return CatalogName(offering=offerings[0]) if offerings else None


def review_catalog_name(
    named: CatalogName, target: Target, reviewer: Reviewer, source: EvidenceSource, judging: CatalogReview
) -> Review:
    """Return the review of what a target names in the catalog, with which of two readings of the name was meant."""
    if named.offering is None:
        return review_license(named.license or "", judging)
    offering = named.offering
    if repository_for(judging.catalog, offering) is None:
        review = review_on_record(offering, judging)
    else:
        review = review_chosen(ChosenOffering((offering,), (), f"named as {target}"), reviewer, source, judging)
    meant = _meant(target, offering, review.lineage.root)
    findings = (meant, *_service_terms(offering, judging.catalog, review.lineage.root), *review.findings)
    return review._replace(target=str(target), findings=findings)


def _meant(target: Target, offering: Offering, subject: str) -> LicenseFinding:
    message = f"{target} is read as the offering {offering.id} of the catalog"
    if "/" in target.repository:
        message += f"; for a repository of the Hub write hf://{target.repository}"
    elif str(target) != offering.id:
        message += f"; other channels serve {offering.model.id} under terms of their own"
    return LicenseFinding("read-as-offering", Level.NOTE, subject, message)


def _service_terms(offering: Offering, catalog: Catalog, subject: str) -> Iterator[LicenseFinding]:
    """Yield what is on record of the service, topic by topic; what is not is told with where to read it."""
    terms = offering.fact("service_terms", catalog.as_of)
    record = catalog.licenses.get(str(terms.value)) if terms.is_usable else None
    address = terms.source.url if terms.source else None
    if record is not None and record.get("evidence") != FULL_TEXT:
        message = f"the record of {record['id']} rests on an excerpt: read {address or 'the terms'} before signing"
        yield LicenseFinding("evidence-below-text", Level.WARNING, subject, message)
    for name, words in _TOPICS:
        fact = offering.fact(name, catalog.as_of)
        if fact.is_usable:
            yield LicenseFinding("service-terms", Level.NOTE, subject, f"{words}: {_said(name, fact)}")
        elif name not in _ONLY_IF_KNOWN:
            where = f": read {address}" if address else ": ask the provider"
            yield LicenseFinding("service-terms-unknown", Level.WARNING, subject, f"{words}: not on record{where}")


def _said(name: str, fact: Fact) -> str:
    value = fact.value
    shown = ", ".join(map(str, value)) if isinstance(value, tuple | frozenset | list) else str(value)
    if name == "zero_retention":
        shown = _SWITCH.get(shown, shown)
    note = f". {fact.note}" if fact.note else ""
    source = f" ({fact.source.url}, read {fact.source.read_on})" if fact.source else ""
    return f"{shown}{note}{source}"


def review_license(license_id: str, judging: CatalogReview) -> Review:
    """Return what a license or terms of service on record say to the uses, without a model under them."""
    record = judging.catalog.licenses[license_id]
    terms = license_from_record(record)
    read_on = terms.sources[0].read_on if terms.sources else judging.catalog.as_of
    evidence = Evidence(
        repository=license_id,
        endpoint=f"catalog {judging.catalog.version}",
        read_at=datetime.combine(read_on, time(tzinfo=UTC)),
        outcome=FetchOutcome.NO_REPOSITORY,
        detail="a license on record, not a model",
        licenses=(license_id,),
    )
    bound: list[tuple[str, License]] = [(license_id, terms)]
    circumstances = Circumstances(judging.organization, None)
    uses = tuple(use_on_record(use, bound, circumstances, known=True) for use in judging.uses)
    conclusion = Conclusion(
        (Meaning(license_id, (terms,), "catalog"),), (), terms, terms.spdx_id, (terms,), (), None, (), ()
    )
    verdict = strictest(use.verdict for use in uses) if uses else Verdict.UNKNOWN
    findings = (
        LicenseFinding("read-as-license", Level.NOTE, license_id, f"{license_id} is read as the license on record"),
        *_below_full_text(terms),
        *use_findings(license_id, uses),
    )
    lineage = Lineage(license_id, {license_id: evidence}, (), (), complete=True)
    return Review(license_id, verdict, uses, conclusion, lineage, {license_id: conclusion}, (), findings)


def _below_full_text(terms: License) -> Iterator[LicenseFinding]:
    if terms.evidence != FULL_TEXT:
        basis = f"{terms.evidence} evidence: read {terms.sources[0].url if terms.sources else 'it'}"
        message = f"the record of {terms.id} rests on {basis}"
        yield LicenseFinding("evidence-below-text", Level.WARNING, terms.id, message)
