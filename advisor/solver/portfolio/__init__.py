"""Several workloads planned together: a mixed-integer model, solved by HiGHS, checked by plain arithmetic."""

from __future__ import annotations

from advisor.solver.portfolio.plan import plan
from advisor.solver.portfolio.records import Plan, Problem

__all__ = ["Plan", "Problem", "plan"]
