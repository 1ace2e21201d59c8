"""From a run's lines to figures, comparisons and facts; which measurement is worth taking."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from advisor.decision.next_measurement import worth_measuring
from advisor.errors import EvidenceError, ProbeError
from advisor.facts import Measurement, Ternary
from advisor.probe.faults import Fault
from advisor.probe.measurement_cache import STALE_AFTER_DAYS, read_measurements
from advisor.probe.measurements import measurements
from advisor.probe.run_file import (
    CandidateLine,
    Mode,
    Phase,
    RequestLine,
    Run,
    RunFile,
    RunLine,
    find_run,
    read_run,
    read_runs,
)
from advisor.probe.summary import summarize
from advisor.probe.worker_protocol import CallAnswer, RequestLimits, Timing, Tokens
from advisor.reports.probe.csv_and_otel import csv_text
from advisor.reports.probe.render import _sections, compared
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.statistics import ComparisonVerdict
from tests.made_catalogs import AS_OF, catalog, document, license_record, model, offering, price

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def a_run(times: dict[str, list[float | Fault]], at: datetime = NOON, mode: Mode = Mode.ROUNDS) -> Run:
    """A run in which each candidate took these milliseconds to its first token, or failed."""
    candidates = tuple(
        CandidateLine(
            name=name, model=name, subject=name, api_base=None, effort=None, service_tier=None, tier="standard"
        )
        for name in times
    )
    head = RunLine(
        id="a",
        started_at=at,
        advisor_version="1",
        litellm_version="1",
        python_version="3",
        platform="p",
        place=None,
        catalog_version="1",
        mode=mode,
        rounds=10,
        streams=1,
        rate_per_s=None,
        tools=False,
        prompt="built-in short",
        prompt_bytes=100,
        max_tokens=16,
        limits=RequestLimits(),
        candidates=candidates,
    )
    lines = tuple(
        RequestLine(candidate=name, round=number, phase=Phase.MEASURED, started_at=at, usd=None, answer=_answer(value))
        for name, values in times.items()
        for number, value in enumerate(values)
    )
    return Run(Path("a.jsonl"), head, lines, None)


def _answer(value: float | Fault) -> CallAnswer:
    if isinstance(value, Fault):
        return CallAnswer(id=1, fault=value)
    timing = Timing(ttft_ms=value, itl_ms=10.0, e2e_ms=value + 100)
    return CallAnswer(id=1, timing=timing, tokens=Tokens(input=5, output=11, source="server"), clock="wire")


def kept(folder: Path, run: Run, name: str) -> None:
    file = RunFile(folder / f"{name}.jsonl")
    file.append(run.head)
    for line in run.requests:
        file.append(line)
    file.close()


def test_failures_are_in_no_percentile_and_are_counted() -> None:
    (found,) = summarize(a_run({"host/a": [100.0] * 8 + [Fault.SERVER_ERROR, Fault.RATE_LIMITED]})).candidates
    assert found.measured == 8
    assert found.figures["ttft_ms"].p50.n == 8
    assert found.failures.value == 0.2
    assert found.faults == {Fault.SERVER_ERROR: 1, Fault.RATE_LIMITED: 1}


def test_our_own_stops_are_no_failures_of_the_candidate() -> None:
    (found,) = summarize(a_run({"host/a": [100.0] * 8 + [Fault.CAP, Fault.INTERRUPTED]})).candidates
    assert found.failures.value == 0.0


def test_only_rounds_in_which_both_were_measured_are_compared() -> None:
    times: dict[str, list[float | Fault]] = {"a": [10.0] * 9, "b": [20.0] * 9}
    assert summarize(a_run(times)).pairs[0].comparison.verdict is ComparisonVerdict.FIRST
    times["b"] = [20.0] * 7 + [Fault.EMPTY, Fault.EMPTY]
    assert summarize(a_run(times)).pairs[0].comparison.verdict is ComparisonVerdict.OPEN


def test_many_candidates_share_the_error() -> None:
    times: dict[str, list[float | Fault]] = {name: [10.0 + index] * 8 for index, name in enumerate("abcd")}
    pairs = summarize(a_run(times)).pairs
    assert len(pairs) == 6
    assert all(pair.comparison.error == pytest.approx(0.05 / 6) for pair in pairs)
    # Eight pairs cannot be that sure.
    assert all(pair.comparison.verdict is ComparisonVerdict.OPEN for pair in pairs)


def test_the_newest_run_counts_until_it_is_stale(tmp_path: Path) -> None:
    kept(tmp_path, a_run({"host/a": [100.0] * 80}, NOON - timedelta(days=10)), "1")
    kept(tmp_path, a_run({"host/a": [300.0] * 80}, NOON), "2")
    fresh = {one.quantity: one for one in read_measurements(AS_OF, tmp_path).fresh}
    assert fresh["ttft_ms_p95"].value == 300.0
    assert (fresh["ttft_ms_p95"].low, fresh["ttft_ms_p95"].high) == (300.0, 300.0)
    assert fresh["output_tokens_per_s"].value == 100.0
    later = NOON.date() + timedelta(days=STALE_AFTER_DAYS + 1)
    assert read_measurements(later, tmp_path).fresh == ()
    assert read_measurements(later, tmp_path).stale == ("host/a",)
    assert read_measurements(NOON.date() - timedelta(days=5), tmp_path).fresh[0].value == 100.0


def test_a_run_too_small_to_bound_a_figure_hides_none_that_did_unless_it_contradicts(tmp_path: Path) -> None:
    kept(tmp_path, a_run({"host/a": [100.0] * 80, "host/b": [100.0] * 80}, NOON - timedelta(days=3)), "1")
    kept(tmp_path, a_run({"host/a": [100.0] * 9, "host/b": [400.0] * 9}, NOON), "2")
    found = {one.subject: one for one in read_measurements(AS_OF, tmp_path).fresh if one.quantity == "ttft_ms_p95"}
    assert (found["host/a"].n, found["host/a"].high) == (80, 100.0)
    assert (found["host/b"].n, found["host/b"].high) == (9, None)
    assert found["host/b"].low == 400.0
    later = NOON.date() + timedelta(days=STALE_AFTER_DAYS - 1)
    assert {one.n for one in read_measurements(later, tmp_path).fresh if one.quantity == "ttft_ms_p95"} == {9}


def test_what_is_remembered_is_what_the_runs_say(tmp_path: Path) -> None:
    kept(tmp_path, a_run({"host/a": [100.0] * 80}), "1")
    first = read_measurements(AS_OF, tmp_path)
    assert read_measurements(AS_OF, tmp_path) == first
    kept(tmp_path, a_run({"host/b": [Fault.EMPTY] * 80}), "2")
    both = read_measurements(AS_OF, tmp_path)
    assert {one.subject for one in both.fresh} == {"host/a", "host/b"}
    assert read_measurements(AS_OF, tmp_path) == both
    for spoiled in ('{"format": 1, "runs": {"1.jsonl 1 1": [[1]]}}', "{", "[]"):
        (tmp_path / "measured.json").write_text(spoiled)
        assert read_measurements(AS_OF, tmp_path) == both
    (tmp_path / "1.jsonl").unlink()
    assert {one.subject for one in read_measurements(AS_OF, tmp_path).fresh} == {"host/b"}


def test_a_failing_service_has_a_slow_tail(tmp_path: Path) -> None:
    kept(tmp_path, a_run({"host/a": [*[100.0] * 70, *[Fault.SERVER_ERROR] * 30]}), "1")
    found = next(one for one in read_measurements(AS_OF, tmp_path).fresh if one.quantity == "ttft_ms_p95")
    assert found.low == float("inf")


def test_what_is_not_a_run_is_named_and_left_out(tmp_path: Path) -> None:
    kept(tmp_path, a_run({"host/a": [100.0] * 8}), "1")
    (tmp_path / "2.jsonl").write_text('{"kind": "run"}\n')
    found = read_measurements(AS_OF, tmp_path)
    assert found.fresh
    assert "2.jsonl:1" in str(found.unreadable[0])
    with pytest.raises(EvidenceError, match="expected a run"):
        read_run(_empty(tmp_path))


def _empty(folder: Path) -> Path:
    path = folder / "empty.jsonl"
    path.write_text("")
    return path


def test_the_cache_says_nothing_of_ordinary_traffic(tmp_path: Path) -> None:
    kept(tmp_path, a_run({"host/a": [100.0] * 80}, mode=Mode.CACHE), "1")
    assert read_measurements(AS_OF, tmp_path).fresh == ()


def _question() -> Requirements:
    return Requirements.model_validate(
        {
            "unknown": {"latency": "accept", "license": "accept"},
            "workloads": [
                {
                    "name": "job",
                    "dimension": "writing",
                    "latency": {"ttft_ms_p95": 500},
                    "traffic": {"requests_per_month": 1000, "input_tokens": 1000, "output_tokens": 1000},
                }
            ],
        }
    )


def _catalog(*prices: str) -> object:
    names = [f"m{index}" for index in range(len(prices))]
    models = [model(name, quality={"writing": (1000.0, 20.0)}, license="free") for name in names]
    offered = [offering(name, prices=[price(rate, rate)]) for name, rate in zip(names, prices, strict=True)]
    return catalog(document(models, offered, licenses=[license_record("free")]))


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [
        (100.0, 400.0, Ternary.SATISFIED),
        (600.0, 900.0, Ternary.VIOLATED),
        (400.0, 600.0, Ternary.UNKNOWN),
        (600.0, None, Ternary.VIOLATED),
        (400.0, None, Ternary.UNKNOWN),
        (None, 400.0, Ternary.SATISFIED),
        (float("inf"), None, Ternary.VIOLATED),
    ],
)
def test_one_end_of_an_interval_can_decide(low: float | None, high: float | None, state: Ternary) -> None:
    value = next(end for end in (low, high) if end is not None)
    measured = Measurement("host/m0", "ttft_ms_p95", value, low, high, 10, AS_OF, "a.jsonl")
    answer = advise(_catalog("1"), _question(), measurements=[measured]).workloads[0]  # type: ignore[arg-type]
    found = {cause.constraint: cause.state for out in answer.excluded for cause in out.because}
    found |= {cause.constraint: cause.state for one in answer.standings for cause in one.accepted_unknowns}
    assert found.get("latency.ttft_ms_p95", Ternary.SATISFIED) is state


def test_the_measurement_that_may_overturn_the_pick_is_worth_most() -> None:
    shop = _catalog("1", "2", "3")
    first = worth_measuring(shop, _question(), ())  # type: ignore[arg-type]
    # The cheapest is the pick; were it too slow, the next one would be. The others cannot change that.
    assert [one.candidate for one in first] == ["host/m0"]
    assert first[0].chance == 0.5
    assert first[0].usd_per_month > 0
    taken = [Measurement("host/m0", "ttft_ms_p95", 100.0, 90.0, 110.0, 80, date(2026, 11, 20), "a.jsonl")]
    assert worth_measuring(shop, _question(), taken) == ()  # type: ignore[arg-type]


def test_a_line_that_does_not_fit_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run({"host/a": [100.0] * 2})
    file = RunFile(tmp_path / "1.jsonl")
    file.append(run.head)
    write, calls = os.write, list[int]()

    def full(handle: int, data: bytes) -> int:
        calls.append(handle)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(handle, data[:40])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(ProbeError, match="No space left"):
            file.append(run.requests[0])
    file.append(run.requests[1])
    file.close()
    assert [line.round for line in read_run(file.path).requests] == [1]


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_torn_last_line_is_left_out(tmp_path: Path, cut: int) -> None:
    kept(tmp_path, a_run({"host/a": [100.0] * 3}), "1")
    path = tmp_path / "1.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    assert len(read_run(path).requests) == 2


def test_lines_that_are_not_of_the_run_are_named(tmp_path: Path) -> None:
    kept(tmp_path, a_run({"host/a": [100.0]}), "1")
    kept(tmp_path, a_run({"host/b": [100.0]}), "2")
    first, second = ((tmp_path / name).read_text().splitlines(keepends=True) for name in ("1.jsonl", "2.jsonl"))
    path = tmp_path / "3.jsonl"
    for lines, said in (
        ([first[0], second[0]], r"3\.jsonl:2: .*a second run"),
        ([first[0], second[1]], r"3\.jsonl:2: .*a request of host/b"),
        ([first[1], first[0]], r"3\.jsonl: expected a run on the first line"),
    ):
        path.write_text("".join(lines))
        with pytest.raises(EvidenceError, match=said):
            read_run(path)


def test_one_bad_file_hides_no_other(tmp_path: Path) -> None:
    kept(tmp_path, a_run({"host/a": [100.0] * 8}, NOON - timedelta(days=1)), "9-older")
    kept(tmp_path, a_run({"host/b": [100.0] * 8}), "1-newer")
    (tmp_path / "foreign.jsonl").write_text("hello\n")
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "nowhere.jsonl").symlink_to(tmp_path / "gone")
    runs, wrong = read_runs(tmp_path)
    assert [run.path.stem for run in runs] == ["9-older", "1-newer"]
    assert [error.message.split(":")[0] for error in wrong] == [str(tmp_path / "foreign.jsonl")]
    assert find_run(None, tmp_path).path.stem == "1-newer"
    assert len(read_measurements(AS_OF, tmp_path).unreadable) == 1


def test_who_was_never_measured_is_in_no_comparison() -> None:
    times: dict[str, list[float | Fault]] = {"a": [10.0] * 8, "b": [20.0] * 8, "dead": [Fault.AUTHENTICATION]}
    (pair,) = summarize(a_run(times)).pairs
    assert pair.comparison.verdict is ComparisonVerdict.FIRST
    assert pair.comparison.error == pytest.approx(0.05)


def test_what_another_model_took_stands_under_its_name_and_counts_for_nobody(tmp_path: Path) -> None:
    run = a_run({"host/swift": [100.0] * 12})
    swapped = tuple(
        line.model_copy(update={"answer": line.answer.model_copy(update={"served_model": "slow-model-2025-01-01"})})
        for line in run.requests
    )
    asked, other = summarize(run._replace(requests=swapped)).candidates
    assert (asked.measured, asked.others) == (0, {"slow-model-2025-01-01": 12})
    assert (other.measured, other.asked, other.line.subject) == (12, "host/swift", None)
    assert not list(measurements([run._replace(requests=swapped)]))
    assert list(measurements([run]))


def test_many_candidates_are_told_as_groups() -> None:
    slow: list[float | Fault]
    fast: list[float | Fault]
    slow, fast = [400.0 + number for number in range(16)], [100.0 + number for number in range(16)]
    run = a_run({f"fast-{number}": fast for number in range(6)} | {f"slow-{number}": slow for number in range(7)})
    lines = compared(summarize(run))
    assert len(lines) == 3
    assert lines[0].startswith("1. fast-0, fast-1, fast-2, fast-3, fast-4, fast-5: first token 108 ms")
    assert lines[1].startswith("2. slow-0")


@pytest.mark.parametrize(("candidates", "sentences"), [(3, 3), (5, 1)])
def test_the_lag_of_many_candidates_is_one_sentence(candidates: int, sentences: int) -> None:
    run = a_run({f"c{number}": [100.0] * 8 for number in range(candidates)})
    timing = Timing(ttft_ms=100.0, e2e_ms=110.0, lag_ms=4.0)
    late = tuple(
        line.model_copy(update={"answer": line.answer.model_copy(update={"timing": timing})}) for line in run.requests
    )
    said = " ".join(" ".join(words) for _, words in _sections(summarize(run._replace(requests=late))))
    assert said.count("this machine was busy") == sentences
    assert "off by up to 40.0%" in said


def test_no_name_is_a_formula_of_a_spreadsheet_or_a_command_of_a_terminal() -> None:
    written = csv_text(a_run({"=cmd|'/C calc'!A0\x1b[2J": [100.0]}))
    assert "'=cmd" in written
    assert "\x1b" not in written
