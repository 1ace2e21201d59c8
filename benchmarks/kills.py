"""Kill -9 at random moments over what writes files: `python -m benchmarks.kills --kills 200`.

Two processes on the same files each time: those that save text (what `decide`, the terminal's save and reports do),
append to a run, bring the catalog up to date, and the real `advisor decide`. Prints how many kills, what was lost, torn
or left; ends with 1 if anything was.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.files.test_kill import SCRIPTS, kill_two

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Kill, look, count; 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    asked = parser.parse_args()
    counts, wrong = Counter[str](), list[str]()
    random = Random(1)
    kinds = [*SCRIPTS, "decide"]
    for number in range(asked.kills // 2):
        kind = kinds[number % len(kinds)]
        with tempfile.TemporaryDirectory() as folder:
            try:
                _decide(Path(folder), random) if kind == "decide" else _script(Path(folder), kind)
            except (AssertionError, StopIteration, subprocess.CalledProcessError) as error:
                wrong.append(f"{kind}: {error!r}"[:200])
        counts[kind] += 2
    for kind, count in counts.items():
        print(f"{kind:10} {count} kills")
    print("\n".join(wrong) or "nothing lost, torn or left")
    return 1 if wrong else 0


def _script(folder: Path, kind: str) -> None:
    script, look = SCRIPTS[kind]
    look(folder, kill_two(script, folder))
    look(folder, kill_two(script, folder))


def _decide(folder: Path, random: Random) -> None:
    """Two decisions on one lock; what stands afterwards is one of them whole, and the next one succeeds."""
    (folder / "advisor.yaml").write_bytes((ROOT / "examples/support-bot.yaml").read_bytes())
    run = _runner(folder)
    done = run()
    assert done.wait() in (0, 3)
    before = (folder / "advisor.lock").read_bytes()
    both = [run(), run()]
    time.sleep(random.uniform(0.2, 2.0))
    for one in both:
        one.send_signal(signal.SIGKILL)
        one.wait()
    found = (folder / "advisor.lock").read_bytes()
    assert found[:20] == before[:20]
    assert found.endswith(b"\n")
    assert run().wait() in (0, 3)
    assert not list(folder.glob(".advisor.lock.*.tmp"))


def _runner(folder: Path) -> Callable[[], subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "advisor", "decide"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return lambda: subprocess.Popen(command, cwd=folder, env=dict(os.environ), **quiet)


if __name__ == "__main__":
    sys.exit(main())
