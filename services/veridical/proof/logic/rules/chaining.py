"""Forward chaining over Horn rules with strong negation, under an open world."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from veridical.proof.logic.rules.language import Fact, Literal, Rule, Statement

MAX_WORK = 500_000
"""Statements taken in and rules applied that one trace may cost in all."""
MAX_SHOWN = 30
"""Rules of a derivation, or literals of a model, that are shown."""


class TooMuchError(Exception):
    """The trace used up its work."""


@dataclass(slots=True)
class Budget:
    """What is left of the work of one trace."""

    left: int = MAX_WORK

    def spend(self) -> None:
        """Takes one statement or rule application.

        Raises:
            TooMuchError: Nothing is left.
        """
        self.left -= 1
        if self.left < 0:
            raise TooMuchError


Closure = dict[Literal, Rule | None]
"""What holds of one individual, with the rule that gave it, None for what was stated."""


@dataclass(slots=True)
class Theory:
    """Statements and what follows from them.

    Attributes:
        budget: What its chaining may cost.
    """

    budget: Budget
    _added: set[Statement] = field(default_factory=set)
    _rules: dict[Literal, list[Rule]] = field(default_factory=dict)
    _stated: dict[str, dict[Literal, None]] = field(default_factory=dict)
    _closures: dict[tuple[Literal, ...] | str, Closure] = field(default_factory=dict)

    def add(self, statement: Statement) -> None:
        """Adds a statement; one that was added before costs nothing.

        Raises:
            TooMuchError: Nothing is left of the budget.
        """
        if statement in self._added:
            return
        self.budget.spend()
        self._added.add(statement)
        if isinstance(statement, Fact):
            self._stated.setdefault(statement.name, {})[statement.literal] = None
            # Taken out meanwhile: a closure that the budget cuts off must not be kept.
            closure = self._closures.pop(statement.name, None)
            if closure is not None:
                self._extend(closure, [statement.literal])
                self._closures[statement.name] = closure
            return
        for literal in dict.fromkeys(statement.body):
            self._rules.setdefault(literal, []).append(statement)
        self._closures.clear()

    def about(self, name: str) -> Closure:
        """What holds of an individual."""
        if name not in self._closures:
            self._closures[name] = self._chain(self._stated.get(name, ()))
        return self._closures[name]

    def supposing(self, body: tuple[Literal, ...]) -> Closure:
        """What holds of anything that has these literals."""
        if body not in self._closures:
            self._closures[body] = self._chain(body)
        return self._closures[body]

    def entails(self, statement: Statement) -> bool:
        """Whether a statement follows."""
        if isinstance(statement, Fact):
            return statement.literal in self.about(statement.name)
        return statement.head in self.supposing(statement.body)

    def refuting(self, statement: Statement) -> str | None:
        """An individual that refutes a statement, None where none is known to."""
        if isinstance(statement, Fact):
            refuted = statement.literal.negated() in self.about(statement.name)
            return statement.name if refuted else None
        for name in self._stated:
            self.budget.spend()
            holds = self.about(name)
            if statement.head.negated() in holds and all(one in holds for one in statement.body):
                return name
        return None

    def consistent(self) -> bool:
        """Whether nobody both has a literal and its opposite."""
        return not any(
            literal.negated() in closure
            for closure in map(self.about, self._stated)
            for literal in closure
        )

    def _chain(self, start: Iterable[Literal]) -> Closure:
        closure: Closure = {}
        self._extend(closure, start)
        return closure

    def _extend(self, closure: Closure, new: Iterable[Literal]) -> None:
        """Adds literals to a closure, and what follows from them."""
        queue = deque(literal for literal in dict.fromkeys(new) if literal not in closure)
        closure.update(dict.fromkeys(queue))
        while queue:
            self.budget.spend()
            for rule in self._rules.get(queue.popleft(), ()):
                self.budget.spend()
                if rule.head not in closure and all(one in closure for one in rule.body):
                    closure[rule.head] = rule
                    queue.append(rule.head)


def derivation(closure: Closure, goal: Literal) -> tuple[str, ...]:
    """The rules that lead to a literal of a closure, in the order of use."""
    used: dict[Rule, None] = {}
    pending = [goal]
    seen = {goal}
    while pending and len(used) < MAX_SHOWN:
        rule = closure.get(pending.pop())
        if rule is None:
            continue
        used[rule] = None
        for literal in rule.body:
            if literal not in seen:
                seen.add(literal)
                pending.append(literal)
    return tuple(str(rule) for rule in reversed(used))
