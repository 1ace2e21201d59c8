"""Several workloads planned together under one budget: a mixed-integer model, solved by HiGHS, checked by arithmetic."""

from __future__ import annotations

from advisor.solver.portfolio.plan import plan
from advisor.solver.portfolio.records import Plan, Problem

__all__ = ["Plan", "Problem", "plan"]
