"""Situations that the solver's sentences are read aloud for: small catalogs, requirements, plans and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from advisor.decision.check import check
from advisor.decision.decide import decide
from advisor.facts import Measurement
from advisor.portfolio.build import ExcludedWay, PortfolioProblem
from advisor.portfolio.problem import Objective, PlanWorkload, Problem
from advisor.portfolio.sentences import plan_sentences
from advisor.portfolio.solve import SearchSettings, plan
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.explain.sentences import why_not_sentences
from advisor.solver.explain.why_not import why_not
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price
from tests.solver.portfolio.problems import single

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}
DAY, LATER = date(2026, 11, 23), date(2027, 2, 1)


def small() -> Document:
    """best $3,000, rival $1,500, small $150 a month; retention 30, 30 and 90 days; small takes 8,000 tokens."""
    figures = {"best": (1500, "2", "10", 30), "rival": (1495, "1", "5", 30), "small": (1400, "0.1", "0.5", 90)}
    models = [model(name, quality={"general": (one[0], 8)}, license="open") for name, one in figures.items()]
    offerings = [
        offering(
            name,
            prices=[price(one[1], one[2])],
            retention_days=one[3],
            max_input_tokens=8_000 if name == "small" else 100_000,
            tools=True if name == "best" else None,
        )
        for name, one in figures.items()
    ]
    return document(models, offerings, licenses=[license_record("open", serve="unknown")])


def asked(workload: Mapping[str, Any] | None = None, **rest: Any) -> Requirements:
    return Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, **(workload or {})}], **rest})


def answer(workload: Mapping[str, Any] | None = None, **rest: Any) -> WorkloadAdvice:
    return advise(catalog(small(), DAY), asked(workload, **rest)).workloads[0]


def why(workload: Mapping[str, Any] | None = None, **rest: Any) -> str:
    return " ".join(answer(workload, **rest).why)


def chosen_by_own_scores() -> str:
    scores = {"best": 91.0, "rival": 84.0, "small": 70.0}
    found = tuple(
        Measurement(f"host/{name}", "score:tickets", value, value - 4, value + 4, 50, DAY, "eval")
        for name, value in scores.items()
    )
    wanted = asked({"quality": {"at_least": {"case_set": "tickets", "score": 80}}}, preferences=["cost"])
    return advise(catalog(small(), DAY), wanted, measurements=found).workloads[0].why[-1]


def way(place: int, workload: Mapping[str, Any] | None = None, **rest: Any) -> str:
    return answer(workload, **rest).relaxations[place].change


def flip(kind: str, workload: Mapping[str, Any] | None = None, **rest: Any) -> str:
    found = next(one for one in answer(workload, **rest).flips if one.kind == kind)
    return f"{found.at}: {found.to} leads, because {found.because}" if found.to else f"{found.at}: {found.because}"


def not_leading(candidate: str, workload: Mapping[str, Any] | None = None, **rest: Any) -> str:
    wanted = asked(workload, **rest)
    return " ".join(why_not_sentences(why_not(catalog(small(), DAY), wanted, wanted.workloads[0], candidate)))


def planned(**limits: Any) -> str:
    ways = (single("big", "a", "92", "900"), single("mid", "b", "88", "300"), single("tiny", "c", "75", "40"))
    problem = Problem((PlanWorkload("chat", ways, Decimal(2)), PlanWorkload("code", ways)), **limits)
    return " ".join(plan_sentences(PortfolioProblem(problem), plan(problem)))


def stopped() -> str:
    ways = tuple(single(f"o{n}", f"v{n % 5}", str(50 + n * 1.5), str(10 + n * n)) for n in range(20))
    tasks = tuple(PlanWorkload(f"w{n}", ways, Decimal(n + 1)) for n in range(6))
    problem = Problem(tasks, budget_usd=Decimal(700), most=(("vendor", 2),))
    return plan_sentences(PortfolioProblem(problem), plan(problem, SearchSettings(gap=0.5)))[0].split(":")[0]


def unserved() -> str:
    causes = answer({"needs": {"tools": True}}).excluded
    out = tuple(ExcludedWay("chat", one.id, one.because) for one in causes)
    problem = Problem((PlanWorkload("chat", ()),))
    return " ".join(plan_sentences(PortfolioProblem(problem, out, unserved=("chat",)), plan_nothing()))


def plan_nothing() -> Any:
    from advisor.portfolio.problem import PortfolioPlan

    return PortfolioPlan(status="infeasible", proven=True)


def checked(change: Callable[[Document], None]) -> str:
    wanted = asked(data={"retention_days": {"at_most": 30}})
    now = catalog(small(), DAY)
    decision = decide(advise(now, wanted), wanted, now, "advisor.yaml")
    compiled = small()
    change(compiled)
    return check(decision, catalog(compiled, LATER), wanted).findings[0].message


def _fact(place: int, name: str, row: list[Any]) -> Callable[[Document], None]:
    def change(compiled: Document) -> None:
        compiled["offerings"][place]["facts"][name] = [row]

    return change


def _cheaper(compiled: Document) -> None:
    compiled["offerings"][0]["prices"] = [price("0.5", "2.5")]


def _gone(compiled: Document) -> None:
    del compiled["offerings"][1]


def _better(compiled: Document) -> None:
    compiled["models"][0]["quality"][""][0][1:4] = [1600, 1592, 1608]


SITUATIONS: Mapping[str, Callable[[], str]] = {
    "tied, the cheapest leads": why,
    "best of what passes": lambda: why({"needs": {"tools": True}}),
    "cost comes first": lambda: why(preferences=["cost"]),
    "an open question": lambda: why({"languages": ["de"]}),
    "accepted though unknown": lambda: why(stage="production", preferences=["quality"]),
    "weighed in money": lambda: why(quality_point_usd_per_month=5),
    "chosen by own scores": chosen_by_own_scores,
    "one constraint that nothing meets": lambda: why({"budget_usd_per_month": 100}),
    "two that contradict each other": lambda: why({"budget_usd_per_month": 2_000, "needs": {"tools": True}}),
    "raise the budget": lambda: way(0, {"budget_usd_per_month": 100}),
    "fewer tokens": lambda: way(0, {"needs": {"context_tokens": 9_000}}),
    "longer retention": lambda: way(0, data={"retention_days": {"at_most": 7}}),
    "accept the unknown": lambda: way(0, uses=["serve"]),
    "two changes at once": lambda: way(0, {"budget_usd_per_month": 140}, data={"retention_days": {"at_most": 20}}),
    "price flip": lambda: flip("price"),
    "traffic flip": lambda: flip("traffic", {"budget_usd_per_month": 3_500}),
    "quality flip": lambda: flip("quality"),
    "worth of a point": lambda: flip("quality-point"),
    "why not the more expensive one": lambda: not_leading("host/best"),
    "why not the worse one": lambda: not_leading("host/small"),
    "why not what is out": lambda: not_leading("host/small", {"needs": {"context_tokens": 9_000}}),
    "why not what would lead once in": lambda: not_leading(
        "host/small", {"needs": {"context_tokens": 9_000}}, preferences=["cost"]
    ),
    "a plan within a budget": lambda: planned(budget_usd=Decimal(1_000)),
    "the cheapest plan for a score": lambda: planned(min_score=Decimal(85), objective=Objective.COST),
    "no plan for one limit": lambda: planned(budget_usd=Decimal(50)),
    "no plan for two limits": lambda: planned(budget_usd=Decimal(500), min_score=Decimal(88)),
    "a plan with a gap": stopped,
    "nothing left for a workload": unserved,
    "the decision stands": lambda: checked(lambda _: None),
    "terms changed": lambda: checked(_fact(1, "retention_days", [90, None, 0, "2027-01-01"])),
    "terms no longer known": lambda: checked(_fact(1, "retention_days", [None, "unknown", 0, "2020-01-01"])),
    "retired": lambda: checked(_fact(1, "retirement_date", ["2027-01-10", None, 0, "2026-12-01"])),
    "no longer listed": lambda: checked(_gone),
    "a cheaper rival": lambda: checked(_cheaper),
    "a better rival": lambda: checked(_better),
}
