"""License texts of the packages that the tests run with: real ones, and none of them is in this repository."""

from __future__ import annotations

import re
from importlib.metadata import distribution


def installed_license(package: str, begins: str) -> str:
    """The license text of an installed package from the words with which it begins, a paragraph a line."""
    files = distribution(package).files or ()
    text = next(file.read_text(encoding="utf-8") for file in files if "licen" in file.name.lower())
    return re.sub(r"(?<!\n)\n[ \t]*(?!\n)", " ", text[text.index(begins) :])
