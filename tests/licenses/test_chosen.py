"""What a decision or requirements choose is reviewed, none left out: weights by evidence, all else by the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.cli import main
from advisor.decision.lock_file import load
from advisor.decision.pin import pinned
from advisor.errors import DecisionError
from advisor.licenses.aliases import Licenses
from advisor.licenses.catalog_review import CatalogReview, ChosenOffering, review_chosen
from advisor.licenses.evidence.hub import Hub as Client
from advisor.licenses.review import Reviewer
from advisor.reports.licenses import FORMATS
from advisor.reports.licenses.report import LicenseReport, render
from advisor.requirements.schema import Organization
from advisor.solver import advise
from tests.licenses.hub_server import Hub, Repo
from tests.made_catalogs import catalog, document, license_record, model, offering, price

ANSWERS = """
schema_version: 1
uses: [commercial]
organization: {country: DE}
workloads:
  - {name: bot, dimension: general}
"""
USES = ("commercial", "serve")

Run = Callable[..., tuple[int, dict[str, Any], str]]


def farm() -> Catalog:
    """Weights served under terms that forbid it, the same on own machines, a closed model, one without a license."""
    strict = license_record("barn-terms", serve="forbidden")
    strict["clauses"] = [{"section": "4", "kind": "prohibition", "uses": ["serve"], "says": "No resale."}]
    closed = license_record("den-terms", every="conditional")
    closed["clauses"] = [{"section": "1", "kind": "duty", "says": "Dens are named."}]
    real = [dict(record) for record in load_catalog().licenses.values()]
    owl = model("owl", license="apache-2.0", hub_repo="owls/owl")
    models = [owl, model("fox", license="den-terms"), model("cub")]
    offerings = [
        offering(name, channel, prices=[price("1", "2")])
        for name, channel in (("owl", "barn"), ("owl", "own-gpus"), ("fox", "den"), ("cub", "den"))
    ]
    channels = {"barn": {"service_terms": "barn-terms"}}
    return catalog(document(models, offerings, channels=channels, licenses=[strict, closed, *real]))


@pytest.fixture
def review(hub: Hub) -> Callable[..., Any]:
    """Review an offering of the farm for a profile."""

    known = farm()

    def run(name: str) -> Any:
        organization = Organization(country="DE")
        reviewer = Reviewer(Licenses(known.licenses), (), USES, organization)
        chosen = ChosenOffering((known.offerings[name],), ("bot",), "chosen in advisor.lock")
        return review_chosen(chosen, reviewer, Client(hub.endpoint), CatalogReview(known, organization, USES))

    return run


def rules(review: Any) -> set[str]:
    return {finding.rule for finding in review.findings}


def test_weights_are_judged_by_their_evidence_and_by_the_terms_of_who_serves_them(
    hub: Hub, review: Callable[..., Any]
) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    served = review("barn/owl")
    assert (served.target, served.evidence.commit) == ("owls/owl", Repo().sha)
    assert {use.use: use.verdict.value for use in served.uses} == {"commercial": "allowed", "serve": "forbidden"}
    assert [reason.model for reason in served.uses[1].because] == ["Barn"]
    assert {"chosen", "catalog-differs", "use-forbidden"} <= rules(served)
    own = review("own-gpus/owl")
    assert own.verdict == "allowed"
    assert not {"terms-unread", "use-forbidden"} & rules(own)


def test_a_model_without_weights_is_judged_by_the_record_and_says_that_no_text_was_read(
    hub: Hub, review: Callable[..., Any]
) -> None:
    closed = review("den/fox")
    assert (closed.target, closed.verdict, closed.evidence.outcome) == ("den/fox", "conditional", "no-repository")
    assert {"chosen", "no-repository", "terms-unread"} <= rules(closed)
    assert [reason.license for reason in closed.duties] == ["den-terms"]
    assert hub.asked == []


def test_a_model_of_which_nothing_is_on_record_is_undecided(hub: Hub, review: Callable[..., Any]) -> None:
    unknown = review("den/cub")
    assert unknown.verdict == "unknown"
    assert {"use-unknown", "no-repository"} <= rules(unknown)
    assert unknown.uses[0].read == ("no license is on record: read that of the model",)
    assert not hub.asked


def test_weights_that_cannot_be_read_stay_undecided_whatever_the_record_says(review: Callable[..., Any]) -> None:
    assert review("own-gpus/owl").verdict == "unknown"


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_reports_a_model_without_weights(form: str, review: Callable[..., Any]) -> None:
    reviews = (review("den/fox"), review("den/cub"))
    text = render(form, LicenseReport(reviews, USES, Organization(), date(2026, 11, 23), "test", "0" * 64))
    assert "den/fox" in text
    assert "pkg:huggingface/den" not in text
    assert "huggingface.co/den" not in text
    if form == "cyclonedx":
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator

        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    if form == "spdx":
        import spdx_python_model

        assert spdx_python_model.load_data(json.loads(text))


@pytest.fixture
def check(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``check-license`` in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*args: str) -> tuple[int, dict[str, Any], str]:
        code = main(["check-license", *args, "--endpoint", hub.endpoint, "--as-of", "2026-11-23", "-f", "json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else {}, err

    return run


def chosen_ids(report: dict[str, Any]) -> list[str]:
    return [
        name
        for result in report["results"]
        for finding in result["findings"]
        if finding["rule"] == "chosen"
        for name in finding["message"].split(" for ")[0].split(", ")
    ]


def written(text: str, name: str = "advisor.yaml") -> Path:
    Path(name).write_text(text, encoding="utf-8")
    return Path(name)


def open_weights(text: str) -> str:
    return text + "deployment: {open_weights: true, labs: {allow: [alibaba]}}\n"


def test_requirements_review_what_is_recommended_and_what_is_as_good(check: Run, hub: Hub) -> None:
    path = written(open_weights(ANSWERS))
    from advisor.requirements import load_requirements

    known = load_catalog(date(2026, 11, 23))
    (answer,) = advise(known, load_requirements(path)).workloads
    expected = {standing.candidate.offering.id for name in answer.tied if (standing := answer.standing(name))}
    _, report, _ = check("--file", "advisor.yaml")
    assert set(chosen_ids(report)) == expected
    assert (report["uses"], report["organization"]) == (["commercial"], {"country": "DE"})
    asked = [path for path in hub.asked if path.startswith("/api/models/Qwen/")]
    repositories = {path.partition("/revision/")[0] for path in asked}
    assert 0 < len(asked) <= 2 * len(repositories)  # a missing one is asked for by its branch too
    assert len(report["results"]) < len(expected)


def test_flags_come_before_what_the_file_says(check: Run) -> None:
    written(ANSWERS)
    _, report, _ = check("--file", "advisor.yaml", "--use", "research", "--country", "FR")
    assert (report["uses"], report["organization"]["country"]) == (["research"], "FR")


def test_a_decision_is_reviewed_as_it_was_made(check: Run, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(open_weights(ANSWERS))
    assert main(["decide", "--as-of", "2026-11-23"]) in (0, 3)
    lock = Path("advisor.lock").read_text(encoding="utf-8")
    candidate = next(line.split(": ")[1] for line in lock.splitlines() if "chosen: " in line)
    capsys.readouterr()
    code, report, _ = check("--file", "advisor.lock")
    assert [candidate.partition("~")[0]] == chosen_ids(report)
    assert code == 3  # the Hub has no such repository
    assert report["uses"] == ["commercial"]
    _, again, err = check("--file", "advisor.yaml")
    assert chosen_ids(again) == chosen_ids(report)
    assert "reviewed is what advisor.lock chose on 2026-11-23" in err
    path.write_text(open_weights(ANSWERS) + "horizon_months: 6\n", encoding="utf-8")
    _, _, err = check("--file", "advisor.yaml")
    assert "the requirements changed since" in err
    repository = report["results"][0]["target"]
    hub.models[repository] = Repo(card={"license": "apache-2.0"}, sha="c" * 40)
    code, report, _ = check("--file", "advisor.lock")
    assert (code, report["results"][0]["evidence"]["commit"]) == (0, "c" * 40)


def test_a_decision_pins_the_commit_of_own_weights_and_that_commit_is_reviewed(check: Run, hub: Hub) -> None:
    written((Path(__file__).parents[2] / "examples/code-assistant.yaml").read_text(encoding="utf-8"))
    repo = hub.models["zai-org/GLM-5.3-Flash"] = Repo(card={"license": "mit"}, sha="c" * 40)
    chosen = ["--choose", "own-gpus/glm-5.3-flash", "--pin", "--endpoint", hub.endpoint]
    assert main(["decide", "--as-of", "2026-11-23", *chosen]) in (0, 3)
    decision, _ = load(Path("advisor.lock"))
    assert [one.repository.commit for one in decision.workloads if one.repository] == ["c" * 40]
    _, report, _ = check("--file", "advisor.lock", "--no-cache")
    evidence = report["results"][0]["evidence"]
    assert (evidence["requested_revision"], evidence["commit"]) == ("c" * 40, "c" * 40)
    repo.sha = "d" * 40
    code, report, _ = check("--file", "advisor.lock", "--no-cache")
    assert (code, report["results"][0]["verdict"], report["results"][0]["outcome"]) == (
        3,
        "unknown",
        "revision-missing",
    )
    del hub.models["zai-org/GLM-5.3-Flash"]
    with pytest.raises(DecisionError, match=r"the Hub gave no commit, not-found"):
        pinned(decision, load_catalog(), Client(hub.endpoint), date(2026, 11, 23))


def test_a_decision_without_its_requirements_says_what_to_state(check: Run) -> None:
    written(ANSWERS)
    main(["decide", "--as-of", "2026-11-23"])
    Path("advisor.yaml").unlink()
    _, report, err = check("--file", "advisor.lock")
    assert "advisor.yaml is not there; state the organization" in err
    assert report["results"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("advisor.lock", "decided_on: 3\n", "advisor.lock"),
        ("advisor.lock", "", "advisor.lock"),
        ("advisor.yaml", "schema_version: 1\nworkloads: 3\n", "advisor.yaml:2"),
        ("other.yaml", "schema_version: 1\nworkloads: [\n", "other.yaml"),
        ("deep.json", '{"schema_version": 1, "workloads": 7}', "deep.json"),
        ("advisor.yaml", ANSWERS + "deployment: {labs: {allow: [nobody]}}\n", "nobody"),
        (
            "advisor.yaml",
            ANSWERS.replace("general", "general, needs: {context_tokens: 90_000_000}"),
            "nothing passes, so it chooses no model",
        ),
    ],
)
def test_what_is_no_decision_and_no_requirements_is_wrong_usage(check: Run, name: str, text: str, said: str) -> None:
    written(text, name)
    code, report, err = check("--file", name)
    assert (code, report) == (2, {})
    assert said in err


def test_a_choice_that_the_catalog_does_not_know_is_named(check: Run) -> None:
    written(ANSWERS)
    main(["decide", "--as-of", "2026-11-23"])
    lock = Path("advisor.lock")
    lines = [
        line.split("chosen: ")[0] + "chosen: nobody/nothing" if "chosen: " in line else line
        for line in lock.read_text(encoding="utf-8").splitlines()
    ]
    lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, _, err = check("--file", "advisor.lock")
    assert code == 2
    assert "chosen in advisor.lock for bot: the catalog has no offering named 'nobody/nothing'" in err


def test_other_files_beside_are_searched_as_before(check: Run, hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"})
    written("from_pretrained('owls/owl')", "app.py")
    written("model_id: owls/owl\nworkloads: none\n", "deploy.yaml")
    code, report, _ = check("--file", "app.py", "--file", "deploy.yaml", "--use", "commercial")
    assert (code, [result["target"] for result in report["results"]]) == (0, ["owls/owl"])


def test_the_hook_reviews_what_a_decision_chose(check: Run, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    written(open_weights(ANSWERS))
    main(["decide", "--as-of", "2026-11-23"])
    capsys.readouterr()
    assert main(["license", "hook", "advisor.lock", "--endpoint", hub.endpoint]) == 3
    assert "chosen in advisor.lock" in " ".join(capsys.readouterr().out.split())
