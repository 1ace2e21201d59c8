"""Whether the model that answered is the one that was asked for.

Services name the snapshot behind an alias, put their own path before a name, or its version behind it; those are the
same model. A name that differs otherwise is another one: what it measured says nothing of the one asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Such as `gpt-5-2026-03-01` and `owl@0301`, not `gpt-5`.
_DATE = re.compile(r"[-_@.:]?20\d{2}[-_]?(?:0[1-9]|1[0-2])[-_]?(?:0[1-9]|[12]\d|3[01])$|[-@]\d{4}$")
_REVISION = re.compile(r"(?:-v\d+)?(?::\d+)?$")
# Such as `owl:free` and `owl-latest`, not `owl:7b`.
_ROUTING = re.compile(r":(?:free|beta|nitro|floor|online|extended|exacto|latest)$|[-@]latest$|@default$|\.gguf$")
_PLACE = re.compile(r"^(?:us|eu|apac|global|jp|au|ca|us-gov)\.(?=[a-z])")
# Such as `anthropic.claude-opus-5`, not `acme.owl`.
_MAKER = re.compile(r"^(?:anthropic|meta|mistral|amazon|cohere|deepseek|qwen|openai|ai21|writer|google)\.(?=[a-z])")


AND = " and "
"""Between the names where a server gave more than one in one answer: each must be the one asked for."""


def is_same_model(served: str | None, asked: Iterable[str]) -> bool:
    """Whether what a server calls the model that answered is one of the names asked for; yes if it says nothing."""
    if not served or not served.strip():
        return True
    names = [_plain(name) for name in asked]
    return all(any(_is_same(_plain(part), name) for name in names) for part in served.split(AND))


def _is_same(served: str, asked: str) -> bool:
    if served == asked:
        return True
    bare_served, bare_asked = _DATE.sub("", served), _DATE.sub("", asked)
    # One that states a day is that of its day alone; one without stands for any.
    return bare_served == bare_asked and (bare_served == served or bare_asked == asked)


def _plain(name: str) -> str:
    """Return a name without provider, path, place, maker, revision and routing."""
    last = name.strip().lower().rstrip("/").rpartition("/")[2]
    last = _ROUTING.sub("", last)
    last = _MAKER.sub("", _PLACE.sub("", last))
    bare = _REVISION.sub("", last)
    return re.sub(r"[_\s]", "-", bare or last)
