"""Who asks, and about what model: what thresholds, territories and kinds of business are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog.countries import EUROPEAN_UNION
from advisor.licenses.license import Clause, Verdict

if TYPE_CHECKING:
    from advisor.requirements.schema import Organization

MEASURES = {
    "monthly_active_users": "monthly active users",
    "yearly_revenue_usd": "USD of yearly revenue",
    "daily_active_users": "daily active users",
}
"""What thresholds measure, in words."""


class Circumstances(NamedTuple):
    """Who uses which kind of model."""

    organization: Organization
    multimodal: bool | None = None
    """Whether the model takes more than text; None if that is not known."""


def effect(clause: Clause, use: str, circumstances: Circumstances) -> Verdict:
    """Return what a threshold, territory or business clause does to a use: ``allowed`` where it does not take hold."""
    if clause.kind == "threshold":
        return _threshold(clause, use, circumstances.organization)
    if clause.kind == "territory":
        return _territory(clause, circumstances)
    return _by_business(clause, use, circumstances.organization)


def exposure(clause: Clause, use: str, circumstances: Circumstances) -> str | None:
    """Return what a threshold that does not bite today does later, in a sentence; None for a clause that is none."""
    if clause.kind != "threshold" or clause.above is None:
        return None
    if _threshold(clause, use, circumstances.organization) is clause.then:
        return None
    words = MEASURES.get(clause.measure or "", clause.measure or "")
    return f"above {clause.above:,} {words}: {clause.then}, section {clause.section}: {clause.says}"


def _threshold(clause: Clause, use: str, organization: Organization) -> Verdict:
    """Under the threshold nothing changes; over it the clause's ``then``; not knowing which is unknown.

    Where the worst that may apply is a condition, not knowing the figure leaves that condition.
    """
    if _by_business(clause, use, organization) is Verdict.ALLOWED:
        return Verdict.ALLOWED
    if clause.measure == "daily_active_users":
        # Who is active on a day is active in that month: below the line by the month is below it by the day.
        most = organization.monthly_active_users
        below = most is not None and clause.above is not None and most <= clause.above
        return Verdict.ALLOWED if below else _doubt(clause)
    figure = getattr(organization, clause.measure or "", None)
    if figure is None:
        return _doubt(clause)
    if clause.above is None or figure <= clause.above:
        return Verdict.ALLOWED
    return _by_business(clause, use, organization)


def _by_business(clause: Clause, use: str, organization: Organization) -> Verdict:
    """``then`` for a kind of business that the clause names; selling model access is one whatever the rest."""
    if not clause.business or use in clause.business:
        return clause.then
    if organization.business is None:
        return _doubt(clause)
    return clause.then if organization.business.value in clause.business else Verdict.ALLOWED


def _territory(clause: Clause, circumstances: Circumstances) -> Verdict:
    if clause.modality == "multimodal" and circumstances.multimodal is False:
        return Verdict.ALLOWED
    country = circumstances.organization.country
    if country is None:
        return _doubt(clause)
    inside = country.lower() in clause.territory or ("eu" in clause.territory and country in EUROPEAN_UNION)
    if not inside:
        return Verdict.ALLOWED
    return clause.then if clause.modality is None or circumstances.multimodal else Verdict.UNKNOWN


def _doubt(clause: Clause) -> Verdict:
    return clause.then if clause.then is Verdict.CONDITIONAL else Verdict.UNKNOWN
