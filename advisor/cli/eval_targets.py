"""Which set of cases, candidates and judge a command of ``advisor eval`` means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from advisor.catalog import Catalog
from advisor.cli.probe_run import targets_from
from advisor.errors import UnknownName, UsageError
from advisor.evals.run import Judge
from advisor.probe.candidates import ProbeTarget, split_bases

FOLDER = Path("evals")
"""Where sets of cases are looked for by name."""


def find_set(name: str) -> Path:
    """Return the file of a set of cases, from its path or its name in ``evals/``."""
    path = Path(name)
    named = FOLDER / f"{name}.jsonl"
    return named if not path.exists() and named.is_file() else path


def set_files() -> tuple[Path, ...]:
    """Return the files of the sets of cases in ``evals/``, by name."""
    return tuple(sorted(path for path in FOLDER.glob("*.jsonl") if not path.name.endswith(".labels.jsonl")))


def find_candidates(catalog: Catalog, names: Sequence[str], options: Mapping[str, Any]) -> tuple[ProbeTarget, ...]:
    """Whom the worker calls for each name, as the probe does; each is called as it was named."""
    found = targets_from(catalog, tuple(names), dict(options))
    return tuple(one._replace(name=name) for one, name in zip(found, names, strict=True))


def find_judge(catalog: Catalog, candidates: Sequence[ProbeTarget], options: Mapping[str, Any]) -> Judge | None:
    """Return the judge that was named. Raises UsageError for one of a candidate's own lab."""
    if options["judge"] is None:
        return None
    everyone = (*(one.name for one in candidates), options["judge"])
    bases = split_bases(options["bases"], everyone)
    own = {name: base for name, base in bases.items() if name == options["judge"]}
    stated = {**options, "bases": tuple(own.values()), "api_name": None}
    judge = find_candidates(catalog, (options["judge"],), stated)[0]
    for one in candidates:
        same_model = one.target.model == judge.target.model and one.target.api_base == judge.target.api_base
        lab = lab_of(catalog, judge)
        if same_model or (lab is not None and lab == lab_of(catalog, one)):
            raise UsageError(
                f"--judge {judge.name}: expected a model of another lab than every candidate, found {one.name} of the "
                "same, and a model prefers answers like its own",
                hint="name a judge of another lab",
            )
    return Judge(judge)


def lab_of(catalog: Catalog, probed: ProbeTarget) -> str | None:
    """Return the lab whose model it is, by the catalog, or by the provider of a name that the catalog does not have.

    None where neither says: a model at an address of its own may be anybody's.
    """
    if probed.subject is None:
        return probed.target.model.partition("/")[0] if probed.target.api_base is None else None
    try:
        return catalog.find_candidates(probed.subject)[0].offering.model.lab
    except (UnknownName, IndexError):
        return None
