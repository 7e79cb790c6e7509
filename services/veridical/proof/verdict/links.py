"""Which claims of a trace lead to its answer, so that true padding counts for nothing.

From the last claim backwards, a claim is on the way where it shares a variable with what is on the way,
works out a number that is used there, or rewrites an expression that stands there. Restated claims,
`a = a`, identities and sums that nothing uses, and sums of numbers from nowhere are not on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.survey import check_size
from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import Logic, Number, Relation, Symbol, Term
from veridical.proof.budget import Budget
from veridical.proof.model import CheckedClaim, CheckedStep, ClaimVerdict, Role
from veridical.proof.parts import free_names, parts_of
from veridical.proof.verdict.asked import right_side

_BUDGET = 500_000
"""Units of work for all claims of a trace."""
_WORK = 2_000
"""Units of work for one of them."""
_COUNTED = frozenset({Role.DERIVED, Role.ANSWER, Role.NEGATED})


@dataclass(frozen=True, slots=True)
class Node:
    """A claim with what may tie it to others.

    Attributes:
        step: Index of its step.
        claim: The claim and what was found about it.
        names: Its free variables.
        numbers: The values of its literals.
        results: The exact values of its sides.
        parts: Its parts that are neither a number nor a name, if there are names in it.
        is_identity: Whether it holds for all values of its variables.
    """

    step: int
    claim: CheckedClaim
    names: frozenset[str]
    numbers: frozenset[Fraction]
    results: frozenset[Fraction]
    parts: frozenset[Term]
    is_identity: bool

    @property
    def statement(self) -> Term:
        """What is claimed."""
        return self.claim.claim.statement


@dataclass(frozen=True, slots=True)
class Given:
    """What a problem gives.

    Attributes:
        statements: Its claims.
        numbers: Its numbers, and what its words make common knowledge.
    """

    statements: tuple[Term, ...]
    numbers: frozenset[Fraction]


def nodes_of(steps: Sequence[CheckedStep]) -> list[Node]:
    """Every claim that is said to follow, in order."""
    claims = [
        (number, claim)
        for number, step in enumerate(steps)
        for claim in step.claims
        if claim.claim.role in _COUNTED
    ]
    budget = Budget(_BUDGET, len(claims))
    return [_node(number, claim, budget) for number, claim in claims]


def _node(step: int, claim: CheckedClaim, budget: Budget) -> Node:
    term = claim.claim.statement
    budget.begin()
    try:
        return _read(step, claim, term, budget.work(_WORK))
    except WorkExceededError:
        nothing: frozenset[Fraction] = frozenset()
        return Node(step, claim, frozenset(), nothing, nothing, frozenset(), False)


def _read(step: int, claim: CheckedClaim, term: Term, work: Work) -> Node:
    check_size(term, work)
    names = free_names(term, work)
    finding = claim.finding
    entailed = finding.verdict is ClaimVerdict.ENTAILED
    every = tuple(parts_of(term))
    values = (fold(side, work) for side in sides(term))
    return Node(
        step=step,
        claim=claim,
        names=names,
        numbers=frozenset(abs(part.value) for part in every if isinstance(part, Number)),
        results=frozenset(abs(value) for value in values if value is not None),
        parts=frozenset(part for part in every if not isinstance(part, Number | Symbol))
        if names
        else frozenset(),
        is_identity=entailed and bool(names) and not finding.premises,
    )


def sides(term: Term) -> Iterator[Term]:
    """The sides of the relations that a claim consists of; of another term itself."""
    if isinstance(term, Relation):
        yield term.left
        yield right_side(term)
    elif isinstance(term, Logic):
        for part in term.parts:
            yield from sides(part)
    else:
        yield term


@dataclass(frozen=True, slots=True)
class Way:
    """The claims that lead to the answer.

    Attributes:
        final: The last claim put forward as the answer; without one the last claim. None without claims.
        nodes: The claims that count, in order, the final one with them.
        supported: Whether something leads to the final one.
    """

    final: Node | None = None
    nodes: tuple[Node, ...] = ()
    supported: bool = False


def find_way(steps: Sequence[CheckedStep], given: Given, nodes: Sequence[Node]) -> Way:
    """Find the claims that lead to the answer.

    Args:
        steps: The steps.
        given: What the problem gives.
        nodes: Every claim that is said to follow.
    """
    answers = [node for node in nodes if node.claim.claim.role is Role.ANSWER]
    final = next(reversed(answers or nodes), None)
    if final is None:
        return Way()
    stated = {*given.statements, *_supposed(steps)}
    fresh = list(_fresh(nodes, stated, set(given.numbers)))
    way = _backwards(final, fresh, given.numbers)
    supported = len(way) > 1 or _stands_alone(steps, final, fresh)
    return Way(final, tuple(reversed(way)), supported)


def _supposed(steps: Sequence[CheckedStep]) -> Iterator[Term]:
    """What is supposed or defined: to say it again derives nothing."""
    for step in steps:
        for each in step.claims:
            if each.claim.role in (Role.ASSUMPTION, Role.DEFINITION, Role.CASE):
                yield each.claim.statement


def _backwards(final: Node, fresh: Sequence[Node], given: frozenset[Fraction]) -> list[Node]:
    way = [final]
    names, parts, numbers = set(final.names), set(final.parts), set(final.results | final.numbers)
    for node in reversed(fresh):
        if node is not final and _leads(node, names, parts, numbers):
            way.append(node)
            names |= node.names
            parts |= node.parts
            numbers |= (node.numbers | node.results) - given
    return way


def _stands_alone(steps: Sequence[CheckedStep], final: Node, fresh: Sequence[Node]) -> bool:
    """Whether a conclusion starts from the problem by itself.

    A sum of the problem's numbers does, an identity, and a claim on what a step has taken from the problem.
    """
    if final.claim.claim.role is Role.ANSWER and isinstance(final.statement, Number | Symbol):
        return False
    if not final.names or final.is_identity:
        return any(node is final for node in fresh)
    taken = (
        each.claim.statement
        for step in steps[: final.step + 1]
        for each in step.claims
        if each.claim.role is Role.GIVEN
    )
    names = {part.name for term in taken for part in parts_of(term) if isinstance(part, Symbol)}
    return bool(names & final.names)


def _fresh(nodes: Sequence[Node], known: set[Term], grounded: set[Fraction]) -> Iterator[Node]:
    """The claims that say something new, and start from what is known."""
    for node in nodes:
        if node.statement in known or _says_nothing(node.statement):
            continue
        operands = _operands(node)
        if node.names or (operands <= grounded if operands else node.results & grounded):
            known.add(node.statement)
            grounded |= node.results
            yield node


def _says_nothing(term: Term) -> bool:
    return isinstance(term, Relation) and term.left == term.right


def _leads(node: Node, names: set[str], parts: set[Term], numbers: set[Fraction]) -> bool:
    if node.names and not node.is_identity:
        return bool(node.names & names or node.results & numbers)
    if node.names:
        return any(side in parts for side in sides(node.statement) if side in node.parts)
    # What stands in a claim is not a result of it: 9 = 9 and 0 + 9 = 9 give nothing.
    return bool((node.results - _operands(node)) & numbers)


def _operands(node: Node) -> frozenset[Fraction]:
    """The literals of sides that are more than a literal; of bare literals beside each other all of them."""
    every = list(sides(node.statement))
    compound = [side for side in every if not isinstance(side, Number)]
    return frozenset(
        abs(part.value)
        for side in compound or every
        for part in parts_of(side)
        if isinstance(part, Number)
    )
