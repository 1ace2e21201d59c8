"""What ScanCode says of the labeled texts, counted as right, generic, another license or nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.license_accuracy import Labeled

IDS = {
    "llama2": "llama-2-license-2023",
    "llama3.1": "llama-3.1-license-2024",
    "llama3.2": "llama-3.2-license-2024",
    "llama3.3": "llama-3.3-license-2024",
    "llama4": "llama-4-cla-2025",
    "tongyi-qianwen": "tongyi-qianwen-2023",
    "deepseek": "deepseek-la-1.0",
    "stability-ai-nc": "stability-ai-nc-2023-12-06",
    "kimi-k2": "moonshot-ai-modified-mit-2025",
    "exaone-1.1-nc": "exaone-ai-model-1.1-nc",
    "tencent-hunyuan-community": "tencent-hunyuan-3d-2.0-cla",
    "tencent-hunyuan-3d-2.0": "tencent-hunyuan-3d-2.0-cla",
    "bsd-3-clause": "bsd-new",
    "apple-ascl": "apple-excl",
    "chameleon-research": "chameleon-research-2024",
    "creativeml-openrail-m": "stable-diffusion-2022-08-22",
    "openrail++": "bigscience-open-rail-m2",
    "flux-1-dev-non-commercial-1.0": "flux-1-nc",
}
"""What ScanCode calls the licenses of the labeled texts that it has a record for under another name."""

GENERIC = ("unknown", "generic", "proprietary-license", "commercial-license", "warranty-disclaimer")


def compare(report: Path, texts: Iterable[Labeled]) -> None:
    """Count ScanCode's detections of the texts of one license each, and name those that are another license."""
    document = json.loads(report.read_text(encoding="utf-8"))
    found = {
        file["path"].rpartition("/")[2]: file.get("detected_license_expression") or ""
        for file in document["files"]
        if file["type"] == "file"
    }
    counts: Counter[str] = Counter()
    others = []
    for text in texts:
        if text.truth is None or text.role == "use-policy":
            continue
        said = found.get(text.file.rpartition("/")[2], "")
        how = _how(said, IDS.get(text.truth, text.truth))
        counts[how] += 1
        if how == "another license":
            others.append(f"{text.truth} as {said}")
    version = document["headers"][0]["tool_version"]
    print(f"\nScanCode {version} on {counts.total()} texts of one license: {dict(counts.most_common())}")
    for line in sorted(set(others)):
        print(f"  {line}")


def _how(said: str, wanted: str) -> str:
    parts = {part.strip("() ") for part in said.replace(" OR ", " AND ").split(" AND ")} - {""}
    if parts == {wanted}:
        return "right"
    if not parts:
        return "nothing"
    if wanted in parts:
        return "the license among others"
    return "generic" if all(any(word in part for word in GENERIC) for part in parts) else "another license"
