"""``advisor eval add``: cases proposed from traffic or by a model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from advisor.cli.diagnostics import ExitCode, hint, printable, say
from advisor.cli.eval_targets import FOLDER, find_set, set_files
from advisor.cli.model_reply import reply_of
from advisor.errors import EvaluationError, SourceUnavailable, UsageError
from advisor.evals.case_file import append_cases
from advisor.evals.cases import Case, CaseSet, load_cases, parse_case
from advisor.evals.checks import json_in
from advisor.evals.coverage import distinct, keep_traffic
from advisor.evals.embedding import embed
from advisor.evals.growth import generated, grow
from advisor.evals.pii import text_cleaner
from advisor.evals.traffic import read_traffic

_EXAMPLES = 12
_ASK = (
    "Here are questions that users ask a product, as JSON:\n{examples}\n\nWrite {count} further questions that users "
    "of the same product could ask, different from these and from each other in what they ask, length and tone. "
    "Reply with a JSON array of {count} strings alone."
)


def add_cases(logs: Sequence[Path], case_set: str | None, **options: Any) -> int:
    """Propose, write, and say how the set stands."""
    path = _set_path(case_set) if case_set is not None else _only_set()
    known = load_cases(path, needs_accepted=False) if path.exists() else CaseSet(path.stem, str(path), ())
    clean = text_cleaner(os.environ, keep_pii=options["keep_pii"])
    proposed = [
        *_from_logs(logs, known, clean, options),
        *_from_theme(known, options),
        *_from_model(known, options),
    ]
    ids = {case.id for case in known.cases}
    fresh = [case for case in proposed if case["id"] not in ids]
    for number, case in enumerate(fresh):
        parse_case(case, f"proposed case {number + 1}")
    append_cases(path, fresh)
    say(f"{len(fresh)} cases proposed for {path}")
    if fresh:
        hint(f"read them: advisor eval review {path}")
    return ExitCode.CLEAN


def _only_set() -> Path:
    """Return the one set in ``evals/``. Raises UsageError if there is none or another one."""
    known = set_files()
    if len(known) != 1:
        names = f"found {', '.join(path.stem for path in known)}" if known else "there is none in evals/"
        raise UsageError(f"--to: expected the set that the cases are proposed for; {names}", hint="--to NAME")
    return known[0]


def _set_path(case_set: str) -> Path:
    path = find_set(case_set)
    return path if path.suffix else FOLDER / f"{path.name}.jsonl"


def _from_logs(
    logs: Sequence[Path], known: CaseSet, clean: Callable[[str], str], options: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    if not logs:
        return ()
    wrong: list[str] = []
    traffic = read_traffic(logs, wrong)
    if wrong and not options["skip_bad"]:
        more = f"\nand {len(wrong) - 10} more" if len(wrong) > 10 else ""  # noqa: PLR2004 - as many are read
        raise EvaluationError("\n".join(wrong[:10]) + more, hint="--skip-bad leaves these lines out")
    for words in wrong[:10]:
        say(f"left out: {printable(words)}")
    if not traffic:
        raise EvaluationError(f"{', '.join(map(str, logs))}: expected at least one question, found none")
    found = grow(known.cases, traffic, options["count"], clean=clean)
    keep_traffic(known.name, found.traffic)
    before = 0.0 if found.before is None else found.before
    after = 0.0 if found.after is None else found.after
    say(f"{len(traffic):,} questions, {found.repeated:,} of them say what a case or another one says")
    say(f"cases cover {before:.0%} of them now, and {after:.0%} with those that are proposed")
    return found.cases


def _from_theme(known: CaseSet, options: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the cases that monitoring proposed for a theme, without those that repeat a case."""
    if not options["theme"]:
        return ()
    from advisor.monitor.theme_cases import cases_of

    found = cases_of(options["theme"])
    kept = distinct(embed([case["input"] for case in found]), embed([case.question for case in known.cases]))
    if options["keep_pii"]:
        hint("personal data was taken out when the logs were read; `advisor monitor LOGS --fresh --keep-pii` leaves it")
    if len(kept) < len(found):
        say(f"{len(found) - len(kept)} of {len(found)} say what a case says")
    return [found[place] for place in kept][: options["count"]]


def _from_model(known: CaseSet, options: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    if not options["generate"]:
        return ()
    if not options["model"]:
        raise UsageError("--generate: expected the model that proposes", hint="--model NAME")
    if not known.cases:
        raise UsageError("--generate: expected a set with cases to begin from", hint="advisor eval init NAME")
    examples = [case.question for case in _spread(known.cases)]
    text = _ASK.format(examples=json.dumps(examples, ensure_ascii=False), count=options["generate"])
    said = reply_of(options["model"], text, options, what="proposed questions")
    try:
        found = json_in(said)
    except ValueError:
        found = None
    questions = [one for one in found if isinstance(one, str) and one.strip()] if isinstance(found, list) else []
    if not questions:
        raise SourceUnavailable(f"{options['model']}: expected a JSON array of questions, got something else")
    return generated(questions[: options["generate"]], known.cases, options["model"])


def _spread(cases: Sequence[Case]) -> Sequence[Case]:
    """Return some of the cases, evenly over the file; the held ones never serve."""
    open_ = [case for case in cases if case.split == "dev"]
    step = max(1, len(open_) // _EXAMPLES)
    return open_[::step][:_EXAMPLES]
