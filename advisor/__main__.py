"""``python -m advisor``, and the command ``advisor``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; Ctrl-C ends it quietly even while it is being imported. Gives the exit code."""
    try:
        from advisor.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
