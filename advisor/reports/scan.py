"""The report of a scan: the models that a repository uses, for a person, a pull request, a program or code scanning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import catalog_header
from advisor.reports.section import Page, Part, Section, counted, said
from advisor.reports.writers.findings import FindingLog, PlacedFinding, Rule
from advisor.scan.use import EndState, ModelUse, OpenLoader, ScanResult, UseKind

_RULES = {
    "ended": "The code names a model that does not answer any more.",
    "ending": "The code names a model whose end is announced.",
    "unlisted": "The code names a model of which nothing is on record.",
    "license-forbidden": "The license on record forbids commercial use or serving.",
    "open-loader": "A loader gets its model from somewhere that the files do not state.",
    "used": "The code names a model.",
}
_LEVELS = {"ended": "error", "ending": "warning", "unlisted": "note", "license-forbidden": "warning"}
_SHOWN = 60
_PLACES = 5


class ScanReport(NamedTuple):
    """What a report is made from."""

    result: ScanResult
    catalog: Catalog


def render(form: str, report: ScanReport) -> str:
    """Return the report in one of its formats, ending in a line break."""
    made = Report(
        catalog_header(report.catalog), lambda: report.result, lambda: _page(report), findings=lambda: _log(report)
    )
    return formats.render(form, made)


def summary(result: ScanResult) -> str:
    """Return the result in one line."""
    states = [use.end.state for use in result.uses]
    parts = [
        f"{states.count(EndState.ENDED)} ended",
        f"{states.count(EndState.ENDING)} with an announced end",
        f"{sum(use.kind is UseKind.UNLISTED for use in result.uses)} on no record",
    ]
    return f"{counted(len(result.uses), 'model')} in {counted(result.files, 'file')}: {', '.join(parts)}"


def _page(report: ScanReport) -> Page:
    result, catalog = report.result, report.catalog
    uses = result.uses
    parts = [Part("", summary(result))]
    if uses:
        rows = (
            ("model", "served by", "end", "move to", "license", "price", "cheapest as good", "where"),
            *(_row(use) for use in uses[:_SHOWN]),
        )
        parts.append(Part("", sections=(Section("Models", rows=rows, more=len(uses) - _SHOWN),)))
    changes = tuple(sentence for use in uses for sentence in _change(use))
    more = said(
        Section("What to change", changes),
        Section("After the end", tuple(_after(uses))),
        Section("Not stated in the files", tuple(_open(one) for one in result.open[:_SHOWN])),
        Section("Too large to be read", result.left_out[:_SHOWN]),
    )
    parts += [Part("", sections=more)] if more else []
    footer = f"Prices are for {result.priced_for}. License verdicts are for commercial use and serving, by the record."
    basis = f"as of {catalog.as_of}, catalog {catalog.version}"
    return Page(
        f"Models used in {', '.join(result.paths[:3])}",
        basis,
        tuple(parts),
        footer=footer if uses else "",
        sha256=catalog.sha256,
    )


def _row(use: ModelUse) -> tuple[str, ...]:
    moves = use.end.state in (EndState.ENDED, EndState.ENDING)
    more = len(use.places) - 1
    return (
        use.name,
        use.channel or ("own machine" if use.end.state is EndState.OWN else "not on record"),
        _end(use),
        (use.end.replacement or "not named") if moves else "-",
        use.license_verdict,
        f"${use.price.usd:,.2f}" if use.price else "-",
        _cheapest(use),
        f"{use.places[0].path}:{use.places[0].line}{f' +{more}' if more else ''}",
    )


def _end(use: ModelUse) -> str:
    end = use.end
    match end.state:
        case EndState.ENDED:
            return f"ended {end.on}" if end.on else "ended, the day is not on record"
        case EndState.ENDING:
            return f"ends {end.on} ({end.days_left} days)"
        case EndState.NOT_BEFORE:
            return f"not before {end.on}"
        case EndState.NONE_ANNOUNCED:
            return "none on record"
        case EndState.OWN:
            return "own weights"
    return "unknown"


def _cheapest(use: ModelUse) -> str:
    if use.price is None or use.price.cheapest_usd >= use.price.usd:
        return "-"
    return f"{use.price.cheapest} ${use.price.cheapest_usd:,.2f}"


def _change(use: ModelUse) -> Iterator[str]:
    if use.change is None:
        return
    source = f" ({use.end.source.url}, read {use.end.source.read_on})" if use.end.source else ""
    places = ", ".join(f"{one.path}:{one.line}" for one in use.places[:_PLACES])
    more = f" and {len(use.places) - _PLACES} more lines" if len(use.places) > _PLACES else ""
    yield f"{use.change}: {_end(use)}{source}; {places}{more}"


def _after(uses: tuple[ModelUse, ...]) -> Iterator[str]:
    """Yield what requests get after the end, once a channel."""
    said_of = {use.channel: use.end.then for use in uses if use.end.then and use.change and use.channel}
    yield from (f"{channel}: {then}" for channel, then in sorted(said_of.items()))


def _open(one: OpenLoader) -> str:
    return f"{one.path}:{one.line}: {one.expression}: {one.why}"


def _log(report: ScanReport) -> FindingLog:
    rules = tuple(Rule(f"scan/{name}", words, _LEVELS.get(name, "note")) for name, words in _RULES.items())
    findings = (*_placed(report.result.uses), *(_placed_open(one) for one in report.result.open))
    return FindingLog(rules, findings, closing=summary(report.result))


def _placed(uses: tuple[ModelUse, ...]) -> Iterator[PlacedFinding]:
    for use in uses:
        rule = _rule(use)
        for place in use.places:
            words = f"{use.name} ({use.offering or use.repository or 'not on record'}): {_end(use)}"
            change = f"; write {use.change}" if use.change else ""
            level = _LEVELS.get(rule, "note")
            print_ = f"{rule}:{use.name}:{place.path}"
            yield PlacedFinding(f"scan/{rule}", level, f"{words}{change}", place.path, place.line, use.offering, print_)


def _rule(use: ModelUse) -> str:
    if use.end.state in (EndState.ENDED, EndState.ENDING):
        return use.end.state.value
    if use.kind is UseKind.UNLISTED:
        return "unlisted"
    return "license-forbidden" if use.license_verdict == "forbidden" else "used"


def _placed_open(one: OpenLoader) -> PlacedFinding:
    return PlacedFinding("scan/open-loader", "note", f"{one.expression}: {one.why}", one.path, one.line)
