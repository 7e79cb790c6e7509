"""Claims out of chains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from veridical.math.terms import Apply, Relation, Term
from veridical.proof.budget import Budget
from veridical.proof.claims.alternatives import one_of, with_signs
from veridical.proof.claims.answers import read_answers
from veridical.proof.claims.chains import (
    Chain,
    Clause,
    clauses,
    is_joint,
    read_chains,
    relation_indices,
)
from veridical.proof.claims.division import read_division
from veridical.proof.claims.expressions import asked_expression, read_rewritten
from veridical.proof.claims.links import may_be_linked, stands_alone
from veridical.proof.claims.properties import asked_about, last_formula, read_said
from veridical.proof.claims.reading import read_side, variables
from veridical.proof.claims.roles import (
    carried,
    closes_case,
    is_approximate,
    is_enumerating,
    is_numeric,
    is_refuted,
    role_of,
)
from veridical.proof.claims.runs import Run, Scanner
from veridical.proof.claims.shares import read_shares
from veridical.proof.claims.spoken import read_spoken, with_choices, with_spoken_relations
from veridical.proof.claims.systems import may_be_another
from veridical.proof.claims.tokens import MAX_TOKENS, Kind, Token, tokenise
from veridical.proof.model import Claim, Role, Segment, StepReading

MAX_CLAIMS = 500
"""Claims read of one step."""

MAX_STEP = 20_000
"""Characters of a step that is read; of a longer one nothing is."""
_BUDGET = 4_000_000
"""Units of work for reading a trace."""
_STEP, _TOKEN, _CLAIM = 50, 25, 150
"""Units of work that a step, each of its tokens, and each of its claims takes."""
_WORK = 2_000
_MAX_SHOWN = 400

_SIGNS = re.compile(
    r"[=<>≤≥≠≈≡]|\\(?:leq?|geq?|neq?|lt|gt|approx|equiv|simeq|boxed|fbox)\b|####"
    r"|\b(?:answer|equals|nearest|expression|ceiling|floor|gcd|lcm|greatest common|least common)\b",
    re.IGNORECASE,
)
_UPRIGHT = re.compile(r"\\(?:text|mbox|textbf|mathrm)\b")
_WORDY = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{4,}")
_FORMULA = re.compile(r"\b(?:formulas?|theorem|(?:of|in) the (?:\w+ )?form)\b", re.IGNORECASE)
"""Behind these, `where` names what stands in a rule, not in the solution."""
_NEARBY = 250
_REMARK = re.compile(r"\(\s*[A-Za-z]{2,} ")
_CASE = re.compile(r"\bcase\s+(?:\d+|[ivx]+|[A-Z])\b|\bcase\b", re.IGNORECASE)


@dataclass(slots=True)
class _Step:
    """What is gathered of one step."""

    claims: list[Claim] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    chain: int = 0
    case: str = ""


class Reader:
    """Reads the claims of steps, one after the other."""

    def __init__(
        self,
        given: Sequence[Claim],
        letters: frozenset[str],
        asked: Term | None,
        subject: Term | None,
        *,
        says: bool,
    ) -> None:
        self._asked = asked
        self._subject = subject
        self._says = says
        self._last: Term | None = None
        self._budget = Budget(_BUDGET)
        self._letters = letters
        self._given = frozenset(claim.statement for claim in given)
        self._before: Run | None = None
        self._case = ""

    def step(self, segment: Segment) -> StepReading:
        """Return the claims of the next step."""
        text = segment.text
        if _SIGNS.search(text) is None:
            self._before = None
            return StepReading(segment, (*self._said(text),), closes_case(text))
        self._budget.begin(_STEP)
        if len(text) > MAX_STEP or self._budget.is_spent:
            self._before = None
            return StepReading(segment, (), closes_case(text), (text[:_MAX_SHOWN],))
        step = _StepReader(text, self._before, self._letters, self._budget).read()
        self._before = step.before
        found = [*step.found.claims, *read_rewritten(text, self._asked), *self._said(text)]
        found.sort(key=lambda claim: (claim.start, claim.chain, claim.role is Role.ANSWER))
        claims = tuple(map(self._placed, found))
        self._budget.spend(_CLAIM * len(claims))
        return StepReading(segment, claims, closes_case(text), tuple(step.found.unread))

    def _said(self, text: str) -> list[Claim]:
        """Return what a step says of numbers in words."""
        if not self._says or len(text) > MAX_STEP or self._budget.is_spent:
            return []
        before, self._last = self._last, last_formula(text)
        return [*read_said(text, before, self._subject), *read_shares(text)]

    def _placed(self, claim: Claim) -> Claim:
        if claim.role is Role.DERIVED and claim.statement in self._given:
            return replace(claim, role=Role.GIVEN)
        return claim


class _StepReader:
    """The reading of one step."""

    def __init__(
        self, text: str, before: Run | None, letters: frozenset[str], budget: Budget
    ) -> None:
        self.budget = budget
        self.text = text
        self.letters = letters
        self.before = before
        self.found = _Step()
        self.lead: list[str] = []
        match = _CASE.search(text)
        self.case = match[0].lower() if match else ""

    def read(self) -> _StepReader:
        for index, written in enumerate(tokenise(self.text)):
            tokens = with_choices(with_spoken_relations(written))
            before, self.lead = self.before, []
            self.budget.spend(_TOKEN * len(tokens))
            for clause in clauses(tokens):
                self._clause(clause)
                if len(self.found.claims) > MAX_CLAIMS:
                    break
            if len(tokens) > MAX_TOKENS or len(self.found.claims) > MAX_CLAIMS:
                self.found.unread.append(self.text[-_MAX_SHOWN:])
                break
            if index:
                self.before = before
        self.found.claims += read_answers(self.text)
        self.found.claims += read_spoken(self.text)
        return self

    def _clause(self, clause: Clause) -> None:
        tokens = clause.tokens
        relations = relation_indices(tokens)
        if not relations:
            self.before = _whole(tokens)
            self.lead = [*(self.lead if clause.follows else []), *_words(tokens)][-5:]
            return
        start, lead = 0, carried(self.lead) if clause.follows else []
        last: Chain | None = None
        condition: Term | None = None
        words: list[str] = []
        for chain in read_chains(clause, self.before):
            if last is not None and _goes_on(last, chain) and self._join(chain):
                start, last = chain.last, chain
                continue
            between = tokens[start : chain.first]
            if last is None or not (is_enumerating(words) and all(map(is_joint, between))):
                words = _words(between) if _has_comma(between) else [*lead, *_words(between)]
            condition = self._chain(clause, chain, words, condition)
            start, lead, last = chain.last, [], chain
        self.before = last.sides[-1] if last is not None and _ends(tokens, last) else None
        self.lead = _words(tokens[start:])[-5:] if start < len(tokens) else []

    def _chain(
        self, clause: Clause, chain: Chain, lead: Sequence[str], condition: Term | None
    ) -> Term | None:
        found = self.found
        if "where" in lead and _FORMULA.search(self.text, *self._before_chain(chain)):
            return condition
        modulus = next(
            (side.modulus for side in reversed(chain.sides) if side is not None and side.modulus),
            "",
        )
        sentence = self._sentence(chain)
        approximate = is_approximate(sentence) or "approx" in chain.operators
        opened = condition
        for index, operator in enumerate(chain.operators):
            statement = self._link(chain, index, operator, modulus)
            start, end = chain.spans[index][0], chain.spans[index + 1][1]
            text = self.text[start:end]
            if statement is None:
                if _looks_readable(text):
                    found.unread.append(text)
                continue
            role = self._role(clause, chain, lead, statement)
            if role is Role.ASSUMPTION and "if" in lead:
                opened = statement
            case = self.case if role is Role.CASE or self.case else ""
            under = condition if role is Role.DERIVED else None
            found.claims.append(
                Claim(text, start, end, statement, role, found.chain, approximate, under, case)
            )
        found.chain += 1
        return opened

    def _join(self, chain: Chain) -> bool:
        """Join `x = 3` to the `x = 2 or` before it."""
        statement = self._link(chain, 0, "=", "")
        before = self.found.claims[-1] if self.found.claims else None
        joined = (
            one_of(before.statement, statement)
            if before is not None and statement is not None
            else None
        )
        if before is None or joined is None:
            return False
        end = chain.spans[1][1]
        self.found.claims[-1] = replace(
            before, text=self.text[before.start : end], end=end, statement=joined
        )
        return True

    def _link(self, chain: Chain, index: int, operator: str, modulus: str) -> Term | None:
        left, right = chain.sides[index], chain.sides[index + 1]
        if left is None or right is None:
            return None
        if not may_be_linked(chain, index) and not stands_alone(self.text, chain):
            return None
        divided = read_division(self.text, chain, index)
        if divided is not None:
            return divided.statement
        a, b = self._side(left), self._side(right)
        if a is None or b is None:
            return None
        if not modulus and is_numeric(a) and is_numeric(b):
            work = self.budget.work(_WORK)
            if may_be_another(self.text, a, b, work):
                return None
        statement = self._relation(operator, a, b, modulus)
        if not chain.others or index + 1 < len(chain.operators) or statement is None:
            return statement
        for other in chain.others:
            term = self._side(other)
            one = self._relation(operator, a, term, modulus) if term is not None else None
            statement = (
                one_of(statement, one) if statement is not None and one is not None else None
            )
        return statement

    def _side(self, run: Run) -> Term | None:
        return read_side(run.text, self.letters)

    def _relation(self, operator: str, left: Term, right: Term, modulus: str) -> Term | None:
        if modulus:
            residue = read_side(modulus)
            if residue is None or operator not in ("=", "equiv", "!="):
                return None
            if operator == "!=":
                return Relation("not_equiv", left, Apply("mod", (right, residue)))
            return Relation("equiv", left, Apply("mod", (right, residue)))
        if operator == "equiv":
            return None
        return with_signs(Relation("=" if operator == ":=" else operator, left, right))

    def _role(self, clause: Clause, chain: Chain, lead: Sequence[str], statement: Term) -> Role:
        if clause.ender == "?":
            return Role.GOAL
        if chain.operators[0] == ":=":
            return Role.DEFINITION
        role = role_of(lead, statement)
        start, end = chain.spans[-1]
        remark = _REMARK.search(self.text, start, end)
        at = remark.start() if remark else end
        behind = self.text[at : at + 90]
        if role is Role.DERIVED and is_refuted(_up_to_relation(behind), statement):
            return Role.NEGATED
        return role

    def _before_chain(self, chain: Chain) -> tuple[int, int]:
        start = chain.spans[0][0]
        return max(0, start - _NEARBY), start

    def _sentence(self, chain: Chain) -> str:
        """Return the text around a chain that may say that its numbers are rounded."""
        return self.text[max(0, chain.spans[0][0] - 80) : chain.spans[-1][1] + 80]


def _goes_on(last: Chain, chain: Chain) -> bool:
    """Say whether only `or`, `and` or a comma stands between two chains of one relation each."""
    between = chain.clause[last.last : chain.first]
    single = last.operators == chain.operators == ("=",)
    return single and bool(between) and all(is_joint(token) for token in between)


def _up_to_relation(text: str) -> str:
    match = _SIGNS.search(text)
    return text if match is None else text[: match.start()]


def _looks_readable(text: str) -> bool:
    """Say whether a link that was not read holds a formula rather than words."""
    return len(text) <= 400 and _WORDY.search(_UPRIGHT.sub(" word ", text)) is None


def _has_comma(tokens: Sequence[Token]) -> bool:
    return any(token.kind is Kind.COMMA for token in tokens)


def _words(tokens: Sequence[Token]) -> list[str]:
    """Return the words that may say what follows is put forward as: those behind the last comma."""
    words: list[str] = []
    for token in tokens:
        if token.kind is Kind.WORD:
            words.append(token.text.lower().replace("’", "'"))
        elif token.kind is Kind.COMMA and not token.maths:
            words = []
    return words


def _whole(tokens: Sequence[Token]) -> Run | None:
    """Return the expression that a clause without a relation consists of."""
    run = Scanner(tokens).run(0, len(tokens)) if tokens and len(tokens) < 500 else None
    return run if run is not None and run.text and run.end >= len(tokens) else None


def _ends(tokens: Sequence[Token], chain: Chain) -> bool:
    rest = tokens[chain.last :]
    return all(token.kind in (Kind.EDGE, Kind.COMMA) for token in rest)


def read(
    given: Sequence[Claim], segments: Sequence[Segment], problem: str | None = None
) -> Iterator[StepReading]:
    """Yield what is read of each step of a trace on `problem`; of a problem itself, without one.

    What a problem says of numbers in words is mostly what is to be shown, and is not read.
    """
    letters = variables("\n".join(segment.text for segment in segments))
    asked = None if given else asked_expression(problem or "")
    subject = asked_about((problem or "")[:MAX_STEP])
    reader = Reader(given, letters, asked, subject, says=problem is not None)
    for segment in segments:
        yield reader.step(segment)
