"""The front of budget and quality as a picture."""

from __future__ import annotations

from html import escape

from advisor.reports.plan.report import PlanReport
from advisor.reports.recommendation.frontier_svg import CHOSEN, FRONT, HEIGHT, WIDTH, Axes, PlottedPoint

_OPENING = (
    f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Weighted score against cost" '
    'font-family="system-ui, sans-serif" font-size="12" fill="currentColor">'
)


def front_svg(report: PlanReport) -> str:
    """Return what each budget buys, with the plan itself; a sentence where there are not two points to join."""
    plans = [point.plan for point in report.front] + [report.plan]
    found = {
        (float(plan.cost_usd), float(plan.score))
        for plan in plans
        if plan.cost_usd is not None and plan.score is not None and plan.cost_usd > 0
    }
    drawn = [PlottedPoint(f"${usd:,.2f} a month", usd, score, score, score) for usd, score in sorted(found)]
    if len(drawn) < 2:  # noqa: PLR2004 - a line has two ends
        return "<p>With <code>--front</code> the page shows what each budget buys.</p>"
    axes, own = Axes.around(drawn), report.plan
    line = " ".join(f"{axes.x(one.usd):.1f},{axes.y(one.estimate):.1f}" for one in drawn)
    dots = [
        f'<circle cx="{axes.x(one.usd):.1f}" cy="{axes.y(one.estimate):.1f}" r="{6 if is_own else 4}" '
        f'fill="{CHOSEN if is_own else FRONT}"><title>{escape(one.id)}: {one.estimate:.2f}</title></circle>'
        for one in drawn
        for is_own in (own.cost_usd is not None and one.usd == float(own.cost_usd),)
    ]
    return "\n".join(
        (
            _OPENING,
            *axes.lines(f"weighted score, {report.posed.unit}"),
            f'<polyline points="{line}" fill="none" stroke="{FRONT}" stroke-width="1.5"/>',
            *dots,
            "</svg>",
        )
    )
