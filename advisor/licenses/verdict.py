"""May this organisation use an offering in this way? The license record decides, clause by clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Offering
from advisor.facts import Source
from advisor.requirements.records import Organization


class Verdict(StrEnum):
    """What a license says to a use, from the loosest to the strictest."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"
    FORBIDDEN = "forbidden"


_STRICTNESS = {verdict: rank for rank, verdict in enumerate(Verdict)}


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


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """The strictest of several verdicts; ``allowed`` of none."""
    return max(verdicts, key=_STRICTNESS.__getitem__, default=Verdict.ALLOWED)


def judge_offering(
    catalog: Catalog, offering: Offering, uses: Iterable[str], organization: Organization
) -> LicenseAnswer:
    """The verdict for an offering: its model's license, that of the model it derives from, its channel's terms."""
    names = licenses_of(catalog, offering)
    if names[0] is None:
        return LicenseAnswer(Verdict.UNKNOWN, None, "unknown")
    asked = tuple(uses)
    if not asked:
        record = catalog.licenses[names[0]]
        return LicenseAnswer(Verdict.UNKNOWN, names[0], record["class"], ("no use was asked",))
    records = [catalog.licenses[name] for name in dict.fromkeys(names) if name]
    answers = [judge(record, asked, organization) for record in records]
    strict = max(answers, key=lambda answer: _STRICTNESS[answer.verdict])
    return strict._replace(
        license=answers[0].license,
        license_class=answers[0].license_class,
        because=tuple(dict.fromkeys(reason for answer in answers for reason in answer.because)),
        duties=tuple(dict.fromkeys(duty for answer in answers for duty in answer.duties)),
    )


def licenses_of(catalog: Catalog, offering: Offering) -> tuple[str | None, ...]:
    """The ids of the licenses that bind at once, None where none is on record.

    The model's own, that of the model it derives from, the channel's terms of service.
    """
    facts = (offering.fact(name, catalog.as_of) for name in ("license", "base_license", "service_terms"))
    return tuple(fact.value if fact.is_usable and fact.value in catalog.licenses else None for fact in facts)


def judge(record: Mapping[str, Any], uses: Iterable[str], organization: Organization) -> LicenseAnswer:
    """The strictest verdict of one license over the uses; with no use asked, ``allowed`` says nothing is forbidden."""
    verdicts, because, duties = [], [], []
    for use in uses:
        stated = Verdict(record["uses"].get(use, Verdict.UNKNOWN))
        clauses = [clause for clause in record["clauses"] or () if not clause.get("uses") or use in clause["uses"]]
        verdicts.append(stated)
        for clause in clauses:
            words = f"section {clause['section']}: {clause['says']}"
            if clause["kind"] == "threshold":
                verdict = _threshold(clause, organization)
                verdicts.append(verdict)
                because += [words] if verdict is not Verdict.ALLOWED else []
            elif clause["kind"] == "prohibition" and stated is not Verdict.ALLOWED:
                because.append(words)
            elif clause["kind"] in ("duty", "policy"):
                duties.append(words)
    verdict = strictest(verdicts)
    if verdict is Verdict.CONDITIONAL and not because:
        because = duties
    source = next(iter(record["sources"].values()), None)
    return LicenseAnswer(
        verdict,
        record["id"],
        record["class"],
        tuple(dict.fromkeys(because)),
        tuple(dict.fromkeys(duties)),
        Source(source["url"], date.fromisoformat(str(source["read_on"]))) if source else None,
    )


def _threshold(clause: Mapping[str, Any], organization: Organization) -> Verdict:
    """Under the threshold nothing changes; over it the clause's ``then``; not knowing which is unknown.

    Where the worst that may apply is a condition, not knowing the figure leaves that condition.
    """
    figure = getattr(organization, clause["measure"], None)
    then = Verdict(clause["then"])
    if figure is None:
        return then if then is Verdict.CONDITIONAL else Verdict.UNKNOWN
    return then if figure > clause["above"] else Verdict.ALLOWED
