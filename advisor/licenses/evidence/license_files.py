"""Which files of a repository bear on its license, and where a ``license_link`` leads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from advisor.licenses.evidence.records import Role

MOST_FILES = 40
"""Files read of one repository; what is beyond is said not to have been read."""

# Such as `LICENSE.md` and `tos.txt`, not `photos.txt`.
_LICENSE = re.compile(
    r"licen[cs]|licenz|lizenz|licenç|copying|copyleft|eula|unlicen[cs]e|agreement|terms|(?<![a-z])tos(?![a-z])"
    r"|conditions|(?<![a-z])(?:open)?rail(?![a-z])|addend|лиценз|许可|許可|协议|協議|授权|授權|条款|條款"
    r"|ライセンス|規約|라이선스|약관",
    re.IGNORECASE,
)
# Such as `cc-by-4.0` and `gpl3`, not `mitten`.
_NAMED = re.compile(
    r"(?:cc-?by|cc0|gpl|agpl|lgpl|mit|apache|bsd|mpl|epl|isc)(?:[-_. ]?v?\d[\d.]*|[-_ ][a-z\d.]+)*", re.IGNORECASE
)
# Such as `notice.txt` and `third_party.md`, not `noticeboard.txt`.
_NOTICE = re.compile(
    r"^notices?(?![a-z])|legal|copyright|disclaimer|patents|third.?part|acknowledg|open.?source.?licen|声明|聲明",
    re.IGNORECASE,
)
# Such as `use_policy.md` and `aup.txt`, not `soaup.txt`.
_POLICY = re.compile(
    r"polic(?:y|ies)|acceptable|prohibit|restrict|responsible.?use|(?<![a-z])aup(?![a-z])|attachment|usage.?guid|use.?cases?.?not|forbidden|政策",
    re.IGNORECASE,
)
_DATA = frozenset(["json", "jsonl", "yaml", "yml", "toml", "xml", "csv"])
_NO_TEXT = frozenset(
    [
        "py",
        "pyc",
        "ipynb",
        "js",
        "mjs",
        "ts",
        "tsx",
        "jsx",
        "c",
        "cc",
        "cpp",
        "cu",
        "cuh",
        "h",
        "hpp",
        "rs",
        "go",
        "java",
        "kt",
        "swift",
        "sh",
        "bat",
        "ps1",
        "rb",
        "lua",
        "sql",
        "css",
        "scss",
        "jinja",
        "lock",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "bmp",
        "ico",
        "mp3",
        "mp4",
        "wav",
        "flac",
        "ogg",
        "avi",
        "mov",
        "webm",
        "bin",
        "safetensors",
        "gguf",
        "ggml",
        "onnx",
        "pt",
        "pth",
        "ckpt",
        "h5",
        "msgpack",
        "npz",
        "npy",
        "pkl",
        "joblib",
        "model",
        "tflite",
        "mlmodel",
        "engine",
        "parquet",
        "arrow",
        "zip",
        "gz",
        "tar",
        "tgz",
        "xz",
        "7z",
        "bz2",
        "whl",
        "jar",
        "so",
        "dll",
        "dylib",
        "exe",
        "index",
        "db",
        "sqlite",
        "ttf",
        "otf",
        "woff",
        "woff2",
        "tfevents",
    ]
)
"""Endings of files that hold no terms for people to read, whatever they are called."""

# Such as `license_plates.json`, not `license.json`.
_THINGS = re.compile(
    r"licen[cs]e[-_ ]?plate|licen[cs]e[-_ ]?(?:header|check|plates)|terms[-_ ]?(?:freq|embed|weight)", re.IGNORECASE
)
# Such as `readme.txt`, not `readme-license.txt`.
_MACHINE = re.compile(r"^(?:readme|model_?card|changelog|requirements)(?!.*licen[cs])", re.IGNORECASE)
# Such as `license.bak.txt` and `license_old`, not `threshold.txt`.
_SPARE = re.compile(
    r"\.(?:orig|bak|old|backup|save|rej|tmp)(?:\.|$)|~$|(?<![a-z])(?:old|backup|previous|deprecated)(?![a-z])",
    re.IGNORECASE,
)
_STANDS = re.compile(r"licen[cs]e|copying", re.IGNORECASE)
# Such as `docs/LICENSE`, not `LICENSE`.
_ASIDE = re.compile(
    r"(?:^|/)(?:docs?|documentation|legal|licen[cs]es|third.?party\w*|vendor\w*|site-packages|node_modules|examples?"
    r"|assets?|images?|figures?|tests?|archive\w*|old|backup)(?:/|$)",
    re.IGNORECASE,
)
# Such as `node_modules/ini/LICENSE`, not `docs/LICENSE`.
_OTHERS = re.compile(r"(?:^|/)(?:third.?party\w*|vendor\w*|site-packages|node_modules)(?:/|$)", re.IGNORECASE)
# Such as `/acme/owl/blob/main/LICENSE`, not `/acme/owl/tree/main`.
_BLOB = re.compile(r"^/(?P<repository>[^/]+/[^/]+)/(?:blob|raw|resolve)/(?P<revision>[^/]+)/(?P<path>.+)$")
READ_AS_TEXT = frozenset(
    ("", "txt", "text", "md", "mdx", "markdown", "rst", "htm", "html", "en", "zh", "cn", "ja", "jp", "ko")
)
"""Endings of what is read as a text; another one is read too, if its bytes are one."""


class LinkTarget(NamedTuple):
    """A file inside the Hub."""

    repository: str
    revision: str | None
    """None: the commit at hand."""
    path: str


def license_files(paths: Iterable[str]) -> list[tuple[str, Role]]:
    """Every file of a repository that by its name holds a license, a notice or a use policy, the highest first."""
    found = [(path, role) for path in paths if (role := role_by_name(path)) is not None]
    return sorted(found, key=lambda one: (one[0].count("/"), one[0]))


def role_by_name(path: str) -> Role | None:
    """Return what a file is by its name; None for one that holds no terms."""
    name = path.rpartition("/")[2]
    if _MACHINE.match(name) or _THINGS.search(name):
        return None
    ending = _ending(name)
    if ending in _NO_TEXT or (ending in _DATA and not _LICENSE.match(name)):
        return None
    if _OTHERS.search(f"/{path.rpartition('/')[0]}"):
        return "notice" if _LICENSE.search(name) or _NOTICE.search(name) else None
    if _NOTICE.search(name):
        return "notice"
    if _POLICY.search(name):
        return "use-policy"
    stem = name.rpartition(".")[0] if ending in READ_AS_TEXT and ending else name
    return "license" if _LICENSE.search(name) or _NAMED.fullmatch(stem) else None


def stands_aside(path: str) -> bool:
    """Whether a license file is none of the usual ones: in a folder of documents, a spare copy, by another name.

    Such a text may bind, and nothing says that it does.
    """
    folder, _, name = path.rpartition("/")
    return bool(_ASIDE.search(folder) or _SPARE.search(name)) or _STANDS.search(name) is None


def is_of_component(path: str) -> bool:
    """Whether a license file lies in a folder of its own part of the model: it binds beside the one at the top."""
    return "/" in path and not stands_aside(path)


def follow(link: str, endpoint: str, paths: Iterable[str]) -> LinkTarget | None:
    """Return the file of the Hub that a link leads to; None if it leads elsewhere, or to no file of the repository.

    A link without a host is a path of this repository and must be one of its files, so that no path climbs out of it.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if not parts.scheme and not parts.netloc:
        path = unquote(parts.path).removeprefix("./")
        return LinkTarget("", None, path) if path in set(paths) else None
    hosts = {urlsplit(endpoint).netloc, "huggingface.co", "www.huggingface.co", "hf.co"}
    match = _BLOB.match(unquote(parts.path)) if parts.scheme in ("http", "https") and parts.netloc in hosts else None
    if match is None or ".." in match["path"].split("/"):
        return None
    return LinkTarget(match["repository"], match["revision"], match["path"])


def _ending(name: str) -> str:
    """``txt`` of LICENSE.txt; a number such as that of LICENSE-2.0 is no ending."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return "" if not ending.isalnum() or ending.isdigit() or _LICENSE.search(ending) else ending
