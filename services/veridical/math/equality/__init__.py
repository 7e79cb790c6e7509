"""Whether an answer's term equals a gold's.

`compare_terms` looks at the kinds of both terms and takes the cheapest step that can tell: structure,
exact rationals, residues modulo a prime, then values to a precision that fits the numbers in them.
Lists, sets of reals, equations and quantities come down to such comparisons of their parts. Nothing is
simplified, no clock is looked at, and every step is counted.

    work          what a comparison may take
    survey        what is in a term
    elided        sums written with dots
    exact         rationals
    residues      values modulo a prime, at points from `points`
    numeric       values with error bounds, functions in `functions`
    written       decimals and their written digits
    scalars       two expressions, with `values` where residues cannot tell
    quantities    units
    lists         sets, lists and tuples, with `matching`
    regions       sets of reals, read by `conditions`, `solving` and `linear`, compared by `sets`
    curves        equations; `inequalities` for those that cannot be solved
    statements    assignments and chains
    words         words; `special`: choices, times, ratios, congruences
    compare       which of these
"""

from __future__ import annotations

from veridical.math.decision import MathRule, RefutingPoint
from veridical.math.equality.arithmetic import NoValueError, UndefinedError
from veridical.math.equality.compare import Comparer
from veridical.math.equality.context import Context
from veridical.math.equality.elided import written_out
from veridical.math.equality.finding import Finding, unknown
from veridical.math.equality.residues import NoResidueError
from veridical.math.equality.rewrite import named_alike
from veridical.math.equality.survey import check_size
from veridical.math.equality.work import Side, TooMuchWorkError, Work, WorkExceededError
from veridical.math.policy import MathPolicy
from veridical.math.terms import Term

__all__ = ["Finding", "RefutingPoint", "Side", "TooMuchWorkError", "check_gold", "compare_terms"]


def compare_terms(gold: Term, answer: Term, policy: MathPolicy) -> Finding:
    """Say whether `answer` equals `gold` under `policy`.

    Raises:
        TooMuchWorkError: It is more work than is allowed; it names the side that causes it.
    """
    gold, answer = written_out(gold), written_out(answer)
    try:
        found = _compared(gold, answer, Context(policy, Work()))
        if found.equal is not True and policy.ignore_variable_names:
            work = Work()
            other = named_alike(gold, answer, work)
            found = found if other is answer else _compared(gold, other, Context(policy, work))
    except WorkExceededError as error:
        check_gold(gold, policy)
        raise TooMuchWorkError(Side.ANSWER, str(error)) from error
    return found


def check_gold(gold: Term, policy: MathPolicy) -> None:
    """Check that `gold` is not too much work by itself, by comparing it with itself in full.

    Raises:
        TooMuchWorkError: It is.
    """
    try:
        _compared(gold, gold, Context(policy, Work(), shortcuts=False))
    except WorkExceededError as error:
        raise TooMuchWorkError(Side.GOLD, str(error)) from error


def _compared(gold: Term, answer: Term, context: Context) -> Finding:
    check_size(gold, context.work)
    check_size(answer, context.work)
    try:
        return Comparer(context).compare(gold, answer)
    except (ArithmeticError, ValueError, NoResidueError, UndefinedError, NoValueError) as error:
        return unknown(MathRule.NUMERIC, f"arithmetic failed: {error}")
