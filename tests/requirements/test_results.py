"""The team's own results: what is read, and that nothing wrong passes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from advisor.errors import EvidenceError
from advisor.requirements.score_table import load_results, parse_results

HEAD = "workload,offering,vendor,score,cost_usd,n,weight\n"


def refused(text: str) -> str:
    with pytest.raises(EvidenceError) as caught:
        parse_results(text, "r.csv")
    return caught.value.message


def test_columns_may_come_in_any_order_and_others_are_left_alone() -> None:
    text = "vendor,remark,score,offering,cost_usd,workload\r\nv,fine,90.5,o,12.25,chat\r\n\r\n"
    results = parse_results(text, "r.csv")
    row = results.rows[0]
    assert (row.workload, row.offering, row.vendor, row.score, row.cost_usd, row.n) == (
        "chat", "o", "v", Decimal("90.5"), Decimal("12.25"), None,
    )  # fmt: skip
    assert results.weights == {"chat": Decimal(1)}


def test_a_weight_given_once_holds_for_its_workload() -> None:
    results = parse_results(f"{HEAD}chat,a,v,90,1,10,3\nchat,b,v,80,1,,\ncode,a,v,70,2,,\n", "r.csv")
    assert results.weights == {"chat": Decimal(3), "code": Decimal(1)}
    assert [row.n for row in results.rows] == [10, None, None]


@pytest.mark.parametrize("value", ["NaN", "inf", "-inf", "1e308", "-1", "101", "1_000", "٤٢", "abc", "0x1", "9" * 80])
def test_a_score_is_a_number_from_0_to_100(value: str) -> None:
    assert "r.csv:2: score: expected a number from 0 to 100" in refused(f"{HEAD}chat,a,v,{value},1,,\n")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e308", "-0.01", "$5"])
def test_a_cost_is_a_finite_amount(value: str) -> None:
    assert "r.csv:2: cost_usd: expected a number" in refused(f"{HEAD}chat,a,v,50,{value},,\n")


@pytest.mark.parametrize("value", ["0", "-3", "2.5", "1e30", "nan"])
def test_n_counts_cases(value: str) -> None:
    assert "r.csv:2: n: expected a whole number" in refused(f"{HEAD}chat,a,v,50,1,{value},\n")


def test_missing_cells_columns_and_rows_are_named() -> None:
    assert "score: expected a number from 0 to 100, found nothing" in refused(f"{HEAD}chat,a,v,,1,,\n")
    assert "column vendor, cost_usd is missing" in refused("workload,offering,score\nchat,a,1\n")
    assert "found an empty file" in refused("")
    assert "at least one row" in refused(HEAD)
    assert "r.csv:2: expected at least 7 cells, found 3" in refused(f"{HEAD}chat,a,v\n")
    assert "workload: expected a name" in refused(f"{HEAD},a,v,1,1,,\n")


def test_empty_rows_are_left_alone_and_cells_beyond_the_header_refused() -> None:
    results = parse_results(f"\n{HEAD}   \n,,,,,,\nchat,a,v,50,1,,,,\n,,,,,,\n", "r.csv")
    assert [row.line for row in results.rows] == [5]
    # A thousands' comma would otherwise make a cost of one dollar.
    message = refused("workload,offering,vendor,score,cost_usd\nchat,a,v,50,1,000\n")
    assert message == "r.csv:2: expected 5 cells as in the header, found 6"


def test_what_stands_twice_is_refused_with_both_lines() -> None:
    message = refused(f"{HEAD}chat,a,v,50,1,,\nchat,b,v,50,1,,\nchat,a,w,60,1,,\n")
    assert message.startswith("r.csv:4: offering 'a' stands a second time for workload 'chat'; it stood on line 2")
    assert "stands 2 times" in refused("workload,offering,vendor,score,score,cost_usd\n")


def test_weights_that_contradict_or_vanish_are_refused() -> None:
    assert "has weight 2 here and 1 on line 2" in refused(f"{HEAD}chat,a,v,50,1,,1\nchat,b,v,50,1,,2\n")
    assert "weight above 0" in refused(f"{HEAD}chat,a,v,50,1,,0\n")


def test_another_separator_is_recognised() -> None:
    with pytest.raises(EvidenceError) as caught:
        parse_results("workload;offering;vendor;score;cost_usd\n", "r.csv")
    assert caught.value.hint == "separate columns by commas, not by ';'"


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(HEAD.encode() + b"chat,\xff\xfe,v,1,1,,\n")
    with pytest.raises(EvidenceError, match=r"r\.csv:2: expected UTF-8 text"):
        load_results(path)
    path.write_bytes(HEAD.encode("utf-8-sig") + b"chat,a,v,1,1,,\n")
    assert len(load_results(path).rows) == 1


def test_control_characters_and_open_quotes_are_refused() -> None:
    assert "expected a name" in refused(f"{HEAD}chat,a\x1b[31m,v,1,1,,\n")
    assert "expected CSV" in refused(f'{HEAD}chat,"a,v,1,1,,\n')
