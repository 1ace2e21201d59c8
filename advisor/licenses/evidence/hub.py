"""Read a repository of the Hub through huggingface_hub, the only importer of it; every failure is an outcome.

Reads metadata and the texts that bear on the license, never weights. Texts are streamed and cut off at a limit, so
that a file of any size costs no more than that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any

from advisor.licenses.evidence.license_files import LinkTarget, Role, follow, license_files
from advisor.licenses.evidence.model_card import Card, derived_as, parse_card
from advisor.licenses.evidence.records import Evidence, FetchOutcome, Text, Unread

if TYPE_CHECKING:
    from huggingface_hub import HfApi, ModelInfo

LARGEST_TEXT_BYTES = 1 << 20
"""A license text above this is not read."""

TIMEOUT_S = 20.0
"""How long one answer may take."""

_RESET = re.compile(r";\s*t\s*=\s*([0-9]{1,9})")
"""Seconds until a limit counts anew, as the draft of the IETF for RateLimit headers has it."""

_DAMAGED = 0.05
"""The share of characters that may be undecodable in a text."""


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

        self._api: HfApi = HfApi(endpoint=endpoint, token=token, library_name="advisor")
        self._follow_links = follow_links
        self._timeout_s = timeout_s

    @property
    def endpoint(self) -> str:
        """Where it is asked: the argument, HF_ENDPOINT, or the public Hub."""
        return self._api.endpoint

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """What the Hub says of a model repository; a failure is an outcome."""
        asked: dict[str, Any] = {
            "repository": repository,
            "requested_revision": revision,
            "endpoint": self.endpoint,
            "read_at": datetime.now(UTC),
        }
        try:
            info = self._info(repository, revision)
            card = parse_card(_card_data(info), info.tags or ())
        except Exception as error:  # noqa: BLE001 - every failure of a foreign server is an outcome
            outcome, detail, wait = outcome_from_error(error)
            return Evidence(**asked, outcome=outcome, detail=detail, retry_after_s=wait)
        paths = [sibling.rfilename for sibling in info.siblings or ()]
        texts, unread = self._texts(info, card, paths)
        return Evidence(
            **asked,
            id=info.id,
            commit=info.sha,
            licenses=card.licenses,
            license_tags=card.license_tags,
            license_name=card.license_name,
            license_link=card.license_link,
            gated=info.gated or None,
            eu_disallowed=card.eu_disallowed,
            parents=card.parents,
            datasets=card.datasets,
            pipeline=info.pipeline_tag,
            derived_as=derived_as(paths, info.tags or ()),
            texts=tuple(texts),
            unread=tuple(unread),
            remarks=card.remarks,
            retry_after_s=max((one.retry_after_s for one in unread if one.retry_after_s is not None), default=None),
        )

    def dataset_licenses(self, dataset: str) -> tuple[str, ...] | None:
        """What a data set declares; None if it cannot be read."""
        try:
            info = self._api.dataset_info(dataset, timeout=self._timeout_s)
            return parse_card(_card_data(info), info.tags or ()).licenses
        except Exception:  # noqa: BLE001 - data sets' licenses are advice: what cannot be read is unknown
            return None

    def _info(self, repository: str, revision: str | None) -> ModelInfo:
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            return self._api.model_info(repository, revision=revision, timeout=self._timeout_s)
        except RepositoryNotFoundError as error:
            # A mirror that works off copies answers only when it is asked for a revision.
            if revision is not None or _is_gated(error):
                raise
            return self._api.model_info(repository, revision="main", timeout=self._timeout_s)

    def _texts(self, info: ModelInfo, card: Card, paths: list[str]) -> tuple[list[Text], list[Unread]]:
        texts: list[Text] = []
        unread: list[Unread] = []
        for place, role, target in self._places(info, card, paths):
            found = self._linked(place, role) if target is None else self._file(place, role, target)
            if isinstance(found, Text):
                texts.append(found)
            else:
                unread.append(found)
        if card.prompt:
            content = card.prompt.encode()[:LARGEST_TEXT_BYTES]
            texts.append(_text("extra_gated_prompt", "license", content))
        return texts, unread

    def _places(self, info: ModelInfo, card: Card, paths: list[str]) -> Iterator[tuple[str, Role, LinkTarget | None]]:
        files = license_files(paths)
        for path, role in files:
            yield path, role, LinkTarget(info.id, info.sha, path)
        link = card.license_link
        if link is None:
            return
        target = follow(link, self.endpoint, paths)
        if target is None:
            yield link, "license", None
        elif target.repository not in ("", info.id) or target.path not in {path for path, _ in files}:
            yield link, "license", LinkTarget(target.repository or info.id, target.revision or info.sha, target.path)

    def _file(self, place: str, role: Role, target: LinkTarget) -> Text | Unread:
        from huggingface_hub import hf_hub_url

        url = hf_hub_url(target.repository, target.path, revision=target.revision, endpoint=self.endpoint)
        return self._read(place, role, url, with_token=True)

    def _linked(self, link: str, role: Role) -> Text | Unread:
        """A link out of the Hub: read if that was asked for, without the token."""
        if not link.startswith(("https://", "http://")):
            return Unread(place=link, role=role, outcome=FetchOutcome.NOT_FOUND, detail="no file of this repository")
        if not self._follow_links:
            return Unread(place=link, role=role, outcome=FetchOutcome.ELSEWHERE, detail="a link to another host")
        return self._read(link, role, link, with_token=False)

    def _read(self, place: str, role: Role, url: str, *, with_token: bool) -> Text | Unread:
        # The library's own way to the Hub: its client, its headers, its errors.
        hub: Any = import_module("huggingface_hub.utils")
        headers = hub.build_hf_headers(token=self._api.token if with_token else False, library_name="advisor")
        content = b""
        try:
            with hub.get_session().stream("GET", url, headers=headers, timeout=self._timeout_s) as answer:
                hub.hf_raise_for_status(answer)
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > LARGEST_TEXT_BYTES:
                        limit = f"more than {LARGEST_TEXT_BYTES:,} bytes"
                        return Unread(place=place, role=role, outcome=FetchOutcome.TOO_LARGE, detail=limit)
        except Exception as error:  # noqa: BLE001 - every failure of a foreign server is an outcome
            outcome, detail, wait = outcome_from_error(error)
            return Unread(place=place, role=role, outcome=outcome, detail=detail, retry_after_s=wait)
        if b"\0" in content or content.decode("utf-8", "replace").count("\ufffd") > len(content) * _DAMAGED:
            return Unread(
                place=place, role=role, outcome=FetchOutcome.BINARY, detail=f"{len(content):,} bytes of no text"
            )
        return _text(place, role, content)


def outcome_from_error(error: Exception) -> tuple[FetchOutcome, str, float | None]:
    """What an exception of huggingface_hub, or of the transport below it, means; the wait that it asks for."""
    from huggingface_hub import errors

    detail = str(error).strip().partition("\n")[0][:300] or type(error).__name__
    kinds: tuple[tuple[type[Exception], FetchOutcome], ...] = (
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
    # The transport's own errors: their base is the base of the Hub's, whichever client the library uses.
    if isinstance(error, (errors.HfHubHTTPError.__bases__[0], OSError)):
        late = "timeout" in type(error).__name__.lower()
        return (FetchOutcome.SERVER_DOWN if late else FetchOutcome.OFFLINE), detail, None
    return FetchOutcome.MALFORMED, f"the answer cannot be understood: {detail}", None


def _by_status(error: Any, detail: str) -> tuple[FetchOutcome, str, float | None]:
    status = error.response.status_code if error.response is not None else 0
    if status == 429:  # noqa: PLR2004 - too many requests
        return FetchOutcome.RATE_LIMITED, detail, wait_from_headers(error.response.headers)
    if status in (401, 403):
        return FetchOutcome.DENIED, detail, None
    return (FetchOutcome.SERVER_DOWN if status >= 500 else FetchOutcome.MALFORMED), detail, None  # noqa: PLR2004 - its own faults


def wait_from_headers(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks to wait: ``Retry-After`` in seconds or as a date, or the Hub's ``RateLimit``.

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


def _card_data(info: Any) -> Any:
    data = info.card_data
    return data.to_dict() if hasattr(data, "to_dict") else data


def _text(place: str, role: Role, content: bytes) -> Text:
    return Text(
        place=place,
        role=role,
        sha256=sha256(content).hexdigest(),
        size_bytes=len(content),
        content=content.decode("utf-8-sig", "replace"),
    )
