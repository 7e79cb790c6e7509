"""Statements on classes and individuals, and how English says them.

The fragment is that of PrOntoQA (arXiv 2210.01240) and the attributes of ProofWriter
(arXiv 2012.13048): `Every yumpus is a dumpus`, `Jompuses are not shy`, `Max is red and kind`,
`If someone is big and red then they are kind`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from veridical.math.terms import Relation, SetOperation, Symbol, Term
from veridical.proof.logic.text import Span, cut

MAX_CLAUSE = 400
"""Longest clause that is read, in Unicode code points."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A property or class, or that one does not have it."""

    predicate: str
    positive: bool = True

    def negated(self) -> Literal:
        """The opposite."""
        return Literal(self.predicate, not self.positive)

    def __str__(self) -> str:
        return self.predicate if self.positive else f"not {self.predicate}"


@dataclass(frozen=True, slots=True)
class Fact:
    """An individual has a literal."""

    name: str
    literal: Literal

    def __str__(self) -> str:
        return f"{self.name} is {self.literal}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Whatever has all of the body has the head."""

    body: tuple[Literal, ...]
    head: Literal

    def __str__(self) -> str:
        return f"every {' and '.join(map(str, self.body))} is {self.head}"


Statement = Fact | Rule


def opposite(statement: Statement) -> Statement:
    """The statement with the opposite of its literal or head."""
    if isinstance(statement, Fact):
        return Fact(statement.name, statement.literal.negated())
    return Rule(statement.body, statement.head.negated())


def term(statement: Statement) -> Term:
    """A statement as a relation of an individual and a set, or of two sets."""
    if isinstance(statement, Fact):
        operator = "in" if statement.literal.positive else "notin"
        return Relation(operator, Symbol(statement.name), Symbol(statement.literal.predicate))
    body = tuple(_set(literal) for literal in statement.body)
    whole = body[0] if len(body) == 1 else SetOperation("intersection", body)
    return Relation("subset", whole, _set(statement.head))


def _set(literal: Literal) -> Term:
    plain = Symbol(literal.predicate)
    return plain if literal.positive else SetOperation("complement", (plain,))


_JOINT = re.compile(
    r",?\s{1,4}(?:so|and so|and therefore|therefore|thus|hence|which means(?: that)?|and|but)\s|,\s|"
    r"\sbecause\s",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:(?:so|therefore|thus|hence|then|since|because|as|we know(?: that)?|we have(?: that)?|"
    r"this means(?: that)?|it follows(?: that)?|given(?: that)?|from this|finally|also|"
    r"step\s+\d+)\b[\s,:.]*)+",
    re.IGNORECASE,
)
_IF = re.compile(r"(?:if|when(?:ever)?)\s+(.+?),?\s+then\s+(.+)$", re.IGNORECASE)
_QUANTIFIED = re.compile(r"(every|each|any|all|no|an?)\s+(.+?)\s+(?:is|are)\s+(.+)$", re.IGNORECASE)
_PLAIN = re.compile(r"(.+?)\s+(is|are)\s+(.+)$", re.IGNORECASE)
_SOMEONE = frozenset(
    {"something", "someone", "somebody", "anything", "anyone", "it", "they", "he", "she", "x"}
)
_EVERYTHING = frozenset({"things", "people", "everything", "everyone"})
_PREDICATE = re.compile(r"(not\s+|never\s+)?(an?\s+|the\s+)?([\w'-]+)$", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][\w'-]*$|[Tt]he(?: [a-z][\w'-]*){1,2}$")
_ARTICLE = re.compile(r"\b(?:every|each|any|an?)\s+(\w+)", re.IGNORECASE)
_PLURAL = re.compile(r"(?:^|[.!?:,;]\s+|\b(?:all|no)\s+)(\w+s)\s+are\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The nouns of a problem, so that a plural finds its singular.

    Attributes:
        nouns: Singular forms in lower case.
    """

    nouns: frozenset[str]

    @classmethod
    def of(cls, texts: list[str]) -> Vocabulary:
        """The nouns of some texts: words behind an article, and subjects in the plural."""
        nouns = {word.lower() for text in texts for word in _ARTICLE.findall(text)}
        for text in texts:
            for subject in _PLURAL.findall(text):
                forms = _singulars(subject.lower())
                nouns |= set() if nouns.intersection(forms) else {forms[0]}
        return cls(frozenset(nouns))

    def singular(self, word: str, *, plural: bool) -> str:
        """The singular of a word.

        Args:
            word: A word in lower case.
            plural: Whether it is a plural by its place; otherwise only a known noun is changed.
        """
        forms = [form for form in _singulars(word) if form in self.nouns]
        if forms:
            return forms[0]
        return _singulars(word)[0] if plural and word not in self.nouns else word


def _singulars(word: str) -> list[str]:
    forms: list[str] = []
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if re.search(r"(?:s|x|z|ch|sh)es$", word):
        forms.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.append(word[:-1])
    return forms or [word]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads clauses with the nouns of one problem."""

    vocabulary: Vocabulary

    def sentence(self, span: Span) -> tuple[list[tuple[Span, Statement]], list[Span]]:
        """The statements of a sentence and the pieces that could not be read."""
        whole = self.clause(span.text)
        if whole or len(span.text) > MAX_CLAUSE:
            return [(span, one) for one in whole], [] if whole else [span]
        read: list[tuple[Span, Statement]] = []
        unread: list[Span] = []
        for piece in cut(span, _JOINT):
            found = self.clause(piece.text)
            read += [(piece, one) for one in found]
            unread += [] if found else [piece]
        return read, unread

    def clause(self, text: str) -> list[Statement]:
        """The statements of one clause; none where it is not understood as a whole."""
        opening = _OPENING.match(text)
        text = text[opening.end() :] if opening else text
        if len(text) > MAX_CLAUSE:
            return []
        if match := _IF.match(text):
            return self._conditional(match[1], match[2])
        if match := _QUANTIFIED.match(text):
            return self._quantified(match[1].lower(), match[2], match[3])
        if match := _PLAIN.match(text):
            return self._plain(match[1], match[2].lower(), match[3])
        return []

    def _conditional(self, condition: str, consequence: str) -> list[Statement]:
        premise = _PLAIN.match(condition)
        conclusion = _PLAIN.match(consequence)
        if not premise or not conclusion:
            return []
        body = self._predicates(premise[3], plural=False)
        heads = self._predicates(conclusion[3], plural=False)
        if premise[1].lower() in _SOMEONE and conclusion[1].lower() in _SOMEONE and body:
            return [Rule(body, head) for head in heads]
        return []

    def _quantified(self, quantifier: str, subject: str, predicate: str) -> list[Statement]:
        body = self._body(subject, plural=quantifier in {"all", "no"})
        heads = self._predicates(predicate, plural=quantifier in {"all", "no"})
        if quantifier == "no":
            heads = tuple(head.negated() for head in heads[:1] if len(heads) == 1)
        return [Rule(body, head) for head in heads] if body else []

    def _plain(self, subject: str, verb: str, predicate: str) -> list[Statement]:
        if verb == "are":
            body = self._body(subject, plural=True)
            heads = self._predicates(predicate, plural=True)
            return [Rule(body, head) for head in heads] if body else []
        heads = self._predicates(predicate, plural=False)
        name = subject.lower() if subject.startswith("The ") else subject
        return [Fact(name, head) for head in heads] if _NAME.match(subject) else []

    def _body(self, subject: str, *, plural: bool) -> tuple[Literal, ...]:
        words = re.split(r",?\s+(?:and\s+)?|,\s*", subject.lower())
        if len(words) > 1 and words[-1] not in _EVERYTHING:
            return ()
        kept = [word for word in words if word not in _EVERYTHING]
        if not all(re.fullmatch(r"[\w'-]+", word) for word in kept):
            return ()
        return tuple(Literal(self.vocabulary.singular(word, plural=plural)) for word in kept)

    def _predicates(self, text: str, *, plural: bool) -> tuple[Literal, ...]:
        found: list[Literal] = []
        for piece in re.split(r",?\s+and\s+|,\s+", text):
            match = _PREDICATE.match(piece.strip())
            if not match:
                return ()
            word = match[3].lower()
            # A bare adjective may end in "s" too, so only a known noun loses it here.
            word = word if match[2] else self.vocabulary.singular(word, plural=False)
            found.append(Literal(word, not match[1]))
        return tuple(found)
