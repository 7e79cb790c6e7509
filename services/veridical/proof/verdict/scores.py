"""Coverage and local coherence of an examined trace."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from veridical.proof.model import CheckedStep, ClaimVerdict, ErrorKind
from veridical.proof.trace import Coherence
from veridical.proof.verdict.first_error import WRONG, error_kind
from veridical.proof.verdict.links import Node, Way

_OPEN = frozenset({ClaimVerdict.UNVERIFIED})


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of what counts.

    Attributes:
        coverage: Share of the claims that count which were decided; None where none counts.
        score: Share of them that hold; None where none counts.
        step_coverage: Share of the steps of which every claim was decided; None without steps.
        coherence: How far each step goes with the steps before it.
    """

    coverage: float | None
    score: float | None
    step_coverage: float | None
    coherence: Coherence


def scores(
    steps: Sequence[CheckedStep], nodes: Sequence[Node], way: Way, blamed: int | None
) -> Scores:
    """Count what was found.

    Args:
        steps: The steps.
        nodes: Every claim that is said to follow.
        way: Those of them that lead to the answer; an answer that nothing leads to is open.
        blamed: A step that is wrong for what it makes of the whole, None for none.
    """
    counting = way.nodes if _is_led_to(way) else way.nodes[:-1]
    held = {_key(node) for node in counting if node.claim.finding.verdict is ClaimVerdict.ENTAILED}
    wrong = len({node.statement for node in nodes if node.claim.finding.verdict in WRONG})
    still = len({node.statement for node in nodes if node.claim.finding.verdict in _OPEN})
    still += sum(len(step.unread) for step in steps)
    still += _is_bare(way)
    counted = len(held) + wrong + still
    decided = [step for step in steps if is_decided(step)]
    return Scores(
        coverage=(len(held) + wrong) / counted if counted else None,
        score=len(held) / counted if counted else None,
        step_coverage=len(decided) / len(steps) if steps else None,
        coherence=_coherence(steps, {node.step for node in counting}, blamed),
    )


def _is_bare(way: Way) -> bool:
    """Whether the answer is true, but nothing leads to it."""
    entailed = way.final and way.final.claim.finding.verdict is ClaimVerdict.ENTAILED
    return bool(entailed) and not _is_led_to(way)


def _is_led_to(way: Way) -> bool:
    """Whether what leads to the answer gives it: of the claims that do, one at least is known to hold."""
    final = way.final
    if final is None or not way.supported or final.names or not final.results:
        return way.supported
    giving = [node for node in way.nodes if node is not final and node.results & final.results]
    return not giving or any(node.claim.finding.verdict is ClaimVerdict.ENTAILED for node in giving)


def _key(node: Node) -> Hashable:
    """What a claim is counted as: sums with the same result count once."""
    if not node.names and node.results:
        return frozenset(node.results)
    return node.statement


def is_decided(step: CheckedStep) -> bool:
    """Whether a step claims something, and everything in it is decided."""
    return step.verdict not in _OPEN | {ClaimVerdict.NO_CLAIM} and not step.unread


def _coherence(steps: Sequence[CheckedStep], on_way: set[int], blamed: int | None) -> Coherence:
    found = [_pair(number, step, on_way, blamed) for number, step in enumerate(steps)]
    good = found.count(ClaimVerdict.ENTAILED)
    bad = found.count(ClaimVerdict.CONTRADICTED)
    every = good + bad + found.count(ClaimVerdict.UNVERIFIED)
    return Coherence(
        decided=good / (good + bad) if good + bad else None,
        lower=good / every if every else None,
        upper=1 - bad / every if every else None,
    )


def _pair(
    number: int, step: CheckedStep, on_way: set[int], blamed: int | None
) -> ClaimVerdict | None:
    """How a step goes with those before: ENTAILED, CONTRADICTED, UNVERIFIED; None counts for nothing.

    A step that is only wrong against the problem is no break between steps, nor is one that takes over
    the wrong result of a step before.
    """
    if number == blamed:
        return ClaimVerdict.CONTRADICTED
    if step.inherits:
        return ClaimVerdict.ENTAILED
    if step.verdict in WRONG and error_kind(step) is ErrorKind.PREMISE:
        return None
    if step.verdict in WRONG or step.pair in WRONG:
        return ClaimVerdict.CONTRADICTED
    if step.verdict in _OPEN or step.unread:
        return ClaimVerdict.UNVERIFIED
    if number in on_way and step.pair is ClaimVerdict.ENTAILED:
        return ClaimVerdict.ENTAILED
    return None
