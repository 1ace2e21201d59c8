"""Print our own bill of materials, CycloneDX 1.6: the package and every pin of requirements/run.txt with its hashes.

Nothing is asked of a registry, and the same pins give the same bill.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parents[1]
NAME = "model-advisor"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)")


def bill(pins: str, version: str) -> dict[str, Any]:
    """Return the bill of the package at a version with the pins of a requirements file."""
    components = [_component(*one) for one in _pinned(pins)]
    root = {"type": "application", "bom-ref": f"pkg:pypi/{NAME}@{version}", "name": NAME, "version": version}
    root |= {"purl": f"pkg:pypi/{NAME}@{version}", "licenses": [{"license": {"id": "Apache-2.0"}}]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps([root, components], sort_keys=True))}",
        "version": 1,
        "metadata": {"component": root},
        "components": components,
    }


def _pinned(pins: str) -> list[tuple[str, str, list[str]]]:
    found: list[tuple[str, str, list[str]]] = []
    for line in pins.splitlines():
        if pin := _PIN.match(line):
            found.append((re.sub(r"[-_.]+", "-", pin[1]).lower(), pin[2], []))
        elif found:
            found[-1][2].extend(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    return sorted(found)


def _component(name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{version}"
    # A pin lists one hash for each file of the release: which is installed depends on the machine.
    files = [{"type": "distribution", "url": purl, "hashes": [{"alg": "SHA-256", "content": one}]} for one in hashes]
    found = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return found | ({"externalReferences": files} if files else {})


def main() -> None:
    """Print the bill."""
    said = re.search(r'__version__ = "([^"]+)"', (ROOT / "advisor" / "version.py").read_text(encoding="utf-8"))
    if said is None:
        raise SystemExit("advisor/version.py: expected __version__")
    pins = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    sys.stdout.write(json.dumps(bill(pins, said[1]), indent=2) + "\n")


if __name__ == "__main__":
    main()
