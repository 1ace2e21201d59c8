"""Laws of the verdict: nothing stricter, bigger, more derived or less known ever gets a better answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog import load_catalog
from advisor.licenses.aliases import Licenses
from advisor.licenses.conditions import Circumstances
from advisor.licenses.evidence.lineage import Edge, Lineage
from advisor.licenses.evidence.records import Evidence, Parent
from advisor.licenses.license import FULL_TEXT, STRICTNESS, License, Verdict
from advisor.licenses.review import Review, Reviewer
from advisor.licenses.spdx import judge_expression
from advisor.licenses.verdict import judge_use
from advisor.requirements.schema import Business, Organization
from tests.licenses.test_records import USES, organizations

STRICTER = (
    ("internal", "commercial"),
    ("internal", "serve"),
    ("research", "commercial"),
    ("serve", "model-as-a-service"),
    ("commercial", "model-as-a-service"),
    ("redistribute", "redistribute-modified"),
    ("fine-tune", "redistribute-modified"),
    ("quantize", "redistribute-modified"),
)
"""Pairs of uses of which the second asks for more than the first."""

MODAL = st.sampled_from([None, True, False])
TAGS = (
    "apache-2.0",
    "mit",
    "cc-by-4.0",
    "cc-by-nc-4.0",
    "gpl-3.0",
    "llama3.2",
    "gemma",
    "openrail",
    "other",
    "owl-law",
)


@cache
def known() -> Licenses:
    return Licenses(load_catalog().licenses)


def every() -> st.SearchStrategy[License]:
    return st.sampled_from(list(known().by_id.values()))


def uses() -> st.SearchStrategy[str]:
    return st.sampled_from(USES)


def rank(terms: License, use: str, organization: Organization, modal: bool | None) -> int:
    return STRICTNESS[judge_use(terms, use, Circumstances(organization, modal)).verdict]


@given(every(), organizations(), MODAL)
def test_a_stricter_use_never_gets_a_better_verdict(
    terms: License, organization: Organization, modal: bool | None
) -> None:
    for less, more in STRICTER:
        assert rank(terms, less, organization, modal) <= rank(terms, more, organization, modal), (terms.id, less, more)


@given(every(), uses(), organizations(), MODAL, st.sampled_from([10**6, 10**8, 10**9, 10**12]))
def test_growing_never_helps(
    terms: License, use: str, organization: Organization, modal: bool | None, more: int
) -> None:
    users, revenue = organization.monthly_active_users, organization.yearly_revenue_usd
    grown = organization.model_copy(
        update={
            "monthly_active_users": None if users is None else users + more,
            "yearly_revenue_usd": None if revenue is None else revenue + more,
        }
    )
    assert rank(terms, use, grown, modal) >= rank(terms, use, organization, modal), (terms.id, use)


@given(every(), uses(), organizations(), st.sampled_from(["excerpt", "secondary", "unsourced"]))
def test_weaker_evidence_never_allows(terms: License, use: str, organization: Organization, evidence: str) -> None:
    weaker = terms._replace(evidence=evidence)
    assert rank(weaker, use, organization, None) >= rank(terms, use, organization, None)
    assert judge_use(weaker, use, Circumstances(organization)).verdict is not Verdict.ALLOWED


@given(every(), uses(), organizations(), MODAL)
def test_a_condition_has_a_clause_and_a_doubt_has_something_to_read(
    terms: License, use: str, organization: Organization, modal: bool | None
) -> None:
    answer = judge_use(terms, use, Circumstances(organization, modal))
    if answer.verdict is Verdict.CONDITIONAL:
        assert answer.because or answer.read, terms.id
    if answer.verdict is Verdict.UNKNOWN:
        assert answer.read, terms.id
    if answer.verdict is Verdict.FORBIDDEN:
        assert any(one.kind != "grant" for one in answer.because), terms.id


@pytest.mark.parametrize("use", USES)
def test_a_license_for_some_purposes_says_so_wherever_it_permits(use: str) -> None:
    bound = [one for one in known().by_id.values() if one.license_class == "non-commercial"]
    for terms in bound:
        answer = judge_use(terms, use, Circumstances(Organization(business=Business.RESEARCH)))
        said = " ".join(clause.says.lower() for clause in (*answer.because, *answer.duties))
        assert answer.verdict is not Verdict.ALLOWED, terms.id
        told = "commercial" in said or "research" in said or terms.evidence != FULL_TEXT
        assert told or answer.verdict is not Verdict.CONDITIONAL, terms.id


def lineage(root: str, parents: Iterable[tuple[str, str]]) -> Lineage:
    """A model under ``root`` whose parents are (name, tag)."""
    parents = tuple(parents)
    named = tuple(Parent(id=name, relation="merge") for name, _ in parents)
    nodes = {"owls/owl": _evidence("owls/owl", root, named)} | {name: _evidence(name, tag) for name, tag in parents}
    edges = tuple(Edge("owls/owl", name, "merge") for name, _ in parents)
    return Lineage("owls/owl", nodes, edges, (), complete=True)


def _evidence(name: str, tag: str, parents: tuple[Parent, ...] = ()) -> Evidence:
    day = datetime(2026, 11, 23, tzinfo=UTC)
    return Evidence(repository=name, id=name, endpoint="", read_at=day, licenses=(tag,), parents=parents)


def reviewed(graph: Lineage, organization: Organization) -> Review:
    return Reviewer(known(), (), USES, organization).judge(graph.root, graph)


def parents() -> st.SearchStrategy[list[tuple[str, str]]]:
    numbered = st.lists(st.sampled_from(TAGS), max_size=4)
    return numbered.map(lambda tags: [(f"owls/p{number}", tag) for number, tag in enumerate(tags)])


@given(st.sampled_from(TAGS), parents(), st.sampled_from(TAGS), organizations())
def test_another_parent_never_improves_a_verdict_and_adds_its_duties(
    root: str, some: list[tuple[str, str]], tag: str, organization: Organization
) -> None:
    before = reviewed(lineage(root, some), organization)
    after = reviewed(lineage(root, [*some, ("owls/last", tag)]), organization)
    for less, more in zip(before.uses, after.uses, strict=True):
        assert STRICTNESS[less.verdict] <= STRICTNESS[more.verdict], less.use
        assert set(less.duties) <= set(more.duties), less.use


@given(st.sampled_from(TAGS), parents(), organizations())
def test_a_merge_owes_what_each_of_its_parents_asks(
    root: str, some: list[tuple[str, str]], organization: Organization
) -> None:
    whole = reviewed(lineage(root, some), organization)
    parts = [reviewed(lineage(root, [one]), organization) for one in some] or [
        reviewed(lineage(root, []), organization)
    ]
    for number, use in enumerate(whole.uses):
        assert set(use.duties) == {duty for part in parts for duty in part.uses[number].duties}


@given(st.sampled_from(TAGS), parents(), st.sampled_from(["unknown", "other", "owl-law"]), organizations())
def test_an_unknown_license_anywhere_permits_nothing(
    root: str, some: list[tuple[str, str]], tag: str, organization: Organization
) -> None:
    for review in (
        reviewed(lineage(root, [*some, ("owls/last", tag)]), organization),
        reviewed(lineage(tag, some), organization),
    ):
        assert all(STRICTNESS[use.verdict] >= STRICTNESS[Verdict.UNKNOWN] for use in review.uses)


def expressions() -> st.SearchStrategy[str]:
    names = st.sampled_from([verdict.value for verdict in Verdict])
    return st.recursive(
        names,
        lambda inner: st.builds(
            lambda one, word, two: f"({one} {word} {two})", inner, st.sampled_from(["AND", "OR"]), inner
        ),
        max_leaves=6,
    )


@given(expressions(), expressions())
def test_and_takes_the_worst_and_or_the_best(one: str, two: str) -> None:
    ranks = [STRICTNESS[judge_expression(text, Verdict)] for text in (one, two)]
    assert STRICTNESS[judge_expression(f"{one} AND {two}", Verdict)] == max(ranks)
    assert STRICTNESS[judge_expression(f"{one} OR {two}", Verdict)] == min(ranks)
