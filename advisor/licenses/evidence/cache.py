"""Keep evidence in folders: a cache by commit, a folder to hand over, and a replay of one without any network."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from advisor.errors import EvidenceError
from advisor.files.atomic import replace_text
from advisor.files.paths import cache_folder
from advisor.files.yaml import read_text
from advisor.licenses.evidence.records import Evidence, EvidenceSource, FetchOutcome

LARGEST_BYTES = 64 << 20
"""Saved evidence above this is not read."""

MOST_HELD = 128
"""Answers that are held within a run, those asked for last."""

_ODD = re.compile(r"[^A-Za-z0-9._-]")


def evidence_folder(endpoint: str) -> Path:
    """Where evidence of a Hub is cached: ``$XDG_CACHE_HOME/advisor/evidence``, a folder for each endpoint.

    What one host says of a repository is not evidence of what another holds.
    """
    return cache_folder("evidence-2", _odd(endpoint.partition("://")[2] or endpoint))


def save(folder: Path, evidence: Evidence) -> Path:
    """Write evidence to ``org--name@commit.json`` in the folder. Raises EvidenceError."""
    path = folder / f"{_stem(evidence.repository)}@{_odd(evidence.commit or evidence.outcome.value)}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvidenceError(f"{folder}: cannot make the folder: {error.strerror}") from None
    content = evidence.model_dump(mode="json")
    written = json.dumps({**content, _DIGEST: _digest(content)}, indent=1, ensure_ascii=False)
    replace_text(path, written + "\n", error=EvidenceError)
    return path


_DIGEST = "sha256"
"""The key under which a file of evidence holds the digest of all else that it says."""


def _digest(content: Mapping[str, Any]) -> str:
    plain = {key: value for key, value in content.items() if key != _DIGEST}
    return sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _verified(path: Path, written: str) -> Evidence:
    """Give the evidence in a file, if nothing of it was edited.

    Raises EvidenceError, and ValueError for no evidence.
    """
    content = json.loads(written)
    stated = content.pop(_DIGEST, None) if isinstance(content, dict) else None
    evidence = Evidence.model_validate_json(json.dumps(content))
    if stated is not None and stated != _digest(content):
        raise EvidenceError(f"{path}: it was edited after it was saved: its sha256 is another one", hint=_SAVE_AGAIN)
    for text in evidence.texts:
        if text.taken_from is not None:
            if stated is None:
                raise EvidenceError(f"{path}: {text.place}: its words are bound to no sha256", hint=_SAVE_AGAIN)
            continue
        raw = text.content.encode()
        # What was decoded with replacements, or had a mark of its byte order, is not what was hashed.
        is_whole = "\ufffd" not in text.content and len(raw) + 3 != text.size_bytes
        if is_whole and (len(raw) != text.size_bytes or sha256(raw).hexdigest() != text.sha256):
            message = f"{path}: {text.place}: expected {text.size_bytes:,} bytes with the sha256 {text.sha256[:16]}..."
            raise EvidenceError(f"{message}, found {len(raw):,} others: it was edited", hint=_SAVE_AGAIN)
    return evidence


_SAVE_AGAIN = "save the evidence again with --save-evidence"


def saved(folder: Path, repository: str, revision: str | None = None) -> Evidence | None:
    """Give the newest saved evidence on a repository at a revision (any if None).

    Raises EvidenceError on a broken file.
    """
    found = [
        one
        for one in _all(folder, repository)
        if one.repository == repository and revision in (None, one.commit, one.requested_revision)
    ]
    return max(found, key=lambda one: one.read_at, default=None)


class Replay:
    """A folder of saved evidence as a source: what is not in it is ``not-saved``."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise EvidenceError(f"{folder}: expected a folder of saved evidence", hint="make one with --save-evidence")
        self._folder = folder

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """Return the saved evidence, with the time at which it was read."""
        found = saved(self._folder, repository, revision)
        if found is not None:
            return found
        return Evidence(
            repository=repository,
            requested_revision=revision,
            endpoint=f"folder {self._folder.name}",
            read_at=datetime.now(UTC),
            outcome=FetchOutcome.NOT_SAVED,
            detail="the folder holds no evidence on it",
        )


class Recording:
    """A source whose answers are all written to a folder."""

    def __init__(self, source: EvidenceSource, folder: Path) -> None:
        self._source = source
        self._folder = folder

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """Return the source's answer, saved."""
        found = self._source.evidence(repository, revision)
        save(self._folder, found)
        return found


class RunCache:
    """A source that is asked once for each revision: within a run an answer holds, the failed ones too."""

    def __init__(self, source: EvidenceSource) -> None:
        self._source = source
        self._held: OrderedDict[tuple[str, str | None], Evidence] = OrderedDict()

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """Return the source's answer, or the one that it gave before."""
        key = (repository, revision)
        if key not in self._held:
            self._held[key] = self._source.evidence(repository, revision)
            if len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]


class Cached:
    """A source with a cache: what names a commit is read once, and what was read last serves while offline."""

    def __init__(self, source: EvidenceSource, folder: Path) -> None:
        self._source = source
        self._folder = folder

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """Return the cached evidence of that very commit, else the source's.

        The cache's while the source is offline.
        """
        if revision is not None and len(revision) == 40:  # noqa: PLR2004 - the length of a full commit
            held = saved(self._folder, repository, revision)
            if held is not None and held.outcome is FetchOutcome.READ and not held.unread:
                return held
        found = self._source.evidence(repository, revision)
        if found.outcome is FetchOutcome.READ:
            with suppress(EvidenceError):  # a cache that cannot be written costs time, not answers
                save(self._folder, found)
            return found
        if found.outcome is not FetchOutcome.OFFLINE:
            return found
        held = saved(self._folder, repository, revision)
        if held is None:
            return found
        remark = f"offline: as read on {held.read_at:%Y-%m-%d}"
        return held.model_copy(update={"remarks": (*held.remarks, remark)})


def all_saved(folder: Path) -> Iterator[Evidence]:
    """Everything that a folder holds, the newest of each repository. Raises EvidenceError."""
    Replay(folder)
    newest: dict[str, Evidence] = {}
    for one in _read(folder, "*@*.json"):
        if one.repository not in newest or newest[one.repository].read_at < one.read_at:
            newest[one.repository] = one
    yield from (newest[name] for name in sorted(newest))


def _all(folder: Path, repository: str) -> Iterator[Evidence]:
    return _read(folder, f"{_stem(repository)}@*.json")


def _read(folder: Path, pattern: str) -> Iterator[Evidence]:
    for path in sorted(folder.glob(pattern)):
        text = read_text(path, error=EvidenceError, max_bytes=LARGEST_BYTES)
        try:
            yield _verified(path, text)
        except json.JSONDecodeError as error:
            raise EvidenceError(f"{path}:{error.lineno}: {error.msg}", hint=_SAVE_AGAIN) from None
        except (RecursionError, TypeError):
            raise EvidenceError(f"{path}: expected saved evidence", hint=_SAVE_AGAIN) from None
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise EvidenceError(f"{path}: {place}: {first['msg']}", hint=_SAVE_AGAIN) from None


def _stem(repository: str) -> str:
    return "--".join(_odd(part) for part in repository.split("/"))


def _odd(name: str) -> str:
    return _ODD.sub("_", name)[:100] or "_"
