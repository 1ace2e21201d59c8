"""``advisor mcp``: the door for agents."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

from advisor.cli.diagnostics import ExitCode, say
from advisor.errors import UsageError, install_hint


@click.command()
@click.option(
    "--http", "port", type=click.IntRange(1, 65535), metavar="PORT", help="Serve HTTP on the loopback address."
)
def mcp(port: int | None) -> int:
    """Serve the Model Context Protocol to an agent: over standard input and output, or HTTP with --http.

    Tools: recommend, explain, compare, check_license, catalog_search, catalog_show, scan, check_decision,
    plan_probe. None of them sends a paid request. Needs the extra `mcp`.

    \b
    Examples:
      advisor mcp
      advisor mcp --http 8931
    """
    if find_spec("mcp") is None:
        raise UsageError("advisor mcp needs the protocol's package", hint=install_hint("mcp"))
    server = import_module("advisor.mcp.server").make_server()
    if port is None:
        server.run("stdio")
    else:
        say(f"serving http://127.0.0.1:{port}/mcp; Ctrl+C ends it")
        server.run("streamable-http", host="127.0.0.1", port=port)
    return ExitCode.CLEAN
