"""Find the passages of a text that restrict what may be done, in the languages in which cards and notices are written.

A notice, a use policy, a card or a question to those who ask for access is no license text that could be identified.
It is read sentence by sentence: one that limits a use is given back as it stands, for a person to read. A sentence in
a script or a language that is not read here is given back too where a text must be understood to pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST_PASSAGE = 240
"""Characters of a passage that a report shows."""

LONGEST_TEXT = 200_000
"""Characters of a text that are read for restrictions; what is longer is given back as not read to its end."""

# `Read 3.5 of it. Go on` are two: a point before a digit ends none.
_SENTENCE = re.compile(r"[^.!?;\n\u3002\uff01\uff1f\uff1b]+(?:[.!?;](?=\w)[^.!?;\n\u3002\uff01\uff1f\uff1b]*)*")
_BULLET = re.compile(r"^[\s>*#_\-\u2022|]+")

# Such as `for research purposes only` and `non-commercial`, not `for research and for business`.
_OUTRIGHT = re.compile(
    r"\bnon[\s\-\u2010-\u2015]*(?:commercial|production|profit)|\bnot[\s-]for[\s-]profit|\bnot\s+commercial"
    r"|\b(?:research|academic\w*|education\w*|personal|evaluation|internal|testing|demo\w*|hobby\w*|student\w*|private"
    r"|preview|noncommercial|scientific|teaching|study)(?:[\s-]+(?:or|and|use|usage|uses|purposes?|projects?|access|work"
    r"|research\w*|institutions?|academic\w*|education\w*))*[\s-]+(?:only|exclusively|solely)\b"
    r"|\b(?:only|solely|exclusively|purely|strictly|just)\b[^.]{0,40}\b(?:research|academ\w*|educat\w*|personal|evaluat\w*"
    r"|stud(?:y|ies|ents?)|test\w*|demo\w*|hobby\w*|internal|private|scien\w*|teaching)"
    r"|\b(?:research|academic|evaluation|hobbyist|student|educational)[\s-]only\b"
    r"|\ball\s+rights\s+(?:are\s+)?(?:strictly\s+)?reserved\b(?=[^.]*\b(?:no|not|without)\b)",
    re.IGNORECASE,
)
# Such as `deploy` and `companies`, not `owls`.
_SUBJECT = re.compile(
    r"\b(?:use[ds]?|using|usage|commerc\w*|monetiz\w*|monetis\w*|revenue|profit\w*|product|products|production|deploy\w*"
    r"|business\w*|compan(?:y|ies)|corporat\w*|enterprise\w*|organi[sz]ations?|startups?|industr\w*|research\w*"
    r"|academ\w*|educat\w*|evaluation|personal|hobby\w*|redistribut\w*|distribut\w*|sublicens\w*|resell\w*|sell\w*|sold"
    r"|serv(?:e|ing|ices?)|host\w*|fine-?tun\w*|train\w*|deriv\w*|modif\w*|quantiz\w*|merg\w*|military|weapons?"
    r"|employees?|governments?|customers?|competitor\w*|compet\w*|outputs?|downloa\w*|access\w*|users?|weights)\b",
    re.IGNORECASE,
)
# Such as `only`, `requires` and `don't`, not `may freely`.
_SIGN = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|only|solely|exclusively|prohibit\w*|forbid\w*|forbidden|restrict\w*|ban(?:s|ned)?"
    r"|disallow\w*|must|shall|requires?|required|needs?|without|except|unless|until|limited\s+to|reserved\s+(?:for|to)"
    r"|contact|permission|consent|approval|approved?|authori[sz]\w*|contract\w*|signed|cannot|can't|don't|mustn't"
    r"|doesn't|isn't|aren't|obtain|ask|purchase|pay|fees?|royalt\w*|expires?|revoked?|within|outside|available\s+to"
    r"|beyond|exceed\w*|before|prior|other\s+than|subject\s+to|agreement|separate\w*)\b",
    re.IGNORECASE,
)
# Such as `commercially` and `startups`, not `users`.
_BUSINESS = re.compile(
    r"\b(?:commerc\w*|monetiz\w*|monetis\w*|revenue|profit\w*|production|deploy\w*|business\w*|compan(?:y|ies)|corporat\w*"
    r"|enterprise\w*|startups?|industr\w*|research\w*|academ\w*|educat\w*|hobby\w*|redistribut\w*|resell\w*)\b",
    re.IGNORECASE,
)
# Such as `without any warranty`, `royalty-free` and `must credit`, not `must not sell`.
_HARMLESS = re.compile(
    r"\bwithout\s+(?:any\s+)?(?:restrictions?|limitations?|limits?|warrant\w+|charge|cost|fees?)\b"
    r"|\bno\s+(?:\w+\s+)?(?:restrictions?|limitations?|limits?|warrant\w+|charge|fees?|royalt\w+)\b|\broyalty-free\b"
    r"|\bno\s+(?:\w+\s+)?(?:permission|licen[cs]e|approval|consent)\s+(?:is\s+)?(?:needed|required|necessary)\b"
    r"|\bfree\s+of\s+charge\b|\bnot\s+(?:only|just|limited\s+to|responsible|liable)\b|\bas[\s-]is\b|\bincluding\b[^.]*\bnot\s+limited\s+to\b"
    r"|\b(?:must|shall|should|required\s+to|need\s+to|requires?)\s+(?:\w+\s+){0,4}(?:attribut\w*|cit(?:e|ed|ation)|credit\w*|retain\w*"
    r"|include\s+(?:a\s+copy\s+of\s+)?(?:the|this)\s+(?:original\s+)?(?:licen[cs]e|copyright|notice))"
    r"|\bmust\s+(?:comply|be\s+in\s+compliance)\s+with\s+(?:the\s+)?(?:terms\s+of\s+)?(?:the|this|that)?\s*(?:\w+[\s-]*){0,3}licen[cs]e\b"
    r"|\bsubject\s+to\s+(?:the\s+)?(?:terms\s+(?:and\s+conditions\s+)?of\s+)?(?:the|this)\s+(?:\w+[\s-]*){0,3}licen[cs]e\b",
    re.IGNORECASE,
)
"""What sounds like a limit and is none, or is what every permissive license asks."""

# Such as `intended` and `production`, not `a fast model`.
_ANY_SIGN = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|only|solely|exclusively|prohibit\w*|forbid\w*|forbidden|restrict\w*|ban(?:s|ned)?"
    r"|disallow\w*|must|should|unless|except|without|contact|permission|consent|contracts?|cannot|can't|don't|avoid|refrain"
    r"|commercial\w*|production|academ\w*|research\w*|educat\w*|compan(?:y|ies)|business\w*|enterprise\w*|fees?|pay|intended"
    r"|limited|reserved|available\s+to)\b",
    re.IGNORECASE,
)
# Such as `nur für`, `некоммерческий` and `禁止商用`, not `a fast model`.
_OTHER_LANGUAGES = re.compile(
    # German, Dutch
    r"\bnicht[\s-]?(?:kommerziell|gewerblich)\w*|\bkommerziell\w*|\bgewerblich\w*|\bforschungszweck\w*|\bnur\s+für\b"
    r"|\bausschließlich\b|\buntersagt\b|\bverboten\b|\bgestattet\b|\bzustimmung\b|\bniet[\s-]?commerci\w+"
    r"|\balleen\s+voor\b|\bnicht\s+(?:erlaubt|zulässig)|\bgenehmigung\b|\bunternehmen\b"
    # French
    r"|\bnon[\s-]?commercia\w+|\bcommercial(?:e|es|aux)\b|\buniquement\b|\bseulement\b|\binterdit\w*|\brecherche\b"
    r"|\bautorisation\b|\bentreprises?\b|\bstrictement\b|\bréservé\w*"
    # Spanish, Portuguese, Italian
    r"|\bno[\s-]comercial\w*|\bcomercia(?:l|les|is)\b|\bsólo\b|\bsolo\s+(?:para|per)\b|\bsolamente\b|\búnicamente\b"
    r"|\bexclusivamente\b|\bprohibid\w+|\bproibid\w+|\bvietat\w+|\binvestigación\b|\bpesquisa\b|\bapenas\b|\bsomente\b"
    r"|\bnão[\s-]comercia\w+|\buso\s+comerci\w+|\bscopi\s+(?:di\s+ricerca|commerciali)|\bricerca\b|\bacadémic\w+"
    r"|\bacadêmic\w+|\bsoltanto\b|\bempresas?\b|\baziend[ae]\b|\bpermiso\b|\bpermissão\b|\bautorizza\w+"
    # Polish, Turkish, Vietnamese, Indonesian
    r"|\bniekomercyjn\w*|\bkomercyjn\w*|\btylko\s+do\b|\bwyłącznie\b|\bticari\b|\bsadece\b|\bthương\s+mại\b"
    r"|\bkomersial\b|\bhanya\s+untuk\b"
    # Russian, Ukrainian
    r"|некоммерческ\w*|коммерч\w*|запрещ\w*|только|исследова\w*|исключительно|комерц\w*|разрешен\w*"
    # Chinese
    r"|禁止|不得|不可|不能|不要|不允许|不允許|严禁|嚴禁|禁|仅|僅|只能|只限|只用|只供|限于|限於|商用|商业|商業"
    r"|营利|營利|盈利|学术|學術|研究|授权|授權|未经|未經|申请|申請|同意后|许可后|需要|須|须|必须|必須|联系|聯繫"
    # Japanese, Korean
    r"|禁じ|のみ|限り|限定|営利|非営利|できません|してはなら|必要|許可|わない"
    r"|비상업|상업|영리|금지|연구|학술|만\s|없이|허가|승인|허용",
    re.IGNORECASE,
)
# Such as `the` and `license`, not `der Lizenz`.
_ENGLISH = re.compile(
    r"\b(?:the|a|an|and|or|of|to|in|is|are|for|with|by|this|that|you|your|we|our|on|as|it|be|at|from|have|has|will|can"
    r"|if|please|all|i|use|more|about|before|license|model|access|terms|name|email|agree)\b",
    re.IGNORECASE,
)
_LEAST_UNREAD = 4
"""Words of a sentence without a single English one from which it counts as another language."""


def sentences(text: str) -> Iterator[tuple[str, int]]:
    """Each sentence or line with the place where it begins; a point inside a number or a name ends none."""
    for match in _SENTENCE.finditer(text[:LONGEST_TEXT]):
        bare = _BULLET.sub("", match.group()).strip()
        if bare:
            yield bare, match.start()


def restricts(sentence: str, *, broadly: bool = True) -> bool:
    """Whether a sentence limits what may be done, or who may do it; not broadly: about business and research alone."""
    plain = _HARMLESS.sub(" ", unicodedata.normalize("NFKC", sentence))
    if _OUTRIGHT.search(plain) or _OTHER_LANGUAGES.search(plain):
        return True
    subject = _SUBJECT if broadly else _BUSINESS
    return subject.search(plain) is not None and _SIGN.search(plain) is not None


def restricts_outright(sentence: str) -> bool:
    """Whether a sentence says outright that commercial use is barred or that only some may use it."""
    plain = _HARMLESS.sub(" ", unicodedata.normalize("NFKC", sentence))
    if _OUTRIGHT.search(plain):
        return True
    return bool(re.search(r"\bcommercial\w*", plain, re.IGNORECASE) and _FORBIDS.search(plain))


# Such as `contact us` and `without permission`, not `commercial use is fine`.
_FORBIDS = re.compile(
    r"\b(?:not|never|no|prohibit\w*|forbid\w*|forbidden|disallow\w*|requires?|contact|permission|separate|without)\b",
    re.IGNORECASE,
)


def restricting(text: str, *, broadly: bool = True) -> tuple[str, ...]:
    """Return the passages of a notice or a card's license section that limit what may be done."""
    return tuple(dict.fromkeys(_shown(one) for one, _ in sentences(text) if restricts(one, broadly=broadly)))


def doubtful(text: str) -> tuple[str, ...]:
    """Give the passages of a use policy or a question about access that may limit anything.

    Or that are not read here.
    """
    found = [_shown(one) for one, _ in sentences(text) if restricts(one) or _ANY_SIGN.search(one) or is_foreign(one)]
    if len(text) > LONGEST_TEXT:
        found.append("the text is longer than what is read")
    return tuple(dict.fromkeys(found))


def is_foreign(sentence: str) -> bool:
    """Whether a sentence is in a script, or most likely a language, that is not read here."""
    letters = [sign for sign in sentence if sign.isalpha()]
    if not letters:
        return False
    if sum(not _is_latin(sign) for sign in letters) > len(letters) / 4:
        return True
    words = re.findall(r"[^\W\d_]{2,}", sentence)
    plain = [word for word in words if word.islower()]
    return len(plain) >= _LEAST_UNREAD and _ENGLISH.search(sentence) is None


def _is_latin(sign: str) -> bool:
    return sign.isascii() or "LATIN" in unicodedata.name(sign, "")


def _shown(sentence: str) -> str:
    plain = " ".join(sentence.split())
    return plain if len(plain) <= LONGEST_PASSAGE else plain[:LONGEST_PASSAGE].rsplit(" ", 1)[0] + " ..."
