"""Chains of relations in a step: `a = b <= c` with its sides, each read as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from veridical.proof.claims.boundaries import continues_before, continues_behind
from veridical.proof.claims.runs import Run, Scanner, matching
from veridical.proof.claims.tokens import Kind, Token

MAX_REMARKS = 8
"""Levels of remarks in brackets; what stands deeper is not read."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides joined by relations.

    Attributes:
        sides: The sides in order, None for one that is not understood.
        operators: The relations between them, one fewer than sides.
        clause: The tokens of the clause that it stands in.
        first: Index in `clause` of the first token of the chain.
        last: Index behind its last token.
        spans: Where each side stands in the step.
        sentence: Number of its sentence within the step.
        others: What its last side is listed with: 2 and 3 of `x = 1, 2 or 3`.
    """

    sides: tuple[Run | None, ...]
    operators: tuple[str, ...]
    clause: tuple[Token, ...]
    first: int
    last: int
    spans: tuple[tuple[int, int], ...]
    sentence: int
    others: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens between two breaks.

    Attributes:
        tokens: The tokens.
        sentence: Number of its sentence within the step.
        follows: Whether only a break, no end of a sentence, stands before it.
        ender: What ends it: the text of the BREAK or STOP token, empty at the end of the step.
    """

    tokens: tuple[Token, ...]
    sentence: int
    follows: bool
    ender: str = ""


def clauses(tokens: Sequence[Token], level: int = 0) -> Iterator[Clause]:
    """Yield the clauses of a list of tokens; what stands in brackets within prose is a clause of its own."""
    outer, inner = _parted(tokens)
    sentence, follows = 0, False
    current: list[Token] = []
    depth = 0
    pairs = matching(outer)
    closers = set(pairs.values())
    for index, token in enumerate(outer):
        depth += (index in pairs) - (index in closers)
        stops = token.kind is Kind.STOP
        if not (stops or (token.kind is Kind.BREAK and not depth)):
            current.append(token)
            continue
        if current:
            yield Clause(tuple(current), sentence, follows, token.text)
        follows = not stops
        sentence += stops
        current = []
    if current:
        yield Clause(tuple(current), sentence, follows)
    for group, number in inner if level < MAX_REMARKS else ():
        for clause in clauses(group, level + 1):
            yield Clause(clause.tokens, number, False, clause.ender)


def _parted(tokens: Sequence[Token]) -> tuple[list[Token], list[tuple[Sequence[Token], int]]]:
    """Take remarks with relations in them, `(since x = 3)`, out of prose."""
    pairs = matching(tokens)
    relations = list(accumulate((token.kind is Kind.RELATION for token in tokens), initial=0))
    outer: list[Token] = []
    inner: list[tuple[Sequence[Token], int]] = []
    at = sentence = 0
    while at < len(tokens):
        token, close = tokens[at], pairs.get(at)
        sentence += token.kind is Kind.STOP
        is_remark = not token.maths and token.text == "("
        if is_remark and close is not None and relations[close] > relations[at]:
            outer.append(Token(Kind.COMMENT, "", token.start, tokens[close].end, False, token.gap))
            inner.append((tokens[at + 1 : close], sentence))
            at = close + 1
        else:
            outer.append(token)
            at += 1
    return outer, inner


def relation_indices(tokens: Sequence[Token]) -> list[int]:
    """Return the indices of the relations outside of brackets."""
    pairs = matching(tokens)
    found, at = [], 0
    while at < len(tokens):
        if at in pairs:
            at = pairs[at]
        elif tokens[at].kind is Kind.RELATION:
            found.append(at)
        at += 1
    return found


def read_chains(clause: Clause, before: Run | None) -> Iterator[Chain]:
    """Yield the chains of a clause.

    Args:
        clause: The clause.
        before: The expression that the clause goes on from if it starts with a relation.
    """
    tokens = clause.tokens
    relations = relation_indices(tokens)
    if not relations:
        return
    yield from _Splitter(clause, relations, before).run()


class _Splitter:
    """Cuts a clause into chains at its relations."""

    def __init__(self, clause: Clause, relations: list[int], before: Run | None) -> None:
        self.clause, self.tokens, self.relations = clause, clause.tokens, relations
        self.scanner = Scanner(clause.tokens)
        self.before = before
        self.sides: list[Run | None] = []
        self.operators: list[str] = []
        self.spans: list[tuple[int, int]] = []

    def run(self) -> Iterator[Chain]:
        self._open(0, self.relations[0])
        for number, index in enumerate(self.relations):
            self.operators.append(self.tokens[index].text)
            last = number + 1 == len(self.relations)
            end = len(self.tokens) if last else self.relations[number + 1]
            if self._is_side(index + 1, end) and not last:
                continue
            if not last:
                yield self._close(index + 1, end)
                self._open(index + 1, end)
            elif len(self.sides) <= len(self.operators):
                yield self._close(index + 1, end)

    def _is_side(self, start: int, end: int) -> bool:
        """Take all that stands between two relations as one side, if it is one."""
        if end == len(self.tokens):
            return False
        run = self.scanner.run(start, end)
        whole = run is not None and run.end >= end
        between = self.tokens[start:end]
        parted = any(token.kind in (Kind.COMMA, Kind.WORD, Kind.EDGE) for token in between)
        if whole or not parted:
            self._add(
                run if whole and run is not None and run.text and not run.loose else None,
                start,
                end,
            )
            return True
        return False

    def _add(self, side: Run | None, start: int, end: int) -> None:
        self.sides.append(side)
        last = (
            self.tokens[min(end, len(self.tokens)) - 1].end
            if end > start
            else self.tokens[start - 1].end
        )
        begin = self.tokens[start].start if start < len(self.tokens) else last
        self.spans.append((begin, max(begin, last)))

    def _open(self, start: int, end: int) -> None:
        """Find the first side of a chain, which ends where its relation stands."""
        self.sides, self.operators, self.spans = [], [], []
        if start == 0 and all(token.kind is Kind.EDGE for token in self.tokens[:end]):
            self._add(self.before, start, end)
            self.start = start
            return
        runs = self.scanner.runs(start, end)
        side = runs[-1] if runs and runs[-1].end >= end else None
        self.start = side.first if side is not None else end
        if side is not None and (not side.text or continues_before(self.tokens, side, start)):
            side = None
        self._add(side, self.start if self.start < end else start, end)

    def _close(self, start: int, end: int) -> Chain:
        """Find the last side of the chain, which starts behind its relation."""
        run = self.scanner.run(start, end)
        stop = run.end if run is not None else start
        others: tuple[Run, ...] = ()
        if run is not None and run.text and continues_behind(self.tokens, run):
            others = self._listed(run.end, end)
            stop = others[-1].end if others else stop
        if run is not None and (
            not run.text or (not others and continues_behind(self.tokens, run))
        ):
            run = None
        self._add(run, start, max(stop, start))
        return Chain(
            tuple(self.sides),
            tuple(self.operators),
            self.tokens,
            min(self.start, len(self.tokens) - 1),
            stop,
            tuple(self.spans),
            self.clause.sentence,
            others,
        )

    def _listed(self, start: int, end: int) -> tuple[Run, ...]:
        """Return the expressions that are listed from `start` on, none if it is open where the list ends."""
        runs: list[Run] = []
        at = start
        while True:
            index = at
            while index < end and is_joint(self.tokens[index]):
                index += 1
            run = self.scanner.run(index, end) if index > at else None
            if run is None or (run.end >= end and end < len(self.tokens)):
                break
            runs.append(run)
            at = run.end
        whole = all(run.text for run in runs) and bool(runs)
        return tuple(runs) if whole and not continues_behind(self.tokens, runs[-1]) else ()


def is_joint(token: Token) -> bool:
    """Say whether a token joins the members of a list."""
    return (
        token.kind is Kind.EDGE
        or token.text in (",", "\\quad")
        or token.text.lower() in ("and", "or", "either")
    )
