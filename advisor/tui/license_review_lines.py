"""A review as lines of a list, each with what the pane below says of it.

What cards and license texts hold is foreign: it is shown as text and never as markup, without control characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from textual.content import Content

from advisor.licenses.datasets import DatasetTerms
from advisor.licenses.evidence.records import Evidence, FetchOutcome
from advisor.licenses.findings import RULES, Level, LicenseFinding
from advisor.licenses.policy import NEVER_WAIVED
from advisor.licenses.review import Reason, UseVerdict
from advisor.tui.format import VERDICTS, counted
from advisor.tui.license_review import HINTS, Node, Reviewed
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow

MOST_LINES = 60
"""Lines of one part; the report as JSON has all."""

COLUMNS = (ListColumn("", 14), ListColumn("", 22), ListColumn(""))

LEVELS = {
    Level.ERROR: Cell("✗ error", "bad"),
    Level.WARNING: Cell("! warning", "warn"),
    Level.NOTE: Cell("· note", "dim"),
}

DATASET_SIGNS = {"permissive": Cell("✓ known", "good"), "unknown": Cell("? unknown", "warn")}
"""The sign of a data set's class; all other classes restrict."""

_COLORS = {"good": "$text-success", "warn": "$text-warning", "bad": "$text-error"}


class Entry(NamedTuple):
    """A line with its words in full; ``finding`` is the one that a waiver from here would cover."""

    row: ListRow
    words: Content
    finding: LicenseFinding | None = None


def entries(shown: Reviewed, asked: tuple[str, ...]) -> list[Entry]:
    """Every line of a review, part by part."""
    parts: list[tuple[str, list[Entry]]] = [
        ("", list(_failures(shown))),
        ("What may be done", [_use(use, shown, asked) for use in shown.uses]),
        ("Findings", [_finding(number, one) for number, one in enumerate(_sorted(shown.findings))]),
        ("Obligations", [_duty(number, one) for number, one in enumerate(shown.duties)]),
        ("What would change it", list(_sentences("later", "→ later", (s for u in shown.uses for s in u.exposure)))),
        ("For a person to read or state", list(_sentences("read", "? read", (s for u in shown.uses for s in u.read)))),
        ("Lineage", [_node(number, node) for number, node in enumerate(shown.nodes)]),
        ("Data sets", [_dataset(number, one) for number, one in enumerate(_datasets(shown))]),
        ("Evidence", list(_sentences("evidence", "· evidence", shown.evidence))),
    ]
    return [entry for title, lines in parts if lines for entry in _part(title, lines)]


def _part(title: str, lines: list[Entry]) -> Iterator[Entry]:
    if title:
        yield Entry(ListRow(None, (Cell(title, "title"),)), Content(""))
    yield from lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        yield Entry(ListRow(None, (Cell(f"and {len(lines) - MOST_LINES:,} more", "dim"),)), Content(""))


def printable(text: str) -> str:
    """Text without control characters and without signs that turn the direction of writing."""
    spaced = " ".join(text.split())
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in spaced)


def _row(key: str, sign: Cell, what: str, words: str) -> ListRow:
    return ListRow(key, (sign, Cell(printable(what), "strong"), Cell(printable(words))))


def _failures(shown: Reviewed) -> Iterator[Entry]:
    """Yield what could not be read or applied, each as what it was and with what mends it."""
    if shown.review is not None:
        if shown.review.evidence.outcome is not FetchOutcome.READ:
            yield _failed("failed:target", shown.review.target, shown.review.evidence)
        for number, one in enumerate(shown.review.evidence.unread):
            words = _outcome_words(one.outcome, one.detail)
            row = _row(f"failed:text:{number}", Cell("! not read", "warn"), one.place, words)
            yield Entry(row, _text(one.place, words, HINTS.get(one.outcome, "")))
    if shown.problem is not None:
        row = _row("failed:policy", Cell("✗ policy", "bad"), "not applied", shown.problem.message)
        yield Entry(row, _text("The policy was not applied", shown.problem.message, shown.problem.hint or ""))


def _failed(key: str, name: str, evidence: Evidence) -> Entry:
    words = _outcome_words(evidence.outcome, evidence.detail)
    if evidence.retry_after_s:
        words += f"; the Hub asks to wait {evidence.retry_after_s:g} s"
    row = _row(key, Cell(f"✗ {evidence.outcome.value}", "bad"), name, HINTS.get(evidence.outcome, words))
    return Entry(row, _text(f"{name} was not read", words, HINTS.get(evidence.outcome, "")))


def _outcome_words(outcome: FetchOutcome, detail: str) -> str:
    return f"{outcome.value}: {detail}" if detail else outcome.value


def _text(title: str, words: str, hint: str) -> Content:
    lines = [Content.styled(printable(title), "bold"), Content(printable(words))]
    return Content("\n").join([*lines, *([Content.styled(f"hint: {printable(hint)}", "$text-accent")] if hint else [])])


def _use(use: UseVerdict, shown: Reviewed, asked: tuple[str, ...]) -> Entry:
    badge = VERDICTS[use.verdict]
    first = use.because[0].clause.text if use.because else (use.read[0] if use.read else "")
    name = use.use + (" (asked)" if use.use in asked else "")
    row = _row(f"use:{use.use}", Cell(badge.text, badge.style), name, first)
    lines = [Content.assemble((f"{badge.text} ", f"bold {_COLORS[badge.style]}"), (name, "bold"))]
    for reason in use.because:
        lines += _clause(reason)
    if use.duties:
        lines.append(Content(f"{counted(len(use.duties), 'obligation is', 'obligations are')} owed: see below."))
    lines += [Content(printable(f"→ later: {sentence}")) for sentence in use.exposure]
    lines += [Content(printable(f"? to read or state: {sentence}")) for sentence in use.read]
    finding = next((one for one in shown.findings if one.use == use.use), None)
    return Entry(row, Content("\n").join(lines), finding)


def _clause(reason: Reason) -> list[Content]:
    """Return a clause: whose, which section, what it says, the passage of the text that was read, its source."""
    clause = reason.clause
    head = printable(f"{reason.license} ({reason.model}), section {clause.section}:") + " "
    lines = [Content.assemble((head, "$text-accent"), printable(clause.says))]
    if reason.quote is not None:
        passage = (
            f"  “{printable(reason.quote.text)}” {printable(reason.quote.place)}, character {reason.quote.start:,}"
        )
        lines.append(Content.styled(passage, "italic"))
    if clause.source is not None:
        lines.append(Content.styled(f"  {clause.source.url}, read {clause.source.read_on}", "$foreground 60%"))
    return lines


def _sorted(findings: Iterable[LicenseFinding]) -> list[LicenseFinding]:
    order = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}
    return sorted(findings, key=lambda one: (one.waived_by is not None, order[one.level]))


def _finding(number: int, finding: LicenseFinding) -> Entry:
    sign = Cell("◇ waived", "dim") if finding.waived_by else LEVELS[finding.level]
    lines = [
        Content.assemble((f"{sign.text} {finding.rule}", "bold"), f"  {RULES.get(finding.rule, '')}"),
        Content(printable(f"{finding.subject}: {finding.message}")),
    ]
    if finding.place:
        lines.append(Content.styled(f"in {printable(finding.place)}", "$foreground 60%"))
    if finding.waived_by:
        lines.append(Content(printable(f"waiver {finding.waived_by} covers it")))
    elif finding.rule in NEVER_WAIVED:
        lines.append(Content("No waiver covers this."))
    else:
        lines.append(Content.styled("w writes a waiver for it", "$text-accent"))
    row = _row(f"finding:{number}", sign, finding.rule, finding.message)
    return Entry(row, Content("\n").join(lines), finding)


def _duty(number: int, reason: Reason) -> Entry:
    clause = reason.clause
    row = _row(f"duty:{number}", Cell("! owed", "warn"), clause.form or clause.kind, clause.says)
    lines = _clause(reason)
    if clause.words:
        lines.insert(1, Content.assemble("  required words: ", (printable(clause.words), "bold")))
    return Entry(row, Content("\n").join(lines))


def _sentences(kind: str, sign: str, sentences: Iterable[str]) -> Iterator[Entry]:
    for number, sentence in enumerate(dict.fromkeys(sentences)):
        head, _, rest = printable(sentence).partition(": ")
        if len(head) > COLUMNS[1].width or not rest:
            head, rest = "", printable(sentence)
        yield Entry(_row(f"{kind}:{number}", Cell(sign, "dim"), head, rest), Content(printable(sentence)))


def _datasets(shown: Reviewed) -> tuple[DatasetTerms, ...]:
    return shown.review.datasets if shown.review else ()


def _dataset(number: int, one: DatasetTerms) -> Entry:
    declared = "could not be read" if one.declared is None else f"declares {', '.join(one.declared) or 'nothing'}"
    sign = DATASET_SIGNS.get(one.license_class, Cell("! restricts", "warn"))
    row = ListRow(f"dataset:{number}", (sign, Cell(one.license_class), Cell(printable(f"{one.name} {declared}"))))
    words = f"{', '.join(one.licenses) or 'no license of the catalog'}, class {one.license_class}"
    advice = "A use that the license of a data set forbids is undecided: find out whether its terms reach the model."
    return Entry(row, Content("\n").join([_text(one.name, f"{declared}: {words}", ""), Content(advice)]))


def _node(number: int, node: Node) -> Entry:
    good = node.outcome is FetchOutcome.READ
    sign = Cell("✓ known", "good") if good else Cell(f"✗ {node.outcome.value}", "bad")
    if good and node.license_class == "unknown":
        sign = Cell("? unknown", "warn")
    stem = "  " * (node.depth - 1) + "└ " if node.depth else ""
    row = ListRow(
        f"node:{number}",
        (sign, Cell(f"{node.license_class}"), Cell(f"{stem}{printable(node.name)} · {node.relation} · {node.license}")),
    )
    words = [
        Content.styled(printable(node.name), "bold"),
        Content(printable(f"{node.relation}, {counted(node.depth, 'generation')} up; license {node.license}")),
        Content(f"class {node.license_class}"),
    ]
    if not good:
        words.append(Content(printable(_outcome_words(node.outcome, node.detail))))
        words.append(Content.styled(f"hint: {HINTS.get(node.outcome, '')}", "$text-accent"))
    return Entry(row, Content("\n").join(words))
