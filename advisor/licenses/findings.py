"""What a review has to say beside its verdicts: each finding with a rule, a level and the model it is about."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How much a finding weighs."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


RULES: dict[str, str] = {
    "use-forbidden": "A use that was asked about is forbidden.",
    "use-unknown": "Whether a use is allowed cannot be decided.",
    "chosen": "A decision, or the answer to requirements, names this model.",
    "no-repository": "No weights on the Hub are on record; no text was read.",
    "catalog-differs": "The catalog records another license than the evidence comes to.",
    "terms-unread": "The terms of service of a channel are not on record.",
    "read-as-offering": "The target is a name of the catalog: which of two readings was meant.",
    "read-as-license": "The target is a license on record, not a model.",
    "service-terms": "What is on record of the service behind an API: data, regions, notice.",
    "service-terms-unknown": "Something that a reviewer asks of a service is not on record.",
    "hash-same": "A file on disk is, byte for byte, one of the Hub.",
    "hash-differs": "A file on disk is not the one of its name on the Hub.",
    "hash-unknown": "A file on disk could not be compared with one of the Hub.",
    "named-loosely": "The code does not say which revision it loads, or only as the default of a variable.",
    "not-read": "The repository could not be read.",
    "declared-differs": "The card declares another license than the text that is there.",
    "looser-tag": "The card declares a looser license than the text that is there.",
    "text-near": "The license text is close to a known one, and differs.",
    "text-unknown": "The license text is none that is known.",
    "text-unread": "A license text could not be read.",
    "texts-several": "The repository holds the texts of several licenses.",
    "disabled": "The Hub has disabled the repository.",
    "field-unread": "A field of the card speaks of rights and is not understood.",
    "notice-restricts": "A notice may restrict more than the license.",
    "readme-restricts": "What the README says of the license may restrict more than it.",
    "no-license": "Nothing states a license.",
    "no-text": "A license that asks for its text to be kept is only declared.",
    "name-shared": "Several licensors use the declared name for different licenses.",
    "name-unknown": "The declared license is not in the catalog.",
    "tag-names-no-text": "The declared tag stands for several texts.",
    "several-declared": "The card declares several licenses; the strictest counts.",
    "card-odd": "The card says something odd.",
    "looser-than-base": "The license is looser than that of a model it derives from.",
    "incompatible-copyleft": "The license is none under which the base model may be passed on.",
    "base-unnamed": "An adapter or a conversion names no base model.",
    "base-unread": "A model it derives from could not be read.",
    "lineage-odd": "The lineage has a cycle, a moved model or a limit that was reached.",
    "name-duty": "The license of a base model asks for a name that this model does not have.",
    "policy-unknown": "The use policy that is there is not the known one.",
    "eu-disallowed": "The card bars users in the European Union.",
    "gate-restricts": "What is put to those who ask for access may restrict more than the license.",
    "dataset-license": "A data set that it names carries a license that restricts.",
    "evidence-below-text": "The record of the license rests on less than its full text.",
    "waiver-expired": "A waiver has expired, or lapsed because what it is tied to has changed.",
    "waiver-unused": "A waiver applies to nothing.",
    "policy-denied": "The review policy denies the license.",
    "changed": "The evidence differs from what was saved.",
}
"""Every rule with what it means."""


class LicenseFinding(NamedTuple):
    """One thing to say about a model."""

    rule: str
    level: Level
    subject: str
    """The model that it is about."""
    message: str
    place: str | None = None
    """The file or field, where there is one."""
    waived_by: str | None = None
    """The id of the waiver that covers it."""
    use: str | None = None
    """The one use that it is about; None where it is about all."""
