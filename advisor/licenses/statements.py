"""What a repository says of rights outside its license texts, judged sentence by sentence.

Questions to those who ask for access, fields of the card, notices and the README's words on the license may say more
than the license that is declared. What names exactly that license, or asks for an address to write to, is understood.
Anything else that speaks of rights is a doubt, with the passage that a person must read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from advisor.licenses.addresses import ADDRESS, Addresses
from advisor.licenses.license import License
from advisor.licenses.license_names import LicenseNames, name_parts
from advisor.licenses.text.normalize import without_copyright_lines
from advisor.licenses.text.restrictions import (
    doubtful,
    is_foreign,
    restricting,
    restricts,
    restricts_outright,
    sentences,
)

MOST_PASSAGES = 4
"""Passages of one text that are told."""

_FILLER = frozenset(
    [
        "this",
        "these",
        "those",
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "is",
        "are",
        "be",
        "as",
        "and",
        "or",
        "all",
        "any",
        "our",
        "its",
        "it",
        "works",
        "work",
        "models",
        "model",
        "weights",
        "weight",
        "checkpoint",
        "checkpoints",
        "parameters",
        "code",
        "software",
        "source",
        "project",
        "repository",
        "repo",
        "files",
        "file",
        "documentation",
        "package",
        "release",
        "released",
        "redistributed",
        "distributed",
        "provided",
        "published",
        "made",
        "available",
        "licensed",
        "license",
        "licence",
        "licenses",
        "licensing",
        "lic",
        "under",
        "by",
        "with",
        "terms",
        "term",
        "condition",
        "conditions",
        "version",
        "versions",
        "v",
        "full",
        "text",
        "copy",
        "see",
        "read",
        "please",
        "refer",
        "visit",
        "found",
        "find",
        "at",
        "here",
        "for",
        "more",
        "details",
        "detail",
        "information",
        "can",
        "obtained",
        "obtain",
        "accompanying",
        "you",
        "that",
        "which",
        "on",
        "from",
        "also",
        "following",
        "standard",
        "public",
        "international",
        "general",
        "unported",
        "generic",
        "https",
        "http",
        "www",
        "com",
        "org",
        "net",
        "ai",
        "io",
        "dev",
        "html",
        "htm",
        "txt",
        "md",
        "php",
        "deed",
        "legalcode",
        "en",
        "copyright",
        "c",
        "all",
        "rights",
        "reserved",
        "years",
        "spdx",
        "identifier",
        "main",
        "blob",
        "raw",
        "resolve",
        "tree",
        "available",
        "materials",
        "artifact",
        "artifacts",
        "governed",
        "covered",
        "subject",
        "use",
        "used",
        "may",
        "permitted",
        "name",
        "title",
        "author",
        "authors",
        "contributors",
    ]
)
"""Words that a sentence may have that only names a license."""

# Such as `Share your e-mail to get access`, not `You may not sell it`.
_CONTACT = re.compile(
    r"contact\s+(?:information|details|info)|personal\s+(?:data|information)|privacy|e-?mail|log(?:ged)?\s?-?in\b|sign\s+in"
    r"|your\s+(?:information|details)|information\s+(?:you\s+provide|collected)|collected\s+information"
    r"|publicly\s+accessible|requests?\s+(?:is|are|will)|hugging\s?face|newsletter|user\s?base|click|submit",
    re.IGNORECASE,
)
# Such as `only for research` and `you must not sell it`, not `share your e-mail`.
_HEAVY = re.compile(
    r"\b(?:not|never|no|only|solely|exclusively|prohibit\w*|forbid\w*|forbidden|restrict\w*|must|shall|unless|except|without"
    r"|cannot|can't|don't|consent|contract\w*|written|commercial\w*|production|confirm|certif\w*|declare|affiliat\w*"
    r"|you\s+are\s+(?:a|an|not|affil\w*)|business\w*|enterprise\w*|paid|fees?)\b",
    re.IGNORECASE,
)
# Such as `you accept the terms` and `licensed under MIT`, not `you get access`.
_ACCEPTS = re.compile(
    r"\b(?:accept\w*|agree\w*|review\w*|read\w*|acknowledg\w*|accordance|comply|complying|bound|governed|subject|under|licen[cs]ed)\b",
    re.IGNORECASE,
)
# Such as `I confirm that I am a student`, not `Your name`.
_COMMITS = re.compile(
    r"\b(?:confirm|certif|declar|agree|accept|acknowledg|undertak|promis|represent|warrant|understand|consent|affirm)\w*",
    re.IGNORECASE,
)
_TERMS = re.compile(r"\b(?:terms|agreements?|polic(?:y|ies)|conditions|eula|rules)\b", re.IGNORECASE)
_LICENSE_ITSELF = re.compile(r"\blicen[cs]e\b", re.IGNORECASE)
# Such as `## License` and `License\n-------`, not `License: mit`.
_HEADING = re.compile(r"^(?P<marks>\#{1,6})\s*(?P<title>[^\n]*)$|^(?P<under>[^\n]+)\n(?:={3,}|-{3,})\s*$", re.MULTILINE)
# Such as `Usage restrictions` and `许可证`, not `Training data`.
_OF_LICENSE = re.compile(
    r"licen[cs]|lizenz|licenç|licenz|copyright|\bterms\b|usage\s+(?:restrict|polic|limit|right)|commercial|许可|許可|协议|協議"
    r"|授权|授權|声明|ライセンス|라이선스|лиценз|使用限制|商用",
    re.IGNORECASE,
)
_CODE_BLOCK = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?\n---[ \t]*\r?(?:\n|\Z)", re.DOTALL)
_OF_DATA = re.compile(r"\b(?:data ?sets?|corpus|corpora|benchmark|paper)\b", re.IGNORECASE)
_OWN_BASE = re.compile(r"\bbase\s+model\b", re.IGNORECASE)


_A_LICENSE = r"(?:licen[cs]e(?!d)|terms|agreement|eula|polic(?:y|ies))\b"


class Declared(NamedTuple):
    """What is declared, by which statements are measured."""

    ids: frozenset[str]
    words: frozenset[str]
    """Every part of the names of what is declared."""
    own: frozenset[str]
    """The words of the repository's own name."""
    is_permissive: bool
    """Whether each of them is a license that anybody may use for anything of theirs."""
    is_strict: bool
    """Whether one of them bars commercial use, so that saying it again says nothing new."""


class Reader:
    """Reads statements by the names and addresses of the licenses of a catalog."""

    def __init__(self, licenses: Sequence[License]) -> None:
        self._by_id = {terms.id: terms for terms in licenses}
        self.names = LicenseNames(licenses)
        self.addresses = Addresses(licenses)

    def declared(self, licenses: Sequence[License], repository: str) -> Declared:
        """Return what a repository declares, as statements are measured by it."""
        words = {word for terms in licenses for word in self.names.words(terms.id)}
        own = {part.lower() for part in re.findall(r"[^\W_]+", repository)}
        return Declared(
            frozenset(terms.id for terms in licenses),
            frozenset(words),
            frozenset(own | set(name_parts(repository))),
            bool(licenses) and all(terms.license_class == "permissive" for terms in licenses),
            any(terms.license_class in ("non-commercial", "proprietary") for terms in licenses),
        )

    def named(self, text: str) -> tuple[str, ...]:
        """Return the ids of the licenses that a text names in words or by an address."""
        found = [one for match in ADDRESS.finditer(text) if (one := self.addresses.license(match.group()))]
        bare = ADDRESS.sub(" ", text)
        found += [one for name in self.names.named(bare) for one in name.ids[:1]]
        return tuple(dict.fromkeys(found))

    def names_only(self, text: str, declared: Declared) -> bool:
        """Whether a text names what is declared and says nothing else."""
        text = without_copyright_lines(text)
        named = self.named(text)
        bare = ADDRESS.sub(
            lambda match: " " if self.addresses.license(match.group()) in declared.ids else match.group(), text
        )
        words = [*re.findall(r"[^\W\d_]+", bare.lower()), *name_parts(bare)]
        known = _FILLER | declared.words | declared.own
        is_known = all(word in known for word in words) and not self._has_own_terms(bare, declared)
        says_it = bool(set(named) & declared.ids) or any(word in declared.words for word in words)
        return bool(declared.ids) and is_known and says_it and set(named) <= declared.ids

    def _has_own_terms(self, text: str, declared: Declared) -> bool:
        """Whether a text speaks of a license that carries the name of the model or its maker."""
        own = "|".join(re.escape(word) for word in declared.own - declared.words if len(word) > 1)
        return bool(own) and re.search(rf"\b(?:{own})(?:\W+\w+){{0,2}}\W+{_A_LICENSE}", text, re.IGNORECASE) is not None

    def gate(self, text: str, declared: Declared, *, is_form: bool = False) -> tuple[str, ...]:
        """Return the passages put to those who ask for access that may say more than the license."""
        found = []
        for sentence, _ in sentences(text):
            if self._is_understood(sentence, declared):
                continue
            if is_form and not re.search(r":\s*checkbox$|\b(?:I|we|my|our)\b", sentence):
                found += [sentence] if restricts(sentence) else []
            else:
                other = self._names_more(sentence, declared) or _COMMITS.search(sentence)
                found += list(doubtful(sentence)) or ([sentence] if other and "privacy" not in sentence.lower() else [])
        return tuple(dict.fromkeys(found))[:MOST_PASSAGES]

    def _is_understood(self, sentence: str, declared: Declared) -> bool:
        """Whether a sentence asks for an address, or names the license that is declared as what is agreed to."""
        more = self._names_more(sentence, declared)
        if restricts_outright(sentence):
            return declared.is_strict and not more
        if more or _HEAVY.search(sentence) or is_foreign(sentence):
            return False
        accepts = _ACCEPTS.search(sentence) is not None
        if set(self.named(sentence)) & declared.ids or (accepts and _LICENSE_ITSELF.search(sentence)):
            return True
        if accepts and _TERMS.search(sentence) and "privacy" not in sentence.lower():
            return bool(declared.ids) and not declared.is_permissive
        return _CONTACT.search(sentence) is not None

    def _names_more(self, sentence: str, declared: Declared) -> bool:
        """Whether a license is named that is stricter than a permissive one and is not declared."""
        return any(
            name not in declared.ids and self._by_id[name].license_class != "permissive"
            for name in self.named(sentence)
        )

    def notice(self, text: str, declared: Declared) -> tuple[str, ...]:
        """Return the passages of a notice that limit a use, or name a stricter license than what is declared."""
        found = [*restricting(text)] if not declared.is_strict else []
        found += [sentence for sentence, _ in sentences(text) if self._names_more(sentence, declared)]
        return tuple(dict.fromkeys(found))[:MOST_PASSAGES]

    def readme(self, text: str, declared: Declared) -> tuple[str, ...]:
        """Give the same of a model card: its sections and lines on the license.

        And what bars commercial use anywhere.
        """
        body = _CODE_BLOCK.sub("\n", _FRONT_MATTER.sub("", text))
        found: list[str] = []
        for part, is_license in _sections(body):
            for sentence, _ in sentences(part):
                own = is_license or _OF_LICENSE.search(sentence)
                if own and self._names_more(sentence, declared) and (is_license or not _OF_DATA.search(sentence)):
                    found.append(sentence)
                elif declared.is_strict or (
                    set(self.named(sentence)) & declared.ids and not restricts_outright(sentence)
                ):
                    continue
                elif (is_license and restricts(sentence, broadly=False)) or (
                    restricts_outright(sentence) and (is_license or not _OF_DATA.search(sentence))
                ):
                    found.append(sentence)
        return tuple(dict.fromkeys(found))[:MOST_PASSAGES]


def _sections(text: str) -> Iterator[tuple[str, bool]]:
    """Each section of a card, and whether its heading, or one above it, is about the license."""
    start, about, level = 0, False, 7
    for match in _HEADING.finditer(text):
        yield text[start : match.start()], about
        depth = len(match["marks"]) if match["marks"] else 1
        is_license = _OF_LICENSE.search(match["title"] or match["under"] or "") is not None
        if is_license:
            about, level = True, depth
        elif depth <= level:
            about, level = False, 7
        start = match.end()
    yield text[start:], about
