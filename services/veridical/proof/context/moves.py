"""Which refutations count in a trace: what stands in words, not in formulas, may save a claim."""

from __future__ import annotations

import re
from collections.abc import Sequence

from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import Apply, Number, Relation, Symbol, Term
from veridical.proof.budget import Budget
from veridical.proof.context.alternatives import value_claim
from veridical.proof.deciders.arithmetic import Truth
from veridical.proof.deciders.branches import is_branched
from veridical.proof.deciders.identities import gap, is_expansion, is_identity, is_like_identity
from veridical.proof.deciders.polynomials import Polynomial, degree, divides, names_in
from veridical.proof.deciders.truth import truth_at
from veridical.proof.model import (
    PROBLEM,
    Claim,
    ClaimVerdict,
    Fact,
    Finding,
    Method,
    StepReading,
)
from veridical.proof.parts import names_of

_SIDE = re.compile(
    r"positive|negative|non-?zero|integer|natural|reject|discard|extraneous|since|because|valid"
    r"|greater|less|larger|smaller|must|cannot|impossible|length|width|distance|age|number of|prime"
    r"|digit|whole|acute|obtuse|angle|(?<!both )(?<!each )side|area|time|speed|smallest|largest|minim|maxim|(?:first|second) (?!we|let|need|find|determine|step|note)",
    re.IGNORECASE,
)
_TENTATIVE = re.compile(
    r"\b(?:if|when|sett?|setting|suppose|assum\w*|cases?|let|either|or|try\w*|check\w*|consider\w*"
    r"|test\w*|would|could|possib\w*|intersect\w*|becomes|implies|satisfy|zero|factors?|roots?"
    r"|second|third|other|another|product|sum)\b",
    re.IGNORECASE,
)
_SUPPOSING = re.compile(
    r"\b(?:if|suppose|assum\w*|cases?|either|or|try\w*|would|could|possib\w*)\b", re.IGNORECASE
)
_REWRITE = re.compile(
    r"expand|simplif|factor|rewrit|distribut|combin|cancel|like terms|multiply out|becomes|identity|compute|calculat",
    re.IGNORECASE,
)
_EXPAND = re.compile(r"\b(?:expand|multiply\w* out|distribut|foil)", re.IGNORECASE)
_CANCEL = re.compile(r"\b(?:cancel|divid)", re.IGNORECASE)
_INEQUALITIES = frozenset({"<", "<=", ">", ">="})
_WORK = 5_000
_MAX_TEXT = 4_000


class Surroundings:
    """The words around the claims of a trace."""

    def __init__(self, problem: str, readings: Sequence[StepReading], budget: Budget) -> None:
        self._budget = budget
        self.problem = problem[:_MAX_TEXT]
        self._has_side_words = bool(_SIDE.search(problem))
        self.readings = readings
        self._texts = tuple(reading.segment.text[:_MAX_TEXT] for reading in readings)
        self._values: dict[str, set[Term]] = {}
        for reading in readings:
            for claim in reading.claims:
                value = value_claim(claim.statement)
                if value is not None and isinstance(value.value, Number):
                    self._values.setdefault(value.name, set()).add(Number(value.value.value))

    def work(self) -> Work:
        """Return what one look at two claims may take."""
        return self._budget.work(_WORK)

    def text(self, at: int) -> str:
        """Return the words of a step, cut off where it is long."""
        return self._texts[at]

    def before(self, claim: Claim, at: int) -> Claim | None:
        """Return the claim before one of step `at`; None where neither it nor the step before has one."""
        claims = self.readings[at].claims
        index = claims.index(claim)
        if index:
            return claims[index - 1]
        earlier = self.readings[at - 1].claims if at else ()
        return earlier[-1] if earlier else None

    def has_side_words(self, at: int) -> bool:
        """Say whether the problem or a step puts a condition in words."""
        return self._has_side_words or bool(_SIDE.search(self.text(at)))

    def fits(self, statement: Term, names: frozenset[str]) -> bool:
        """Say whether a statement of one symbol is not false at a value that the trace gives it."""
        work = self.work()
        return any(
            truth_at(statement, {name: value.value}, work) is not Truth.FALSE
            for name in names
            if len(names) == 1
            for value in self._values.get(name, ())
            if isinstance(value, Number)
        )

    def has_values(self, name: str, least: int) -> bool:
        """Say whether the trace gives a symbol at least so many different values."""
        return len(self._values.get(name, ())) >= least


def is_by_sums(finding: Finding) -> bool:
    """Say whether a refutation says what the value of an expression really is."""
    by_sides = {name for name, _ in finding.counterexample} == {"left", "right"}
    return finding.method is Method.ELIMINATION and by_sides


def tells_apart(text: str) -> bool:
    """Say whether a step tries something, or tells cases apart."""
    return _TENTATIVE.search(text) is not None


def is_flag(claim: Claim, finding: Finding, at: int, around: Surroundings) -> bool:
    """Say whether a refutation counts."""
    names = names_of(claim.statement)
    if is_by_sums(finding):
        return _SUPPOSING.search(around.text(at)) is None
    if at in finding.premises:
        return False  # one step says several things at once: cases, examples, tries
    if finding.verdict is ClaimVerdict.CONTRADICTED:
        if not finding.premises:
            return _is_expanding(claim, at, around) or not _is_solved_later(finding, names, around)
        if _TENTATIVE.search(around.text(at)):
            return False
        several = any(around.has_values(name, 2) for name in names)
        return not several or finding.premises == (PROBLEM,)
    value = value_claim(claim.statement)
    if value is not None and finding.method is Method.RANDOM_EVALUATION:
        return not around.has_side_words(at) and not around.has_values(value.name, 2)
    if finding.method is Method.ENUMERATION:
        return False
    return is_cancelling(claim, at, around) or _is_inequality(claim, at, around)


def is_rewriting(claim: Claim, at: int, facts: Sequence[Fact], around: Surroundings) -> bool:
    """Say whether an equality is put forward for all values of its variables.

    It stands in a chain, or where the text speaks of rewriting; nothing is known of its variables, and
    the trace never gives them values.
    """
    if _is_expanding(claim, at, around):
        return True
    names = names_of(claim.statement)
    reading = around.readings[at]
    links = [other for other in reading.claims if other.chain == claim.chain]
    if _goes_on_rewriting(claim, links, around):
        return True
    if any(_binds(fact.statement, names, around) for fact in facts):
        return False
    if links[0] != claim and _is_alike(claim.statement, around):
        return True
    if any(around.has_values(name, 1) for name in names):
        return False
    return len(links) > 1 or bool(_REWRITE.search(around.text(at)))


def _goes_on_rewriting(claim: Claim, links: Sequence[Claim], around: Surroundings) -> bool:
    """Say whether a linear link of one variable goes on from an identity, and no value of the trace fits it.

    What is known of the variable may stand behind a link of higher degree: `x^3 = x * x^2 = 3x`.
    """
    at = links.index(claim)
    before = links[at - 1].statement if at else None
    names = names_of(claim.statement)
    if not isinstance(before, Relation) or names_of(before) != names or before.operator != "=":
        return False
    try:
        apart = _gap(claim.statement, around.work())
        is_linear = bool(apart) and degree(apart or {}) == len(names) == 1
        is_further = is_linear and is_identity(before, around.work())
        return is_further and not around.fits(claim.statement, names)
    except WorkExceededError:
        return False


def _is_alike(statement: Term, around: Surroundings) -> bool:
    """Say whether the sides of an equation have much in common."""
    try:
        return isinstance(statement, Relation) and is_like_identity(statement, around.work())
    except WorkExceededError:
        return False


def _is_expanding(claim: Claim, at: int, around: Surroundings) -> bool:
    """Say whether a claim expands a product: a link of a chain, or one where the text says so."""
    statement = claim.statement
    links = sum(other.chain == claim.chain for other in around.readings[at].claims)
    if not isinstance(statement, Relation) or not (links > 1 or _EXPAND.search(around.text(at))):
        return False
    try:
        return statement.operator == "=" and is_expansion(statement, around.work())
    except WorkExceededError:
        return False


def _binds(fact: Term, names: frozenset[str], around: Surroundings) -> bool:
    """Say whether a fact says something of variables, other than what it calls by a new name.

    An identity does not, nor does one that holds on a part of its domain.
    """
    if not isinstance(fact, Relation) or fact.operator != "=" or _defined(fact) is not None:
        return False
    if isinstance(fact.left, Symbol) and fact.left.name not in names:
        return False
    if not names_of(fact) & names:
        return False
    try:
        work = around.work()
        return not (is_branched(fact, work) and is_identity(fact, work))
    except WorkExceededError:
        return True


def _is_solved_later(finding: Finding, names: frozenset[str], around: Surroundings) -> bool:
    """Say whether an equality taken for one of all values is an equation that the trace solves."""
    return finding.method is Method.RANDOM_EVALUATION and any(
        around.has_values(name, 1) for name in names
    )


def is_cancelling(claim: Claim, at: int, around: Surroundings) -> bool:
    """Say whether a claim is the equation before it without a factor that holds a symbol."""
    before = around.before(claim, at)
    if not _CANCEL.search(around.text(at)):
        return False
    if before is None or not all(_is(each.statement, {"="}) for each in (before, claim)):
        return False
    work = around.work()
    try:
        whole, part = (_gap(each.statement, work) for each in (before, claim))
        quotient = divides(part, whole, work) if whole and part else None
    except WorkExceededError:
        return False
    return bool(quotient) and bool(names_in(quotient or {}))


def _gap(statement: Term, work: Work) -> Polynomial | None:
    return gap(statement, work) if isinstance(statement, Relation) else None


def _is_inequality(claim: Claim, at: int, around: Surroundings) -> bool:
    """Say whether a claim is an inequality of one variable right behind another one of it."""
    before = around.before(claim, at)
    return (
        before is not None
        and _is(claim.statement, _INEQUALITIES)
        and _is(before.statement, _INEQUALITIES)
        and names_of(claim.statement) == names_of(before.statement)
        and len(names_of(claim.statement)) == 1
        and not around.has_side_words(at)
    )


def is_equation(statement: Term) -> bool:
    """Say whether a statement is one equation."""
    return _is(statement, {"="})


def _is(statement: Term, operators: frozenset[str] | set[str]) -> bool:
    return isinstance(statement, Relation) and statement.operator in operators


def may_refute(fact: Term, goal: Term) -> bool:
    """Say whether a fact may refute a goal: it is about its one unknown, or says what something is."""
    if _defined(goal) is not None:
        return False
    if value_claim(fact) is not None or _defined(fact) is not None:
        return True
    names = names_of(goal)
    return len(names) == 1 and names_of(fact) == names


def _defined(statement: Term) -> Term | None:
    """Return the function at an argument on the left of an equation, as in `f(x) = x + 1`."""
    match statement:
        case Relation("=", Apply(name, (Symbol(),)) as left, _) if len(name) == 1:
            return left
        case _:
            return None


def is_copy(statement: Term, original: Term) -> bool:
    """Say whether two statements differ in numbers alone."""
    return _shape(statement) == _shape(original) and not isinstance(statement, Symbol)


def _shape(term: Term) -> str:
    return re.sub(r"Number\([^()]*\([^()]*\)[^()]*(?:\([^()]*\)[^()]*)*\)", "#", repr(term))
