"""A small catalog on disk, right in every respect, for tests to spoil in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from advisor.catalog.source.license_schema import UseName

SOURCES = {"page": {"url": "https://example.com/models", "read_on": "2026-11-20"}}

USES: tuple[str, ...] = UseName.__args__  # type: ignore[attr-defined]


def license_file(name: str, **more: Any) -> dict[str, Any]:
    """A license that allows everything; ``more`` replaces parts of its record."""
    clauses = [{"section": "1", "kind": "grant", "says": "Everything.", "source": "page"}]
    record = {"id": name, "name": name, "class": "permissive", "licensor": "Varies", "evidence": "full-text"}
    return {**record, "sources": SOURCES, "clauses": clauses, "uses": dict.fromkeys(USES, "allowed"), **more}


FILES: dict[str, dict[str, Any]] = {
    "catalog.yaml": {"version": "2026.11.23"},
    "hardware.yaml": {
        "sources": SOURCES,
        "gpus": [{"id": "big-80gb", "name": "Big", "memory_gib": 80, "source": "page"}],
    },
    "licenses/apache-2.0.yaml": license_file("apache-2.0"),
    "benchmarks/quiz.yaml": {
        "suite": {
            "id": "quiz",
            "name": "Quiz",
            "date": "2026-11-01",
            "license": "CC0-1.0",
            "source": "https://example.com/quiz",
            "credit": "Quiz",
            "unit": "percent",
            "dimensions": {"general": "all"},
        },
        "results": {"owl one": {"all": [80.0, 75.0, 85.0, 100]}},
    },
    "models/owls.yaml": {
        "lab": {"id": "owls", "name": "Owls", "country": "SE"},
        "sources": SOURCES,
        "models": [
            {
                "id": "owl-1",
                "aliases": ["owl-1-2026-01-01"],
                "facts": {
                    "license": {"value": "apache-2.0", "source": "page"},
                    "weights": {"value": "open", "source": "page"},
                    "parameters_total": {"value": 7_000_000_000, "source": "page"},
                },
                "evidence": {"quiz": "owl one~high"},
            }
        ],
    },
    "channels/nest.yaml": {
        "channel": {"id": "nest", "name": "Nest", "kind": "lab"},
        "sources": SOURCES,
        "facts": {"retention_days": {"value": 30, "source": "page"}},
    },
    "prices/nest.yaml": {
        "channel": {"id": "nest", "name": "Nest", "kind": "lab"},
        "sources": SOURCES,
        "offerings": [
            {
                "model": "owl-1",
                "facts": {
                    "context_window_tokens": {"value": 128000, "source": "page"},
                    "max_output_tokens": {"value": 8000, "source": "page"},
                },
                "prices": [{"input": "1.5", "output": "6", "source": "page"}],
            }
        ],
    },
}


class Files:
    """The small catalog's files; ``path`` of a value is the file, then the keys."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, content in FILES.items():
            self.write(name, content)

    def write(self, name: str, content: object) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def put(self, name: str, *keys: str | int, value: object) -> None:
        """Put a value at a place of a file; the last key may be new."""
        document = yaml.safe_load((self.root / name).read_text(encoding="utf-8"))
        place = document
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value
        self.write(name, document)
