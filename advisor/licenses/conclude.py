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
from advisor.licenses.license_texts import IdentifiedText, Sorted, plain_text, sort_texts
from advisor.licenses.spdx import is_expression, license_ids
from advisor.licenses.statements import Declared, Reader
from advisor.licenses.text.identify import Identification, Match
from advisor.licenses.text.restrictions import doubtful

Identifier = Callable[[str, str], Identification]
"""Says what a text is, by its content and its role; of a notice it says what no known license holds."""

PROMPT = "extra_gated_prompt"
"""The card's field with what is put to those who ask for access."""


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
    contested: tuple[License, ...]
    """Licenses that are there, and nothing says whether they bind: what they forbid is not known to be allowed."""
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

    def __init__(self, evidence: Evidence, licenses: Licenses, identified: Identifier, *, on_record: bool) -> None:
        self.evidence = evidence
        self.licenses = licenses
        self.reader: Reader = licenses.reader
        self.identified = identified
        self.on_record = on_record
        self.findings: list[LicenseFinding] = []
        self.doubts: list[str] = []
        self.contested: dict[str, License] = {}
        self.choice: str | None = None
        self.declared = self._declared()
        texts = [text for text in evidence.texts if text.role in ("license", "use-policy")]
        self.found = tuple(
            IdentifiedText(text, identified(plain_text(text), text.role)) for text in _of_the_model(evidence, texts)
        )

    def say(self, rule: str, level: Level, message: str, place: str | None = None) -> None:
        self.findings.append(LicenseFinding(rule, level, self.evidence.repository, message, place))

    def doubt(self, rule: str, level: Level, message: str, place: str | None = None) -> None:
        self.say(rule, level, message, place)
        self.doubts.append(message)

    def contest(self, ids: Sequence[str]) -> None:
        """Licenses that may bind as well, and nothing says so."""
        self.contested.update({name: self.licenses.by_id[name] for name in ids if name in self.licenses.by_id})

    @property
    def stated(self) -> dict[str, License]:
        """The licenses that are declared, where it is clear which is meant."""
        return {meaning.license.id: meaning.license for meaning in self.declared if meaning.license}

    def measured(self, binding: Sequence[License] = ()) -> Declared:
        """Return what statements are measured by: what is declared and what binds."""
        every = {**self.stated, **{terms.id: terms for terms in binding}}
        return self.reader.declared([terms for terms in every.values() if not terms.family], self.evidence.repository)

    def _declared(self) -> tuple[Meaning, ...]:
        tags = list(self.evidence.licenses)
        if len(tags) == 1 and is_expression(tags[0]):
            self.choice = tags[0]
            tags = list(license_ids(tags[0]))
        declared = self.licenses.declared(tags, self.evidence.license_name)
        link = self.evidence.license_link
        linked = self.reader.addresses.license(link) if link else None
        silent = not any(meaning.license and not meaning.license.family for meaning in declared)
        if linked is not None and silent and self.evidence.license_name is None:
            declared = (Meaning(str(link), (self.licenses.by_id[linked],), "link"),)
        return tuple(meaning for meaning in declared if meaning.licenses or not self._says_again(meaning, declared))

    def _says_again(self, meaning: Meaning, declared: Sequence[Meaning]) -> bool:
        """Whether an unknown name says in other words what is declared beside it."""
        known = [one.license for one in declared if one.license]
        return bool(known) and self.reader.names_only(meaning.name, self.reader.declared(known, ""))


def conclude(evidence: Evidence, licenses: Licenses, identified: Identifier, *, on_record: bool = False) -> Conclusion:
    """Return what the evidence on one repository comes to; ``on_record``.

    Whether the catalog knows it, with its license.
    """
    case = _ConclusionBuilder(evidence, licenses, identified, on_record=on_record)
    if evidence.outcome is FetchOutcome.ON_RECORD:
        return _concluded(case, tuple(terms for meaning in case.declared for terms in meaning.licenses))
    if evidence.outcome is not FetchOutcome.READ:
        case.doubt("not-read", Level.ERROR, f"not read: {evidence.outcome.value} {evidence.detail}".strip())
        return _concluded(case, ())
    if evidence.disabled:
        case.doubt("disabled", Level.ERROR, "the Hub has disabled this repository: find out why")
    for remark in evidence.remarks:
        case.say("card-odd", Level.WARNING, remark)
    texts = sort_texts(
        case.found, evidence, set(case.stated), lambda text: case.reader.names_only(text, case.measured())
    )
    binding = _by_text(case, texts) if texts.real else _by_declaration(case)
    binding = _with_components(binding, case, texts)
    _short_texts(case, texts)
    _unread(case, texts, binding)
    _base(case, texts)
    _statements(case, binding)
    _policies(case, binding)
    return _concluded(case, binding)


def _of_the_model(evidence: Evidence, texts: Sequence[Text]) -> list[Text]:
    """Give the texts to identify: where some license files name the model and others the code.

    Those of the code are out.

    What counts is a word of the file's own name: neither a folder nor a link says that a text is about code alone.
    """
    own = {text.place for text in texts if text.role == "license" and text.place != evidence.license_link}
    names = {place: place.rpartition("/")[2] for place in own}
    if any(_FOR_MODEL.search(name) for name in names.values()):
        return [text for text in texts if not _FOR_CODE.search(names.get(text.place, ""))]
    return list(texts)


# Such as `LICENSE-CODE` and `LicenseCode.txt`, not `LICENSE`, `vscode-LICENSE` or `unicode-license.txt`.
_FOR_CODE = re.compile(r"(?i:(?:^|[^A-Za-z])code(?:$|[^A-Za-z]))|(?<=[a-z])Code(?![a-z])|^Code(?=[A-Z])")
# Such as `MODEL_LICENSE`, `license_model` and `ModelLicense`, not `remodeled-license`.
_FOR_MODEL = re.compile(
    r"(?i:(?:^|[^A-Za-z])(?:models?|weights?)(?:$|[^A-Za-z]))|^(?:Model|Weights?)(?=[A-Z])|(?<=[a-z])(?:Model|Weights)"
)


def _short_texts(case: _ConclusionBuilder, texts: Sorted) -> None:
    """Texts that are no license and say something: what they name may bind, and a person must read them."""
    for text, content in texts.short:
        shown = " ".join(content.split())[:160]
        case.doubt(
            "text-unknown", Level.WARNING, f"{text.place} is no license text that is known: {shown!r}", text.place
        )
        case.contest([one for one in case.reader.named(content) if one not in case.stated])


def _unread(case: _ConclusionBuilder, texts: Sorted, binding: Sequence[License]) -> None:
    for one in case.evidence.unread:
        message = f"{one.place} was not read: {one.outcome.value} {one.detail}".strip()
        if one.role == "license":
            _unread_license(case, texts, one.place, one.outcome, message)
        elif one.role in ("use-policy", "notice"):
            expected = any(clause.kind == "policy" for terms in binding for clause in terms.clauses)
            tell = case.say if expected or (one.role == "notice" and one.outcome is FetchOutcome.GATED) else case.doubt
            tell("text-unread", Level.WARNING, message, one.place)
        else:
            case.say("text-unread", Level.NOTE, message, one.place)


def _unread_license(case: _ConclusionBuilder, texts: Sorted, place: str, outcome: FetchOutcome, message: str) -> None:
    named = case.reader.addresses.license(place) if outcome is not FetchOutcome.GATED else None
    if named is not None and named in case.stated:
        return
    if named is not None:
        message = f"{place} is where {named} stands, and the card declares {', '.join(case.stated) or 'none'}"
        case.contest([named])
    elif outcome is FetchOutcome.GATED and set(texts.prompt) & set(case.stated):
        # The text itself is put to those who ask for access.
        case.say("text-unread", Level.WARNING, message, place)
        return
    case.doubt("text-unread", Level.WARNING, message, place)


_WHAT = {
    "adapter": "an adapter",
    "quantized": "a conversion of another model's weights",
    "merge": "a merge of other models",
    "finetune": "a tuned model",
}


def _base(case: _ConclusionBuilder, texts: Sorted) -> None:
    """Take an adapter, a conversion or a merge for another's work: a license beside it says nothing of that work's own.

    A conversion that carries the text of a license that a licensor asks to be passed on says whose model it is.
    """
    kind = case.evidence.derived_as
    if kind is None or case.evidence.parents or case.on_record:
        return
    message = f"this is {_WHAT[kind]}, and the card names no base model"
    passed_on = [case.licenses.by_id[name] for name in texts.standing if name in case.licenses.by_id]
    if any(
        terms.licensor.lower() not in ("varies", "various", "") and terms.license_class == "restricted"
        for terms in passed_on
    ):
        case.say("base-unnamed", Level.WARNING, message)
    else:
        case.doubt("base-unnamed", Level.WARNING, message)


def _statements(case: _ConclusionBuilder, binding: Sequence[License]) -> None:
    """Read what is put to those who ask for access, and what the card, the notices and the README say of rights."""
    measured = case.measured(binding)
    for text in case.evidence.texts:
        for passage in _passages(case, text, measured):
            rule, what = _TOLD[text.role if text.place != PROMPT else "gate"]
            case.doubt(rule, Level.WARNING, f"{text.place} {what}: {passage!r}", text.place)


_TOLD = {
    "gate": ("gate-restricts", "is put to those who ask for access and may restrict more than the license"),
    "statement": ("field-unread", "speaks of rights and is not understood"),
    "notice": ("notice-restricts", "may restrict more than the license"),
    "readme": ("readme-restricts", "may restrict more than the license"),
}
"""The rule and the words for what stands outside of license texts."""


def _passages(case: _ConclusionBuilder, text: Text, measured: Declared) -> Sequence[str]:
    reader = case.reader
    if text.place == PROMPT and text.role == "license":
        found = next((one.identification for one in case.found if one.text is text), None)
        if found is None or found.match is Match.EXACT:
            return ()
        return reader.gate(found.around if found.holds else text.content, measured)
    if text.role == "gate":
        return reader.gate(text.content, measured, is_form="field" in text.place)
    if text.role == "notice":
        return reader.notice(case.identified(plain_text(text), "notice").around, measured)
    if text.role == "readme":
        return reader.readme(text.content, measured)
    return _field(case, text, measured) if text.role == "statement" else ()


def _field(case: _ConclusionBuilder, text: Text, measured: Declared) -> Sequence[str]:
    """Return what a field of the card says that is not exactly what is declared."""
    content = text.content.strip()
    places = {one.place for one in case.evidence.texts if one.role == "license"}
    if not content or content in places or case.reader.names_only(content, measured):
        return ()
    if "commercial" in text.place.lower() and content.lower() in ("true", "yes", "allowed", "permitted"):
        return ()
    if re.search(r"licen[cs]e", text.place, re.IGNORECASE):
        return (" ".join(content.split())[:240],)
    return doubtful(f"{text.place}: {content}")[:2]


def _policies(case: _ConclusionBuilder, binding: Sequence[License]) -> None:
    """Doubt what the licenses permit where there is a use policy that none of them knows of."""
    expected = any(clause.kind == "policy" for terms in binding for clause in terms.clauses)
    for text, found in case.found:
        exact = found.match is Match.EXACT
        if text.role != "use-policy" or (exact and found.id in {terms.id for terms in binding}):
            continue
        nearest = f", nearest that of {found.id}" if found.id else ""
        what = f"the use policy of {found.id}" if exact else f"no known use policy{nearest}"
        bars = () if case.reader.names_only(plain_text(text), case.measured(binding)) else doubtful(plain_text(text))
        passage = f": {bars[0]!r}" if bars and not exact else ""
        tell = case.doubt if (exact or bars) and not expected else case.say
        tell("policy-unknown", Level.WARNING, f"{text.place} is {what}{passage}", text.place)


def _by_text(case: _ConclusionBuilder, texts: Sorted) -> tuple[License, ...]:
    standing = {name: case.licenses.by_id[name] for name in texts.standing if name in case.licenses.by_id}
    binding = dict(standing)
    stated = {name: terms for name, terms in case.stated.items() if not (standing and terms.family)}
    if len(standing) > 1 and set(standing) & set(stated) and all(terms.is_permissive for terms in standing.values()):
        case.say("texts-several", Level.NOTE, f"the texts of {', '.join(standing)} are there; all are taken to bind")
    elif len(standing) > 1:
        message = f"the texts of {', '.join(standing)} are there; which binds is not said"
        case.doubt("texts-several", Level.WARNING, message)
        binding = {name: terms for name, terms in standing.items() if name in stated or name in texts.linked}
        case.contest([name for name in standing if name not in binding])
    for text, identification in texts.inexact:
        binding.update(_inexact(case, text, identification))
    for text, name in texts.aside:
        if name not in stated and name not in standing:
            message = f"{text.place} is the text of {name}; whether it binds is not said"
            case.doubt("texts-several", Level.WARNING, message, text.place)
            case.contest([name])
    if len(standing) == 1 and stated and not set(stated) & set(standing):
        _differs(case, next(iter(standing.values())), stated)
        binding.update(stated)
    _unknown_names(case, standing)
    if not standing or len(standing) > 1:
        binding.update(stated)
    return tuple(binding.values()) if binding or standing or texts.inexact else _by_declaration(case)


def _unknown_names(case: _ConclusionBuilder, standing: dict[str, License]) -> None:
    """Find a declared name that is nobody's, beside a text that is another license."""
    for meaning in case.declared:
        names = {terms.id for terms in meaning.licenses}
        if standing and meaning.license is None and not names & set(standing):
            message = (
                f"the card declares {meaning.name!r}, which is not in the catalog, and the text is another license"
            )
            case.doubt("name-unknown", Level.WARNING, message)


def _with_components(binding: tuple[License, ...], case: _ConclusionBuilder, texts: Sorted) -> tuple[License, ...]:
    """Return the licenses of parts of the model that lie in folders of their own bind beside that of the whole."""
    parts = {name: case.licenses.by_id[name] for name in texts.components if name in case.licenses.by_id}
    for name, place in texts.components.items():
        if name not in {terms.id for terms in binding}:
            case.say("texts-several", Level.WARNING, f"{place} is the text of {name}, which binds that part", place)
    return tuple({**{terms.id: terms for terms in binding}, **parts}.values())


def _inexact(case: _ConclusionBuilder, text: Text, found: Identification) -> dict[str, License]:
    """Doubt a text that is no known one; the nearest license binds as well."""
    names = [name for name, _ in found.candidates] if found.match is Match.AMBIGUOUS else [found.id] if found.id else []
    if found.match is Match.AMBIGUOUS:
        message = f"{text.place} holds {' and '.join(names)}"
        case.doubt("texts-several", Level.WARNING, message, text.place)
    elif found.match is Match.NEAR:
        more = f": {found.note}" if found.note else ""
        message = f"{text.place} is {found.similarity:.1%} {found.id} and not that license{more}"
        case.doubt("text-near", Level.WARNING, message, text.place)
    else:
        shown = " ".join(text.content.split())[:160]
        case.doubt(
            "text-unknown", Level.WARNING, f"{text.place} is no license text that is known: {shown!r}", text.place
        )
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
            case.doubt("name-unknown", Level.WARNING, f"{meaning.name!r} is not in the catalog: read the license")
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
        tuple(terms for name, terms in case.contested.items() if name not in {one.id for one in binding}),
        case.choice if not case.found else None,
        tuple(dict.fromkeys(case.doubts)),
        tuple(case.findings),
    )
