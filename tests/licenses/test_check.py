"""The command end to end, through the real client, against a Hub on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.cli.check_license import exit_code
from advisor.licenses.check import run
from advisor.licenses.settings import CheckSettings
from tests.licenses.hub_server import Hub, Repo, serve

Run = Any


@pytest.fixture
def check(hub: Hub, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``check-license`` and give its exit code, its report and its stderr."""

    def run(*args: str) -> tuple[int, dict[str, Any], str]:
        code = main(["check-license", *args, "--endpoint", hub.endpoint, "-f", "json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else {}, err

    return run


def test_a_declared_license_decides_and_says_what_is_owed(hub: Hub, check: Run) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "apache-2.0"}, tags=("license:apache-2.0",))
    code, report, err = check("owls/owl", "--use", "commercial", "--use", "redistribute")
    result = report["results"][0]
    assert (code, result["verdict"]) == (0, "conditional")
    assert {use: answer["verdict"] for use, answer in result["uses"].items()} == {
        "commercial": "allowed",
        "redistribute": "conditional",
    }
    owed = [clause for clause in result["clauses"] if clause["number"] in result["obligations"]]
    assert "copy" in {clause["form"] for clause in owed}
    assert (result["license"]["id"], result["license"]["expression"]) == ("apache-2.0", "Apache-2.0")
    assert "1 conditional" in err


def test_a_permissive_tag_over_a_restricted_base_permits_nothing(hub: Hub, check: Run) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit", "base_model": "owls/egg"})
    hub.models["owls/egg"] = Repo(card={"license": "cc-by-nc-4.0"})
    code, report, _ = check("owls/owl", "--use", "commercial")
    result = report["results"][0]
    assert (code, result["verdict"]) == (1, "forbidden")
    assert [conflict["rule"] for conflict in result["lineage"]["conflicts"]] == ["looser-than-base"]
    assert result["clauses"][result["uses"]["commercial"]["clauses"][0] - 1]["model"] == "owls/egg"


@pytest.mark.parametrize(
    ("card", "rule"),
    [
        (None, "no-license"),
        ({"license": "unknown"}, "tag-names-no-text"),
        ({"license": "openrail"}, "tag-names-no-text"),
        ({"license": "other"}, "tag-names-no-text"),
        ({"license": "other", "license_name": "modified-mit"}, "name-shared"),
        ({"license": "other", "license_name": "never-heard-of"}, "name-unknown"),
        ({"license": "apache-2.0-ish"}, "name-unknown"),
    ],
)
def test_what_is_not_known_is_undecided_and_says_what_to_read(hub: Hub, check: Run, card: Any, rule: str) -> None:
    hub.models["owls/owl"] = Repo(card=card)
    code, report, _ = check("owls/owl", "--use", "commercial")
    result = report["results"][0]
    assert (code, result["verdict"]) == (3, "unknown")
    assert rule in {finding["rule"] for finding in result["findings"]}
    assert result["uses"]["commercial"]["read"]


def test_gating_by_itself_restricts_nothing(hub: Hub, check: Run) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "apache-2.0"}, gated="auto", readable=False)
    code, report, _ = check("owls/owl", "--use", "commercial")
    assert (code, report["results"][0]["verdict"]) == (0, "allowed")


def test_a_list_of_licenses_gets_the_strictest(hub: Hub, check: Run) -> None:
    hub.models["owls/owl"] = Repo(card={"license": ["apache-2.0", "cc-by-nc-4.0"]})
    code, report, _ = check("owls/owl", "--use", "commercial")
    assert (code, report["results"][0]["verdict"]) == (1, "forbidden")
    assert report["results"][0]["declared"] == ["apache-2.0", "cc-by-nc-4.0"]


def test_an_expression_with_a_choice_lets_one_choose(hub: Hub, check: Run) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0 OR mit"})
    assert check("owls/owl", "--use", "commercial")[1]["results"][0]["verdict"] == "allowed"
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0 AND mit"})
    assert check("owls/owl", "--use", "commercial")[1]["results"][0]["verdict"] == "forbidden"


@pytest.mark.parametrize(
    ("profile", "pipeline", "verdict"),
    [
        ("1000 DE", "text-generation", "conditional"),
        ("1000 DE", "image-text-to-text", "forbidden"),
        ("1000 US", "image-text-to-text", "conditional"),
        ("800000000 US", "text-generation", "forbidden"),
        ("1000 DE", None, "unknown"),
    ],
)
def test_thresholds_and_territory_follow_the_organisation(
    hub: Hub, check: Run, profile: str, pipeline: str | None, verdict: str
) -> None:
    hub.models["owls/llama"] = Repo(card={"license": "llama3.2"}, pipeline=pipeline)
    users, country = profile.split()
    flags = ("--monthly-active-users", users, "--country", country)
    _, report, _ = check("owls/llama", "--use", "commercial", *flags)
    result = report["results"][0]
    answer = result["uses"]["commercial"]
    assert answer["verdict"] == verdict
    told = [result["exposure"][number - 1] for number in answer["exposure"]]
    assert any("700,000,000" in sentence for sentence in told) == (users == "1000")


@pytest.mark.parametrize("status", [403, 429, 500])
def test_a_source_that_refuses_ends_with_4(hub: Hub, check: Run, status: int) -> None:
    hub.models["owls/owl"] = Repo(status=status)
    code, report, err = check("owls/owl")
    assert (code, report["results"][0]["verdict"]) == (4, "unknown")
    assert "hint:" in err or status == 500


def test_a_missing_repository_is_undecided(check: Run) -> None:
    code, report, _ = check("owls/none")
    assert (code, report["results"][0]["outcome"]) == (3, "not-found")


def test_saved_evidence_repeats_the_review_without_the_network(hub: Hub, check: Run, tmp_path: Path) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit", "base_model": "owls/egg"}, files={"LICENSE": b"Owl law."})
    hub.models["owls/egg"] = Repo(card={"license": "gemma"})
    folder = str(tmp_path / "saved")
    first = check("owls/owl", "--save-evidence", folder)
    hub.models.clear()
    asked = len(hub.asked)
    second = check("owls/owl", "--evidence", folder)
    assert first[:2] == second[:2]
    assert len(hub.asked) == asked


def test_what_was_cached_serves_while_offline(hub: Hub, check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    assert check("owls/owl", "--use", "commercial")[0] == 0
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    code, report, _ = check("owls/owl", "--use", "commercial")
    assert code == 0
    assert "offline" in report["results"][0]["evidence"]["remarks"][0]


def test_a_broken_file_of_evidence_is_named(check: Run, tmp_path: Path) -> None:
    (tmp_path / "owls--owl@abc.json").write_text('{"repository": 7}', encoding="utf-8")
    code, _, err = check("owls/owl", "--evidence", str(tmp_path))
    assert code == 2
    assert "owls--owl@abc.json: repository" in err


@pytest.mark.parametrize("target", ["", "a b", "owls/owl@", "https://example.org/x/y/z", "../../etc/passwd"])
def test_a_target_that_is_none_is_wrong_usage(check: Run, target: str) -> None:
    code, report, err = check(target)
    assert (code, report) in ((2, {}), (3, report))
    assert "Traceback" not in err


def test_a_hub_that_dies_in_the_middle_leaves_what_was_read_and_ends_with_4() -> None:
    names = tuple(f"owls/o{number}" for number in range(5))
    with ExitStack() as stack:
        dying = stack.enter_context(serve())
        dying.models |= {name: Repo(card={"license": "mit"}) for name in names}

        def told(line: str) -> None:
            if line.startswith("[3/"):
                stack.close()

        done = run(CheckSettings(names, endpoint=dying.endpoint, no_cache=True, say=told))
    assert [review.evidence.outcome for review in done.reviews] == ["read"] * 2 + ["offline"] * 3
    assert [review.verdict for review in done.reviews] == ["allowed"] * 2 + ["unknown"] * 3
    assert exit_code(done, None) == 4


@pytest.mark.parametrize("how", ["HF_HUB_OFFLINE", "--offline"])
def test_without_a_network_the_cache_answers_and_nothing_else_does(hub: Hub, tmp_path: Path, how: str) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    hub.models["owls/two"] = Repo(card={"license": "mit"})
    variables = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    base = [sys.executable, "-m", "advisor", "check-license", "--endpoint", hub.endpoint, "-f", "json"]
    assert (
        subprocess.run([*base, "owls/owl"], env=variables, capture_output=True, timeout=60, check=False).returncode == 0
    )
    asked = len(hub.asked)
    more = ["--offline"] if how == "--offline" else []
    off = variables | ({} if more else {how: "1"})
    done = subprocess.run([*base, *more, "owls/owl", "owls/two"], env=off, capture_output=True, timeout=60, check=False)
    results = json.loads(done.stdout)["results"]
    assert [(one["outcome"], one["verdict"]) for one in results] == [("read", "allowed"), ("offline", "unknown")]
    assert done.returncode == 4
    assert b"HF_ENDPOINT" in done.stderr
    assert len(hub.asked) == asked


@pytest.mark.parametrize("given", ["", "# none\n", "\n\n"])
def test_an_empty_list_on_standard_input_is_never_clean(
    check: Run, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(given))
    code, report, err = check("-")
    assert (code, report) == (2, {})
    assert "standard input: expected at least one repository" in err


def test_a_list_on_standard_input_is_reviewed_once_each(hub: Hub, check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    monkeypatch.setattr("sys.stdin", StringIO("\ufeffowls/owl\r\nowls/owl@main # pinned\n\nowls/owl\n"))
    code, report, _ = check("-", "owls/owl", "--use", "commercial")
    assert (code, [one["target"] for one in report["results"]]) == (0, ["owls/owl", "owls/owl@main"])


def test_code_scanning_is_shown_the_line_that_names_the_model(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    hub.models["owls/owl"] = Repo(card={"license": "cc-by-nc-4.0"})
    Path("my app.py").write_text("\n\nfrom_pretrained('owls/owl')\n", encoding="utf-8")
    for name in ("my app.py", str(tmp_path / "my app.py")):
        assert main(["check-license", "--file", name, "--endpoint", hub.endpoint, "-f", "sarif"]) == 1
        results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
        places = [one["locations"][0]["physicalLocation"] for one in results]
        assert {(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in places} == {("my%20app.py", 3)}


def test_a_model_of_a_bill_that_names_no_repository_is_undecided(check: Run, hub: Hub, tmp_path: Path) -> None:
    names = ("house model", "\x1b[2Jevil")
    components = [{"type": "machine-learning-model", "name": name} for name in names]
    bom = {"bomFormat": "CycloneDX", "components": components}
    (tmp_path / "bom.json").write_text(json.dumps(bom), encoding="utf-8")
    code, report, err = check("--file", str(tmp_path / "bom.json"))
    assert "\x1b" not in err
    result = report["results"][0]
    assert (code, result["target"], result["outcome"]) == (3, "house model", "no-repository")
    assert "the component names no repository" in result["license"]["doubts"][0]
    assert hub.asked == []


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--country", "ZZZ", "two letters of ISO 3166 such as DE"),
        ("--country", "UK", "expected GB"),
        ("--yearly-revenue-usd", "-5", "from 0 to 10^15"),
        ("--yearly-revenue-usd", "NaN", "from 0 to 10^15"),
        ("--yearly-revenue-usd", "much", "such as 4_000_000"),
        ("--monthly-active-users", str(10**20), "from 0 to 10^15"),
    ],
)
def test_a_flag_on_the_organisation_that_does_not_fit_says_what_does(
    check: Run, flag: str, value: str, said: str
) -> None:
    code, report, err = check("owls/owl", flag, value)
    assert (code, report) == (2, {})
    assert f"error: {flag} {value!r}: " in err
    assert said in err
    assert "pydantic" not in err


def test_terminal_escapes_in_a_card_never_reach_the_terminal(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "other", "license_name": "\x1b[2J\x1b]0;pwned\x07evil"})
    main(["check-license", "owls/owl", "--endpoint", hub.endpoint])
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "evil" in out


def test_ten_thousand_parents_end_in_a_warning_and_unknown(hub: Hub, check: Run) -> None:
    parents = [f"owls/p{number}" for number in range(10_000)]
    hub.models["owls/owl"] = Repo(card={"license": "mit", "base_model": parents})
    hub.models |= {name: Repo(card={"license": "mit"}) for name in parents[:100]}
    code, report, _ = check("owls/owl", "--use", "commercial", "--no-cache")
    assert (code, report["results"][0]["verdict"]) == (3, "unknown")
    assert len(hub.asked) < 100


def test_a_cycle_ends(hub: Hub, check: Run) -> None:
    hub.models["owls/a"] = Repo(card={"license": "mit", "base_model": "owls/b"})
    hub.models["owls/b"] = Repo(card={"license": "mit", "base_model": "owls/a"})
    _, report, _ = check("owls/a", "--use", "commercial")
    assert "named among its own ancestors" in str(report["results"][0]["findings"])


def test_a_parent_that_is_gone_leaves_the_child_undecided(hub: Hub, check: Run) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit", "base_model": "owls/gone"})
    code, report, _ = check("owls/owl", "--use", "commercial")
    assert (code, report["results"][0]["verdict"]) == (3, "unknown")


def test_the_name_of_a_model_says_nothing_about_its_license(hub: Hub, check: Run) -> None:
    hub.models["owls/Llama-3.3-owl"] = Repo(card={"license": "apache-2.0"})
    assert check("owls/Llama-3.3-owl", "--use", "commercial")[1]["results"][0]["verdict"] == "allowed"


@pytest.mark.parametrize(
    ("prompt", "verdict"),
    [
        ("Tell us who you are.", "allowed"),
        ("You agree to use it for non-commercial purposes.", "unknown"),
        ("For research only.", "unknown"),
        ("Do not use the weights in any commercial product.", "unknown"),
    ],
)
def test_what_a_gate_asks_may_say_more_than_the_tag(hub: Hub, check: Run, prompt: str, verdict: str) -> None:
    card = {"license": "apache-2.0", "extra_gated_prompt": prompt}
    hub.models["owls/owl"] = Repo(card=card, gated="manual")
    assert check("owls/owl", "--use", "commercial")[1]["results"][0]["verdict"] == verdict


@pytest.mark.parametrize(
    ("file", "around", "verdict"),
    [
        ("texts/deepseek-r1.txt", "Tell us who you are.", "allowed"),
        ("texts/deepseek-r1.txt", "You agree to use it for non-commercial purposes.", "unknown"),
        ("texts/llama3.1.LICENSE.txt", "What you send us is handled as our privacy policy says.", "conditional"),
    ],
)
def test_what_a_gate_asks_may_say_more_than_the_license_that_it_holds(
    hub: Hub, check: Run, labeled: list[dict[str, Any]], *, file: str, around: str, verdict: str
) -> None:
    texts = {row["file"]: row["content"] for row in labeled}
    policy = texts["texts/llama3.1.USE_POLICY.md"] if "llama" in file else ""
    card = {"license": "other", "extra_gated_prompt": f"{texts[file]}\n\n{policy}\n\n{around}"}
    hub.models["owls/owl"] = Repo(card=card, gated="manual")
    organization = ("--country", "DE", "--monthly-active-users", "9", "--business", "end-user-product")
    result = check("owls/owl", "--use", "commercial", *organization)[1]["results"][0]
    assert (result["verdict"], result["license"]["id"] is None) == (verdict, verdict == "unknown")


@pytest.mark.parametrize(
    ("card", "verdict"),
    [
        ({"license": "llama3.2"}, "conditional"),
        ({"license": "other"}, "conditional"),
        ({"license": "apache-2.0"}, "conditional"),
        ({"license": "cc-by-nc-4.0"}, "forbidden"),
        ({"license": "other", "license_name": "owl-terms"}, "unknown"),
    ],
)
def test_the_text_counts_more_than_the_tag_and_neither_permits_alone(
    hub: Hub, check: Run, labeled: list[dict[str, Any]], card: Any, verdict: str
) -> None:
    text = next(row["content"] for row in labeled if row["file"].endswith("llama3.2.LICENSE.txt"))
    hub.models["owls/Llama-owl"] = Repo(card=card, files={"LICENSE.txt": text.encode()})
    profile = ("--monthly-active-users", "1000", "--country", "US")
    _, report, _ = check("owls/Llama-owl", "--use", "commercial", *profile)
    result = report["results"][0]
    assert result["verdict"] == verdict
    assert result["found"]["match"] == "exact"
    rules = {finding["rule"] for finding in result["findings"]}
    assert ("looser-tag" in rules) == (card["license"] == "apache-2.0")
    quotes = [clause["quote"] for clause in result["clauses"] if "quote" in clause]
    assert quotes
    assert all(text[quote["start"] :].strip() and quote["place"] == "LICENSE.txt" for quote in quotes)


def test_a_text_with_one_word_changed_permits_nothing(hub: Hub, check: Run, labeled: list[dict[str, Any]]) -> None:
    text = next(row["content"] for row in labeled if row["truth"] == "apache-2.0")
    hub.models["owls/owl"] = Repo(card={"license": "apache-2.0"}, files={"LICENSE": text.encode()})
    assert check("owls/owl", "--use", "commercial")[0] == 0
    changed = text.replace("royalty-free", "royalty-bearing", 1)
    hub.models["owls/owl"] = Repo(card={"license": "apache-2.0"}, files={"LICENSE": changed.encode()}, sha="c" * 40)
    code, report, _ = check("owls/owl", "--use", "commercial")
    assert (code, report["results"][0]["verdict"]) == (3, "unknown")
    assert "royalty-bearing" in str(report["results"][0]["found"]["differing"])
