"""What requirements ask for, in sentences: so that a person sees that the file says what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from advisor.requirements.portfolio_schema import Portfolio
from advisor.requirements.schema import (
    DataTerms,
    Deployment,
    MeasuredFloor,
    NameRule,
    OnUnknown,
    Organization,
    Requirements,
    Stage,
    Traffic,
    UnknownRules,
    Workload,
)


def sentences(requirements: Requirements) -> tuple[str, ...]:
    """One sentence for each thing that the file decides, the whole file first, then each workload."""
    whole = (
        *_stage(requirements),
        *_organization(requirements.organization),
        *_uses(requirements),
        *_data(requirements.data),
        *_deployment(requirements.deployment),
        f"Cost is summed over {_count(requirements.horizon_months, 'month')}.",
        *_unknown(requirements.unknown),
        *_together(requirements.portfolio),
        *_worth(requirements),
    )
    return (*whole, *(sentence for workload in requirements.workloads for sentence in _workload(workload)))


def _stage(requirements: Requirements) -> Iterator[str]:
    if requirements.stage is Stage.PRODUCTION:
        yield f"It is for production: {', then '.join(requirements.order)} decides between candidates that pass."
    else:
        yield f"It is a proof of concept: {', then '.join(requirements.order)} decides between candidates that pass."
    if requirements.alive_months:
        yield f"No retirement may be announced for the next {_count(requirements.alive_months, 'month')}."


def _organization(organization: Organization) -> Iterator[str]:
    facts = [
        f"is established in {organization.country}" if organization.country else "",
        f"has {organization.monthly_active_users:,} monthly active users"
        if organization.monthly_active_users is not None
        else "",
        f"earns {_usd(organization.yearly_revenue_usd)} a year" if organization.yearly_revenue_usd is not None else "",
        f"uses the model as: {organization.business}" if organization.business else "",
    ]
    if any(facts):
        yield f"The organization {_and(fact for fact in facts if fact)}."


def _uses(requirements: Requirements) -> Iterator[str]:
    if requirements.uses:
        yield f"License and terms must allow: {', '.join(requirements.uses)}."
    else:
        yield "No use is named, so no license is tested."


def _data(data: DataTerms) -> Iterator[str]:
    if data.training_on_inputs == "forbidden":
        yield "Nobody may train on what is sent."
    if data.retention_days is not None:
        days = data.retention_days.at_most
        yield (
            f"What is sent may be kept for at most {_count(days, 'day')}." if days else "What is sent may not be kept."
        )
    if data.regions:
        yield f"Processing must stay in {' or '.join(data.regions)}."
    if data.certifications:
        yield f"The channel must hold {_and(data.certifications)}."


def _deployment(deployment: Deployment) -> Iterator[str]:
    places = ["over a hosted API"] if deployment.api else []
    if deployment.own_gpus is not None and deployment.own_gpus.count:
        places.append(f"on {deployment.own_gpus.count} x {deployment.own_gpus.model} of your own")
    yield f"The model may run {' or '.join(places)}."
    if deployment.open_weights:
        yield "Its weights must be open."
    if deployment.gpai_code:
        yield "Its maker must have signed the EU's code of practice for general-purpose AI."
    if deployment.not_trained_on:
        yield f"It must not have been trained on {_and(deployment.not_trained_on)}."
    if deployment.price_tiers != ("standard",):
        yield f"Price tiers to consider: {', '.join(deployment.price_tiers)}."
    yield from _rule("channels", deployment.channels)
    yield from _rule("labs", deployment.labs)


def _rule(what: str, rule: NameRule) -> Iterator[str]:
    if rule.allow:
        yield f"Only these {what} are allowed: {', '.join(rule.allow)}."
    if rule.deny:
        yield f"These {what} are ruled out: {', '.join(rule.deny)}."


def _unknown(rules: UnknownRules) -> Iterator[str]:
    words = {
        OnUnknown.EXCLUDE: "An unknown answer rules a candidate out",
        OnUnknown.ASK: "An unknown answer puts a candidate behind the others",
        OnUnknown.ACCEPT: "An unknown answer counts as yes",
    }
    for rule, beginning in words.items():
        groups = [name for name in type(rules).model_fields if getattr(rules, name) is rule]
        if groups:
            yield f"{beginning}: {', '.join(groups)}."


def _together(shared: Portfolio | None) -> Iterator[str]:
    if shared is None:
        return
    usd = shared.budget_usd_per_month
    counts = ((shared.max_vendors, "channel"), (shared.max_labs, "lab"), (shared.max_licenses, "license"))
    limits = [f"cost at most {_usd(usd)} a month"] if usd is not None else []
    limits += [f"use at most {_count(number, what)}" for number, what in counts if number is not None]
    limits += [f"run in at most {_count(shared.max_regions, 'region')}"] if shared.max_regions is not None else []
    limits += [f"reach a weighted mean of {shared.min_score:f}"] if shared.min_score is not None else []
    yield f"All workloads together must {_and(limits)}." if limits else "All workloads are planned together."


def _worth(requirements: Requirements) -> Iterator[str]:
    if requirements.quality_point_usd_per_month is not None:
        yield f"A point of quality is worth {_usd(requirements.quality_point_usd_per_month)} a month."
    stated = requirements.giving_up.model_dump(exclude_none=True)
    if stated:
        yield f"Giving up counts a month as: {', '.join(f'{name} {_usd(usd)}' for name, usd in stated.items())}."


def _workload(workload: Workload) -> Iterator[str]:
    name = f"Workload {workload.name}"
    languages = f" and serve {', '.join(workload.languages)}" if workload.languages else ""
    yield f"{name}: the model must be good at {workload.dimension}{languages}."
    yield f"{name}: {_traffic(workload.traffic)}."
    needs = list(_needs(workload))
    if needs:
        yield f"{name}: it needs {_and(needs)}."
    yield from (f"{name}: {limit}." for limit in _limits(workload))


def _traffic(traffic: Traffic | None) -> str:
    if traffic is None:
        return "no traffic is stated, so its cost is not known"
    sent = f"{traffic.requests_per_month:,} requests a month"
    if traffic.input_tokens is not None and traffic.output_tokens is not None:
        sent += f" of {traffic.input_tokens:,.0f} tokens in and {traffic.output_tokens:,.0f} out"
    else:
        sent += f" as in {traffic.sample}"
    if traffic.cached_input_share:
        sent += f", {traffic.cached_input_share:.0%} of the input from a cache"
    if traffic.batch_share:
        sent += f", {traffic.batch_share:.0%} of the requests in batches"
    if traffic.peak_hours_utc:
        sent += f", between {_and(traffic.peak_hours_utc)} UTC"
    return sent


def _needs(workload: Workload) -> Iterator[str]:
    needs = workload.needs
    if needs.context_tokens is not None:
        yield f"prompts of {needs.context_tokens:,} tokens"
    if needs.output_tokens is not None:
        yield f"answers of {needs.output_tokens:,} tokens"
    if needs.tools:
        yield "tool calls"
    if needs.structured_output:
        yield "answers in a JSON schema"
    if needs.modalities:
        yield f"{_and(needs.modalities)} as input"
    if needs.fine_tuning:
        yield "fine-tuning"
    if needs.knowledge_cutoff is not None:
        yield f"knowledge until {needs.knowledge_cutoff} or later"
    if not needs.release.preview:
        yield "no preview"
    if needs.release.not_older_than is not None:
        yield f"a release of {needs.release.not_older_than} or later"


def _limits(workload: Workload) -> Iterator[str]:
    floor, latency = workload.quality, workload.latency
    if floor.within_points_of_best is not None:
        yield f"quality at most {floor.within_points_of_best:g} points below the best"
    if isinstance(floor.at_least, MeasuredFloor):
        yield f"a score of at least {floor.at_least.score:g} on {floor.at_least.case_set}"
    elif floor.at_least is not None:
        yield f"quality of at least that of {floor.at_least}"
    if latency.ttft_ms_p95 is not None:
        yield f"first token within {latency.ttft_ms_p95:,.0f} ms in 95 of 100 requests"
    if latency.output_tokens_per_s is not None:
        yield f"at least {latency.output_tokens_per_s:g} tokens a second"
    if latency.speed is not None:
        yield f"a speed of {latency.speed} or better"
    if workload.budget_usd_per_month is not None:
        yield f"at most {_usd(workload.budget_usd_per_month)} a month"


def _usd(amount: Decimal) -> str:
    return f"USD {amount:,f}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _and(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
