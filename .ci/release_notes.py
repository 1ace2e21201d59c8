"""Print what the changelog says of a tag, after holding the tag against the version: ``release_notes.py v0.1.0``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def notes(tag: str, changelog: str, version: str) -> str:
    """Return the section of the changelog. Raises SystemExit if the tag is not this version or has no section."""
    if tag != f"v{version}":
        raise SystemExit(f"{tag}: expected v{version}, as advisor/version.py says; set one of the two")
    found = re.search(rf"^## \[?{re.escape(version)}\]?[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE)
    if found is None or not found[1].strip():
        raise SystemExit(f"CHANGELOG.md: expected a section `## {version}` with what is new; rename `## Unreleased`")
    return found[1].strip() + "\n"


def main() -> None:
    """Print the notes of the tag that is given."""
    said = re.search(r'__version__ = "([^"]+)"', (ROOT / "advisor" / "version.py").read_text(encoding="utf-8"))
    if said is None or len(sys.argv) != 2:  # noqa: PLR2004 - the program and the tag
        raise SystemExit("usage: release_notes.py TAG, with __version__ in advisor/version.py")
    sys.stdout.write(notes(sys.argv[1], (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), said[1]))


if __name__ == "__main__":
    main()
