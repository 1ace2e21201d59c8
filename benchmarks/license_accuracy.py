"""How right the identification of license texts is.

Run it from the repository: ``python -m benchmarks.license_accuracy``. It needs the labeled texts in
``../shared/data/licenses``. Each text is identified three times: with every known text, with its own left out, and with
every text of its license left out, which is what a new version looks like. Then every text that is exact is altered
in all the ways of ``tests/licenses/altered.py``, and joined with another one. At last the license files of the packages
that are installed beside this one are identified.

It ends with 1 if a license is ever taken for another one, above all a stricter one for a looser, or if a text whose
words differ is called exact or allows anything.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackagePath, distributions
from pathlib import Path
from typing import NamedTuple

from advisor.catalog import load_catalog
from advisor.licenses.aliases import Licenses
from advisor.licenses.evidence.license_files import role_by_name
from advisor.licenses.evidence.lineage import walk
from advisor.licenses.evidence.records import A_FILE, Evidence, Text
from advisor.licenses.license import CLASS_STRICTNESS, Verdict
from advisor.licenses.review import Reviewer
from advisor.licenses.text.fingerprints import Fingerprint, load_fingerprints
from advisor.licenses.text.identify import Identification, Match, identify
from advisor.licenses.text.normalize import digest, split_words, without_front_matter
from advisor.requirements.schema import Organization
from tests.licenses.altered import CHANGED, MORE_WORDS, SAME_WORDS

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "licenses"
HOW = {"whole": "with every known text", "alone": "with its own left out", "new": "with its license left out"}


class Labeled(NamedTuple):
    """A labeled text."""

    file: str
    role: str
    content: str
    truth: str | None
    """The license's id; None for what is no license, or several."""


def main() -> int:
    """Print the tables; 1 if a license was taken for another."""
    if not (SHARED / "texts.jsonl").is_file():
        print(f"no labeled texts below {SHARED}", file=sys.stderr)
        return 2
    licenses, known = Licenses(load_catalog().licenses), load_fingerprints()
    texts = list(labeled(licenses, known))
    wrong = _left_out(texts, licenses, known)
    wrong += _altered(texts, licenses, known)
    wrong += _installed(licenses, known)
    return 1 if wrong else 0


def _installed(licenses: Licenses, known: Sequence[Fingerprint]) -> int:
    """Print how the license files of the packages beside this one are identified; how many are taken for another.

    What a package declares in its metadata is the truth, where it declares one license and carries one such file.
    """
    declared: dict[str, set[str]] = {}
    for package in distributions():
        files = [file for file in package.files or () if _is_license_file(file)]
        for file in files:
            content = file.locate().read_bytes().decode("utf-8-sig", "replace")
            said = str(package.metadata.get("License-Expression") or "") if len(files) == 1 else ""
            declared.setdefault(content, set()).add(said)
    found = {content: identify(content, known) for content in declared}
    counts = Counter(one.match for one in found.values())
    print(f"\n{len(found)} license files of installed packages: {_counted(counts)}, ", end="")
    print(f"{counts[Match.EXACT] / max(1, len(found)):.1%} exact")
    wrong = 0
    for content, one in found.items():
        for said in declared[content]:
            terms = licenses.by_id.get(one.id or "")
            if one.match is Match.EXACT and said and terms and (terms.spdx or terms.id).lower() not in said.lower():
                wrong += 1
                print(f"    {terms.id} where {said} is declared")
    print(f"taken for another than is declared: {wrong}")
    return wrong


def _is_license_file(file: PackagePath) -> bool:
    inside = ".dist-info/" in str(file) and file.suffix not in (".py", ".pyc")
    return inside and role_by_name(file.name) == "license" and Path(str(file.locate())).is_file()


def _counted(counts: Counter[Match]) -> str:
    return ", ".join(f"{count} {match.value}" for match, count in counts.most_common())


def labeled(licenses: Licenses, known: Sequence[Fingerprint]) -> Iterator[Labeled]:
    """The texts with the id that each label means; labels that join licenses, or are none, have no id."""
    by_digest = {one.digest: one.license for one in known}
    for line in (SHARED / "texts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        content = (SHARED / row["file"]).read_text(encoding="utf-8", errors="replace")
        role = "use-policy" if row.get("role") == "use-policy" else "license"
        own = by_digest.get(_digest(content))
        truth = row["truth"] if row["truth"] in licenses.by_id and own in (None, row["truth"]) else own
        yield Labeled(row["file"], role, content, truth)


def _digest(content: str) -> str:
    return digest(split_words(without_front_matter(content)[0]))


def _left_out(texts: Sequence[Labeled], licenses: Licenses, known: Sequence[Fingerprint]) -> int:
    wrong = looser = 0
    for how, words in HOW.items():
        found: Counter[str] = Counter()
        nearest: Counter[tuple[str, str]] = Counter()
        for text in texts:
            said = identify(text.content, _known(how, text, known), role=text.role)
            found[said.match.value] += 1
            if said.match is Match.EXACT and said.id != text.truth:
                wrong += 1
                looser += _is_looser(said.id, text.truth, licenses)
                print(f"WRONG: {text.file} is {text.truth}, taken for {said.id}")
            if said.match is Match.NEAR and text.truth:
                nearest[text.truth, said.id or ""] += 1
        print(f"{len(texts)} texts {words}: " + ", ".join(f"{count} {match}" for match, count in found.most_common()))
        same = sum(count for (truth, said_id), count in nearest.items() if truth == said_id)
        print(f"  near: the nearest is the same license {same}, another one {nearest.total() - same}")
        if how == "new":
            _confusion(nearest)
    print(f"taken for another license: {wrong}; a stricter one taken for a looser: {looser}")
    return wrong


def _known(how: str, text: Labeled, known: Sequence[Fingerprint]) -> Sequence[Fingerprint]:
    if how == "whole":
        return known
    own = _digest(text.content)
    return [one for one in known if one.digest != own and (how == "alone" or one.license != text.truth)]


def _confusion(nearest: Mapping[tuple[str, str], int]) -> None:
    """Which license would be nearest to a version that is not known yet."""
    rows: dict[str, list[str]] = {}
    for (truth, said), count in sorted(nearest.items()):
        rows.setdefault(said, []).append(truth + (f" ({count} texts)" if count > 1 else ""))
    for said, truths in rows.items():
        print(f"    {said:36} is nearest to {', '.join(truths)}")


def _is_looser(found: str | None, truth: str | None, licenses: Licenses) -> bool:
    if found is None or truth is None:
        return truth is None
    first, second = (CLASS_STRICTNESS[licenses.by_id[one].license_class] for one in (found, truth))
    return first < second


class _Tried(NamedTuple):
    truth: str
    said: Identification
    verdict: Verdict


def _altered(texts: Sequence[Labeled], licenses: Licenses, known: Sequence[Fingerprint]) -> int:
    """Alter every text that is exact, and count what is said of it; gives how many times that was wrong."""
    reviewer = Reviewer(licenses, known, ("commercial",), Organization())
    exact = [text for text in texts if text.role == "license" and identify(text.content, known).match is Match.EXACT]
    after = dict(zip((text.file for text in exact), [*exact[1:], exact[0]], strict=True))
    print(f"\n{len(exact)} exact texts, altered:{'':17}exact  near  ambiguous  none  nearest right  allowed")
    wrong = 0
    for group, is_same in ((SAME_WORDS, True), (MORE_WORDS, False), (CHANGED, False)):
        for name, alter in group.items():
            tried = [_try(text, alter, reviewer) for text in exact]
            wrong += _row(name, [one for one in tried if one], is_same=is_same)
    joined = [
        _try(text, lambda content, text=text: f"{content}\n\n{after[text.file].content}", reviewer)
        for text in exact
        if after[text.file].truth != text.truth  # the same license twice, for two holders, is that license
    ]
    return wrong + _row("joined with another license", [one for one in joined if one], is_same=False)


def _row(name: str, tried: Sequence[_Tried], *, is_same: bool) -> int:
    counts = Counter(one.said.match.value for one in tried)
    right = sum(one.said.id == one.truth for one in tried if one.said.match in (Match.NEAR, Match.EXACT))
    allowed = sum(one.verdict is Verdict.ALLOWED for one in tried)
    figures = "".join(f"{counts[match.value]:{width}}" for match, width in zip(Match, (7, 6, 11, 6), strict=True))
    print(f"  {name:36}{figures}{right:15}{allowed:9}")
    if is_same:
        return sum(one.said.match is Match.EXACT and one.said.id != one.truth for one in tried)
    return sum(one.said.match is Match.EXACT or one.verdict is Verdict.ALLOWED for one in tried)


def _try(text: Labeled, alter: Callable[[str], str | None], reviewer: Reviewer) -> _Tried | None:
    changed = alter(text.content)
    if changed is None or text.truth is None:
        return None
    raw = changed.encode()
    kept = Text(place="LICENSE", role="license", sha256=sha256(raw).hexdigest(), size_bytes=len(raw), content=changed)
    evidence = Evidence(repository=text.file, endpoint=A_FILE, read_at=datetime.now(UTC), texts=(kept,))
    review = reviewer.judge(text.file, walk(_Nowhere(), evidence))
    return _Tried(text.truth, review.conclusion.found[0].identification, review.verdict)


class _Nowhere:
    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        raise LookupError(f"{repository}@{revision}: a text has no lineage")


if __name__ == "__main__":
    sys.exit(main())
