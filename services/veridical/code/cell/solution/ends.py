"""Objects whose end a program notices: they must end here once the tests hold them no longer."""

from __future__ import annotations

import types
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from veridical.code.cell.solution.exports import Exports

_WORDS = ("weakref", "__del__", "finally", "contextmanager")
_GENERATORS = (types.GeneratorType, types.AsyncGeneratorType)
_LASTING = (type, types.ModuleType)


class Ends:
    """Tells the judge of such objects, and lets go of those that it names.

    Args:
        source: The program; most never ask for an end.
        exports: All that both sides know.
    """

    def __init__(self, source: str, exports: Exports) -> None:
        self._exports = exports
        self._is_needed = any(word in source for word in _WORDS)
        self._told: tuple[set[int], set[int]] = (set(), set())

    def noticed(self) -> tuple[list[int], list[int]] | None:
        """Numbers that the judge has not heard yet: of the program's objects, and of the tests'."""
        if not self._is_needed:
            return None
        found = [
            [number for number, one in known if number not in told and _is_noticed(one)]
            for known, told in zip(
                (enumerate(self._exports.objects), self._exports.stubs.held()),
                self._told,
                strict=True,
            )
        ]
        for numbers, told in zip(found, self._told, strict=True):
            told.update(numbers)
        return (found[0], found[1]) if any(found) else None

    def let_go(self, own: list[int], stubs: list[int]) -> None:
        """Holds no longer what the tests no longer hold."""
        for number in own:
            self._exports.drop(number)
        for number in stubs:
            self._exports.stubs.drop(number)
        for numbers, told in zip((own, stubs), self._told, strict=True):
            told.difference_update(numbers)


def _is_noticed(one: Any) -> bool:
    """Whether an object is held weakly, or has something to do at its end."""
    if isinstance(one, _LASTING):
        return False
    acts = hasattr(type(one), "__del__") or type(one) in _GENERATORS
    return acts or weakref.getweakrefcount(one) > 0
