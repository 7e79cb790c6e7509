"""Comparing two terms of any kind: what each is decides which comparison is made."""

from __future__ import annotations

from typing import TypeGuard

from veridical.math.decision import MathRule
from veridical.math.equality.context import Context
from veridical.math.equality.equations import compare_with_equations
from veridical.math.equality.finding import Finding, known, unknown
from veridical.math.equality.kinds import Kind, different, holds_region, kind_of
from veridical.math.equality.lists import Collection, Form, as_collection, equal_collections
from veridical.math.equality.logarithms import common_logarithms
from veridical.math.equality.matching import equal_in_order
from veridical.math.equality.matrices import compare_matrices
from veridical.math.equality.piecewise import compare_piecewise
from veridical.math.equality.quantities import compare_quantities, has_unit
from veridical.math.equality.regions import is_minus_infinity, is_unbounded
from veridical.math.equality.rewrite import has_signs, spread
from veridical.math.equality.scalars import compare_scalars, is_scalar
from veridical.math.equality.sets import compare_regions
from veridical.math.equality.special import (
    SpecialKind,
    compare_integrals,
    equal_choice,
    family,
    read_special,
)
from veridical.math.equality.statements import (
    NAMED_SETS,
    assignment,
    chain,
    is_marked_name,
    is_statement,
)
from veridical.math.equality.survey import names_of
from veridical.math.equality.vectors import worked_out
from veridical.math.equality.words import equal_spelling, equal_words, is_nothing
from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Number,
    Product,
    Relation,
    Row,
    Sum,
    Symbol,
    Term,
    Words,
)

_NAMED_SETS = frozenset(map(Symbol, NAMED_SETS))
_PARITIES = {Symbol("odd integers"), Symbol("even integers")}


class Comparer:
    """One comparison, under one policy, within one budget."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def compare(self, gold: Term, answer: Term) -> Finding:
        """Compare two terms.

        Raises:
            WorkExceededError: It is more work than is left.
        """
        self._context.work.spend(4)
        if self._context.shortcuts and gold == answer:
            return known(MathRule.STRUCTURE, equal=True)
        if isinstance(gold, Number) and isinstance(answer, Number):
            if (gold.base or 10) != (answer.base or 10):
                return known(MathRule.RATIONAL, equal=False, detail="the bases differ")
            return compare_scalars(gold, answer, self._context)
        if _adds_condition(gold, answer):
            return known(
                MathRule.KIND, equal=False, detail="the answer holds under a condition only"
            )
        if _moduli_differ(gold, answer):
            return known(MathRule.RATIONAL, equal=False, detail="the moduli differ")
        if _parities_differ(gold, answer):
            return known(MathRule.KIND, equal=False, detail="one is odd and the other even")
        gold, answer = self._plain(gold), self._plain(answer)
        if is_scalar(gold) and is_scalar(answer):
            return self._scalars(gold, answer)
        return self._by_kind(gold, answer)

    def equal(self, gold: Term, answer: Term) -> bool | None:
        """Say whether two terms are equal."""
        return self.compare(gold, answer).equal

    def _plain(self, term: Term) -> Term:
        """Take off what changes nothing, and work out what stands for several values."""
        if isinstance(term, Row) and len(term.members) == 1 and term.opening in {"", "("}:
            return self._plain(term.members[0])
        if isinstance(term, Apply) and (
            (term.function == "given" and term.arguments) or is_marked_name(term)
        ):
            return self._plain(term.arguments[0])
        if isinstance(term, Row) and (values := _named_values(term)) is not None:
            return Row("", "", values)
        if isinstance(term, Relation):
            return self._plain_relation(term)
        if isinstance(term, Logic):
            return self._plain_logic(term)
        if isinstance(term, Sum | Product | Apply):
            term = worked_out(term)
        if is_scalar(term) and has_signs(term, self._context.work):
            return Row("{", "}", spread(term, self._context.work))
        return term

    def _plain_relation(self, term: Relation) -> Term:
        if term.operator == "equiv" and read_special(term) is None:
            return Relation("=", term.left, term.right)
        if term.operator == "approx" and assignment(term) is None:
            return self._plain(term.left)
        if term.operator == "=" and not names_of(term):
            return self._end_of_chain((term.left, term.right), term)
        return term

    def _plain_logic(self, term: Logic) -> Term:
        links = chain(term)
        if links is not None:
            return self._end_of_chain(links, term)
        if term.operator == "or" and not any(is_statement(part) for part in term.parts):
            return Row("{", "}", term.parts)
        return term

    def _end_of_chain(self, links: tuple[Term, ...], term: Term) -> Term:
        """Return the one equation, or the one value, that a chain of equals says."""
        names = [link for link in links if assignment(Relation("=", link, link)) is not None]
        values = [link for link in links if link not in names]
        if not values:
            return term
        if any(self.equal(values[0], value) is not True for value in values[1:]):
            return term
        return Relation("=", names[0], values[-1]) if names else self._plain(values[-1])

    def _by_kind(self, gold: Term, answer: Term) -> Finding:
        kinds = {kind_of(gold), kind_of(answer)}
        if Kind.WORDS in kinds:
            return self._with_words(gold, answer)
        if Kind.EQUATION in kinds:
            return compare_with_equations(gold, answer, self.compare, self._context)
        if Kind.SPECIAL in kinds:
            return self._with_special(gold, answer)
        if Kind.REGION in kinds:
            return compare_regions(gold, answer, self.compare, self._context)
        if Kind.MATRIX in kinds:
            return compare_matrices(gold, answer, self.equal, self._context)
        if Kind.COLLECTION in kinds:
            return self._collections(gold, answer)
        if kinds == {Kind.PIECEWISE} or kinds == {Kind.PIECEWISE, Kind.SCALAR}:
            return compare_piecewise(gold, answer, self.equal, self._context)
        if kinds == {Kind.SCALAR}:
            return self._mixed(gold, answer)
        return different(gold, answer) if Kind.SCALAR in kinds else self._others(gold, answer)

    def _mixed(self, gold: Term, answer: Term) -> Finding:
        """Compare expressions of something else than numbers: sets are never numbers."""
        if holds_region(gold) is not holds_region(answer):
            return known(MathRule.KIND, equal=False)
        return unknown(MathRule.KIND, "an expression of something else than numbers")

    def _scalars(self, gold: Term, answer: Term) -> Finding:
        if is_unbounded(gold) or is_unbounded(answer):
            same = is_unbounded(gold) and is_unbounded(answer)
            equal = same and is_minus_infinity(gold) is is_minus_infinity(answer)
            return known(
                MathRule.KIND, equal=equal and Constant.COMPLEX_INFINITY not in (gold, answer)
            )
        if has_unit(gold) or has_unit(answer):
            return compare_quantities(gold, answer, self.compare, self._context)
        answer = family(gold, answer, self._context.work)
        gold, answer = common_logarithms(gold, answer, self._context.work)
        integral = compare_integrals(gold, answer, self._context)
        return integral or compare_scalars(gold, answer, self._context)

    def _with_words(self, gold: Term, answer: Term) -> Finding:
        if isinstance(gold, Words) and isinstance(answer, Words):
            return known(MathRule.WORDS, equal=equal_words(gold, answer))
        words, other = (gold, answer) if isinstance(gold, Words) else (answer, gold)
        assert isinstance(words, Words)
        given = assignment(other)
        if given is not None:
            pair = (gold, given.value) if words is gold else (given.value, answer)
            return self.compare(*pair)
        if is_nothing(words) and is_nothing(other):
            return known(MathRule.WORDS, equal=True)
        if kind_of(other) is Kind.REGION:
            return compare_regions(gold, answer, self.compare, self._context)
        special = read_special(other)
        if special is not None and special.kind is SpecialKind.CHOICE:
            return known(MathRule.WORDS, equal=equal_choice(special, words))
        return known(MathRule.WORDS, equal=equal_spelling(words, other))

    def _with_special(self, gold: Term, answer: Term) -> Finding:
        left, right = read_special(gold), read_special(answer)
        if left is not None and right is not None:
            return left.compare(right, self.compare)
        special, other = (left, answer) if left is not None else (right, gold)
        assert special is not None
        if special.kind is SpecialKind.CHOICE:
            return known(MathRule.WORDS, equal=equal_choice(special, other))
        if special.value is None or not is_scalar(other):
            return different(gold, answer)
        if left is not None:
            return self.compare(special.value, answer)
        return self.compare(gold, special.value)

    def _collections(self, gold: Term, answer: Term) -> Finding:
        left, right = (as_collection(side, self._context) for side in (gold, answer))
        if left is None or right is None:
            return self._one_collection(left, right, gold, answer)
        if _holds_one_row(left) and not _holds_one_row(right):
            return self.compare(left.members[0], answer)
        if _holds_one_row(right) and not _holds_one_row(left):
            return self.compare(gold, right.members[0])
        equal = equal_collections(left, right, self._equal_members, self._context)
        return Finding(equal, MathRule.MEMBERS)

    def _equal_members(self, gold: Term, answer: Term) -> bool | None:
        """Compare members, among which a set of one member is not that member."""
        sets = [isinstance(side, Row) and side.opening == "{" for side in (gold, answer)]
        return self.equal(gold, answer) if sets[0] is sets[1] else False

    def _one_collection(
        self, left: Collection | None, right: Collection | None, gold: Term, answer: Term
    ) -> Finding:
        """Compare a set of one member with that member."""
        collection = left or right
        if collection is None or collection.form is Form.TUPLE or len(collection.members) != 1:
            return different(gold, answer)
        member = collection.members[0]
        return self.compare(gold, member) if left is None else self.compare(member, answer)

    def _others(self, gold: Term, answer: Term) -> Finding:
        """Compare statements of the same form part by part."""
        if isinstance(gold, Symbol) or isinstance(answer, Symbol):
            return different(gold, answer)
        if (
            isinstance(gold, Relation)
            and isinstance(answer, Relation)
            and gold.operator == answer.operator
            and equal_in_order((gold.left, gold.right), (answer.left, answer.right), self.equal)
        ):
            return known(MathRule.STRUCTURE, equal=True)
        return unknown(MathRule.KIND, "a statement was not understood")


def _adds_condition(gold: Term, answer: Term) -> bool:
    """Say whether an answer gives a constant on a condition (`42 if n > 3`), or anything if some words hold.

    Conditions on the variables of an expression, and golds with a condition, are left to others.
    """
    if not _is_given(answer) or _is_given(gold):
        return False
    body, condition = answer.arguments
    if isinstance(condition, Words) or (isinstance(condition, Symbol) and len(condition.name) > 1):
        return condition not in _NAMED_SETS
    if not isinstance(condition, Relation) or condition.operator == "in":
        return False
    given = assignment(body)
    value = body if given is None else given.value
    return is_scalar(value) and not names_of(value) and bool(names_of(condition))


def _is_given(term: Term) -> TypeGuard[Apply]:
    return isinstance(term, Apply) and term.function == "given" and len(term.arguments) == 2


def _moduli_differ(gold: Term, answer: Term) -> bool:
    """Say whether both are classes such as `3 (mod 7)`, of moduli that are written differently."""
    classes = [
        side.arguments[1]
        for side in (gold, answer)
        if isinstance(side, Apply)
        if side.function == "mod" and len(side.arguments) == 2
    ]
    return len(classes) == 2 and classes[0] != classes[1]


def _parities_differ(gold: Term, answer: Term) -> bool:
    """Say whether one side says that something is odd, and the other that it is even."""
    if not (isinstance(gold, Relation) and isinstance(answer, Relation)):
        return False
    return gold.left == answer.left and {gold.right, answer.right} == _PARITIES


def _named_values(term: Row) -> tuple[Term, ...] | None:
    """Return the members of `[y=2, x=1]` in the order of the names; None if they are not of that form."""
    named: dict[str, Term] = {}
    for member in term.members:
        given = assignment(member)
        if given is None or not isinstance(given.name, Symbol):
            return None
        named[given.name.name] = member
    is_solution = 1 < len(named) == len(term.members)
    return tuple(named[name] for name in sorted(named)) if is_solution else None


def _holds_one_row(collection: Collection) -> bool:
    """Say whether a collection is a set of one list or tuple."""
    return len(collection.members) == 1 and isinstance(collection.members[0], Row)
