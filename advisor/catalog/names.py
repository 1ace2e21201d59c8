"""What people call a model: ``Claude Opus 5.5``, ``claude-opus-5.5`` and ``gpt-4o`` all mean a version that has an id.

An id or an alias is looked up as written. Only where nothing goes by that name are case, spaces, dots and underscores
disregarded, and the day left off that ends a snapshot's name; a form that two models share means neither of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from advisor.catalog.records import Model

_SNAPSHOT = re.compile(r"-(?:20\d\d-?\d\d-?\d\d|\d\d-\d\d|\d{4})$")


def common_form(name: str) -> str:
    """Return a name without what people write in different ways."""
    return re.sub(r"[\s._-]+", "-", name.strip().lower()).strip("-")


def by_common_form(models: Iterable[Model]) -> Mapping[str, str]:
    """Return model ids by common form: of ids, aliases and names first, then of snapshots without their day.

    Of several snapshots of one name the newest stands; which of them the maker's own moving name means is a pointer.
    """
    known = list(models)
    found = _unique((common_form(name), model.id) for model in known for name in (model.id, *model.aliases, model.name))
    snapshots = sorted((one for one in known if _SNAPSHOT.search(one.id)), key=lambda one: one.id)
    plain = {common_form(_SNAPSHOT.sub("", one.id)): one.id for one in snapshots}
    return {**plain, **found}


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for form, model in pairs:
        owners.setdefault(form, set()).add(model)
    return {form: next(iter(models)) for form, models in owners.items() if len(models) == 1}
