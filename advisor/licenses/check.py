"""Run a check: from settings to reviews. The one path that the command line and Python callers take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.cache import memoize
from advisor.errors import UsageError
from advisor.files.yaml import read_text
from advisor.licenses.aliases import Licenses
from advisor.licenses.catalog_review import CatalogReview, review_chosen
from advisor.licenses.closed_models import find_in_catalog, review_catalog_name
from advisor.licenses.datasets import Lookup
from advisor.licenses.evidence.lineage import walk
from advisor.licenses.evidence.read_text import LARGEST_TEXT_BYTES, plain_text, read_content
from advisor.licenses.evidence.records import A_FILE, Evidence, EvidenceSource, FetchOutcome, Text
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import STRICTNESS, Verdict
from advisor.licenses.policy import Policy, apply, is_settled, load_policy
from advisor.licenses.record_bases import RecordBases
from advisor.licenses.review import Review, Reviewer
from advisor.licenses.settings import DEFAULT_USES, CheckSettings
from advisor.licenses.text.fingerprints import load_fingerprints
from advisor.requirements.schema import Organization

if TYPE_CHECKING:
    from advisor.licenses.audit.classify_dump import Classifier
    from advisor.licenses.evidence.hub import Hub
    from advisor.licenses.targets.target import Target


class LicenseCheck(NamedTuple):
    """What was reviewed."""

    reviews: tuple[Review, ...]
    uses: tuple[str, ...]
    organization: Organization
    catalog: Catalog
    policy: Policy | None = None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict of each review."""
        return tuple(review.verdict for review in self.reviews)

    def fails(self, fail_on: str | None = None) -> bool:
        """Whether anything is at or above a verdict (the policy's, else forbidden), or denied; waivers count."""
        threshold = fail_on or (self.policy.fail_on if self.policy else "forbidden")
        if threshold == "never":
            return False
        unknown_fails = fail_on is None and self.policy is not None and self.policy.unknown == "fail"
        least = STRICTNESS[Verdict(threshold)]
        open_ones = self._open()
        return (
            self.has_denials
            or any(STRICTNESS[verdict] >= least for verdict in open_ones)
            or (unknown_fails and Verdict.UNKNOWN in open_ones)
        )

    @property
    def is_undecided(self) -> bool:
        """Whether something is unknown that may not pass by itself."""
        accepted = self.policy is not None and self.policy.unknown == "accept"
        return not accepted and Verdict.UNKNOWN in self._open()

    def _open(self) -> tuple[Verdict, ...]:
        """Return the verdicts of what no waiver covers."""
        return tuple(review.verdict for review in self.reviews if not is_settled(review))

    @property
    def has_denials(self) -> bool:
        """Whether the policy denies something, or a waiver that was relied on has expired."""
        findings = (finding for review in self.reviews for finding in review.findings)
        return any(one.rule in ("policy-denied", "waiver-expired") and not one.waived_by for one in findings)


def run(settings: CheckSettings) -> LicenseCheck:
    """Review everything that the settings name. Raises AdvisorError on wrong settings or files, never on the Hub's."""
    from advisor.licenses.targets.parse import load_targets

    targets = load_targets(settings)
    policy = load_policy(settings.policy) if settings.policy else None
    source, hub = _source(settings)
    lookup = hub.dataset_licenses if hub and settings.datasets else None
    reviewer, catalog, asked = make_reviewer(settings, policy, lookup)
    reviews = (
        *_texts(settings, reviewer),
        *_repositories(settings, reviewer, source, targets, CatalogReview(catalog, *asked)),
        *_chosen(settings, reviewer, source, CatalogReview(catalog, *asked)),
    )
    if policy is not None:
        reviews = apply(policy, reviews, catalog.as_of)
    return LicenseCheck(reviews, asked.uses, asked.organization, catalog, policy)


class ReviewRequest(NamedTuple):
    """Who asks, and about which uses."""

    organization: Organization
    uses: tuple[str, ...]


def make_reviewer(
    settings: CheckSettings, policy: Policy | None = None, lookup: Lookup | None = None
) -> tuple[Reviewer, Catalog, ReviewRequest]:
    """Return the reviewer for the settings, the catalog that it judges by, and what it judges."""
    catalog = load_catalog(settings.as_of)
    organization, stated = profile(settings)
    wanted = tuple(use.value for use in policy.uses) if policy else ()
    asked = ReviewRequest(organization, settings.uses or wanted or stated or DEFAULT_USES)
    licenses = Licenses(catalog.licenses)
    records = memoize(catalog, "licenses by repository", lambda: RecordBases(catalog))
    reviewer = Reviewer(
        licenses, load_fingerprints(), asked.uses, organization, dataset_licenses=lookup, records=records
    )
    return reviewer, catalog, asked


def make_classifier(settings: CheckSettings) -> Classifier:
    """Return the classifier of dumps for the settings."""
    from advisor.licenses.audit.classify_dump import Classifier as Made

    organization, stated = profile(settings)
    licenses = Licenses(load_catalog(settings.as_of).licenses)
    return Made(licenses, settings.uses or stated or DEFAULT_USES, organization)


def profile(settings: CheckSettings) -> tuple[Organization, tuple[str, ...]]:
    """Return the organization and the uses of a requirements file, with what the flags say in their place."""
    stated, uses = Organization(), ()
    if settings.requirements:
        from advisor.requirements import load_requirements

        requirements = load_requirements(settings.requirements)
        stated, uses = requirements.organization, tuple(use.value for use in requirements.uses)
    country = settings.country.upper() if settings.country else None
    flags = {
        "country": country,
        "monthly_active_users": settings.monthly_active_users,
        "yearly_revenue_usd": settings.yearly_revenue_usd,
        "business": settings.business,
    }
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Organization.model_validate(stated.model_dump() | given), uses
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        why = first.get("ctx", {}).get("error") or f"expected {_EXPECTED.get(key, 'another value')}"
        raise UsageError(f"--{key.replace('_', '-')} {str(first['input'])!r}: {why}") from None


_EXPECTED = {
    "country": "a country's two letters of ISO 3166 such as DE",
    "monthly_active_users": "a whole number from 0 to 10^15",
    "yearly_revenue_usd": "an amount in USD from 0 to 10^15",
}
"""What a flag on the organization takes."""


def _source(settings: CheckSettings) -> tuple[EvidenceSource, Hub | None]:
    from advisor.licenses.evidence.cache import Cached, Recording, Replay, RunCache, evidence_folder

    hub: Hub | None = None
    source: EvidenceSource
    if settings.evidence:
        source = Replay(Path(settings.evidence))
    else:
        from advisor.licenses.evidence.hub import Hub as RealHub

        hub = RealHub(settings.endpoint, follow_links=settings.follow_links)
        source = hub if settings.no_cache else Cached(hub, evidence_folder(hub.endpoint))
    # Models share their bases, and a decision names what many channels serve.
    source = RunCache(source)
    if settings.save_evidence:
        source = Recording(source, Path(settings.save_evidence))
    return source, hub


def _texts(settings: CheckSettings, reviewer: Reviewer) -> Iterator[Review]:
    for name in settings.texts:
        evidence = text_evidence(Path(name))
        yield reviewer.judge(name, walk(_NoLineage(), evidence))


def text_evidence(path: Path) -> Evidence:
    """Return a license text on disk as evidence. Raises UsageError if it cannot be read."""
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: expected a file with the text of a license", hint="save the text to a file first")
    kept: dict[str, Any] = {"repository": str(path), "endpoint": A_FILE, "read_at": datetime.now(UTC)}
    if path.suffix.lower() == ".pdf" and path.is_file() and path.stat().st_size <= LARGEST_TEXT_BYTES:
        found = read_content(path.name, "license", path.read_bytes())
        return Evidence(**kept, **({"texts": (found,)} if isinstance(found, Text) else {"unread": (found,)}))
    text = plain_text(path.name, "license", read_text(path, error=UsageError).encode())
    return Evidence(**kept, texts=(text,))


class _NoLineage:
    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        raise UsageError(f"{repository}@{revision}: a text has no lineage")


def _repositories(
    settings: CheckSettings,
    reviewer: Reviewer,
    source: EvidenceSource,
    targets: tuple[Target, ...],
    judging: CatalogReview,
) -> Iterator[Review]:
    for number, target in enumerate(targets, 1):
        if len(targets) > 1:
            settings.say(f"[{number}/{len(targets)}] {target}")
        named = find_in_catalog(judging.catalog, target)
        if named is not None:
            review = review_catalog_name(named, target, reviewer, source, judging)
        else:
            review = _repository(target, reviewer, source)
        if settings.hash_weights and target.weights and target.on_disk is not None:
            from advisor.licenses.evidence.file_hashes import compare_hashes

            files, parents = [Path(one) for one in target.weights], [one.id for one in target.on_disk.parents]
            compared = compare_hashes(files, parents, settings.endpoint, review.lineage.root)
            review = review._replace(findings=(*compared, *review.findings))
        yield _noted(review, target)


def _repository(target: Target, reviewer: Reviewer, source: EvidenceSource) -> Review:
    if target.missing:
        return reviewer.judge(target.repository, walk(_NoLineage(), _unplaced(target)))
    if target.on_disk is not None:
        return reviewer.judge(target.repository, walk(source, target.on_disk))
    return reviewer.review(source, target.repository, target.revision)


def _noted(review: Review, target: Target) -> Review:
    """Return a review with where the target is named, and what could not be resolved beside its name."""
    if target.note:
        place = str(target.place) if target.place else None
        finding = LicenseFinding("named-loosely", Level.WARNING, review.lineage.root, target.note, place)
        review = review._replace(findings=(finding, *review.findings))
    return review._replace(place=target.place)


def _unplaced(target: Target) -> Evidence:
    """Evidence on something that is no repository: there is none, and nothing is allowed by it."""
    outcome, detail = FetchOutcome.NO_REPOSITORY, target.missing or ""
    return Evidence(
        repository=target.repository, endpoint=A_FILE, read_at=datetime.now(UTC), outcome=outcome, detail=detail
    )


def _chosen(
    settings: CheckSettings, reviewer: Reviewer, source: EvidenceSource, judging: CatalogReview
) -> Iterator[Review]:
    for number, chosen in enumerate(settings.chosen, 1):
        if len(settings.chosen) > 1:
            settings.say(f"[{number}/{len(settings.chosen)}] {chosen.offerings[0].id}")
        yield review_chosen(chosen, reviewer, source, judging)
