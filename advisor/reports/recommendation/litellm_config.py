"""The answer as a configuration for litellm's router: who serves each workload, and who takes over when it fails.

The keys stay where they are: the file names variables of the environment (``os.environ/NAME``), never a key. A region
is kept by what binds it: a cloud's own region, or an address that a variable states.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from advisor.catalog.records import SELF_HOSTED
from advisor.probe.candidates import CALL_EFFORTS, litellm_model
from advisor.solver.answer import Advice, Status, WorkloadAdvice
from advisor.solver.backup import backups
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements, Workload

_KEYS: Mapping[str, str] = {
    "cohere_chat": "COHERE_API_KEY",
    "fireworks_ai": "FIREWORKS_AI_API_KEY",
    "perplexity": "PERPLEXITYAI_API_KEY",
    "scaleway": "SCW_SECRET_KEY",
    "snowflake": "SNOWFLAKE_JWT",
    "together_ai": "TOGETHERAI_API_KEY",
    "friendliai": "FRIENDLI_TOKEN",
    "gradient_ai": "GRADIENT_AI_API_KEY",
}
"""The variable of a provider's key where it is not its name with ``_API_KEY``."""

_OWN_CREDENTIALS = ("bedrock", "vertex_ai", "oci", "watsonx")
"""Providers whose credentials are several variables, which litellm reads from the environment itself."""

_CLOUD_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")

_HEAD = """\
# {name}: for litellm's router, as of {day}, catalog {version}. Written by `advisor recommend -f litellm`.
# Keys are read from the environment; what is named *_API_BASE is an address that you state. On Azure the model is the
# name of your deployment.
"""

_RETRIES = 2


def config_text(requirements: Requirements, advice: Advice, name: str) -> str:
    """Return the configuration as YAML; a workload without an answer is a comment."""
    import yaml

    asked = {workload.name: workload for workload in requirements.workloads}
    served = [(answer, asked[answer.workload]) for answer in advice.workloads if answer.recommended]
    groups = [_deployments(answer, workload) for answer, workload in served]
    config: dict[str, Any] = {"model_list": [one for group in groups for one in group]}
    fallbacks = [
        {group[0]["model_name"]: [one["model_name"] for one in group[1:]]} for group in groups if len(group) > 1
    ]
    config["router_settings"] = {"num_retries": _RETRIES, **({"fallbacks": fallbacks} if fallbacks else {})}
    budgets = [asked_for.budget_usd_per_month for _, asked_for in served]
    if budgets and all(budget is not None for budget in budgets):
        # A cap on a deployment needs a running event loop in litellm; the proxy caps all of them together.
        total = float(sum(budget for budget in budgets if budget is not None))
        config["litellm_settings"] = {"max_budget": total, "budget_duration": "30d"}
    missing = [f"# {answer.workload}: nothing passes.\n" for answer in advice.workloads if not answer.recommended]
    missing += [
        f"# {answer.workload}: undecided, so who leads is provisional. {' '.join(answer.settle)}\n"
        for answer in advice.workloads
        if answer.status is Status.UNDECIDED
    ]
    head = _HEAD.format(name=name.replace("\n", " "), day=advice.as_of, version=advice.catalog_version)
    return head + "".join(missing) + yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=120)


def _deployments(answer: WorkloadAdvice, workload: Workload) -> list[dict[str, Any]]:
    """Return the recommended one under the workload's name, then its backups."""
    found = backups(answer)
    names: dict[str, str] = {answer.recommended or "": answer.workload}
    for role, one in (("another-channel", found.channel), ("another-lab", found.lab)) if found else ():
        if one is not None:
            names.setdefault(one.id, f"{answer.workload}-{role}")
    standings = {one.id: one for one in answer.standings}
    return [
        {
            "model_name": name,
            "litellm_params": _parameters(standings[candidate], workload),
            "model_info": {"id": candidate},
        }
        for candidate, name in names.items()
    ]


def _parameters(standing: Standing, workload: Workload) -> dict[str, Any]:
    """How litellm is to call one: its pinned name, key, address, effort and caps."""
    candidate = standing.candidate
    offering, effort = candidate.offering, candidate.config.effort
    provider = offering.channel.litellm_prefix
    name = litellm_model(candidate, api_base="stated")
    # Azure's middle part is the price list's; what is called there is a deployment, named as its model by default.
    made: dict[str, Any] = {"model": f"azure/{name.rpartition('/')[2]}" if provider == "azure" else name}
    if provider not in _OWN_CREDENTIALS:
        made["api_key"] = f"os.environ/{_key_variable(provider, offering.channel.id)}"
    made |= _place(standing, provider)
    if effort in CALL_EFFORTS:
        made["reasoning_effort"] = effort
    if candidate.tier in ("flex", "priority"):
        made["service_tier"] = candidate.tier
    thinking = standing.thinking
    if workload.needs.output_tokens and thinking is not None and not thinking.hidden.high:
        # Of one that may think, a cap on all output would cut the answer short.
        made["max_tokens"] = workload.needs.output_tokens
    return made


def _place(standing: Standing, provider: str | None) -> dict[str, str]:
    """Where it is served, for those that must be told."""
    offering = standing.candidate.offering
    region = offering.region
    if provider == "azure":
        return {"api_base": "os.environ/AZURE_API_BASE", "api_version": "os.environ/AZURE_API_VERSION"}
    if provider == "bedrock":
        bound = region is not None and _CLOUD_REGION.fullmatch(region)
        return {"aws_region_name": region if bound and region else "os.environ/AWS_REGION_NAME"}
    if provider == "vertex_ai":
        location = region or "os.environ/VERTEXAI_LOCATION"
        return {"vertex_project": "os.environ/VERTEXAI_PROJECT", "vertex_location": location}
    if provider is None or offering.channel.kind == SELF_HOSTED or region is not None:
        parts = (offering.channel.id, region or "", "API_BASE")
        return {"api_base": f"os.environ/{_variable('_'.join(part for part in parts if part))}"}
    return {}


def _key_variable(provider: str | None, channel: str) -> str:
    if provider is None or provider == "hosted_vllm":
        return f"{_variable(channel)}_API_KEY"
    return _KEYS.get(provider, f"{_variable(provider)}_API_KEY")


def _variable(name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", name.upper())
