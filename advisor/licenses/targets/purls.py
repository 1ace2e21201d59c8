"""Package URLs that hold the name of a repository of the Hub, whatever their type says."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

from advisor.licenses.targets.mention import words
from advisor.licenses.targets.target import REPOSITORY

_CODE = words(
    "pypi npm maven cargo gem golang nuget deb rpm apk docker oci github gitlab bitbucket composer conda cran hex "
    "pub swift cocoapods conan hackage alpm cpan luarocks bitnami qpkg swid opam otp vscode-extension"
)
"""Types that name code, not weights."""

_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")


class Purl(NamedTuple):
    """The parts of a package URL that say which repository is meant."""

    type: str
    name: str
    """With its namespace: ``org/name``."""
    version: str | None
    address: str | None
    """Where it is fetched from, where a qualifier says it."""

    @property
    def is_hub(self) -> bool:
        """Whether its type says that it is of the Hub."""
        return self.type == "huggingface"

    @property
    def is_code(self) -> bool:
        """Whether its type says that it is code."""
        return self.type in _CODE

    @property
    def repository(self) -> str | None:
        """``org/name`` where it holds one."""
        known = REPOSITORY.fullmatch(self.name) and ("/" in self.name or self.is_hub)
        return self.name if known else None

    @property
    def revision(self) -> str | None:
        """The version where it is a revision: of the Hub anything but a plain number, else a commit."""
        return revision_of(self.version, is_hub=self.is_hub)


def parse_purl(text: str) -> Purl | None:
    """Return the parts of a package URL; None if it is none."""
    # Such as `pkg:huggingface/acme/owl@v1?file_name=a.gguf`, not `pkg:acme`.
    match = re.match(
        r"pkg:/*(?P<type>[A-Za-z][\w.+-]*)/(?P<rest>[^?#]+)(?:\?(?P<qualifiers>[^#]*))?", text.strip()[:2_000]
    )
    if match is None:
        return None
    rest, _, version = match["rest"].strip("/").partition("@") if "@" in match["rest"] else (match["rest"], "", "")
    address = next(iter(parse_qs(match["qualifiers"] or "").get("repository_url", [])), None)
    name = unquote(rest).strip("/")
    return Purl(match["type"].lower(), name, unquote(version) or None, address)


def revision_of(version: str | None, *, is_hub: bool = False) -> str | None:
    """Return a version where it is a revision of a repository; a number such as 1.0 is none."""
    if version is None or (re.fullmatch(r"v?\d{1,4}(?:\.\d+)*", version) and not (is_hub and version.startswith("v"))):
        return None
    if _COMMIT.fullmatch(version):
        return version
    return version if is_hub and re.fullmatch(r"[\w./-]{1,250}", version) and version != "latest" else None
