"""The obligations pack: what to put into a NOTICE file, what to display, how to name, which files to ship.

Around the sentences that a license makes its users repeat, all words are our own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from advisor.licenses.license import License
from advisor.licenses.review import Reason, Review
from advisor.reports import json_writer
from advisor.reports.header import Header
from advisor.reports.writers.markdown import escaped


class Duty(NamedTuple):
    """Something owed: by the license of which model, in which form, with which words."""

    model: str
    license: str
    form: str
    says: str
    section: str
    words: str | None
    source: str | None


class Pack(NamedTuple):
    """What one target asks for."""

    target: str
    duties: tuple[Duty, ...]
    name: str | None = None
    """The name of the derived model that was asked about."""
    models: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Every model of the lineage, each with the licenses that bind it."""
    unread: tuple[str, ...] = ()
    """What could not be read or understood, by model: there may be more to meet than is listed."""

    def of(self, *forms: str) -> tuple[Duty, ...]:
        """Return the obligations of some forms."""
        return tuple(duty for duty in self.duties if duty.form in forms)

    @property
    def name_problems(self) -> tuple[str, ...]:
        """Why the derived model's name does not do, if it does not."""
        if self.name is None:
            return ()
        own = self.name.rpartition("/")[2].lower()
        return tuple(
            f"{self.name}: expected a name that begins with {duty.words} ({duty.license} section {duty.section})"
            for duty in self.of("name")
            if duty.words and not own.startswith(duty.words.lower().replace(" ", "-"))
        )


class PackRecord(NamedTuple):
    """A pack as JSON has it."""

    target: str
    obligations: tuple[Duty, ...]
    name_problems: tuple[str, ...]
    unread: tuple[str, ...]
    """What a person must read: its obligations are not among those listed."""


class PacksRecord(NamedTuple):
    """``advisor license obligations -f json``: the packs, and the text for a NOTICE file."""

    packs: tuple[PackRecord, ...]
    notice: str


def pack_of_review(review: Review, name: str | None) -> Pack:
    """Return the obligations of a reviewed model and of all it derives from."""
    models = tuple((one, tuple(terms.id for terms in said.binding)) for one, said in review.conclusions.items())
    unread = [f"{one}: {doubt}" for one, said in review.conclusions.items() for doubt in said.doubts]
    unread += [one for one in review.lineage.warnings if one.startswith("parent ")]
    duties = _once(_duty(reason) for reason in review.duties)
    return Pack(review.target, duties, name, models, tuple(dict.fromkeys(unread)))


def pack_of_license(terms: License, uses: Iterable[str], name: str | None) -> Pack:
    """Return the obligations that a license brings for some uses."""
    asked = tuple(uses)
    clauses = [
        clause
        for clause in terms.clauses
        if clause.kind in ("duty", "policy") and any(clause.concerns(use) for use in asked)
    ]
    return Pack(terms.id, _once(_duty(Reason(terms.id, terms.id, clause, None)) for clause in clauses), name)


def _duty(reason: Reason) -> Duty:
    clause = reason.clause
    source = clause.source.url if clause.source else None
    form = clause.form or clause.kind
    return Duty(reason.model, reason.license, form, clause.says, clause.section, clause.words, source)


def _once(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    return tuple(dict.fromkeys(duties))


def notice(packs: Iterable[Pack]) -> str:
    """Return the text for a NOTICE file: who is credited and the sentences that licenses require."""
    lines = ["NOTICE", "", "This work contains or derives from the following models.", ""]
    for pack in packs:
        named = dict(pack.models)
        for model in dict.fromkeys((*named, *(duty.model for duty in pack.duties))):
            licenses = dict.fromkeys((*named.get(model, ()), *(d.license for d in pack.duties if d.model == model)))
            lines.append(f"- {model}, under {', '.join(licenses) or 'a license that is not known'}")
        if pack.unread:
            lines += ["", "To be read before this is complete:", *(f"- {one}" for one in pack.unread)]
        lines += ["", *(duty.words for duty in pack.of("notice-file", "credit") if duty.words), ""]
    return "\n".join(lines).rstrip() + "\n"


def render(form: str, packs: tuple[Pack, ...], head: Header) -> str:
    """Return the pack as markdown, as the NOTICE text alone, or as JSON."""
    if form == "notice":
        return notice(packs)
    if form == "json":
        kept = tuple(PackRecord(pack.target, pack.duties, pack.name_problems, pack.unread) for pack in packs)
        return json_writer.render(head, PacksRecord(kept, notice(packs)))
    return "\n".join(line for pack in packs for line in _markdown(pack))


_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Ship these files", ("copy", "source", "keep-notices")),
    ("Put these sentences into a NOTICE file", ("notice-file", "credit")),
    ("Display", ("display",)),
    ("Name a derived model so", ("name",)),
    ("Mark what you change", ("mark-changes",)),
    ("Bind those who receive it", ("pass-through", "share-alike")),
    ("Register or disclose", ("registration", "disclosure")),
    ("Keep to these policies and conditions", ("policy", "duty")),
)


def _markdown(pack: Pack) -> list[str]:
    lines = [f"# Obligations for {escaped(pack.target)}", ""]
    for heading, forms in _PARTS:
        duties = pack.of(*forms)
        if duties:
            lines += [f"## {heading}", ""]
            lines += [_item(duty) for duty in duties]
            lines.append("")
    lines += [f"- [ ] {escaped(problem)}" for problem in pack.name_problems]
    if pack.unread:
        lines += ["## Read these first: what they ask for is not listed", ""]
        lines += [*(f"- [ ] {escaped(one)}" for one in pack.unread), ""]
    elif not pack.duties:
        lines += ["Nothing is owed for these uses.", ""]
    return lines


def _item(duty: Duty) -> str:
    words = f': "{escaped(duty.words)}"' if duty.words else ""
    where = f"{escaped(duty.license)} section {escaped(duty.section)}, for {escaped(duty.model)}"
    return f"- [ ] {escaped(duty.says)}{words} ({where})"
