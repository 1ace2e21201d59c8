"""The license records: every identifier of the Hub, no permission without the full text, each clause sourced."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.source.license_schema import ClauseEntry, LicenseEntry, UseName, license_mistakes
from advisor.licenses.aliases import Licenses
from advisor.licenses.conditions import Circumstances
from advisor.licenses.license import STRICTNESS, License, Verdict
from advisor.licenses.verdict import judge_use
from advisor.requirements.schema import Business, Organization
from tests.catalog_files import license_file
from tests.licenses.conftest import TEXTS

USES: tuple[str, ...] = UseName.__args__  # type: ignore[attr-defined]


def test_every_identifier_of_the_hub_has_a_record(licenses: Licenses) -> None:
    path = TEXTS / "hub_license_ids.txt"
    if not path.is_file():
        pytest.skip("the Hub's list is not on this disk")
    missing = [tag for tag in path.read_text(encoding="utf-8").split() if licenses.of_tag(tag).license is None]
    assert missing == []


def test_there_are_enough_records_and_each_says_where_it_was_read(licenses: Licenses) -> None:
    assert len(licenses.by_id) >= 110
    for terms in licenses.by_id.values():
        assert terms.sources, terms.id
        assert all(clause.source for clause in terms.clauses), terms.id


def organizations() -> st.SearchStrategy[Organization]:
    return st.builds(
        Organization,
        country=st.sampled_from([None, "DE", "US", "KR", "GB"]),
        monthly_active_users=st.sampled_from([None, 0, 10**6, 10**9]),
        yearly_revenue_usd=st.sampled_from([None, 0, 10**6, 10**8, 10**11]),
        business=st.sampled_from([None, *Business]),
    )


@given(organizations(), st.sampled_from([None, True, False]), st.data())
def test_below_the_full_text_nothing_is_ever_allowed(
    organization: Organization, modal: Any, data: st.DataObject
) -> None:
    terms = data.draw(st.sampled_from(_below_full_text()))
    use = data.draw(st.sampled_from(USES))
    assert judge_use(terms, use, Circumstances(organization, modal)).verdict is not Verdict.ALLOWED


@given(organizations(), st.data())
def test_no_clause_makes_a_verdict_looser_than_the_record_states(
    organization: Organization, data: st.DataObject
) -> None:
    terms = data.draw(st.sampled_from(list(_all().values())))
    use = data.draw(st.sampled_from(USES))
    answer = judge_use(terms, use, Circumstances(organization))
    assert STRICTNESS[answer.verdict] >= STRICTNESS[terms.stated(use)]
    if answer.verdict is Verdict.FORBIDDEN:
        assert any(clause.kind in ("prohibition", "threshold", "territory", "business") for clause in answer.because)
    if answer.verdict is Verdict.UNKNOWN and terms.evidence == "full-text":
        assert answer.read


def test_who_is_bigger_is_never_allowed_more(licenses: Licenses) -> None:
    sizes = (0, 10**6, 10**8, 10**10)
    asked = [
        Circumstances(
            Organization(country="US", business=Business.INTERNAL, monthly_active_users=size, yearly_revenue_usd=size),
            multimodal=False,
        )
        for size in sizes
    ]
    for terms, use in product(licenses.by_id.values(), USES):
        verdicts = [judge_use(terms, use, circumstances).verdict for circumstances in asked]
        assert verdicts == sorted(verdicts, key=STRICTNESS.__getitem__), (terms.id, use)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evidence": "excerpt"}, "nothing below full-text may be allowed"),
        ({"family": True}, "nothing below full-text may be allowed"),
        ({"uses": {"internal": "allowed"}}, "missing"),
        ({"uses": dict.fromkeys(USES, "forbidden")}, "forbidden by nothing"),
        ({"uses": dict.fromkeys(USES, "conditional")}, "conditional on nothing"),
        ({"uses": dict.fromkeys(USES, "conditional"), "evidence": "excerpt", "clauses": []}, "conditional on nothing"),
        ({"uses": dict.fromkeys(USES, "conditional"), "evidence": "unsourced"}, "until the text was read"),
        ({"clauses": [{"section": "1", "kind": "duty", "says": "Pay.", "source": "page"}]}, "expected conditional"),
        ({"clauses": [{"section": "1", "kind": "grant", "says": "All.", "source": "gone"}]}, "no source named"),
        ({"clauses": [{"section": "1", "kind": "threshold", "says": "Big.", "source": "page"}]}, "measure and above"),
        (
            {"clauses": [{"section": "1", "kind": "territory", "says": "Not.", "source": "page"}]},
            "territory that is left",
        ),
    ],
)
def test_a_record_that_claims_too_much_is_a_mistake(change: dict[str, Any], message: str) -> None:
    entry = LicenseEntry.model_validate(license_file("owl", **change))
    assert any(message in said for _, said in license_mistakes(entry))


def test_a_text_that_nobody_read_permits_nothing() -> None:
    unread = [terms for terms in _all().values() if terms.evidence == "unsourced"]
    assert "inception-terms" in {terms.id for terms in unread}
    for terms in unread:
        permitting = terms._replace(uses=dict.fromkeys(USES, Verdict.CONDITIONAL))
        for use in USES:
            assert judge_use(terms, use, Circumstances(Organization())).verdict in (Verdict.UNKNOWN, Verdict.FORBIDDEN)
            assert judge_use(permitting, use, Circumstances(Organization())).verdict is Verdict.UNKNOWN, use


def test_only_the_required_words_of_a_license_are_repeated() -> None:
    with pytest.raises(ValueError, match="text"):
        ClauseEntry.model_validate({"section": "1", "kind": "grant", "says": "x", "text": "the license's own words"})


def _all() -> dict[str, License]:
    from advisor.catalog import load_catalog

    global _cached  # noqa: PLW0603 - loaded once for all examples
    if not _cached:
        _cached = Licenses(load_catalog().licenses).by_id
    return _cached


_cached: dict[str, License] = {}


def _below_full_text() -> list[License]:
    return [terms for terms in _all().values() if terms.evidence != "full-text" or terms.family]
