"""Whether weights on disk are, byte for byte, files of a repository on the Hub, by the hashes that the Hub keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import file_digest
from pathlib import Path

from advisor.licenses.evidence.hub import TIMEOUT_S
from advisor.licenses.findings import Level, LicenseFinding

MOST_REPOSITORIES = 4
"""Repositories of which the hashes are asked for."""


def hub_hashes(repository: str, endpoint: str | None) -> Mapping[str, str] | None:
    """Return the SHA-256 of each large file of a repository by its path; None if they cannot be read."""
    from huggingface_hub import HfApi

    try:
        info = HfApi(endpoint=endpoint, library_name="advisor").model_info(
            repository, files_metadata=True, timeout=TIMEOUT_S
        )
        found = {one.rfilename: one.lfs for one in info.siblings or () if one.lfs}
        return {str(path): str(lfs["sha256"]).lower() for path, lfs in found.items()}
    except Exception:  # noqa: BLE001 - a comparison is advice: what cannot be read is told as that
        return None


def compare_hashes(
    files: Sequence[Path], repositories: Sequence[str], endpoint: str | None, subject: str
) -> Iterator[LicenseFinding]:
    """One finding a file: which file of which repository it is, that it differs from one of its name, or neither."""
    known = {name: hub_hashes(name, endpoint) for name in repositories[:MOST_REPOSITORIES]}
    if not known:
        message = "no repository is named to compare the files with"
        yield LicenseFinding("hash-unknown", Level.WARNING, subject, message)
        return
    for name in (name for name, hashes in known.items() if hashes is None):
        yield LicenseFinding("hash-unknown", Level.WARNING, subject, f"the hashes of {name} could not be read")
    for file in files:
        yield _compared(file, {name: hashes for name, hashes in known.items() if hashes}, subject)


def _compared(file: Path, known: Mapping[str, Mapping[str, str]], subject: str) -> LicenseFinding:
    try:
        with file.open("rb") as content:
            digest = file_digest(content, "sha256").hexdigest()
    except OSError as error:
        return LicenseFinding("hash-unknown", Level.WARNING, subject, f"{file.name}: {error.strerror}", str(file))
    same = [f"{name}/{path}" for name, hashes in known.items() for path, one in hashes.items() if one == digest]
    if same:
        return LicenseFinding("hash-same", Level.NOTE, subject, f"{file.name} is {same[0]}, byte for byte", str(file))
    named = [name for name, hashes in known.items() if any(path.rpartition("/")[2] == file.name for path in hashes)]
    if named:
        message = f"{file.name} is not the file of that name in {named[0]}: sha256 {digest}"
        return LicenseFinding("hash-differs", Level.ERROR, subject, message, str(file))
    return LicenseFinding(
        "hash-unknown", Level.WARNING, subject, f"{file.name}: no file of a named repository", str(file)
    )
