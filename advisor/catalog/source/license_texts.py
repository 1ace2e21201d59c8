"""The records of known license texts: which license, the sha256 of the file, and where clauses stand in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from advisor.catalog.source.read import read_record
from advisor.catalog.source.schema import Address, Authored, Slug


class TextEntry(Authored):
    """A text that was read, named by what it holds."""

    license: Slug
    """The license whose text it is; for a use policy, the license that incorporates it."""
    role: Literal["license", "use-policy"] = "license"
    """What the text is."""
    version: str | None = None
    """Its date or number."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the file's bytes."""
    source: Address
    """Where it was read."""
    has_header: bool = False
    """The file begins with a YAML header that is not part of the text."""
    optional_from: list[str] = Field(default=[])
    """First words of parts at the end that copies often leave out, such as an appendix on how to apply it."""
    titles: list[str] = Field(default=[])
    """Titles under which copies carry it, apart from its own."""


class TextsFile(Authored):
    """``catalog/license_texts.yaml``: every text whose fingerprint is built."""

    texts: list[TextEntry]


class PassagesFile(Authored):
    """``catalog/license_passages.yaml``: where clauses stand in texts that give them no number of their own."""

    passages: dict[Slug, dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]]]
    """By license and section, as its record names it: the hash of the first five words of the passage."""


def read_passages(root: Path) -> dict[str, dict[str, str]]:
    """Return the marks of passages below ``root`` (the folder ``catalog``). Raises CatalogError."""
    return read_record(root / "license_passages.yaml", PassagesFile).passages


def read_texts(root: Path) -> list[TextEntry]:
    """Return the entries below ``root`` (the folder ``catalog``). Raises CatalogError."""
    return read_record(root / "license_texts.yaml", TextsFile).texts
