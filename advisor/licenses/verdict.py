"""May this organization use it in this way? The license record decides, use by use, clause by clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Offering
from advisor.facts import Fact, Source
from advisor.licenses.conditions import Circumstances, effect, exposure
from advisor.licenses.license import FULL_TEXT, STRICTNESS, Clause, License, Verdict, license_from_record, strictest

if TYPE_CHECKING:
    from advisor.requirements.schema import Organization

__all__ = [
    "LicenseAnswer",
    "UseAnswer",
    "Verdict",
    "binding_licenses",
    "judge",
    "judge_offering",
    "judge_use",
    "license_basis",
    "strictest",
]

UNKNOWN_LICENSE = "unknown"
"""The record that says nothing: what binds whoever takes terms that nobody named."""

TAKES_HOLD = frozenset(("threshold", "territory", "business"))


class UseAnswer(NamedTuple):
    """What one license says to one use."""

    use: str
    verdict: Verdict
    because: tuple[Clause, ...]
    """The clauses that make it what it is: prohibitions where forbidden, conditions where conditional, grants."""
    duties: tuple[Clause, ...]
    """What is owed in return."""
    exposure: tuple[str, ...]
    """What would change it later."""
    read: tuple[str, ...]
    """What a person must read or state before the verdict can be more than unknown."""


class LicenseAnswer(NamedTuple):
    """The strictest verdict over the uses asked, and what it rests on."""

    verdict: Verdict
    license: str | None
    license_class: str
    because: tuple[str, ...] = ()
    """The clauses that made it stricter than allowed: section and our paraphrase."""
    duties: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def words(self) -> str:
        """The verdict with the license's name and the first clause behind it."""
        name = self.license or "no license on record"
        reason = f": {self.because[0]}" if self.because else ""
        return f"{self.verdict} by {name}{reason}" if self.license else f"{self.verdict}: {name}"


def judge_use(terms: License, use: str, circumstances: Circumstances) -> UseAnswer:
    """Return the verdict of one license for one use; no clause can make it looser than the record states."""
    stated = terms.stated(use)
    clauses = [clause for clause in terms.clauses if clause.concerns(use)]
    held = [(clause, effect(clause, use, circumstances)) for clause in clauses if clause.kind in TAKES_HOLD]
    by_purpose = _for_no_commerce(terms, use, stated, circumstances)
    verdict = strictest([stated, *by_purpose, *(found for _, found in held)])
    later = (exposure(clause, use, circumstances) for clause in clauses)
    return UseAnswer(
        use,
        verdict,
        _because(verdict, stated, clauses, held),
        _owed(clauses, held),
        tuple(sentence for sentence in later if sentence),
        (*_to_read(terms, stated, clauses, held, circumstances), *(_DECIDE for _ in by_purpose)),
    )


def _owed(clauses: Iterable[Clause], held: Iterable[tuple[Clause, Verdict]]) -> tuple[Clause, ...]:
    """Return what is owed: the obligations of everybody, after those of whoever has crossed a threshold."""
    crossed = [clause for clause, found in held if found is Verdict.CONDITIONAL]
    return (*crossed, *(clause for clause in clauses if clause.kind in ("duty", "policy")))


_INSIDE = ("internal", "serve")
"""Uses that are commercial or not by who makes them."""

_DECIDE = "a person must decide whether use in a business is for commercial advantage: the license bars that"


def _for_no_commerce(terms: License, use: str, stated: Verdict, circumstances: Circumstances) -> tuple[Verdict, ...]:
    """Of a license for uses that are not commercial, what it leaves open to an organization that states a business."""
    business = circumstances.organization.business
    states_one = business is not None and business.value != "research"
    is_open = terms.license_class == "non-commercial" and use in _INSIDE and stated is Verdict.CONDITIONAL
    return (Verdict.UNKNOWN,) if states_one and is_open else ()


def _because(
    verdict: Verdict, stated: Verdict, clauses: Iterable[Clause], held: Iterable[tuple[Clause, Verdict]]
) -> tuple[Clause, ...]:
    because = [clause for clause, found in held if found is not Verdict.ALLOWED]
    if stated is not Verdict.ALLOWED:
        because += [clause for clause in clauses if clause.kind == "prohibition"]
    if not because and verdict is Verdict.CONDITIONAL:
        because = [clause for clause in clauses if clause.kind in ("duty", "policy")]
    if not because:
        because = [clause for clause in clauses if clause.kind == ("grant" if verdict is Verdict.ALLOWED else "policy")]
    return tuple(because)


def _to_read(
    terms: License,
    stated: Verdict,
    clauses: Iterable[Clause],
    held: Iterable[tuple[Clause, Verdict]],
    circumstances: Circumstances,
) -> tuple[str, ...]:
    wanted = []
    if terms.family:
        wanted.append(f"the tag {terms.id} names no text: read the license file of the repository")
    elif terms.evidence != FULL_TEXT and stated is not Verdict.FORBIDDEN:
        where = f" at {terms.sources[0].url}" if terms.sources else ""
        wanted.append(f"the record of {terms.id} rests on {terms.evidence} evidence: read the license{where}")
    elif stated is Verdict.UNKNOWN:
        wanted += [
            f"{terms.id} does not settle it: read section {one.section}" for one in clauses if one.kind == "change"
        ]
    wanted += [
        f"{_missing(clause, circumstances)}: section {clause.section} of {terms.id} depends on it"
        for clause, found in held
        if found is Verdict.UNKNOWN
    ]
    return tuple(wanted)


def _missing(clause: Clause, circumstances: Circumstances) -> str:
    organization = circumstances.organization
    if clause.kind == "territory":
        return "state organization.country" if organization.country is None else "find out whether it is multimodal"
    measure = "monthly_active_users" if clause.measure == "daily_active_users" else clause.measure
    if measure and getattr(organization, measure, None) is None:
        return f"state organization.{measure}"
    if organization.business is None and clause.business:
        return "state organization.business"
    if clause.measure == "daily_active_users":
        return "count the daily active users"
    return "a person must decide whether it applies"


def judge_offering(
    catalog: Catalog, offering: Offering, uses: Iterable[str], organization: Organization
) -> LicenseAnswer:
    """Give the verdict for an offering: its model's license, that of the model it derives from, its channel's terms."""
    names = binding_licenses(catalog, offering)
    if names[0] is None:
        return LicenseAnswer(Verdict.UNKNOWN, None, "unknown")
    asked = tuple(uses)
    if not asked:
        record = catalog.licenses[names[0]]
        return LicenseAnswer(Verdict.UNKNOWN, names[0], record["class"], ("no use was asked",))
    circumstances = Circumstances(organization, is_multimodal(catalog, offering))
    answers = [_judged(catalog, name, asked, circumstances) for name in dict.fromkeys(names) if name]
    strict = max(answers, key=lambda answer: STRICTNESS[answer.verdict])
    return strict._replace(
        license=answers[0].license,
        license_class=answers[0].license_class,
        because=tuple(dict.fromkeys(reason for answer in answers for reason in answer.because)),
        duties=tuple(dict.fromkeys(duty for answer in answers for duty in answer.duties)),
    )


def binding_licenses(catalog: Catalog, offering: Offering) -> tuple[str | None, ...]:
    """Return the ids of the licenses that bind at once, None where none is on record.

    The model's own, that of the model it derives from, the channel's terms of service. The last two bind unknown terms
    if the record says that they exist but not which they are.
    """
    own, *further = (offering.fact(name, catalog.as_of) for name in ("license", "base_license", "service_terms"))
    unnamed = (_listed(catalog, fact) or (UNKNOWN_LICENSE if fact.source else None) for fact in further)
    return (_listed(catalog, own), *unnamed)


def _listed(catalog: Catalog, fact: Fact) -> str | None:
    return str(fact.value) if fact.is_usable and fact.value in catalog.licenses else None


def license_basis(catalog: Catalog, offering: Offering) -> tuple[object, ...]:
    """All that a verdict takes from an offering: equal bases give equal verdicts."""
    known: dict[str, tuple[object, ...]] = memoize(catalog, "license basis", dict)
    if offering.id not in known:
        known[offering.id] = (*binding_licenses(catalog, offering), is_multimodal(catalog, offering))
    return known[offering.id]


def is_multimodal(catalog: Catalog, offering: Offering) -> bool | None:
    """Whether the model takes more than text on any channel; None if its input modalities are not on record.

    A channel that takes text alone makes no other model of it.
    """
    more = memoize(catalog, "multimodal models", lambda: frozenset(_multimodal(catalog)))
    if offering.model.id in more:
        return True
    return False if offering.fact("input_modalities", catalog.as_of).is_usable else None


def _multimodal(catalog: Catalog) -> Iterator[str]:
    for offering in catalog.offerings.values():
        fact = offering.fact("input_modalities", catalog.as_of)
        if fact.is_usable and set(fact.value) != {"text"}:
            yield offering.model.id


def judge(
    record: Mapping[str, Any], uses: Iterable[str], organization: Organization, *, multimodal: bool | None = None
) -> LicenseAnswer:
    """Return the strictest verdict of one license over the uses.

    With no use asked, ``allowed`` says nothing is forbidden.
    """
    return _judge_terms(license_from_record(record), uses, Circumstances(organization, multimodal))


def _judged(catalog: Catalog, name: str, uses: tuple[str, ...], circumstances: Circumstances) -> LicenseAnswer:
    """Return the verdict of a license of the catalog, worked out once for the same uses and circumstances."""
    terms: dict[str, License] = memoize(catalog, "licenses", dict)
    known: dict[str, LicenseAnswer] = memoize(catalog, ("judged", uses, circumstances), dict)
    if name not in known:
        if name not in terms:
            terms[name] = license_from_record(catalog.licenses[name])
        known[name] = _judge_terms(terms[name], uses, circumstances)
    return known[name]


def _judge_terms(terms: License, uses: Iterable[str], circumstances: Circumstances) -> LicenseAnswer:
    answers = [judge_use(terms, use, circumstances) for use in uses]
    reasons = (clause.text for answer in answers if answer.verdict is not Verdict.ALLOWED for clause in answer.because)
    duties = (clause.text for answer in answers for clause in answer.duties)
    return LicenseAnswer(
        strictest(answer.verdict for answer in answers),
        terms.id,
        terms.license_class,
        tuple(dict.fromkeys(reasons)),
        tuple(dict.fromkeys(duties)),
        terms.sources[0] if terms.sources else None,
    )
