"""Equations that a step puts forward as the one before them, rewritten."""

from __future__ import annotations

import re

from veridical.math.equality.work import WorkExceededError
from veridical.math.terms import Number, Relation, Symbol
from veridical.proof.context.alternatives import value_claim
from veridical.proof.context.moves import Surroundings, is_equation
from veridical.proof.deciders.identities import gap, is_identity
from veridical.proof.deciders.polynomials import degree, names_in
from veridical.proof.model import Claim
from veridical.proof.parts import names_of

_MAX_BETWEEN = 90
_MOVES = re.compile(
    r"\b(?:expand|simplif|factor|distribut|combin|like terms|multiply|divid|both sides|subtract"
    r"|isolat|clear|squar|cross|solv|equivalent|reduc|rewrit|collect|rearrang)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"substitut|plug|equations|\badd|other|system|using|\bfrom\b|since|because|similarly|also|assum|suppose"
    r"|\bif\b|\blet\b|second|third|\bnext\b|where|possib|equation [(\d]|\beither\b|\bor\b|case"
    r"|\bpairs?\b|\bfirst\b|\bfor (?:the|each|every|this|example|instance)\b|consider"
    r"|differentiat|derivative|integrat|minimi|maximi|replac|shift|reflect|invers|denot|defin|compar|\bmod|repeat|appl(?:y|ies)"
    r"|\bvalues?\b|\bwhen\b|\bno\b|\bnot\b|discriminant|formula",
    re.IGNORECASE,
)
"""Words that bring in more than the equation before."""
_PUT_IN = re.compile(r"substitut|plug|using", re.IGNORECASE)
_THIS = re.compile(r"\b(?:this|which|that) (?:simplif|reduc|is equivalent)", re.IGNORECASE)
"""Words that speak of the equation before as a whole."""
_MAX_BEFORE = 80
_ARROW = re.compile(r"\\(?:implies|Rightarrow|Longrightarrow|iff|Leftrightarrow)\b|=>|[⇒⟹]")
_SO = re.compile(
    r"\b(?:thus|so|hence|therefore|giv(?:es?|ing)|get|means|yield\w*)\b", re.IGNORECASE
)
_MAX_CONCLUDING = 40
_LINE_END = re.compile(r"\n|\\\]\s*\\\[|\$\$\s*\$\$|\\\\")
_COMMANDS = re.compile(r"\\[A-Za-z]+|\\[\[\]()\\]|[$&\s.]")


def rewritten_from(claim: Claim, at: int, around: Surroundings) -> Claim | None:
    """Return the equation that a claim is said to be another form of; None where it is not said.

    That is the claim just before it. Between them stand but a few words that name a move of algebra and
    bring in nothing else, or an arrow, or nothing while both have a side in common.
    """
    before = around.before(claim, at)
    if before is None or not is_equation(claim.statement) or not is_equation(before.statement):
        return None
    if before.condition is not None or not _is_about(before, claim):
        return None
    between = text_between(before, claim, at, around)
    if (
        _MORE.search(between)
        or len(between) > _MAX_BETWEEN
        or _is_put_in(before, claim, at, around)
    ):
        return None
    if _MOVES.search(between) or _ARROW.search(between):
        return before
    if not is_bare(between):
        return None
    goes_on = _shares_side(before, claim) or _is_linear(before, around)
    return before if goes_on or _is_under_way(before, claim, at, around) else None


def is_bare(between: str) -> bool:
    """Say whether nothing but a line end, or the end of one display and the start of another, stands between."""
    return not _COMMANDS.sub("", between) and _LINE_END.search(between) is not None


def _is_under_way(before: Claim, claim: Claim, at: int, around: Surroundings) -> bool:
    """Say whether the equation before rewrites the one before it in the same bare way.

    Either one side stayed as it was, and does so again, or the whole equation was multiplied by a number.
    """
    claims = around.readings[at].claims
    index = claims.index(before) if before in claims else 0
    if not index or not is_equation(claims[index - 1].statement):
        return False
    first = claims[index - 1]
    if not _is_about(first, before) or not is_bare(text_between(first, before, at, around)):
        return False
    one, two, three = (each.statement for each in (first, before, claim))
    assert isinstance(one, Relation)
    assert isinstance(two, Relation)
    assert isinstance(three, Relation)
    try:
        if one.right == two.right == three.right:
            return is_identity(Relation("=", one.left, two.left), around.work())
        if one.left == two.left == three.left:
            return is_identity(Relation("=", one.right, two.right), around.work())
        return _is_multiple(one, two, around)
    except WorkExceededError:
        return False


def _is_multiple(one: Relation, other: Relation, around: Surroundings) -> bool:
    first, second = gap(one, around.work()), gap(other, around.work())
    if not first or not second or first.keys() != second.keys():
        return False
    return len({first[monomial] / second[monomial] for monomial in first}) == 1


def may_be_system(before: Claim, claim: Claim, at: int, around: Surroundings) -> bool:
    """Say whether two bare lines may be two equations on several unknowns rather than one rewritten."""
    if len(names_of(claim.statement)) == 1 or not is_bare(text_between(before, claim, at, around)):
        return False
    return not _is_under_way(before, claim, at, around)


def concluded_from(claim: Claim, at: int, around: Surroundings) -> Claim | None:
    """Return the equation just before a value in one step that words say it follows from; None for none."""
    before = around.before(claim, at)
    if before is None or before not in around.readings[at].claims or not _is_about(before, claim):
        return None
    if not is_equation(before.statement) or value_claim(before.statement) is not None:
        return None
    between = text_between(before, claim, at, around)
    is_short = len(between) <= _MAX_CONCLUDING and not _MORE.search(between)
    return before if is_short and _SO.search(between) else None


def follows_from(claim: Claim, at: int, around: Surroundings) -> bool:
    """Say whether a value is said to follow from another one of the same unknown, and is no second one beside it."""
    before = around.before(claim, at)
    if before is None or before not in around.readings[at].claims:
        return False
    one, other = value_claim(before.statement), value_claim(claim.statement)
    between = text_between(before, claim, at, around)
    is_short = len(between) <= _MAX_CONCLUDING and not _MORE.search(between)
    same = one is not None and other is not None and one.name == other.name
    return same and is_short and _SO.search(between) is not None


def _is_about(before: Claim, claim: Claim) -> bool:
    return names_of(claim.statement) == names_of(before.statement) != frozenset()


def _is_put_in(before: Claim, claim: Claim, at: int, around: Surroundings) -> bool:
    """Say whether the words before the first equation speak of putting something into it."""
    if before not in around.readings[at].claims:
        return False
    if _THIS.search(text_between(before, claim, at, around)):
        return False
    start = before.start
    return _PUT_IN.search(around.text(at), max(0, start - _MAX_BEFORE), start) is not None


def text_between(before: Claim, claim: Claim, at: int, around: Surroundings) -> str:
    """Return the text between two claims, the second of which stands in step `at`."""
    text = around.text(at)
    same = before in around.readings[at].claims
    return text[before.end if same else 0 : claim.start]


def _is_linear(before: Claim, around: Surroundings) -> bool:
    """Say whether an equation is linear in its one unknown, so that the line below it can only solve it."""
    if not isinstance(before.statement, Relation) or value_claim(before.statement) is not None:
        return False
    try:
        apart = gap(before.statement, around.work())
    except WorkExceededError:
        return False
    return bool(apart) and degree(apart or {}) == len(names_in(apart or {})) == 1


def _shares_side(before: Claim, claim: Claim) -> bool:
    one, other = before.statement, claim.statement
    if not isinstance(one, Relation) or not isinstance(other, Relation):
        return False
    return (
        bool(names_of(one.left))
        and one.left == other.left
        and not isinstance(one.left, Symbol | Number)
    )
