"""Several workloads planned together: a mixed-integer model, solved by HiGHS, checked by plain arithmetic."""

from __future__ import annotations

from advisor.portfolio.problem import PortfolioPlan, Problem
from advisor.portfolio.solve import plan

__all__ = ["PortfolioPlan", "Problem", "plan"]
