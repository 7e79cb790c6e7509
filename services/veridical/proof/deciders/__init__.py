"""Deciding statements: whether a goal follows from facts, and values that refute it where not.

`decide` asks the cheapest decider that can tell; nothing here looks at a clock.

    values         constants as numbers with error bounds
    readings       what else a statement may mean
    rounding       how far decimals reach
    arithmetic     relations of constants
    congruences    residues, of constants or all of them
    identities     equalities with free variables
    branches       whether identities hold on all branches of roots, logarithms and their like
    properties     primes and squares
    universal      statements on all numbers of a kind
    polynomials    rational coefficients, roots
    unknowns       equations of one unknown
    substitution   known values and definitions put in; `spread`: signs left open
    derivatives    rules of differentiation
    elimination    sums of multiples of equations, linear systems
    products       values of expressions from values of others
    limits         what keeps a decider from deciding
    solver         z3
    session        what the questions about one trace share
    truth          whether a statement holds at a point
    vectors        matrices of constants, entry by entry
    following      whether an equation can be the one before, rewritten
    isolating      roots between two rationals
    opaque         values of unknown functions as symbols
    rewriting      equalities that are meant for all values
    relations      how one line of algebra follows another
    decide         which of these
    certificate    whether a counterexample re-evaluates
"""

from __future__ import annotations

from veridical.proof.deciders.certificate import recheck
from veridical.proof.deciders.decide import decide
from veridical.proof.deciders.relations import Step, relation

__all__ = ["Step", "decide", "recheck", "relation"]
