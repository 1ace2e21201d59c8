"""Review a model: what this organization may do with it, because of which clause of which model, and what it owes.

A use gets the strictest verdict of every license that binds in the whole lineage, and no better than unknown while
anything about the evidence is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from advisor.catalog.countries import EUROPEAN_UNION
from advisor.licenses.aliases import Licenses
from advisor.licenses.compatibility import LicenseConflict, find_conflicts
from advisor.licenses.conclude import Conclusion, conclude
from advisor.licenses.conditions import Circumstances
from advisor.licenses.datasets import REACHES, DatasetTerms, Lookup, dataset_findings, dataset_terms
from advisor.licenses.evidence.lineage import Lineage, walk
from advisor.licenses.evidence.records import UNREACHABLE, Evidence, EvidenceSource, FetchOutcome
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import STRICTNESS, Clause, License, Verdict, strictest
from advisor.licenses.record_bases import RecordBases
from advisor.licenses.spdx import judge_expression
from advisor.licenses.targets.target import Place
from advisor.licenses.text.fingerprints import Fingerprint
from advisor.licenses.text.identify import Identification, Match, identify, uncovered
from advisor.licenses.text.normalize import located_words
from advisor.licenses.text.quote import Quotable, Quote, quote
from advisor.licenses.verdict import UseAnswer, judge_use
from advisor.requirements.schema import Organization

PASSED_ON = {"redistribute": ("redistribute", "redistribute-modified")}
"""What a use of a derived model is a use of its base: who passes on a derivative passes on the base, changed."""


class Reason(NamedTuple):
    """A clause behind a verdict: of which model, which license, and the passage where its text was read."""

    model: str
    license: str
    clause: Clause
    quote: Quote | None


class UseVerdict(NamedTuple):
    """What is said to one use."""

    use: str
    verdict: Verdict
    because: tuple[Reason, ...]
    duties: tuple[Reason, ...]
    exposure: tuple[str, ...]
    read: tuple[str, ...]
    """What a person must read or state before more can be said."""


class Review(NamedTuple):
    """Everything there is to say about one target."""

    target: str
    verdict: Verdict
    uses: tuple[UseVerdict, ...]
    conclusion: Conclusion
    lineage: Lineage
    conclusions: Mapping[str, Conclusion]
    """What each model of the lineage comes to, the target among them."""
    conflicts: tuple[LicenseConflict, ...]
    findings: tuple[LicenseFinding, ...]
    datasets: tuple[DatasetTerms, ...] = ()
    """The data sets that the target names, where they were looked up."""
    place: Place | None = None
    """Where the target is named, if a file names it."""

    @property
    def evidence(self) -> Evidence:
        """The evidence on the target itself."""
        return self.lineage.nodes[self.lineage.root]

    def concluded(self, name: str) -> tuple[License, ...] | None:
        """Return the licenses that bind a model of the lineage, those of what it derives from with its own.

        None where that is in doubt. Of a base only what is stricter than the model's own license is added.
        """
        chain = (name, *self.lineage.above(name))
        found = [self.conclusions[one] for one in chain if one in self.conclusions]
        if any(one.doubts or not one.binding for one in found) or not self.lineage.complete or self.lineage.is_cyclic:
            return None
        own = found[0].binding
        least = max(terms.strictness for terms in own)
        bases = [terms for one in found[1:] for terms in one.binding if terms.strictness > least]
        return tuple({terms.id: terms for terms in (*own, *bases)}.values())

    @property
    def is_unreachable(self) -> bool:
        """Whether the target could not be read for a reason that a token, a network or time may mend."""
        return self.evidence.outcome in UNREACHABLE

    @property
    def duties(self) -> tuple[Reason, ...]:
        """What is owed over all uses, each obligation once."""
        seen = {(one.model, one.license, one.clause): one for use in self.uses for one in use.duties}
        return tuple(seen.values())


MOST_TEXTS = 128
"""Texts of which it is kept what they are."""


class Reviewer:
    """Reviews models for one organization and a set of uses."""

    def __init__(
        self,
        licenses: Licenses,
        known: Sequence[Fingerprint],
        uses: Sequence[str],
        organization: Organization,
        *,
        dataset_licenses: Lookup | None = None,
        records: RecordBases | None = None,
    ) -> None:
        self._licenses = licenses
        self._records = records
        # Many models carry the same text, and each base is met again under all that derive from it.
        self._identify = lru_cache(MOST_TEXTS)(_identifier(licenses, known))
        self._uses = tuple(dict.fromkeys(uses))
        self._organization = organization
        self._dataset_licenses = dataset_licenses

    def review(self, source: EvidenceSource, repository: str, revision: str | None = None) -> Review:
        """Return the review of a repository with its lineage."""
        evidence = source.evidence(repository, revision)
        return self.judge(f"{repository}@{revision}" if revision else repository, walk(source, evidence))

    def judge(self, target: str, lineage: Lineage) -> Review:
        """Return the review of a lineage whose evidence is at hand."""
        conclusions = {
            name: conclude(evidence, self._licenses, self._identify, on_record=self._is_on_record(evidence))
            for name, evidence in lineage.nodes.items()
        }
        lineage, conclusions = self._with_records(lineage, conclusions)
        conclusion = conclusions[lineage.root]
        conflicts = find_conflicts(lineage, conclusions)
        quoted = {name: _Quoted(one) for name, one in conclusions.items()}
        named = tuple(dict.fromkeys(lineage.nodes[lineage.root].datasets))
        datasets = self._datasets(named)
        uses = tuple(self._with_data(self._use(use, lineage, conclusions, quoted), datasets) for use in self._uses)
        findings = (
            *conclusion.findings,
            *_lineage_findings(lineage, conclusions),
            *(conflict.finding for conflict in conflicts),
            *self._eu(lineage),
            *(dataset_findings(lineage.root, len(named), datasets) if self._dataset_licenses else ()),
            *use_findings(lineage.root, uses),
        )
        verdict = strictest(use.verdict for use in uses) if uses else Verdict.UNKNOWN
        return Review(target, verdict, uses, conclusion, lineage, conclusions, conflicts, tuple(findings), datasets)

    def _use(
        self, use: str, lineage: Lineage, conclusions: Mapping[str, Conclusion], quoted: Mapping[str, _Quoted]
    ) -> UseVerdict:
        verdicts: list[Verdict] = []
        because: list[tuple[Verdict, Reason]] = []
        duties: list[Reason] = []
        exposure: list[str] = []
        read: list[str] = []
        made_out = lineage.made_out()
        for name, conclusion in conclusions.items():
            circumstances = Circumstances(self._organization, lineage.nodes[name].multimodal)
            asked = (use,) if name == lineage.root else PASSED_ON.get(use, (use,))
            answers = [(terms, judge_use(terms, one, circumstances)) for terms in conclusion.binding for one in asked]
            contested = [judge_use(terms, one, circumstances) for terms in conclusion.contested for one in asked]
            found = strictest([_of_node(conclusion, answers), _if_it_binds(contested, answers)])
            if found is Verdict.FORBIDDEN and name in made_out:
                # Another reading of the name may be meant: a prohibition that rests on ours is not certain.
                found = Verdict.UNKNOWN
                read.append(f"{name} was made out from {made_out[name]}; its license forbids this: confirm the base")
            verdicts.append(found)
            for terms, answer in answers:
                because += [(answer.verdict, quoted[name].reason(name, terms, clause)) for clause in answer.because]
                duties += [quoted[name].reason(name, terms, clause) for clause in answer.duties]
                exposure += [f"{name}: {sentence}" for sentence in answer.exposure]
                read += [f"{name}: {sentence}" for sentence in answer.read]
            read += [f"{name}: {doubt}" for doubt in conclusion.doubts]
        verdicts += self._floors(lineage)
        kept = (
            _behind(because, strictest(verdicts)),
            _once(duties),
            tuple(dict.fromkeys(exposure)),
            tuple(dict.fromkeys(read)),
        )
        return UseVerdict(use, strictest(verdicts), *kept)

    def _with_data(self, use: UseVerdict, datasets: Sequence[DatasetTerms]) -> UseVerdict:
        """Leave open a use that the license of a data set forbids.

        Whether its terms reach the model is a question.
        """
        circumstances = Circumstances(self._organization)
        doubts = tuple(
            f"{one.name}, a data set under {', '.join(one.licenses)}, may not be used so: find out whether that"
            " reaches models that are trained on it"
            for one in datasets
            if one.license_class in REACHES
            and any(
                judge_use(self._licenses.by_id[name], use.use, circumstances).verdict is Verdict.FORBIDDEN
                for name in one.licenses
            )
        )
        if not doubts:
            return use
        verdict = strictest([use.verdict, Verdict.UNKNOWN])
        return use._replace(verdict=verdict, read=(*use.read, *doubts))

    def _is_on_record(self, evidence: Evidence) -> bool:
        return self._records is not None and self._records.knows(evidence)

    def _with_records(
        self, lineage: Lineage, conclusions: dict[str, Conclusion]
    ) -> tuple[Lineage, dict[str, Conclusion]]:
        """Return the lineage with the models that the catalog says are above those of it."""
        if self._records is None:
            return lineage, conclusions
        whole = self._records.extend(lineage, conclusions)
        more = {
            name: conclude(evidence, self._licenses, self._identify)
            for name, evidence in whole.nodes.items()
            if name not in conclusions
        }
        return whole, {**conclusions, **more}

    def _floors(self, lineage: Lineage) -> Iterator[Verdict]:
        """Yield what no license of the lineage can loosen."""
        if not lineage.complete or lineage.is_cyclic:
            yield Verdict.UNKNOWN
        if any(evidence.eu_disallowed for evidence in lineage.nodes.values()):
            country = self._organization.country
            yield (
                Verdict.UNKNOWN
                if country is None
                else Verdict.FORBIDDEN
                if country in EUROPEAN_UNION
                else Verdict.ALLOWED
            )

    def _eu(self, lineage: Lineage) -> Iterator[LicenseFinding]:
        for name, evidence in lineage.nodes.items():
            if evidence.eu_disallowed:
                level = Level.ERROR if self._organization.country in EUROPEAN_UNION else Level.WARNING
                yield LicenseFinding(
                    "eu-disallowed", level, name, "the card bars users in the European Union from access"
                )

    def _datasets(self, names: tuple[str, ...]) -> tuple[DatasetTerms, ...]:
        return dataset_terms(names, self._dataset_licenses, self._licenses) if self._dataset_licenses else ()


class _Quoted:
    """Finds the passage of a clause in the texts of a model that were read and are exactly that license's."""

    def __init__(self, conclusion: Conclusion) -> None:
        self._found: dict[tuple[str | None, str], Quotable] = {}
        for text, one in conclusion.found:
            if one.known is not None:
                words = located_words(text.content)
                self._found.setdefault((one.id, text.role), Quotable(text.content, text.place, words, one.known))

    def reason(self, model: str, terms: License, clause: Clause) -> Reason:
        own, policy = self._found.get((terms.id, "license")), self._found.get((terms.id, "use-policy"))
        passage = quote(own, clause.section, clause.above) if own else None
        if passage is None and policy is not None:
            passage = quote(policy, clause.section, clause.above, by_number=False)
        return Reason(model, terms.id, clause, passage)


def _identifier(licenses: Licenses, known: Sequence[Fingerprint]) -> Callable[[str, str], Identification]:
    plain = ("permissive", "copyleft")
    usual = [
        one for one in known if one.license in licenses.by_id and licenses.by_id[one.license].license_class in plain
    ]

    def identified(text: str, role: str) -> Identification:
        if role == "notice":
            return Identification(Match.NONE, around=uncovered(text, usual))
        return identify(text, known, role=role)

    return identified


def _if_it_binds(contested: Sequence[UseAnswer], answers: Sequence[tuple[License, UseAnswer]]) -> Verdict:
    """Return the verdict of licenses of which nobody says whether they bind: forbidden only where every reading is."""
    if contested and not answers and all(one.verdict is Verdict.FORBIDDEN for one in contested):
        return Verdict.FORBIDDEN
    loosest = [one.verdict for one in contested if one.verdict is not Verdict.ALLOWED]
    return Verdict.UNKNOWN if loosest else Verdict.ALLOWED


def _of_node(conclusion: Conclusion, answers: Sequence[tuple[License, UseAnswer]]) -> Verdict:
    """Return the verdict of one model's own licenses, with the doubts about them."""
    if conclusion.choice is not None and not conclusion.doubts:
        named: dict[str, Verdict] = {}
        for terms, answer in answers:
            named[terms.id] = strictest([named.get(terms.id, Verdict.ALLOWED), answer.verdict])
        by_name = {meaning.name: meaning.license for meaning in conclusion.declared}

        def judge(name: str) -> Verdict:
            terms = by_name.get(name)
            return named.get(terms.id, Verdict.UNKNOWN) if terms else Verdict.UNKNOWN

        return judge_expression(conclusion.choice, judge)
    verdict = strictest(answer.verdict for _, answer in answers)
    in_doubt = conclusion.doubts or not answers
    return strictest([verdict, Verdict.UNKNOWN]) if in_doubt else verdict


def _behind(because: Sequence[tuple[Verdict, Reason]], verdict: Verdict) -> tuple[Reason, ...]:
    """Return the clauses behind a verdict, those of the strictest answer first; grants only where nothing restricts."""
    ordered = sorted(because, key=lambda one: -STRICTNESS[one[0]])
    return _once([reason for said, reason in ordered if said is not Verdict.ALLOWED or verdict is Verdict.ALLOWED])


def _once(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple({(one.model, one.license, one.clause): one for one in reasons}.values())


def _lineage_findings(lineage: Lineage, conclusions: Mapping[str, Conclusion]) -> Iterator[LicenseFinding]:
    for warning in lineage.warnings:
        rule = "base-unread" if warning.startswith("parent ") else "lineage-odd"
        yield LicenseFinding(rule, Level.WARNING, lineage.root, warning)
    for name, conclusion in conclusions.items():
        if name != lineage.root and lineage.nodes[name].outcome is FetchOutcome.READ:
            yield from (one for one in conclusion.findings if one.level is not Level.NOTE)


def use_findings(root: str, uses: Sequence[UseVerdict]) -> Iterator[LicenseFinding]:
    """Yield a finding for each use that is forbidden or undecided."""
    for use in uses:
        if use.verdict is Verdict.FORBIDDEN:
            reason = next((one for one in use.because if one.clause.kind != "grant"), None)
            words = f": {reason.license} {reason.clause.text}" if reason else ""
            yield LicenseFinding("use-forbidden", Level.ERROR, root, f"{use.use} is forbidden{words}", use=use.use)
        elif use.verdict is Verdict.UNKNOWN:
            words = f": {use.read[0]}" if use.read else ""
            yield LicenseFinding("use-unknown", Level.WARNING, root, f"{use.use} is undecided{words}", use=use.use)
