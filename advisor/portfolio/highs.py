"""The one place that imports HiGHS: a model in rows and columns in, checked values out.

One thread and one seed, so that the same model gives the same answer on every machine; limits are counted in nodes,
never in seconds. HiGHS keeps its thread pool for the process, so the number is never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

INFINITY = float("inf")
SEED = 20261123
LARGEST = 1000.0
"""The largest figure of a row or of the objective after scaling: there tolerances of 1e-6 stay small."""

CLAIMED = 1e-6
"""How far, relatively, the objective of the values may be from the one that the search claims."""


class EngineFailed(RuntimeError):
    """HiGHS ended in a state that no model of ours can cause."""


class MipSolution(NamedTuple):
    """What came out; ``values`` is None when the model is infeasible or a limit came before any solution."""

    values: tuple[float, ...] | None
    bound: float
    """The dual bound, in the direction of the objective."""
    complete: bool
    """Whether the search ended by itself."""
    nodes: int


@dataclass
class MipModel:
    """A mixed-integer model, minimized: columns with bounds and cost, rows with bounds."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    rows: list[tuple[Sequence[int], Sequence[float], float, float]] = field(default_factory=list)

    def column(self, cost: float = 0.0, *, lower: float = 0.0, upper: float = 1.0, integer: bool = True) -> int:
        """Return a new column; its number."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.cost) - 1

    def scaled_cost(self) -> tuple[list[float], float]:
        """Return the objective's figures as the engine gets them, and what they were multiplied by."""
        scale = _scale(self.cost)
        return [value * scale for value in self.cost], scale

    def row(
        self, columns: Sequence[int], values: Sequence[float], *, low: float = -INFINITY, high: float = INFINITY
    ) -> None:
        """Give a new row: low <= values . columns <= high.

        Scaled so that its largest figure is from 1 to one thousand.
        """
        scale = _scale(values)
        self.rows.append((columns, [value * scale for value in values], low * scale, high * scale))


def _scale(values: Sequence[float]) -> float:
    """Return what brings the largest figure into the range from 1 to ``LARGEST``."""
    largest = max((abs(value) for value in values), default=0.0)
    return LARGEST / largest if largest > LARGEST or 0.0 < largest < 1.0 else 1.0


def solve(
    model: MipModel,
    *,
    start: Sequence[float] | None = None,
    max_nodes: int | None = None,
    gap: float = 0.0,
    presolve: bool = True,
    seed: int = SEED,
) -> MipSolution:
    """Minimize; ``gap`` is relative. Raises EngineFailed on any state but solved, infeasible or limit reached.

    HiGHS 1.16 may carry a start through presolve with the wrong objective, prune by it and still call the search
    solved. It shows in an objective that the values do not have; then the search is run again without the start.
    """
    options = {
        "threads": 1,
        "random_seed": seed,
        "mip_rel_gap": gap,
        "mip_abs_gap": 1e-9,
        "mip_feasibility_tolerance": 1e-7,
        "presolve": "on" if presolve else "off",
    }
    if max_nodes is not None:
        options["mip_max_nodes"] = max_nodes
    cost, scale = model.scaled_cost()
    engine = _loaded(model, cost, options)
    if start is not None:
        _set_start(engine, start)
        engine.run()
        if _is_sound(engine, cost):
            return _read(engine, scale)
        engine = _loaded(model, cost, options)
    engine.run()
    return _read(engine, scale)


def _loaded(model: MipModel, cost: Sequence[float], options: Mapping[str, object]) -> Any:
    engine = _engine()
    engine.setOptionValue("output_flag", False)
    for name, value in options.items():
        _checked(engine.setOptionValue(name, value), f"option {name}")
    _checked(engine.passModel(_lp(model, cost)), "model")
    return engine


def _set_start(engine: Any, start: Sequence[float]) -> None:
    import highspy

    solution = highspy.HighsSolution()
    solution.col_value = list(start)
    engine.setSolution(solution)


def _is_sound(engine: Any, cost: Sequence[float]) -> bool:
    """Whether the values that came out have the objective that the search claims for them."""
    import highspy

    info = engine.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return bool(engine.getModelStatus() != highspy.HighsModelStatus.kInfeasible)
    reached = sum(float(value) * usd for value, usd in zip(engine.getSolution().col_value, cost, strict=True))
    claimed = float(info.objective_function_value)
    return abs(reached - claimed) <= CLAIMED * max(1.0, abs(reached))


def _read(engine: Any, scale: float) -> MipSolution:
    import highspy

    states = highspy.HighsModelStatus
    state, info = engine.getModelStatus(), engine.getInfo()
    nodes = max(int(info.mip_node_count), 0)
    if state in (states.kInfeasible, states.kUnboundedOrInfeasible):
        return MipSolution(None, INFINITY, complete=True, nodes=nodes)
    if state not in (states.kOptimal, states.kSolutionLimit, states.kIterationLimit):
        raise EngineFailed(f"HiGHS ended with {engine.modelStatusToString(state)!r}")
    complete = state == states.kOptimal
    has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if complete and not has_values:
        raise EngineFailed("HiGHS says it is solved and has no values")
    values = tuple(engine.getSolution().col_value) if has_values else None
    return MipSolution(values, float(info.mip_dual_bound) / scale, complete, nodes)


def _checked(status: Any, what: str) -> None:
    import highspy

    if status == highspy.HighsStatus.kError:
        raise EngineFailed(f"HiGHS refused the {what}")


@lru_cache(maxsize=1)
def _quiet_class() -> Any:
    import highspy

    class Quiet(highspy.Highs):
        """An engine without callbacks: setting them up prints a banner on stdout, where only reports may go."""

        def enableCallbacks(self) -> None:  # noqa: N802 - the name is HiGHS's
            """Set up none."""

    return Quiet


def _engine() -> Any:
    return _quiet_class()()


def _lp(model: MipModel, cost: Sequence[float]) -> Any:
    import highspy
    import numpy as np

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(model.rows)
    lp.col_cost_ = np.array(cost, dtype=np.double)
    lp.col_lower_ = np.array(model.lower, dtype=np.double)
    lp.col_upper_ = np.array(model.upper, dtype=np.double)
    lp.row_lower_ = np.array([low for _, _, low, _ in model.rows], dtype=np.double)
    lp.row_upper_ = np.array([high for _, _, _, high in model.rows], dtype=np.double)
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if one else kinds.kContinuous for one in model.integer]
    lengths = [len(columns) for columns, _, _, _ in model.rows]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    lp.a_matrix_.index_ = np.array([c for columns, _, _, _ in model.rows for c in columns], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([v for _, values, _, _ in model.rows for v in values], dtype=np.double)
    return lp
