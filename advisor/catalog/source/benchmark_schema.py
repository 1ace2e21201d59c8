"""The records of benchmark suites, of what is estimated from them, and of accelerators."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from advisor.catalog.source.schema import Address, Authored, Slug, SourceEntry
from advisor.catalog.source.token_schema import Effort


class RentEntry(Authored):
    """What one accelerator costs an hour at a provider, on demand, as of the day its source was read."""

    provider: str
    """Who rents it out, and how where that matters."""
    usd_per_gpu_hour: Decimal = Field(gt=0)
    """USD an hour for one accelerator, without commitment."""
    source: str
    """The short name of a source of this file."""
    note: str | None = None
    """A remark in our own words."""


class GpuEntry(Authored):
    """An accelerator that a team may own."""

    id: Slug
    """The name used as a key."""
    name: str
    """The name that people use."""
    memory_gib: float = Field(gt=0)
    """Memory in GiB as the maker states it."""
    bandwidth_gb_s: float | None = Field(default=None, gt=0)
    """Memory bandwidth in GB/s."""
    bf16_tflops: float | None = Field(default=None, gt=0)
    """Dense BF16 compute in TFLOP/s, without sparsity."""
    source: str
    """The short name of a source of this file."""
    rents: tuple[RentEntry, ...] = ()
    """What it costs to rent."""


class SuiteEntry(Authored):
    """A benchmark: who ran it, when, under which license its results may be passed on."""

    id: Slug
    """The name that models' evidence uses."""
    name: str
    """The name that people use."""
    date: date
    """The day of the results."""
    license: str
    """The license of the results."""
    source: Address
    """Where the results were read."""
    credit: str
    """How its makers ask to be credited."""
    unit: Literal["points", "percent", "stars"]
    """The scale of the results."""
    dimensions: dict[str, str]
    """Which of its tasks measures which dimension: dimension to task."""


class SuiteConfig(Authored):
    """The model and effort that a result is of, where the suite says."""

    model: Slug
    """A model of the catalog, or one that only serves to see what effort does."""
    effort: Effort
    """How hard it was asked to think."""


class SuiteFile(Authored):
    """``catalog/benchmarks/<suite>.yaml``: results by model, task to [estimate, low, high, n]."""

    suite: SuiteEntry
    configs: dict[str, SuiteConfig] = Field(default_factory=dict)
    """Model and effort by name of a result, for suites that ran one model at several efforts."""
    results: dict[str, dict[str, list[float]]]


class LinkFile(Authored):
    """``catalog/quality/links.yaml``: results of several suites that are one model which is not in the catalog."""

    links: dict[str, dict[str, list[str]]] = Field(default_factory=dict)
    """A name for the model, to its names by suite."""


class EffortEffects(Authored):
    """Generated: the effect of effort on quality, by dimension."""

    shares: dict[str, float]
    """How far an effort lies on the way from none (0) to high (1)."""
    widening: dict[str, float]
    """By board: how much wider than normal an interval must be to cover 95 % of what was left out."""
    effects: dict[str, list[Any]]
    """Dimension to [effect of the whole way, standard error of that mean, spread among models, pairs, suites]."""


class EstimateFile(Authored):
    """``catalog/quality/estimates.yaml``: generated; what the benchmark results together say about each model."""

    efforts: EffortEffects | None = None
    """What effort does to quality, for configs that nothing measured."""
    widening: dict[str, float] = Field(default_factory=dict)
    """By suite: how much wider than the normal interval a prediction must be to cover 95 % of hidden results."""
    estimates: dict[str, dict[str, list[Any]]] = Field(default_factory=dict)
    """Model to dimension to [estimate, low, high, suites measured, as of]; Arena points."""


class HardwareFile(Authored):
    """``catalog/hardware.yaml``: accelerators."""

    sources: dict[str, SourceEntry]
    gpus: list[GpuEntry]
