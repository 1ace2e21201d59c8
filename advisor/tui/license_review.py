"""Reviews for the screen: what the catalog's record says of a candidate, and what the Hub's evidence comes to."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Offering
from advisor.errors import PolicyError
from advisor.facts import Source
from advisor.licenses.add_waiver import DEFAULT_FILE
from advisor.licenses.catalog_review import use_on_record
from advisor.licenses.conditions import Circumstances
from advisor.licenses.datasets import Lookup
from advisor.licenses.evidence.records import EvidenceSource, FetchOutcome
from advisor.licenses.findings import LicenseFinding
from advisor.licenses.license import Verdict, license_from_record, strictest
from advisor.licenses.policy import apply, load_policy
from advisor.licenses.review import Reason, Review, UseVerdict
from advisor.licenses.targets.target import parse_target
from advisor.licenses.verdict import binding_licenses, is_multimodal
from advisor.requirements.schema import Organization, Use

HINTS = {
    FetchOutcome.NOT_FOUND: "check the name; a private repository needs HF_TOKEN",
    FetchOutcome.GATED: "accept the terms on the model's page, and set HF_TOKEN to a token that may read it",
    FetchOutcome.REVISION_MISSING: "name a branch, a tag or a commit that it has",
    FetchOutcome.DISABLED: "the Hub has taken it down: ask its publisher",
    FetchOutcome.DENIED: "set HF_TOKEN to a token that may read it",
    FetchOutcome.RATE_LIMITED: "wait, then ask again; with HF_TOKEN the limit is higher",
    FetchOutcome.OFFLINE: "reach the Hub, unset HF_HUB_OFFLINE, or set HF_ENDPOINT to a mirror",
    FetchOutcome.UNTRUSTED: "name the authority of its certificate with SSL_CERT_FILE, or mend HF_ENDPOINT",
    FetchOutcome.SERVER_DOWN: "ask again later, or set HF_ENDPOINT to a mirror",
    FetchOutcome.MALFORMED: "read the model's page; the answer or the card is broken",
    FetchOutcome.TOO_LARGE: "read the file on the model's page",
    FetchOutcome.BINARY: "read the file on the model's page",
    FetchOutcome.ELSEWHERE: "read it there; advisor check-license --follow-links reads it too",
    FetchOutcome.NO_REPOSITORY: "read the terms of the lab and of the channel",
    FetchOutcome.NOT_SAVED: "save it with advisor check-license --save-evidence",
}
"""What to do after an attempt that ended without a text, by outcome."""


class Node(NamedTuple):
    """A model of a lineage: how deep it stands, how it relates to the one above, what its license is."""

    depth: int
    name: str
    relation: str
    license: str
    license_class: str
    outcome: FetchOutcome = FetchOutcome.READ
    detail: str = ""


class Reviewed(NamedTuple):
    """What the screen shows of one subject, whatever it rests on."""

    title: str
    basis: str
    verdict: Verdict
    """The strictest over the uses that were asked; over all where none was."""
    uses: tuple[UseVerdict, ...]
    """Every use, those that were asked about first."""
    nodes: tuple[Node, ...]
    evidence: tuple[str, ...]
    findings: tuple[LicenseFinding, ...] = ()
    review: Review | None = None
    """The review that it is made of; None where it is the catalog's record."""
    problem: PolicyError | None = None
    """What is wrong with the policy, which then was not applied."""

    @property
    def duties(self) -> tuple[Reason, ...]:
        """What is owed over all uses, each obligation once."""
        return tuple({(one.model, one.license, one.clause): one for use in self.uses for one in use.duties}.values())


class Asking(NamedTuple):
    """Who asks, about which uses, and which policy and catalog decide."""

    catalog: Catalog
    organization: Organization
    asked: tuple[str, ...]
    policy: Path = DEFAULT_FILE

    @property
    def uses(self) -> tuple[str, ...]:
        """Every use, those that are asked about first."""
        return tuple(dict.fromkeys((*self.asked, *(use.value for use in Use))))


class Online(NamedTuple):
    """Where evidence is read, and the licenses of data sets beside it."""

    evidence: EvidenceSource
    datasets: Lookup | None = None


Sources = Callable[[], Online]


def hub_source() -> Online:
    """Return the Hub, or the mirror that HF_ENDPOINT names, behind the cache of evidence."""
    from advisor.licenses.evidence.cache import Cached, evidence_folder
    from advisor.licenses.evidence.hub import Hub

    hub = Hub(os.environ.get("HF_ENDPOINT") or None)
    return Online(Cached(hub, evidence_folder(hub.endpoint)), hub.dataset_licenses)


def recorded(asking: Asking, offering: Offering) -> Reviewed:
    """Return the review that the catalog alone allows: its licenses, without texts or a lineage that was read."""
    catalog = asking.catalog
    names = binding_licenses(catalog, offering)
    bound = [
        (role, license_from_record(catalog.licenses[name])) for role, name in zip(_ROLES, names, strict=True) if name
    ]
    circumstances = Circumstances(asking.organization, is_multimodal(catalog, offering))
    uses = tuple(use_on_record(use, bound, circumstances, known=names[0] is not None) for use in asking.uses)
    nodes = [
        Node(0, offering.model.id, "model", *_named(catalog, names[0])),
        *([Node(1, _base(catalog, offering), "base", *_named(catalog, names[1]))] if names[1] else []),
        *([Node(0, offering.channel.name, "channel", *_named(catalog, names[2]))] if names[2] else []),
    ]
    fact = offering.fact("license", catalog.as_of)
    evidence = (
        f"catalog {catalog.version}, as of {catalog.as_of}; no text was read",
        f"license: {_sourced(fact.source)}" if fact.is_usable else "license: not on record",
    )
    return Reviewed(offering.id, "the catalog's record", _overall(asking, uses), uses, tuple(nodes), evidence)


_ROLES = ("model", "base", "channel")


def _overall(asking: Asking, uses: Sequence[UseVerdict]) -> Verdict:
    return strictest(use.verdict for use in uses if not asking.asked or use.use in asking.asked)


def _named(catalog: Catalog, name: str | None) -> tuple[str, str]:
    return (name, str(catalog.licenses[name]["class"])) if name else ("not on record", "unknown")


def _base(catalog: Catalog, offering: Offering) -> str:
    fact = offering.fact("base_model", catalog.as_of)
    return str(fact.value) if fact.is_usable else "its base model"


def _sourced(source: Source | None) -> str:
    return f"{source.url}, read {source.read_on}" if source else "no source"


def fetched(asking: Asking, sources: Sources, text: str) -> Reviewed:
    """Return the review of a repository by its evidence; a failure to read is an outcome in it. Raises AdvisorError.

    Reaches out, so it belongs in a thread.
    """
    from advisor.licenses.aliases import Licenses
    from advisor.licenses.review import Reviewer
    from advisor.licenses.text.fingerprints import load_fingerprints

    target = parse_target(text)
    source, licenses = sources(), Licenses(asking.catalog.licenses)
    reviewer = Reviewer(
        licenses, load_fingerprints(), asking.uses, asking.organization, dataset_licenses=source.datasets
    )
    return judged(asking, reviewer.review(source.evidence, target.repository, target.revision))


def judged(asking: Asking, review: Review) -> Reviewed:
    """Return a review with the policy applied, if there is one.

    Waivers of models outside of its lineage are left out.
    """
    problem, applied = None, review
    try:
        if asking.policy.exists():
            policy = load_policy(str(asking.policy))
            mine = tuple(waiver for waiver in policy.waivers if waiver.model in review.lineage.nodes)
            (applied,) = apply(policy.model_copy(update={"waivers": mine}), (review,), asking.catalog.as_of)
    except PolicyError as error:
        problem = error
    nodes = tuple(_nodes(review))
    basis = "evidence from the Hub"
    return Reviewed(
        review.target,
        basis,
        _overall(asking, review.uses),
        review.uses,
        nodes,
        tuple(_evidence(review)),
        applied.findings,
        review,
        problem,
    )


def _nodes(review: Review) -> list[Node]:
    """Depth first from the target, each model once; without recursion, as a lineage may be long."""
    found: list[Node] = []
    seen: set[str] = set()
    waiting = [(review.lineage.root, "target", 0)]
    while waiting:
        name, relation, depth = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        conclusion, evidence = review.conclusions.get(name), review.lineage.nodes.get(name)
        license_ = conclusion.license.id if conclusion and conclusion.license else "not concluded"
        of_class = conclusion.license_class if conclusion else "unknown"
        outcome, detail = (evidence.outcome, evidence.detail) if evidence else (FetchOutcome.NOT_SAVED, "not looked at")
        found.append(Node(depth, name, relation, license_, of_class, outcome, detail))
        edges = review.lineage.parents_of(name)
        waiting += [(edge.parent, edge.relation, depth + 1) for edge in reversed(edges)]
    return found


def _evidence(review: Review) -> list[str]:
    evidence = review.evidence
    commit = evidence.commit[:12] if evidence.commit else "-"
    lines = [f"{evidence.endpoint}, commit {commit}, read {evidence.read_at:%Y-%m-%d %H:%M} UTC"]
    lines.append(f"declared: {', '.join(one.name for one in review.conclusion.declared) or 'nothing'}")
    if evidence.gated:
        lines.append(f"access is {evidence.gated}, which by itself restricts no use")
    for text, one in review.conclusion.found:
        lines.append(
            f"{text.place}: {one.match} {one.id or 'no license'} {one.similarity:.1%}, sha256 {text.sha256[:12]}"
        )
    return lines
