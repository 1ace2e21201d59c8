"""SPDX expressions: AND binds all, OR lets one choose, WITH is judged only where the exception is known.

Parsed by license-expression. A license that nobody knows is unknown, whatever stands beside it in an AND.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from advisor.errors import UsageError
from advisor.licenses.license import STRICTNESS, Verdict, strictest

LOOSENING = frozenset(("classpath-exception-2.0", "gcc-exception-3.1", "linux-syscall-note", "llvm-exception"))
"""Exceptions that are known to take obligations away; others, such as a clause that bars selling, may add some."""

LONGEST = 300
"""Characters of an expression; nobody means a longer one."""

_OPERATORS = re.compile(r"\s(?:AND|OR|WITH)\s|[()]", re.IGNORECASE)


def is_expression(text: str) -> bool:
    """Whether a declared license is more than one id, put together as SPDX does."""
    if len(text) > LONGEST or _OPERATORS.search(text.strip()) is None:
        return False
    try:
        _parsed(text)
    except UsageError:
        return False
    return True


def license_ids(expression: str) -> tuple[str, ...]:
    """Return the license ids in an expression, in order. Raises UsageError if it is none."""
    return tuple(dict.fromkeys(str(symbol.key) for symbol in _parsed(expression).symbols if not _is_with(symbol)))


def judge_expression(expression: str, judge: Callable[[str], Verdict]) -> Verdict:
    """Return the verdict of an expression, each id judged by ``judge``. Raises UsageError if it is none."""
    return _verdict(_parsed(expression), judge)


def _verdict(node: Any, judge: Callable[[str], Verdict]) -> Verdict:
    operator = type(node).__name__
    if operator in ("AND", "OR"):
        parts = [_verdict(part, judge) for part in node.args]
        return strictest(parts) if operator == "AND" else min(parts, key=STRICTNESS.__getitem__)
    if _is_with(node):
        alone = judge(str(node.license_symbol.key))
        known = str(node.exception_symbol.key).lower() in LOOSENING
        return alone if known else strictest([alone, Verdict.UNKNOWN])
    return judge(str(node.key))


def _is_with(node: Any) -> bool:
    return hasattr(node, "license_symbol")


def _parsed(expression: str) -> Any:
    from license_expression import ExpressionError, Licensing  # type: ignore[import-untyped]

    try:
        parsed = Licensing().parse(expression)
    except ExpressionError as error:
        raise UsageError(f"{expression!r}: expected an SPDX expression: {error}") from None
    if parsed is None:
        raise UsageError("expected an SPDX expression, found nothing")
    return parsed
