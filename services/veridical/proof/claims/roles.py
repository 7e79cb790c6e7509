"""What a claim is put forward as, told from the words around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from veridical.math.terms import Apply, Power, Product, Relation, Row, Sum, Symbol, Term
from veridical.proof.model import Role
from veridical.proof.parts import parts_of

_CUES = {
    Role.DEFINITION: "let denote define defines defined call where represent represents say",
    Role.ASSUMPTION: "suppose supposing assume assuming assumed if try consider when whenever setting letting taking choose "
    "choosing take pick guess hypothesize imagine provided would plugging substituting plug substitute set at for with "
    "line lines graph graphs curve circle parabola ellipse hyperbola plane asymptote axis unless using sub putting put test testing replacing given considering once until",
    Role.CASE: "case cases either",
    Role.GOAL: "need needs want wants should find solve requires require desired whether check verify show prove goal "
    "aim determine looking minimize maximize compute satisfy satisfies satisfying",
}
_ROLES = {word: role for role, words in _CUES.items() for word in words.split()}
_HARD = frozenset(
    ["suppose", "supposing", "assume", "assuming", "if", "whether", "imagine", "unless", "guess"]
)
_FAR = frozenset(
    ["let", "denote", "define", "suppose", "assume", "assuming", "if", "case", "when", "whenever"]
)
_NEAR = 2
_ENUMERATING = frozenset(
    ["let", "where", "suppose", "assume", "denote", "define", "set", "take", "with"]
)
_RESETS = frozenset(
    [
        "then",
        "we",
        "so",
        "thus",
        "hence",
        "therefore",
        "gives",
        "get",
        "gets",
        "have",
        "has",
        "is",
        "yields",
        "becomes",
        "follows",
        "obtain",
        "obtained",
        "means",
        "implies",
        "simplifies",
        "results",
        "calculate",
        "know",
        "see",
        "find",
        "which",
        "giving",
        "making",
        "equals",
        "that's",
        "it's",
        "this",
    ]
)
_NEGATIONS = frozenset(
    [
        "not",
        "impossible",
        "cannot",
        "can't",
        "never",
        "neither",
        "isn't",
        "doesn't",
        "don't",
        "nor",
        "no",
    ]
)
_REFUTED = re.compile(
    r"\b(?:contradict\w*|impossible|absurd|(?:is|are|was|were)(?: not|n['’]t| false| incorrect| invalid| wrong| no)\b"
    r"|does(?: not|n['’]t) (?:hold|satisfy|equal|work|match|make)|not (?:possible|true|valid|satisf\w+)|no (?:real )?solutions?"
    r"|inconsistent|fails?\b|discard|reject|extraneous|can(?:not|['’]t) (?:be|hold|happen))",
    re.IGNORECASE,
)
_REWRITES = re.compile(
    r"\b(?:expand|factor|rewrit|distribut|foil|multiply(?:ing)? out|simplif\w+ the expression|complet\w+ the square)\w*",
    re.IGNORECASE,
)
_REFUTED_AT_ONCE = re.compile(
    r"\A[\s,;.$()\\\]-]*(?:(?:but|and|which|this|that|it|a|an)\s+)*(?:contradict\w*|impossible|absurd|(?:is|are|would be)(?: an?| clearly"
    r"| obviously)?(?: not (?:possible|true|correct|valid|equal|the case|right)| contradiction| false| incorrect| invalid| wrong| impossible| absurd)|isn['’]t|can(?:not|['’]t) be|does(?: not|n['’]t) (?:hold|equal|work))",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:contradict(?:ion|s|ory)|(?:this|the) case is (?:impossible|not possible)|absurd)\b",
    re.IGNORECASE,
)
_APPROXIMATE = re.compile(
    r"\b(?:approx\w*|roughly|nearly|round\w*|estimat\w*|nearest|almost|close to)\b|\b(?:about|around)\s+[\\$\d(]|≈|\\approx|\\sim"
)


def role_of(lead: Sequence[str], statement: Term) -> Role:
    """Return the role that the words before a claim give it.

    Args:
        lead: The words of its clause before it, in order, lower case.
        statement: The claim.
    """
    numeric = is_numeric(statement)
    for distance, word in enumerate(reversed(lead)):
        role = _ROLES.get(word) if word in _FAR or distance < _NEAR else None
        if word in _HARD and not (numeric and word == "if" and distance > _NEAR):
            return Role.ASSUMPTION
        if word in _NEGATIONS and (not numeric or distance < _NEAR):
            return Role.NEGATED
        if (
            word == "find"
            and distance + 1 < len(lead)
            and lead[-distance - 2] in ("we", "you", "i")
        ):
            return Role.DERIVED
        if role is not None and not (numeric and role is not Role.CASE):
            return _defined(role, statement)
        if word in _RESETS:
            return Role.DERIVED
    return Role.DERIVED


def carried(lead: Sequence[str]) -> list[str]:
    """Return the words of a clause that still bear on the clause behind a colon or before a displayed formula."""
    far = [index for index, word in enumerate(lead) if word in _FAR]
    return [] if not far or any(word in _RESETS for word in lead[far[-1] :]) else [lead[far[-1]]]


def is_enumerating(lead: Sequence[str]) -> bool:
    """Say whether what the words introduce goes on behind a comma: `let x = 1, y = 2`."""
    return any(word in _ENUMERATING for word in lead)


def _defined(role: Role, statement: Term) -> Role:
    if role is Role.DEFINITION and not is_naming(statement):
        return Role.ASSUMPTION
    return role


def is_naming(statement: Term) -> bool:
    """Say whether a statement may give a name to something: `s = a + b`, `f(x) = x^2`, `A = (1, 2)`."""
    if not isinstance(statement, Relation) or statement.operator != "=":
        return False
    left = statement.left
    return isinstance(left, Symbol) or (
        isinstance(left, Apply) and all(isinstance(argument, Symbol) for argument in left.arguments)
    )


def is_numeric(statement: Term) -> bool:
    """Say whether no name stands in a statement."""
    return not any(isinstance(part, Symbol | Row) for part in parts_of(statement))


def is_refuted(behind: str, statement: Term) -> bool:
    """Say whether the words behind a claim say that it does not hold."""
    pattern = _REFUTED_AT_ONCE if is_numeric(statement) else _REFUTED
    return pattern.search(behind) is not None


def rewrites(before: str, statement: Term) -> bool:
    """Say whether the words before a claim say that one side is the other rewritten, and the sides bear it out."""
    if (
        not isinstance(statement, Relation)
        or statement.operator != "="
        or _REWRITES.search(before) is None
    ):
        return False
    left, right = statement.left, statement.right
    return (
        is_factored(left) != is_factored(right) and names_in(left) == names_in(right) != frozenset()
    )


def is_factored(term: Term) -> bool:
    """Say whether a term has a product or a power of sums in it."""
    return any(
        (isinstance(part, Product) and any(isinstance(factor, Sum) for factor in part.factors))
        or (isinstance(part, Power) and isinstance(part.base, Sum))
        for part in parts_of(term)
    )


def names_in(term: Term) -> frozenset[str]:
    """Return the names of the symbols of a term."""
    return frozenset(part.name for part in parts_of(term) if isinstance(part, Symbol))


def closes_case(text: str) -> bool:
    """Say whether a step ends its case."""
    return _CLOSING.search(text) is not None


def is_approximate(sentence: str) -> bool:
    """Say whether a sentence says that its numbers are about right."""
    return _APPROXIMATE.search(sentence) is not None
