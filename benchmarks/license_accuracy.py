"""How right the identification of license texts is, and what other tools say of the same texts and tags.

Run it from the repository: ``python -m benchmarks.license_accuracy``. It needs the labelled texts in
``../shared/data/licenses``. Each text is identified twice: with every known text, and with its own left out, which is
what a new version of a license looks like. It ends with 1 if a license is ever taken for another one, above all a
stricter one for a looser.

``--scancode FILE`` adds a JSON report of ScanCode on the same folder; ``--peers PYTHON`` an interpreter in which
hf-preflight and weight-audit are installed, for the tags of the Hub.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from advisor.catalog import load_catalog
from advisor.licenses.dump import Classifier
from advisor.licenses.naming import Licenses
from advisor.licenses.rows import Declared
from advisor.licenses.terms import CLASS_STRICTNESS
from advisor.licenses.text.fingerprints import Fingerprint, load_fingerprints
from advisor.licenses.text.identify import Identification, Match, identify
from advisor.licenses.text.normalising import digest, without_front_matter, words_of
from advisor.requirements.records import Organization

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
LOOSE = ("permissive",)

PEERS = """
import json, sys
from hf_preflight.core import _license_finding
from weight_audit.classify import classify
for line in sys.stdin:
    row = json.loads(line)
    found = _license_finding({"cardData": {"license": row["license"]}})
    tier = classify(row["id"], row["license"]).tier.value
    level = "clean" if "'clean'" in repr(found) else "other"
    print(json.dumps({"id": row["id"], "hf-preflight": level, "weight-audit": tier}))
"""


class Case(NamedTuple):
    """A labelled text with what was said of it."""

    file: str
    truth: str | None
    """The license's id; None for what is no license, or several."""
    whole: Identification
    left_out: Identification


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 if a license was taken for another."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scancode", type=Path)
    parser.add_argument("--peers")
    asked = parser.parse_args(arguments)
    if not (SHARED / "licenses" / "texts.jsonl").is_file():
        print(f"no labelled texts below {SHARED}", file=sys.stderr)
        return 2
    licenses = Licenses(load_catalog().licenses)
    cases = list(_cases(licenses))
    wrong = _texts(cases, licenses)
    if asked.scancode:
        _scancode(cases, asked.scancode)
    if asked.peers:
        _tags(licenses, asked.peers)
    return 1 if wrong else 0


def _cases(licenses: Licenses) -> Iterator[Case]:
    known = load_fingerprints()
    by_digest = {one.digest: one for one in known}
    for line in (SHARED / "licenses" / "texts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        content = (SHARED / "licenses" / row["file"]).read_text(encoding="utf-8", errors="replace")
        role = "use-policy" if row.get("role") == "use-policy" else "license"
        own = digest(words_of(without_front_matter(content)[0]))
        truth = _truth(row["truth"], by_digest.get(own), licenses)
        others = [one for one in known if one.digest != own]
        yield Case(row["file"], truth, identify(content, known, role=role), identify(content, others, role=role))


def _truth(label: str, own: Fingerprint | None, licenses: Licenses) -> str | None:
    """The id for a label; labels that join licenses, or are none, have no id. Family labels get the version's id."""
    if label in licenses.by_id and (own is None or own.license == label):
        return label
    return own.license if own else None


def _texts(cases: Sequence[Case], licenses: Licenses) -> int:
    wrong = looser = 0
    for how in ("whole", "left_out"):
        found: Counter[str] = Counter()
        for case in cases:
            said: Identification = getattr(case, how)
            found[said.match.value] += 1
            if said.match is Match.EXACT and said.id != case.truth:
                wrong += 1
                looser += _is_looser(said.id, case.truth, licenses)
                print(f"WRONG: {case.file} is {case.truth}, taken for {said.id}")
        label = "with every known text" if how == "whole" else "with its own left out"
        print(f"{len(cases)} texts {label}: " + ", ".join(f"{count} {match}" for match, count in found.most_common()))
    print(f"taken for another license: {wrong}; a stricter one taken for a looser: {looser}")
    nearest = [case for case in cases if case.left_out.match is Match.NEAR and case.truth]
    same = sum(case.left_out.id == case.truth for case in nearest)
    print(f"near, with its own left out: the nearest is the same license {same}, another one {len(nearest) - same}")
    for case in nearest:
        if case.left_out.id != case.truth and case.left_out.similarity >= 0.9:
            print(f"  {case.truth:36} nearest {case.left_out.id:36} {case.left_out.similarity:.1%}, never taken for it")
    return wrong


def _is_looser(found: str | None, truth: str | None, licenses: Licenses) -> bool:
    if found is None or truth is None:
        return truth is None
    first, second = (CLASS_STRICTNESS[licenses.by_id[one].license_class] for one in (found, truth))
    return first < second


SCANCODE_IDS = {
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
    "tencent-hunyuan-3d-2.0": "tencent-hunyuan-3d-2.0-cla",
    "bsd-3-clause": "bsd-new",
    "apple-ascl": "apple-excl",
    "chameleon-research": "chameleon-research-2024",
    "creativeml-openrail-m": "stable-diffusion-2022-08-22",
    "openrail++": "bigscience-open-rail-m2",
    "flux-1-dev-non-commercial-1.0": "flux-1-nc",
}
"""What ScanCode calls the licenses of the labelled texts that it has a record for under another name."""


GENERIC = ("unknown", "generic", "proprietary-license", "commercial-license", "warranty-disclaimer")


def _scancode(cases: Sequence[Case], report: Path) -> None:
    """ScanCode's main detection of each file, counted as right, generic, wrong or nothing."""
    found: dict[str, str] = {}
    for file in json.loads(report.read_text(encoding="utf-8"))["files"]:
        if file["type"] == "file":
            found[file["path"].rpartition("/")[2]] = file.get("detected_license_expression") or ""
    counts: Counter[str] = Counter()
    for case in cases:
        if case.truth is None or "POLICY" in case.file or "aup" in case.file:
            continue
        said = found.get(case.file.rpartition("/")[2], "")
        wanted = SCANCODE_IDS.get(case.truth, case.truth)
        parts = {part.strip("() ") for part in said.replace(" OR ", " AND ").split(" AND ")} - {""}
        if parts == {wanted}:
            counts["exact"] += 1
        elif not parts:
            counts["nothing"] += 1
        elif wanted in parts:
            counts["the license among others"] += 1
        elif all(any(word in part for word in GENERIC) for part in parts):
            counts["generic only"] += 1
        else:
            counts["another license"] += 1
    print(f"ScanCode on {counts.total()} texts of one license: {dict(counts.most_common())}")


def _tags(licenses: Licenses, python: str) -> None:
    """Rows of the Hub with a tag that is not permissive, and which tools call it clean or permissive."""
    rows = [json.loads(line) for line in (SHARED / "hub" / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    tagged = [
        {"id": row["repo_id"], "license": row["license"] if isinstance(row["license"], str) else row["license"][0]}
        for row in rows
        if row["license"]
    ]
    sent = "".join(json.dumps(row) + "\n" for row in tagged)
    answer = subprocess.run([python, "-c", PEERS], input=sent, capture_output=True, text=True, check=True)
    said = {row["id"]: row for row in map(json.loads, answer.stdout.splitlines())}
    classifier = Classifier(licenses, ("commercial",), Organization())
    ours = {row.id: row for row in classifier.classify(Declared(one["id"], one["license"]) for one in tagged)}
    strict = [row for row in tagged if ours[row["id"]].own_class not in (*LOOSE, "copyleft")]
    clean = sum("clean" in str(said[row["id"]]["hf-preflight"]) for row in strict)
    permissive = sum(said[row["id"]]["weight-audit"] == "permissive" for row in strict)
    allowed = sum(ours[row["id"]].verdict == "allowed" for row in strict)
    loose = [row for row in tagged if ours[row["id"]].own_class in LOOSE]
    feared = sum(said[row["id"]]["weight-audit"] == "strong-restriction" for row in loose)
    print(f"{len(tagged)} rows with a tag, {len(strict)} of them restricted, non-commercial or unclear:")
    print(f"  called clean by hf-preflight: {clean}; permissive by weight-audit: {permissive}")
    print(f"  allowed for commercial use by advisor: {allowed}")
    print(f"  {len(loose)} permissive tags: called strongly restricted by weight-audit: {feared}")


if __name__ == "__main__":
    sys.exit(main())
