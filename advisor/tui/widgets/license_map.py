"""The map of capability by license tier: how good a model each class of licenses has to offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from advisor.catalog import Catalog
from advisor.solver.answer import WorkloadAdvice
from advisor.tui.format import counted
from advisor.tui.license_tiers import LicenseTier, TierModel, license_tiers
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.widgets.fit import TableColumn, TableRow, laid_out
from advisor.tui.widgets.row_list import Cell, Rows

_AT_ONCE = 500
"""So many candidates cost no wait; more are looked up beside the screen."""

_MOST = 12
"""Models named in a tier; all of them count."""

_BAR = 24
_COLUMNS = (
    TableColumn("sign", ""),
    TableColumn("model", "Model", least=22),
    TableColumn("bar", "", order=1),
    TableColumn("quality", "Qual.", right=True),
    TableColumn("interval", "95 %", right=True, order=3),
    TableColumn("license", "License", order=2, least=12),
)


class LicenseMap(Vertical):
    """One line a model under the title of its tier, with a bar on one scale; below, the tier of the line in words."""

    DEFAULT_CSS = """
    LicenseMap {
        #tiers { height: 1fr; }
        #tier { height: 4; border-top: solid $panel-lighten-2; padding: 0 1; }
    }
    """

    class Sorted(Message):
        """The models have their tiers."""

        def __init__(self, found: WorkloadAdvice, tiers: tuple[LicenseTier, ...]) -> None:
            super().__init__()
            self.found, self.tiers = found, tiers

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: WorkloadAdvice | None = None
        self._tiers: tuple[LicenseTier, ...] = ()

    def compose(self) -> ComposeResult:
        """Yield the lines, and words about one."""
        yield Rows(id="tiers")
        yield Static(id="tier", markup=False)

    def show(self, session: Session, solved: SolvedAnswers) -> None:
        """Show the map in the dimension of the workload in view."""
        found = solved.workload(session.workload)
        if found is self._found:
            return
        self._found, self._tiers = found, ()
        if found is None:
            self._fill("There is no answer yet.")
        elif len(found.standings) + len(found.excluded) <= _AT_ONCE:
            self._tiers = license_tiers(session.catalog, solved, session.workload)
            self._fill()
        else:
            self._fill("sorting the models by their licenses …")
            self._sort(session.catalog, solved, session.workload)

    @work(thread=True)
    def _sort(self, catalog: Catalog, solved: SolvedAnswers, workload: int) -> None:
        found = solved.workload(workload)
        if found is not None:
            self.post_message(self.Sorted(found, license_tiers(catalog, solved, workload)))

    def on_license_map_sorted(self, event: Sorted) -> None:
        """Show the tiers, unless another answer is shown by now."""
        if event.found is self._found:
            self._tiers = event.tiers
            self._fill()

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self.call_after_refresh(self._fill)

    def _fill(self, empty: str = "") -> None:
        rows = list(_rows(self._tiers)) or [
            TableRow(None, {"model": Cell(empty or "No model is measured here.", "dim")})
        ]
        tiers = self.query_one("#tiers", Rows)
        tiers.fill(*laid_out(_COLUMNS, rows, tiers.size.width or self.size.width))
        self._explain()

    def on_rows_moved(self) -> None:
        """Say the tier of the next line."""
        self._explain()

    def _explain(self) -> None:
        key = self.query_one("#tiers", Rows).key
        found = next(((tier, one) for tier in self._tiers for one in tier.models if one.candidate == key), None)
        if found is None or self._found is None:
            self.query_one("#tier", Static).update(Content(""))
            return
        tier, one = found
        behind = self._tiers_best() - one.quality.estimate
        distance = "the best of all" if behind == 0 else f"{behind:.0f} {one.quality.unit} behind the best of all"
        weights = "open weights" if one.is_open else "closed weights"
        passes = "passes" if one.passes else "is ruled out by your answers"
        self.query_one("#tier", Static).update(
            Content.assemble(
                (one.candidate, "bold"),
                f"  {weights}, {passes}; {distance} in {self._found.dimension}\n",
                (f"{tier.license_class}: {tier.words}", "$foreground 60%"),
            )
        )

    def _tiers_best(self) -> float:
        return max(one.quality.estimate for tier in self._tiers for one in tier.models)


def _rows(tiers: Sequence[LicenseTier]) -> Iterator[TableRow]:
    estimates = [one.quality.estimate for tier in tiers for one in tier.models]
    for tier in tiers:
        title = f"{tier.license_class.capitalize()} · {counted(len(tier.models), 'model')}"
        yield TableRow(None, {"model": Cell(title, "title")})
        yield from (_row(one, min(estimates), max(estimates)) for one in tier.models[:_MOST])
        if len(tier.models) > _MOST:
            yield TableRow(None, {"model": Cell(f"and {len(tier.models) - _MOST:,} more", "dim")})


def _row(one: TierModel, low: float, high: float) -> TableRow:
    share = (one.quality.estimate - low) / (high - low) if high > low else 1.0
    return TableRow(
        one.candidate,
        {
            "sign": Cell("✓", "good") if one.passes else Cell("✗", "dim"),
            "model": Cell(one.model, "strong" if one.passes else ""),
            "bar": Cell("━" * max(1, round(share * _BAR)), "accent" if one.is_open else "dim"),
            "quality": Cell(f"{one.quality.estimate:.0f}"),
            "interval": Cell(f"{one.quality.low:.0f} to {one.quality.high:.0f}", "dim"),
            "license": Cell(one.license or "unknown", "dim"),
        },
    )
