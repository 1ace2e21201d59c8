"""Tokenizers that are on this machine already: tiktoken's encodings, from its cache or from litellm's files.

tiktoken downloads an encoding that it does not find, and deletes a file whose checksum is wrong. Neither may happen
here, so the file is found and its checksum verified before tiktoken is asked for it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha1, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Protocol

from advisor.errors import RequirementsError

DEFAULT = "o200k_base"
"""The encoding that stands for all models: that of OpenAI's models since GPT-4o."""

CHECKSUMS: Mapping[str, str] = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
"""The SHA-256 of each encoding's file, as tiktoken itself states it."""

_ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"


class Encoding(Protocol):
    """What is needed of a tokenizer."""

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the tokens of a text; nothing in it is taken for a special token."""


class TokenizerLocation(NamedTuple):
    """A folder where encodings may be, and what it is."""

    folder: Path
    what: str


@cache
def load_encoding(name: str = DEFAULT) -> Encoding:
    """Return the encoding of that name, without any download.

    Raises RequirementsError if no intact file of it is on this machine, and says where it was looked for.
    """
    for place in places():
        if _is_intact(place.folder / file_name(name), name):
            with _cache_folder(place.folder):
                import tiktoken

                return tiktoken.get_encoding(name)
    looked = ", ".join(f"{place.folder} ({place.what})" for place in places())
    raise RequirementsError(
        f"the tokenizer {name} is not on this machine; looked in {looked}",
        hint=(
            f"save {_ADDRESS.format(name=name)} as {file_name(name)} in a folder and set TIKTOKEN_CACHE_DIR to it, "
            "or state input_tokens and output_tokens"
        ),
    )


def places() -> tuple[TokenizerLocation, ...]:
    """Where an encoding may be, the first one first."""
    found = [
        TokenizerLocation(Path(os.environ[variable]), variable)
        for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR")
        if os.environ.get(variable)
    ]
    spec = find_spec("litellm")
    folders = (spec.submodule_search_locations or ()) if spec else ()
    found += [
        TokenizerLocation(Path(folder, "litellm_core_utils", "tokenizers"), "files of litellm") for folder in folders
    ]
    found.append(TokenizerLocation(Path(tempfile.gettempdir(), "data-gym-cache"), "tiktoken's own cache"))
    return tuple(found)


def file_name(name: str) -> str:
    """Return the name of an encoding's file in a cache of tiktoken: the SHA-1 of its address."""
    return sha1(_ADDRESS.format(name=name).encode(), usedforsecurity=False).hexdigest()


def _is_intact(path: Path, name: str) -> bool:
    try:
        return sha256(path.read_bytes()).hexdigest() == CHECKSUMS[name]
    except OSError:
        return False


@contextmanager
def _cache_folder(folder: Path) -> Iterator[None]:
    """Let tiktoken look in this folder only, as long as the block runs."""
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before
