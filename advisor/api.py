"""The functions that programs call: the same use cases as the command line, without a terminal.

Everything public is named in ``advisor.__all__``; what is elsewhere may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.catalog import Catalog, load_catalog
from advisor.errors import UsageError
from advisor.facts import Measurement
from advisor.files.paths import DECISION_FILE, REQUIREMENTS_FILE
from advisor.reports.formats import FINDINGS
from advisor.requirements.enums import Use
from advisor.solver import advise
from advisor.solver.answer import Advice

if TYPE_CHECKING:
    from advisor.decision.check import DecisionCheck
    from advisor.decision.lock_schema import Decision
    from advisor.licenses.check import LicenseCheck
    from advisor.probe.summary import Summary
    from advisor.requirements.schema import Requirements


def check_license(
    targets: str | Iterable[str],
    *,
    uses: Iterable[str] = (),
    country: str | None = None,
    monthly_active_users: int | None = None,
    yearly_revenue_usd: Decimal | None = None,
    business: str | None = None,
    policy: str | None = None,
    endpoint: str | None = None,
    evidence: str | Path | None = None,
    as_of: date | None = None,
) -> LicenseCheck:
    """Review the license of each target: ``org/name``, ``org/name@revision`` or a name of the catalog.

    ``uses`` are those of ``advisor check-license --use``; ``commercial`` and ``serve`` unless stated. The Hub is asked
    unless ``evidence`` names a folder of saved evidence; a repository that cannot be reached is reviewed as unknown.
    Raises UsageError for a wrong target, use or policy.
    """
    from advisor.licenses.check import run
    from advisor.licenses.settings import CheckSettings

    asked = tuple(uses)
    known = [use.value for use in Use]
    if strange := [use for use in asked if use not in known]:
        raise UsageError(f"there is no use {strange[0]!r}", hint=f"the uses are {', '.join(known)}")
    settings = CheckSettings(
        targets=(targets,) if isinstance(targets, str) else tuple(targets),
        uses=asked,
        country=country,
        monthly_active_users=monthly_active_users,
        yearly_revenue_usd=yearly_revenue_usd,
        business=business,
        policy=policy,
        endpoint=endpoint,
        evidence=None if evidence is None else str(evidence),
        as_of=as_of,
    )
    return run(settings)


def decide(
    requirements: Requirements,
    *,
    catalog: Catalog | None = None,
    choices: Mapping[str, str] | None = None,
    measurements: Iterable[Measurement] = (),
    name: str = REQUIREMENTS_FILE,
) -> Decision:
    """Decide for every workload: who leads, or the candidate that ``choices`` names by workload.

    ``name`` is the file that the decision says it answers. Raises DecisionError if a workload has no answer or a choice
    does not pass.
    """
    from advisor.decision.decide import decide as make

    catalog, taken = catalog or load_catalog(), tuple(measurements)
    advice = advise(catalog, requirements, measurements=taken)
    if requirements.portfolio is None:
        return make(advice, requirements, catalog, name, choices=choices, measurements=taken)
    from advisor.decision.lock_plan import lock_plan
    from advisor.decision.plan_context import PlanContext, planned

    basis = PlanContext(catalog, requirements, taken, None)
    return lock_plan(basis, planned(basis, dict(choices or {})), advice, name)


def check(
    lock: str | Path = DECISION_FILE,
    *,
    requirements: Requirements | None = None,
    catalog: Catalog | None = None,
    measurements: Iterable[Measurement] = (),
) -> DecisionCheck:
    """Solve the decision in a lock file again; ``outcome`` is ``stands``, ``undecided`` or ``overturned``.

    ``requirements`` are those that the lock names, beside it, unless given. Raises DecisionError or RequirementsError
    with file and line.
    """
    from advisor.decision.check import check as solve_again
    from advisor.decision.lock_file import load
    from advisor.requirements.file import load_requirements

    path = Path(lock)
    decision, _ = load(path)
    asked = requirements or load_requirements(path.parent / decision.requirements.file)
    return solve_again(decision, catalog or load_catalog(), asked, measurements=tuple(measurements))


def render(
    found: Advice | LicenseCheck | Summary | DecisionCheck,
    *,
    form: str = "table",
    requirements: Requirements | None = None,
    lock: str | Path = DECISION_FILE,
    catalog: Catalog | None = None,
) -> str:
    """Write what a function of this package found as ``table``, ``json``, ``markdown``, ``html`` and more.

    An ``Advice`` needs its ``requirements``, a ``DecisionCheck`` the ``lock`` that was checked. Raises UsageError for a
    format that there is not, or that this report does not have.
    """
    from advisor.decision.check import DecisionCheck
    from advisor.licenses.check import LicenseCheck
    from advisor.reports.licenses import FORMATS as OF_LICENSES

    if form not in {*FINDINGS, *OF_LICENSES, "csv", "otel"}:
        raise UsageError(f"there is no format {form!r}", hint=f"the formats are {', '.join(FINDINGS)}")
    if isinstance(found, Advice):
        from advisor.reports.recommendation import report as recommendation

        if requirements is None:
            raise UsageError("an advice is written with the requirements that it answers: expected requirements=...")
        return recommendation.render(form, recommendation.Recommendation(requirements, found, REQUIREMENTS_FILE))
    if isinstance(found, LicenseCheck):
        from advisor.reports.licenses.report import LicenseReport
        from advisor.reports.licenses.report import render as render_licenses

        on = found.catalog
        return render_licenses(
            form, LicenseReport(found.reviews, found.uses, found.organization, on.as_of, on.version, on.sha256)
        )
    if isinstance(found, DecisionCheck):
        from advisor.decision.lock_file import load
        from advisor.reports.decision_check import CheckReport
        from advisor.reports.decision_check import render as render_check

        return render_check(form, CheckReport(str(lock), load(Path(lock))[1], found))
    from advisor.reports.probe.render import render as render_probe

    return render_probe(form, found, catalog or load_catalog())
