"""What stands before a free license and around its copyright lines: harmless in a few forms, never where it limits."""

from __future__ import annotations

import pytest

from advisor.licenses.text.fingerprints import load_fingerprints
from advisor.licenses.text.identify import Identification, Match, identify
from tests.licenses.installed import installed_license

MIT = "Permission is hereby granted"
BSD = "Redistribution and use in source"


def said(text: str) -> Identification:
    return identify(text, load_fingerprints())


@pytest.mark.parametrize(
    "before",
    [
        "# PCG64\n\n## The MIT License\n\nPCG Random Number Generation for C.\n\nCopyright 2014 Ann Owl <a@b.cd>\n\n",
        "owlparser -- A C parser in Python\n\nCopyright (c) 2008-2027, Ann Owl\nAll rights reserved.\n\n",
        "Owl extensions are licensed under the terms of the MIT license, reproduced below.\n\n= = =\nMIT License\n\n",
        "MIT License\n\nAdapted from a C++ implementation of Ann Owl's hoots.\n\nhttps://owl.example/hoots\n\n",
        "Copyright (c) 2019 Ann Owl; RStudio; and Evan Miller\n\n",
        "Copyright (c) 2013-2026 by the Owl Team, see AUTHORS for more information.\n\n",
        "Portions Copyright (c) Owl Corporation.\nSome contributions copyright (c) 2007, Ann Owl <a@owl.example>\n\n",
        "Copyright 2007, 2008 The Owl Project (v. 1.7 and later)\n\n",
        "Copyright 2014-2019 Grant Owl\n\n",
        "Copyright (c) 2012: Ann Owl, Bo Owl, Cy Owl, Di Owl,\n> Ed Owl, Flo Owl, Gus Owl, and other contributors.\n\n",
        ".parse() is based on Owl's node.js `url` code:\n\nCopyright Owl, Inc. and other Node contributors.\n\n",
    ],
)
def test_what_says_nothing_of_rights_changes_nothing(before: str) -> None:
    found = said(before + installed_license("pytest", MIT))
    assert (found.match, found.id) == (Match.EXACT, "mit")


@pytest.mark.parametrize(
    "before",
    [
        "For research use\n\n",
        "Academic edition\n\n",
        "Internal Use\n\n",
        "Evaluation copy\n\n",
        "Students only\n\n",
        "Not for sale\n\n",
        "GPL-2.0\n\n",
        "Apache\n\n",
        "Note\n\n",
        "Private preview for partners\n\n",
        "Nur für Forschung\n\n",
        "\u7981\u6b62\u5546\u7528\n\n",
        "\u7814\u7a76\n\n",
        "Owl is licensed under the GNU GPL, reproduced below.\n\n",
        "Owl is licensed under the MIT license, except in Japan:\n\n",
        "This work was derived from the owl module, licensed under another license.\n\n",
        "Adapted from the GPL code of owls.\n\n",
        "Portions copyright Owl, Inc., not for sale\n\n",
        "Portions Copyright (c) Owl, Inc. See EULA.\n\n",
        "Copyright (c) 2019 Ann Owl; companies need a contract\n\n",
        "Copyright (c) 2019 Ann Owl, see TERMS for more information\n\n",
        "Copyright 2014-2019 Owl\nGrants nothing to anybody\n\n",
        "Copyright 2014-2019 May Not Be Sold\n\n",
        "Copyright (c) 2012: Ann Owl, Bo Owl,\nno companies, Cy Owl\n\n",
        "Copyright (c) 2012: Ann Owl,\nwhich forbids whatever earns money\n\n",
        "Copyright (c) 2012 Ann Owl,\nMilitary Excluded, Cy Owl\n\n",
        "Copyright (c) 2023 Owl, for universities.\n\n",
        "Copyright (c) 2023 Owl, with an eye on banks.\n\n",
        "Owl for universities\n\n",
        "Code\n\n",
        "Sample code of Owl\n\n",
        "Derived from Llama-2-7b\n\n",
        "It is based on a promise of nobody to sell it\n\n",
        "Owl\n\nParser\n\nfor everybody\n\nand more\n\n",
    ],
)
def test_a_line_that_may_limit_or_name_another_license_keeps_a_text_near(before: str) -> None:
    found = said(before + installed_license("pytest", MIT))
    assert found.match is not Match.EXACT, found
    assert found.id in ("mit", None)


def test_a_clause_on_endorsement_that_names_the_author_is_the_usual_one() -> None:
    text = installed_license("pypdf", BSD)
    assert "The name of the author may not be used" in text
    assert (said(text).match, said(text).id) == (Match.EXACT, "bsd-3-clause")
    for changed in (
        text.replace("The name of the author may not", "The name of the author may"),
        text.replace("The name of the author may not", "Neither the name of the author nor this software may"),
        text.replace("specific prior written", "prior written"),
    ):
        assert changed != text
        assert said(changed).match is not Match.EXACT


def test_a_license_twice_is_once_and_with_another_sentence_between_it_is_not() -> None:
    text = installed_license("pytest", MIT)
    between = "\n\n====\n\nOriginal version\n\nCopyright (c) 2015 Ann Owl\n\n"
    assert said(text + between + text).match is Match.EXACT
    assert said(text + between + "No part of it may be sold.\n\n" + text).match is not Match.EXACT


def test_the_notice_that_applies_the_apache_license_names_it() -> None:
    notice = installed_license("tzdata", "Licensed under the Apache License")
    found = said(f"Apache Software License 2.0\n\nCopyright (c) 2020, Ann Owl\n\n{notice}")
    assert (found.match, found.id, found.version) == (Match.EXACT, "apache-2.0", "notice")
    assert said(f"{notice}\nNot for sale.").match is not Match.EXACT
    assert said(f"Not for sale.\n\n{notice}").match is not Match.EXACT
