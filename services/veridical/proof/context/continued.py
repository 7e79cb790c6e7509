"""Equations that say again what the one before is about: their right sides are one value, written twice."""

from __future__ import annotations

import re

from veridical.math.equality.work import WorkExceededError
from veridical.math.terms import Number, Product, Relation, Term
from veridical.proof.context.moves import Surroundings, is_equation
from veridical.proof.context.rewritten import is_bare, text_between
from veridical.proof.deciders.identities import is_expansion, is_like_identity
from veridical.proof.model import Claim
from veridical.proof.parts import names_of

_MAX_BETWEEN = 120
_WORKS_OUT = re.compile(
    r"\b(?:simplif|expand|combin|comput|calculat|evaluat|add(?:ing|ed)|subtract|multiply|divid|reduc|so\b|thus\b|hence\b"
    r"|therefore\b|which (?:is|gives|means)|we (?:get|find|obtain|have)|giv(?:es|ing)|yield)",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"\b(?:expand|simplif|rewrit|rewrot|factor|distribut|multiply(?:ing)? out|combin)\w* (?:out )?(?:the |terms on the )?"
    r"(left|right)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:cases?|or|if|either|other|second|third|next|new|instead|let|suppose|assum\w*|similarly|also|another|when|for|after (?!simplif|comput|calculat|evaluat|expand|combin)"
    r"|minimum|maximum|smallest|largest|however|wait|actually|correct\w*|mistake\w*|should|not|substitut\w*|plug\w*|using|since"
    r"|but|different\w*|again|step|approx\w*|round\w*|test\w*|try\w*|check\w*)\b",
    re.IGNORECASE,
)


def continued_from(claim: Claim, at: int, around: Surroundings) -> tuple[Claim, Relation] | None:
    """Return the equation before with the same left side, and that both right sides are equal.

    Only where nothing stands between but a line end or words that work it out; the right side before is
    more than a number, so that a list of values is not taken for one.
    """
    before = around.before(claim, at)
    if before is None or not is_equation(claim.statement) or not is_equation(before.statement):
        return None
    one, other = before.statement, claim.statement
    assert isinstance(one, Relation)
    assert isinstance(other, Relation)
    between = text_between(before, claim, at, around)
    if len(between) > _MAX_BETWEEN or _OTHER.search(between):
        return None
    side = _side_worked_out(one, other, between)
    if side is not None:
        return before, side
    if one.left != other.left or not names_of(one.left) or _is_bare_number(one.right):
        return None
    works_out = _WORKS_OUT.search(between) is not None
    same = Relation("=", one.right, other.right)
    if not (works_out or is_bare(between)) or not _are_alike(same, around, works_out=works_out):
        return None
    return before, same


def _side_worked_out(one: Relation, other: Relation, between: str) -> Relation | None:
    """Return that a side is what it was, where words say that it alone is worked out and the other one stays."""
    named = _SIDE.search(between)
    if named is None:
        return None
    if named[1].lower() == "left" and one.right == other.right:
        same = Relation("=", one.left, other.left)
    elif named[1].lower() == "right" and one.left == other.left:
        same = Relation("=", one.right, other.right)
    else:
        return None
    return same if names_of(same.left) == names_of(same.right) else None


def _is_bare_number(term: Term) -> bool:
    if isinstance(term, Product):
        return all(isinstance(factor, Number) for factor in term.factors)
    return isinstance(term, Number)


def _are_alike(same: Relation, around: Surroundings, *, works_out: bool) -> bool:
    """Say whether two sides hold no variables, or the same ones and much else in common."""
    left, right = names_of(same.left), names_of(same.right)
    if not left and not right:
        return True
    if left != right or not works_out:
        return False
    try:
        work = around.work()
        return is_like_identity(same, work) or is_expansion(same, work)
    except WorkExceededError:
        return False
