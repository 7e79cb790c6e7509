"""Facts in scope, found by the symbols in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from veridical.math.terms import Apply, Symbol, Term
from veridical.proof.model import Fact
from veridical.proof.parts import parts_of

_MAX_ABOUT = 10
_MAX_KEPT = 24


def keys_of(term: Term) -> frozenset[str]:
    """Return the names of the symbols and functions in `term`."""
    keys: set[str] = set()
    for part in parts_of(term):
        if isinstance(part, Symbol):
            keys.add(part.name)
        elif isinstance(part, Apply):
            keys.add(part.function)
    return frozenset(keys)


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in a scope.

    Attributes:
        fact: It.
        depth: How many scopes were open when it was noted.
        number: Which of all facts it is.
        keys: The names in it.
    """

    fact: Fact
    depth: int
    number: int
    keys: frozenset[str]


class Ledger:
    """The facts that are in scope at one place of a trace."""

    __slots__ = ("_by_key", "_count", "_depth", "_opened")

    def __init__(self) -> None:
        self._by_key: dict[str, list[Entry]] = {}
        self._opened: list[list[Entry]] = [[]]
        self._depth = 0
        self._count = 0

    @property
    def depth(self) -> int:
        """How many scopes are open."""
        return self._depth

    def add(self, fact: Fact) -> None:
        """Take in a fact, in the innermost scope."""
        entry = Entry(fact, self._depth, self._count, keys_of(fact.statement))
        self._count += 1
        self._opened[-1].append(entry)
        for key in entry.keys:
            entries = self._by_key.setdefault(key, [])
            entries.append(entry)
            if len(entries) > _MAX_KEPT:
                del entries[_MAX_KEPT // 2]

    def open(self) -> None:
        """Open a scope."""
        self._depth += 1
        self._opened.append([])

    def close(self) -> None:
        """Close the innermost scope and forget its facts."""
        if self._depth:
            self._depth -= 1
            self._forget(self._opened.pop())

    def rebind(self, name: str) -> None:
        """Forget what steps said about a symbol that now stands for something else."""
        self._forget(self._by_key.get(name, ()))

    def _forget(self, entries: Iterable[Entry]) -> None:
        gone = {entry.number for entry in entries}
        for key in {key for entry in entries for key in entry.keys}:
            kept = [entry for entry in self._by_key.get(key, ()) if entry.number not in gone]
            self._by_key[key] = kept

    def about(self, term: Term, but: frozenset[str] = frozenset()) -> tuple[Fact, ...]:
        """Return the facts that share a symbol with `term`, or with one that does; oldest first.

        Args:
            term: What to look for.
            but: Names that facts must not hold.
        """
        near = self._with(keys_of(term), but)
        wider = frozenset(key for entry in near.values() for key in entry.keys)
        found = near | self._with(wider, but)
        numbers = sorted(near)[-_MAX_ABOUT:]
        others = [number for number in sorted(found) if number not in near]
        more = others[-(_MAX_ABOUT - len(numbers)) :] if len(numbers) < _MAX_ABOUT else []
        return tuple(found[number].fact for number in sorted((*numbers, *more)))

    def _with(self, keys: Iterable[str], but: frozenset[str]) -> dict[int, Entry]:
        return {
            entry.number: entry
            for key in keys
            for entry in self._by_key.get(key, ())
            if not entry.keys & but
        }
