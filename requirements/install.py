"""Install files of pins with pip and say which package comes now and how many there are.

``python requirements/install.py [--OPTION ...] FILE ...``: the options go to pip; all packages are checked by hash.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_PIN = re.compile(r"^[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?==", re.MULTILINE)  # numpy==2.2.0 \, uvicorn[standard]==0.30 \
_NEXT = re.compile(r"^(?:Collecting|Requirement already satisfied:) (\S+)")  # Collecting numpy==2.2.0 (from -r ...)
_SIZE = re.compile(r"^\s*(?:Downloading|Using cached) \S+ \((.+)\)")  # Downloading numpy-2.2.0-cp311.whl (16.4 MB)


def install(path: Path, options: list[str]) -> int:
    """Install the pins of a file; return pip's exit code."""
    total, done, kept = len(_PIN.findall(path.read_text(encoding="utf-8"))), 0, list[str]()
    _say(f"{path}: {total} packages")
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter, with pip
        [*command, "--require-hashes", *options, "-r", str(path)], stdout=subprocess.PIPE, text=True
    ) as pip:
        for line in pip.stdout or ():
            kept.append(line)
            if found := _NEXT.match(line):
                done += 1
                _say(f"  {done:3} of {total}  {found[1]}")
            elif found := _SIZE.match(line):
                _say(f"  {'':{len(str(total)) + 7}}  {found[1]}")
            elif line.startswith("Installing collected"):
                _say(f"  unpacking {line.count(',') + 1} packages into {sys.prefix}")
    if pip.returncode:
        _say("".join(kept[-20:]))
    return pip.returncode


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = sys.argv[1:]
    flags = [one for one in given if one.startswith("--")]
    for name in given:
        if name not in flags and (code := install(Path(name), flags)):
            sys.exit(code)
