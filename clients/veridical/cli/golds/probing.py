"""Trying a gold out: items that ask the verifier about it, and what their verdicts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from veridical.cli.exits import CommandError, ExitCode
from veridical.cli.golds.finding import Finding, Kind
from veridical.cli.golds.forms import Doubt, When, doubt_about
from veridical.cli.golds.source import Gold
from veridical.cli.reasons import reason_words
from veridical.client import Item, MathTask, Outcome, Reason, Task, Verdict, reason_name

STRANGER = r"\frac{7919}{104729}"
"""An answer that no gold asks for. A plain number, so that it is cheap to hold against other numbers; any
other gold must be read for it."""

_COSTLY = {
    Reason.REASON_VERIFIER_TIMEOUT,
    Reason.REASON_VERIFIER_MEMORY,
    Reason.REASON_VERIFIER_CRASHED,
}
_ALONE = "write the answer alone in the field, as LaTeX or as plain text"
_SMALLER = "write a smaller gold, or one that is worked out further"


@dataclass(frozen=True, slots=True)
class Probe:
    """All that is asked about one gold.

    Attributes:
        gold: The gold.
        doubt: What it may mean beside what it seems to, None where it is clear.
        items: What to send: itself, a stranger, each meaning, and whether two meanings differ.
    """

    gold: Gold
    doubt: Doubt | None
    items: tuple[Item, ...]


def probe(number: int, gold: Gold) -> Probe:
    """Return what to ask about a gold; `number` makes the items' ids unique."""
    doubt = doubt_about(gold.task.gold)
    pairs = [(gold.task, _as_answer(gold.task.gold)), (gold.task, _boxed(STRANGER))]
    if doubt is not None:
        answers = [meaning.answer for meaning in doubt.meanings]
        pairs += [(gold.task, _boxed(answer)) for answer in answers]
        if len(answers) > 1:
            other = MathTask()
            other.CopyFrom(gold.task)
            other.gold = answers[0]
            pairs.append((other, _boxed(answers[1])))
    items = (_item(f"{number}.{place}", *pair) for place, pair in enumerate(pairs))
    return Probe(gold, doubt, tuple(items))


def judge(asked: Probe, verdicts: Sequence[Verdict]) -> Finding | None:
    """Return what the verdicts on the items of a probe say about its gold; None where it is sound.

    Raises:
        CommandError: The services could not decide for reasons of their own.
    """
    for verdict in verdicts:
        _refuse_faults(verdict)
    gold = asked.gold
    found = _broken(gold.task.gold, verdicts[0], verdicts[1])
    if found is None and asked.doubt is not None:
        found = _ambiguous(asked.doubt, verdicts[2:])
    if found is None:
        return None
    kind, problem, mend = found
    return Finding(kind, tuple(gold.lines), gold.task.gold, problem, mend)


def _as_answer(gold: str) -> str:
    """Return a response whose final answer is the gold; a whole solution is one already."""
    return gold if r"\boxed" in gold or r"\fbox" in gold or "####" in gold else _boxed(gold)


def _boxed(answer: str) -> str:
    return rf"\boxed{{{answer}}}"


def _item(item_id: str, task: MathTask, response: str) -> Item:
    item = Item(id=item_id, task=Task(math=task), response=response)
    # Where a model may put its answer says nothing about the gold.
    item.task.math.ClearField("extraction")
    return item


def _refuse_faults(verdict: Verdict) -> None:
    told = (Reason.REASON_GOLD_UNPARSABLE, Reason.REASON_INVALID_ITEM, *_COSTLY)
    if verdict.outcome == Outcome.OUTCOME_UNDECIDED and verdict.reason not in told:
        name, detail = reason_name(verdict.reason), verdict.detail
        raise CommandError(f"the services did not decide: {name}: {detail}", ExitCode.SERVICES)


_Found = tuple[Kind, str, str]


def _broken(gold: str, itself: Verdict, stranger: Verdict) -> _Found | None:
    if not gold.strip():
        return Kind.UNPARSABLE, "it is empty", "fill it in, or leave the problem out"
    for verdict in (itself, stranger):
        if verdict.outcome == Outcome.OUTCOME_UNDECIDED:
            return _undecided(verdict)
    if itself.outcome != Outcome.OUTCOME_CORRECT:
        problem = f"given as an answer: {reason_words(itself)}"
        return Kind.NOT_ITSELF, problem, "write one final value that needs no words around it"
    if stranger.outcome == Outcome.OUTCOME_CORRECT:
        return Kind.EQUALS_ANYTHING, f"it takes {STRANGER} for itself", _ALONE
    return None


def _undecided(verdict: Verdict) -> _Found:
    problem = verdict.detail or reason_words(verdict)
    if verdict.reason in _COSTLY:
        return Kind.COSTLY, problem, _SMALLER
    mend = _SMALLER if verdict.math.rule == "limits" else _ALONE
    return Kind.UNPARSABLE, problem, mend


def _ambiguous(doubt: Doubt, verdicts: Sequence[Verdict]) -> _Found | None:
    taken = [verdict.outcome == Outcome.OUTCOME_CORRECT for verdict in verdicts]
    meant, same = taken[: len(doubt.meanings)], any(taken[len(doubt.meanings) :])
    if same or not _is_worth_telling(doubt.when, meant):
        return None
    return Kind.AMBIGUOUS, "; ".join(_said(doubt, meant)), doubt.mend


def _is_worth_telling(when: When, taken: Sequence[bool]) -> bool:
    match when:
        case When.ALWAYS:
            return True
        case When.ANY_REFUSED:
            return not all(taken)
        case When.ALL_TAKEN:
            return all(taken)


def _said(doubt: Doubt, taken: Sequence[bool]) -> Iterator[str]:
    pairs = list(zip(doubt.meanings, taken, strict=True))
    for label, wanted in (("taken as", True), ("not taken as", False)):
        words = [meaning.words for meaning, is_taken in pairs if is_taken is wanted]
        if words:
            yield f"{label} {' and as '.join(words)}"
