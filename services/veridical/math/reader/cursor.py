"""A place in the tokens of one text, and the levels of the grammar that call each other."""

from __future__ import annotations

from abc import ABC, abstractmethod

from veridical.math.reader.errors import ReadError, TooComplexError
from veridical.math.reader.limits import MAX_DEPTH
from veridical.math.reader.tokens import Kind, Token
from veridical.math.terms import Term

_RELATING = frozenset({Kind.RELATION, Kind.BAR, Kind.SET_OPERATION})


class Cursor(ABC):
    """Reads tokens one by one; each level of the grammar is a subclass that consumes what it reads.

    Attributes:
        tokens: The tokens of the text, the last of kind END.
        at: Index of the next token.
        token: The next token.
        depth: How many levels of nesting are open.
        nested: How many operators have taken what stands before them.
        bars: How many absolute values are open at this place within the innermost bracket.
        builder: Whether a bar or a colon means "such that" here.
        differential: Whether a differential such as `dx` ends an expression here.
        interval: Whether an opening square bracket may close an interval here.
        functions: Letters that the text has shown to be functions.
        lists: Indices of the round brackets that hold a list.
        conditions: Indices of those that hold a relation.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.token = tokens[0]
        self.depth = 0
        self.nested = 0
        self.bars = 0
        self.builder = False
        self.differential = False
        self.interval = False
        self.functions: set[str] = set()
        self.lists, self.conditions = _shapes(tokens)

    def advance(self) -> Token:
        """Step over the next token and return it."""
        token = self.token
        self.at += 1
        self.token = self.tokens[self.at]
        return token

    def take(self, kind: Kind, text: str | None = None) -> bool:
        """Step over the next token if it is of `kind`, and reads `text` if that is given."""
        token = self.token
        if token.kind is not kind or (text is not None and token.text != text):
            return False
        self.advance()
        return True

    def expect(self, kind: Kind, text: str | None = None) -> None:
        """Step over the next token, which must be of `kind`."""
        if not self.take(kind, text):
            raise self.error(f"{text or kind.value} expected")

    def peek(self, ahead: int = 1) -> Token:
        """Return the token `ahead` places behind the next one, END if there is none."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def error(self, problem: str) -> ReadError:
        """Return an error at the next token."""
        return ReadError(problem, self.token.start)

    def enter(self) -> None:
        """Count one more level of nesting."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooComplexError(f"more than {MAX_DEPTH} levels of nesting")

    def leave(self) -> None:
        """Count one level less."""
        self.depth -= 1

    def nest(self) -> None:
        """Count one more term that holds all that stands before it, as in `a mod b mod c`."""
        self.nested += 1
        if self.nested > MAX_DEPTH:
            raise TooComplexError(f"more than {MAX_DEPTH} operators that nest")

    def signs(self) -> bool:
        """Step over signs; say whether they make what follows negative."""
        is_negative = False
        while (kind := self.token.kind) is Kind.MINUS or kind is Kind.PLUS:
            is_negative ^= kind is Kind.MINUS
            self.advance()
        return is_negative

    @abstractmethod
    def contents(self) -> Term:
        """Read all up to the end of a group: lists, statements, relations."""

    @abstractmethod
    def statement(self) -> Term:
        """Read a relation, a chain of them, or an expression."""

    @abstractmethod
    def expression(self) -> Term:
        """Read a sum."""

    @abstractmethod
    def product(self) -> Term:
        """Read a product."""

    @abstractmethod
    def factor(self) -> Term:
        """Read an operand with its powers and postfixes."""

    @abstractmethod
    def operand(self) -> Term:
        """Read an operand without powers and postfixes."""

    @abstractmethod
    def starts_operand(self) -> bool:
        """Say whether the next token can begin an operand."""


def _shapes(tokens: list[Token]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the indices of round brackets that hold a list, and those that hold a relation.

    In a probability, such as `P(A | B)`, a relation, a bar or a set operation counts as a list.
    """
    lists: set[int] = set()
    conditions: set[int] = set()
    open_at: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            open_at.append(index)
        elif not open_at:
            continue
        elif token.kind is Kind.CLOSE:
            open_at.pop()
        elif tokens[open_at[-1]].text == "(":
            if token.kind is Kind.COMMA or (
                token.kind in _RELATING and is_probability(tokens, open_at[-1])
            ):
                lists.add(open_at[-1])
            elif token.kind is Kind.RELATION:
                conditions.add(open_at[-1])
    return frozenset(lists), frozenset(conditions - lists)


def is_probability(tokens: list[Token], opening: int) -> bool:
    """Say whether the bracket at `opening` holds the event of a probability, as in `P(A)`."""
    return opening > 0 and tokens[opening].text == "(" and tokens[opening - 1].text in {"P", "Pr"}
