"""A license review as headed sections of sentences and rows: what the table, markdown and HTML have in common."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.licenses.findings import Level
from advisor.licenses.review import Reason, Review
from advisor.reports.section import Section, said

MOST_ROWS = 40
"""Rows of a section that a report for people shows; JSON has them all."""


def headline(review: Review) -> str:
    """Return the answer in one line."""
    bound = review.concluded(review.lineage.root)
    if bound is None:
        declared = ", ".join(meaning.name for meaning in review.conclusion.declared) or "nothing"
        return f"{review.target}: {review.verdict} (no license concluded; declared: {declared})"
    strict = max(bound, key=lambda terms: terms.strictness)
    named = strict.name if len(bound) == 1 else f"{bound[0].name}, bound by {strict.name}"
    return f"{review.target}: {review.verdict} ({named}, {strict.license_class})"


def sections(review: Review) -> tuple[Section, ...]:
    """Return the parts of a review that have anything to say."""
    return said(
        _uses(review),
        _clauses(review),
        _findings(review),
        _obligations(review),
        _exposure(review),
        _to_read(review),
        _texts(review),
        _lineage(review),
        _datasets(review),
        _evidence(review),
    )


def _uses(review: Review) -> Section:
    rows = tuple((use.use, use.verdict.value, _first(use.because)) for use in review.uses)
    return Section("Uses", (), (("use", "verdict", "because"), *rows))


def _first(because: tuple[Reason, ...]) -> str:
    if not because:
        return "-"
    more = f" (and {len(because) - 1} more)" if len(because) > 1 else ""
    return f"{because[0].license} {because[0].clause.text}{more}"


def _clauses(review: Review) -> Section:
    """Return the clauses behind the verdicts, each with its passage in the text that was read, or why there is none."""
    reasons = tuple({(one.model, one.license, one.clause): one for use in review.uses for one in use.because}.values())
    rows = tuple((f"{one.license} {one.clause.section}", one.model, _passage(one, review)) for one in reasons)
    head = ("clause", "of", "passage")
    return Section("Clauses", (), (head, *rows[:MOST_ROWS]) if rows else (), max(0, len(rows) - MOST_ROWS))


def _passage(reason: Reason, review: Review) -> str:
    if reason.quote is not None:
        return f"\u201c{reason.quote.text}\u201d ({reason.quote.place}, character {reason.quote.start:,})"
    conclusion = review.conclusions.get(reason.model)
    exact = [one for _, one in conclusion.found if one.known is not None] if conclusion else []
    return "no passage was located" if any(one.id == reason.license for one in exact) else "its text was not read"


def _findings(review: Review) -> Section:
    order = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}
    found = sorted(review.findings, key=lambda one: order[one.level])
    rows = tuple(
        (one.level.value + (f" (waived: {one.waived_by})" if one.waived_by else ""), one.rule, one.subject, one.message)
        for one in found[:MOST_ROWS]
    )
    if not rows:
        return Section("Findings")
    return Section("Findings", (), (("level", "rule", "model", "what"), *rows), max(0, len(found) - MOST_ROWS))


def _obligations(review: Review) -> Section:
    rows = tuple(_obligation_row(one) for one in review.duties[:MOST_ROWS])
    head = ("form", "license", "obligation")
    return Section("Obligations", (), (head, *rows) if rows else (), max(0, len(review.duties) - MOST_ROWS))


def _obligation_row(reason: Reason) -> tuple[str, str, str]:
    words = f' "{reason.clause.words}"' if reason.clause.words else ""
    return reason.clause.form or reason.clause.kind, reason.license, f"{reason.clause.text}{words}"


def _exposure(review: Review) -> Section:
    return Section("What would change it", tuple(dict.fromkeys(one for use in review.uses for one in use.exposure)))


def _to_read(review: Review) -> Section:
    sentences = tuple(dict.fromkeys(one for use in review.uses for one in use.read))
    return Section("What a person must read or state", sentences[:MOST_ROWS], (), max(0, len(sentences) - MOST_ROWS))


def _texts(review: Review) -> Section:
    rows = []
    for text, found in review.conclusion.found:
        more = f"; differs in {len(found.differing)} places" if found.differing else ""
        said = f"{found.match}: {found.id or 'no license'} {found.similarity:.1%}{more}"
        rows.append((text.place, said, text.sha256[:12]))
    return Section("Texts", (), (("file or field", "is", "sha256"), *rows) if rows else ())


def _lineage(review: Review) -> Section:
    if not review.lineage.edges:
        return Section("Lineage")
    rows = tuple(_tree(review))
    head = ("model", "relation", "license", "class")
    return Section("Lineage", (), (head, *rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def _tree(review: Review) -> Iterator[tuple[str, ...]]:
    """Depth first from the target, each model once; without recursion, as a lineage may be long."""
    seen: set[str] = set()
    waiting = [(review.lineage.root, "", 0)]
    while waiting:
        name, relation, depth = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        conclusion = review.conclusions.get(name)
        license_ = (conclusion.license.id if conclusion.license else "not concluded") if conclusion else "not looked at"
        yield "  " * depth + name, relation, license_, conclusion.license_class if conclusion else "unknown"
        edges = review.lineage.parents_of(name)
        waiting += [(edge.parent, edge.relation, depth + 1) for edge in reversed(edges)]


def _datasets(review: Review) -> Section:
    rows = tuple(
        (one.name, "not read" if one.declared is None else ", ".join(one.declared) or "nothing", one.license_class)
        for one in review.datasets
    )
    return Section("Data sets", (), (("data set", "declares", "class"), *rows) if rows else ())


def _evidence(review: Review) -> Section:
    evidence = review.evidence
    read = f"{evidence.endpoint}, commit {evidence.commit or '-'}, read {evidence.read_at:%Y-%m-%d %H:%M} UTC"
    declared = ", ".join(meaning.name for meaning in review.conclusion.declared) or "nothing"
    gated = f"; access is {evidence.gated}, which by itself restricts no use" if evidence.gated else ""
    named = (f"named in {review.place}",) if review.place else ()
    return Section("Evidence", (*named, read, f"declared: {declared}{gated}"))
