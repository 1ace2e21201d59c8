"""What a team needs, as it stands in ``advisor.yaml``: one record per block of the file.

Nothing here knows the catalog. A field that is missing was not asked for; ``unknown`` says, group by group, what
happens to a candidate of which the answer is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from advisor.requirements.enums import Business, Derived, OnUnknown, Preference, Stage, Use
from advisor.requirements.portfolio_schema import Portfolio
from advisor.requirements.traffic_schema import Traffic
from advisor.requirements.types import Count, Country, Day, Language, Month, Name, Record, Slug, Usd

__all__ = [
    "Business",
    "DataTerms",
    "Deployment",
    "DifferenceThatMatters",
    "Latency",
    "MeasuredFloor",
    "NameRule",
    "Needs",
    "OnUnknown",
    "Organization",
    "OwnGpus",
    "Preference",
    "QualityFloor",
    "RelaxationPrices",
    "Requirements",
    "RetentionDays",
    "Stage",
    "UnknownRules",
    "Use",
    "Workload",
]


class Organization(Record):
    """Who will use the model."""

    country: Country | None = None
    """Where it is established: ISO 3166 code of two letters."""
    monthly_active_users: Count | None = None
    """Monthly active users of all its products, affiliates included."""
    yearly_revenue_usd: Usd | None = None
    """Yearly revenue in USD, affiliates included."""
    business: Business | None = None
    """What it does with the model."""


class RetentionDays(Record):
    """How long inputs and outputs may be kept by others."""

    at_most: Annotated[int, Field(ge=0, le=36500)]
    """Days."""


class DataTerms(Record):
    """What may happen to the data that is sent."""

    training_on_inputs: Literal["forbidden", "allowed"] | None = None
    """Whether the channel may train on what is sent."""
    retention_days: RetentionDays | None = None
    """The longest that the channel may keep what is sent."""
    regions: tuple[Name, ...] = ()
    """Where processing must stay, as region codes (``eu``, ``us``, ``de``); none: anywhere."""
    certifications: tuple[Name, ...] = ()
    """What the channel must hold, all of them (``soc2``, ``iso27001``, ``hipaa``)."""


class OwnGpus(Record):
    """The accelerators that the organization can use itself."""

    model: Name
    """Which one, as `advisor catalog search` names it, for instance ``h100-80gb``."""
    count: Annotated[int, Field(ge=0, le=100_000)]
    """How many."""
    usd_per_gpu_hour: Usd | None = None
    """What one costs an hour, power and people included; if not given, estimated from rental prices on record."""
    concurrency: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Requests in flight at once whose longest prompts must all fit; if not given, derived from the traffic."""


class NameRule(Record):
    """Names that are allowed or not."""

    allow: tuple[Name, ...] = ()
    """If any is named, only these."""
    deny: tuple[Name, ...] = ()
    """Never these."""


class Deployment(Record):
    """Where the model may run."""

    api: bool = True
    """Whether a hosted API is allowed."""
    own_gpus: OwnGpus | None = None
    """The organization's own accelerators, if it will host open weights."""
    channels: NameRule = NameRule()
    """Channels allowed or denied; two letters such as US stand for all whose operator has its seat there."""
    labs: NameRule = NameRule()
    """Labs allowed or denied; two letters such as FR stand for all that have their seat there."""
    open_weights: bool = False
    """Whether only models with open weights will do."""
    gpai_code: bool = False
    """Whether the maker must have signed the EU's code of practice for general-purpose AI, all chapters."""
    not_trained_on: tuple[
        Literal["internet-text", "code", "licensed-data", "product-data", "synthetic", "human-feedback"], ...
    ] = ()
    """What the model must not have been trained on; product-data is what users gave in the maker's products."""
    price_tiers: Annotated[tuple[Literal["standard", "batch", "flex", "priority"], ...], Field(min_length=1)] = (
        "standard",
    )
    """Price tiers to consider: ``batch`` answers within a day, ``flex`` when there is room, ``priority`` first."""
    previews: bool = False
    """Whether a preview may lead in production: its maker may change it or end it at short notice."""
    alive_months: Annotated[int, Field(ge=0, le=120)] | None = None
    """For how long no announced retirement may come; the horizon if left out in production, else 0."""


class Release(Record):
    """What kind of release it must be."""

    preview: bool = True
    """Whether a preview will do: its maker may change it or end it at short notice."""
    not_older_than: Day | None = None
    """The first day on which it may have been released."""


class Needs(Record):
    """What a model must be able to do."""

    context_tokens: Count | None = None
    """The longest prompt, in tokens."""
    output_tokens: Count | None = None
    """The longest answer, in tokens."""
    tools: bool = False
    """Whether it must call tools."""
    structured_output: bool | Literal["object", "schema", "strict"] = False
    """Whether it must answer as a JSON ``object``, in a given ``schema`` (or true), or keep a schema ``strict``."""
    modalities: tuple[Literal["text", "image", "audio", "video", "pdf"], ...] = ()
    """What it must take in besides text."""
    fine_tuning: bool = False
    """Whether it must be possible to fine-tune it."""
    knowledge_cutoff: Month | None = None
    """The month until which it must know the world, at least, as ``YYYY-MM``."""
    release: Release = Release()
    """What kind of release it must be."""


class MeasuredFloor(Record):
    """A floor in a score that the team measured itself."""

    score: Annotated[float, Field(ge=0, le=100)]
    """The least score, 0 to 100."""
    case_set: Name
    """The case set that it was measured on."""


class QualityFloor(Record):
    """How good is good enough in the job's dimension, at most one of the two; and in general."""

    within_points_of_best: Annotated[float, Field(ge=0, le=10_000)] | None = None
    """At most this far below the best model of the catalog in the workload's dimension (Arena points)."""
    at_least: Name | MeasuredFloor | None = None
    """As good as this model of the catalog, or a measured score."""

    general_within_points_of_best: Annotated[float, Field(ge=0, le=10_000)] | None = None
    """Beside the floor of the job's own dimension: at most this far below the best in ``general`` (Arena points)."""

    @model_validator(mode="after")
    def _one_floor(self) -> QualityFloor:
        if self.within_points_of_best is not None and self.at_least is not None:
            raise ValueError("expected either within_points_of_best or at_least, found both")
        return self


class DifferenceThatMatters(Record):
    """From which difference in quality on a choice is worth it; below it candidates are as good as each other."""

    points: Annotated[float, Field(ge=0, le=1_000)] = 20
    """On Arena's scale: 20 points win 53 of 100 duels, 40 points 56."""
    percent: Annotated[float, Field(ge=0, le=100)] = 5
    """On scores of 0 to 100."""
    stars: Annotated[float, Field(ge=0, le=4)] = 0.5
    """On the lecture's scale of four stars."""


class Latency(Record):
    """How fast is fast enough."""

    ttft_ms_p95: Annotated[float, Field(gt=0, le=10**7)] | None = None
    """Time to first token at the 95th percentile, at most, in milliseconds."""
    output_tokens_per_s: Annotated[float, Field(gt=0, le=10**6)] | None = None
    """Decoding speed, at least, in tokens a second."""
    speed: Literal["slow", "medium", "fast"] | None = None
    """The least coarse speed band of the catalog, for those who have not measured."""


_SENT: dict[str, Callable[[Traffic], float | None]] = {
    "image": lambda traffic: traffic.images_per_request,
    "pdf": lambda traffic: traffic.pdf_pages_per_request,
    "audio": lambda traffic: traffic.audio_seconds_per_request,
}
"""How much of each kind a request carries."""


class Workload(Record):
    """One job for a model."""

    name: Slug
    """Its name: lower-case letters, digits and hyphens."""
    dimension: Name = "general"
    """The dimension of quality that matters most (``coding``, ``reasoning``, ``instruction-following`` ...)."""
    languages: tuple[Language, ...] = ()
    """Languages it must serve: ISO 639 codes of two letters."""
    traffic: Traffic | None = None
    """What it sends; without it no cost can be computed."""
    needs: Needs = Needs()
    """What the model must be able to do."""
    quality: QualityFloor = QualityFloor()
    """How good is good enough."""
    latency: Latency = Latency()
    """How fast is fast enough."""
    budget_usd_per_month: Usd | None = None
    """The most it may cost in any month of the horizon, in USD."""

    @model_validator(mode="after")
    def _needs_what_it_sends(self) -> Workload:
        for kind, sent in _SENT.items():
            if self.traffic and sent(self.traffic) and kind not in self.needs.modalities:
                raise ValueError(f"expected {kind} among needs.modalities, since the traffic sends it")
        return self


class UnknownRules(Record):
    """What an unknown answer does, by group of constraints."""

    license: OnUnknown = OnUnknown.EXCLUDE
    """License and terms for the uses asked."""
    data: OnUnknown = OnUnknown.EXCLUDE
    """Training, retention, regions, certifications."""
    cost: OnUnknown = OnUnknown.EXCLUDE
    """The budget."""
    needs: OnUnknown = OnUnknown.EXCLUDE
    """Context, tools, structured output, modalities, fine-tuning."""
    deployment: OnUnknown = OnUnknown.EXCLUDE
    """Whether it fits the own GPUs."""
    quality: OnUnknown = OnUnknown.ASK
    """The quality floor, where nothing measured it or the interval straddles the floor."""
    languages: OnUnknown = OnUnknown.ASK
    """Whether it serves the languages."""
    latency: OnUnknown = OnUnknown.ASK
    """Latency and speed."""
    retirement: OnUnknown = OnUnknown.ACCEPT
    """Whether a retirement is announced."""


class RelaxationPrices(Record):
    """What giving up one constraint of a group is worth to you a month, in USD; it orders the relaxations."""

    license: Usd | None = None
    """A use asked."""
    data: Usd | None = None
    """A data term."""
    deployment: Usd | None = None
    """A rule on where it runs and who makes or serves it."""
    needs: Usd | None = None
    """Something the model must be able to do."""
    quality: Usd | None = None
    """The whole quality floor."""
    languages: Usd | None = None
    """A language."""
    latency: Usd | None = None
    """A limit on latency or speed."""
    retirement: Usd | None = None
    """The rule that no retirement may be announced."""
    cost: Usd | None = None
    """That the cost must be known."""


class Requirements(Record, Derived):
    """The whole of ``advisor.yaml``."""

    schema_version: Literal[1] = 1
    """The layout of this file."""
    stage: Stage = Stage.PROOF_OF_CONCEPT
    """Proof of concept puts quality first; production does as ``preferences`` says."""
    organization: Organization = Organization()
    """Who will use the model."""
    uses: tuple[Use, ...] = ()
    """What is done with the model."""
    data: DataTerms = DataTerms()
    """What may happen to the data."""
    deployment: Deployment = Deployment()
    """Where the model may run."""
    horizon_months: Annotated[int, Field(ge=1, le=60)] = 12
    """How many months the cost is summed over."""
    unknown: UnknownRules = UnknownRules()
    """What an unknown answer does."""
    preferences: tuple[Preference, ...] = ()
    """What decides, in order; required in production."""
    quality_point_usd_per_month: Usd | None = None
    """What a point of quality is worth a month; if given, quality and cost are weighed in money and not in order."""
    difference_that_matters: DifferenceThatMatters = DifferenceThatMatters()
    """Candidates whose quality is less than this below the best are tied; cost, then latency decides among them."""
    giving_up: RelaxationPrices = RelaxationPrices()
    """What giving up a constraint is worth to you; defaults are documented where it is left out."""
    workloads: Annotated[tuple[Workload, ...], Field(min_length=1, max_length=1_000)]
    """The jobs."""
    portfolio: Portfolio | None = None
    """What the workloads share, if they are planned together; without it each is answered by itself."""

    @model_validator(mode="after")
    def _whole(self) -> Requirements:
        wrong = []
        if self.stage is Stage.PRODUCTION and not self.preferences:
            wrong.append("preferences: expected an order such as [quality, cost, latency] in production")
        if len(set(self.preferences)) != len(self.preferences):
            wrong.append("preferences: expected each at most once")
        names = [workload.name for workload in self.workloads]
        if len(set(names)) != len(names):
            wrong.append("workloads: expected each name once")
        wrong += self.portfolio.problems(names) if self.portfolio else []
        if not self.deployment.api and (self.deployment.own_gpus is None or self.deployment.own_gpus.count == 0):
            wrong.append("deployment: expected own_gpus with a count above 0 when api is false, else nothing can run")
        if wrong:
            raise ValueError("\n".join(wrong))
        return self
