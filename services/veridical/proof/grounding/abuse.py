"""Equals signs that mean "and then": `3 + 4 = 7 * 2 = 14`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from veridical.math.terms import Number, Product, Relation, Sum, Term
from veridical.proof.budget import Budget
from veridical.proof.grounding.operands import operands, value
from veridical.proof.model import Claim


def running_on(claims: Sequence[Claim], budget: Budget) -> Iterator[Claim]:
    """The links of chains that go on computing with their left value.

    Such a link is false as written, but the reader is meant to take the value of the left side, compute
    on with it and find the value behind the next equals sign; so it refutes nothing.

    Args:
        claims: The claims of a step, in order.
        budget: What this may take.
    """
    for link, following in pairwise(claims):
        if link.chain == following.chain and _runs_on(link.statement, following.statement, budget):
            yield link


def _runs_on(link: Term, following: Term, budget: Budget) -> bool:
    if not isinstance(link, Relation) or not isinstance(following, Relation):
        return False
    if link.operator != "=" or following.operator != "=" or link.right != following.left:
        return False
    if not operands(link.left) or not operands(link.right):
        return False
    left, right = value(link.left, budget), value(link.right, budget)
    goes_on = left is not None and left != right and _leading(link.right) == left
    return goes_on and right is not None and right == value(following.right, budget)


def _leading(term: Term) -> Fraction | None:
    """The number that a computation starts with."""
    while not isinstance(term, Number):
        match term:
            case Sum(terms=(first, *_)) | Product(factors=(first, *_)):
                term = first
            case _:
                return None
    return term.value
