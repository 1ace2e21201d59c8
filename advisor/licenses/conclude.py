"""From evidence to a license: what is declared, what the text is, which licenses bind, and what remains in doubt.

A text that is there counts more than a tag. What is close to a known license, or known to nobody, leaves a doubt, and
a doubt is never a permission.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from advisor.licenses.aliases import Licenses, Meaning
from advisor.licenses.evidence.records import Evidence, FetchOutcome, Text
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import FULL_TEXT, License
from advisor.licenses.spdx import is_expression, license_ids
from advisor.licenses.text.identify import POINTER, Identification, Match

Identifier = Callable[[str, str], Identification]
"""Says what a text is, by its content and its role."""

PROMPT = "extra_gated_prompt"
"""The card's field with what is put to those who ask for access."""

_RESTRICTS = re.compile(
    r"non-?\s?commercial|research\s+(?:purposes?\s+|use\s+)?only|(?:not|no|only)\b[^.]{0,60}\bcommercial"
    r"|academic\s+(?:purposes?|use)\s+only|prohibit",
    re.IGNORECASE,
)
_BARS = re.compile(r"\b(?:not|never|prohibit\w*|forbid\w*|restrict\w*|only)\b", re.IGNORECASE)
_FOR_CODE = re.compile(r"code", re.IGNORECASE)
_FOR_MODEL = re.compile(r"model|weight", re.IGNORECASE)


class IdentifiedText(NamedTuple):
    """A text of the repository and what it is."""

    text: Text
    identification: Identification


class Conclusion(NamedTuple):
    """What one repository's own evidence comes to, without its lineage."""

    declared: tuple[Meaning, ...]
    found: tuple[IdentifiedText, ...]
    license: License | None
    """The one license that is concluded; None where there is none, several or a doubt about which."""
    expression: str
    """SPDX: what is concluded, or NOASSERTION."""
    binding: tuple[License, ...]
    """The licenses by which uses are judged, all of them."""
    choice: str | None
    """An SPDX expression with a choice in it, if that is what is declared."""
    doubts: tuple[str, ...]
    """Why nothing may be allowed, whatever the licenses say."""
    findings: tuple[LicenseFinding, ...]

    @property
    def license_class(self) -> str:
        """The class of what is concluded; the strictest of several; unknown where there is none."""
        if not self.binding or self.doubts:
            return "unknown"
        return max(self.binding, key=lambda terms: terms.strictness).license_class


class _ConclusionBuilder:
    """One repository under review."""

    def __init__(self, evidence: Evidence, licenses: Licenses, identified: Identifier) -> None:
        self.evidence = evidence
        self.licenses = licenses
        self.findings: list[LicenseFinding] = []
        self.doubts: list[str] = []
        self.choice: str | None = None
        self.declared = self._declared()
        self.found = tuple(IdentifiedText(text, identified(text.content, text.role)) for text in _texts(evidence))

    def say(self, rule: str, level: Level, message: str, place: str | None = None) -> None:
        self.findings.append(LicenseFinding(rule, level, self.evidence.repository, message, place))

    def doubt(self, rule: str, level: Level, message: str, place: str | None = None) -> None:
        self.say(rule, level, message, place)
        self.doubts.append(message)

    def _declared(self) -> tuple[Meaning, ...]:
        tags = list(self.evidence.licenses)
        if len(tags) == 1 and is_expression(tags[0]):
            self.choice = tags[0]
            tags = list(license_ids(tags[0]))
        return self.licenses.declared(tags, self.evidence.license_name)


def conclude(evidence: Evidence, licenses: Licenses, identified: Identifier) -> Conclusion:
    """What the evidence on one repository comes to."""
    case = _ConclusionBuilder(evidence, licenses, identified)
    if evidence.outcome is not FetchOutcome.READ:
        case.doubt("not-read", Level.ERROR, f"not read: {evidence.outcome.value} {evidence.detail}".strip())
        return _concluded(case, ())
    for remark in evidence.remarks:
        case.say("card-odd", Level.WARNING, remark)
    _unread(case)
    _base(case)
    _gate(case)
    texts = [one for one in case.found if one.text.role == "license"]
    real = [one for one in texts if not _says_nothing(one)]
    exact = _exact(case, real)
    binding = _by_text(case, real, exact) if exact or real else _by_declaration(case)
    _policies(case, binding)
    return _concluded(case, binding)


def _texts(evidence: Evidence) -> list[Text]:
    """The texts to identify: where some license files name the model and others the code, those of the code are out."""
    licenses = [text for text in evidence.texts if text.role == "license"]
    if any(_FOR_MODEL.search(text.place) for text in licenses):
        licenses = [text for text in licenses if not _FOR_CODE.search(text.place)]
    policies = [text for text in evidence.texts if text.role == "use-policy"]
    return licenses + policies


def _says_nothing(one: IdentifiedText) -> bool:
    """A pointer to a license, or a question put to those who ask for access that is not a license itself."""
    found = one.identification
    if one.text.place == PROMPT:
        return found.match is not Match.EXACT and len(found.holds) != 1
    return found.match is Match.NONE and found.note == POINTER


def _unread(case: _ConclusionBuilder) -> None:
    for one in case.evidence.unread:
        if one.role != "license":
            continue
        message = f"{one.place} was not read: {one.outcome.value} {one.detail}".strip()
        if one.outcome in (FetchOutcome.GATED, FetchOutcome.ELSEWHERE):
            case.say("text-unread", Level.WARNING, message, one.place)
        else:
            case.doubt("text-unread", Level.WARNING, message, one.place)


def _base(case: _ConclusionBuilder) -> None:
    """An adapter or a conversion is another's work: a license beside it says nothing of that work's own."""
    kind = case.evidence.derived_as
    if kind is not None and not case.evidence.parents:
        what = "an adapter" if kind == "adapter" else "a conversion of another model's weights"
        case.doubt("base-unnamed", Level.WARNING, f"this is {what}, and the card names no base model")


def _policies(case: _ConclusionBuilder, binding: Sequence[License]) -> None:
    """A use policy that none of the licenses knows of may bar what they permit."""
    expected = any(clause.kind == "policy" for terms in binding for clause in terms.clauses)
    for text, found in case.found:
        exact = found.match is Match.EXACT
        if text.role != "use-policy" or (exact and found.id in {terms.id for terms in binding}):
            continue
        nearest = f", nearest that of {found.id}" if found.id else ""
        what = f"the use policy of {found.id}" if exact else f"no known use policy{nearest}"
        bars = exact or _BARS.search(text.content) is not None
        tell = case.doubt if bars and not expected else case.say
        tell("policy-unknown", Level.WARNING, f"{text.place} is {what}", text.place)


def _gate(case: _ConclusionBuilder) -> None:
    """Gating restricts nothing; a question to those who ask for access that says more than the license may."""
    for text, identification in case.found:
        said = identification.around if identification.holds else text.content
        if text.place == PROMPT and _RESTRICTS.search(said):
            message = "what is put to those who ask for access speaks of non-commercial or research use: read it"
            case.doubt("gate-restricts", Level.WARNING, message, PROMPT)


def _exact(case: _ConclusionBuilder, texts: Sequence[IdentifiedText]) -> dict[str, License]:
    """The licenses whose text is there; in the question put to those who ask for access, more may stand around it."""
    ids = [one.identification.id for one in texts if one.identification.match is Match.EXACT]
    ids += [name for one in texts if one.text.place == PROMPT for name in one.identification.holds]
    return {name: case.licenses.by_id[name] for name in dict.fromkeys(ids) if name in case.licenses.by_id}


def _by_text(
    case: _ConclusionBuilder, texts: Sequence[IdentifiedText], exact: dict[str, License]
) -> tuple[License, ...]:
    binding = dict(exact)
    for text, identification in texts:
        if identification.match is not Match.EXACT and text.place != PROMPT:
            binding.update(_inexact(case, text, identification))
    if len(exact) > 1:
        case.doubt(
            "texts-several", Level.WARNING, f"the texts of {', '.join(exact)} are there; which binds is not said"
        )
    stated = {meaning.license.id: meaning.license for meaning in case.declared if meaning.license}
    stated = {name: terms for name, terms in stated.items() if not (exact and terms.family)}
    if len(exact) == 1 and stated and not set(stated) & set(exact):
        _differs(case, next(iter(exact.values())), stated)
        binding.update(stated)
    for meaning in case.declared:
        names = {terms.id for terms in meaning.licenses}
        if exact and meaning.license is None and not names & set(exact):
            message = (
                f"the card declares {meaning.name!r}, which is not in the catalogue, and the text is another license"
            )
            case.doubt("name-unknown", Level.WARNING, message)
    if not exact:
        binding.update(stated)
    return tuple(binding.values())


def _inexact(case: _ConclusionBuilder, text: Text, found: Identification) -> dict[str, License]:
    """A text that is no known one: a doubt, with the nearest license binding as well."""
    names = [name for name, _ in found.candidates] if found.match is Match.AMBIGUOUS else [found.id] if found.id else []
    if found.match is Match.AMBIGUOUS:
        message = f"{text.place} holds {' and '.join(names)}"
        case.doubt("texts-several", Level.WARNING, message, text.place)
    elif found.match is Match.NEAR:
        more = f": {found.note}" if found.note else ""
        message = f"{text.place} is {found.similarity:.1%} {found.id} and not that license{more}"
        case.doubt("text-near", Level.WARNING, message, text.place)
    else:
        case.doubt("text-unknown", Level.WARNING, f"{text.place} is no license text that is known", text.place)
    return {name: case.licenses.by_id[name] for name in names if name in case.licenses.by_id}


def _differs(case: _ConclusionBuilder, found: License, stated: dict[str, License]) -> None:
    names = ", ".join(stated)
    looser = all(terms.strictness < found.strictness for terms in stated.values())
    rule, level = ("looser-tag", Level.ERROR) if looser else ("declared-differs", Level.WARNING)
    case.say(rule, level, f"the card declares {names}; the text is {found.id}")


def _by_declaration(case: _ConclusionBuilder) -> tuple[License, ...]:
    """Without a text the tag is all that the publisher says."""
    if not case.declared:
        case.doubt("no-license", Level.WARNING, "no license is stated: no right is given")
    for meaning in case.declared:
        if not meaning.licenses:
            case.doubt("name-unknown", Level.WARNING, f"{meaning.name!r} is not in the catalogue: read the license")
        elif meaning.license is None:
            ids = ", ".join(terms.id for terms in meaning.licenses)
            case.doubt("name-shared", Level.WARNING, f"{meaning.name!r} is used for {ids}: read the license's text")
        elif meaning.license.family:
            case.doubt("tag-names-no-text", Level.WARNING, f"the tag {meaning.name!r} does not say which text is meant")
        elif any(clause.form in ("copy", "keep-notices", "notice-file") for clause in meaning.license.clauses):
            case.say("no-text", Level.NOTE, f"{meaning.license.id} is declared and its text is not there to pass on")
    if len(case.declared) > 1 and case.choice is None:
        case.say("several-declared", Level.WARNING, "several licenses are declared; the strictest counts")
    return tuple({terms.id: terms for meaning in case.declared for terms in meaning.licenses}.values())


def _concluded(case: _ConclusionBuilder, binding: tuple[License, ...]) -> Conclusion:
    for terms in binding:
        if terms.evidence != FULL_TEXT and not terms.family:
            case.say("evidence-below-text", Level.NOTE, f"the record of {terms.id} rests on {terms.evidence} evidence")
    only = binding[0] if len(binding) == 1 and not case.doubts else None
    expression = " AND ".join(sorted({terms.spdx_id for terms in binding})) if binding and not case.doubts else ""
    return Conclusion(
        case.declared,
        case.found,
        only,
        expression or "NOASSERTION",
        binding,
        case.choice if not case.found else None,
        tuple(dict.fromkeys(case.doubts)),
        tuple(case.findings),
    )
