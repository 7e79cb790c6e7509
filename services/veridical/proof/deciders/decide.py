"""Which decider a goal goes to: the cheapest that can tell."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction

from veridical.math.equality.arithmetic import NoValueError, UndefinedError
from veridical.math.equality.elided import written_out
from veridical.math.equality.residues import NoResidueError
from veridical.math.equality.survey import check_size
from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import Logic, Relation, Term
from veridical.proof.deciders.arithmetic import OPERATORS, Truth, decide_constants
from veridical.proof.deciders.branches import holds_on_branches
from veridical.proof.deciders.congruences import congruence_of, decide_congruence
from veridical.proof.deciders.derivatives import NoDerivativeError, has_derivative, worked_out
from veridical.proof.deciders.elimination import Eliminated, eliminate
from veridical.proof.deciders.identities import (
    decide_never,
    is_alike,
    is_identity,
    is_like_identity,
    refuted_at_point,
)
from veridical.proof.deciders.polynomials import Polynomial
from veridical.proof.deciders.products import decide_by_products
from veridical.proof.deciders.properties import decide_property, property_of
from veridical.proof.deciders.session import Session
from veridical.proof.deciders.solver import Answer
from veridical.proof.deciders.spread import spread
from veridical.proof.deciders.substitution import (
    Known,
    Substituted,
    functions_in,
    known_from,
    substitute,
)
from veridical.proof.deciders.truth import truth_at
from veridical.proof.deciders.unknowns import decide_unknown
from veridical.proof.deciders.values import measure
from veridical.proof.deciders.vectors import by_entries
from veridical.proof.model import ClaimVerdict, Domain, ErrorKind, Fact, Finding, Method, OpenReason
from veridical.proof.parts import free_names, has_functions, names_of

BUDGET = 20_000
"""Units of work for one goal."""
MAX_FACTS = 10
"""Facts that are used for one goal."""


@dataclass(frozen=True, slots=True)
class Question:
    """A goal and what may be used for it.

    Attributes:
        facts: Facts about its symbols.
        domain: Where free variables live.
        approximate: Whether the text says "about".
        rounded: Absolute values of decimals that are known to be rounded.
        work: What is left to it.
        session: What the questions about the trace share.
    """

    facts: tuple[Fact, ...]
    domain: Domain
    approximate: bool
    rounded: AbstractSet[Fraction]
    work: Work
    session: Session


def decide(
    goal: Term,
    facts: Sequence[Fact],
    domain: Domain,
    *,
    approximate: bool = False,
    rounded: AbstractSet[Fraction] = frozenset(),
    session: Session | None = None,
    work: Work | None = None,
) -> Finding:
    """Decide whether `goal` follows from `facts`.

    Args:
        goal: A Relation, or a Logic of some.
        facts: What may be used.
        domain: Where free variables live.
        approximate: Whether the text says "about".
        rounded: Absolute values of decimals that are known to be rounded.
        session: What the questions about the trace share; by default this one is alone.
        work: What this may take; `BUDGET` by default.
    """
    work = work or Work(BUDGET)
    question = Question(
        tuple(facts[-MAX_FACTS:]), domain, approximate, rounded, work, session or Session()
    )
    try:
        check_size(goal, work)
        return _decided(plain(goal, work), question, for_all=has_derivative(goal))
    except WorkExceededError as error:
        return unverified(OpenReason.TOO_COMPLEX, str(error))
    except NoDerivativeError:
        return unverified(OpenReason.UNSUPPORTED, "a derivative by no known rule")
    except (ArithmeticError, ValueError, NoResidueError, UndefinedError, NoValueError) as error:
        return unverified(OpenReason.UNSUPPORTED, f"arithmetic failed: {error}")


def plain(goal: Term, work: Work) -> Term:
    """Return `goal` with open signs, entries, sums with dots and derivatives written out.

    Raises:
        NoDerivativeError: One of the derivatives is by no known rule.
        WorkExceededError: It is more work than is left.
    """
    goal = by_entries(goal, work)
    return worked_out(written_out(spread(goal)), work) if has_functions(goal) else goal


def unverified(reason: OpenReason, note: str = "") -> Finding:
    """Return that nothing was decided."""
    return Finding(ClaimVerdict.UNVERIFIED, open=reason, note=note)


def _decided(goal: Term, question: Question, *, for_all: bool = False) -> Finding:
    """Decide a goal; `for_all`: it is said to hold for all values, as a derivative is."""
    if isinstance(goal, Logic):
        return _of_logic(goal, question)
    said = property_of(goal)
    if said is not None:
        return decide_property(said, question.facts, question.work)
    if not isinstance(goal, Relation):
        return unverified(OpenReason.UNSUPPORTED)
    congruence = congruence_of(goal, question.work)
    if congruence is not None:
        return decide_congruence(congruence, question.facts, question.work)
    if goal.operator not in OPERATORS:
        return unverified(OpenReason.UNSUPPORTED)
    if free_names(goal, question.work) or functions_in(goal):
        found = _with_variables(goal, question)
        is_open = found.verdict is ClaimVerdict.UNVERIFIED and goal.operator == "="
        return (for_all and is_open and refuted_at_point(goal, question.work)) or found
    return decide_constants(
        goal, question.work, approximate=question.approximate, rounded=question.rounded
    )


_ORDER = (
    ClaimVerdict.CONTRADICTED,
    ClaimVerdict.NOT_ENTAILED,
    ClaimVerdict.UNVERIFIED,
    ClaimVerdict.ENTAILED,
)


def _of_logic(goal: Logic, question: Question) -> Finding:
    if goal.operator == "and":
        parts = [_decided(part, question) for part in goal.parts]
        return min(parts, key=lambda finding: _ORDER.index(finding.verdict))
    if goal.operator == "or":
        return _any_of(goal, question)
    return unverified(OpenReason.UNSUPPORTED)


def _any_of(goal: Logic, question: Question) -> Finding:
    parts = [_decided(part, question) for part in goal.parts]
    best = max(parts, key=lambda finding: _ORDER.index(finding.verdict))
    if best.verdict is ClaimVerdict.ENTAILED:
        return best
    refuted = [part for part in parts if part.verdict is ClaimVerdict.CONTRADICTED]
    if len(refuted) == len(parts):
        return refuted[0]
    return _solved(goal, question.facts, question)


def _with_variables(goal: Relation, question: Question) -> Finding:
    work = question.work
    if goal.operator == "=" and _is_identity(goal, question):
        return Finding(ClaimVerdict.ENTAILED, Method.RANDOM_EVALUATION)
    stated = _stated(goal, question)
    if stated is not None:
        return stated
    known = known_from(question.facts, work)
    put_in = substitute(goal, known, work)
    if put_in.term != goal and isinstance(put_in.term, Relation):
        found = _substituted(put_in, known, question)
        if found is not None:
            return found
    return _from_facts(goal, known, question)


def _is_identity(goal: Relation, question: Question) -> bool:
    apart = question.session.gap(goal, question.work)
    if apart is not None:
        return not apart
    return is_alike(goal, question.work) and _on_branches(goal, question)


def _on_branches(goal: Relation, question: Question) -> bool:
    return holds_on_branches(goal, question.facts, question.domain, question.work)


def _stated(goal: Relation, question: Question) -> Finding | None:
    """Say that a goal is a fact, but for a factor and the order."""
    session = question.session
    names, mine = session.names(goal), session.gap(goal, question.work)
    for fact in question.facts:
        statement = fact.statement
        if statement == goal or (
            mine and session.names(statement) == names and _is_multiple(mine, statement, question)
        ):
            return Finding(ClaimVerdict.ENTAILED, Method.CONTEXT, (fact.step,))
    return None


def _is_multiple(mine: Polynomial, statement: Term, question: Question) -> bool:
    theirs = question.session.gap(statement, question.work)
    if theirs is None or theirs.keys() != mine.keys():
        return False
    factors = {mine[monomial] / theirs[monomial] for monomial in mine}
    return len(factors) == 1


def _substituted(put_in: Substituted, known: Known, question: Question) -> Finding | None:
    """Decide a goal with known values put in; None where variables are left that may be anything."""
    relation = put_in.term
    premises = tuple(sorted(put_in.premises))
    if not isinstance(relation, Relation):
        return None
    if names_of(relation):
        same = relation.operator == "=" and is_identity(relation, question.work)
        if same and _on_branches(relation, question):
            return Finding(ClaimVerdict.ENTAILED, Method.RANDOM_EVALUATION, premises)
        return None
    rounded = question.rounded
    found = decide_constants(
        relation, question.work, approximate=question.approximate, rounded=rounded
    )
    if found.verdict is ClaimVerdict.UNVERIFIED:
        return None
    if found.counterexample and _clashes(known, question):
        return unverified(OpenReason.AMBIGUOUS, "what is known contradicts itself")
    shown = tuple(
        (name, _shown(value, question.work)) for name, value in sorted(put_in.used.items())
    )
    counterexample = (*shown, *found.counterexample) if found.counterexample else ()
    return replace(
        found,
        premises=premises,
        counterexample=counterexample,
        error=ErrorKind.RULE if found.error else None,
    )


def _clashes(known: Known, question: Question) -> bool:
    """Say whether a fact fails at the values that facts give."""
    for fact in question.facts:
        put_in = substitute(fact.statement, known, question.work).term
        if isinstance(put_in, Relation) and not names_of(put_in) and put_in.operator in OPERATORS:
            found = decide_constants(put_in, question.work, rounded=question.rounded)
            if found.verdict is ClaimVerdict.CONTRADICTED:
                return True
    return False


def _shown(value: Term, work: Work) -> str:
    known = measure(value, work)
    return "" if known is None else str(known)


def _from_facts(goal: Relation, known: Known, question: Question) -> Finding:
    """Decide a goal from the facts about what is left in it when known values are put in."""
    work = question.work
    never = _refuted_for_all(goal, question) if goal.operator == "=" else None
    if never is not None:
        return never
    left_in = substitute(goal, known, work).term
    names = names_of(left_in) or names_of(goal)
    related = [fact for fact in question.facts if names & question.session.names(fact.statement)]
    if not related:
        return unverified(OpenReason.UNGROUNDED)
    if goal.operator == "=" and len(names) == 1 and isinstance(left_in, Relation):
        name = next(iter(names))
        alone = _alone(name, related, known, question)
        found = decide_unknown(left_in, name, alone, work) if alone else None
        if found is not None:
            return found
    return _solved(left_in, related, question)


def _refuted_for_all(goal: Relation, question: Question) -> Finding | None:
    """Refute an equality that holds for no value, or that is meant for all values."""
    work = question.work
    if is_like_identity(goal, work):
        return refuted_at_point(goal, work)
    return decide_never(goal, question.session.gap(goal, work), work)


def _alone(
    name: str, facts: Sequence[Fact], known: Known, question: Question
) -> list[tuple[Relation, Fact]]:
    """Return the equations of `name` alone, with known values put in."""
    others = replace(
        known, values={key: value for key, value in known.values.items() if key != name}
    )
    alone = []
    for fact in facts:
        if not question.session.names(fact.statement) <= {name, *others.values, *others.functions}:
            continue
        statement = substitute(fact.statement, others, question.work, definitions=False).term
        if not isinstance(statement, Relation) or statement.operator != "=":
            continue
        if names_of(statement) == {name} and not is_identity(statement, question.work):
            alone.append((statement, fact))
    return alone


def _solved(goal: Term, related: Sequence[Fact], question: Question) -> Finding:
    """Decide a goal from all facts about it together."""
    eliminated = eliminate(goal, related, question.session, question.work)
    found = eliminated and _by_elimination(goal, related, eliminated, question)
    if found is None and isinstance(goal, Relation) and goal.operator == "=":
        found = decide_by_products(goal, related, question.work)
    return found or _by_solver(goal, related, question)


def _by_elimination(
    goal: Term, related: Sequence[Fact], eliminated: Eliminated, question: Question
) -> Finding | None:
    """Return what adding and subtracting equations tells; None where it is not enough."""
    if eliminated.follows is None:
        return unverified(OpenReason.AMBIGUOUS, "what is known contradicts itself")
    premises = tuple(sorted(eliminated.premises))
    if eliminated.follows:
        return Finding(ClaimVerdict.ENTAILED, Method.ELIMINATION, premises)
    if question.domain is not Domain.REAL and not eliminated.excluded:
        return None
    statements = [fact.statement for fact in related]
    for point in eliminated.points:
        model = tuple(sorted(point.items()))
        if _is_model(goal, statements, model, question):
            premises = premises or tuple(sorted({fact.step for fact in related}))
            return _refuted(eliminated.excluded, Method.ELIMINATION, premises, model)
    return None


def _by_solver(goal: Term, related: Sequence[Fact], question: Question) -> Finding:
    """Ask the solver, and check its model."""
    if question.session.solver.is_spent:
        return unverified(OpenReason.TOO_COMPLEX, "the solver was asked too often")
    statements = [fact.statement for fact in related]
    solved = question.session.solver.ask(goal, statements, question.domain, question.work)
    premises = tuple(sorted({fact.step for fact in related}))
    if solved.answer is Answer.ENTAILED:
        return Finding(ClaimVerdict.ENTAILED, Method.Z3, premises)
    if solved.answer is Answer.INCONSISTENT:
        return unverified(OpenReason.AMBIGUOUS, "what is known contradicts itself")
    if solved.answer is Answer.UNKNOWN or not _is_model(goal, statements, solved.model, question):
        return unverified(OpenReason.UNKNOWN)
    return _refuted(solved.answer is Answer.EXCLUDED, Method.Z3, premises, solved.model)


def _refuted(
    excluded: bool, method: Method, premises: tuple[int, ...], model: Sequence[tuple[str, Fraction]]
) -> Finding:
    return Finding(
        ClaimVerdict.CONTRADICTED if excluded else ClaimVerdict.NOT_ENTAILED,
        method,
        premises,
        tuple((name, str(value)) for name, value in model),
        ErrorKind.RULE,
        note="the premises hold there, and it does not",
    )


def _is_model(
    goal: Term,
    facts: Sequence[Term],
    model: Sequence[tuple[str, Fraction]],
    question: Question,
) -> bool:
    """Say whether facts hold and the goal does not at the values of a model."""
    point = dict(model)
    truths = [truth_at(fact, point, question.work) for fact in facts]
    return (
        all(truth is Truth.TRUE for truth in truths)
        and truth_at(goal, point, question.work) is Truth.FALSE
    )
