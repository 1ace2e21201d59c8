"""A review policy: which licenses an organization accepts, what unknown means to it, and which findings are waived.

The file is YAML (``advisor-policy.yaml``); a waiver without an id, a reason, an owner and a last day is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from advisor.errors import PolicyError
from advisor.files.yaml import read_document
from advisor.licenses.findings import RULES, Level, LicenseFinding
from advisor.licenses.review import Review
from advisor.requirements.schema import Use

_PACKAGE = Path(__file__).parent.parent

NEVER_WAIVED = frozenset(("waiver-expired", "waiver-unused", "not-read", "policy-denied", "chosen"))
"""Rules that no waiver covers: a denied license is allowed by editing the policy, where everyone sees it."""


def _rule(name: str) -> str:
    if name not in RULES or name in NEVER_WAIVED:
        raise ValueError(f"expected a rule that may be waived: {', '.join(sorted(set(RULES) - NEVER_WAIVED))}")
    return name


LicenseClass = Literal["permissive", "copyleft", "restricted", "non-commercial", "proprietary", "unknown"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Waiver(_Record):
    """One finding that somebody answers for until a day."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    """The name by which reports refer to it."""
    rule: Annotated[str, AfterValidator(_rule)]
    """The rule that is waived."""
    model: Annotated[str, Field(min_length=1)]
    """The model that it is about; never a pattern."""
    use: Use | None = None
    """For use-forbidden and use-unknown: the one use that is waived; left out: every use."""
    reason: Annotated[str, Field(min_length=10)]
    """Why this is acceptable: the agreement that was signed, the answer of the licensor."""
    owner: Annotated[str, Field(min_length=2)]
    """Who answers for it."""
    expires: date
    """The last day on which it holds."""
    license: str | None = None
    """The license that was concluded when somebody answered for it, ``none`` where there was none.

    With another license it lapses.
    """
    text_sha256: str | None = None
    """The sha256 of the license text that was read; with another text, or none, it lapses."""
    commit: str | None = None
    """The commit that was reviewed; with another one it lapses."""


class Policy(_Record):
    """What an organization accepts."""

    @field_validator("uses", "allow_classes", "deny_classes", "allow", "deny", "waivers", mode="before")
    @classmethod
    def _none(cls, value: Any) -> Any:
        """Return a key with nothing behind it names nothing."""
        return () if value is None else value

    schema_version: Literal[1]
    """The layout of the file."""
    uses: tuple[Use, ...] = ()
    """Asked when no --use is given."""
    allow_classes: tuple[LicenseClass, ...] = ()
    """If any is named, licenses of other classes are denied."""
    deny_classes: tuple[LicenseClass, ...] = ()
    """Licenses of these classes are denied."""
    allow: tuple[str, ...] = ()
    """License ids that are accepted whatever their class; they still have their verdicts."""
    deny: tuple[str, ...] = ()
    """License ids that are denied."""
    unknown: Literal["fail", "review", "accept"] = "review"
    """What an undecided use does: fail ends with 1, review with 3, accept with 0."""
    fail_on: Literal["forbidden", "conditional", "never"] = "forbidden"
    """The verdict from which a check ends with 1."""
    waivers: tuple[Waiver, ...] = ()
    """Findings that somebody answers for."""


def ready_made() -> dict[str, Path]:
    """Return the policies to start from, by name: the files of ``catalog/policies``, which travel in the package."""
    inside = _PACKAGE / "policies"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "catalog" / "policies"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_policy(name: str) -> Policy:
    """Return a policy file, or a ready-made one by its name. Raises PolicyError with the file, the line and the key."""
    known = ready_made()
    path = known.get(name, Path(name))
    if not path.exists():
        hint = f"name a file, or a ready-made policy: {', '.join(known)}"
        raise PolicyError(f"{name}: there is no such file", hint=hint)
    document = read_document(path, error=PolicyError)
    try:
        policy = Policy.model_validate(document.content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"{name}:{document.line(key)}: {key}: {first['msg']}", hint=_HINT) from None
    ids = [waiver.id for waiver in policy.waivers]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise PolicyError(f"{name}:{document.line('waivers')}: two waivers have the id {twice!r}", hint=_HINT)
    return policy


_HINT = "every waiver needs id, rule, model, reason, owner and expires"


def apply(policy: Policy, reviews: Sequence[Review], today: date) -> tuple[Review, ...]:
    """Return the reviews with what the policy denies, and with waived findings marked.

    Expired waivers cover nothing.
    """
    held = [waiver for waiver in policy.waivers if waiver.expires >= today]
    used: set[str] = set()
    applied = []
    for review in reviews:
        denied = list(_denied(policy, review))
        expired = [*_expired(policy, review, today), *_lapses(held, review)]
        findings = []
        for finding in (*review.findings, *denied):
            waiver = next((one for one in held if _covers(one, finding) and not _lapsed(one, review)), None)
            used |= {waiver.id} if waiver else set()
            findings.append(finding._replace(waived_by=waiver.id) if waiver else finding)
        applied.append(review._replace(findings=(*findings, *expired)))
    unused = [
        waiver for waiver in held if waiver.id not in used and not any(_lapsed(waiver, review) for review in reviews)
    ]
    if unused and applied:
        more = tuple(_unused(waiver) for waiver in unused)
        applied[0] = applied[0]._replace(findings=(*applied[0].findings, *more))
    return tuple(applied)


def tied(waiver: Waiver, review: Review) -> Waiver:
    """Return the waiver tied to what was reviewed: with another license, text or commit it covers nothing."""
    evidence, conclusion = review.lineage.nodes.get(waiver.model), review.conclusions.get(waiver.model)
    if evidence is None or conclusion is None:
        return waiver
    text = next((one.sha256 for one in evidence.texts if one.role == "license"), None)
    concluded = conclusion.license.id if conclusion.license else "none"
    return waiver.model_copy(update={"license": concluded, "text_sha256": text, "commit": evidence.commit})


def is_settled(review: Review) -> bool:
    """Whether every use that is forbidden or undecided is covered by a waiver that holds."""
    open_ones = [one for one in review.findings if one.rule in ("use-forbidden", "use-unknown") and not one.waived_by]
    stated = [one for one in review.findings if one.rule in ("use-forbidden", "use-unknown")]
    return bool(stated) and not open_ones


def _covers(waiver: Waiver, finding: LicenseFinding) -> bool:
    if waiver.rule != finding.rule or waiver.model != finding.subject or finding.rule in NEVER_WAIVED:
        return False
    return waiver.use is None or waiver.use.value == finding.use


def _expired(policy: Policy, review: Review, today: date) -> Iterator[LicenseFinding]:
    """Yield an expired waiver is a finding where it would have covered something."""
    for waiver in policy.waivers:
        if waiver.expires < today and any(_covers(waiver, finding) for finding in review.findings):
            message = f"waiver {waiver.id} of {waiver.owner} expired on {waiver.expires}"
            yield LicenseFinding("waiver-expired", Level.ERROR, waiver.model, message)


def _lapses(held: Sequence[Waiver], review: Review) -> Iterator[LicenseFinding]:
    """Yield a waiver whose license, text or commit is another one now covers nothing, and that is said."""
    for waiver in held:
        changed = _lapsed(waiver, review)
        if changed and any(_covers(waiver, finding) for finding in review.findings):
            message = f"waiver {waiver.id} of {waiver.owner} has lapsed: {changed}"
            yield LicenseFinding("waiver-expired", Level.ERROR, waiver.model, message)


def _lapsed(waiver: Waiver, review: Review) -> str | None:
    """Return what has changed since somebody answered for it; None where nothing that it is tied to did."""
    evidence, conclusion = review.lineage.nodes.get(waiver.model), review.conclusions.get(waiver.model)
    if evidence is None or conclusion is None:
        return None
    concluded = conclusion.license.id if conclusion.license else "none"
    if waiver.license is not None and waiver.license != concluded:
        return f"the license was {waiver.license} and is {concluded}"
    if waiver.text_sha256 is not None:
        texts = {text.sha256 for text in evidence.texts if text.role == "license"}
        if waiver.text_sha256 not in texts:
            return "the license text is another one"
    if waiver.commit is not None and waiver.commit != evidence.commit:
        return f"the commit was {waiver.commit[:12]} and is {(evidence.commit or 'not known')[:12]}"
    return None


def _unused(waiver: Waiver) -> LicenseFinding:
    return LicenseFinding(
        "waiver-unused", Level.WARNING, waiver.model, f"waiver {waiver.id} of {waiver.owner} covers nothing"
    )


def _denied(policy: Policy, review: Review) -> Iterator[LicenseFinding]:
    """One finding a license that the policy denies, for each model of the lineage."""
    for name, conclusion in review.conclusions.items():
        for terms in conclusion.binding:
            why = _why_denied(policy, terms.id, terms.license_class)
            if why:
                yield LicenseFinding("policy-denied", Level.ERROR, name, f"{terms.id} is denied: {why}")
        if not conclusion.binding and "unknown" in policy.deny_classes:
            yield LicenseFinding(
                "policy-denied", Level.ERROR, name, "no license is concluded, and the policy denies that"
            )


def _why_denied(policy: Policy, license_id: str, license_class: str) -> str | None:
    if license_id in policy.deny:
        return "by its id"
    if license_id in policy.allow:
        return None
    if license_class in policy.deny_classes:
        return f"the class {license_class} is denied"
    if policy.allow_classes and license_class not in policy.allow_classes:
        return f"the class {license_class} is not among those allowed"
    return None


def schema() -> dict[str, Any]:
    """Return the JSON schema of a policy file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema()}
