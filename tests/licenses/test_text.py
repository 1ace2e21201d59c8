"""Which license a text is: exact whatever its wrapping, near when a word was changed, and near is never equal."""

from __future__ import annotations

import json
import random
import re
import textwrap
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.catalog.source.license_texts import read_passages
from advisor.licenses.aliases import Licenses
from advisor.licenses.license import CLASS_STRICTNESS
from advisor.licenses.text.build_fingerprints import passage_mark
from advisor.licenses.text.fingerprints import Fingerprint, dump_fingerprints, load_fingerprints
from advisor.licenses.text.identify import Match, identify
from advisor.licenses.text.normalize import digest, located_words, shingles, split_words, without_front_matter
from advisor.licenses.text.quote import Quotable, Quote, quote
from advisor.licenses.text.sections import split_sections
from tests.licenses.altered import CHANGED, MORE_WORDS, SAME_WORDS, Alteration
from tests.licenses.installed import installed_license

OWL = """Owl License 1.0

1. Grants.
 a. Everyone may look at the owl, feed the owl and copy the owl, at any hour of the day or night, without fee.
 b. Whoever copies the owl does so under these terms:
  i. a feather of the owl goes along with each copy, together with the name of the forest it came from;
  ii. nobody says "this is my owl" of an owl that is not theirs.
2. Big forests. Forests with more than 700 million visitors in a month ask the keeper of the owl first.
3. Mice. The owl's droppings may not be used to train another owl.
"""
HAWK = OWL.replace("owl", "hawk").replace("Owl", "Hawk").replace("at any hour of the day or night", "by day")


def known(text: str, name: str) -> Fingerprint:
    words = split_words(text)
    starts = [word.start for word in words]
    sections = tuple((one.label, bisect_left(starts, one.start)) for one in split_sections(text))
    own = (digest(words), len(words), tuple(shingles(words)), sections, "https://owl.example")
    return Fingerprint(name, "license", "1.0", *own, (("motto", starts.index(text.index("nobody"))),))


KNOWN = (known(OWL, "owl-1.0"), known(HAWK, "hawk-1.0"))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.upper(),
        lambda text: textwrap.fill(text, 30),
        lambda text: " ".join(text.split()),
        lambda text: text.replace('"', "\u201c").replace(".", " .").replace("\n", "\r\n"),
        lambda text: re.sub(r"^", "# ", text, flags=re.MULTILINE),
        lambda text: text.replace("License", "Licence"),
        lambda text: f"Copyright (c) 2026 The Owls\n\n{text}",
        lambda text: "---\nlicense: other\n---\n" + text,
        lambda text: f"\ufeff{text}",
    ],
)
def test_what_changes_no_word_is_the_same_text(change: Any) -> None:
    found = identify(change(OWL), KNOWN)
    assert (found.match, found.id) == (Match.EXACT, "owl-1.0")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("may not", "may"),
        lambda text: text.replace("700", "70"),
        lambda text: text.replace("without fee", "for a fee"),
        lambda text: f"{text}\n4. Commercial use is forbidden.",
        lambda text: f"Copyright (c) 2026 The Owls. Not for commercial use.\n\n{text}",
        lambda text: text.partition("3. Mice")[0],
    ],
)
def test_what_changes_a_word_is_near_and_says_where(change: Any) -> None:
    found = identify(change(OWL), KNOWN)
    assert (found.match, found.id) == (Match.NEAR, "owl-1.0")
    assert found.similarity < 1
    assert found.differing or len(change(OWL)) < len(OWL)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_single_word_can_be_dropped_swapped_or_added_unseen(chance: random.Random) -> None:
    words = OWL.split()
    place = chance.randrange(len(words))
    kind = chance.choice(["drop", "swap", "add"])
    changed = words[:place] + ([] if kind == "drop" else ["zebra"]) + words[place + (kind != "add") :]
    if split_words(" ".join(changed)) == split_words(OWL):
        return
    found = identify(" ".join(changed), KNOWN)
    is_same = [word.text for word in split_words(" ".join(changed))] == [word.text for word in split_words(OWL)]
    assert (found.match is Match.EXACT) == is_same


def test_differing_passages_stand_where_they_are_said_to_stand() -> None:
    text = OWL.replace("without fee", "for one gold coin")
    passage = identify(text, KNOWN).differing[0]
    assert text[passage.start :].startswith(passage.text.split()[0])
    assert "gold coin" in passage.text


@pytest.mark.parametrize("alter", SAME_WORDS.values(), ids=SAME_WORDS)
def test_the_ways_in_which_a_text_is_carried_change_nothing(alter: Alteration) -> None:
    assert identify(alter(OWL) or "", KNOWN).match is Match.EXACT


@pytest.mark.parametrize("alter", [*CHANGED.values(), *MORE_WORDS.values()], ids=[*CHANGED, *MORE_WORDS])
def test_a_text_of_other_words_is_never_exact(alter: Alteration) -> None:
    changed = alter(OWL)
    assert changed is None or identify(changed, KNOWN).match is not Match.EXACT


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2026 The Owls",
        "Copyright \u00a9 2023-2026 Owl & Hawk GmbH, Inc. All rights reserved.",
        "COPYRIGHT (C) 2026 THE OWLS. ALL RIGHTS RESERVED.",
        "(c) <year> <name of author>",
        "<p>Copyright 2026 owl-ai and contributors</p>",
        "\u00a9 2026 \u732b\u5934\u9e70",
    ],
)
def test_a_line_that_names_a_holder_is_left_out(line: str) -> None:
    assert identify(f"{line}\n\n{OWL}", KNOWN).match is Match.EXACT


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2026 The Owls, free of charge while it rains",
        "copyright and other rights in derived owls stay with us",
        "COPYRIGHT (C) 2026 THE OWLS, FOR EVALUATION",
        "<a non-commercial license>",
        "<p not for sale>",
        '<p title="not for sale">Not for sale.</p>',
        "&#110;&#111;&#116; for sale",
        "\u00a5 5",
        "5 %",
        "---\nnotice: only on Sundays\n---",
        "---\nlicense: other\nextra: each owl and each hawk costs one gold coin a year\n---",
    ],
)
def test_a_line_that_says_more_is_part_of_the_text(line: str) -> None:
    assert identify(f"{line}\n{OWL}", KNOWN).match is Match.NEAR


def test_markup_of_any_length_costs_no_time_to_speak_of() -> None:
    for part in ("<p ", '<p a="', "((((", "&#", "copyright ", "\u00a9<p>", "---\n", "a'"):
        assert identify(f"{part * (300_000 // len(part))}\n{OWL}", KNOWN).holds == ("owl-1.0",)


def test_what_stands_around_a_whole_license_is_known() -> None:
    found = identify(f"Before you read on, tell us your name.\n\n{OWL}\n\nFor research only.", KNOWN)
    assert found.holds == ("owl-1.0",)
    assert "tell us your name" in found.around
    assert "For research only" in found.around
    assert "feather" not in found.around


def test_two_licenses_in_one_text_are_ambiguous() -> None:
    found = identify(f"{OWL}\n\n{HAWK}", KNOWN)
    assert found.match is Match.AMBIGUOUS
    assert {name for name, _ in found.candidates} == {"owl-1.0", "hawk-1.0"}


def test_the_same_words_under_two_ids_are_ambiguous() -> None:
    assert identify(OWL, (*KNOWN, known(OWL, "owl-2.0"))).match is Match.AMBIGUOUS


@pytest.mark.parametrize(
    "text",
    ["", "See https://owl.example/license", "Owls are birds of prey. " * 40, "---\nlicense: mit\n---\n# A model\n" * 3],
)
def test_what_is_no_license_is_none(text: str) -> None:
    assert identify(text, KNOWN).match is Match.NONE


def quoted(text: str, section: str, figure: int | None = None, known_texts: Any = KNOWN) -> Quote | None:
    """The passage in a text that is exactly a known one."""
    one = identify(text, known_texts).known
    assert one is not None
    return quote(Quotable(text, "LICENSE", located_words(text), one), section, figure)


REFLOWED = [
    lambda text: text,
    lambda text: " ".join(text.split()),
    lambda text: textwrap.fill(text, 30),
    lambda text: "---\nlicense: other\n---\n" + text,
    lambda text: f"Copyright (c) 2026 The Owls\n\n{text}",
    lambda text: re.sub(r"^", "# ", text, flags=re.MULTILINE),
]


@pytest.mark.parametrize("change", REFLOWED)
@pytest.mark.parametrize(
    ("section", "first", "last"),
    [
        ("1.a", "Everyone may", "without fee."),
        ("1(b)(i), 3", "a feather", "came from;"),
        ("1.b.i", "a feather", "came from;"),
        ("2", "Big forests", "the owl first."),
        ("2-3", "Big forests", "the owl first."),
        ("3 (Mice)", "Mice.", "another owl."),
        ("motto", "nobody says", "not theirs."),
    ],
)
def test_a_clause_is_quoted_from_where_it_stands_however_the_text_is_set(
    change: Any, section: str, first: str, last: str
) -> None:
    text = change(OWL)
    found = quoted(text, section)
    assert found is not None
    plain = found.text.replace("# ", "").rstrip(" #")
    assert first in plain[:20]
    assert plain.endswith(last)
    assert " ".join(text[found.start : found.start + 12].split())[:8] == found.text[:8]


@pytest.mark.parametrize("section", ["9.z", "droppings", ""])
def test_what_stands_nowhere_is_not_quoted(section: str) -> None:
    assert quoted(OWL, section) is None


def test_a_clause_with_a_figure_is_the_one_that_names_it() -> None:
    threshold = quoted(OWL, "2", 700_000_000)
    assert threshold is not None
    assert "700 million" in threshold.text
    assert quoted(OWL, "2", 100_000_000) is None
    far = OWL.replace("Forests with", "A forest is a forest, and so are its trees. " * 20 + "Forests with")
    found = quoted(far, "2", 700_000_000, (known(far, "owl-1.0"),))
    assert found is not None
    assert found.text.startswith("Forests with more than 700 million")


def test_a_number_that_begins_twice_says_nothing() -> None:
    again = OWL + "\nAnnex\n2. Feeding. Owls are fed at night, and by nobody but the keeper of their forest.\n"
    prints = (known(again, "owl-1.0"),)
    assert quoted(again, "2", None, prints) is None
    assert quoted(again, "2", 700_000_000, prints) is not None


def test_every_mark_of_a_passage_is_of_a_clause_and_stands_in_a_known_text(licenses: Licenses) -> None:
    marks = read_passages(Path(__file__).parents[2] / "catalog")
    placed = {(one.license, section) for one in load_fingerprints() for section, _ in one.passages}
    for name, sections in marks.items():
        clauses = {clause.section for clause in licenses.by_id[name].clauses}
        assert set(sections) <= clauses, name
        assert {(name, section) for section in sections} <= placed, name


def test_a_mark_needs_five_words() -> None:
    assert passage_mark("Owls may be fed, always") == passage_mark("owls may be fed always and by all")
    with pytest.raises(ValueError, match="at least 5 words"):
        passage_mark("Owls may be fed")


def test_fingerprints_survive_being_written() -> None:
    written = dump_fingerprints(KNOWN)
    assert "feather" not in written
    assert json.loads(written)["texts"][0]["license"] == "owl-1.0"


def test_every_packaged_fingerprint_belongs_to_a_license_and_holds_no_words(licenses: Licenses) -> None:
    prints = load_fingerprints()
    assert {one.license for one in prints} <= set(licenses.by_id)
    digests = [(one.role, one.digest) for one in prints]
    assert len(digests) == len(set(digests)), "one text under two ids can never be exact"
    assert all(len(one.shingles) == max(0, one.words - 4) for one in prints)


def test_no_stricter_license_is_taken_for_a_looser_one(labeled: list[dict[str, Any]], licenses: Licenses) -> None:
    """Each labeled text against all others: what is exact is the same license, whichever texts are known."""
    prints = load_fingerprints()
    for row in labeled:
        role = "use-policy" if row.get("role") == "use-policy" else "license"
        own = digest(split_words(without_front_matter(row["content"])[0]))
        whole, left_out = (
            identify(row["content"], texts, role=role)
            for texts in (prints, [one for one in prints if one.digest != own])
        )
        if left_out.match is Match.EXACT and whole.match is Match.EXACT:
            assert left_out.id == whole.id, row["file"]
        if left_out.match is Match.EXACT and left_out.id and whole.id:
            before, after = (CLASS_STRICTNESS[licenses.by_id[one].license_class] for one in (whole.id, left_out.id))
            assert before <= after, row["file"]


def test_no_labeled_text_survives_an_alteration_of_its_substance(labeled: list[dict[str, Any]]) -> None:
    known_digests = {one.digest for one in load_fingerprints()}
    tried = 0
    for row in labeled:
        for name, alter in CHANGED.items():
            changed = alter(row["content"])
            if changed is not None:
                tried += 1
                assert digest(split_words(without_front_matter(changed)[0])) not in known_digests, (row["file"], name)
    assert tried > 900


def test_nearly_every_clause_of_a_text_that_is_known_is_quoted_from_it(
    labeled: list[dict[str, Any]], licenses: Licenses
) -> None:
    prints = load_fingerprints()
    located: dict[tuple[str, str, str], bool] = {}
    for row in labeled:
        found = identify(row["content"], prints)
        if found.known is not None and found.id:
            text = Quotable(row["content"], row["file"], located_words(row["content"]), found.known)
            for one in licenses.by_id[found.id].clauses:
                passage = quote(text, one.section, one.above)
                key = (found.id, one.section, one.says)
                located[key] = located.get(key, True) and passage is not None
                assert passage is None or text.text[passage.start :].split()[0] == passage.text.split()[0]
    assert len(located) > 300
    assert sum(located.values()) / len(located) > 0.95


BSD = installed_license("click", "Redistribution and use")


@pytest.mark.parametrize(
    "alter",
    [
        lambda text: text.replace("1.  ", "* ", 1),
        lambda text: f"The BSD 3-Clause License\n\n{text}",
        lambda text: text.replace(
            "Redistribution and use", "Copyright 2024 Owl Labs. All rights reserved.\n\nRedistribution and use", 1
        ),
        lambda text: text.replace("COPYRIGHT HOLDER OR", "COPYRIGHT OWNER OR"),
        lambda text: text.replace("THE COPYRIGHT HOLDERS AND CONTRIBUTORS", "OWL LABS AND CONTRIBUTORS"),
        lambda text: text.replace("its contributors", "any contributors"),
    ],
)
def test_forms_of_a_free_license_are_that_license(alter: Callable[[str], str]) -> None:
    known = load_fingerprints()
    changed = alter(BSD)
    assert changed != BSD
    assert (identify(changed, known).match, identify(changed, known).id) == (Match.EXACT, "bsd-3-clause")


@pytest.mark.parametrize(
    "alter",
    [
        lambda text: text.replace("Redistribution and use", "No rights reserved.\n\nRedistribution and use", 1),
        lambda text: f"Modified MIT License\n\n{text}",
        lambda text: text.replace("THE COPYRIGHT HOLDERS AND CONTRIBUTORS", "OWLS WHOM COMPANIES PAY AND CONTRIBUTORS"),
        lambda text: text.replace("binary forms, with", "binary forms, 1. for owls, with"),
        lambda text: text.replace("its contributors", "paying contributors"),
        lambda text: text.replace("IN NO EVENT SHALL", "IN SOME EVENTS"),
        lambda text: text[: text.index("3.  Neither")] + text[text.index("THIS SOFTWARE") :].replace("NEGLIGENCE", ""),
    ],
)
def test_what_is_no_form_of_it_is_near_and_says_what_differs(alter: Callable[[str], str]) -> None:
    found = identify(alter(BSD), load_fingerprints())
    assert found.match is Match.NEAR
    assert found.differing or found.missing
