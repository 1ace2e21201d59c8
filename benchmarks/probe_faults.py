"""Every way to misbehave that a folder of cases knows, over six protocols: class, exit, time, memory, leaked keys.

``python -m benchmarks.probe_faults FOLDER`` with the folder of `fault_server.py` (a server whose misbehavior is the
model's name ``f.NAME``) and `fault_run.py` (which plants keys and looks for them in every byte that comes out). Prints
a table of the classes, a row a scenario and a column a protocol, and of each call of the probe its exit, seconds, peak
memory and leaks; ends with 1 if a key leaked, a probe fell over or the worker held more than 350 MB. With ``--slow``
some fifteen minutes on two busy cores.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

PROTOCOLS = ("openai", "anthropic", "gemini", "ollama_chat", "cohere_chat", "bedrock/converse")
MOST_MB = 350.0
_NAMED = (18501, 18502)

QUICK = (
    "ok,usage=neg,usage=huge,usage=big,usage=e400,usage=negbig,usage=0,usage=str,usage=float,usage=bool,usage=null",
    "usage=2x,usage=one,over,keymeta,swap,escmeta,intid,typeconf,nullfields,echo=all,s400,s401,s500,s503html,html200",
    "html403,json200err,json200errpretty,json200full,json200message,json200list,s204,empty,doneonly,nocontent,brbad",
    "badstatus,badchunk,clshort,errinstream,errinstreamchoice,eventerror,reasononly,refusal,multiline,cr,crlf,bom",
    "surrogate,badutf8,deepjson,redir307,redir302,redirloop,redirfile,redirok,reset0,close0,resetmid,closemid,gzipok",
    "gziptrunc,truncated,truncjson,malformed,nofinish,nousage,tool,filter,filterbody,hiddenreason,dup,info100,esc500",
    "s429ra=1,s429date=2,s429quota,hugeline=50,manylines=50,endless,errbodyendless,hugeheaders,noclose",
    "gzipbomb=300,gziperr=300",
)
SLOW = ("endlesspings,endlessdoneafter,slowheaders,slowheaderbytes,drip,dripbyte,stall,stallping",)

_ROW = re.compile(r"^  (?P<name>\S+)\s+(?P<fault>\S+) st=\S+ n=(?P<notices>\S*)")


class Result(NamedTuple):
    """One call of the probe over a group of scenarios."""

    protocol: str
    classes: dict[str, str]
    exit_code: str
    seconds: float
    peak_mb: float
    leaks: str
    output: str


def main() -> int:
    """Run all; 1 if a promise did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=lambda text: Path(text).resolve())
    parser.add_argument("--protocol", action="append", choices=PROTOCOLS)
    parser.add_argument("--slow", action="store_true", help="Those that take seconds each, too.")
    asked = parser.parse_args()
    if not (asked.folder / "fault_server.py").is_file():
        print(f"skipped: no fault_server.py in {asked.folder}")
        return 0
    groups = QUICK + (SLOW if asked.slow else ())
    with tempfile.TemporaryDirectory() as work:
        with gzip.open(f"{work}/bomb300.gz", "wb", compresslevel=9) as bomb:
            for _ in range(300):
                bomb.write(b"\n" * (1 << 20))
        ports = _free_ports()
        servers = [_server(asked.folder, work, *pair) for pair in (ports, ports[::-1])]
        try:
            results = [
                _probe(asked.folder, work, ports[0], protocol, group)
                for protocol in asked.protocol or PROTOCOLS
                for group in groups
            ]
        finally:
            for server in servers:
                server.kill()
                server.wait()
    return _report(results)


def _report(results: Sequence[Result]) -> int:
    bad = sum(not _is_good(one) for one in results)
    protocols = list(dict.fromkeys(one.protocol for one in results))
    rows: dict[str, dict[str, str]] = {}
    for one in results:
        for name, fault in one.classes.items():
            rows.setdefault(name.partition("f.")[2] or name, {})[one.protocol] = fault
    print("| scenario | " + " | ".join(protocols) + " |\n|" + " --- |" * (len(protocols) + 1))
    for name, row in sorted(rows.items()):
        print(f"| {name} | " + " | ".join(row.get(protocol, "-") for protocol in protocols) + " |")
    for protocol in protocols:
        own = [one for one in results if one.protocol == protocol]
        exits = ", ".join(sorted({one.exit_code for one in own}))
        print(
            f"{protocol:18} exits {exits}; {sum(one.seconds for one in own):.0f} s in {len(own)} calls, the longest "
            f"{max(one.seconds for one in own):.1f} s; at most {max(one.peak_mb for one in own):.0f} MB; leaks: "
            f"{', '.join(sorted({one.leaks for one in own}))}"
        )
    print(f"{sum(len(one.classes) for one in results)} scenarios x protocols, {bad} groups that broke a promise")
    return 1 if bad else 0


def _is_good(one: Result) -> bool:
    fell = any(word in one.output for word in ("TRACEBACK", "BUG", "HANG"))
    return one.leaks == "none" and one.peak_mb <= MOST_MB and not fell


def _probe(folder: Path, work: str, port: int, protocol: str, group: str) -> Result:
    environment = os.environ | {"ADVISOR": _advisor(), "FPORT": str(port), "TMPDIR": work}
    command = [sys.executable, str(folder / "fault_run.py"), "b", protocol, group, "--requests", "1"]
    began = time.monotonic()
    done = subprocess.run(command, env=environment, cwd=work, capture_output=True, text=True, check=False)
    classes = {
        found["name"]: " ".join([found["fault"], *found["notices"].split(",")]).strip()
        for line in done.stdout.splitlines()
        if (found := _ROW.match(line)) is not None
    }
    head = re.search(r"rc=(\S+).*peak (\d+) MB", done.stdout)
    leaks = re.search(r"LEAKS: (.*)", done.stdout)
    result = Result(
        protocol,
        classes,
        head[1] if head else "none",
        time.monotonic() - began,
        float(head[2]) if head else float("inf"),
        leaks[1] if leaks else "not looked for",
        done.stdout,
    )
    print(
        f"{protocol:18} exit {result.exit_code}, {result.seconds:.1f} s, {result.peak_mb:.0f} MB, leaks: "
        f"{result.leaks}{'' if _is_good(result) else '   <- NOT SO'}: {group}",
        file=sys.stderr,
    )
    return result


def _advisor() -> str:
    return str(Path(sys.executable).with_name("advisor"))


def _server(folder: Path, work: str, port: int, other: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(folder / "fault_server.py"), str(port), f"{work}/log{port}", str(other)]
    server = subprocess.Popen(command, cwd=work, stdout=subprocess.PIPE)
    assert server.stdout is not None
    server.stdout.readline()
    return server


def _free_ports() -> tuple[int, int]:
    """Those that the server's scenarios of redirects name, if they are free."""
    try:
        for port in _NAMED:
            with socket.socket() as tried:
                tried.bind(("127.0.0.1", port))
    except OSError:
        pass
    else:
        return _NAMED
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
