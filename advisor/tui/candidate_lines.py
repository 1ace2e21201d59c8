"""Where a candidate stands, why, what would change that and how sure it is: the lines of its page."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from advisor.reports.recommendation.explain import Explanation
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.cause import Cause
from advisor.solver.explain.sentences import stability_sentence
from advisor.solver.explain.words import cause_words, quality_words
from advisor.solver.stability import Acceptability, Stability

_BAR = 24
_MOST_SHARES = 5


def heading(words: str) -> Content:
    """Return a heading with a line of air above it."""
    return Content.assemble("\n", (words, "bold $text-accent"))


def place_lines(one: Explanation, found: WorkloadAdvice) -> Iterator[Content]:
    """Its place, every cause, and the least change under which it would lead or pass."""
    standing = found.standing(one.candidate)
    if standing is not None:
        yield Content.assemble(
            ("✓ passes", "bold $text-success"), f", place {one.place} of {len(found.standings):,} for {found.workload}"
        )
        yield Content(f"{found.dimension}: {quality_words(standing.quality)}")
    else:
        yield Content.assemble(("✗ is ruled out", "bold $text-error"), f" for {found.workload}{_nearness(one, found)}")
    for cause in one.because:
        yield from _cause(cause)
    if one.would_change:
        yield heading(_change_heading(one))
        yield from (Content(f"  {change}") for change in one.would_change)
    if one.place == 1 and found.cases_to_separate:
        yield Content(f"  some {found.cases_to_separate:,} paired cases would break the tie")


def _change_heading(one: Explanation) -> str:
    if one.place is None:
        return "To change that"
    return "Overturned" if one.place == 1 else "Against the first"


def _nearness(one: Explanation, found: WorkloadAdvice) -> str:
    """Whether it is among those that are out for the least."""
    names = [miss.candidate for miss in found.nearest_misses]
    if one.candidate not in names:
        return ""
    return ", the nearest miss" if one.candidate == names[0] else ", one of the nearest misses"


def _cause(cause: Cause) -> Iterator[Content]:
    sign, style = ("?", "$text-warning") if cause.state.value == "unknown" else ("✗", "$text-error")
    yield Content.assemble((f"  {sign} {cause.state.value}: ", style), cause_words(cause))
    if cause.source:
        yield Content.styled(f"      {cause.source.url}, read {cause.source.read_on}", "$foreground 60%")


def stability_lines(stability: Stability, found: WorkloadAdvice, candidate: str) -> Iterator[Content]:
    """How often it would be first were everything measured again, and who else."""
    yield heading("Stability")
    if not stability.shares:
        yield Content("  nothing passes, so nothing is first")
        return
    yield Content(f"  {stability_sentence(stability)}")
    shown = list(stability.shares[:_MOST_SHARES])
    own = stability.of(candidate)
    if own is not None and own not in shown:
        shown.append(own)
    yield from (_share(one, one.candidate == candidate) for one in shown)
    if own is None and found.standing(candidate) is not None:
        yield Content("  this one is first in none of them")


def _share(one: Acceptability, is_this: bool) -> Content:
    bar = "━" * round(one.share * _BAR)
    figures = f"{one.share:>6.1%} [{one.low:.1%}, {one.high:.1%}]  "
    return Content.assemble(
        "> " if is_this else "  ",
        (bar.ljust(_BAR), "$text-primary"),
        figures,
        (one.candidate, "bold" if is_this else ""),
    )
