"""Measure latency from a program: the whole way from names to figures, without a terminal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from random import Random

from advisor.catalog import Catalog, load_catalog
from advisor.errors import AccessDenied
from advisor.probe.candidates import find_probed
from advisor.probe.plan import ProbePlan, make_plan, quick_settings, usual_seconds
from advisor.probe.run_file import find_run
from advisor.probe.runner import take, without_key
from advisor.probe.summary import Summary, summarize
from advisor.probe.worker_client import WorkerClient


def measure(
    offerings: str | Iterable[str],
    *,
    max_usd: Decimal,
    requests: int = 10,
    max_tokens: int = 128,
    api_base: str | None = None,
    catalog: Catalog | None = None,
) -> Summary:
    """Measure the latency of offerings (or any model name of litellm) on the keys of the environment.

    Nothing is spent above ``max_usd``. The run is kept in ``.advisor/probes`` below the current folder. Raises
    ProbeError if a price is unknown, and AccessDenied if no candidate has a key.
    """
    catalog = catalog or load_catalog()
    names = (offerings,) if isinstance(offerings, str) else tuple(offerings)
    probed = [find_probed(catalog, name, api_base=api_base, environment=os.environ) for name in names]
    usual = quick_settings(len(names))
    caps = usual.caps._replace(usd=max_usd, seconds=usual_seconds(requests, len(names)))
    settings = usual._replace(rounds=requests, max_tokens=max_tokens, caps=caps)
    plan = make_plan(probed, settings, catalog.as_of)
    link = WorkerClient(os.environ)
    link.start()
    try:
        path = asyncio.run(_run(plan, link, catalog.version))
    finally:
        link.close()
    return summarize(find_run(str(path)))


async def _run(plan: ProbePlan, link: WorkerClient, catalog_version: str) -> Path:
    """Probe to the end; the file that the run is kept in."""
    paths: list[Path] = []
    await link.attach()
    keys = await link.keys(tuple(one.probed.target for one in plan.candidates))
    refused = without_key(plan, keys)
    if len(refused) == len(plan.candidates):
        words = "; ".join(f"{name}: {why}" for name, why in refused.items())
        raise AccessDenied(f"no key for any candidate: {words}", hint="export the variable and try again")
    await take(
        plan,
        link,
        refused,
        catalog_version=catalog_version,
        random=Random(),  # noqa: S311 - the order of requests, which is no secret
        notify=lambda _: None,
        opened=paths.append,
    )
    return paths[0]
