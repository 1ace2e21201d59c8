"""Read a repository of the Hub by way of huggingface_hub, the only importer of it; every failure is an outcome.

Reads metadata and the texts that bear on the license, never weights. Whatever a server sends is foreign: each field is
checked where it is read, and an answer is bounded in its bytes and its time.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import import_module
from time import monotonic
from typing import Any
from urllib.parse import quote

from advisor.licenses.evidence.bases import LINEAGE_FILES, file_parents
from advisor.licenses.evidence.bounded_http import (
    LONGEST_ANSWER_S,
    Bounds,
    RefusedAddressError,
    TooLargeError,
    TooSlowError,
    fetch,
)
from advisor.licenses.evidence.derivation import derived_as
from advisor.licenses.evidence.license_files import MOST_FILES, LinkTarget, follow, license_files, role_by_name
from advisor.licenses.evidence.metadata import Metadata, parse_metadata
from advisor.licenses.evidence.model_card import PROMPT, Card, clean, parse_card
from advisor.licenses.evidence.read_text import LARGEST_TEXT_BYTES, plain_text, read_content
from advisor.licenses.evidence.records import Evidence, FetchOutcome, Role, Text, Unread

LARGEST_METADATA_BYTES = 16 << 20
"""Metadata of a repository above this is not read."""

_COMMIT = re.compile(r"[0-9a-f]{40}")

TIMEOUT_S = 20.0
"""How long a server may be silent within one answer."""

_RESET = re.compile(r";\s*t\s*=\s*([0-9]{1,9})")
"""Seconds until a limit counts anew, as the draft of the IETF for RateLimit headers has it."""


LONGEST_REPOSITORY_S = 50.0
"""How long all answers on one repository may take together."""


class _Deadlines(threading.local):
    """Until when the repository that a thread reads may take."""

    deadline = 0.0


class Hub:
    """The Hub, or a mirror of it, as a source of evidence."""

    def __init__(
        self,
        endpoint: str | None = None,
        *,
        token: str | None = None,
        follow_links: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        # Else the library asks the public Hub about the process's surroundings, whatever endpoint is set here.
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        from huggingface_hub import HfApi

        api = HfApi(endpoint=endpoint, token=token, library_name="advisor")
        self._token = api.token
        self._endpoint: str = api.endpoint
        self._follow_links = follow_links
        self._timeout_s = timeout_s
        self._deadlines = _Deadlines()

    @property
    def endpoint(self) -> str:
        """Where it is asked: the argument, HF_ENDPOINT, or the public Hub."""
        return self._endpoint

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """Return what the Hub says of a model repository; a failure is an outcome."""
        asked: dict[str, Any] = {
            "repository": clean(repository),
            "requested_revision": revision,
            "endpoint": self.endpoint,
            "read_at": datetime.now(UTC),
        }
        self._deadlines.deadline = monotonic() + LONGEST_REPOSITORY_S
        try:
            info = parse_metadata(self._info(repository, revision), repository)
            if revision is not None and _COMMIT.fullmatch(revision) and info.commit != revision:
                detail = f"it answered for commit {info.commit or 'unknown'} in place of {revision}"
                return Evidence(**asked, outcome=FetchOutcome.REVISION_MISSING, detail=detail)
            card = parse_card(info.card, info.tags)
            return self._evidence(asked, info, card)
        except Exception as error:  # noqa: BLE001 - every failure of a foreign server is an outcome
            outcome, detail, wait = outcome_from_error(error)
            return Evidence(**asked, outcome=outcome, detail=detail, retry_after_s=wait)

    def dataset_licenses(self, dataset: str) -> tuple[str, ...] | None:
        """Return what a data set declares; None if it cannot be read."""
        self._deadlines.deadline = monotonic() + LONGEST_REPOSITORY_S
        try:
            info = parse_metadata(self._json("datasets", dataset, None), dataset)
            return parse_card(info.card, info.tags).licenses
        except Exception:  # noqa: BLE001 - what cannot be read of a data set is unknown
            return None

    def _evidence(self, asked: dict[str, Any], info: Metadata, card: Card) -> Evidence:
        texts, unread = self._texts(info, card)
        configs = [config for text in texts if (config := _config(text))]
        is_quantized = info.is_quantized or any(config.get("quantization_config") for config in configs)
        itself = {asked["repository"].lower(), info.id.lower()}
        named = {one.id.lower(): one for one in card.parents}
        for text in texts:
            if text.role == "lineage":
                for parent in file_parents(text.place, text.content):
                    named.setdefault(parent.id.lower(), parent)
        parents = tuple(parent for name, parent in named.items() if name not in itself)
        remarks = [*info.remarks, *card.remarks]
        if len(parents) < len(named):
            remarks.append("it is named as its own base, which names none")
        return Evidence(
            **asked,
            id=info.id,
            commit=info.commit,
            disabled=info.disabled,
            licenses=card.licenses,
            license_tags=card.license_tags,
            license_name=card.license_name,
            license_link=card.license_link,
            gated=info.gated,
            eu_disallowed=card.eu_disallowed,
            parents=parents,
            datasets=card.datasets,
            pipeline=info.pipeline,
            architectures=(*info.kinds, *(kind for config in configs for kind in _architectures(config))),
            derived_as=derived_as(info.paths, info.tags, is_quantized=is_quantized),
            texts=tuple(texts),
            unread=tuple(unread),
            remarks=tuple(remarks),
            retry_after_s=max((one.retry_after_s for one in unread if one.retry_after_s is not None), default=None),
        )

    def _info(self, repository: str, revision: str | None) -> Any:
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            return self._json("models", repository, revision)
        except RepositoryNotFoundError as error:
            # A mirror that works off copies answers only when it is asked for a revision.
            if revision is not None or _is_gated(error):
                raise
            return self._json("models", repository, "main")

    def _json(self, kind: str, repository: str, revision: str | None) -> Any:
        """Return the metadata of a repository as it was sent. Raises ValueError for what is no JSON."""
        import_module("huggingface_hub.utils").validate_repo_id(repository)
        path = f"{self._endpoint}/api/{kind}/{repository}"
        path = path if revision is None else f"{path}/revision/{quote(revision, safe='')}"
        answer = fetch(path, self._headers(with_token=True), self._bounds(LARGEST_METADATA_BYTES))
        return json.loads(answer.content)

    def _bounds(self, most_bytes: int, *, is_own: bool = True) -> Bounds:
        """Return what is left of the time for this repository: a server may be slow in each of its files."""
        left = max(0.1, min(LONGEST_ANSWER_S, self._deadlines.deadline - monotonic()))
        own = self._endpoint if is_own else None
        return Bounds(most_bytes, self._timeout_s, left, public_only=not is_own, private_from=own)

    def _headers(self, *, with_token: bool) -> dict[str, str]:
        hub: Any = import_module("huggingface_hub.utils")
        headers = hub.build_hf_headers(token=self._token if with_token else False, library_name="advisor")
        return {**headers, "Accept-Encoding": "gzip"}

    def _texts(self, info: Metadata, card: Card) -> tuple[list[Text], list[Unread]]:
        texts: list[Text] = []
        unread: list[Unread] = []
        for place, role, target in self._places(info, card):
            found = self._linked(place, role) if target is None else self._file(place, role, target)
            if isinstance(found, Text):
                texts.append(found)
            else:
                unread.append(found)
        beyond = len(license_files(info.paths)) - MOST_FILES
        if beyond > 0:
            detail = f"{beyond:,} files beyond the first {MOST_FILES}"
            unread.append(Unread(place="license files", role="license", outcome=FetchOutcome.TOO_MANY, detail=detail))
        unread += [
            Unread(
                place=path, role="license", outcome=FetchOutcome.MALFORMED, detail="no name of a file can be like this"
            )
            for path in info.odd_paths
            if role_by_name(path)
        ]
        if card.prompt:
            texts.append(plain_text(PROMPT, "license", card.prompt.encode()[:LARGEST_TEXT_BYTES]))
        texts += [
            plain_text(one.field, "gate" if one.is_gate else "statement", one.content.encode())
            for one in card.statements
        ]
        return texts, unread

    def _places(self, info: Metadata, card: Card) -> Iterator[tuple[str, Role, LinkTarget | None]]:
        files = license_files(info.paths)[:MOST_FILES]
        for path, role in files:
            yield path, role, LinkTarget(info.id, info.commit, path)
        names = set(info.paths)
        for path in ("README.md", *LINEAGE_FILES):
            if path in names:
                yield path, "readme" if path == "README.md" else "lineage", LinkTarget(info.id, info.commit, path)
        if "config.json" in names and not info.has_config:
            yield "config.json", "lineage", LinkTarget(info.id, info.commit, "config.json")
        link = card.license_link
        if link is None:
            return
        target = follow(link, self.endpoint, info.paths)
        if target is None:
            yield link, "license", None
        elif target.repository not in ("", info.id) or target.path not in {path for path, _ in files}:
            yield link, "license", LinkTarget(target.repository or info.id, target.revision or info.commit, target.path)

    def _file(self, place: str, role: Role, target: LinkTarget) -> Text | Unread:
        revision = quote(target.revision or "main", safe="")
        url = f"{self._endpoint}/{quote(target.repository)}/resolve/{revision}/{quote(target.path)}"
        return self._read(place, role, url, with_token=True)

    def _linked(self, link: str, role: Role) -> Text | Unread:
        """Give a link out of the Hub: read if that was asked for, without the token, never inside a private network."""
        if not link.startswith(("https://", "http://")):
            return Unread(place=link, role=role, outcome=FetchOutcome.NOT_FOUND, detail="no file of this repository")
        if not self._follow_links:
            return Unread(place=link, role=role, outcome=FetchOutcome.ELSEWHERE, detail="a link to another host")
        return self._read(link, role, link, with_token=False)

    def _read(self, place: str, role: Role, url: str, *, with_token: bool) -> Text | Unread:
        bounds = self._bounds(LARGEST_TEXT_BYTES, is_own=with_token)
        try:
            content = fetch(url, self._headers(with_token=with_token), bounds).content
        except Exception as error:  # noqa: BLE001 - every failure of a foreign server is an outcome
            outcome, detail, wait = outcome_from_error(error)
            return Unread(place=place, role=role, outcome=outcome, detail=detail, retry_after_s=wait)
        return read_content(place, role, content, seconds=self._deadlines.deadline - monotonic())


def _config(text: Text) -> Mapping[str, Any]:
    """Return what config.json holds; nothing for another text, or one that is no object."""
    if text.place != "config.json":
        return {}
    try:
        config = json.loads(text.content)
    except (ValueError, RecursionError):
        return {}
    return config if isinstance(config, Mapping) else {}


def _architectures(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a configuration calls the kind of model."""
    for kind in (config.get("architectures"), config.get("model_type")):
        names = kind if isinstance(kind, list) else [kind]
        yield from (clean(name)[:200] for name in names[:20] if isinstance(name, str))


def outcome_from_error(error: Exception) -> tuple[FetchOutcome, str, float | None]:
    """Return what an exception of huggingface_hub, or of the transport below it, means; the wait that it asks for."""
    from huggingface_hub import errors

    detail = clean(str(error)).strip().partition("\n")[0][:300] or type(error).__name__
    kinds: tuple[tuple[type[Exception], FetchOutcome], ...] = (
        (TooLargeError, FetchOutcome.TOO_LARGE),
        (TooSlowError, FetchOutcome.SERVER_DOWN),
        (RefusedAddressError, FetchOutcome.ELSEWHERE),
        (errors.GatedRepoError, FetchOutcome.GATED),
        (errors.DisabledRepoError, FetchOutcome.DISABLED),
        (errors.RevisionNotFoundError, FetchOutcome.REVISION_MISSING),
        (errors.RepositoryNotFoundError, FetchOutcome.NOT_FOUND),
        (errors.EntryNotFoundError, FetchOutcome.NOT_FOUND),
        (errors.HFValidationError, FetchOutcome.NOT_FOUND),
        (errors.OfflineModeIsEnabled, FetchOutcome.OFFLINE),
    )
    for kind, outcome in kinds:
        if isinstance(error, kind):
            return outcome, detail, None
    if isinstance(error, errors.HfHubHTTPError):
        return _by_status(error, detail)
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return FetchOutcome.UNTRUSTED, f"no secure connection: {detail}", None
    # The transport's own errors: their base is the base of the Hub's, whichever client the library uses.
    if isinstance(error, (errors.HfHubHTTPError.__bases__[0], OSError)):
        late = "timeout" in type(error).__name__.lower()
        return (FetchOutcome.SERVER_DOWN if late else FetchOutcome.OFFLINE), detail, None
    return FetchOutcome.MALFORMED, f"the answer cannot be understood: {detail}", None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came from; a chain of causes has an end."""
    for _ in range(_MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__ or getattr(error, "reason", None)
        error = error if isinstance(error, BaseException) else None


_MOST_CAUSES = 20


def _by_status(error: Any, detail: str) -> tuple[FetchOutcome, str, float | None]:
    status = error.response.status_code if error.response is not None else 0
    if status == 429:  # noqa: PLR2004 - too many requests
        return FetchOutcome.RATE_LIMITED, detail, wait_from_headers(error.response.headers)
    if status in (401, 403):
        return FetchOutcome.DENIED, detail, None
    return (FetchOutcome.SERVER_DOWN if status >= 500 else FetchOutcome.MALFORMED), detail, None  # noqa: PLR2004 - its own faults


def wait_from_headers(headers: Mapping[str, str]) -> float | None:
    """Give the seconds that an answer asks to wait.

    ``Retry-After`` in seconds or as a date, or the Hub's ``RateLimit``.

    None where it says nothing that can be understood.
    """
    after = headers.get("Retry-After", "").strip()
    if after.isascii() and after.isdecimal():
        return float(after)
    try:
        return max(0.0, (parsedate_to_datetime(after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        pass
    reset = _RESET.search(headers.get("RateLimit", ""))
    return float(reset[1]) if reset else None


def _is_gated(error: Exception) -> bool:
    from huggingface_hub.errors import GatedRepoError

    return isinstance(error, GatedRepoError)
