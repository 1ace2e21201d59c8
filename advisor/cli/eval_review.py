"""``advisor eval review``: a person accepts proposed cases and labels answers, blind and with the keyboard alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import click

from advisor.cli.diagnostics import ExitCode, hint, printable, say
from advisor.errors import UsageError
from advisor.evals import git
from advisor.evals.case_file import accept_cases, proposed_cases
from advisor.evals.cases import load_cases
from advisor.evals.labels import Label, agreed, policy_hash, read_labels, write_labels
from advisor.evals.review import Item, items
from advisor.evals.run_file import answer_id
from advisor.evals.session import known_lines

_PASS_KEYS = {"p": "pass", "y": "pass", "f": "fail", "n": "fail", "t": "tie"}

Ask = Callable[[str], str]


def review_set(path: Path, by: str | None, sample: int | None) -> int:
    """Proposed cases first, then the answers that nobody has labeled; what was said is kept after each key."""
    who = by or git.author(path.resolve().parent)
    if not who:
        raise UsageError("whose labels are these?", hint='name yourself with --by NAME, or git config user.name "..."')
    ask = _key if sys.stdin.isatty() else _line
    if proposed_cases(path) and not _accept(path, ask):
        return ExitCode.CLEAN
    case_set = load_cases(path, needs_accepted=False)
    said = list(read_labels(path))
    policy = policy_hash(path)
    own = [answer_id(one.case, one.output) for one in said if one.by == who and one.policy == policy]
    answers = known_lines(datetime.now(UTC)).answers.values()
    shown = items(case_set, answers, own, sample=sample, random=Random())  # noqa: S311 - an order, no secret
    if not shown:
        say("no answer is left to label")
        hint(f"`advisor eval {path} CANDIDATE...` asks for some")
    else:
        _label(path, shown, said, who, ask)
    _say_agreement(path)
    return ExitCode.CLEAN


def _accept(path: Path, ask: Ask) -> bool:
    """Go through the proposed cases; False if the person has left."""
    waiting = proposed_cases(path)
    for number, (identifier, question) in enumerate(waiting, 1):
        click.echo(f"\nproposed case {number} of {len(waiting)}, {identifier}:\n{printable(question)}", err=True)
        key = ask("accept? [y]es, [n]o and remove, [s]kip, [q]uit")
        if key == "q":
            return False
        if key in ("y", "n"):
            accept_cases(path, {identifier: key == "y"})
    return True


def _label(path: Path, shown: tuple[Item, ...], said: list[Label], who: str, ask: Ask) -> None:
    place, done = 0, list[int]()
    while place < len(shown):
        item = shown[place]
        _show(item, place, len(shown))
        key = ask(_prompt(item))
        if key == "q":
            break
        if key == "u" and done:
            place = done.pop()
            said.pop()
            write_labels(path, said)
            continue
        verdict = _verdict(item, key)
        if verdict is not None:
            now = datetime.now(UTC)
            label = {"case": item.case.id, "output": item.output, "label": verdict, "by": who, "at": now}
            said.append(Label.model_validate({**label, "policy": policy_hash(path)}))
            write_labels(path, said)
            done.append(place)
        elif key != "s":
            continue
        place += 1
    say(f"{len(done)} answers labeled by {who}")
    if done:
        hint("the same `advisor eval` again counts them with the score, and asks nothing that is known")


def _show(item: Item, place: int, count: int) -> None:
    click.echo(f"\n{place + 1} of {count}, case {item.case.id}:\n{printable(item.case.question)}", err=True)
    if item.case.reference is not None:
        click.echo(f"\nreference:\n{printable(item.case.reference)}", err=True)
    if item.case.feedback is not None:
        click.echo(f"\nfeedback:\n{printable(item.case.feedback)}", err=True)
    if item.is_pair:
        for number, side in enumerate(item.sides, 1):
            click.echo(f"\n[{number}]\n{printable(side)}", err=True)
    else:
        click.echo(f"\nanswer:\n{printable(item.text)}", err=True)


def _prompt(item: Item) -> str:
    if item.is_pair:
        return "better? [1], [2], [t]ie, [s]kip, [u]ndo, [q]uit"
    return "[p]ass, [f]ail, [s]kip, [u]ndo, [q]uit"


def _verdict(item: Item, key: str) -> str | None:
    if not item.is_pair:
        return _PASS_KEYS.get(key) if key != "t" else None
    if key == "t":
        return "tie"
    if key not in ("1", "2"):
        return None
    return "pass" if (key == "1") == item.is_first else "fail"


def _key(words: str) -> str:
    click.echo(f"\n{words} ", nl=False, err=True)
    key = click.getchar().lower()
    click.echo(key if key.isprintable() else "", err=True)
    return "q" if key in ("\x03", "\x04", "\x1b", "") else key


def _line(words: str) -> str:
    click.echo(f"\n{words} ", nl=False, err=True)
    line = sys.stdin.readline()
    return line.strip().lower()[:1] if line else "q"


def _say_agreement(path: Path) -> None:
    found = agreed(read_labels(path), policy_hash(path))
    if not found.people:
        return
    words = f"{len(found.values)} answers have a label, by {', '.join(found.people)}"
    if found.between_people is not None:
        both = found.between_people
        words += f"; people agree on {both.agreement:.0%} of {both.n}, kappa {both.value:.2f}"
    say(words)
