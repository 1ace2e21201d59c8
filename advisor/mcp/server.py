"""The tools and resources, each a thin call of the functions that the other doors use."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from advisor import api
from advisor.catalog import Catalog, load_catalog
from advisor.errors import AdvisorError, UsageError
from advisor.licenses.review import Review
from advisor.mcp import answers
from advisor.mcp.answers import MOST_LISTED, cut
from advisor.scan.use import ModelUse
from advisor.solver import advise
from advisor.version import __version__

INSTRUCTIONS = (
    "advisor answers which language model to use, whether it may be used that way, and whether the choice still holds, "
    "from a sourced and dated catalog. Start with `recommend` and a template or your own requirements; then `explain`, "
    "`compare`, `check_license`. An unknown is told as unknown: do not fill it in. No tool sends a paid request."
)

MOST_FACTS = 24
"""Offerings or facts of a kind that ``catalog_show`` gives."""

Tool = TypeVar("Tool", bound=Callable[..., Any])


def make_server() -> MCPServer:
    """Return the server with every tool and resource."""
    server = MCPServer("advisor", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR")
    for tool in (
        recommend,
        explain,
        compare,
        check_license,
        catalog_search,
        catalog_show,
        scan,
        check_decision,
        plan_probe,
    ):
        server.tool()(_told(tool))
    server.resource("advisor://catalog/freshness", mime_type="application/json")(_freshness)
    server.resource("advisor://requirements/schema", mime_type="application/json")(_schema)
    return server


def recommend(
    requirements: dict[str, Any] | None = None, template: str | None = None, as_of: str | None = None
) -> answers.RecommendAnswer:
    """Recommend a model for requirements (the content of advisor.yaml as an object) or for a template.

    Templates: call with an unknown name to see them. ``as_of`` is a day, YYYY-MM-DD; today unless given.
    """
    asked, name = _requirements(requirements, template)
    catalog = load_catalog(_day(as_of))
    _require_names(asked, catalog, name)
    advice = advise(catalog, asked)
    document = json.loads(api.render(advice, form="json", requirements=asked))
    return answers.RecommendAnswer(
        **_basis(catalog),
        status=document["status"],
        workloads=[_workload(one) for one in document["workloads"]],
        next=_after_recommend(document["workloads"]),
    )


def explain(
    candidate: str,
    requirements: dict[str, Any] | None = None,
    template: str | None = None,
    as_of: str | None = None,
) -> answers.ExplainAnswer:
    """Explain why a candidate, an offering or a model is in or out, and what would change that."""
    from advisor.reports.recommendation.explain import explanation, with_least_changes

    asked, name = _requirements(requirements, template)
    catalog = load_catalog(_day(as_of))
    _require_names(asked, catalog, name)
    advice = advise(catalog, asked)
    named = [one.id for one in catalog.find_candidates(candidate)]
    told = explanation(advice, named)
    told = with_least_changes(told, advice, catalog, asked)
    first = sorted(told, key=lambda one: (not one.passes, len(one.because)))[:MOST_LISTED]
    return answers.ExplainAnswer(
        **_basis(catalog),
        candidates=[
            answers.CandidateExplained(
                workload=one.workload,
                id=one.candidate,
                passes=one.passes,
                place=one.place,
                because=cut(
                    [f"{cause.constraint}: required {cause.required}, found {cause.found}" for cause in one.because]
                ),
                would_change=cut(one.would_change),
            )
            for one in first
        ],
        left_out=max(0, len(told) - len(first)),
        next=["compare(candidates=[...]) puts it beside the recommended one"],
    )


def compare(
    candidates: list[str], requirements: dict[str, Any] | None = None, template: str | None = None
) -> answers.CompareAnswer:
    """Compare two to four candidates on the traffic of the requirements, or on nominal traffic without any."""
    from advisor.reports.recommendation.compare import compare_candidates

    if not 2 <= len(candidates) <= 4:  # noqa: PLR2004 - what a reader can take in
        raise UsageError(f"compare: expected two to four candidates, found {len(candidates)}")
    asked = _requirements(requirements, template)[0] if requirements or template else None
    catalog = load_catalog()
    chosen = [catalog.find_candidates(name)[0] for name in candidates]
    found = compare_candidates(catalog, chosen, asked)
    rows = [
        answers.ComparedRow(name=row.name, values=cut(tuple(map(str, row.values)), width=120)) for row in found.rows
    ]
    return answers.CompareAnswer(
        **_basis(catalog),
        candidates=[one.id for one in chosen],
        rows=[row for row in rows if len(set(row.values)) > 1][:MOST_FACTS],
        next=["catalog_show(name) gives every fact with its source"],
    )


def check_license(
    targets: list[str], uses: list[str] | None = None, country: str | None = None, business: str | None = None
) -> answers.ReviewAnswer:
    """Review whether Hub repositories (org/name) or models of the catalog may be used so; the Hub is asked.

    Uses: internal, commercial, serve, model-as-a-service, redistribute, redistribute-modified, fine-tune, quantize,
    train-on-outputs, publish-outputs, research; commercial and serve unless given.
    """
    endpoint = os.environ.get("HF_ENDPOINT")  # read now, for the Hub's client keeps the one of its import
    found = api.check_license(targets, uses=uses or (), country=country, business=business, endpoint=endpoint)
    return answers.ReviewAnswer(
        **_basis(found.catalog),
        targets=[_reviewed(one) for one in found.reviews],
        next=["an unknown names what a person must read; nothing but reading it settles it"],
    )


def catalog_search(query: str) -> answers.SearchAnswer:
    """Search models, channels, licenses and accelerators of the catalog by a part of their name."""
    from advisor.reports.catalog_entry import found_in

    catalog = load_catalog()
    found = found_in(catalog, query)
    return answers.SearchAnswer(
        **_basis(catalog),
        found=[answers.Found(kind=one.kind, id=one.id, words=one.words[:120]) for one in found[:MOST_FACTS]],
        left_out=max(0, len(found) - MOST_FACTS),
        next=["catalog_show(name=...) for the facts of one of them"],
    )


def catalog_show(name: str, as_of: str | None = None) -> answers.ShowAnswer:
    """Show the facts of a model, offering, channel or license, each with source and dates."""
    from advisor.reports.catalog_entry import render

    catalog = load_catalog(_day(as_of))
    document = json.loads(render("json", catalog, name, None))
    for key in ("schema_version", "as_of", "catalog", "advisor_version"):
        document.pop(key, None)
    facts, left_out = _fitted(document)
    return answers.ShowAnswer(
        **_basis(catalog), name=name, facts=facts, left_out=left_out, next=["compare(candidates=[...])"]
    )


def scan(path: str = ".") -> answers.ScanAnswer:
    """Find the models that a file or folder uses: when each ends, what to move to, its license and a cheaper one."""
    from advisor.scan.scan import scan as look

    catalog = load_catalog()
    found = look((Path(path),), catalog)
    return answers.ScanAnswer(
        **_basis(catalog),
        files=found.files,
        models=[_used(one) for one in found.uses[:MOST_FACTS]],
        left_out=max(0, len(found.uses) - MOST_FACTS),
        not_resolved=len(found.open),
        next=["check_license(targets=[...]) reads the evidence on the Hub for repositories"],
    )


def check_decision(lock: str = "advisor.lock", as_of: str | None = None) -> answers.CheckAnswer:
    """Check whether the decision in a lock file still stands, and by which fact it does not."""
    catalog = load_catalog(_day(as_of))
    found = api.check(Path(lock), catalog=catalog)
    return answers.CheckAnswer(
        **_basis(catalog),
        outcome=found.outcome.value,
        workloads=[
            answers.CheckedWorkload(
                workload=one.workload,
                outcome=one.outcome.value,
                chosen=one.chosen,
                message=one.message[:600],
                move_to=one.move_to,
            )
            for one in found.findings
        ],
        next=["recommend(requirements) for the answer of today"],
    )


def plan_probe(offerings: list[str], max_usd: float, requests: int = 10) -> answers.ProbePlanAnswer:
    """Plan a latency probe within a cap in USD: what it would send and cost at most. Nothing is sent."""
    import shlex

    from advisor.probe.candidates import find_probed
    from advisor.probe.plan import make_plan, quick_settings

    catalog = load_catalog()
    probed = [find_probed(catalog, name, environment=os.environ) for name in offerings]
    settings = quick_settings(len(offerings))._replace(rounds=requests)
    plan = make_plan(probed, settings, catalog.as_of)
    words = ["advisor", "probe", *offerings, "--requests", str(requests), "--max-usd", f"{max_usd:g}"]
    return answers.ProbePlanAnswer(
        **_basis(catalog),
        candidates=[one.probed.name for one in plan.candidates],
        requests=plan.requests,
        usd_at_most=round(min(float(plan.most_usd), max_usd), 6),
        command=shlex.join(words),
        next=["a person runs the command; `recommend` then counts what it measured"],
    )


def _freshness() -> str:
    """How old the catalog is: its version, hash, the newest day a fact was read, and how many facts are stale."""
    from advisor.catalog.freshness import stale

    catalog = load_catalog()
    return json.dumps({**_basis(catalog), "newest_read": str(catalog.newest_read), "stale_facts": len(stale(catalog))})


def _schema() -> str:
    """Return the JSON schema of advisor.yaml."""
    from advisor.requirements.schema import Requirements

    return json.dumps(Requirements.model_json_schema())


def _told(tool: Tool) -> Tool:
    """Return the tool with the errors that a person would read, their hint included, as the protocol's own."""

    @wraps(tool)
    def told(*args: Any, **kwargs: Any) -> Any:
        with _as_tool_error():
            return tool(*args, **kwargs)

    return told  # type: ignore[return-value]


@contextmanager
def _as_tool_error() -> Iterator[None]:
    try:
        yield
    except AdvisorError as error:
        hint = f" hint: {error.hint}" if error.hint else ""
        raise ToolError(f"{error}{hint}") from None


def _requirements(document: dict[str, Any] | None, template: str | None) -> tuple[Any, str]:
    if (document is None) == (template is None):
        raise UsageError("expected either requirements or a template", hint="try template='support-bot'")
    if template is not None:
        from advisor.requirements import load_requirements
        from advisor.requirements.templates import find_template

        return load_requirements(find_template(template).path), template
    from advisor.requirements.file import parse_requirements

    return parse_requirements(json.dumps(document), name="requirements").requirements, "requirements"


def _require_names(requirements: Any, catalog: Catalog, name: str) -> None:
    from advisor.requirements.check_names import require_known_names

    require_known_names(requirements, catalog, name)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"as_of: expected a day as YYYY-MM-DD, found {text[:40]!r}") from None


def _basis(catalog: Catalog) -> dict[str, str]:
    return {"as_of": str(catalog.as_of), "catalog_version": catalog.version, "catalog_sha256": catalog.sha256}


def _workload(one: dict[str, Any]) -> answers.WorkloadAnswer:
    return answers.WorkloadAnswer(
        workload=one["workload"],
        status=one["status"],
        recommended=_choice(one["recommended"]),
        would_lead=_choice(one["would_lead"]),
        settle=one["settle"],
        tied=one["tied"][:MOST_LISTED],
        why=cut(one["why"]),
        alternatives=[other["id"] for other in one["candidates"][1 : MOST_LISTED + 1]],
        backup=[other["id"] for other in (one.get("backup") or {}).values() if other],
        ruled_out=dict(sorted(one["excluded"]["counts"].items(), key=lambda item: -item[1])[:8]),
        what_to_relax=[
            answers.Change(change=way["change"], adds=way["adds"][:3], edits=way["edits"])
            for way in one["relaxations"][:3]
        ],
        would_change_it=cut([f"{flip['at']}: {flip['because']}" for flip in one["flips"]]),
    )


def _choice(leader: dict[str, Any] | None) -> answers.Choice | None:
    return answers.Choice(**{key: leader[key] for key in answers.Choice.model_fields}) if leader else None


def _after_recommend(workloads: list[dict[str, Any]]) -> list[str]:
    found = []
    for one in workloads:
        if leader := one["recommended"] or one["would_lead"]:
            found.append(f"explain(candidate={leader['id']!r}, ...) for every cause")
        else:
            found.append(f"{one['workload']}: apply the edits of what_to_relax and call recommend again")
    return [*found[:3], "check_license(targets=[...]) before weights are shipped"]


def _used(one: ModelUse) -> answers.UsedModel:
    price = one.price
    return answers.UsedModel(
        name=one.name,
        places=[f"{place.path}:{place.line}" for place in one.places[:3]],
        offering=one.offering,
        end=one.end.state.value,
        ends_on=str(one.end.on) if one.end.on else None,
        move_to=one.end.replacement,
        license_verdict=one.license_verdict,
        cheaper=f"{price.cheapest} at ${price.cheapest_usd:f} against ${price.usd:f}" if price else None,
    )


def _reviewed(review: Review) -> answers.ReviewedTarget:
    concluded = review.conclusion.license
    return answers.ReviewedTarget(
        target=review.target,
        verdict=review.verdict.value,
        license=concluded.id if concluded else None,
        uses=[
            answers.ReviewedUse(
                use=use.use,
                verdict=use.verdict.value,
                because=cut([f"{reason.license} {reason.clause.text}" for reason in use.because], 3),
            )
            for use in review.uses
        ],
        obligations=cut([f"{reason.license} {reason.clause.text}" for reason in review.duties], 8, 200),
        a_person_must_read=cut(list(dict.fromkeys(text for use in review.uses for text in use.read))),
    )


def _fitted(document: Any, most: int = 6_000) -> tuple[dict[str, Any], dict[str, int]]:
    """Give a document with its longest lists cut until it is short enough.

    And how many entries of each were left out.
    """
    left_out: dict[str, int] = {}
    while len(json.dumps(document)) > most:
        lists = [
            (len(json.dumps(value)), key) for key, value in document.items() if isinstance(value, list | dict) and value
        ]
        if not lists:
            break
        key = max(lists)[1]
        value = document[key]
        keep = len(value) // 2
        left_out[key] = left_out.get(key, 0) + len(value) - keep
        document[key] = value[:keep] if isinstance(value, list) else dict(list(value.items())[:keep])
    return document, left_out
