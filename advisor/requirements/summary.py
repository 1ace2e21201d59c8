"""What requirements ask for, in sentences: so that a person sees that the file says what was meant.

Requirements that were read back from the cache are told as well, so nothing here needs the library that checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.requirements.enums import OnUnknown, Stage

if TYPE_CHECKING:
    from advisor.requirements.portfolio_schema import Portfolio
    from advisor.requirements.schema import (
        DataTerms,
        Deployment,
        DifferenceThatMatters,
        NameRule,
        Organization,
        OwnGpus,
        Requirements,
        UnknownRules,
        Workload,
    )
    from advisor.requirements.traffic_schema import ReasoningTokens, Traffic


def sentences(requirements: Requirements) -> tuple[str, ...]:
    """One sentence for each thing that the file decides, the whole file first, then each workload."""
    return (
        *whole_sentences(requirements),
        *(one for each in requirements.workloads for one in workload_sentences(each)),
    )


def whole_sentences(requirements: Requirements) -> tuple[str, ...]:
    """One sentence for each thing that holds for every workload of the file."""
    return (
        *_stage(requirements),
        *_organization(requirements.organization),
        *_uses(requirements),
        *_data(requirements.data),
        *_deployment(requirements.deployment),
        f"Cost is summed over {_count(requirements.horizon_months, 'month')}.",
        *_unknown(requirements.unknown),
        *_together(requirements.portfolio),
        *_worth(requirements),
        *_matters(requirements.difference_that_matters),
    )


def workload_sentences(workload: Workload) -> tuple[str, ...]:
    """One sentence for each thing that one workload asks for."""
    return tuple(_workload(workload))


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
        places.append(_own(deployment.own_gpus))
    yield f"The model may run {' or '.join(places)}."
    if deployment.previews:
        yield "A preview may lead."
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


def _own(gpus: OwnGpus) -> str:
    words = f"on {gpus.count} x {gpus.model} of your own"
    words += f" at {_usd(gpus.usd_per_gpu_hour)} an hour each" if gpus.usd_per_gpu_hour is not None else ""
    return words + (f" with {gpus.concurrency} requests at once" if gpus.concurrency is not None else "")


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
        groups = [name for name in vars(rules) if getattr(rules, name) is rule]
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
    stated = {name: usd for name, usd in vars(requirements.giving_up).items() if usd is not None}
    if stated:
        yield f"Giving up counts a month as: {', '.join(f'{name} {_usd(usd)}' for name, usd in stated.items())}."


def _matters(least: DifferenceThatMatters) -> Iterator[str]:
    yield (
        f"Candidates count as equally good below a difference of {least.points:g} points, {least.percent:g} percent "
        f"or {least.stars:g} stars."
    )


def _workload(workload: Workload) -> Iterator[str]:
    name = f"Workload {workload.name}"
    languages = f" and serve {', '.join(workload.languages)}" if workload.languages else ""
    yield f"{name}: the model must be good at {workload.dimension}{languages}."
    yield f"{name}: {traffic_words(workload.traffic)}."
    needs = list(_needs(workload))
    if needs:
        yield f"{name}: it needs {_and(needs)}."
    yield from (f"{name}: {limit}." for limit in _limits(workload))


def traffic_words(traffic: Traffic | None) -> str:
    """Return the traffic that a cost is for: ``300,000 requests a month of 1,800 tokens in and 350 out``."""
    if traffic is None:
        return "no traffic is stated, so its cost is not known"
    sent = f"{traffic.requests_per_month:,} requests a month"
    if traffic.tasks is not None:
        sent = (
            f"{traffic.tasks.tasks_per_month:,} tasks a month of {_count(traffic.tasks.steps, 'step')}, together {sent}"
        )
    if traffic.input_tokens is not None and traffic.output_tokens is not None:
        sent += f" of {traffic.input_tokens:,.0f} tokens in and {traffic.output_tokens:,.0f} out"
    else:
        sent += f" as in {traffic.sample}"
    if traffic.cached_input_share:
        sent += f", {traffic.cached_input_share:.0%} of the input from a cache"
    if traffic.reasoning_tokens is not None:
        sent += f", {_reasoning(traffic.reasoning_tokens)} tokens of reasoning an answer"
    if traffic.batch_share:
        sent += f", {traffic.batch_share:.0%} of the requests in batches"
    if traffic.peak_hours_utc:
        sent += f", between {_and(traffic.peak_hours_utc)} UTC"
    besides = [f"{traffic.images_per_request:g} images of {traffic.image_size}"] if traffic.images_per_request else []
    besides += [f"{traffic.pdf_pages_per_request:g} pages of PDF"] if traffic.pdf_pages_per_request else []
    besides += [f"{traffic.audio_seconds_per_request:g} s of audio"] if traffic.audio_seconds_per_request else []
    if besides:
        sent += f", {_and(besides)} a request besides"
    if traffic.busiest_minute_requests:
        sent += f", {traffic.busiest_minute_requests:,g} in the busiest minute"
    return sent


def _reasoning(stated: float | ReasoningTokens) -> str:
    if isinstance(stated, int | float):
        return f"{stated:,.0f}"
    return _and(f"{tokens:,.0f} at {effort}" for effort, tokens in vars(stated).items() if tokens is not None)


def _needs(workload: Workload) -> Iterator[str]:
    needs = workload.needs
    if needs.context_tokens is not None:
        yield f"prompts of {needs.context_tokens:,} tokens"
    if needs.output_tokens is not None:
        yield f"answers of {needs.output_tokens:,} tokens"
    if needs.tools:
        yield "tool calls"
    if needs.structured_output:
        yield {"object": "answers as a JSON object", "strict": "answers that keep a JSON schema"}.get(
            str(needs.structured_output), "answers in a JSON schema"
        )
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
    if floor.general_within_points_of_best is not None:
        yield f"general at most {floor.general_within_points_of_best:g} points below the best"
    if isinstance(floor.at_least, str):
        yield f"quality of at least that of {floor.at_least}"
    elif floor.at_least is not None:
        yield f"a score of at least {floor.at_least.score:g} on {floor.at_least.case_set}"
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
