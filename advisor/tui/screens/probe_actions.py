"""Probing from the results: which candidates, the run beside the screen, and a new ranking when it is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.message import Message

from advisor.catalog.records import Candidate
from advisor.solver.answer import WorkloadAdvice
from advisor.tui.format import clean, counted
from advisor.tui.probe_session import ProbeMeasurements
from advisor.tui.screens.background_solve import LiveScreen
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers

if TYPE_CHECKING:
    from advisor.tui.latency_bounds import Bounds
    from advisor.tui.probe_session import Ended, Event, Probing

MOST_PROBED = 6
_FIRST_FEW = 3
_END_WITHIN_S = 5.0


class ProbingScreen(LiveScreen):
    """A screen from which one probe at a time can be started; its thread only posts messages."""

    class Heard(Message):
        """The probe's thread has something to tell."""

        def __init__(self, probing: Probing, event: Event) -> None:
            super().__init__()
            self.probing, self.event = probing, event

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.probing: Probing | None = None
        self._bounds: Bounds | None = None
        self._told: ProbeMeasurements | None = None
        self._marked: frozenset[str] = frozenset()

    @property
    def probe_words(self) -> str:
        """What the title says of a probe that runs."""
        probing = self.probing
        if probing is None or not probing.is_alive or not probing.lines:
            return ""
        return f" PROBE {probing.answered}/{probing.most} "

    def action_probe(self) -> None:
        """Plan a probe of the marked or tied candidates; show the one that runs."""
        if self.probing is None or not self.probing.is_alive:
            found = self.solved.workload(self.session.workload) if self.solved else None
            if found is None or not found.standings:
                self.notify("No candidate passes, so there is nothing to probe.", severity="warning")
                return
            self._plan(*_chosen(found, self._marked))
        elif self.probing:
            self._show(self.probing, "")

    def action_portfolio(self) -> None:
        """Plan all workloads together."""
        found = self.solved
        if found is None or found.requirements is None:
            self.notify("There is no answer yet to plan with.", severity="warning")
            return
        from advisor.tui.screens.portfolio import PortfolioScreen

        measurements = found.measured.fresh if found.measured else ()
        self.app.push_screen(PortfolioScreen(self.session, found.requirements, measurements, self.changed))

    def _plan(self, names: list[str], note: str) -> None:
        from advisor.tui.probe_session import Probing

        def tell(event: Event) -> None:
            self.post_message(self.Heard(probing, event))

        probing = Probing(self.session.catalog, names, tell)
        self.probing, self._bounds = probing, self._wanted()
        if probing.is_alive:
            self._run(probing)
        self._show(probing, note)

    def latency_lines(self, candidate: Candidate) -> list[Content]:
        """Return what own probes say of a candidate's latency.

        Nothing where no bound is set and nothing was measured.
        """
        from advisor.tui.latency_bounds import bound_lines, measured_lines

        bounds, measured = self._wanted(), self.session.measured or ProbeMeasurements()
        judged = bounds.of(candidate, measured) if bounds is not None else ()
        return [*bound_lines(judged), *measured_lines(candidate, measured)]

    def _wanted(self) -> Bounds | None:
        """Return the bounds on latency of the workload in view."""
        from advisor.tui.latency_bounds import Bounds

        requirements = self.solved.requirements if self.solved else None
        if requirements is None:
            return None
        return Bounds(self.session.catalog, requirements, requirements.workloads[self.session.workload])

    def _show(self, probing: Probing, note: str) -> None:
        from advisor.tui.screens.probe import ProbeScreen

        self.app.push_screen(
            ProbeScreen(probing, note, self._bounds, self.session.measured or ProbeMeasurements()), self._left
        )

    @work(thread=True)
    def _run(self, probing: Probing) -> None:
        probing.run()

    def _left(self, _: None) -> None:
        """End a plan that was not agreed to with its screen."""
        from advisor.tui.probe_session import ProbeStage

        if self.probing is not None and self.probing.stage in (ProbeStage.CHECKING, ProbeStage.READY):
            self.probing.stop()

    def on_probing_screen_heard(self, event: Heard) -> None:
        """Note it, show it where it is looked at, and rank anew when it is over."""
        from advisor.tui.probe_session import Ended
        from advisor.tui.screens.probe import ProbeScreen
        from advisor.tui.screens.probe_plan import PlanForm

        event.probing.take_in(event.event)
        if event.probing is not self.probing:
            return
        shown = [screen for screen in self.app.screen_stack if isinstance(screen, ProbeScreen | PlanForm)]
        for screen in shown:
            if screen.is_mounted:  # one that is being built reads what is known once it is there
                screen.repaint()
        self.repaint_title()
        if isinstance(event.event, Ended) and event.event.measured is not None:
            self._count_in(event.event, watched=bool(shown))

    def _count_in(self, ended: Ended, *, watched: bool) -> None:
        """Let the measurements decide with the rest."""
        self.session.measured = ended.measured
        if self.trial is not None:
            self.trial.forget()
        self.solve_next()
        if not watched and ended.summary is not None:
            names = [one.name for one in ended.summary.candidates if one.measured]
            self.notify(f"Probe over: {counted(len(names), 'candidate')} measured; the ranking counts it.")

    def _take(self, solved: SolvedAnswers) -> None:
        """Say once what was left out of the measurements that decide."""
        if solved.measured is not None and solved.measured is not self._told:
            self._told = solved.measured
            for words in solved.measured.left_out:
                self.notify(clean(words), severity="warning")
        super()._take(solved)

    async def on_unmount(self) -> None:
        """Leave no process behind, and no run without its end."""
        if self.probing is not None:
            self.probing.stop()
            await asyncio.to_thread(self.probing.join, _END_WITHIN_S)


def _chosen(found: WorkloadAdvice, marked: frozenset[str]) -> tuple[list[str], str]:
    """Whom to probe and why them: the marked, else the tied, else the first few."""
    standing = [one.id for one in found.standings]
    own = [name for name in standing if name in marked]
    tied = [name for name in standing if name in found.tied]
    names, why = (own, "Marked candidates") if own else (tied, "The tied set") if len(tied) > 1 else (standing, "")
    if not why:
        return names[:_FIRST_FEW], "Nothing is tied: the first in the ranking; mark others with Space."
    if len(names) > MOST_PROBED:
        return names[:MOST_PROBED], f"{why}: the first {MOST_PROBED} of {len(names)}; mark others with Space."
    return names, f"{why}."
