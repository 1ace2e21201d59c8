"""One question to one model, whose answer is not kept: for what a command lets a model propose."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from advisor.catalog import load_catalog
from advisor.cli.eval_targets import find_candidates
from advisor.cli.eval_try import ask_once
from advisor.errors import SourceUnavailable
from advisor.evals.cases import CaseSet, parse_case
from advisor.evals.plan import Settings, make_plan
from advisor.evals.prompts import BARE
from advisor.probe.budget import Caps
from advisor.probe.worker_client import WorkerClient

_MOST_TOKENS = 4_000
_MOST_USD = Decimal(2)
_MOST_SECONDS = 600.0


def reply_of(model: str, text: str, options: Mapping[str, Any], *, what: str) -> str:
    """Return what a model answers to a text, within the caps of ``options``.

    Raises SourceUnavailable that names ``what`` was expected if no answer comes.
    """
    catalog = load_catalog()
    candidates = find_candidates(catalog, (model,), options)
    case = parse_case({"id": "reply", "input": text}, model)
    settings = Settings(max_tokens=options["max_tokens"] or _MOST_TOKENS, retries=1)
    plan = make_plan(CaseSet("reply", model, (case,)), BARE, candidates, settings, known={}, day=catalog.as_of)
    link = WorkerClient(os.environ)
    link.start()
    usd = _MOST_USD if options["max_usd"] is None else Decimal(str(options["max_usd"]))
    try:
        lines = asyncio.run(ask_once(plan, link, Caps(usd, 10, options["max_seconds"] or _MOST_SECONDS)))
    finally:
        link.close()
    line = next(iter(lines.values()), None)
    if line is None or line.answer.content is None:
        fault = line.answer.fault.value if line and line.answer.fault else "nothing"
        raise SourceUnavailable(f"{model}: expected {what}, got {fault}")
    return line.answer.content.text
