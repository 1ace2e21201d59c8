"""Words in what users send that try to take the model over: a tripwire, never a verdict.

What it misses is most of what a careful attacker writes, above all instructions hidden in ordinary sentences; its rate
on a user's benign traffic is shown beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured

_MOST_CHARACTERS = 20_000

_PATTERNS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        (
            r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:previous|prior|above|earlier|all|your|system|these)\b"
            r".{0,30}\b(?:instructions?|prompts?|rules?|guidelines?|directives?|context|polic\w+|restrictions?)\b"
        ),
        (
            r"\b(?:reveal|print|repeat|output|show|leak|display|tell me)\b.{0,40}\b(?:system|hidden|initial|original|secret)"  # noqa: E501
            r"\b.{0,10}\b(?:prompt|instructions?|message|rules?)\b"
        ),
        (
            r"\b(?:you are now|act as|pretend (?:to be|you are)|from now on,? you)\b.{0,60}\b(?:dan|unrestricted|without "  # noqa: E501
            r"(?:any )?(?:restrictions?|rules|limits|filters?)|jailbr\w+|developer mode|no (?:rules|limits|restrictions))\b"  # noqa: E501
        ),
        (
            r"\b(?:developer|debug|god|maintenance|admin|jailbreak) mode\b.{0,30}\b(?:enabled?|on|activated?|now)\b"
            r"|\bdo anything now\b"
        ),
        r"<\|(?:im_start|im_end|system|endoftext)\|>|\[/?INST\]|<</?SYS>>|^\s*#+\s*(?:system|new instructions?)\b",
        r"\b(?:ignoriere?|vergiss|missachte)\b.{0,40}\b(?:anweisungen|regeln|vorgaben|instruktionen)\b",
        r"\b(?:ignore[zsr]?|oublie[zsr]?)\b.{0,40}\b(?:instructions|consignes|r[èe]gles)\b",
        r"\b(?:ignora|olvida|omite|ignore|esque[çc]a)\b.{0,40}\b(?:instrucciones|reglas|instru[çc][õo]es|regras)\b",
        (
            r"\b(?:send|post|forward|upload|exfiltrate|email)\b.{0,60}\b(?:api.?keys?|passwords?|credentials?|secrets?|"
            r"tokens?|conversation|chat history)\b.{0,30}\bto\b"
        ),
        r"!\[[^\]]*\]\(https?://[^)]*[?&][^)]*=",
    )
)

MEASURED = Measured(1.0, 0.229, "bastioncorpus; on BIPIA's indirect attacks the recall is 0", 181)
"""Measured 2026-11-30; labels of the author, MIT. No false alarm on 50 mails of BIPIA and 3,080 texts of Banking77."""


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each input whether a pattern stands in it; None without an input."""
    return [None if not call.input else is_suspicious(call.input) for call in calls]


def is_suspicious(text: str) -> bool:
    """Whether a text holds words of an attack."""
    plain = text[:_MOST_CHARACTERS]
    return any(one.search(plain) for one in _PATTERNS)


DETECTOR = Detector("injection", MEASURED, look, is_verdict=False)
